"""Which digit of one pose is which digit of another pose of the same hand. Distances are shares of the hand's size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from handanat_studio.hand.assignment import assign
from handanat_studio.hand.phalanges import graft_ids, grafts_on, trunk_of
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind
from handanat_studio.hand.values import F32, HandPose

Pairs = list[tuple[int | None, int | None]]

SAME_EXTRA = 0.5
"""Two extra digits further apart than this share of the hand's size are two digits."""

SAME_PLACE = 0.15
"""Two digits of different kinds that lie closer than this are one digit with two names."""

_UNKNOWN = 0.4  # no joint is located in both: the kind decides
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

    Digits of one kind are paired by the mean distance of their joints, extra digits only if they lie together.
    What is left over is paired across kinds where it lies in the same place. Surplus phalanges are paired if they
    grow on paired digits, in their order from the digit's tip.

    Returns:
        (id in a, id in b), each digit exactly once, in the order of `a`; None = the other pose has no such digit.
    """
    size = hand_size(a, b)
    loose_a, loose_b = _digits(a), _digits(b)
    found: dict[int, int] = {}
    for kind in DigitKind:
        own_a, own_b = ([i for i in ids if _kind(p, i) == kind] for ids, p in ((loose_a, a), (loose_b, b)))
        limit = SAME_EXTRA if kind is DigitKind.EXTRA else math.inf
        found |= _paired(a, b, own_a, own_b, size=size, limit=limit, unknown=_UNKNOWN)
    left_a = [i for i in loose_a if i not in found]
    left_b = [i for i in loose_b if i not in found.values()]
    found |= _paired(a, b, left_a, left_b, size=size, limit=SAME_PLACE, unknown=_FAR)
    found |= _paired_grafts(a, b, found)
    pairs: Pairs = [(i, found.get(i)) for i in a.digit_id.tolist()]
    return pairs + [(None, i) for i in b.digit_id.tolist() if i not in found.values()]


def chain(pose: HandPose, digit_id: int) -> F32:
    """Return the (4, 2) points of a digit."""
    first = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
    return pose.points[first : first + JOINTS_PER_DIGIT]


def _digits(pose: HandPose) -> list[int]:
    grafts = graft_ids(pose)
    return [i for i in pose.digit_id.tolist() if i not in grafts]


def _kind(pose: HandPose, digit_id: int) -> int:
    return int(pose.digit_kind[pose.digit_index(digit_id)])


def _paired(
    a: HandPose, b: HandPose, ids_a: Sequence[int], ids_b: Sequence[int], *, size: float, limit: float, unknown: float
) -> dict[int, int]:
    if not ids_a or not ids_b:
        return {}
    costs = [[_distance(chain(a, i), chain(b, j), size, unknown) + _OTHER_ID * (i != j) for j in ids_b] for i in ids_a]
    allowed = [[min(cost, _FAR) if cost <= limit else _FAR for cost in row] for row in costs]
    return {ids_a[i]: ids_b[j] for i, j in assign(allowed) if costs[i][j] <= limit}


def _distance(first: F32, second: F32, size: float, unknown: float) -> float:
    apart = np.hypot(*(first - second).astype(np.float64).T)
    known = apart[np.isfinite(apart)]
    return float(known.mean()) / size if len(known) else unknown


def _paired_grafts(a: HandPose, b: HandPose, digits: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    trunks = {i: trunk_of(a, i) for i in a.digit_id.tolist() if i in graft_ids(a)}
    for trunk in dict.fromkeys(trunks.values()):
        if trunk in digits:
            found |= dict(zip(grafts_on(a, trunk), grafts_on(b, digits[trunk]), strict=False))
    return found
