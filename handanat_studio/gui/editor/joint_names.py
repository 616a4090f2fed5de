"""Joint names on the image: a short name beside every joint, in pills that keep clear of marks and of each other."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from handanat_studio.gui.editor import marks
from handanat_studio.gui.editor.pills import PILL_FILL, PILL_HEIGHT, PILL_INK, PILL_PAD, free_place
from handanat_studio.hand.phalanges import graft_ids, grafts_on, trunk_of
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, Level, level_name
from handanat_studio.hand.values import HandPose

LETTERS = "TIMRL+"
"""One letter for each kind of digit; + is an extra one."""


def short_name(pose: HandPose, row: int) -> str:
    """Return e.g. "I PIP", "T tip", "+2 DIP" for the second extra digit, "L+ tip" for a phalanx too many, "wrist"."""
    if row == WRIST:
        return "wrist"
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    ids, grafts = pose.digit_id.tolist(), graft_ids(pose)
    name = level_name(int(pose.digit_kind[place]), Level(level))
    name = name if level == Level.TIP else name.upper()
    if ids[place] in grafts:
        trunk = trunk_of(pose, ids[place])
        above = grafts_on(pose, trunk).index(ids[place]) + 1
        return f"{_letter(pose, pose.digit_index(trunk), grafts)}{'+' * above} {name}"
    return f"{_letter(pose, place, grafts)} {name}"


def _letter(pose: HandPose, place: int, grafts: Collection[int]) -> str:
    kinds, ids = pose.digit_kind.tolist(), pose.digit_id.tolist()
    same = [i for i in range(len(kinds)) if kinds[i] == kinds[place] and ids[i] not in grafts]
    return LETTERS[kinds[place]] + (str(same.index(place) + 1) if len(same) > 1 else "")


def place_names(
    pose: HandPose, points: NDArray[np.float64], taken: Sequence[QRectF], font: QFont, radius: float
) -> list[tuple[int, QRectF]]:
    """Find a place for the name of every drawn joint.

    Args:
        pose: the hand.
        points: (1+4D, 2) screen pixels, NaN = not drawn.
        taken: pills that are there already.
        font: of the text.
        radius: of the marks.
    """
    metrics = QFontMetricsF(font)
    seen = np.isfinite(points).all(axis=1)
    avoid = [(x, y) for x, y in points[seen].tolist()]
    kept = list(taken)
    placed = []
    for row in np.flatnonzero(seen).tolist():
        width = metrics.horizontalAdvance(short_name(pose, row)) + 2 * PILL_PAD
        rect = free_place(_spots(points, row, width, radius), width, kept, avoid)
        kept.append(rect)
        placed.append((row, rect))
    return placed


def _spots(points: NDArray[np.float64], row: int, width: float, radius: float) -> list[QPointF]:
    x, y = points[row].tolist()
    away = _sideways(points, row)
    result = []
    for gap in (4.0, 16.0, 32.0):
        for turn in (0, 180, 40, -40, 140, -140, 90, -90):
            angle = away + math.radians(turn)
            ux, uy = math.cos(angle), math.sin(angle)
            reach = radius + gap + abs(ux) * width / 2 + abs(uy) * PILL_HEIGHT / 2
            result.append(QPointF(x + ux * reach, y + uy * reach))
    return result


def _sideways(points: NDArray[np.float64], row: int) -> float:
    """Return the direction across the digit at a joint, in radians: names there hide no bone."""
    place = (row - 1) // JOINTS_PER_DIGIT
    near = [r for r in (row - 1, row + 1) if row != WRIST and r > 0 and (r - 1) // JOINTS_PER_DIGIT == place]
    near = [r for r in near if r < len(points) and np.isfinite(points[r]).all()]
    if not near:
        return math.pi / 2
    along = (points[near[-1]] - points[row]) if len(near) == 1 else (points[near[1]] - points[near[0]])
    across = math.atan2(along[0], -along[1])
    return across if math.cos(across) >= 0 else across + math.pi


def draw_names(
    painter: QPainter, pose: HandPose, placed: Sequence[tuple[int, QRectF]], points: NDArray[np.float64], font: QFont
) -> None:
    """Draw the names; a name that had to go far from its joint gets a thin line to it."""
    painter.setFont(font)
    for row, rect in placed:
        x, y = points[row].tolist()
        tint = marks.row_colour(pose, row)
        if math.hypot(rect.center().x() - x, rect.center().y() - y) > rect.width() / 2 + 22:
            painter.setPen(QPen(QColor(tint.red(), tint.green(), tint.blue(), 170), 1.0))
            painter.drawLine(QPointF(x, y), rect.center())
    for row, rect in placed:
        painter.setPen(QPen(marks.row_colour(pose, row), 1.0))
        painter.setBrush(PILL_FILL)
        painter.drawRoundedRect(rect, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
        painter.setPen(PILL_INK)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, short_name(pose, row))
