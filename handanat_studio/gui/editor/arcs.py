"""Joint-angle arcs and their degree pills: where they sit and how they look. Screen pixels; no item, no judging."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from handanat_studio.gui.editor.joint_angles import JointAngle, Standing
from handanat_studio.gui.editor.pills import PILL_HEIGHT, PILL_PAD, free_place
from handanat_studio.gui.theme import HALO_COLOUR


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


def place_pills(
    arcs: Sequence[Arc],
    font: QFont,
    avoid: Sequence[tuple[float, float]],
    *,
    taken: Sequence[QRectF] = (),
    live_row: int = -1,
) -> list[tuple[Arc, QRectF]]:
    """Find a place for each pill, worst first, that covers neither another pill nor a joint mark.

    Args:
        arcs: whose degrees are written.
        font: of the text.
        avoid: centres of joint marks, screen pixels.
        taken: other pills that are there already.
        live_row: the joint that is being moved: its pill comes first and says its limits too.
    """
    metrics = QFontMetricsF(font)
    placed: list[tuple[Arc, QRectF]] = []
    for arc in sorted(arcs, key=lambda a: (a.angle.row != live_row, -a.angle.severity)):
        width = metrics.horizontalAdvance(pill_text(arc, live_row)) + 2 * PILL_PAD
        width += PILL_HEIGHT * 0.6 if arc.angle.standing is Standing.VIOLATED else 0.0
        placed.append((arc, free_place(_candidates(arc, width), width, [*taken, *(rect for _, rect in placed)], avoid)))
    return placed


def pill_text(arc: Arc, live_row: int) -> str:
    """Return the degrees, with the limits where the joint is being moved."""
    return arc.angle.live_text if arc.angle.row == live_row else arc.angle.text


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
