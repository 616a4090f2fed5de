"""Intervals for shares: how far a proportion of few trials can be trusted. No figure of agreement lives here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval (low, high), 0..1, of a share (Wilson 1927), without continuity correction.

    It keeps its promise near 0 and 1, where the plain normal interval has no width.

    Args:
        successes: how often it happened, 0..trials.
        trials: how often it could have happened; 0 = nothing is known, then both ends are NaN.
        level: confidence level, 0..1.

    Raises:
        ValueError: if the counts or the level are out of range.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must lie in 0..{trials}, not {successes}")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if trials == 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


@dataclass(frozen=True, slots=True)
class Share:
    """A share of trials with its score interval.

    Attributes:
        successes: how often it happened.
        trials: how often it could have.
        low: lower end of the interval, 0..1; NaN = no trial.
        high: upper end.
    """

    successes: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0..1; NaN = no trial."""
        return self.successes / self.trials if self.trials else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        counts = {"successes": self.successes, "trials": self.trials}
        return counts | {name: end if self.trials else None for name, end in ends.items()}


def share(successes: int, trials: int, level: float = 0.95) -> Share:
    """Return a share with the interval that `wilson` gives it."""
    return Share(successes, trials, *wilson(successes, trials, level))
