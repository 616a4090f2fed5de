"""Brings a hand to the page: its image's view, the picture, the neighbours' pictures, the queue position."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.pictures import Pictures, Wanted
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.workflows import browse
from handanat_studio.workflows.browse import ImageView

NEIGHBOURS = (1, -1, 2)


class Loader(QObject):
    """Opens hands by ids or by steps in the queue.

    Signals:
        opened(ImageView, hand_id): the view has been read; hand id 0 = the image has no hand.
        pictured(QImage, bool): the open image's picture; False = a smaller one, the final one follows.
        moved(row): the queue position of what has been opened, -1 = not in the queue. It comes last: repainting the
            queue while the store is being read would delay the picture.
    """

    opened = Signal(object, int)
    pictured = Signal(object, bool)
    moved = Signal(int)

    def __init__(self, ctx: Context, entries: EntryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._entries = ctx, entries
        self._pictures = Pictures(ctx)
        self._ticket: Ticket | None = None
        self._wanted = (0, 0)
        self._row = -1
        self.view: ImageView | None = None

    @property
    def row(self) -> int:
        """Position in the queue, -1 = not in it."""
        return self._row

    def clear(self) -> None:
        """Forget everything, as when the project is closed."""
        if self._ticket is not None:
            self._ticket.cancel()
        self._pictures.clear()
        self._wanted, self._row, self.view = (0, 0), -1, None

    def open_row(self, row: int) -> None:
        """Open a row of the queue."""
        if 0 <= row < self._entries.rowCount():
            self._row = row
            self._read(*self._entries.key(row))

    def open(self, image_id: int, hand_id: int) -> None:
        """Open a hand; the queue position follows where the hand is in the queue."""
        self._row = self._entries.row_of(image_id, hand_id)
        self._read(image_id, hand_id)

    def find_row(self) -> None:
        """Look the open hand up in the queue again, after the queue has changed.

        A row that was listed before its image was searched stands for the hand that has been found in it since.
        """
        row = self._entries.row_of(*self._wanted)
        self._row = self._entries.row_of(self._wanted[0], 0) if row < 0 else row
        self.moved.emit(self._row)

    def can_step(self, step: int) -> bool:
        """Whether there is a hand that many places on."""
        return 0 <= self._row + step < self._entries.rowCount() if self._row >= 0 else self._entries.rowCount() > 0

    def step(self, step: int) -> None:
        """Open the hand that many places on."""
        if self.can_step(step):
            self.open_row(self._row + step if self._row >= 0 else 0)

    def reload(self) -> None:
        """Read the open image again."""
        if self._wanted[0]:
            self._read(*self._wanted)

    def _read(self, image_id: int, hand_id: int) -> None:
        self._wanted = (image_id, hand_id)
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket = self._ctx.read(
            browse.image_view, image_id, annotator=self._ctx.annotator, done=lambda view: self._on_view(view, hand_id)
        )

    def _on_view(self, view: ImageView, hand_id: int) -> None:
        same_picture = self.view is not None and self.view.image.id == view.image.id
        self.view = view
        ids = [hand.hand.id for hand in view.hands]
        if hand_id not in ids:
            hand_id = ids[0] if ids else 0
        if self._wanted != (view.image.id, hand_id):
            self._wanted = (view.image.id, hand_id)
            self.find_row()
        self.opened.emit(view, hand_id)
        if not same_picture:
            self._show_picture(view)
        self.moved.emit(self._row)
        self._prefetch()

    def _show_picture(self, view: ImageView) -> None:
        kept = self._pictures.get(view.image.id)
        if kept is not None:
            self.pictured.emit(kept, True)
            return
        wanted = Wanted(view.image.id, view.path)
        megapixels = (view.image.width or 0) * (view.image.height or 0) / 1e6
        self._pictures.ask(wanted, megapixels=megapixels, arrived=self._on_picture)

    def _on_picture(self, image_id: int, image: QImage, final: bool) -> None:
        if self.view is not None and self.view.image.id == image_id:
            self.pictured.emit(image, final)

    def _prefetch(self) -> None:
        project = self._ctx.project
        if self._row < 0 or project is None or self.view is None:
            return
        near: dict[int, Wanted] = {}
        for step in NEIGHBOURS:
            row = self._row + step
            entry = self._entries.entry(row) if 0 <= row < self._entries.rowCount() else None
            if entry is not None and not entry.error and entry.image_id != self.view.image.id:
                near[entry.image_id] = Wanted(entry.image_id, project.image_path(entry.uri))
        self._pictures.prefetch(list(near.values()))
