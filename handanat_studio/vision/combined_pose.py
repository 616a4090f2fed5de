"""One pose from two witnesses: a detector that always says five digits, and the digits that the network really sees.

The detector's joints stay where the network sees that digit; digits only the network sees are added, digits only the
detector says are doubted or called absent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState
from handanat_studio.hand.values import Fusion, HandPose, Split

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST_CONFIDENCE = 0.5
LEAST_FUSED = 0.35
"""Share of two digits' length along which the network must see one flesh to call them fused."""
_SAME_DIGIT = 0.16
"""Two chains are one digit if their joints are nearer on average, in shares of the hand's size."""
_APART = 0.05
"""Two digits of one base part at the first joint at which they are farther apart."""
_FAR = 1e6


@dataclass(frozen=True, eq=False)
class SeenDigits:
    """What the network sees of one hand, in pixels of the image.

    Attributes:
        joints: (M, 4, 2) base, middle, distal, tip; NaN = not seen.
        confidence: (M,) 0..1.
        forked_from: (M,) number of the digit whose base a digit shares, or -1.
        fused: (M, M) share along which two digits are grown together, upper triangle.
        assessed: whether the network would see every digit that exists.
    """

    joints: F32
    confidence: F32
    forked_from: NDArray[np.int64]
    fused: F32
    assessed: bool


def combine(said: HandPose, seen: SeenDigits) -> HandPose:
    """Return one pose.

    Args:
        said: the detector's pose.
        seen: the network's digits.

    Returns:
        The detector's digits in their order and, behind them, EXTRA digits that only the network sees. A digit that the
        network does not see is ABSENT where it would have to be seen, else UNSURE. Where only its base is seen, its
        outer joints keep the detector's places as SELF_OCCLUDED.
    """
    sure = np.flatnonzero(seen.confidence >= LEAST_CONFIDENCE)
    chains = said.points[1:].reshape(-1, JOINTS_PER_DIGIT, 2).astype(float)
    partner = _matched(chains, seen.joints[sure].astype(float))
    points, states = chains.astype(np.float32), said.states[1:].reshape(-1, JOINTS_PER_DIGIT).copy()
    for digit, place in enumerate(partner):
        if (states[digit] == JointState.ABSENT).all():
            continue
        if place < 0:
            points[digit] = np.nan if seen.assessed else points[digit]
            states[digit] = JointState.ABSENT if seen.assessed else JointState.UNSURE
        elif np.isnan(seen.joints[sure[place], 3]).any():
            outer = states[digit, 1:]
            outer[outer == JointState.VISIBLE] = JointState.SELF_OCCLUDED
    added = np.setdiff1d(np.arange(len(sure)), partner)
    new_ids = int(said.digit_id.max(initial=4)) + 1 + np.arange(len(added))
    new_points = seen.joints[sure[added]]
    new_states = np.where(np.isnan(new_points).any(axis=2), JointState.UNLABELLED, JointState.VISIBLE)
    ids = np.full(len(seen.confidence), -1)
    ids[sure[partner[partner >= 0]]] = said.digit_id[partner >= 0]
    ids[sure[added]] = new_ids
    return HandPose(
        points=np.concatenate([said.points[:1], points.reshape(-1, 2), new_points.reshape(-1, 2)]),
        states=np.concatenate([said.states[:1], states.ravel(), new_states.ravel().astype(np.uint8)]),
        digit_kind=np.concatenate([said.digit_kind, np.full(len(added), DigitKind.EXTRA, np.uint8)]),
        digit_id=np.concatenate([said.digit_id, new_ids]).astype(np.int32),
        world=_widened(said.world, points, len(added)),
        fusions=(*said.fusions, *_fusions(seen, ids, said)),
        splits=(*said.splits, *_splits(seen, ids, said)),
        side=said.side,
        confidence=said.confidence,
    )


def _matched(said: F64, seen: F64) -> NDArray[np.int64]:
    """Return for each said (D, 4, 2) chain the number of the seen (M, 4, 2) chain that is the same digit, or -1."""
    partner = np.full(len(said), -1)
    if not len(seen) or not len(said):
        return partner
    known = said[np.isfinite(said).all(axis=2)]
    size = max(float(np.ptp(known, axis=0).max()), 1e-6) if len(known) else 1.0
    away = np.linalg.norm(said[:, None] - seen[None], axis=-1)
    cost = np.full(away.shape[:2], _FAR)
    # Tips tell digits apart best, bases lie close together.
    weight = np.where(np.isfinite(away), np.array([0.6, 0.7, 0.9, 1.3]), 0.0)
    total = weight.sum(axis=2)
    some = total > 0
    cost[some] = (np.nan_to_num(away) * weight).sum(axis=2)[some] / total[some] / size
    rows, columns = linear_sum_assignment(np.minimum(cost, 1.0))
    near = cost[rows, columns] < _SAME_DIGIT
    partner[rows[near]] = columns[near]
    return partner


def _widened(world: F32 | None, points: F32, added: int) -> F32 | None:
    """Return world coordinates with rows for added digits, unknown where a digit was called absent."""
    if world is None:
        return None
    kept = world.copy()
    kept[1:][np.isnan(points.reshape(-1, 2)).any(axis=1)] = np.nan
    return np.asarray(np.concatenate([kept, np.full((JOINTS_PER_DIGIT * added, 3), np.nan)]), np.float32)


def _fusions(seen: SeenDigits, ids: NDArray[np.int64], said: HandPose) -> list[Fusion]:
    known = {frozenset((f.first_id, f.second_id)) for f in said.fusions}
    pairs = zip(*np.nonzero(seen.fused >= LEAST_FUSED), strict=True)
    return [
        Fusion(int(ids[a]), int(ids[b]), float(min(seen.fused[a, b], 1.0)))
        for a, b in pairs
        if ids[a] >= 0 and ids[b] >= 0 and frozenset((int(ids[a]), int(ids[b]))) not in known
    ]


def _splits(seen: SeenDigits, ids: NDArray[np.int64], said: HandPose) -> list[Split]:
    known = {frozenset((s.digit_id, s.branch_id)) for s in said.splits}
    size = max(float(np.ptp(said.points[np.isfinite(said.points).all(axis=1)], axis=0).max()), 1e-6)
    found = []
    for branch in np.flatnonzero(seen.forked_from >= 0):
        trunk = int(seen.forked_from[branch])
        if ids[branch] < 0 or ids[trunk] < 0 or frozenset((int(ids[trunk]), int(ids[branch]))) in known:
            continue
        away = np.linalg.norm(seen.joints[trunk] - seen.joints[branch], axis=-1) / size
        parted = np.flatnonzero(np.nan_to_num(away[1:]) > _APART)
        # The fork is the last joint that both still share.
        level = int(parted[0]) if len(parted) else JOINTS_PER_DIGIT - 2
        found.append(Split(int(ids[trunk]), level, int(ids[branch])))
    return found
