"""How well a figure tells two kinds of hands apart, whatever the threshold: ROC curve, its area, an interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_curve

from handanat_studio.stats.bootstrap import cluster_codes

F64 = NDArray[np.float64]

_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Roc:
    """A ROC curve.

    Attributes:
        positives: units that should have the higher figure.
        negatives: the others.
        area: chance that a positive unit has a higher figure than a negative one, ties half; NaN = not defined.
        low: lower end of the bootstrap interval of the area; NaN = none.
        high: upper end.
        curve: (false alarm rate, sensitivity, threshold) corners, from the highest threshold down.
        reason: why the area or its interval is missing; "" = it is not.
    """

    positives: int
    negatives: int
    area: float
    low: float
    high: float
    curve: tuple[tuple[float, float, float], ...]
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; what is not finite becomes null."""
        return {
            "positives": self.positives,
            "negatives": self.negatives,
            "auc": _number(self.area),
            "low": _number(self.low),
            "high": _number(self.high),
            "curve": [[_number(value) for value in corner] for corner in self.curve],
            "reason": self.reason,
        }


def roc(
    positive: ArrayLike,
    scores: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Roc:
    """Compare a figure with a yes-or-no truth.

    Args:
        positive: (n,) bool.
        scores: (n,) float, higher = more likely positive; units with NaN are left out.
        clusters: (n,) labels such as image paths: whole images are resampled; None = each unit alone.
        draws: bootstrap draws; 0 = no interval.
        seed: of the draws.
        level: confidence level of the interval.
    """
    truth, figure = np.asarray(positive, bool), np.asarray(scores, np.float64)
    codes = cluster_codes(clusters, len(truth))
    known = np.isfinite(figure)
    truth, figure, codes = truth[known], figure[known], codes[known]
    yes, no = int(truth.sum()), int((~truth).sum())
    if not yes or not no:
        return Roc(yes, no, nan, nan, nan, (), "Both kinds are needed, and only one has figures.")
    rates, hits, thresholds = roc_curve(truth, figure)
    curve = tuple(zip(rates.tolist(), hits.tolist(), thresholds.tolist(), strict=True))
    area = float(_areas(truth, figure, np.ones((1, len(truth))))[0])
    drawn = _drawn_areas(truth, figure, codes, draws, seed)
    if len(drawn) < 2:
        told = "" if draws < 1 else "No bootstrap interval: too few images."
        return Roc(yes, no, area, nan, nan, curve, told)
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2]).tolist()
    return Roc(yes, no, area, low, high, curve)


def _areas(truth: NDArray[np.bool_], figure: F64, times: F64) -> F64:
    """Return (B,) areas where unit i counts times[b, i]; NaN where a kind is missing (Mann and Whitney 1947)."""
    values, place = np.unique(figure, return_inverse=True)
    own = np.zeros((2, len(times), len(values)))
    for kind, rows in enumerate((~truth, truth)):
        np.add.at(own[kind].T, place[rows], times[:, rows].T)
    below = np.cumsum(own[0], axis=1) - 0.5 * own[0]
    pairs = own[0].sum(axis=1) * own[1].sum(axis=1)
    return np.divide((own[1] * below).sum(axis=1), pairs, out=np.full(len(times), nan), where=pairs > 0)


def _drawn_areas(truth: NDArray[np.bool_], figure: F64, codes: NDArray[np.intp], draws: int, seed: int) -> F64:
    """Return the areas of bootstrap draws of whole clusters, those without one kind left out."""
    _, codes = np.unique(codes, return_inverse=True)
    count = int(codes.max()) + 1
    if count < 2 or draws < 1:
        return np.empty(0)
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK_CELLS // len(truth))
    found = []
    for first in range(0, draws, step):
        often = rng.multinomial(count, np.full(count, 1.0 / count), size=min(step, draws - first))
        found.append(_areas(truth, figure, often[:, codes].astype(np.float64)))
    areas = np.concatenate(found)
    return np.asarray(areas[np.isfinite(areas)])


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
