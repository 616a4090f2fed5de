"""How far probabilities can be taken at their word: Brier, log-loss, calibration error, reliability table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handanat_studio.stats.bootstrap import cluster_codes

F64 = NDArray[np.float64]

BINS = 15
DRAWS = 1000
_CLIP = 1e-12


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One bin: `count` units whose mean `predicted` probability stands against the `observed` share."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """How well probabilities fit what came true.

    Attributes:
        count: units.
        brier: mean squared error, 0 = perfect.
        log_loss: mean negative log-likelihood, natural logarithm.
        ece: expected calibration error over bins of equal mass: mean |predicted - observed|, 0 = perfect. It is never
            quite zero for a finite sample, even where the probabilities are true.
        ece_low, ece_high: percentile interval of the cluster bootstrap, which resamples whole images; NaN = fewer than
            two clusters.
        reliability: the bins, by rising probability.
    """

    count: int
    brier: float
    log_loss: float
    ece: float
    ece_low: float
    ece_high: float
    reliability: tuple[ReliabilityRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        names = ("brier", "log_loss", "ece", "ece_low", "ece_high")
        figures = {name: _number(getattr(self, name)) for name in names}
        rows = [
            {"from": r.low, "to": r.high, "count": r.count, "predicted": r.predicted, "observed": r.observed}
            for r in self.reliability
        ]
        return {"count": self.count} | figures | {"reliability": rows}


def calibration_figures(
    chances: ArrayLike,
    true: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    bins: int = BINS,
    draws: int = DRAWS,
    level: float = 0.95,
    seed: int = 0,
) -> CalibrationFigures:
    """Hold probabilities against what came true.

    Args:
        chances: (n,) probabilities 0..1, no NaN, n at least 1.
        true: (n,) bool.
        clusters: (n,) labels such as image ids that are resampled as wholes; None = every unit on its own.
        bins: bins of equal mass; fewer where there are fewer units.
        draws: bootstrap draws.
        level: of the interval, 0..1.
        seed: of the draws.

    Raises:
        ValueError: if shapes differ, nothing is given, or a chance is no probability.
    """
    p, y = np.asarray(chances, np.float64), np.asarray(true, bool)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise ValueError(f"chances and outcomes must be two equally long rows, not {p.shape} and {y.shape}")
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise ValueError("a chance must lie between 0 and 1")
    held = np.clip(p, _CLIP, 1.0 - _CLIP)
    low, high = _interval(p, y, cluster_codes(clusters, len(p)), bins=bins, draws=draws, level=level, seed=seed)
    return CalibrationFigures(
        count=len(p),
        brier=float(((p - y) ** 2).mean()),
        log_loss=float(-(np.where(y, np.log(held), np.log1p(-held))).mean()),
        ece=expected_error(p, y, bins=bins),
        ece_low=low,
        ece_high=high,
        reliability=tuple(reliability_table(p, y, bins=bins)),
    )


def _bins(count: int, bins: int) -> NDArray[np.int64]:
    """Return (count,) the bin of each unit by rising probability; bins differ by one unit at most."""
    used = max(1, min(bins, count))
    return np.asarray(np.arange(count, dtype=np.int64) * used // count)


def expected_error(chances: F64, true: NDArray[np.bool_], *, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal mass, 0..1."""
    order = np.argsort(chances, kind="stable")
    gaps = np.bincount(_bins(len(chances), bins), weights=(chances - true)[order])
    return float(np.abs(gaps).sum() / len(chances))


def reliability_table(chances: F64, true: NDArray[np.bool_], *, bins: int = BINS) -> list[ReliabilityRow]:
    """Return what was predicted and what came true in bins of equal mass, by rising probability."""
    order = np.argsort(chances, kind="stable")
    number = _bins(len(chances), bins)
    rows = []
    for k in range(int(number[-1]) + 1):
        p, y = chances[order][number == k], true[order][number == k]
        rows.append(ReliabilityRow(float(p[0]), float(p[-1]), len(p), float(p.mean()), float(y.mean())))
    return rows


def _interval(
    p: F64, y: NDArray[np.bool_], codes: NDArray[np.intp], *, bins: int, draws: int, level: float, seed: int
) -> tuple[float, float]:
    members = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    if len(members) < 2 or draws < 1:
        return math.nan, math.nan
    rng = np.random.default_rng(seed)
    errors = []
    for _ in range(draws):
        units = np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))])
        errors.append(expected_error(p[units], y[units], bins=bins))
    low, high = np.quantile(errors, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
