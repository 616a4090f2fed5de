"""One agreement figure with its uncertainty, and how intervals are made. No formula of a particular coefficient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A figure, its large-sample interval and its cluster bootstrap interval; NaN = not defined, and `reason` says why.

    Attributes:
        value: the estimate.
        se: large-sample standard error, which takes hands as independent.
        se0: large-sample standard error if there were no agreement beyond chance (for a test against 0).
        low: lower end of the large-sample interval, never below -1.
        high: upper end of the large-sample interval, never above 1.
        boot_se: standard deviation of the bootstrap draws.
        boot_low: lower percentile of the bootstrap draws.
        boot_high: upper percentile of the bootstrap draws.
        reason: why a figure is missing or what weakens it, in plain sentences; "" = nothing to say.
    """

    value: float
    se: float = NAN
    se0: float = NAN
    low: float = NAN
    high: float = NAN
    boot_se: float = NAN
    boot_low: float = NAN
    boot_high: float = NAN
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        names = ("value", "se", "se0", "low", "high", "boot_se", "boot_low", "boot_high")
        figures = {name: getattr(self, name) for name in names}
        return {k: v if math.isfinite(v) else None for k, v in figures.items()} | {"reason": self.reason}


def coefficient(
    value: float,
    *,
    level: float,
    se: float = NAN,
    se0: float = NAN,
    draws: F64 | None = None,
    reason: str = "",
    boot_reason: str = "",
) -> Coefficient:
    """Build a coefficient with its intervals.

    Args:
        value: the estimate; NaN = not defined, then no interval is given.
        level: confidence level of both intervals, 0..1.
        se: large-sample standard error; NaN = none.
        se0: the same under no agreement beyond chance.
        draws: (B,) float64, the estimate in each bootstrap draw, NaN = not defined there; None = no bootstrap.
        reason: why the value is not defined.
        boot_reason: why there is no bootstrap.
    """
    if not math.isfinite(value):
        return Coefficient(NAN, reason=reason or "Not defined for these ratings.")
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    boot_se, boot_low, boot_high, told = _percentiles(draws, level)
    notes = [reason, boot_reason or told]
    if se == 0.0:
        notes.append(
            "The large-sample interval has no width because the ratings do not vary; do not read it as certainty."
        )
    return Coefficient(
        float(value),
        se=float(se),
        se0=float(se0),
        low=float(np.maximum(value - half, -1.0)),
        high=float(np.minimum(value + half, 1.0)),
        boot_se=boot_se,
        boot_low=boot_low,
        boot_high=boot_high,
        reason=" ".join(note for note in notes if note),
    )


def _percentiles(draws: F64 | None, level: float) -> tuple[float, float, float, str]:
    if draws is None:
        return NAN, NAN, NAN, ""
    defined = draws[np.isfinite(draws)]
    if len(defined) < 2:
        return NAN, NAN, NAN, "The coefficient is not defined in the bootstrap draws."
    low, high = np.quantile(defined, [0.5 - level / 2, 0.5 + level / 2]).tolist()
    lost = len(draws) - len(defined)
    told = f"{lost} of {len(draws)} bootstrap draws left the coefficient undefined and are not counted." if lost else ""
    return float(defined.std(ddof=1)), low, high, told
