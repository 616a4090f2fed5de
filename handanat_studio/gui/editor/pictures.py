"""Decoded pictures for the canvas: the one that is open, and its neighbours before they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context

KEPT_BYTES = 32 << 20
SMALL_PX = 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture to decode: which image, and where it lies."""

    image_id: int
    path: Path


class Pictures:
    """Keeps a few full pictures in memory.

    Args:
        ctx: gives the image thread.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._kept: OrderedDict[int, QImage] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[int, Ticket] = {}
        self._waiting: dict[int, Callable[[int, QImage, bool], None]] = {}

    def clear(self) -> None:
        """Forget everything, as when another project is opened."""
        for ticket in self._under_way.values():
            ticket.cancel()
        self._kept.clear()
        self._under_way.clear()
        self._waiting.clear()
        self._bytes = 0

    def get(self, image_id: int) -> QImage | None:
        """Return a picture that is in memory, or None. A null one cannot be read."""
        if image_id in self._kept:
            self._kept.move_to_end(image_id)
        return self._kept.get(image_id)

    def ask(self, wanted: Wanted, *, megapixels: float, arrived: Callable[[int, QImage, bool], None]) -> None:
        """Decode the picture that the user waits for; a large one is preceded by a smaller one.

        Args:
            wanted: which picture.
            megapixels: its size, as far as known.
            arrived: receives image id, picture, and whether it is the final one.
        """
        self._waiting = {wanted.image_id: arrived}
        if wanted.image_id in self._under_way:
            self._under_way.pop(wanted.image_id).cancel()
        if megapixels > 4.0:
            self._ctx.images.request(
                wanted.path, None, SMALL_PX, lambda image: self._on_small(wanted.image_id, image), urgent=True
            )
        self._request(wanted, urgent=True)

    def prefetch(self, several: list[Wanted]) -> None:
        """Decode neighbours when nothing more urgent is waiting; drop what is no neighbour any more."""
        near = {wanted.image_id for wanted in several} | set(self._waiting)
        for image_id in set(self._under_way) - near:
            self._under_way.pop(image_id).cancel()
        for wanted in several:
            if wanted.image_id not in self._kept and wanted.image_id not in self._under_way:
                self._request(wanted, urgent=False)

    def _request(self, wanted: Wanted, *, urgent: bool) -> None:
        self._under_way[wanted.image_id] = self._ctx.images.request(
            wanted.path, None, None, lambda image: self._on_full(wanted.image_id, image), urgent=urgent
        )

    def _on_small(self, image_id: int, image: QImage) -> None:
        if image_id in self._waiting and image_id not in self._kept and not image.isNull():
            self._waiting[image_id](image_id, image, False)

    def _on_full(self, image_id: int, image: QImage) -> None:
        self._under_way.pop(image_id, None)
        before = self._kept.pop(image_id, None)
        self._bytes += image.sizeInBytes() - (0 if before is None else before.sizeInBytes())
        self._kept[image_id] = image
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()
        arrived = self._waiting.pop(image_id, None)
        if arrived is not None:
            arrived(image_id, image, True)
