"""The strip under the canvas: the hands of the image that is open, and where the image comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.theme import RADIUS, S4, S8, S12, VERDICT_ICONS, VERDICT_ROLES, colour, font, style_as
from handanat_studio.hand.values import Box
from handanat_studio.store.images import Image

TILE_PX = 64
HEIGHT_PX = 88


@dataclass(frozen=True, slots=True)
class StripHand:
    """One tile: a hand, its box, its side in words and the verdict on it."""

    hand_id: int
    box: Box | None
    side: str
    verdict: str | None


class HandTile(QAbstractButton):
    """A crop of one hand with its verdict; the open hand has a ring."""

    def __init__(self, hand: StripHand, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hand = hand
        self._number = number
        self._picture = QImage()
        self.setCheckable(True)
        self.setFixedSize(TILE_PX + 4, TILE_PX + 4)
        self._describe()

    def _describe(self) -> None:
        said = f"Hand {self._number}" + (f", {self.hand.side}" if self.hand.side else "")
        said += f", {self.hand.verdict}" if self.hand.verdict else ", no verdict yet"
        self.setToolTip(said)
        self.setAccessibleName(said)

    def set_hand(self, hand: StripHand) -> None:
        """Show another verdict."""
        if hand != self.hand:
            self.hand = hand
            self._describe()
            self.update()

    def set_picture(self, image: QImage) -> None:
        """Show the crop."""
        self._picture = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint crop, verdict and ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRect(2, 2, TILE_PX, TILE_PX)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(rect), RADIUS, RADIUS)
        painter.fillPath(shape, colour("raised"))
        if not self._picture.isNull():
            painter.setClipPath(shape)
            size = self._picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            target = QRect(QPoint(0, 0), size)
            target.moveCenter(rect.center())
            painter.drawImage(target, self._picture)
            painter.setClipping(False)
        if self.hand.verdict:
            badge = QRect(rect.left() + 3, rect.bottom() - 20, 18, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("panel"))
            painter.drawEllipse(badge)
            tint = colour(VERDICT_ROLES[self.hand.verdict])
            icons.paint(painter, VERDICT_ICONS[self.hand.verdict], badge.adjusted(3, 3, -3, -3), tint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2.5 if self.isChecked() else 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), RADIUS + 1, RADIUS + 1)
        elif self.underMouse():
            painter.setPen(QPen(colour("secondary"), 1))
            painter.drawRoundedRect(QRectF(rect), RADIUS, RADIUS)


class Filmstrip(QFrame):
    """Tiles of this image's hands; at the right the image's name, size, generator and prompt.

    Signals:
        chosen(hand_id): a tile was clicked.
    """

    chosen = Signal(int)

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._tiles: dict[int, HandTile] = {}
        self._image_id = 0
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Hands of this image")
        self._row = QHBoxLayout()
        self._row.setSpacing(S4)
        self._row.setContentsMargins(S12, 0, S12, 0)
        self._row.addStretch(1)
        holder = QWidget()
        holder.setLayout(self._row)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._title, self._origin, self._prompt = QLabel(), QLabel(), QLabel()
        self._title.setFont(font("body", bold=True))
        for label in (self._origin, self._prompt):
            style_as(label, quiet=True)
        words = QVBoxLayout()
        words.setContentsMargins(0, S8, S12, S8)
        words.setSpacing(2)
        for label in (self._title, self._origin, self._prompt):
            words.addWidget(label)
        words.addStretch(1)
        side = QWidget()
        side.setLayout(words)
        side.setFixedWidth(330)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(side)

    def show_image(self, image: Image | None, hands: Sequence[StripHand], path: Path | None) -> None:
        """Show the hands of an image."""
        same = image is not None and image.id == self._image_id and set(self._tiles) == {h.hand_id for h in hands}
        self._image_id = 0 if image is None else image.id
        if same:
            for hand in hands:
                self._tiles[hand.hand_id].set_hand(hand)
            return
        for tile in self._tiles.values():
            self._row.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}
        for number, hand in enumerate(hands, 1):
            tile = HandTile(hand, number)
            tile.clicked.connect(lambda _=False, hand_id=hand.hand_id: self.chosen.emit(hand_id))
            self._row.insertWidget(number - 1, tile)
            self._tiles[hand.hand_id] = tile
            if image is not None and path is not None:
                self._ask_picture(image, path, hand, tile)
        self._write(image, len(hands))

    def _ask_picture(self, image: Image, path: Path, hand: StripHand, tile: HandTile) -> None:
        side = round(TILE_PX * self.devicePixelRatioF())
        where = "whole" if hand.box is None else ",".join(str(round(v)) for v in hand.box.as_list())
        key = f"{image.sha256 or image.uri}:{where}:{side}"
        kept = self._ctx.images.cached(key)
        if kept is not None:
            tile.set_picture(kept)
        else:
            self._ctx.images.request(path, hand.box, side, tile.set_picture, key=key)

    def _write(self, image: Image | None, count: int) -> None:
        if image is None:
            for label in (self._title, self._origin, self._prompt):
                label.clear()
            return
        name = image.uri.replace("\\", "/").rsplit("/", 1)[-1]
        hands = "no hand" if not count else "1 hand" if count == 1 else f"{count} hands"
        parts = [f"{image.width} × {image.height} px", hands]
        if image.generator:
            parts.append(image.generator)
        _write_elided(self._title, name)
        _write_elided(self._origin, " · ".join(parts))
        _write_elided(self._prompt, image.prompt)

    def set_open(self, hand_id: int) -> None:
        """Ring the open hand."""
        for tile in self._tiles.values():
            tile.setChecked(tile.hand.hand_id == hand_id)

    def tile(self, hand_id: int) -> HandTile:
        """Return a hand's tile."""
        return self._tiles[hand_id]

    def sizeHint(self) -> QSize:
        """Return its fixed height."""
        return QSize(400, HEIGHT_PX)


def _write_elided(label: QLabel, text: str) -> None:
    label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 310))
    label.setToolTip(text)
