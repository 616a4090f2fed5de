"""Scheduled backups: a copy of the open project's database when something changed and the newest copy is old enough.

Copying a project of 100,000 hands takes about a second, so it has a thread of its own: no save and no read waits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.errors import UserError
from handanat_studio.gui.background import StoreThread
from handanat_studio.gui.context import Context
from handanat_studio.workflows import backups

LOOK_MS = 60_000
FIRST_LOOK_MS = 5_000
"""Changes come in bursts; the first copy of a session waits for the first one to end."""


class Backups(QObject):
    """Makes the copies.

    Signals:
        made(Path): a copy is complete.

    Args:
        ctx: tells what changes; its settings say how often and how many.
    """

    made = Signal(object)

    def __init__(self, ctx: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._has_changes = False
        self._thread = StoreThread(self)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.look)
        ctx.changed.connect(self._on_changed)
        ctx.project_opened.connect(self._on_opened)
        ctx.project_closed.connect(self.close)

    def why_not(self) -> str:
        """Say why there is nothing to copy, "" if there is."""
        if self._ctx.project is None:
            return "Open a project first."
        return "" if self._ctx.project.store.file is not None else "This project's data is on a database server."

    def look(self) -> None:
        """Make a copy if one is due."""
        self._clock.setInterval(LOOK_MS)
        if not self._has_changes or self._thread.pending or self.why_not():
            return
        self._has_changes = False
        settings = self._ctx.settings
        kept = {"minutes": settings.backup_minutes, "keep": settings.backups_kept}
        self._submit(partial(backups.make_scheduled, self._ctx.project.root, **kept), self._on_looked)

    def make_now(self) -> None:
        """Make a copy whatever the schedule says; it is kept until somebody deletes it."""
        if not self.why_not():
            self._submit(partial(backups.make, self._ctx.project.root), self._on_made_now)

    def close(self) -> None:
        """Finish the copy that is being made and make no more until a project is opened."""
        self._clock.stop()
        self._thread.close()
        self._has_changes = False

    def _submit(self, work: Callable[[], Path | None], done: object) -> None:
        self._thread.submit(work, done=done, failed=self._on_failed)  # type: ignore[arg-type]

    def _on_opened(self, _project: object) -> None:
        self._has_changes = False
        self._clock.start(FIRST_LOOK_MS)

    def _on_changed(self, _change: object) -> None:
        self._has_changes = True

    def _on_looked(self, copy: Path | None) -> None:
        if copy is None:
            # Not due yet: what changed still waits for its copy.
            self._has_changes = True
            return
        self._ctx.status("hint", "The project was backed up.")
        self.made.emit(copy)

    def _on_made_now(self, copy: Path) -> None:
        self._ctx.notify("The project was backed up.", hint=f"The copy is {copy}.")
        self.made.emit(copy)

    def _on_failed(self, error: BaseException) -> None:
        self._has_changes = True
        if isinstance(error, UserError):
            self._ctx.notify(error.message, hint=error.hint, level="warning")
        else:
            self._ctx.report(error)
