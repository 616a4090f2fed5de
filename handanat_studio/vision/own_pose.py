"""A pose from the digit network alone, for hands in which the landmark detector sees nothing. Numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import LEAST_HAND
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT, DigitKind, JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.vision.combined_pose import combine
from handanat_studio.vision.seen_digits import SeenDigits

LEAST_DIGITS = 2
_SHORTER = 0.8
"""The thumb's base lies nearer to the wrist than this share of the other digits' bases."""
_FIVE = len(CANONICAL_DIGITS)

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]


def own_pose(seen: SeenDigits, size: tuple[int, int]) -> HandPose | None:
    """Return the hand as the network alone sees it.

    Args:
        seen: what it sees, in pixels of the image.
        size: (width, height) of the image.

    Returns:
        Its digits in their order around the wrist, thumb to little as well as that can be told, those beyond five as
        EXTRA behind them, with fusions and forks; the side and the depth are unknown. Where the network cannot assess
        the hand, the kinds it does not see are there without labels. None if it sees no hand, or fewer than
        `LEAST_DIGITS` digits.
    """
    sure = seen.sure
    if seen.hand < LEAST_HAND or len(sure) < LEAST_DIGITS:
        return None
    wrist = _wrist(seen, sure)
    order = _around(wrist, seen.joints[sure])
    ordered, has_thumb = _thumb_first(wrist, seen.joints[sure], order)
    canonical, extra = _five(sure[ordered], seen.confidence)
    kinds = list(range(_FIVE)) if has_thumb or len(canonical) == _FIVE else list(range(1, _FIVE))
    rows = [(kind, seen.joints[number]) for kind, number in zip(kinds, canonical, strict=False)]
    if not seen.assessed:
        empty = np.full((JOINTS_PER_DIGIT, 2), np.nan, np.float32)
        told = {kind for kind, _ in rows}
        rows = sorted([*rows, *((k, empty) for k in range(_FIVE) if k not in told)], key=lambda row: row[0])
    rows += [(int(DigitKind.EXTRA), seen.joints[number]) for number in extra]
    points = np.concatenate([wrist[None], *(joints for _, joints in rows)]).astype(np.float32)
    alone = HandPose(
        points=points,
        states=_states(points, size),
        digit_kind=np.array([kind for kind, _ in rows], np.uint8),
        digit_id=np.arange(len(rows), dtype=np.int32),
        confidence=seen.hand,
    )
    # The witness agrees with itself on every digit; what it adds is how they grow together.
    return combine(alone, seen)


def unlabelled_pose(confidence: float) -> HandPose:
    """Return five digits of which nothing is known, for a hand that is there and shows no joint."""
    return HandPose.ordinary(np.full((1 + JOINTS_PER_DIGIT * _FIVE, 2), np.nan, np.float32), confidence=confidence)


def _wrist(seen: SeenDigits, sure: I64) -> F32:
    """Return the middle of the places that the digits name."""
    named = seen.wrists[sure]
    known = np.isfinite(named).all(axis=1)
    if known.any():
        return np.asarray(np.median(named[known], axis=0), np.float32)
    return np.full(2, np.nan, np.float32)


def _around(wrist: F32, joints: F32) -> I64:
    """Return the digits' numbers by their direction from the wrist, beginning after the widest gap."""
    ways = np.nanmean(joints, axis=1) - wrist
    angle = np.arctan2(ways[:, 1], ways[:, 0])
    order = np.argsort(angle, kind="stable")
    gaps = np.diff(np.append(angle[order], angle[order[0]] + 2 * np.pi))
    return np.roll(order, -(int(gaps.argmax()) + 1))


def _thumb_first(wrist: F32, joints: F32, order: I64) -> tuple[I64, bool]:
    """Turn the order so that it begins at the thumb's side; say whether a thumb is told from the others."""
    reach = np.linalg.norm(joints[order, 0] - wrist, axis=1)
    ends = reach[[0, -1]]
    if ends[1] < ends[0]:
        order, reach = order[::-1], reach[::-1]
    others = reach[1:] if len(reach) > 1 else reach
    return order, bool(reach[0] < _SHORTER * np.median(others))


def _five(ordered: I64, confidence: F32) -> tuple[I64, I64]:
    """Split digits into the five that are surest and the others, both in their order."""
    keep = np.sort(np.argsort(-confidence[ordered], kind="stable")[:_FIVE])
    return ordered[keep], np.delete(ordered, keep)


def _states(points: F32, size: tuple[int, int]) -> NDArray[np.uint8]:
    known = np.isfinite(points).all(axis=1)
    inside = ((points >= 0) & (points <= np.array(size, np.float32))).all(axis=1)
    states = np.where(inside, JointState.VISIBLE, JointState.OUTSIDE)
    return np.where(known, states, JointState.UNLABELLED).astype(np.uint8)
