"""How joints, bones and fusions are drawn: plain painter functions in screen pixels. No item, no editing."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from handanat_studio.gui.theme import DIGIT_COLOURS, HALO_COLOUR, WRIST_COLOUR
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose, Split

HALO_PX = 2.0
DOT_GAP, DOT_SHARE = 2.0, 1.15
BONE_HALO = QColor("#101215")
_UNIT_TRIANGLE = [(math.sin(k * 2 * math.pi / 3), -math.cos(k * 2 * math.pi / 3)) for k in range(3)]


def row_colour(pose: HandPose, row: int) -> QColor:
    """Return the annotation colour of a joint: its digit's, white for the wrist."""
    if row == WRIST:
        return WRIST_COLOUR
    return QColor(DIGIT_COLOURS[DigitKind(int(pose.digit_kind[(row - 1) // JOINTS_PER_DIGIT]))])


def split_stem(pose: HandPose, split: Split) -> int:
    """Return the row of the joint that a branch grows out of."""
    return 1 + JOINTS_PER_DIGIT * pose.digit_index(split.digit_id) + split.level


def shared_rows(pose: HandPose) -> frozenset[int]:
    """Return the rows that a branch shares with the digit it grows out of, or does not have: they are drawn once."""
    rows: set[int] = set()
    for split in pose.splits:
        first = 1 + JOINTS_PER_DIGIT * pose.digit_index(split.branch_id)
        rows.update(range(first, first + min(split.level + 1, int(Level.TIP))))
    return frozenset(rows)


def row_level(row: int) -> Level | None:
    """Return a joint's level in its digit, None for the wrist."""
    return None if row == WRIST else Level((row - 1) % JOINTS_PER_DIGIT)


def line_width(radius: float) -> float:
    """Return the width of a hollow mark's line: a small mark needs a thin one to stay hollow."""
    return min(max(radius / 3.0, 1.3), 3.2)


def mark_path(level: Level | None, centre: QPointF, radius: float) -> QPainterPath:
    """Return the outline of a mark: base square, middle circle, distal diamond, tip triangle, wrist wide circle."""
    path = QPainterPath()
    x, y = centre.x(), centre.y()
    if level == Level.BASE:
        side = radius * 0.88
        path.addRect(QRectF(x - side, y - side, 2 * side, 2 * side))
    elif level == Level.DISTAL:
        reach = radius * 1.25
        corners = [(0, -reach), (reach, 0), (0, reach), (-reach, 0)]
        path.addPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        path.closeSubpath()
    elif level == Level.TIP:
        reach = radius * 1.35
        path.addPolygon(QPolygonF([QPointF(x + dx * reach, y + dy * reach) for dx, dy in _UNIT_TRIANGLE]))
        path.closeSubpath()
    else:
        reach = radius if level == Level.MIDDLE else radius * 1.15
        path.addEllipse(centre, reach, reach)
    return path


def draw_mark(
    painter: QPainter, path: QPainterPath, centre: QPointF, state: JointState, colour: QColor, width: float
) -> None:
    """Draw one joint mark around its joint, with a halo; the fill tells the state."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state == JointState.VISIBLE:
        painter.setPen(HALO_PEN)
        painter.drawPath(path)
        painter.fillPath(path, colour)
        return
    for tint, extra in ((HALO_COLOUR, HALO_PX), (colour, 0.0)):
        painter.setPen(_outline_pen(tint, width, extra, is_dotted=state == JointState.UNSURE))
        painter.drawPath(path)
    if state == JointState.SELF_OCCLUDED:
        painter.setPen(Qt.PenStyle.NoPen)
        for tint, extra in ((HALO_COLOUR, HALO_PX / 2), (colour, 0.0)):
            painter.setBrush(tint)
            painter.drawEllipse(centre, width * 0.8 + extra, width * 0.8 + extra)


def _outline_pen(tint: QColor, width: float, extra: float, *, is_dotted: bool) -> QPen:
    """Return a pen of `width` + `extra`; dots keep their places whatever the extra width is."""
    if not is_dotted:
        return QPen(tint, width + extra, j=Qt.PenJoinStyle.RoundJoin)
    width *= DOT_SHARE
    pen = QPen(tint, width + extra, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    pen.setDashPattern([0.01, DOT_GAP * width / (width + extra)])
    return pen


@lru_cache(maxsize=1024)
def mark_sprite(level: Level | None, state: JointState, rgb: int, radius: float, width: float, ratio: float) -> QPixmap:
    """Return a mark as a small picture with its middle in the centre: painting it costs a fraction of its outlines.

    Args:
        level, state: of the joint.
        rgb: `QColor.rgb()` of its digit.
        radius, width: of the mark and of its line, screen pixels.
        ratio: device pixels per screen pixel.
    """
    side = 2 * math.ceil(radius * 1.4 + width + 2)
    sprite = QPixmap(round(side * ratio), round(side * ratio))
    sprite.setDevicePixelRatio(ratio)
    sprite.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sprite)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side / 2, side / 2)
    draw_mark(painter, mark_path(level, centre, radius), centre, state, QColor.fromRgb(rgb), width)
    painter.end()
    return sprite


def paint_mark(
    painter: QPainter,
    level: Level | None,
    state: JointState,
    tint: QColor,
    at: QPointF,
    radius: float,
    width: float = 2.0,
) -> None:
    """Paint a mark at a place, from its sprite."""
    sprite = mark_sprite(level, state, tint.rgb(), radius, width, painter.device().devicePixelRatio())
    _paint_centred(painter, sprite, at)


@lru_cache(maxsize=16)
def ring_sprite(rgb: int, radius: float, ratio: float) -> QPixmap:
    """Return the ring around the selected joint as a picture with its middle in the centre."""
    side = 2 * math.ceil(radius + 4)
    sprite = QPixmap(round(side * ratio), round(side * ratio))
    sprite.setDevicePixelRatio(ratio)
    sprite.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sprite)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side / 2, side / 2)
    for pen in (QPen(HALO_COLOUR, 4.0), QPen(QColor.fromRgb(rgb), 2.0)):
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)
    painter.end()
    return sprite


def paint_ring(painter: QPainter, tint: QColor, at: QPointF, radius: float) -> None:
    """Paint the ring around the selected joint."""
    _paint_centred(painter, ring_sprite(tint.rgb(), radius, painter.device().devicePixelRatio()), at)


def _paint_centred(painter: QPainter, sprite: QPixmap, at: QPointF) -> None:
    half = sprite.width() / sprite.devicePixelRatio() / 2
    painter.drawPixmap(QPointF(at.x() - half, at.y() - half), sprite)


HALO_PEN = QPen(HALO_COLOUR, 2.6, j=Qt.PenJoinStyle.RoundJoin)


def draw_arrow(painter: QPainter, at: QPointF, direction: QPointF, colour: QColor, size: float) -> None:
    """Draw an arrow at the image border that points to a joint outside."""
    length = math.hypot(direction.x(), direction.y()) or 1.0
    dx, dy = direction.x() / length, direction.y() / length
    back = QPointF(at.x() - dx * size * 2, at.y() - dy * size * 2)
    left, right = (
        QPointF(back.x() - dy * size, back.y() + dx * size),
        QPointF(back.x() + dy * size, back.y() - dx * size),
    )
    path = QPainterPath()
    path.addPolygon(QPolygonF([at, left, right]))
    path.closeSubpath()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(HALO_PEN)
    painter.drawPath(path)
    painter.fillPath(path, colour)


def draw_tether(painter: QPainter, border: QPointF, at: QPointF, colour: QColor) -> None:
    """Draw where a joint outside the image lies: a dotted line from the border to a small cross."""
    reach = 3.5
    cross = [
        QLineF(at.x() - reach, at.y() - reach, at.x() + reach, at.y() + reach),
        QLineF(at.x() - reach, at.y() + reach, at.x() + reach, at.y() - reach),
    ]
    painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DotLine))
    painter.drawLine(border, at)
    for pen in (QPen(HALO_COLOUR, 3.2), QPen(colour, 1.4)):
        painter.setPen(pen)
        painter.drawLines(cross)


Bones = list[tuple[list[QLineF], QColor]]


def bone_lines(pose: HandPose, points: NDArray[np.float64], radius: float, *, is_solid: bool = True) -> Bones:
    """Return the lines of the palm and of each digit, over the located joints, with their colours.

    Args:
        pose: whose digits these are.
        points: (1+4D, 2) screen pixels, NaN = not drawn.
        radius: of the marks; bones end at the edge of a hollow one.
        is_solid: whether marks cover what lies under them; under translucent ones bones end at the edge of every mark.
    """
    hollow = ((pose.states != JointState.VISIBLE) | (not is_solid)).tolist()

    def bone(a: int, b: int) -> QLineF:
        line = QLineF(spots[a], spots[b])
        start, end = radius * hollow[a], radius * hollow[b]
        length = line.length()
        if length <= start + end:
            return QLineF(spots[a], spots[a])
        return QLineF(line.pointAt(start / length), line.pointAt(1 - end / length)) if start or end else line

    seen = np.isfinite(points).all(axis=1).tolist()
    spots = [QPointF(x, y) for x, y in points.tolist()]
    palm: list[QLineF] = []
    bones: Bones = [(palm, WRIST_COLOUR)]
    branches = {s.branch_id: (split_stem(pose, s), s.level) for s in pose.splits}
    for digit, digit_id in enumerate(pose.digit_id.tolist()):
        first = 1 + JOINTS_PER_DIGIT * digit
        rows = [r for r in range(first, first + JOINTS_PER_DIGIT) if seen[r]]
        if digit_id in branches:
            stem, level = branches[digit_id]
            rows = [r for r in (stem, *rows) if r == stem or r - first >= min(level + 1, Level.TIP)]
            rows = rows if seen[stem] else rows[1:]
        elif rows and seen[WRIST] and rows[0] == first:
            palm.append(bone(WRIST, first))
        lines = [bone(a, b) for a, b in pairwise(rows)]
        bones.append((lines, row_colour(pose, first)))
    return bones


def draw_bones(painter: QPainter, bones: Bones, *, width: float = 2.5, dashed: bool = False) -> None:
    """Draw bones over a dark halo.

    Flat opaque lines: round caps or a translucent halo cost ten times as much, and marks cover the ends anyway.
    """
    flat = Qt.PenCapStyle.FlatCap
    painter.setPen(QPen(BONE_HALO, width + 2.0, c=flat))
    painter.drawLines([line for lines, _ in bones for line in lines])
    for place, (lines, tint) in enumerate(bones):
        pen = QPen(tint, width if place else width * 0.6, c=flat)
        if dashed:
            pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLines(lines)
