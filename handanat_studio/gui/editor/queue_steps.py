"""Walking a queue: which row is open, the hand before and after it, and the picture of the image that is open."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.pictures import Pictures, Wanted
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.store.images import Image


class Pictured(Protocol):
    """What has been read of a hand: at least its image."""

    @property
    def image(self) -> Image:
        """The image."""

    @property
    def path(self) -> Path:
        """Its file."""


class QueueSteps(QObject):
    """Opens hands by ids or by steps in a queue. What is read of a hand is up to those that derive from it.

    Signals:
        pictured(QImage, bool): the open image's picture; False = a smaller one, the final one follows.
        moved(row): the queue position of what has been opened, -1 = not in the queue. It comes last: repainting the
            queue while the store is being read would delay the picture.

    Args:
        ctx: for reads and pictures.
        entries: the queue.
    """

    pictured = Signal(object, bool)
    moved = Signal(int)

    def __init__(self, ctx: Context, entries: EntryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._entries = ctx, entries
        self._pictures = Pictures(ctx)
        self._ticket: Ticket | None = None
        self._wanted = (0, 0)
        self._row = -1
        self._open_image = 0

    def read(self, image_id: int, hand_id: int) -> None:
        """Ask for a hand; an earlier question that is not answered yet is dropped."""
        self._wanted = (image_id, hand_id)
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    @property
    def row(self) -> int:
        """Position in the queue, -1 = not in it."""
        return self._row

    def clear(self) -> None:
        """Forget everything, as when the project is closed."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self._pictures.clear()
        self._wanted, self._row, self._open_image = (0, 0), -1, 0

    def open_row(self, row: int) -> None:
        """Open a row of the queue."""
        if 0 <= row < self._entries.rowCount():
            self._row = row
            self.read(*self._entries.key(row))

    def open(self, image_id: int, hand_id: int) -> None:
        """Open a hand; the queue position follows where the hand is in the queue."""
        self._row = self._entries.row_of(image_id, hand_id)
        self.read(image_id, hand_id)

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

    def rows_near(self, steps: tuple[int, ...]) -> list[int]:
        """Return the rows that many places on which exist; none if what is open is not in the queue."""
        if self._row < 0 or self._ctx.project is None:
            return []
        return [self._row + step for step in steps if 0 <= self._row + step < self._entries.rowCount()]

    def show_picture(self, view: Pictured) -> None:
        """Bring the picture of what has been read; nothing happens if it is the picture that is shown."""
        image = view.image
        if image.id == self._open_image:
            return
        self._open_image = image.id
        kept = self._pictures.get(image.id)
        if kept is not None:
            self.pictured.emit(kept, True)
            return
        megapixels = (image.width or 0) * (image.height or 0) / 1e6
        self._pictures.ask(Wanted(image.id, view.path), megapixels=megapixels, arrived=self._on_picture)

    def _on_picture(self, image_id: int, image: QImage, final: bool) -> None:
        if image_id == self._open_image:
            self.pictured.emit(image, final)
