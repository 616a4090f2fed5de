"""What others said, drawn behind the reviewer's result: one voice by long dashes, the other by dots, each lettered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from handanat_studio.gui.theme import font
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, LOCATED_STATES, WRIST, Level
from handanat_studio.hand.values import HandPose

MARGIN_PX = 60.0
TINTS = (QColor("#9CD3FF"), QColor("#FFD08A"))
"""Of the left and the right voice; they differ in dash, mark and letter as well."""
DASHES = ((5.0, 3.0), (0.1, 2.2))
HALO = QColor(10, 12, 15, 150)
LETTER_PX = 16.0


@dataclass(frozen=True, slots=True)
class Ghost:
    """A voice on the canvas.

    Attributes:
        letter: stands for the voice.
        pose: what it says.
        chosen: the joint that is in question, -1 = none.
        lettered: joints that carry the letter, those that the voices place differently.
    """

    letter: str
    pose: HandPose
    chosen: int = -1
    lettered: frozenset[int] = frozenset()


class GhostItem(QGraphicsItem):
    """Paints one voice.

    Args:
        side: 0 = left (long dashes, hollow circles), 1 = right (dots, hollow squares).
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self.ghost: Ghost | None = None
        self._zoom = 1.0
        self._bounds = QRectF()
        self.setZValue(-1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_ghost(self, ghost: Ghost | None) -> None:
        """Show another voice, or none."""
        self.ghost = ghost
        self._measure()
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Tell the screen pixels per image pixel."""
        self._zoom = zoom
        self._measure()

    def _measure(self) -> None:
        box = self.ghost.pose.box() if self.ghost is not None else None
        bounds = QRectF()
        if box is not None:
            margin = MARGIN_PX / self._zoom
            bounds = QRectF(box.x, box.y, box.width, box.height).adjusted(-margin, -margin, margin, margin)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def boundingRect(self) -> QRectF:
        """Return the joints' box with room for marks and letters."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint in screen pixels, so that every width is the same at any zoom."""
        ghost = self.ghost
        if ghost is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(1 / self._zoom, 1 / self._zoom)
        points = ghost.pose.points.astype(np.float64) * self._zoom
        points[~np.isin(ghost.pose.states, LOCATED_STATES)] = np.nan
        self._paint_bones(painter, points)
        self._paint_marks(painter, points)
        self._paint_letters(painter, ghost, points)

    def _paint_bones(self, painter: QPainter, points: NDArray[np.float64]) -> None:
        lines = bone_lines(points)
        painter.setPen(QPen(HALO, 4.0, c=Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)
        pen = QPen(TINTS[self._side], 2.2, c=Qt.PenCapStyle.RoundCap)
        pen.setDashPattern(list(DASHES[self._side]))
        painter.setPen(pen)
        painter.drawLines(lines)

    def _paint_marks(self, painter: QPainter, points: NDArray[np.float64]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw = painter.drawEllipse if self._side == 0 else painter.drawRect
        for x, y in points[np.isfinite(points).all(axis=1)].tolist():
            spot = QRectF(x - 4, y - 4, 8, 8)
            for pen in (QPen(HALO, 4.0), QPen(TINTS[self._side], 2.0)):
                painter.setPen(pen)
                draw(spot)

    def _paint_letters(self, painter: QPainter, ghost: Ghost, points: NDArray[np.float64]) -> None:
        rows = ghost.lettered | {ghost.chosen}
        face = font("caption", bold=True)
        painter.setFont(face)
        room = QFontMetrics(face)
        away = -1 if self._side == 0 else 1
        for row in sorted(rows - {-1}):
            if row >= len(points) or not np.isfinite(points[row]).all():
                continue
            x, y = points[row].tolist()
            width = max(LETTER_PX, room.horizontalAdvance(ghost.letter) + 8.0)
            pill = QRectF(x + away * (width / 2 + 7) - width / 2, y - LETTER_PX - 5, width, LETTER_PX)
            painter.setPen(QPen(TINTS[self._side], 2.0 if row == ghost.chosen else 1.0))
            painter.setBrush(QColor(16, 18, 21, 220))
            painter.drawRoundedRect(pill, 4, 4)
            painter.setPen(TINTS[self._side])
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, ghost.letter)


def bone_lines(points: NDArray[np.float64]) -> list[QLineF]:
    """Return the lines from the wrist to each base and along each digit, where both ends are known.

    Args:
        points: (1+4D, 2), NaN = not known.
    """
    lines = []
    for row in range(1, len(points)):
        before = WRIST if (row - 1) % JOINTS_PER_DIGIT == Level.BASE else row - 1
        if np.isfinite(points[[before, row]]).all():
            lines.append(QLineF(QPointF(*points[before].tolist()), QPointF(*points[row].tolist())))
    return lines
