"""Where the topology diagram draws each joint, and the same topology in words. Values only; the widget paints them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF

from handanat_studio.gui.editor.digit_menu import digit_words
from handanat_studio.gui.editor.marks import shared_rows
from handanat_studio.hand.phalanges import graft_ids, grafts_on, is_present, present_ids, trunk_of
from handanat_studio.hand.topology import (
    JOINTS_PER_DIGIT,
    WRIST,
    DigitKind,
    JointState,
    Level,
    level_name,
    point_row,
)
from handanat_studio.hand.values import Fusion, HandPose

STEP_PX, RISE_PX, THUMB_RISE_PX = 36.0, 18.5, 17.0
WRIST_UP_PX, BASE_UP_PX, THUMB_UP_PX = 10.0, 40.0, 30.0
HEAD_PX = 36.0
COUNTS = (
    "No digit",
    "One digit",
    "Two digits",
    "Three digits",
    "Four digits",
    "Five digits",
    "Six digits",
    "Seven digits",
    "Eight digits",
    "Nine digits",
    "Ten digits",
)


@dataclass(frozen=True)
class Plan:
    """A hand laid out as columns, thumb first, extra digits and branches beside where they grow.

    Attributes:
        pose: the hand.
        columns: digit id of each column; surplus phalanges have none of their own.
    """

    pose: HandPose
    columns: tuple[int, ...]

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Rows that are not drawn: what a branch shares with its digit, and all but the tip of a surplus phalanx."""
        return shared_rows(self.pose)

    @property
    def height(self) -> float:
        """Pixels that the diagram needs."""
        most = max((len(grafts_on(self.pose, digit_id)) for digit_id in self.columns), default=0)
        return BASE_UP_PX + 3 * RISE_PX + HEAD_PX + most * RISE_PX

    def spots(self, width: float) -> list[QPointF]:
        """Return where each row is drawn in a diagram of this width; hidden rows lie where they branch off."""
        pose, bottom = self.pose, self.height
        step = min(STEP_PX, (width - 24) / max(len(self.columns), 1))
        left = width / 2 - step * (len(self.columns) - 1) / 2
        spots = [QPointF(width / 2, bottom - WRIST_UP_PX)] * len(pose.points)
        for column, digit_id in enumerate(self.columns):
            place = pose.digit_index(digit_id)
            is_thumb = pose.digit_kind[place] == DigitKind.THUMB
            base = bottom - (THUMB_UP_PX if is_thumb else BASE_UP_PX)
            rise = THUMB_RISE_PX if is_thumb else RISE_PX
            for level in Level:
                spots[point_row(place, level)] = QPointF(left + step * column, base - rise * level)
            for above, graft in enumerate(grafts_on(pose, digit_id), 1):
                tip = QPointF(left + step * column, base - rise * (Level.TIP + above))
                first = point_row(pose.digit_index(graft), Level.BASE)
                spots[first : first + JOINTS_PER_DIGIT] = [tip] * JOINTS_PER_DIGIT
        return spots

    def top_row(self, digit_id: int) -> int:
        """Return the row that is drawn highest in a digit's column."""
        last = (digit_id, *grafts_on(self.pose, digit_id))[-1]
        return point_row(self.pose.digit_index(last), Level.TIP)

    def neighbour(self, row: int, dx: int, dy: int) -> int:
        """Return the joint one step beside (dx) or above (dy > 0) a joint; the same one at the edge.

        Args:
            row: where the step begins, -1 = nowhere yet.
            dx, dy: one of them is -1 or 1.
        """
        if row < 0:
            return WRIST
        grid = [self._column_rows(digit_id) for digit_id in self.columns]
        if row == WRIST:
            middle = len(grid) // 2
            return grid[middle][0] if dy > 0 and grid else WRIST
        column = next((place for place, rows in enumerate(grid) if row in rows), 0)
        if dx:
            column_to = min(max(column + dx, 0), len(grid) - 1)
            height = self._height_in(row)
            return min(grid[column_to], key=lambda r: abs(self._height_in(r) - height))
        place = grid[column].index(row) + dy
        return WRIST if place < 0 else grid[column][min(place, len(grid[column]) - 1)]

    def _column_rows(self, digit_id: int) -> list[int]:
        rows = [point_row(self.pose.digit_index(digit_id), level) for level in Level]
        rows += [point_row(self.pose.digit_index(graft), Level.TIP) for graft in grafts_on(self.pose, digit_id)]
        return [row for row in rows if row not in self.hidden]

    def _height_in(self, row: int) -> int:
        digit_id = int(self.pose.digit_id[(row - 1) // JOINTS_PER_DIGIT])
        chain = (trunk_of(self.pose, digit_id), *grafts_on(self.pose, trunk_of(self.pose, digit_id)))
        return (row - 1) % JOINTS_PER_DIGIT + chain.index(digit_id)


def plan(pose: HandPose) -> Plan:
    """Lay a hand out."""
    grafts = graft_ids(pose)
    ids = [digit_id for digit_id in pose.digit_id.tolist() if digit_id not in grafts]
    return Plan(pose, tuple(sorted(ids, key=lambda digit_id: (_across(pose, digit_id), digit_id))))


def _across(pose: HandPose, digit_id: int) -> float:
    """Return where a digit stands in the row of digits: 0 = thumb, 4 = little, in between or beyond for extra ones."""
    kind = int(pose.digit_kind[pose.digit_index(digit_id)])
    stems = {split.branch_id: split.digit_id for split in pose.splits}
    if digit_id in stems:
        return _across(pose, stems[digit_id]) + 0.3
    if kind != DigitKind.EXTRA:
        return float(kind)
    base = pose.points[point_row(pose.digit_index(digit_id), Level.BASE)]
    others = [
        (int(k), pose.points[point_row(place, Level.BASE)])
        for place, k in enumerate(pose.digit_kind.tolist())
        if k != DigitKind.EXTRA
    ]
    located = [(k, at) for k, at in others if np.isfinite(at).all()]
    if len(located) < 2 or not np.isfinite(base).all():
        return float(DigitKind.EXTRA)
    (near, at), (next_near, next_at) = sorted(located, key=lambda one: float(np.linalg.norm(one[1] - base)))[:2]
    is_between = float((base - at) @ (next_at - at)) > 0
    return (near + next_near) / 2 if is_between else near + 0.5 * float(np.sign(near - next_near))


def topology_words(pose: HandPose) -> str:
    """Return the topology as sentences, for people who listen to the screen."""
    there = present_ids(pose)
    count = COUNTS[len(there)] if len(there) < len(COUNTS) else f"{len(there)} digits"
    parts = [f"{count}: {', '.join(digit_words(pose, i) for i in there)}" if there else count]
    grafts = graft_ids(pose)
    parts += [
        f"{digit_words(pose, i)} absent" for i in pose.digit_id.tolist() if i not in grafts and _is_absent(pose, i)
    ]
    parts += [_fusion_words(pose, fusion) for fusion in pose.fusions]
    for split in pose.splits:
        name = digit_words(pose, split.digit_id)
        kind = int(pose.digit_kind[pose.digit_index(split.digit_id)])
        if split.level == Level.TIP:
            parts.append(f"{digit_words(pose, trunk_of(pose, split.branch_id))} has a surplus phalanx")
        else:
            parts.append(f"{name} forks at its {level_name(kind, split.level).upper()}")
    sentences = [part[0].upper() + part[1:] for part in parts]
    return ". ".join(sentences) + "."


def _is_absent(pose: HandPose, digit_id: int) -> bool:
    first = point_row(pose.digit_index(digit_id), Level.BASE)
    states = pose.states[first : first + JOINTS_PER_DIGIT]
    return not is_present(states) and bool((states == JointState.ABSENT).any())


def fused_levels(fusion: Fusion) -> int:
    """Return up to which level (0..3) a fusion reaches, rounded."""
    return round(fusion.extent * Level.TIP)


def _fusion_words(pose: HandPose, fusion: Fusion) -> str:
    reach = ("bases", "middle joints", "distal joints", "tips")[fused_levels(fusion)]
    return f"{digit_words(pose, fusion.first_id)} and {digit_words(pose, fusion.second_id)} fused to the {reach}"
