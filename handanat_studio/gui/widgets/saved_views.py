"""The button with the saved views: take one, keep what is filtered now, rename or delete one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import browse
from handanat_studio.workflows.browse import SavedView


class SavedViews(QToolButton):
    """Lists the project's saved views.

    Signals:
        chosen(LibraryFilter): somebody wants to see this.

    Args:
        ctx: for reads and saves.
    """

    chosen = Signal(object)

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._views: list[SavedView] = []
        self._shown = LibraryFilter()
        self.setIcon(icons.icon("saved-view"))
        self.setIconSize(QSize(16, 16))
        self.setText("Views")
        self.setAccessibleName("Saved views")
        self.setToolTip("Saved views")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMinimumHeight(theme.HIT)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    @property
    def names(self) -> list[str]:
        """The names of all saved views."""
        return [view.name for view in self._views]

    @property
    def current(self) -> str:
        """The name of the view that is shown as it was saved, "" = none."""
        return next((view.name for view in self._views if view.filter == self._shown), "")

    def read(self) -> None:
        """Read the views again."""
        if self._ctx.project is not None:
            self._ctx.read(browse.views, done=self._on_views)

    def show_filter(self, value: LibraryFilter) -> None:
        """Say what is shown now."""
        self._shown = value
        self._write()

    def open_menu(self) -> None:
        """Open the list as if the button had been pressed."""
        self.showMenu()

    def ask_name(self) -> None:
        """Ask for a name and keep what is shown now under it."""
        name, is_fine = QInputDialog.getText(self, "Save this view", "Name of the view:", text=self.current)
        if is_fine and name.strip():
            self.keep(name.strip())

    def keep(self, name: str) -> None:
        """Keep what is shown now under a name."""
        self._ctx.save(browse.save_view, name, self._shown, author=self._ctx.annotator)

    def rename(self, name: str) -> None:
        """Ask for another name for a view."""
        new, is_fine = QInputDialog.getText(self, "Rename the view", f"New name of '{name}':", text=name)
        if is_fine and new.strip() and new.strip() != name:
            self._ctx.save(browse.rename_view, name, new.strip())

    def delete(self, name: str) -> None:
        """Delete a view; the filter stays as it is, and can be saved again from the notice."""
        kept = next(view for view in self._views if view.name == name)
        again = partial(self._ctx.save, browse.save_view, name, kept.filter, author=kept.author)
        self._ctx.save(
            browse.delete_view,
            name,
            done=lambda _change: self._ctx.notify(f"The view '{name}' is deleted.", action="Keep it", run=again),
        )

    def _on_views(self, found: list[SavedView]) -> None:
        self._views = found
        self._write()

    def _write(self) -> None:
        name = self.current
        self.setText(name if len(name) <= 24 else f"{name[:23]}…") if name else self.setText("Views")
        self.setAccessibleName(f"Saved views, {name}" if name else "Saved views")

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        for view in self._views:
            action = menu.addAction(view.name)
            action.setCheckable(True)
            action.setChecked(view.name == self.current)
            action.triggered.connect(partial(self.chosen.emit, view.filter))
        if not self._views:
            menu.addAction("No view is saved yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction("Save this view…").triggered.connect(self.ask_name)
        for title, run in (("Rename", self.rename), ("Delete", self.delete)):
            part = menu.addMenu(title)
            part.setEnabled(bool(self._views))
            for view in self._views:
                part.addAction(view.name).triggered.connect(partial(run, view.name))
