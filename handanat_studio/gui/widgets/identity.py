"""Who is at work, and in which role: a button at the right of the mode bar with a small menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import people

MENU = ("file.who", "file.people", "file.batches")
"""Commands of the menu."""


class Identity(QToolButton):
    """Shows "ada · lead" while a project is open.

    Args:
        ctx: knows the name, reads the role.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._name = ""
        self._role = ""
        self._menu = QMenu(self)
        self.setIcon(icons.icon("user"))
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(self._menu)
        theme.style_as(self, kind="menu")
        self._menu.aboutToShow.connect(self._fill)
        ctx.project_opened.connect(lambda _project: self.read())
        ctx.settings_changed.connect(lambda _settings: self._on_settings())
        ctx.changed.connect(self._on_changed)
        self._show()

    @property
    def role(self) -> str:
        """What the annotator may do in the open project, "" until it is known."""
        return self._role

    def read(self) -> None:
        """Ask the project for the role."""
        self._name, self._role = self._ctx.annotator, ""
        self._show()
        if self._ctx.project is not None:
            self._ctx.read(people.role_of, self._name, done=self._on_role)

    def _on_role(self, role: str) -> None:
        self._role = role
        self._show()

    def _on_settings(self) -> None:
        if self._ctx.annotator != self._name:
            self.read()

    def _on_changed(self, change: ChangeSet) -> None:
        if change.touches("annotators"):
            self.read()

    def _show(self) -> None:
        name = self._ctx.annotator
        self.setText(f"{name} · {self._role}" if self._role else name)
        self.setAccessibleName(f"You are {name}" + (f", {self._role}" if self._role else ""))
        self.setToolTip("Your name and role: every label is kept under this name")

    def _fill(self) -> None:
        self._menu.clear()
        self._ctx.commands.refresh()
        for name in MENU:
            self._menu.addAction(self._ctx.commands.action(name))
