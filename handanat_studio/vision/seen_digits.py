"""What the digit network sees of one hand in an image, and which of its digits are those of a pose. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST_SEEN = 0.05
"""Digits less likely than this are not told of."""
LEAST_CONFIDENCE = 0.5
"""Digits at least as likely as this are taken to be there."""
_SAME_DIGIT = 0.16
"""Two chains are one digit if their joints are nearer on average, in shares of the hand's size."""
# Tips tell digits apart best, bases lie close together.
_WEIGHTS = np.array([0.6, 0.7, 0.9, 1.3])
_FAR = 1e6


@dataclass(frozen=True, eq=False)
class SeenDigits:
    """What the network sees of one hand, in pixels of the image.

    Attributes:
        joints: (M, 4, 2) base, middle, distal, tip; NaN = not seen.
        confidence: (M,) 0..1.
        forked_from: (M,) number of the digit whose base a digit shares, or -1.
        fused: (M, M) share along which two digits are grown together, upper triangle.
        wrists: (M, 2) where each digit says the wrist is; NaN = unknown.
        hand: 0..1 that there is a hand at all.
        assessable: 0..1 that every digit which exists can be seen.
        counts: (13,) how likely 0 .. 12 digits are.
        flaws: (8,) 0..1 that the hand has each of `hand.evidence.FLAWS`.
        assessed: whether the network would see every digit that exists.
    """

    joints: F32
    confidence: F32
    forked_from: NDArray[np.int64]
    fused: F32
    wrists: F32
    hand: float
    assessable: float
    counts: F32
    flaws: F32
    assessed: bool

    @property
    def sure(self) -> NDArray[np.int64]:
        """Numbers of the digits that are taken to be there."""
        return np.flatnonzero(self.confidence >= LEAST_CONFIDENCE)

    def fewer_than(self, digits: int) -> float:
        """Return how likely it is that the hand has fewer digits."""
        return float(self.counts[:digits].sum())

    def more_than(self, digits: int) -> float:
        """Return how likely it is that the hand has more digits."""
        return float(self.counts[digits + 1 :].sum())


def distances(said: F64, seen: F64) -> F64:
    """Return (D, M) mean distances of (D, 4, 2) and (M, 4, 2) chains over the hand's size; large = cannot be told."""
    cost = np.full((len(said), len(seen)), _FAR)
    if not len(seen) or not len(said):
        return cost
    known = said[np.isfinite(said).all(axis=2)]
    size = max(float(np.ptp(known, axis=0).max()), 1e-6) if len(known) else 1.0
    away = np.linalg.norm(said[:, None] - seen[None], axis=-1)
    weight = np.where(np.isfinite(away), _WEIGHTS, 0.0)
    total = weight.sum(axis=2)
    some = total > 0
    cost[some] = (np.nan_to_num(away) * weight).sum(axis=2)[some] / total[some] / size
    return cost


def partners(cost: F64, *, within: float = _SAME_DIGIT) -> NDArray[np.int64]:
    """Return for each row of (D, M) distances the column that is the same digit, or -1; each column is named once."""
    partner = np.full(len(cost), -1)
    rows, columns = linear_sum_assignment(np.minimum(cost, 1.0))
    near = cost[rows, columns] < within
    partner[rows[near]] = columns[near]
    return partner
