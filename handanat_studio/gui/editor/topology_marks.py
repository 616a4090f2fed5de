"""How the topology shows on the image: fused digits by a ladder, forks and surplus phalanges by a sign."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from handanat_studio.gui.editor import marks
from handanat_studio.gui.theme import HALO_COLOUR, WRIST_COLOUR
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, Level, point_row
from handanat_studio.hand.values import HandPose

WEB_FILL = QColor(255, 255, 255, 40)
RUNG_PX, RUNGS = 9.0, 12
SIGN_PX = 7.5
FORK = [QLineF(0, 4, 0, 0), QLineF(0, 0, -4, -4), QLineF(0, 0, 4, -4)]
PLUS = [QLineF(-4, 0, 4, 0), QLineF(0, -4, 0, 4)]


def draw_fusions(painter: QPainter, pose: HandPose, points: NDArray[np.float64]) -> None:
    """Draw a ladder between digits that are grown together, as far up as the shorter one is."""
    rungs: list[QLineF] = []
    ends: list[QLineF] = []
    for fusion in pose.fusions:
        chains = [_located_chain(pose, points, digit_id) for digit_id in (fusion.first_id, fusion.second_id)]
        if any(len(chain) < 2 for chain in chains):
            continue
        reach = fusion.extent * min(chain_length(chain) for chain in chains)
        count = min(max(3, round(reach / RUNG_PX)), RUNGS)
        rails = [[QPointF(*point_along(chain, reach * k / count)) for k in range(count + 1)] for chain in chains]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(WEB_FILL)
        painter.drawPolygon(QPolygonF([*rails[0], *reversed(rails[1])]))
        rungs += [QLineF(first, second) for first, second in zip(*rails, strict=True)]
        ends.append(rungs[-1])
    for pen in (QPen(HALO_COLOUR, 3.2), QPen(WRIST_COLOUR, 1.2)):
        painter.setPen(pen)
        painter.drawLines(rungs)
    painter.setPen(QPen(WRIST_COLOUR, 2.6))
    painter.drawLines(ends)


def _located_chain(pose: HandPose, points: NDArray[np.float64], digit_id: int) -> NDArray[np.float64]:
    first = point_row(pose.digit_index(digit_id), Level.BASE)
    chain = points[first : first + JOINTS_PER_DIGIT]
    located: NDArray[np.float64] = chain[np.isfinite(chain).all(axis=1)]
    return located


def chain_length(chain: NDArray[np.float64]) -> float:
    """Return the length of a chain of joints, (K, 2), in its own unit."""
    return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())


def point_along(chain: NDArray[np.float64], distance: float) -> list[float]:
    """Return the point at a distance from the first joint, along the bones of a chain, (K, 2)."""
    path = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(chain, axis=0), axis=1))])
    return [float(np.interp(distance, path, chain[:, axis])) for axis in (0, 1)]


def draw_forks(painter: QPainter, pose: HandPose, points: NDArray[np.float64], radius: float) -> list[QRectF]:
    """Draw a sign beside every joint where a digit grows a branch: a fork, or a plus for a surplus phalanx.

    It stands across from the branches, so that it hides none of them.

    Returns:
        where the signs are, for words to keep clear of them.
    """
    signs = []
    for split in pose.splits:
        stem, surplus = marks.split_stem(pose, split), split.level == Level.TIP
        branch = point_row(pose.digit_index(split.branch_id), Level.TIP if surplus else split.level + 1)
        ends = [branch] if surplus else [branch, stem + 1]
        if not np.isfinite(points[[stem, *ends]]).all():
            continue
        ahead = (points[ends] - points[stem]).mean(axis=0)
        length = float(np.hypot(*ahead)) or 1.0
        across = np.array([-ahead[1], ahead[0]]) / length * (radius + SIGN_PX + 4)
        turn = 0.0 if surplus else math.degrees(math.atan2(ahead[0], -ahead[1]))
        tint = marks.row_colour(pose, branch if surplus else stem)
        centre = QPointF(*(points[stem] + across).tolist())
        _draw_sign(painter, centre, turn, tint, PLUS if surplus else FORK)
        signs.append(QRectF(centre.x() - SIGN_PX, centre.y() - SIGN_PX, 2 * SIGN_PX, 2 * SIGN_PX))
    return signs


def _draw_sign(painter: QPainter, centre: QPointF, turn_deg: float, tint: QColor, sign: list[QLineF]) -> None:
    painter.save()
    painter.translate(centre)
    painter.setPen(QPen(tint, 1.4))
    painter.setBrush(marks.BONE_HALO)
    painter.drawEllipse(QPointF(0, 0), SIGN_PX, SIGN_PX)
    painter.rotate(turn_deg)
    painter.setPen(QPen(WRIST_COLOUR, 1.6, c=Qt.PenCapStyle.RoundCap))
    painter.drawLines(sign)
    painter.restore()
