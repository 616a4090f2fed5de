"""Walks a queue of hands: reads one hand after the other with everybody's word on it, and the next one ahead."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.pictures import Pictures, Wanted
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import review
from handanat_studio.workflows.review import ReviewView

KEPT_AHEAD = 6
STEPS_AHEAD = (1, 2, -1)


class Walk(QObject):
    """Opens hands by ids or by steps.

    Signals:
        opened(ReviewView): a hand has been read, again or for the first time.
        pictured(QImage, bool): its picture; False = a smaller one, the final one follows.
        moved(row): its place in the queue, -1 = not in it.

    Args:
        ctx: for reads.
        entries: the queue.
    """

    opened = Signal(object)
    pictured = Signal(object, bool)
    moved = Signal(int)

    def __init__(self, ctx: Context, entries: EntryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._entries = ctx, entries
        self._pictures = Pictures(ctx)
        self._ticket: Ticket | None = None
        self._ahead: OrderedDict[int, ReviewView] = OrderedDict()
        self._asked: dict[int, Ticket] = {}
        self._wanted = (0, 0)
        self._row = -1
        self.view: ReviewView | None = None

    @property
    def row(self) -> int:
        """Place in the queue, -1 = not in it."""
        return self._row

    @property
    def is_reading(self) -> bool:
        """Whether a hand was asked for that has not arrived."""
        return self._wanted[1] != 0 and (self.view is None or self.view.hand.hand.id != self._wanted[1])

    def clear(self) -> None:
        """Forget everything, as when the project is closed."""
        self.forget()
        self._pictures.clear()
        self._wanted, self._row, self.view = (0, 0), -1, None

    def forget(self) -> None:
        """Drop what was read ahead, as when somebody else sits down."""
        for ticket in (*self._asked.values(), *([self._ticket] if self._ticket is not None else [])):
            ticket.cancel()
        self._asked.clear()
        self._ahead.clear()
        self._ticket = None

    def note(self, change: ChangeSet) -> None:
        """Drop what was read ahead of hands that a write concerns."""
        concerned = set(change.hand_ids) if change.hand_ids else {*self._ahead, *self._asked}
        for hand_id in concerned:
            self._ahead.pop(hand_id, None)
            ticket = self._asked.pop(hand_id, None)
            if ticket is not None:
                ticket.cancel()

    def open_row(self, row: int) -> None:
        """Open a row of the queue."""
        if 0 <= row < self._entries.rowCount():
            self._row = row
            self._read(*self._entries.key(row))

    def open(self, image_id: int, hand_id: int) -> None:
        """Open a hand; the place in the queue follows where the hand is in it."""
        self._row = self._entries.row_of(image_id, hand_id)
        self._read(image_id, hand_id)

    def find_row(self) -> None:
        """Look the open hand up in the queue again, after the queue has changed."""
        self._row = self._entries.row_of(*self._wanted)
        self.moved.emit(self._row)

    def can_step(self, step: int) -> bool:
        """Whether there is a hand that many places on."""
        return 0 <= self._row + step < self._entries.rowCount() if self._row >= 0 else self._entries.rowCount() > 0

    def step(self, step: int) -> None:
        """Open the hand that many places on."""
        if self.can_step(step):
            self.open_row(self._row + step if self._row >= 0 else 0)

    def reload(self) -> None:
        """Read the open hand again."""
        if self._wanted[1]:
            self._ahead.pop(self._wanted[1], None)
            self._read(*self._wanted)

    def _read(self, image_id: int, hand_id: int) -> None:
        self._wanted = (image_id, hand_id)
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
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
        same_picture = self.view is not None and self.view.image.id == view.image.id
        self.view = view
        self.opened.emit(view)
        if not same_picture:
            self._show_picture(view)
        self.moved.emit(self._row)
        self._read_ahead()

    def _show_picture(self, view: ReviewView) -> None:
        kept = self._pictures.get(view.image.id)
        if kept is not None:
            self.pictured.emit(kept, True)
            return
        megapixels = (view.image.width or 0) * (view.image.height or 0) / 1e6
        self._pictures.ask(Wanted(view.image.id, view.path), megapixels=megapixels, arrived=self._on_picture)

    def _on_picture(self, image_id: int, image: QImage, final: bool) -> None:
        if self.view is not None and self.view.image.id == image_id:
            self.pictured.emit(image, final)

    def _read_ahead(self) -> None:
        if self._row < 0 or self._ctx.project is None:
            return
        for step in STEPS_AHEAD:
            row = self._row + step
            hand_id = self._entries.key(row)[1] if 0 <= row < self._entries.rowCount() else 0
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
