"""Web depth on the image: how far two neighbouring digits are joined, as a line between them with its value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from handanat_studio.gui.editor.joint_angles import Standing, finding_standing
from handanat_studio.gui.editor.pills import PILL_HEIGHT, PILL_PAD, draw_text_pill, free_place
from handanat_studio.gui.editor.topology_marks import chain_length, point_along
from handanat_studio.gui.theme import HALO_COLOUR
from handanat_studio.hand.batch import canonical_places
from handanat_studio.hand.feature_values import GAP_NAMES
from handanat_studio.hand.limits import FUSION_LIMIT
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, Level, point_row
from handanat_studio.hand.values import HandPose
from handanat_studio.workflows.annotate import Judgement


@dataclass(frozen=True, slots=True)
class Web:
    """The skin between two neighbouring digits.

    Attributes:
        first, second: point rows of the joints from which the two digits stand free.
        depth: share of the shorter digit up to which they are joined, 0..1.
        standing: how the depth stands to its limit.
    """

    first: int
    second: int
    depth: float
    standing: Standing

    @property
    def text(self) -> str:
        """The depth as people read it, with the limit where it is broken."""
        over = f" > {FUSION_LIMIT:.0%}" if self.standing in (Standing.DOUBTFUL, Standing.VIOLATED) else ""
        return f"web {self.depth:.0%}{over}".replace("%", " %")


def webs_beside(pose: HandPose, judgement: Judgement, row: int) -> tuple[Web, ...]:
    """Return the webs on both sides of a joint's digit, where their depth is known.

    Args:
        pose: the hand.
        judgement: what was measured on it.
        row: a point row; the wrist (0) and -1 have no web.
    """
    if row < 1:
        return ()
    standings = {f.part: finding_standing(f) for f in judgement.calibrated.findings if f.kind == "webbing"}
    known = _webs(pose, judgement.features.web_depth, dict.fromkeys(GAP_NAMES, Standing.IN_RANGE) | standings)
    chosen = _digit_of(row)
    return tuple(web for web in known if chosen in (_digit_of(web.first), _digit_of(web.second)))


def webs_seen(pose: HandPose, depths: Sequence[float] | NDArray[np.float64]) -> tuple[Web, ...]:
    """Return webs as they were measured in an outline, which says nothing of limits; see `web_depth_from_mask`."""
    return _webs(pose, depths, dict.fromkeys(GAP_NAMES, Standing.UNKNOWN))


def with_seen(known: Sequence[Web], seen: Sequence[Web]) -> tuple[Web, ...]:
    """Return webs together with those that were seen between other digits."""
    gaps = {(web.first, web.second) for web in known}
    return (*known, *(web for web in seen if (web.first, web.second) not in gaps))


def _webs(
    pose: HandPose, depths: Sequence[float] | NDArray[np.float64], standings: Mapping[str, Standing]
) -> tuple[Web, ...]:
    places = canonical_places(pose)
    found = []
    for gap, name in enumerate(GAP_NAMES):
        first, second, depth = places[gap], places[gap + 1], float(depths[gap])
        if first is None or second is None or not math.isfinite(depth):
            continue
        rows = point_row(first, Level.MIDDLE if gap == DigitKind.THUMB else Level.BASE), point_row(second, Level.BASE)
        found.append(Web(*rows, depth, standings[name]))
    return tuple(found)


def _digit_of(row: int) -> int:
    return (row - 1) // JOINTS_PER_DIGIT


def web_line(web: Web, points: NDArray[np.float64]) -> QLineF | None:
    """Return the line between the two digits at the web's depth, None where a joint is missing.

    Args:
        web: which digits, how deep.
        points: (1+4D, 2) screen pixels, NaN = not drawn.
    """
    chains = [_chain(points, row) for row in (web.first, web.second)]
    if any(not np.isfinite(chain).all() for chain in chains):
        return None
    reach = web.depth * min(chain_length(chain) for chain in chains)
    ends = [point_along(chain, reach) for chain in chains]
    return QLineF(QPointF(*ends[0]), QPointF(*ends[1]))


def _chain(points: NDArray[np.float64], row: int) -> NDArray[np.float64]:
    last = (row - 1) // JOINTS_PER_DIGIT * JOINTS_PER_DIGIT + JOINTS_PER_DIGIT
    return points[row : last + 1]


def place_pill(
    web: Web, line: QLineF, font: QFont, taken: Sequence[QRectF], avoid: Sequence[tuple[float, float]]
) -> QRectF:
    """Find a place for a web's value near its line.

    Args:
        web: whose value is written.
        line: see `web_line`.
        font: of the text.
        taken: pills that are there already.
        avoid: centres of joint marks, screen pixels.
    """
    width = QFontMetricsF(font).horizontalAdvance(web.text) + 2 * PILL_PAD
    width += PILL_HEIGHT * 0.6 if web.standing is Standing.VIOLATED else 0.0
    across = line.unitVector().normalVector()
    way = QPointF(across.dx(), across.dy())
    side = way * (abs(way.x()) * width / 2 + abs(way.y()) * PILL_HEIGHT / 2 + 6)
    spots = [line.center() + side * turn for turn in (1.0, -1.0, 2.0, -2.0, 3.0, -3.0)]
    return free_place([line.center(), *spots], width, taken, avoid)


def draw_web(painter: QPainter, web: Web, line: QLineF, rect: QRectF, font: QFont) -> None:
    """Draw one web's line, and its value in a pill at `rect`."""
    unit = line.unitVector().normalVector()
    tick = QPointF(unit.dx(), unit.dy()) * 4.0
    lines = [line, *(QLineF(end - tick, end + tick) for end in (line.p1(), line.p2()))]
    pen = QPen(web.standing.colour(), 2.0, c=Qt.PenCapStyle.FlatCap)
    if web.standing is Standing.DOUBTFUL:
        pen.setDashPattern([2.0, 0.9])
    for stroke in (QPen(HALO_COLOUR, 4.0), pen):
        painter.setPen(stroke)
        painter.drawLines(lines)
    draw_text_pill(painter, web.text, web.standing, rect, font)
