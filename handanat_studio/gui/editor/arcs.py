"""Joint-angle arcs and their degree pills: where they sit and how they look. Screen pixels; no item, no judging."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from handanat_studio.gui.editor.joint_angles import JointAngle, Standing
from handanat_studio.gui.theme import HALO_COLOUR

PILL_HEIGHT = 17.0
PILL_PAD = 6.0


@dataclass(frozen=True, slots=True)
class Arc:
    """One joint's arc in screen pixels.

    Attributes:
        angle: the measured joint.
        centre: the joint.
        radius: of the arc.
        start_deg: Qt angle (counter-clockwise from three o'clock) of the bone towards the wrist.
        sweep_deg: signed Qt sweep to the bone towards the tip; its size is the inner angle.
    """

    angle: JointAngle
    centre: QPointF
    radius: float
    start_deg: float
    sweep_deg: float

    @property
    def box(self) -> QRectF:
        """The square of the arc's whole circle."""
        return QRectF(self.centre.x() - self.radius, self.centre.y() - self.radius, 2 * self.radius, 2 * self.radius)

    def lines(self) -> list[QLineF]:
        """Return the arc as short straight lines."""
        steps = max(3, math.ceil(abs(self.sweep_deg) / 16))
        angles = [math.radians(self.start_deg + self.sweep_deg * k / steps) for k in range(steps + 1)]
        x, y, r = self.centre.x(), self.centre.y(), self.radius
        spots = [QPointF(x + r * math.cos(a), y - r * math.sin(a)) for a in angles]
        return [QLineF(a, b) for a, b in pairwise(spots)]

    @property
    def inner_direction(self) -> tuple[float, float]:
        """Unit vector from the joint into the inner side of the bend (y down)."""
        middle = math.radians(self.start_deg + self.sweep_deg / 2)
        return math.cos(middle), -math.sin(middle)


def arc_of(angle: JointAngle, before: Sequence[float], joint: Sequence[float], after: Sequence[float]) -> Arc | None:
    """Return the arc between two bones, or None if a bone has no length or no place."""
    towards = (before[0] - joint[0], before[1] - joint[1])
    away = (after[0] - joint[0], after[1] - joint[1])
    shorter = min(math.hypot(*towards), math.hypot(*away))
    if not shorter > 4.0:
        return None
    start = math.degrees(math.atan2(-towards[1], towards[0]))
    end = math.degrees(math.atan2(-away[1], away[0]))
    sweep = (end - start + 180.0) % 360.0 - 180.0
    radius = min(max(shorter * 0.34, 11.0), 15.0 if angle.standing is Standing.IN_RANGE else 24.0)
    return Arc(angle, QPointF(joint[0], joint[1]), radius, start, sweep)


def draw_arcs(painter: QPainter, arcs: Sequence[Arc]) -> None:
    """Draw arcs on the inner side of their joints: in range thin, doubtful dashed, violated thick with a wedge."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _draw_in_range(painter, [arc for arc in arcs if arc.angle.standing is Standing.IN_RANGE])
    for standing in (Standing.DOUBTFUL, Standing.VIOLATED):
        outline = QPainterPath()
        for arc in arcs:
            if arc.angle.standing is standing:
                outline.arcMoveTo(arc.box, arc.start_deg)
                outline.arcTo(arc.box, arc.start_deg, arc.sweep_deg)
                if standing is Standing.VIOLATED:
                    _draw_wedge(painter, arc)
        if not outline.isEmpty():
            _draw_outline(painter, outline, standing)


def _draw_in_range(painter: QPainter, arcs: Sequence[Arc]) -> None:
    # Short flat lines are drawn several times faster than the outline of a stroked path, and there are up to 15 arcs.
    lines = [line for arc in arcs for line in arc.lines()]
    halo = QColor(HALO_COLOUR)
    halo.setAlphaF(0.35)
    for pen in (QPen(halo, 3.0, c=Qt.PenCapStyle.FlatCap), QPen(Standing.IN_RANGE.colour(), 1.4)):
        painter.setPen(pen)
        painter.drawLines(lines)


def _draw_wedge(painter: QPainter, arc: Arc) -> None:
    wedge = QPainterPath(arc.centre)
    wedge.arcTo(arc.box, arc.start_deg, arc.sweep_deg)
    wedge.closeSubpath()
    fill = arc.angle.standing.colour()
    fill.setAlphaF(0.32)
    painter.fillPath(wedge, fill)


def _draw_outline(painter: QPainter, outline: QPainterPath, standing: Standing) -> None:
    width = 2.4 if standing is Standing.DOUBTFUL else 3.0
    halo = QColor(HALO_COLOUR)
    painter.setPen(QPen(halo, width + 1.6, c=Qt.PenCapStyle.FlatCap))
    painter.drawPath(outline)
    pen = QPen(standing.colour(), width, c=Qt.PenCapStyle.FlatCap)
    if standing is Standing.DOUBTFUL:
        pen.setDashPattern([2.0, 0.9])
    painter.setPen(pen)
    painter.drawPath(outline)


def place_pills(arcs: Sequence[Arc], font: QFont, avoid: Sequence[tuple[float, float]]) -> list[tuple[Arc, QRectF]]:
    """Find a place for each pill, worst first, that covers neither another pill nor a joint mark.

    Args:
        arcs: whose degrees are written.
        font: of the text.
        avoid: centres of joint marks, screen pixels.
    """
    metrics = QFontMetricsF(font)
    placed: list[tuple[Arc, QRectF]] = []
    for arc in sorted(arcs, key=lambda a: -a.angle.severity):
        width = metrics.horizontalAdvance(arc.angle.text) + 2 * PILL_PAD
        width += PILL_HEIGHT * 0.6 if arc.angle.standing is Standing.VIOLATED else 0.0
        best: tuple[float, QRectF] | None = None
        for rank, centre in enumerate(_candidates(arc, width)):
            rect = QRectF(centre.x() - width / 2, centre.y() - PILL_HEIGHT / 2, width, PILL_HEIGHT)
            cost = rank + _overlap(rect, placed, avoid)
            if best is None or cost < best[0]:
                best = (cost, rect)
            if cost == rank:
                break
        if best is not None:
            placed.append((arc, best[1]))
    return placed


def _candidates(arc: Arc, width: float) -> list[QPointF]:
    dx, dy = arc.inner_direction
    spots = []
    for turn in (0, 35, -35, 70, -70, 180, 145, -145):
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        ux, uy = dx * c - dy * s, dx * s + dy * c
        half = abs(ux) * width / 2 + abs(uy) * PILL_HEIGHT / 2
        for gap in (5.0, 22.0):
            reach = arc.radius + gap + half
            spots.append(QPointF(arc.centre.x() + ux * reach, arc.centre.y() + uy * reach))
    return spots


def _overlap(rect: QRectF, placed: list[tuple[Arc, QRectF]], avoid: Sequence[tuple[float, float]]) -> float:
    cost = 0.0
    roomy = rect.adjusted(-2, -2, 2, 2)
    for _, other in placed:
        if roomy.intersects(other):
            cost += 60.0
    grown = rect.adjusted(-7, -7, 7, 7)
    left, right, top, bottom = grown.left(), grown.right(), grown.top(), grown.bottom()
    for x, y in avoid:
        if left < x < right and top < y < bottom:
            cost += 12.0
    return cost


def draw_pill(painter: QPainter, arc: Arc, rect: QRectF, font: QFont) -> None:
    """Draw the degrees: violated filled with a warning triangle, doubtful outlined and dashed, in range outlined."""
    standing = arc.angle.standing
    colour = standing.colour()
    violated = standing is Standing.VIOLATED
    painter.setBrush(colour if violated else QColor(18, 21, 26, 225))
    pen = QPen(QColor(0, 0, 0, 170) if violated else colour, 1.2)
    if standing is Standing.DOUBTFUL:
        pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.drawRoundedRect(rect, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
    text = QRectF(rect)
    ink = QColor("#14161a") if violated else QColor("#f2f4f6")
    if violated:
        _draw_warning(painter, QPointF(rect.left() + PILL_PAD + 3.5, rect.center().y()), ink)
        text.setLeft(rect.left() + PILL_PAD + PILL_HEIGHT * 0.55)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(text, Qt.AlignmentFlag.AlignCenter, arc.angle.text)


def _draw_warning(painter: QPainter, centre: QPointF, ink: QColor) -> None:
    path = QPainterPath(QPointF(centre.x(), centre.y() - 4.5))
    path.lineTo(centre.x() + 4.8, centre.y() + 3.8)
    path.lineTo(centre.x() - 4.8, centre.y() + 3.8)
    path.closeSubpath()
    painter.fillPath(path, ink)
