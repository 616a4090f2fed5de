"""Which digit of one pose is which digit of another pose of the same hand. Distances are shares of the hand's size."""

from __future__ import annotations

import math

import numpy as np

from handanat_studio.hand.assignment import assign
from handanat_studio.hand.phalanges import graft_ids, grafts_on, trunk_of
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT
from handanat_studio.hand.values import F32, HandPose

Pairs = list[tuple[int | None, int | None]]

SAME_EXTRA = 0.5
"""Two extra digits further apart than this share of the hand's size are two digits."""

SAME_PLACE = 0.15
"""Two digits of different kinds that lie closer than this are one digit with two names."""

_UNKNOWN = 0.4  # no joint is located in both: the kind decides
_OTHER_NAME = 0.1  # a digit of another kind must lie closer by this much
_OTHER_ID = 1e-6  # of two equal pairings, take the one that keeps ids
_FAR = 1e6
_SLIMMEST = 1 / 3  # a finger seen alone; a flat box says nothing of the hand's width


def hand_size(*poses: HandPose) -> float:
    """Return the size of a hand in pixels: the root of its box's area, of several poses the smallest; at least 1.

    Source: the scale of object keypoint similarity, Ronchi and Perona 2017. A box slimmer than one to three counts as
    one to three.
    """
    sizes = []
    for box in (pose.box() for pose in poses):
        if box is not None:
            longer = max(box.width, box.height)
            sizes.append(math.sqrt(max(box.width, _SLIMMEST * longer) * max(box.height, _SLIMMEST * longer)))
    return max(1.0, min((size for size in sizes if size > 0), default=1.0))


def match_digits(a: HandPose, b: HandPose) -> Pairs:
    """Pair the digits of two poses of one hand: first those of one kind, then by distance.

    Thumb to little are paired with their like, several of one kind by the mean distance of their joints. Extra digits
    and what is left over are paired if they lie together, across kinds only in the same place. Surplus phalanges are
    paired if they grow on paired digits, in their order from the digit's tip.

    Returns:
        (id in a, id in b), each digit exactly once, in the order of `a`; None = the other pose has no such digit.
    """
    size = hand_size(a, b)
    loose_a, loose_b = _digits(a), _digits(b)
    found: dict[int, int] = {}
    for kind in CANONICAL_DIGITS:
        own_a, own_b = ([i for i in ids if _kind(p, i) == kind] for ids, p in ((loose_a, a), (loose_b, b)))
        costs = [[_cost(a, i, b, j, size) for j in own_b] for i in own_a]
        found |= {own_a[row]: own_b[column] for row, column in assign(costs)}
    left_a = [i for i in loose_a if i not in found]
    left_b = [j for j in loose_b if j not in found.values()]
    costs = [[_gated(a, i, b, j, size) for j in left_b] for i in left_a]
    pairs = assign(costs)
    found |= {left_a[row]: left_b[column] for row, column in pairs if costs[row][column] < _FAR}
    found |= _paired_grafts(a, b, found)
    return [(i, found.get(i)) for i in a.digit_id.tolist()] + [
        (None, j) for j in b.digit_id.tolist() if j not in found.values()
    ]


def chain(pose: HandPose, digit_id: int) -> F32:
    """Return the (4, 2) points of a digit."""
    first = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
    return pose.points[first : first + JOINTS_PER_DIGIT]


def _digits(pose: HandPose) -> list[int]:
    grafts = graft_ids(pose)
    return [i for i in pose.digit_id.tolist() if i not in grafts]


def _kind(pose: HandPose, digit_id: int) -> int:
    return int(pose.digit_kind[pose.digit_index(digit_id)])


def _cost(a: HandPose, i: int, b: HandPose, j: int, size: float) -> float:
    """Return the mean distance of two digits' joints, as a share of `size`; capped, and raised a little by the id."""
    apart = np.hypot(*(chain(a, i) - chain(b, j)).astype(np.float64).T)
    known = apart[np.isfinite(apart)]
    distance = float(known.mean()) / size if len(known) else _UNKNOWN
    return min(distance, _FAR / 2) + _OTHER_ID * (i != j)


def _gated(a: HandPose, i: int, b: HandPose, j: int, size: float) -> float:
    """Return the cost of pairing two digits that are not ordinary ones of one kind; `_FAR` = they are two digits."""
    same = _kind(a, i) == _kind(b, j)
    cost = _cost(a, i, b, j, size)
    if cost > (SAME_EXTRA if same else SAME_PLACE):
        return _FAR
    return cost if same else cost + _OTHER_NAME


def _paired_grafts(a: HandPose, b: HandPose, digits: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    trunks = {i: trunk_of(a, i) for i in a.digit_id.tolist() if i in graft_ids(a)}
    for trunk in dict.fromkeys(trunks.values()):
        if trunk in digits:
            found |= dict(zip(grafts_on(a, trunk), grafts_on(b, digits[trunk]), strict=False))
    return found
