"""Walks a queue of hands: reads one hand after the other with everybody's word on it, and the next one ahead."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QObject, Signal

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.pictures import Wanted
from handanat_studio.gui.editor.queue_steps import QueueSteps
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import review
from handanat_studio.workflows.review import ReviewView

KEPT_AHEAD = 6
STEPS_AHEAD = (1, 2, -1)


class Walk(QueueSteps):
    """Reads one hand at a time, and its neighbours before they are asked for.

    Signals:
        opened(ReviewView): a hand has been read, again or for the first time.
    """

    opened = Signal(object)

    def __init__(self, ctx: Context, entries: EntryModel, parent: QObject | None = None) -> None:
        super().__init__(ctx, entries, parent)
        self._ahead: OrderedDict[int, ReviewView] = OrderedDict()
        self._asked: dict[int, Ticket] = {}
        self.view: ReviewView | None = None

    @property
    def is_reading(self) -> bool:
        """Whether a hand was asked for that has not arrived."""
        return self._wanted[1] != 0 and (self.view is None or self.view.hand.hand.id != self._wanted[1])

    def clear(self) -> None:
        """Forget everything, as when the project is closed."""
        super().clear()
        self._forget()
        self.view = None

    def _forget(self) -> None:
        for ticket in self._asked.values():
            ticket.cancel()
        self._asked.clear()
        self._ahead.clear()

    def note(self, change: ChangeSet) -> None:
        """Drop what was read ahead of hands that a write concerns."""
        concerned = set(change.hand_ids) if change.hand_ids else {*self._ahead, *self._asked}
        for hand_id in concerned:
            self._ahead.pop(hand_id, None)
            ticket = self._asked.pop(hand_id, None)
            if ticket is not None:
                ticket.cancel()

    def reload(self) -> None:
        """Read the open hand again."""
        if self._wanted[1]:
            self._ahead.pop(self._wanted[1], None)
            self.read(*self._wanted)

    def read(self, image_id: int, hand_id: int) -> None:
        """Read a hand, or take what was read ahead of it; `opened` follows."""
        super().read(image_id, hand_id)
        known = self._ahead.pop(hand_id, None)
        if known is not None:
            self._on_view(known)
            return
        self._ticket = self._ctx.read(
            review.review_view, hand_id, viewer=self._ctx.annotator, done=self._on_view, failed=self._on_failed
        )

    def _on_failed(self, error: BaseException) -> None:
        self._wanted = (0, 0)
        self._ctx.report(error)

    def _on_view(self, view: ReviewView) -> None:
        self.view = view
        self.opened.emit(view)
        self.show_picture(view)
        self.moved.emit(self._row)
        self._read_ahead()

    def _read_ahead(self) -> None:
        for row in self.rows_near(STEPS_AHEAD):
            hand_id = self._entries.key(row)[1]
            if hand_id and hand_id not in self._ahead and hand_id not in self._asked:
                self._asked[hand_id] = self._ctx.read(
                    review.review_view,
                    hand_id,
                    viewer=self._ctx.annotator,
                    done=self._on_ahead,
                    failed=partial(self._on_ahead_failed, hand_id),
                )
        self._want_pictures()

    def _on_ahead(self, view: ReviewView) -> None:
        hand_id = view.hand.hand.id
        self._asked.pop(hand_id, None)
        self._ahead[hand_id] = view
        while len(self._ahead) > KEPT_AHEAD:
            self._ahead.popitem(last=False)
        self._want_pictures()

    def _on_ahead_failed(self, hand_id: int, _error: BaseException) -> None:
        # The reviewer is told when she gets there; it may be gone or mended by then.
        self._asked.pop(hand_id, None)

    def _want_pictures(self) -> None:
        current = self.view.image.id if self.view is not None else 0
        near = {v.image.id: Wanted(v.image.id, v.path) for v in self._ahead.values() if v.image.id != current}
        self._pictures.prefetch(list(near.values()))
