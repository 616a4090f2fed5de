"""Keeps the queue fed: the library's listing if it gave one, else every hand; read again when something was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.loader import Loader
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import browse

PAUSE_MS = 400


class QueueFeed(QObject):
    """Feeds a model of entries.

    Signals:
        returned_counted(int, bool): how many hands came back from review, and whether the queue shows only them.

    Args:
        ctx: for reads.
        entries: the model.
        loader: opens the first hand, reads the open one again.
        is_busy: whether nothing may change right now (a joint is being dragged).
    """

    returned_counted = Signal(int, bool)

    def __init__(
        self, ctx: Context, entries: EntryModel, loader: Loader, is_busy: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._ctx, self._entries, self._loader, self._is_busy = ctx, entries, loader, is_busy
        self._index: EntryIndex | None = None
        self._ticket: Ticket | None = None
        self._is_given = False
        self._is_stale = False
        self._returned: EntryIndex | None = None
        self._before: tuple[EntryIndex, bool] | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._catch_up)

    def give(self, index: EntryIndex) -> None:
        """Take a listing that somebody else chose."""
        self.cancel()
        self._is_given, self._before = True, None
        self._take(index)
        self._tell_returned()

    def count_returned(self) -> None:
        """Count the hands that came back from review; `returned_counted` follows."""
        if self._ctx.project is not None:
            self._ctx.read(browse.index, replace(self._wanted(), queue="returned"), done=self._on_returned)

    def show_returned(self) -> None:
        """Make the hands that came back the queue, and open the first of them."""
        if self._returned is not None and len(self._returned) and self._index is not None:
            before = (self._index, self._is_given)
            self.give(self._returned)
            self._before = before
            self._tell_returned()
            self._loader.open_row(0)

    def show_all(self) -> None:
        """Make what was the queue before the queue again."""
        if self._before is not None:
            (index, self._is_given), self._before = self._before, None
            self._take(index)
            self._tell_returned()
            self._loader.find_row()

    def _on_returned(self, index: EntryIndex) -> None:
        self._returned = index
        self._tell_returned()

    def _tell_returned(self) -> None:
        self.returned_counted.emit(0 if self._returned is None else len(self._returned), self._before is not None)

    def wake(self) -> None:
        """Read the queue if there is none yet, or what was written while nobody looked."""
        if self._index is None and self._ticket is None:
            self._read()
        elif self._is_stale:
            self._catch_up()

    def note(self, change: ChangeSet, *, is_seen: bool) -> None:
        """Note a write: read again soon if somebody is looking, else when they do."""
        if change.touches("images", "hands", "scores", "batches") or not is_seen:
            self._is_stale = True
        if is_seen:
            self._pause.start()

    def cancel(self) -> None:
        """Drop a reading that is under way: a certain hand was asked for."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def clear(self) -> None:
        """Forget the queue, as when the project is closed."""
        self.cancel()
        self._pause.stop()
        self._index, self._is_given, self._is_stale = None, False, False
        self._returned, self._before = None, None
        self._tell_returned()

    def refresh(self) -> None:
        """Read what is shown of the rows again; their order stays."""
        if self._index is not None and self._ctx.project is not None:
            self._take(self._index)

    def row_of_hand(self, hand_id: int) -> int:
        """Return the row of a hand, -1 = not in the queue."""
        if self._index is None or hand_id not in self._index.hand_ids:
            return -1
        return int(np.argmax(self._index.hand_ids == hand_id))

    def _catch_up(self) -> None:
        if self._is_busy():
            self._pause.start()
        elif not self._is_stale or self._ctx.project is None:
            self.refresh()
        else:
            self._is_stale = False
            self._loader.reload()
            (self.refresh if self._is_given else self._read)()

    def _wanted(self) -> LibraryFilter:
        return LibraryFilter(annotator=self._ctx.annotator, scorer=self._ctx.settings.scorer)

    def _take(self, index: EntryIndex) -> None:
        self._index = index
        self._entries.set_index(index, self._wanted())

    def _read(self) -> None:
        self.cancel()
        self._ticket = self._ctx.read(browse.index, self._wanted(), done=self._on_index)

    def _on_index(self, index: EntryIndex) -> None:
        self._ticket = None
        self._take(index)
        if self._loader.view is not None:
            self._loader.find_row()
        elif len(index):
            self._loader.open_row(0)
