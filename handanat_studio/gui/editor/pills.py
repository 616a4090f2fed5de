"""Small pills with a few words or figures on the image, and how they find a free place. Screen pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from handanat_studio.gui.editor.joint_angles import Standing

PILL_HEIGHT = 17.0
PILL_PAD = 6.0
PILL_FILL = QColor(18, 21, 26, 225)
PILL_INK = QColor("#f2f4f6")
MARK_ROOM = 7.0
PILL_COST, MARK_COST = 60.0, 12.0


def free_place(
    spots: Iterable[QPointF], width: float, taken: Sequence[QRectF], avoid: Sequence[tuple[float, float]]
) -> QRectF:
    """Return the rectangle of a pill at the first spot that is free, or at the least crowded one.

    Args:
        spots: centres to try, best first; at least one.
        width: of the pill.
        taken: pills that are there already.
        avoid: centres of joint marks.
    """
    best, best_cost = QRectF(), float("inf")
    for rank, centre in enumerate(spots):
        rect = QRectF(centre.x() - width / 2, centre.y() - PILL_HEIGHT / 2, width, PILL_HEIGHT)
        cost = rank + _crowding(rect, taken, avoid)
        if cost < best_cost:
            best, best_cost = rect, cost
        if cost == rank:
            break
    return best


def _crowding(rect: QRectF, taken: Sequence[QRectF], avoid: Sequence[tuple[float, float]]) -> float:
    roomy = rect.adjusted(-2, -2, 2, 2)
    cost = PILL_COST * sum(roomy.intersects(other) for other in taken)
    grown = rect.adjusted(-MARK_ROOM, -MARK_ROOM, MARK_ROOM, MARK_ROOM)
    left, right, top, bottom = grown.left(), grown.right(), grown.top(), grown.bottom()
    return cost + MARK_COST * sum(left < x < right and top < y < bottom for x, y in avoid)


def draw_text_pill(painter: QPainter, text: str, standing: Standing, rect: QRectF, font: QFont) -> None:
    """Draw a figure that is held against a limit.

    Violated is filled with a warning triangle, doubtful outlined and dashed, in range outlined.
    """
    colour = standing.colour()
    violated = standing is Standing.VIOLATED
    painter.setBrush(colour if violated else PILL_FILL)
    pen = QPen(QColor(0, 0, 0, 170) if violated else colour, 1.2)
    if standing is Standing.DOUBTFUL:
        pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.drawRoundedRect(rect, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
    words = QRectF(rect)
    ink = QColor("#14161a") if violated else PILL_INK
    if violated:
        _draw_warning(painter, QPointF(rect.left() + PILL_PAD + 3.5, rect.center().y()), ink)
        words.setLeft(rect.left() + PILL_PAD + PILL_HEIGHT * 0.55)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, text)


def _draw_warning(painter: QPainter, centre: QPointF, ink: QColor) -> None:
    path = QPainterPath(QPointF(centre.x(), centre.y() - 4.5))
    path.lineTo(centre.x() + 4.8, centre.y() + 3.8)
    path.lineTo(centre.x() - 4.8, centre.y() + 3.8)
    path.closeSubpath()
    painter.fillPath(path, ink)
