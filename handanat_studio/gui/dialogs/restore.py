"""Puts a backup in the place of a project's database. Says at each step what is kept; nothing is ever deleted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.errors import UserError
from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.widgets.table import Table
from handanat_studio.store.backup import SCHEDULED, Copy
from handanat_studio.workflows import backups

COLUMNS = ("Made", "Why", "Revisions", "Size")
WIDTH, HEIGHT = 640, 440
PROMISE = (
    "The project is closed, the backup takes the place of its database, and the project opens again. "
    "The present database is kept beside it under another name, and the backup stays where it is."
)


def when_text(copy: Copy) -> str:
    """Return when a backup was made, in local time."""
    return copy.at.astimezone().strftime("%Y-%m-%d  %H:%M:%S")


def why_text(copy: Copy) -> str:
    """Return why a backup was made, in words."""
    if copy.label == SCHEDULED:
        return "scheduled"
    return copy.label.replace("before-", "before the update to tables ") if copy.label else "by hand"


def size_text(size: int) -> str:
    """Return a file size, e.g. "1.4 MB"."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.0f} kB"


class RestoreDialog(QDialog):
    """Lists the backups of a project, checks the chosen one and restores it.

    Signals:
        restored(Path): a backup is in place; the argument is where the database before was put aside, or None.

    Args:
        ctx: closes and opens the project.
        root: the project's folder.
    """

    restored = Signal(object)

    def __init__(self, ctx: Context, root: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._root = root
        self._copies: list[Copy] = []
        self._is_busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Restore a backup of {root.name}")
        self.resize(WIDTH, HEIGHT)
        self._table = Table("Backups, newest first", COLUMNS, numbers=(2, 3), wide=1)
        self._said = QLabel("Reading the backups…")
        self._said.setWordWrap(True)
        self._restore = QPushButton("Restore this backup")
        theme.style_as(self._restore, kind="primary")
        self._close = QPushButton("Close")
        self._lay_out()
        self._table.row_changed.connect(self._on_row)
        self._table.activated.connect(lambda _index: self.restore())
        self._restore.clicked.connect(self.restore)
        self._close.clicked.connect(self.close)
        self._set_busy(True)
        ctx.read(_list, root, done=self._on_listed, failed=self._on_failed)

    def _lay_out(self) -> None:
        promise = QLabel(PROMISE)
        promise.setWordWrap(True)
        theme.style_as(promise, quiet=True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._said, 1)
        buttons.addWidget(self._restore)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S12)
        column.addWidget(promise)
        column.addWidget(self._table, 1)
        column.addLayout(buttons)

    @property
    def said(self) -> str:
        """What the dialog says of what it does."""
        return self._said.text()

    @property
    def copies(self) -> list[Copy]:
        """The backups that are listed, newest first."""
        return list(self._copies)

    @property
    def table(self) -> Table:
        """The list of backups."""
        return self._table

    @property
    def is_busy(self) -> bool:
        """Whether something is being read, checked or restored."""
        return self._is_busy

    @property
    def chosen(self) -> Copy | None:
        """The backup that is current."""
        row = self._table.row
        return self._copies[row] if 0 <= row < len(self._copies) else None

    def restore(self) -> None:
        """Check the chosen backup; if it is whole, close the project, put it in place, open the project again."""
        copy = self.chosen
        if copy is None or self._is_busy:
            return
        self._set_busy(True)
        self._said.setText("Checking the backup…")
        # Nothing is closed for a backup that cannot be used.
        self._ctx.read(_check, copy.path, done=partial(self._on_checked, copy), failed=self._on_failed)

    def _on_listed(self, copies: list[Copy]) -> None:
        self._copies = copies
        self._set_busy(False)
        self._table.set_rows([_row(copy) for copy in copies])
        if copies:
            self._table.setFocus()
        else:
            self._said.setText("There are no backups yet. One is made while you work, and before every update.")
        self._refresh()

    def _on_row(self, _row: int) -> None:
        self._said.setText("")
        self._refresh()

    def _on_checked(self, copy: Copy, _nothing: None) -> None:
        self._said.setText("The backup is whole. Putting it in place…")
        self._ctx.close_project()
        self._ctx.read(_put_back, self._root, copy.path, done=partial(self._on_restored, copy), failed=self._on_failed)

    def _on_restored(self, copy: Copy, aside: Path | None) -> None:
        hint = f"The database before is kept as {aside.name} in the project's folder." if aside is not None else ""
        message = f"The backup of {when_text(copy)} is in place."
        self._ctx.open_project(self._root, then=lambda: self._ctx.notify(message, hint=hint))
        self.restored.emit(aside)
        self.close()

    def _on_failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if self._ctx.project is None and self._copies:
            self._ctx.open_project(self._root)
        if isinstance(error, UserError):
            self._said.setText(f"Nothing was changed. {error.message} {error.hint}")
        else:
            self._ctx.report(error)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._refresh()

    def _refresh(self) -> None:
        copy = self.chosen
        self._restore.setEnabled(not self._is_busy and copy is not None and copy.revisions is not None)


def _row(copy: Copy) -> tuple[str, ...]:
    count = "cannot be read" if copy.revisions is None else f"{copy.revisions:,}"
    return when_text(copy), why_text(copy), count, size_text(copy.size)


def _list(_project: object, root: Path) -> list[Copy]:
    return backups.of_project(root)


def _check(_project: object, path: Path) -> None:
    backups.check(path)


def _put_back(_project: object, root: Path, path: Path) -> Path | None:
    return backups.restore(root, path)
