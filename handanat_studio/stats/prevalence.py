"""How common something is, seen through a test that errs: sensitivity, specificity, Rogan-Gladen. No images here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from handanat_studio.stats.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `trials` with the Wilson interval; NaN where there was no trial."""

    hits: int
    trials: int
    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        figures = {name: _number(getattr(self, name)) for name in ("value", "low", "high")}
        return {"hits": self.hits, "trials": self.trials} | figures


def share(hits: int, trials: int, level: float = 0.95) -> Share:
    """Return a share with its Wilson interval.

    Raises:
        ValueError: if the counts or the level are out of range.
    """
    low, high = wilson(hits, trials, level)
    return Share(hits, trials, hits / trials if trials else math.nan, low, high)


@dataclass(frozen=True, slots=True)
class Prevalence:
    """A prevalence corrected for the errors of the test.

    Attributes:
        value: 0..1, NaN = the test says nothing.
        low, high: the interval, 0..1.
        apparent: share of positives, uncorrected.
        untruncated: the plain estimate, which may fall outside 0..1.
        reason: what weakens the figure, in plain sentences; "" = nothing to say.
    """

    value: float
    low: float
    high: float
    apparent: float
    untruncated: float
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        names = ("value", "low", "high", "apparent", "untruncated")
        return {name: _number(getattr(self, name)) for name in names} | {"reason": self.reason}


def corrected_prevalence(
    positives: int,
    tested: int,
    *,
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    level: float = 0.95,
) -> Prevalence:
    """Return the prevalence after Rogan and Gladen (1978) with the interval of Lang and Reiczigel (2014).

    The interval counts the uncertainty of sensitivity and specificity in; like Agresti and Coull's it adds
    pseudo-observations, which keeps its promise near 0 and 1.

    Args:
        positives: how many of those tested the test called positive.
        tested: how many were tested.
        sensitivity: (found, ill): of how many known cases the test found how many.
        specificity: (cleared, sound): of how many known non-cases the test cleared how many.
        level: confidence level, 0..1.

    Raises:
        ValueError: if a count or the level is out of range.
    """
    for hits, trials in ((positives, tested), sensitivity, specificity):
        if not 0 <= hits <= trials:
            raise ValueError(f"hits must lie in 0..{trials}, not {hits}")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if 0 in (tested, sensitivity[1], specificity[1]):
        told = "Nothing was tested, or nothing is known of how the test errs."
        return Prevalence(math.nan, math.nan, math.nan, math.nan, math.nan, told)
    apparent = positives / tested
    se, sp = sensitivity[0] / sensitivity[1], specificity[0] / specificity[1]
    if se + sp <= 1.0:
        told = "Sensitivity and specificity add up to one or less: the test says nothing, nor can it be corrected."
        return Prevalence(math.nan, 0.0, 1.0, apparent, math.nan, told)
    raw = (apparent + sp - 1.0) / (se + sp - 1.0)
    reason = "" if 0.0 <= raw <= 1.0 else "The plain estimate lies outside 0 to 1 and was cut off there."
    low, high = _lang_reiczigel(apparent, tested, sensitivity, specificity, level)
    return Prevalence(_inside(raw), low, high, apparent, raw, reason)


def _lang_reiczigel(
    apparent: float, tested: int, sensitivity: tuple[int, int], specificity: tuple[int, int], level: float
) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.5 + level / 2)
    seen = (tested * apparent + z * z / 2) / (tested + z * z)
    se = (sensitivity[0] + 1) / (sensitivity[1] + 2)
    sp = (specificity[0] + 1) / (specificity[1] + 2)
    youden = se + sp - 1.0
    if youden <= 0.0:
        return 0.0, 1.0
    middle = (seen + sp - 1.0) / youden
    of_seen = seen * (1 - seen) / (tested + z * z)
    of_se = se * (1 - se) / (sensitivity[1] + 2)
    of_sp = sp * (1 - sp) / (specificity[1] + 2)
    shift = 2 * z * z * (middle * of_se - (1 - middle) * of_sp)
    half = z / youden * math.sqrt(of_seen + middle**2 * of_se + (1 - middle) ** 2 * of_sp)
    return _inside(middle + shift - half), _inside(middle + shift + half)


def _inside(value: float) -> float:
    return min(1.0, max(0.0, value))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
