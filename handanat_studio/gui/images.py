"""The image thread: decodes for display and makes thumbnails, newest request first, through the disk cache.

Display decoding is QImageReader with auto-transform, so that EXIF orientation agrees with `vision.images`.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QBuffer, QIODevice, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from handanat_studio.gui.background import Ticket, deliver
from handanat_studio.hand.values import Box

QUEUE_LIMIT = 512
MEMORY_BYTES = 32 << 20
_CROP_MARGIN = 0.15


class ThumbnailStore(Protocol):
    """Where finished thumbnails are kept between sessions (`store.thumbnails.ThumbnailCache`)."""

    def get(self, key: str) -> bytes | None:
        """Return what was put under a key."""

    def put(self, key: str, data: bytes) -> None:
        """Keep an encoded image."""


def square_crop(box: Box, full: QSize) -> QRect:
    """Return the square around a box, widened by a margin and moved inside the image."""
    side = max(box.width, box.height) * (1 + 2 * _CROP_MARGIN)
    side = max(8, min(round(side), full.width(), full.height()))
    x = round(box.x + box.width / 2 - side / 2)
    y = round(box.y + box.height / 2 - side / 2)
    return QRect(min(max(0, x), full.width() - side), min(max(0, y), full.height() - side), side, side)


_BEGINNINGS = (
    (b"\xff\xd8\xff", b"jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"png"),
    (b"GIF8", b"gif"),
    (b"BM", b"bmp"),
    (b"II*\0", b"tiff"),
    (b"MM\0*", b"tiff"),
)
"""First bytes of a file -> Qt's name of its format."""


def format_of(path: Path | str) -> bytes:
    """Return Qt's name of a file's format by its first bytes, empty if they are not known or cannot be read."""
    try:
        with Path(path).open("rb") as file:
            begin = file.read(12)
    except OSError:
        return b""
    if begin[:4] == b"RIFF" and begin[8:] == b"WEBP":
        return b"webp"
    return next((name for signature, name in _BEGINNINGS if begin.startswith(signature)), b"")


def read_display_image(
    path: Path | str, *, box: Box | None = None, size: int | None = None, pixel_limit_mp: int = 200
) -> QImage:
    """Decode an image for the screen, upright.

    Args:
        path: the file.
        box: only the square around this part of the upright image.
        size: the longest side of the result in pixels; None = as it is. Never enlarges.
        pixel_limit_mp: larger images are refused.

    Returns:
        the image; null if it cannot be read.
    """
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    known = format_of(path)
    if known:
        # Asking every plug-in instead lets the one for SVG take a lock of Qt's signals while Python's own lock is held;
        # the window's thread takes the two the other way round, and both would wait for ever.
        reader.setAutoDetectImageFormat(False)
        reader.setFormat(known)
    else:
        reader.setDecideFormatFromContent(True)
    stored = reader.size()
    if not stored.isValid() or stored.width() * stored.height() > pixel_limit_mp * 1_000_000:
        return QImage()
    turned = bool(reader.transformation().value & QImageIOHandler.Transformation.TransformationRotate90.value)
    upright = stored.transposed() if turned else stored
    crop = QRect(0, 0, upright.width(), upright.height()) if box is None else square_crop(box, upright)
    scale = min(1.0, size / max(crop.width(), crop.height())) if size else 1.0
    if scale < 1.0:
        reader.setScaledSize((stored * scale).expandedTo(QSize(1, 1)))
    image = reader.read()
    if box is None or image.isNull():
        return image
    return image.copy(QRect(crop.topLeft() * scale, crop.size() * scale))


@dataclass(order=True)
class _Request:
    rank: tuple[int, int]
    path: str = field(compare=False)
    box: Box | None = field(compare=False)
    size: int | None = field(compare=False)
    key: str = field(compare=False)
    callback: Callable[[QImage], Any] = field(compare=False)
    ticket: Ticket = field(compare=False)


class ImageThread(QObject):
    """Decodes images beside the window.

    Args:
        pixel_limit_mp: larger images are not decoded.
    """

    _answered = Signal(object)

    def __init__(self, pixel_limit_mp: int = 200, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit = pixel_limit_mp
        self._disk: ThumbnailStore | None = None
        self._memory: OrderedDict[str, QImage] = OrderedDict()
        self._bytes = 0
        self._heap: list[_Request] = []
        self._ready = threading.Condition()
        self._order = itertools.count()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def use_disk(self, disk: ThumbnailStore | None) -> None:
        """Keep thumbnails in this store from now on and forget those of the project before."""
        with self._ready:
            self._disk = disk
            self._heap.clear()
        self._memory.clear()
        self._bytes = 0

    def cached(self, key: str) -> QImage | None:
        """Return a thumbnail that is in memory, or None. A null image means that the file cannot be read."""
        image = self._memory.get(key)
        if image is not None:
            self._memory.move_to_end(key)
        return image

    def request(
        self,
        path: Path | str,
        box: Box | None,
        size: int | None,
        callback: Callable[[QImage], Any],
        *,
        key: str = "",
        urgent: bool = False,
    ) -> Ticket:
        """Decode an image and call back in the window's thread with a QImage (null = unreadable).

        Args:
            path: the file.
            box: crop to the square around this box of the upright image; None = whole image.
            size: longest side in pixels; None = full size.
            callback: receives the image.
            key: name of a thumbnail in the memory and disk caches; "" = do not keep.
            urgent: before everything else (the image the user is waiting for).

        Returns:
            a ticket; cancel it when the image is no longer wanted. It is cancelled by itself when too many newer
            requests wait.
        """
        ticket = Ticket()
        number = next(self._order)
        item = _Request((0 if urgent else 1, -number), str(path), box, size, key, callback, ticket)
        with self._ready:
            heapq.heappush(self._heap, item)
            if len(self._heap) > QUEUE_LIMIT:
                ordered = sorted(r for r in self._heap if not r.ticket.cancelled)
                self._heap = ordered[: QUEUE_LIMIT // 2]
                for dropped in ordered[QUEUE_LIMIT // 2 :]:
                    dropped.ticket.cancel()
            self._ready.notify()
        if self._thread is None:
            self._closing = False
            self._thread = threading.Thread(target=self._run, name="images", daemon=True)
            self._thread.start()
        return ticket

    @property
    def waiting(self) -> int:
        """How many requests nobody has taken up yet."""
        with self._ready:
            return len(self._heap)

    def close(self) -> None:
        """Stop the thread; what is queued is dropped."""
        if self._thread is None:
            return
        with self._ready:
            self._closing = True
            self._heap.clear()
            self._ready.notify()
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._heap and not self._closing:
                    self._ready.wait()
                if self._closing:
                    return
                item, disk = heapq.heappop(self._heap), self._disk
            if not item.ticket.cancelled:
                self._answered.emit((item, self._make(item, disk)))

    def _make(self, item: _Request, disk: ThumbnailStore | None) -> QImage:
        if item.key and disk is not None:
            data = disk.get(item.key)
            if data:
                image = QImage.fromData(data)
                if not image.isNull():
                    return image
        image = read_display_image(item.path, box=item.box, size=item.size, pixel_limit_mp=self._limit)
        if item.key and disk is not None and not image.isNull():
            disk.put(item.key, _encoded(image))
        return image

    def _on_answered(self, answer: tuple[_Request, QImage]) -> None:
        item, image = answer
        if item.key:
            self._remember(item.key, image)
        if not item.ticket.cancelled:
            deliver(item.callback, image)

    def _remember(self, key: str, image: QImage) -> None:
        before = self._memory.pop(key, None)
        self._bytes += image.sizeInBytes() - (before.sizeInBytes() if before is not None else 0)
        self._memory[key] = image
        while self._bytes > MEMORY_BYTES and len(self._memory) > 1:
            _, oldest = self._memory.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()


def _encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.hasAlphaChannel():
        image.save(buffer, "PNG")  # type: ignore[call-overload]
    else:
        image.save(buffer, "JPEG", 88)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
