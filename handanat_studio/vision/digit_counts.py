"""How many digits a hand has, how sure that is, and when not to say: from the digits found. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import LEAST_ASSESSABLE, LEAST_HAND, MOST_COUNTED
from handanat_studio.vision.digit_assembly import USUAL, DigitSet
from handanat_studio.vision.digit_evidence import Evidence
from handanat_studio.vision.digit_grouping import own_hand

F32 = NDArray[np.float32]

LEAST_SURE = 0.6
"""Least probability of the likeliest number at which it is said."""


@dataclass(frozen=True, eq=False)
class DigitCounts:
    """The answers for N crops.

    Attributes:
        number: (N,) int64, the likeliest number of digits of the crop's own hand.
        distribution: (N, 13) how probable each number is.
        visible: (N,) int64, how many of them show their tips.
        assessed: (N,) bool, whether the number may be said: a hand is there, all its digits can be seen, and one number
            is likelier than the others together or nearly so.
    """

    number: NDArray[np.int64]
    distribution: F32
    visible: NDArray[np.int64]
    assessed: NDArray[np.bool_]


def count_digits(digits: DigitSet, side: int, evidence: Evidence = USUAL) -> DigitCounts:
    """Return the number of digits of each crop's own hand.

    Args:
        digits: what was found.
        side: pixels of the crops.
        evidence: what digits and flaws are worth.
    """
    confidence = np.where(own_hand(digits, side), digits.confidence, 0.0)
    distribution = evidence.of_numbers(count_distribution(confidence), digits.flaws)
    number = distribution.argmax(axis=1)
    sure = distribution.max(axis=1) >= LEAST_SURE
    visible = ((confidence > 0.5) & digits.tip_seen).sum(axis=1)
    assessed = sure & (digits.assessable >= LEAST_ASSESSABLE) & (digits.hand >= LEAST_HAND)
    return DigitCounts(number, distribution, np.asarray(visible, np.int64), assessed)


def count_distribution(confidence: F32) -> F32:
    """Return (N, 13) how probable each number is if each digit exists on its own with its (N, K) confidence."""
    shares = np.zeros((len(confidence), MOST_COUNTED + 1))
    shares[:, 0] = 1.0
    possible = confidence[:, (confidence > 0).any(axis=0)]
    for sure in np.clip(possible, 0.0, 1.0).T[:, :, None]:
        more = np.concatenate([np.zeros((len(shares), 1)), shares[:, :-1]], axis=1)
        more[:, -1] += shares[:, -1]
        shares = shares * (1.0 - sure) + more * sure
    return shares.astype(np.float32)
