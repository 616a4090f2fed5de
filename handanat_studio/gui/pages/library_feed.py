"""Reads what the library shows: first the listing, then, once the entries in view are there, the panel's counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.widgets.entry_model import PAGE
from handanat_studio.project import Project
from handanat_studio.store.facets import Value
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import browse, label_schema
from handanat_studio.workflows.browse import Listing

REFRESH_PAUSE_MS = 400
COUNT_PAUSE_MS = 30
Facets = dict[str, dict[Value, int]]


class LibraryFeed(QObject):
    """Reads listings and counts.

    Signals:
        listed(LibraryFilter, Listing): a listing has arrived.
        counted(facets, queues, titles of kinds of findings): so have the counts beside it.
        refused(error): the filter asks for what cannot be shown.

    Args:
        ctx: for reads.
        wanted: gives the filter to read.
        fields: gives the fields whose values are to be counted.
        is_free: tells whether the entries in view have arrived, so that nobody waits for what the counts take.
    """

    listed = Signal(object, object)
    counted = Signal(object, object, object)
    refused = Signal(object)

    def __init__(
        self,
        ctx: Context,
        wanted: Callable[[], LibraryFilter],
        *,
        fields: Callable[[], Sequence[str]],
        is_free: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._wanted, self._fields, self._is_free = ctx, wanted, fields, is_free
        self._listing: Ticket | None = None
        self._counting: Ticket | None = None
        self.is_reading = True
        self.is_counted = False
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_PAUSE_MS)
        self._count_soon = QTimer(self, singleShot=True, interval=COUNT_PAUSE_MS)
        self._soon.timeout.connect(self.read)
        self._count_soon.timeout.connect(self._count)

    def read(self) -> None:
        """Read the listing, and then the counts."""
        if self._ctx.project is None:
            return
        for ticket in (self._listing, self._counting):
            if ticket is not None:
                ticket.cancel()
        self.is_reading, self.is_counted = True, False
        wanted = self._wanted()
        take = partial(self._on_listing, wanted)
        self._listing = self._ctx.read(browse.listing, wanted, first=PAGE, done=take, failed=self._on_failed)

    def read_soon(self) -> None:
        """Read after a moment, once for several writes."""
        if not self._soon.isActive():
            self._soon.start()

    def count_soon(self) -> None:
        """Read the counts again, as when other fields are shown."""
        self.is_counted = False
        self._count_soon.start()

    def _on_listing(self, wanted: LibraryFilter, listing: Listing) -> None:
        self.is_reading = False
        self.listed.emit(wanted, listing)
        self._count_soon.start()

    def _on_failed(self, error: BaseException) -> None:
        self.is_reading = False
        self.refused.emit(error)

    def _count(self) -> None:
        if self._ctx.project is None or self.is_reading:
            return
        if not self._is_free():
            self._count_soon.start()
            return
        if self._counting is not None:
            self._counting.cancel()
        self._counting = self._ctx.read(_counts, self._wanted(), self._fields(), done=self._on_counts)

    def _on_counts(self, answer: tuple[Facets, dict[str, int], dict[str, str]]) -> None:
        self.is_counted = True
        self.counted.emit(*answer)


def _counts(
    project: Project, wanted: LibraryFilter, fields: Sequence[str]
) -> tuple[Facets, dict[str, int], dict[str, str]]:
    """Return facets, queues and what kinds of findings are called."""
    facets, queues = browse.counts_beside(project, wanted, fields)
    return facets, queues, {kind.id: kind.title for kind in label_schema.current(project).kinds}
