"""What every page is given: the open project, its threads and jobs, the settings, and a voice to the user."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal

from handanat_studio import settings as settings_store
from handanat_studio.errors import UserError
from handanat_studio.gui.background import StoreThread, Ticket, deliver
from handanat_studio.gui.commands import CommandTable
from handanat_studio.gui.images import ImageThread
from handanat_studio.gui.job_list import JobList
from handanat_studio.gui.layout import LayoutMemory
from handanat_studio.paths import user_dir
from handanat_studio.settings import Settings

RECENT_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the notification bar.

    Attributes:
        message: what happened.
        hint: what was kept, and what to do.
        level: "info" | "warning" | "error".
        action: label of an optional button, "" = none.
        run: what the button does.
    """

    message: str
    hint: str = ""
    level: str = "info"
    action: str = ""
    run: Callable[[], object] | None = None


class Context(QObject):
    """The one object that pages share.

    Signals:
        project_opened(Project), project_closed().
        changed(ChangeSet): something was written, here or by a job; each page decides whether it is stale.
        saving(): a write was queued. saved(str): it is on disk, "14:02:11". save_failed(str): it is not, and why.
        settings_changed(Settings).
        noticed(Notice): a sentence for the notification bar.
        restore_wanted(Path): a project cannot be opened, and the user asks for one of its backups.
        status_changed(field, text): fields "position", "zoom", "cursor", "hint" of the status bar.

    Args:
        settings: what the user has chosen.
        keeps_settings: write changes to the settings file; a tour must not.

    Attributes:
        commands: the window's command table. A page that wants actions for its toolbar registers its rows itself,
            `ctx.commands.add(self.commands(), self)`, before it asks for `ctx.commands.action(id)`; the window
            registers those of other pages. Call `ctx.commands.refresh_soon()` when what is available changed.
        images, jobs: the image thread and the list of jobs.
        layout: remembers panels; a page says `ctx.layout.keep(scope, splitter)` once its splitter is complete.
    """

    project_opened = Signal(object)
    project_closed = Signal()
    changed = Signal(object)
    saving = Signal()
    saved = Signal(str)
    save_failed = Signal(str)
    settings_changed = Signal(object)
    noticed = Signal(object)
    restore_wanted = Signal(object)
    status_changed = Signal(str, str)

    def __init__(
        self, settings: Settings | None = None, parent: QObject | None = None, *, keeps_settings: bool = True
    ) -> None:
        super().__init__(parent)
        self.settings = settings or Settings()
        self._keeps_settings = keeps_settings
        self.project: Any = None
        self.commands = CommandTable(self.settings.shortcuts, self)
        self.images = ImageThread(self.settings.pixel_limit_mp, self)
        self.jobs = JobList(self)
        self.layout = LayoutMemory(user_dir("config") / "window.ini" if keeps_settings else None, self)
        self._store = StoreThread(self)
        self._thumbnails: Any = None
        self._reads: WeakSet[Ticket] = WeakSet()
        self.jobs.published.connect(self._on_published)
        self.commands.refused.connect(lambda reason: self.status("hint", reason))

    @property
    def annotator(self) -> str:
        """The name under which annotations are written."""
        return self.settings.annotator

    # the store -------------------------------------------------------------------------------------------------

    def read(
        self,
        fn: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], Any],
        failed: Callable[[BaseException], Any] | None = None,
        **kwargs: Any,
    ) -> Ticket:
        """Run `fn(project, *args, **kwargs)` on the store thread and `done(result)` here.

        Args:
            fn: a workflow or any function of a project; must touch no widget.
            done: receives the result in the window's thread.
            failed: receives the exception; by default the user is told.

        Returns:
            a ticket that drops the answer when cancelled.
        """
        ticket, project = Ticket(), self.project
        self._reads.add(ticket)
        self._store.submit(lambda: fn(project, *args, **kwargs), done=done, failed=failed or self.report, ticket=ticket)
        return ticket

    def save(
        self,
        fn: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], Any] | None = None,
        failed: Callable[[BaseException], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Run a write on the store thread, after all writes before it, then emit `saved` and `changed`.

        Args:
            fn: called as `fn(project, *args, **kwargs)`; returns a ChangeSet, or a tuple that holds one.
            done: receives fn's result, before `changed` is emitted.
            failed: receives the exception; `save_failed` is emitted in any case.
        """
        project = self.project

        def on_done(result: Any) -> None:
            deliver(done, result)
            self.saved.emit(datetime.now().strftime("%H:%M:%S"))
            change = next(
                (part for part in (result if isinstance(result, tuple) else (result,)) if _is_change(part)), None
            )
            if change is not None:
                self.changed.emit(change)

        def on_failed(error: BaseException) -> None:
            self.save_failed.emit(str(error))
            deliver(failed or self.report, error)

        self.saving.emit()
        self._store.submit(lambda: fn(project, *args, **kwargs), done=on_done, failed=on_failed)

    # the project -----------------------------------------------------------------------------------------------

    def open_project(self, root: Path | str, *, create: bool = False, then: Callable[[], object] | None = None) -> None:
        """Open a project folder; `project_opened` follows, or a notice says why not.

        Args:
            root: the folder.
            create: make a new project there first.
            then: called after `project_opened`.
        """
        self.close_project()

        def on_opened(opened: tuple[Any, Any]) -> None:
            self._on_opened(*opened)
            if then is not None:
                then()

        def on_failed(error: BaseException) -> None:
            if isinstance(error, UserError) and not create and _has_backups(Path(root)):
                wish = partial(self.restore_wanted.emit, Path(root))
                self.notify(error.message, error.hint, "error", action="Restore a backup…", run=wish)
            else:
                self.report(error)

        self._store.submit(lambda: _open(Path(root), create), done=on_opened, failed=on_failed)

    def close_project(self) -> None:
        """Finish what is being saved, then close the project; what is being read is dropped."""
        if self.project is None:
            return
        for ticket in list(self._reads):
            ticket.cancel()
        self.jobs.close()
        self._store.close()
        self.images.use_disk(None)
        project, self.project = self.project, None
        self._thumbnails.close()
        project.close()
        self.project_closed.emit()

    def close(self) -> None:
        """Stop everything; every queued save is finished first."""
        self.close_project()
        self._store.close()
        self.images.close()
        self.jobs.close()

    @property
    def pending(self) -> int:
        """How many reads and writes are not answered yet."""
        return self._store.pending

    def _on_opened(self, project: Any, thumbnails: Any) -> None:
        self.project, self._thumbnails = project, thumbnails
        self.images.use_disk(thumbnails)
        self.jobs.use_project(self.project.root)
        root = str(self.project.root)
        recent = (root, *(path for path in self.settings.recent_projects if path != root))[:RECENT_LIMIT]
        self.change_settings(recent_projects=recent)
        self.project_opened.emit(self.project)

    # settings --------------------------------------------------------------------------------------------------

    def change_settings(self, **changes: Any) -> None:
        """Change settings, keep them in the file, and tell everybody."""
        self.settings = replace(self.settings, **changes)
        if self._keeps_settings:
            self._keep_settings()
        self.commands.set_overrides(self.settings.shortcuts)
        self.settings_changed.emit(self.settings)

    def _keep_settings(self) -> None:
        try:
            settings_store.save(self.settings)
        except OSError as error:
            self.notify("The settings could not be kept.", hint=str(error.strerror or error), level="warning")

    # the user --------------------------------------------------------------------------------------------------

    def notify(
        self,
        message: str,
        hint: str = "",
        level: str = "info",
        *,
        action: str = "",
        run: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence in the notification bar.

        Args:
            message: what happened.
            hint: what was kept, and what to do.
            level: "info" | "warning" | "error".
            action: label of a button that calls `run`.
        """
        self.noticed.emit(Notice(message, hint, level, action, run))

    def status(self, name: str, text: str) -> None:
        """Set a field of the status bar: "position", "zoom", "cursor", or "hint" (goes away by itself)."""
        self.status_changed.emit(name, text)

    def report(self, error: BaseException) -> None:
        """Tell the user of an error: a notice if its cause is known, the crash dialog if it is a bug."""
        if isinstance(error, UserError):
            self.notify(error.message, hint=error.hint, level="error")
        else:
            sys.excepthook(type(error), error, error.__traceback__)

    def _on_published(self, payload: object) -> None:
        if _is_change(payload):
            self.changed.emit(payload)


def _is_change(value: object) -> bool:
    return hasattr(value, "touches") and hasattr(value, "kinds")


def _has_backups(root: Path) -> bool:
    return (root / "project.toml").is_file() and any((root / "backups").glob("*.sqlite"))


def _open(root: Path, create: bool) -> tuple[Any, Any]:
    # Imported here, on the store thread: SQLAlchemy takes a third of a second, and the window shows meanwhile.
    from handanat_studio import project
    from handanat_studio.store.thumbnails import ThumbnailCache

    opened = project.create(root) if create else project.open_project(root)
    return opened, ThumbnailCache(opened.thumbnails_file)
