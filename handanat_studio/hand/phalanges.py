"""Which digits of a hand are there, and how many phalanges they have. Pure questions; the edits are in `edits`.

A digit always has four joints in the arrays. A phalanx that is missing is a joint that is ABSENT; a phalanx too many is
a *graft*: a branch at the tip of a digit, of which only the tip has a place. A graft is no digit of its own.
"""

from __future__ import annotations

from typing import Any

from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose


def ordinary_phalanges(kind: DigitKind | int) -> int:
    """Return how many phalanges an ordinary digit of this kind has: the thumb two, the others three."""
    return 2 if DigitKind(kind) is DigitKind.THUMB else 3


def is_present(states: Any) -> bool:
    """Say whether a digit with these four joint states is there at all."""
    return any(int(state) not in (JointState.ABSENT, JointState.UNLABELLED) for state in states)


def graft_ids(pose: HandPose) -> frozenset[int]:
    """Return the ids of the branches that are surplus phalanges and no digits."""
    return frozenset(split.branch_id for split in pose.splits if split.level == Level.TIP)


def trunk_of(pose: HandPose, digit_id: int) -> int:
    """Return the digit that a chain of grafts ends on; a digit that is no graft is its own trunk."""
    below = {split.branch_id: split.digit_id for split in pose.splits if split.level == Level.TIP}
    seen: set[int] = set()
    while digit_id in below and digit_id not in seen:
        seen.add(digit_id)
        digit_id = below[digit_id]
    return digit_id


def grafts_on(pose: HandPose, digit_id: int) -> tuple[int, ...]:
    """Return the grafts that grow out of a digit's tip, one out of the other, innermost first."""
    found: list[int] = []
    tips = [digit_id]
    while tips:
        tip = tips.pop(0)
        for split in pose.splits:
            if split.level == Level.TIP and split.digit_id == tip and split.branch_id not in (*found, digit_id):
                found.append(split.branch_id)
                tips.append(split.branch_id)
    return tuple(found)


def _states(pose: HandPose, digit_id: int) -> list[int]:
    first = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
    states: list[int] = pose.states[first : first + JOINTS_PER_DIGIT].tolist()
    return states


def present_ids(pose: HandPose) -> tuple[int, ...]:
    """Return the ids of the digits that are there, in order, grafts left out."""
    grafts = graft_ids(pose)
    return tuple(i for i in pose.digit_id.tolist() if i not in grafts and is_present(_states(pose, i)))


def phalanx_excess(pose: HandPose, digit_id: int) -> int:
    """Return how many phalanges a digit has beyond the ordinary number; negative = too few.

    A digit that is not there, and a graft, have neither too many nor too few.
    """
    if digit_id not in present_ids(pose):
        return 0
    surplus = sum(is_present(_states(pose, graft)[Level.TIP :]) for graft in grafts_on(pose, digit_id))
    return surplus - _states(pose, digit_id).count(JointState.ABSENT)
