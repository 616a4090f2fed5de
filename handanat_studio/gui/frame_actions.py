"""What belongs to the window as a whole: preferences, themes, people, batches, backups, the guided tour."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from handanat_studio.gui.backups import Backups
from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.main_window import MainWindow

if TYPE_CHECKING:
    from handanat_studio.gui.dialogs.batches import BatchesDialog
    from handanat_studio.gui.dialogs.label_schema import LabelSchemaDialog
    from handanat_studio.gui.dialogs.people import PeopleDialog
    from handanat_studio.gui.dialogs.preferences import PreferencesDialog
    from handanat_studio.gui.dialogs.restore import RestoreDialog

D = TypeVar("D", bound=QDialog)
THEMES = (("dark", "moon"), ("light", "sun"), ("system", "system"))


class FrameActions(QObject):
    """Opens the window's dialogs; each is there once and may stay open beside the work.

    Args:
        ctx: the context.
        window: parent of the dialogs.
        backups: makes copies.
    """

    def __init__(self, ctx: Context, window: MainWindow, backups: Backups) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._backups = backups
        ctx.restore_wanted.connect(self.restore)

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        file = partial(Command, group="File")
        review = partial(Command, group="Review", when=self._needs_project)
        return [
            file("file.preferences", "Preferences…", self.open_preferences, "Ctrl+,", icon="settings"),
            file("file.keys", "Keyboard shortcuts…", self.open_keys, "Ctrl+Alt+K", icon="keyboard"),
            file("file.who", "Change your name…", self.open_preferences, icon="user", hidden=True),
            file("file.backup", "Back up now", self._backups.make_now, when=self._backups.why_not, icon="backup"),
            file("file.restore", "Restore a backup…", self.restore, when=self._why_no_restore, icon="history"),
            review("file.people", "People and roles…", self.open_people, icon="people"),
            review("file.batches", "Batches…", self.open_batches, icon="batches"),
            review("file.labels", "Kinds of findings…", self.open_labels, icon="tag"),
            *self._themes(),
        ]

    def open_preferences(self, section: str = "General") -> PreferencesDialog:
        """Open the preferences, which apply at once, and return the dialog."""
        from handanat_studio.gui.dialogs.preferences import PreferencesDialog

        make_pages = self._window.make_pages
        return self._show(PreferencesDialog(self._ctx, self._window, section=section, before_keys=make_pages))

    def open_keys(self) -> PreferencesDialog:
        """Open the shortcut editor and return its dialog."""
        return self.open_preferences("Keys")

    def open_people(self) -> PeopleDialog:
        """Open the list of people and return it."""
        from handanat_studio.gui.dialogs.people import PeopleDialog

        return self._show(PeopleDialog(self._ctx, self._window))

    def open_batches(self) -> BatchesDialog:
        """Open the list of batches and return it."""
        from handanat_studio.gui.dialogs.batches import BatchesDialog

        return self._show(BatchesDialog(self._ctx, self._window))

    def open_labels(self) -> LabelSchemaDialog:
        """Open the list of kinds of findings and return it."""
        from handanat_studio.gui.dialogs.label_schema import LabelSchemaDialog

        return self._show(LabelSchemaDialog(self._ctx, self._window))

    def restore(self, root: Path | None = None) -> RestoreDialog | None:
        """List the backups of a project: the one that is open, or one that is asked for.

        Returns:
            the dialog, or None if no project was chosen.
        """
        from handanat_studio.gui.dialogs.restore import RestoreDialog

        if root is None and self._ctx.project is not None:
            root = self._ctx.project.root
        if root is None:
            folder = QFileDialog.getExistingDirectory(self._window, "Project to restore", str(Path.home()))
            if not folder:
                return None
            root = Path(folder)
        return self._show(RestoreDialog(self._ctx, root, self._window))

    def _show(self, dialog: D) -> D:
        for other in self._window.findChildren(type(dialog)):
            if other is not dialog:
                other.close()
        dialog.show()
        dialog.activateWindow()
        return dialog

    def _themes(self) -> list[Command]:
        return [
            Command(
                f"view.theme_{name}",
                f"{name.capitalize()} theme",
                partial(self._ctx.change_settings, theme=name),
                icon=icon,
                checked=partial(self._is_theme, name),
            )
            for name, icon in THEMES
        ]

    def _is_theme(self, name: str) -> bool:
        return self._ctx.settings.theme == name

    def _needs_project(self) -> str:
        return "" if self._ctx.project is not None else "Open a project first."

    def _why_no_restore(self) -> str:
        return self._backups.why_not() if self._ctx.project is not None else ""
