"""What two opinions on one hand disagree about, largest first. How one is decided is in `merging`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.matching import hand_size, match_digits
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.phalanges import graft_ids, trunk_of
from handanat_studio.hand.topology import (
    JOINTS_PER_DIGIT,
    LOCATED_STATES,
    WRIST,
    DigitKind,
    JointState,
    joint_name,
    level_name,
)
from handanat_studio.hand.values import Finding, HandPose

__all__ = ["JOINT_TOLERANCE", "Difference", "differences", "match_digits"]

JOINT_TOLERANCE = 0.025
"""Share of the hand's size up to which two people mean the same place: the usual spread of hand joints between
annotators, COCO-WholeBody (Jin and others 2020), whose sigmas have a median of 0.024."""

FUSION_TOLERANCE = 0.05
"""Extents of a fusion closer than this share of the digit are the same."""

VERDICT, DIGIT, SPLIT, FUSION = "verdict", "digit", "split", "fusion"
SIDE, FINDING, JOINT, STATE = "side", "finding", "joint", "state"
WEIGHTS = {VERDICT: 10.0, DIGIT: 9.0, SPLIT: 8.0, FUSION: 7.0, SIDE: 6.0, FINDING: 5.0}
"""Sizes of what has no length, in order of importance. A joint seldom lies a whole hand's size away."""

ABSENT_WEIGHT, UNPLACED_WEIGHT, STATE_WEIGHT = 4.0, 1.0, 0.01
"""Sizes of a state: anatomically absent or not, with or without a place, and how well it can be seen."""

_NOT_THERE = "not there"
_UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which two opinions differ.

    Attributes:
        key: stable name of the difference between these two opinions.
        kind: "joint" | "state" | "digit" | "fusion" | "split" | "side" | "finding" | "verdict".
        part: joint or digit name, "wrist", or "hand".
        size: joints: distance over the hand's size; everything else ranks by its weight.
        a, b: what each says, in words.
        digit_a, digit_b: the digit in each pose, None = it has no such digit, or none is meant.
        level: the joint in that digit, None = none is meant (or the wrist).
        other_a, other_b: fusions: the second digit in each pose.
        about: findings: the finding's kind.
    """

    key: str
    kind: str
    part: str
    size: float
    a: str
    b: str
    digit_a: int | None = None
    digit_b: int | None = None
    level: int | None = None
    other_a: int | None = None
    other_b: int | None = None
    about: str = ""


def differences(a: Opinion, b: Opinion, *, joint_tolerance: float = JOINT_TOLERANCE) -> tuple[Difference, ...]:
    """Compare two opinions on the same hand.

    A joint differs if it lies further apart than `joint_tolerance` of the hand's size (see `matching.hand_size`). A
    digit that only one has, or one calls absent, is one difference and not four. Notes and flags are not compared.

    Args:
        a: one opinion.
        b: another opinion on the same hand.
        joint_tolerance: share of the hand's size.

    Returns:
        The differences, largest first; none if both say the same.
    """
    found: list[Difference] = []
    if a.verdict != b.verdict:
        words = (a.verdict or _UNDECIDED, b.verdict or _UNDECIDED)
        found.append(Difference("verdict", VERDICT, "hand", WEIGHTS[VERDICT], *words))
    if a.pose.side != b.pose.side:
        sides = (a.pose.side.name.lower(), b.pose.side.name.lower())
        found.append(Difference("side", SIDE, "hand", WEIGHTS[SIDE], *sides))
    found += _findings(a, b)
    found += _Poses(a.pose, b.pose, joint_tolerance).compare()
    return tuple(sorted(found, key=lambda d: (-d.size, d.key)))


def find_finding(opinion: Opinion, kind: str, part: str) -> Finding | None:
    """Return an opinion's word on one thing that may be wrong, None = it says nothing of it."""
    return next((f for f in reversed(opinion.findings) if (f.kind, f.part) == (kind, part)), None)


def stance(pose: HandPose, digit_id: int) -> str:
    """Return "there", "absent" (anatomically) or "not labelled", for a digit as a whole."""
    first = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
    states = set(pose.states[first : first + JOINTS_PER_DIGIT].tolist())
    if states == {JointState.ABSENT}:
        return "absent"
    return "there" if states - {JointState.ABSENT, JointState.UNLABELLED} else "not labelled"


def fusion_extent(pose: HandPose, first_id: int | None, second_id: int | None) -> float:
    """Return how far two digits are grown together, 0 = not at all."""
    pair = {first_id, second_id}
    return next((f.extent for f in pose.fusions if {f.first_id, f.second_id} == pair), 0.0)


def _findings(a: Opinion, b: Opinion) -> list[Difference]:
    found = []
    for kind, part in sorted({(f.kind, f.part) for f in (*a.findings, *b.findings)}):
        first, second = find_finding(a, kind, part), find_finding(b, kind, part)
        if (first and first.accepted) != (second and second.accepted):
            words = (_finding_word(first), _finding_word(second))
            found.append(Difference(f"finding:{kind}:{part}", FINDING, part, WEIGHTS[FINDING], *words, about=kind))
    return found


def _finding_word(finding: Finding | None) -> str:
    if finding is None or finding.accepted is None:
        return "not judged"
    if not finding.accepted:
        return "rejected"
    return "added" if finding.origin == "expert" else "agreed"


class _Poses:
    """Two poses of one hand beside each other, with their digits paired."""

    def __init__(self, a: HandPose, b: HandPose, tolerance: float) -> None:
        self.a, self.b, self.tolerance = a, b, tolerance
        self.size = hand_size(a, b)
        self.pairs = match_digits(a, b)
        self.both = {i: j for i, j in self.pairs if i is not None and j is not None}

    def compare(self) -> list[Difference]:
        found = self._row("wrist", WRIST, WRIST)
        for i, j in self.pairs:
            found += self._digit(i, j)
        return found + self._fusions() + self._splits()

    def _digit(self, i: int | None, j: int | None) -> list[Difference]:
        first = _NOT_THERE if i is None else stance(self.a, i)
        second = _NOT_THERE if j is None else stance(self.b, j)
        if first != second:
            same = {first, second} == {_NOT_THERE, "absent"}
            return [] if same else [self._whole(i, j, first, second)]
        assert i is not None
        assert j is not None
        found = []
        kind_a, kind_b = _kind(self.a, i), _kind(self.b, j)
        if kind_a is not kind_b:
            found.append(self._whole(i, j, kind_a.name.lower(), kind_b.name.lower()))
        start_a, start_b = (1 + JOINTS_PER_DIGIT * p.digit_index(d) for p, d in ((self.a, i), (self.b, j)))
        for level in range(JOINTS_PER_DIGIT):
            name = joint_name(kind_a, level)
            found += self._row(name, start_a + level, start_b + level, digits=(i, j), level=level)
        return found

    def _whole(self, i: int | None, j: int | None, first: str, second: str) -> Difference:
        pose, digit = (self.a, i) if i is not None else (self.b, j)
        assert digit is not None
        part = _kind(pose, trunk_of(pose, digit)).name.lower()
        if digit in graft_ids(pose):
            first, second = ("a phalanx more" if word == "there" else word for word in (first, second))
        return Difference(f"digit:{part}:{_ids(i, j)}", DIGIT, part, WEIGHTS[DIGIT], first, second, i, j)

    def _row(
        self, name: str, row_a: int, row_b: int, *, digits: tuple[int, int] | None = None, level: int | None = None
    ) -> list[Difference]:
        i, j = digits or (None, None)
        suffix = "" if digits is None else f":{_ids(i, j)}"
        first, second = self.a.points[row_a].astype(np.float64), self.b.points[row_b].astype(np.float64)
        placed = (bool(np.isfinite(first).all()), bool(np.isfinite(second).all()))
        states = (JointState(int(self.a.states[row_a])), JointState(int(self.b.states[row_b])))
        found = []
        if states[0] is not states[1] or placed[0] != placed[1]:
            said, other = _state_word(states[0], placed[0]), _state_word(states[1], placed[1])
            size = _state_size(states, placed)
            found.append(Difference(f"state:{name}{suffix}", STATE, name, size, said, other, i, j, level))
        apart = float(np.hypot(*(first - second))) / self.size if all(placed) else 0.0
        if apart > self.tolerance:
            key = f"joint:{name}{suffix}"
            found.append(Difference(key, JOINT, name, apart, _spot(first), _spot(second), i, j, level))
        return found

    def _fusions(self) -> list[Difference]:
        back = {j: i for i, j in self.both.items()}
        order = self.a.digit_id.tolist()
        named = {(f.first_id, f.second_id) for f in self.a.fusions if {f.first_id, f.second_id} <= self.both.keys()}
        named |= {
            (back[f.first_id], back[f.second_id]) for f in self.b.fusions if {f.first_id, f.second_id} <= back.keys()
        }
        found = []
        for i, k in sorted({tuple(sorted(pair, key=order.index)) for pair in named}):
            first, second = fusion_extent(self.a, i, k), fusion_extent(self.b, self.both[i], self.both[k])
            if (first > 0) != (second > 0) or abs(first - second) > FUSION_TOLERANCE:
                part = f"{_kind(self.a, i).name.lower()}_{_kind(self.a, k).name.lower()}"
                found.append(
                    Difference(
                        key=f"fusion:{part}:{_ids(i, self.both[i])}:{_ids(k, self.both[k])}",
                        kind=FUSION,
                        part=part,
                        size=WEIGHTS[FUSION],
                        a=_extent_word(first),
                        b=_extent_word(second),
                        digit_a=i,
                        digit_b=self.both[i],
                        other_a=k,
                        other_b=self.both[k],
                    )
                )
        return found

    def _splits(self) -> list[Difference]:
        found = []
        for i, j in self.both.items():
            first, second = _fork(self.a, i), _fork(self.b, j)
            expected = None if first is None else (self.both.get(first[0]), first[1])
            if expected != second:
                part = _kind(self.a, i).name.lower()
                words = (_fork_word(self.a, first), _fork_word(self.b, second))
                found.append(Difference(f"split:{part}:{_ids(i, j)}", SPLIT, part, WEIGHTS[SPLIT], *words, i, j))
        return found


def _fork(pose: HandPose, branch_id: int) -> tuple[int, int] | None:
    return next(((s.digit_id, s.level) for s in pose.splits if s.branch_id == branch_id), None)


def _fork_word(pose: HandPose, fork: tuple[int, int] | None) -> str:
    if fork is None:
        return "a digit of its own"
    kind = _kind(pose, fork[0])
    return f"forks off the {kind.name.lower()} at {level_name(kind, fork[1])}"


def _kind(pose: HandPose, digit_id: int) -> DigitKind:
    return DigitKind(int(pose.digit_kind[pose.digit_index(digit_id)]))


def _ids(first: int | None, second: int | None) -> str:
    return "-".join("none" if i is None else str(i) for i in (first, second))


def _state_word(state: JointState, placed: bool) -> str:
    word = state.name.lower().replace("_", "-")
    return f"{word}, without a place" if state in LOCATED_STATES and not placed else word


def _state_size(states: tuple[JointState, JointState], placed: tuple[bool, bool]) -> float:
    if JointState.ABSENT in states and states[0] is not states[1]:
        return ABSENT_WEIGHT
    return UNPLACED_WEIGHT if placed[0] != placed[1] else STATE_WEIGHT


def _spot(xy: NDArray[np.float64]) -> str:
    return f"{xy[0]:.0f}, {xy[1]:.0f}"


def _extent_word(extent: float) -> str:
    return f"grown together to {100 * extent:.0f} %" if extent > 0 else "apart"
