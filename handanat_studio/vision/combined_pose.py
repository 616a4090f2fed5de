"""One pose from two witnesses: a detector that always says five digits, and the digits that the network really sees.

Where both see a digit its joints are the detector's, and its tip lies between both. Where each has a digit that the
other lacks, the network's own chain is taken; digits only the network sees are added, digits only the detector says are
doubted or called absent. A hand that the network cannot assess keeps its digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import FLAWS, DigitEvidence
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Level
from handanat_studio.hand.values import Fusion, HandPose, Split
from handanat_studio.vision.seen_digits import LEAST_CONFIDENCE, SeenDigits, distances, partners

__all__ = ["LEAST_CONFIDENCE", "LEAST_FUSED", "SeenDigits", "combine", "evidence_of"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

LEAST_FUSED = 0.35
"""Share of two digits' length along which the network must see one flesh to call them fused."""
ABSENT_BELOW, UNSURE_BELOW = 0.1, 0.3
"""A digit that the network would have to see is absent, or doubted, if there is less chance of so many digits."""
_LIKELY = 0.5
_ELSEWHERE = 0.6
"""A digit that the detector put somewhere else lies within this distance, in shares of the hand's size."""
_ONE_TIP = 0.12
"""Tips nearer than this, in shares of the hand's size, are one tip seen twice; its middle is nearer to the true one."""
_APART = 0.05
"""Two digits of one base part at the first joint at which they are farther apart."""


@dataclass(frozen=True, eq=False)
class _Agreement:
    """Whose digit is whose: numbers of seen digits for each said one (-1 = none), which of those are taken over as the
    network sees them, and the numbers of seen digits that are new.
    """

    partner: I64
    moved: NDArray[np.bool_]
    added: I64


def combine(said: HandPose, seen: SeenDigits) -> HandPose:
    """Return one pose.

    Args:
        said: the detector's pose.
        seen: the network's digits.

    Returns:
        The detector's digits in their order and, behind them, EXTRA digits that only the network sees. A digit that the
        network does not see is ABSENT or UNSURE if it would have to be seen and the number of digits leaves no room for
        it; what is wrong must show in its digits and in the hand as a whole. Where only a digit's base is seen, its
        outer joints keep the detector's places as SELF_OCCLUDED. A hand that cannot be assessed keeps the detector's
        digits, and gets no further ones, no fusion and no fork.
    """
    states = said.states[1:].reshape(-1, JOINTS_PER_DIGIT).copy()
    points = said.points[1:].reshape(-1, JOINTS_PER_DIGIT, 2).copy()
    who = _agreement(points, states, seen)
    points[who.moved] = seen.joints[who.partner[who.moved]]
    states[who.moved] = _states_of(points[who.moved])
    for digit, place in enumerate(who.partner):
        if place < 0 or who.moved[digit] or (states[digit] == JointState.ABSENT).all():
            continue
        if np.isnan(seen.joints[place, Level.TIP]).any():
            outer = states[digit, 1:]
            outer[outer == JointState.VISIBLE] = JointState.SELF_OCCLUDED
        else:
            points[digit, Level.TIP] = _between(points[digit, Level.TIP], seen.joints[place, Level.TIP], said)
    missed = _verdicts(states, who, seen)
    states[missed > 0] = missed[missed > 0, None]
    points[missed == JointState.ABSENT] = np.nan
    new_ids = int(said.digit_id.max(initial=4)) + 1 + np.arange(len(who.added))
    new_points = seen.joints[who.added]
    ids = np.full(len(seen.confidence), -1)
    ids[who.partner[who.partner >= 0]] = said.digit_id[who.partner >= 0]
    ids[who.added] = new_ids
    lost = who.moved | (missed == JointState.ABSENT)
    return HandPose(
        points=np.concatenate([said.points[:1], points.reshape(-1, 2), new_points.reshape(-1, 2)]),
        states=np.concatenate([said.states[:1], states.ravel(), _states_of(new_points).ravel()]),
        digit_kind=np.concatenate([said.digit_kind, np.full(len(who.added), DigitKind.EXTRA, np.uint8)]),
        digit_id=np.concatenate([said.digit_id, new_ids]).astype(np.int32),
        world=_widened(said.world, lost, len(who.added)),
        fusions=(*said.fusions, *_fusions(seen, ids, said)),
        splits=(*said.splits, *_splits(seen, ids, said)),
        side=said.side,
        confidence=said.confidence,
    )


def evidence_of(seen: SeenDigits, pose: HandPose, version: str) -> DigitEvidence:
    """Return what the network saw, beside the pose it is kept with.

    Args:
        seen: the network's digits.
        pose: the combined pose, in the same pixels.
        version: of the network.
    """
    chains = pose.points[1:].reshape(-1, JOINTS_PER_DIGIT, 2).astype(float)
    partner = partners(distances(chains, seen.joints.astype(float)))
    unseen = 0.0 if seen.assessed else np.nan
    digits = np.where(partner >= 0, np.append(seen.confidence, unseen)[partner], unseen)
    both = seen.confidence[:, None] * seen.confidence[None]
    fused = both * np.clip(seen.fused / (2.0 * LEAST_FUSED), 0.0, 1.0)
    branches = np.flatnonzero(seen.forked_from >= 0)
    forked = both[branches, seen.forked_from[branches]]
    return DigitEvidence(
        hand=seen.hand,
        assessable=seen.assessable,
        counts=tuple(seen.counts.tolist()),
        assessed=seen.assessed,
        digits=tuple(digits.tolist()),
        fused=float(fused.max(initial=0.0)),
        forked=float(forked.max(initial=0.0)),
        flaws=tuple(seen.flaws.tolist()),
        version=version,
    )


def _agreement(points: F32, states: NDArray[np.uint8], seen: SeenDigits) -> _Agreement:
    """Find the same digits in both; a said digit that is absent already is nobody's."""
    sure = seen.sure
    there = (states != JointState.ABSENT).any(axis=1)
    cost = distances(points.astype(float), seen.joints[sure].astype(float))
    cost[~there] = np.inf
    found = partners(np.minimum(cost, 9.0))
    has_tip = np.isfinite(seen.joints[sure]).all(axis=(1, 2))
    moved = np.zeros(len(points), bool)
    left = np.setdiff1d(np.flatnonzero(has_tip), found)
    if seen.assessed and len(left):
        # Both have a digit for which the other has none: the detector has put it in the wrong place.
        lost = np.flatnonzero(there & (found < 0))
        elsewhere = partners(cost[np.ix_(lost, left)], within=_ELSEWHERE)
        found[lost[elsewhere >= 0]] = left[elsewhere[elsewhere >= 0]]
        moved[lost[elsewhere >= 0]] = True
    added = np.setdiff1d(np.flatnonzero(has_tip), found)
    if not seen.assessed or seen.more_than(int(there.sum())) * _flaw(seen, "extra") < _LIKELY:
        added = added[:0]
    return _Agreement(np.where(found >= 0, np.append(sure, -1)[found], -1), moved, sure[added])


def _between(said_tip: F32, seen_tip: F32, said: HandPose) -> F32:
    """Return the middle of two places of one tip; the detector's own where they are too far apart to be one."""
    apart = float(np.linalg.norm(said_tip - seen_tip))
    return (said_tip + seen_tip) / 2 if apart < _ONE_TIP * _size(said) else said_tip


def _size(said: HandPose) -> float:
    located = said.points[np.isfinite(said.points).all(axis=1)]
    return max(float(np.ptp(located, axis=0).max()), 1e-6) if len(located) else 1e-6


def _verdicts(states: NDArray[np.uint8], who: _Agreement, seen: SeenDigits) -> NDArray[np.uint8]:
    """Return (D,) ABSENT or UNSURE for digits that the network would have to see and does not, else 0."""
    found = np.zeros(len(states), np.uint8)
    there = (states != JointState.ABSENT).any(axis=1)
    lost = there & (who.partner < 0)
    if not seen.assessed or not lost.any():
        return found
    chance = 1.0 - seen.fewer_than(int(there.sum()))
    if chance < ABSENT_BELOW and _flaw(seen, "missing") >= _LIKELY:
        found[lost] = JointState.ABSENT
    elif chance < UNSURE_BELOW:
        found[lost] = JointState.UNSURE
    return found


def _flaw(seen: SeenDigits, name: str) -> float:
    """Return how likely the hand as a whole has a flaw: what is called wrong must show both in a digit and in it."""
    return float(seen.flaws[FLAWS.index(name)])


def _states_of(joints: F32) -> NDArray[np.uint8]:
    known = np.isfinite(joints).all(axis=-1)
    return np.where(known, JointState.VISIBLE, JointState.UNLABELLED).astype(np.uint8)


def _widened(world: F32 | None, lost: NDArray[np.bool_], added: int) -> F32 | None:
    """Return world coordinates with rows for added digits, unknown for those and for digits that are not as said."""
    if world is None:
        return None
    kept = world.copy()
    kept[1:][np.repeat(lost, JOINTS_PER_DIGIT)] = np.nan
    return np.asarray(np.concatenate([kept, np.full((JOINTS_PER_DIGIT * added, 3), np.nan)]), np.float32)


def _fusions(seen: SeenDigits, ids: I64, said: HandPose) -> list[Fusion]:
    if not seen.assessed or _flaw(seen, "fused") < _LIKELY:
        return []
    known = {frozenset((f.first_id, f.second_id)) for f in said.fusions}
    pairs = zip(*np.nonzero(seen.fused >= LEAST_FUSED), strict=True)
    return [
        Fusion(int(ids[a]), int(ids[b]), float(min(seen.fused[a, b], 1.0)))
        for a, b in pairs
        if ids[a] >= 0 and ids[b] >= 0 and frozenset((int(ids[a]), int(ids[b]))) not in known
    ]


def _splits(seen: SeenDigits, ids: I64, said: HandPose) -> list[Split]:
    if not seen.assessed or _flaw(seen, "forked") < _LIKELY:
        return []
    known = {frozenset((s.digit_id, s.branch_id)) for s in said.splits}
    size = _size(said)
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
