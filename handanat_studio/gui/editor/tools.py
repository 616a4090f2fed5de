"""Placing joints by clicks: a whole new digit, base to tip, or one joint that has no place yet. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.hand import edits
from handanat_studio.hand.topology import (
    JOINTS_PER_DIGIT,
    WRIST,
    DigitKind,
    JointState,
    Level,
    level_name,
    point_row,
)
from handanat_studio.hand.values import HandPose


@dataclass(slots=True)
class DigitPlacement:
    """A digit that is being clicked, base first.

    Attributes:
        base: the pose it is added to.
        digit_id: its id, new in the life of the hand.
        kind: what it will be.
    """

    base: HandPose
    digit_id: int
    kind: DigitKind = DigitKind.EXTRA
    _clicked: list[tuple[float, float]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether all four joints are placed."""
        return len(self._clicked) == JOINTS_PER_DIGIT

    @property
    def is_empty(self) -> bool:
        """Whether nothing is placed yet."""
        return not self._clicked

    def place(self, x: float, y: float) -> HandPose:
        """Put the next joint at an image point and return the hand so far."""
        self._clicked.append((x, y))
        return self.pose()

    def take_back(self) -> HandPose:
        """Take the last joint back and return the hand so far."""
        if self._clicked:
            self._clicked.pop()
        return self.pose()

    def pose(self) -> HandPose:
        """Return the hand with what is placed so far."""
        if not self._clicked:
            return self.base
        chain = np.full((JOINTS_PER_DIGIT, 2), np.nan, np.float32)
        chain[: len(self._clicked)] = self._clicked
        return edits.add_digit(self.base, self.kind, chain, digit_id=self.digit_id)

    def prompt(self) -> str:
        """Say what to click next."""
        level = level_name(self.kind, Level(len(self._clicked) % JOINTS_PER_DIGIT)).upper()
        return f"Click the {level} of the new digit ({len(self._clicked) + 1} of 4). Backspace takes back, Esc stops."


def is_located(pose: HandPose, row: int) -> bool:
    """Whether a joint has a place in the image."""
    return bool(np.isfinite(pose.points[row]).all())


def next_unlocated(pose: HandPose, row: int) -> int:
    """Return the next joint after `row` that is waiting for a place, -1 if none; absent ones wait for nothing."""
    count = len(pose.points)
    for step in range(1, count):
        other = (row + step) % count
        if not is_located(pose, other) and pose.states[other] == JointState.UNLABELLED:
            return other
    return -1


def place_prompt(pose: HandPose, row: int) -> str:
    """Say which joint a click will place."""
    return f"Click where the {row_words(pose, row)} is. Esc stops."


CYCLE = (
    JointState.VISIBLE,
    JointState.OCCLUDED,
    JointState.SELF_OCCLUDED,
    JointState.OUTSIDE,
    JointState.UNSURE,
)


def next_state(state: JointState) -> JointState:
    """Return the state that a right-click goes to; it never takes a joint's place away."""
    return CYCLE[(CYCLE.index(state) + 1) % len(CYCLE)] if state in CYCLE else CYCLE[0]


def part_of_row(pose: HandPose, row: int) -> tuple[int | None, int]:
    """Return what a row stands for: (digit id, level), or (None, 0) for the wrist; the row may move, this does not."""
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    return (None, 0) if row <= WRIST else (int(pose.digit_id[place]), level)


def row_of_part(pose: HandPose, part: tuple[int | None, int]) -> int:
    """Return where a part of `part_of_row` is now, -1 if the hand has lost it."""
    digit_id, level = part
    if digit_id is None:
        return WRIST
    return point_row(pose.digit_index(digit_id), level) if digit_id in pose.digit_id else -1


def digit_rows_of_kind(pose: HandPose, kind: DigitKind) -> list[int]:
    """Return all rows of a kind's digits, base to tip, one digit after the other."""
    rows: list[int] = []
    for place in np.flatnonzero(pose.digit_kind == kind).tolist():
        first = 1 + JOINTS_PER_DIGIT * place
        rows += range(first, first + JOINTS_PER_DIGIT)
    return rows
