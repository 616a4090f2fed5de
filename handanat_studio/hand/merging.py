"""Decide what two opinions disagree about, one difference at a time; and accept predictions (see `predictions`).

Nothing is judged here: somebody chooses, and the result is a whole, valid opinion. What was not chosen stays as it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from handanat_studio.hand import edits, transfer
from handanat_studio.hand.differences import (
    DIGIT,
    FINDING,
    FUSION,
    JOINT,
    SIDE,
    SPLIT,
    STATE,
    VERDICT,
    Difference,
    differences,
    find_finding,
    fusion_extent,
    stance,
)
from handanat_studio.hand.matching import match_digits
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.phalanges import graft_ids
from handanat_studio.hand.predictions import accept_prediction, placed_rows, take_digit
from handanat_studio.hand.topology import LOCATED_STATES, WRIST, DigitKind, JointState, point_row
from handanat_studio.hand.values import HandPose, Split

__all__ = ["CHOICES", "MEAN", "A", "B", "accept_prediction", "placed_rows", "take", "take_all", "take_digit"]

A, B, MEAN = "a", "b", "mean"
CHOICES = (A, B, MEAN)


def take(mine: Opinion, a: Opinion, b: Opinion, difference: Difference, choice: str) -> Opinion:
    """Decide one difference between two opinions.

    Args:
        mine: what has been decided so far, of the same hand; its digits need not have the ids of either.
        a, b: the two opinions.
        difference: one of `differences(a, b)`.
        choice: "a", "b", or for a joint "mean" (half-way).

    Returns:
        `mine` with that difference decided. What the choice needs comes along: a joint brings its digit where there
        is none yet, a branch the digit it grows on.

    Raises:
        ValueError: for an unknown choice, or a mean of something that has none.
    """
    if choice not in CHOICES:
        raise ValueError(f"choice must be one of {CHOICES}")
    if choice == MEAN and difference.kind != JOINT:
        raise ValueError(f"a {difference.kind} has no mean")
    side, other = (b, a) if choice == B else (a, b)
    if difference.kind == VERDICT:
        return replace(mine, verdict=side.verdict)
    if difference.kind == FINDING:
        return _take_finding(mine, side, difference)
    if difference.kind == SIDE:
        return replace(mine, pose=replace(mine.pose, side=side.pose.side))
    ground = _Ground(mine.pose, side.pose, other.pose)
    own, its = (difference.digit_b, difference.digit_a) if choice == B else (difference.digit_a, difference.digit_b)
    second = difference.other_b if choice == B else difference.other_a
    if difference.kind == JOINT:
        ground.take_joint(own, its, difference.level, half_way=choice == MEAN)
    elif difference.kind == STATE:
        ground.take_state(own, its, difference.level)
    elif difference.kind == DIGIT:
        ground.take_digit(own, its)
    elif difference.kind == FUSION:
        ground.take_fusion(own, second)
    elif difference.kind == SPLIT:
        ground.take_split(own)
    return replace(mine, pose=ground.pose)


def take_all(mine: Opinion, a: Opinion, b: Opinion, choice: str) -> Opinion:
    """Take everything from one side, or every joint half-way; the note and the flag stay one's own.

    With "mean" only joints that differ and have a place on both sides are changed.

    Raises:
        ValueError: for an unknown choice.
    """
    if choice not in CHOICES:
        raise ValueError(f"choice must be one of {CHOICES}")
    if choice == MEAN:
        for difference in differences(a, b):
            if difference.kind == JOINT:
                mine = take(mine, a, b, difference, MEAN)
        return mine
    side = a if choice == A else b
    return replace(mine, pose=side.pose, verdict=side.verdict, findings=side.findings)


def _take_finding(mine: Opinion, side: Opinion, difference: Difference) -> Opinion:
    others = tuple(f for f in mine.findings if (f.kind, f.part) != (difference.about, difference.part))
    theirs = find_finding(side, difference.about, difference.part)
    return replace(mine, findings=others if theirs is None else (*others, theirs))


class _Ground:
    """The pose in the making, with each digit of the chosen side found in it, if it is there.

    A digit is found beside the chosen side's digit itself, else beside the one that the other side pairs with it.
    """

    def __init__(self, mine: HandPose, side: HandPose, other: HandPose) -> None:
        self.pose, self.side, self.other = mine, side, other
        direct = {i: j for i, j in match_digits(side, mine) if i is not None and j is not None}
        self._from_other = {i: j for i, j in match_digits(other, mine) if i is not None and j is not None}
        self._found = dict(direct)
        for own, its in match_digits(side, other):
            place = self._from_other.get(its) if its is not None else None
            if own is not None and own not in direct and place is not None and place not in direct.values():
                self._found[own] = place
        self._taken = set(self._found.values())
        self._shift = transfer.world_shift(mine, side, {j: i for i, j in direct.items()})

    def _ensure(self, own: int) -> int:
        """Return the digit of the pose that is the side's digit `own`; bring it over if there is none."""
        if own not in self._found:
            self._found[own] = self._free_id(own)
            new_id = self._found[own]
            fork = next((s for s in self.side.splits if s.branch_id == own), None)
            if fork is not None and own in graft_ids(self.side):
                self._ensure(fork.digit_id)
            self.pose = transfer.add_digit(self.pose, self.side, own, new_id=new_id, shift=self._shift)
            self._join(own)
        return self._found[own]

    def _join(self, own: int) -> None:
        """Fuse and fork a digit that was brought over as the side does, with the digits that are there."""
        here = {i: j for i, j in self._found.items() if j in self.pose.digit_id}
        for fork in self.side.splits:
            pair = {fork.digit_id, fork.branch_id}
            forked = {split.branch_id for split in self.pose.splits}
            if own in pair and pair <= here.keys() and here[fork.branch_id] not in forked:
                joined = Split(here[fork.digit_id], fork.level, here[fork.branch_id])
                self.pose = replace(self.pose, splits=(*self.pose.splits, joined))
        for fusion in self.side.fusions:
            pair = {fusion.first_id, fusion.second_id}
            if own in pair and pair <= here.keys():
                self.pose = edits.fuse(self.pose, here[fusion.first_id], here[fusion.second_id], fusion.extent)

    def _free_id(self, own: int) -> int:
        """Return the side's own id if it means no other digit anywhere, else a new one."""
        used = set(self.pose.digit_id.tolist()) | set(self.other.digit_id.tolist()) | set(self._found.values())
        return own if own not in used else max(edits.next_digit_id(self.pose, self.side, self.other), max(used) + 1)

    def _rows(self, own: int | None, its: int | None, level: int | None) -> tuple[int, int, int]:
        """Return the joint's row in the pose, in the chosen side and in the other one."""
        if own is None or its is None or level is None:
            return WRIST, WRIST, WRIST
        place = self._ensure(own)
        return (
            point_row(self.pose.digit_index(place), level),
            point_row(self.side.digit_index(own), level),
            point_row(self.other.digit_index(its), level),
        )

    def take_joint(self, own: int | None, its: int | None, level: int | None, *, half_way: bool) -> None:
        row, source, opposite = self._rows(own, its, level)
        state = JointState(int(self.pose.states[row]))
        if half_way:
            middle = (self.side.points[source] + self.other.points[opposite]) / 2
            self.pose = edits.move(self.pose, row, middle.tolist())
        else:
            self.pose = transfer.copy_row(self.pose, row, self.side, source, self._shift)
        kept = state if state in LOCATED_STATES else JointState(int(self.side.states[source]))
        self.pose = edits.set_state(self.pose, row, kept)

    def take_state(self, own: int | None, its: int | None, level: int | None) -> None:
        row, source, opposite = self._rows(own, its, level)
        placed = [
            bool(np.isfinite(p.points[r]).all())
            for p, r in ((self.pose, row), (self.side, source), (self.other, opposite))
        ]
        if all(placed):
            self.pose = edits.set_state(self.pose, row, JointState(int(self.side.states[source])))
        else:
            self.pose = transfer.copy_row(self.pose, row, self.side, source, self._shift)

    def take_digit(self, own: int | None, its: int | None) -> None:
        if own is None:
            place = self._from_other.get(its) if its is not None else None
            if place is not None and place not in self._taken:
                self.pose = edits.remove_digit(self.pose, place)
            return
        was_there = own in self._found
        place = self._ensure(own)
        if was_there and its is not None and stance(self.side, own) == stance(self.other, its):
            kind = DigitKind(int(self.side.digit_kind[self.side.digit_index(own)]))
            self.pose = edits.relabel_digit(self.pose, place, kind)
        elif was_there:
            self.pose = transfer.copy_digit(self.pose, place, self.side, own, shift=self._shift)

    def take_fusion(self, own: int | None, second: int | None) -> None:
        if own is None or second is None:
            return
        extent = fusion_extent(self.side, own, second)
        if extent > 0:
            pair = (self._ensure(own), self._ensure(second))
            self.pose = edits.fuse(self.pose, *pair, extent)
        elif own in self._found and second in self._found:
            self.pose = edits.unfuse(self.pose, self._found[own], self._found[second])

    def take_split(self, own: int | None) -> None:
        if own is None:
            return
        branch = self._ensure(own)
        others = tuple(s for s in self.pose.splits if s.branch_id != branch)
        self.pose = replace(self.pose, splits=others)
        fork = next((s for s in self.side.splits if s.branch_id == own), None)
        if fork is not None:
            trunk = self._ensure(fork.digit_id)
            if trunk != branch:
                self.pose = replace(self.pose, splits=(*self.pose.splits, Split(trunk, fork.level, branch)))
