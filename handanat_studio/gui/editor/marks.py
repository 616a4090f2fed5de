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
from handanat_studio.hand.values import HandPose

BONE_HALO = QColor("#101215")
_UNIT_TRIANGLE = [(math.sin(k * 2 * math.pi / 3), -math.cos(k * 2 * math.pi / 3)) for k in range(3)]


def row_colour(pose: HandPose, row: int) -> QColor:
    """Return the annotation colour of a joint: its digit's, white for the wrist."""
    if row == WRIST:
        return WRIST_COLOUR
    return QColor(DIGIT_COLOURS[DigitKind(int(pose.digit_kind[(row - 1) // JOINTS_PER_DIGIT]))])


def row_level(row: int) -> Level | None:
    """Return a joint's level in its digit, None for the wrist."""
    return None if row == WRIST else Level((row - 1) % JOINTS_PER_DIGIT)


def mark_path(level: Level | None, centre: QPointF, radius: float) -> QPainterPath:
    """Return the outline of a mark: base square, middle circle, distal diamond, tip triangle, wrist wide circle."""
    path = QPainterPath()
    x, y = centre.x(), centre.y()
    if level is Level.BASE:
        side = radius * 0.88
        path.addRect(QRectF(x - side, y - side, 2 * side, 2 * side))
    elif level is Level.DISTAL:
        reach = radius * 1.25
        corners = [(0, -reach), (reach, 0), (0, reach), (-reach, 0)]
        path.addPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        path.closeSubpath()
    elif level is Level.TIP:
        reach = radius * 1.35
        path.addPolygon(QPolygonF([QPointF(x + dx * reach, y + dy * reach) for dx, dy in _UNIT_TRIANGLE]))
        path.closeSubpath()
    else:
        reach = radius if level is Level.MIDDLE else radius * 1.15
        path.addEllipse(centre, reach, reach)
    return path


def draw_mark(painter: QPainter, path: QPainterPath, state: JointState, colour: QColor, *, width: float = 2.0) -> None:
    """Draw one joint mark with its halo; the fill tells the state."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    hollow = QPen(HALO_COLOUR, width + 2.0, j=Qt.PenJoinStyle.RoundJoin)
    painter.setPen(HALO_PEN if state == JointState.VISIBLE else hollow)
    painter.drawPath(path)
    if state == JointState.VISIBLE:
        painter.fillPath(path, colour)
        return
    pen = QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin)
    if state == JointState.UNSURE:
        pen.setDashPattern([1.0, 1.3])
    painter.setPen(pen)
    painter.drawPath(path)
    if state == JointState.SELF_OCCLUDED:
        centre = path.boundingRect().center()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, width * 0.9, width * 0.9)


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
    path = mark_path(level, QPointF(side / 2, side / 2), radius)
    draw_mark(painter, path, state, QColor.fromRgb(rgb), width=width)
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


Bones = list[tuple[list[QLineF], QColor]]


def bone_lines(pose: HandPose, points: NDArray[np.float64], radius: float) -> Bones:
    """Return the lines of the palm and of each digit, over the located joints, with their colours.

    Args:
        pose: whose digits these are.
        points: (1+4D, 2) screen pixels, NaN = not drawn.
        radius: of the marks; bones end at the edge of a hollow one.
    """
    hollow = (pose.states != JointState.VISIBLE).tolist()

    def bone(a: int, b: int) -> QLineF:
        line = QLineF(spots[a], spots[b])
        length = line.length()
        if length < 3 * radius or not (hollow[a] or hollow[b]):
            return line
        start, end = radius / length if hollow[a] else 0.0, radius / length if hollow[b] else 0.0
        return QLineF(line.pointAt(start), line.pointAt(1 - end))

    seen = np.isfinite(points).all(axis=1).tolist()
    spots = [QPointF(x, y) for x, y in points.tolist()]
    palm: list[QLineF] = []
    bones: Bones = [(palm, WRIST_COLOUR)]
    branches = {s.branch_id: s.level for s in pose.splits}
    for digit, digit_id in enumerate(pose.digit_id.tolist()):
        first = 1 + JOINTS_PER_DIGIT * digit
        rows = [r for r in range(first, first + JOINTS_PER_DIGIT) if seen[r]]
        if digit_id in branches:
            rows = [r for r in rows if r - first >= branches[digit_id]]
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


def draw_fusions(painter: QPainter, pose: HandPose, points: NDArray[np.float64]) -> None:
    """Draw a light web between digits that are grown together, as far as they are."""
    for fusion in pose.fusions:
        chains = []
        for digit_id in (fusion.first_id, fusion.second_id):
            first = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
            chains.append(_partial_chain(points[first : first + JOINTS_PER_DIGIT], fusion.extent))
        if any(len(chain) < 2 for chain in chains):
            continue
        outline = QPolygonF([QPointF(*p) for p in (*chains[0], *reversed(chains[1]))])
        web = QColor(WRIST_COLOUR)
        web.setAlphaF(0.28)
        painter.setBrush(web)
        painter.setPen(QPen(WRIST_COLOUR, 1.2, Qt.PenStyle.DotLine))
        painter.drawPolygon(outline)


def _partial_chain(chain: NDArray[np.float64], extent: float) -> list[list[float]]:
    located = chain[np.isfinite(chain).all(axis=1)]
    if len(located) < 2:
        return []
    steps = np.linalg.norm(np.diff(located, axis=0), axis=1)
    reach = float(steps.sum()) * extent
    kept: list[list[float]] = [located[0].tolist()]
    for start, end, step in zip(located[:-1], located[1:], steps.tolist(), strict=True):
        if step <= 0:
            continue
        part = min(1.0, reach / step)
        kept.append((start + (end - start) * part).tolist())
        reach -= step
        if reach <= 0:
            break
    return kept
