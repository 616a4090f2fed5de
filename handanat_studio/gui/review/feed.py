"""Feeds the page: what the reviewer may do, which queues there are, how many hands each holds, and which ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.review.queue_panel import DESCENDING, QueueRow
from handanat_studio.project import Project
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import browse, people

QUEUES = (
    "submitted",
    "disagreement",
    "contradictory",
    "flagged",
    "low_confidence",
    "fallback",
    "near_threshold",
    "diverse",
    "random_control",
)
"""The queues of a review, in the order of the panel."""
PAUSE_MS = 400
ANNOTATOR = "annotator"


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page knows before a queue is chosen.

    Attributes:
        role: what the reviewer may do in this project.
        counts: queue -> how many hands.
        views: saved filters of the library.
    """

    role: str
    counts: dict[str, int]
    views: tuple[browse.SavedView, ...]


class Feed(QObject):
    """Reads overview and listing.

    Signals:
        role_known(role): what the reviewer may do.
        rows_changed(list[QueueRow]): queues and views with new counts.
        listed(EntryIndex, LibraryFilter): the hands of the chosen queue.

    Args:
        ctx: for reads.
    """

    role_known = Signal(str)
    rows_changed = Signal(object)
    listed = Signal(object, object)

    def __init__(self, ctx: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._overview: Overview | None = None
        self._tickets: dict[str, Ticket] = {}
        self._is_stale = True
        self.key = ""
        self.order = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.refresh_counts)

    @property
    def is_reading(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self._tickets)

    @property
    def role(self) -> str:
        """What the reviewer may do, "" = not known yet."""
        return "" if self._overview is None else self._overview.role

    def clear(self) -> None:
        """Forget everything, as when the project is closed or somebody else sits down."""
        for ticket in self._tickets.values():
            ticket.cancel()
        self._tickets.clear()
        self._pause.stop()
        self._overview, self.key, self._is_stale = None, "", True

    def wake(self) -> None:
        """Read what is missing or stale."""
        if self._ctx.project is not None and (self._is_stale or self._overview is None):
            self.refresh_counts()

    def note(self, change: ChangeSet, *, is_seen: bool) -> None:
        """Note a write: count again soon if somebody is looking, else when they do. The list itself stays: a hand that
        is done must not pull the next one away from under the reviewer.
        """
        if change.touches("hands", "scores", "annotations", "reviews", "comments", "batches", "views", "annotators"):
            self._is_stale = True
            if is_seen and not self._pause.isActive():
                self._pause.start()

    def refresh_counts(self) -> None:
        """Read role, counts and views again."""
        if self._ctx.project is not None:
            self._is_stale = False
            self._read("overview", _read_overview, self._base(), self._on_overview)

    def choose(self, key: str) -> None:
        """Read the hands of a queue or view."""
        self.key = key
        self.refresh_list()

    def set_order(self, order: str) -> None:
        """Read the hands in another order, "" = the queue's own."""
        self.order = order
        self.refresh_list()

    def refresh_list(self) -> None:
        """Read the chosen queue again."""
        wanted = self.wanted()
        if wanted is not None and self._ctx.project is not None:
            self._read("list", browse.index, wanted, lambda index: self._on_list(index, wanted))

    def wanted(self) -> LibraryFilter | None:
        """Return the filter of the chosen queue or view, None = none is chosen."""
        kind, _, name = self.key.partition(":")
        result: LibraryFilter | None = None
        if kind == "queue":
            result = replace(self._base(), queue=name)
        elif kind == "view" and self._overview is not None:
            view = next((view for view in self._overview.views if view.name == name), None)
            result = (
                None
                if view is None
                else replace(view.filter, viewer=self._ctx.annotator, scorer=self._ctx.settings.scorer)
            )
        if result is not None and self.order:
            result = replace(result, sort=self.order, descending=self.order in DESCENDING)
        return result

    def _base(self) -> LibraryFilter:
        return LibraryFilter(viewer=self._ctx.annotator, scorer=self._ctx.settings.scorer)

    def _read(self, name: str, fn: object, wanted: LibraryFilter, done: object) -> None:
        if name in self._tickets:
            self._tickets[name].cancel()

        def on_done(answer: object) -> None:
            self._tickets.pop(name, None)
            done(answer)  # type: ignore[operator]

        def on_failed(error: BaseException) -> None:
            self._tickets.pop(name, None)
            self._ctx.report(error)

        self._tickets[name] = self._ctx.read(fn, wanted, done=on_done, failed=on_failed)  # type: ignore[arg-type]

    def _on_overview(self, overview: Overview) -> None:
        self._overview = overview
        self.role_known.emit(overview.role)
        if overview.role == ANNOTATOR:
            return
        rows = [QueueRow(f"queue:{name}", *browse.QUEUE_WORDS[name], overview.counts.get(name, 0)) for name in QUEUES]
        rows += [QueueRow(f"view:{v.name}", v.name, f"A view saved by {v.author}.") for v in overview.views]
        self.rows_changed.emit(rows)
        if not self.key:
            first = next((row for row in rows if row.count), rows[0])
            self.choose(first.key)

    def _on_list(self, index: EntryIndex, wanted: LibraryFilter) -> None:
        has_hand = index.hand_ids > 0
        self.listed.emit(EntryIndex(index.image_ids[has_hand], index.hand_ids[has_hand]), wanted)


def _read_overview(project: Project, wanted: LibraryFilter) -> Overview:
    role = people.role_of(project, wanted.viewer)
    if role == ANNOTATOR:
        return Overview(role, {}, ())
    return Overview(role, browse.queue_counts(project, wanted), tuple(browse.views(project)))
