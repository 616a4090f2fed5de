"""Coefficients for any number of raters: Krippendorff's alpha (with missing ratings) and Fleiss' kappa."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handanat_studio.stats.bootstrap import cluster_codes, resampled_sums
from handanat_studio.stats.coefficient import Coefficient, coefficient
from handanat_studio.stats.kappa import ratio

F64 = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
MAX_BOOTSTRAP_VALUES = 64
_CHUNK_CELLS = 2_000_000


def krippendorff_alpha(ratings: ArrayLike, level: Level = "nominal") -> float:
    """Return Krippendorff's alpha (Krippendorff 2011, "Computing Krippendorff's alpha-reliability").

    Args:
        ratings: (R, n) float, R raters by n units, NaN = missing; units with fewer than two ratings do not count.
        level: scale of the values; "ratio" needs values that are not negative.

    Returns:
        alpha, or NaN if no unit has two ratings or all ratings are the same value.
    """
    counts, values = _value_counts(ratings)
    return float(alpha_of(_coincidences(counts), values, level))


def alpha_coefficient(
    ratings: ArrayLike,
    level: Level = "nominal",
    *,
    clusters: ArrayLike | None = None,
    draws: int = 5000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Coefficient:
    """Return `krippendorff_alpha` with a bootstrap interval over clusters (large-sample intervals are too narrow).

    Args:
        ratings: as in `krippendorff_alpha`.
        level: as in `krippendorff_alpha`.
        clusters: (n,) labels, such as image ids; None = each unit alone.
        draws: bootstrap draws; 0 = none.
        seed: of the draws.
        confidence: level of the interval.
    """
    counts, values = _value_counts(ratings)
    value = float(alpha_of(_coincidences(counts), values, level))
    codes = cluster_codes(clusters, len(counts))
    kept = counts.sum(axis=1) >= 2
    counts, codes = counts[kept], codes[kept]
    if not np.isfinite(value):
        told = "All ratings are the same value." if len(counts) else "No unit has two ratings."
        return coefficient(value, level=confidence, reason=told)
    if len(values) > MAX_BOOTSTRAP_VALUES:
        told = f"No bootstrap interval: more than {MAX_BOOTSTRAP_VALUES} different values."
        return coefficient(value, level=confidence, boot_reason=told)
    units = _unit_coincidences(counts).reshape(len(counts), -1)
    sums = resampled_sums(units, codes, draws=draws, seed=seed)
    told = "" if sums is not None or draws < 1 else ONE_CLUSTER
    drawn = None if sums is None else _alpha_of_draws(sums, values, level)
    return coefficient(value, level=confidence, draws=drawn, boot_reason=told)


ONE_CLUSTER = "No bootstrap interval: the ratings come from fewer than two clusters (images)."


def alpha_of(coincidences: F64, values: F64, level: Level) -> F64:
    """Return (...) alpha from (..., V, V) coincidence matrices over (V,) ascending values; NaN = not defined.

    Raises:
        ValueError: if the level is unknown, or negative values are given for "ratio".
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}")
    uses = coincidences.sum(axis=-1)
    apart = _distances(uses, values, level)
    total = uses.sum(axis=-1)
    observed = (coincidences * apart).sum(axis=(-2, -1))
    expected = (uses[..., :, None] * uses[..., None, :] * apart).sum(axis=(-2, -1))
    return np.asarray(1.0 - ratio((total - 1.0) * observed, expected))


def fleiss_kappa(counts: ArrayLike) -> float:
    """Return Fleiss' kappa (Fleiss 1971).

    Args:
        counts: (n, k) how many raters put each unit into each category.

    Returns:
        kappa, or NaN if units have different numbers of ratings or fewer than two, or only one category was used.
    """
    table = np.asarray(counts, np.float64)
    return float("nan") if _fleiss_reason(table) else float(_fleiss_of(_fleiss_sums(table).sum(axis=0), table[0].sum()))


def fleiss_coefficient(
    counts: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    draws: int = 5000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Coefficient:
    """Return `fleiss_kappa` with a bootstrap interval over clusters; arguments as in `alpha_coefficient`."""
    table = np.asarray(counts, np.float64)
    reason = _fleiss_reason(table)
    if reason:
        return coefficient(float("nan"), level=confidence, reason=reason)
    rows, raters = _fleiss_sums(table), float(table[0].sum())
    sums = resampled_sums(rows, cluster_codes(clusters, len(table)), draws=draws, seed=seed)
    drawn = None if sums is None else _fleiss_of(sums, raters)
    told = "" if sums is not None or draws < 1 else ONE_CLUSTER
    return coefficient(float(_fleiss_of(rows.sum(axis=0), raters)), level=confidence, draws=drawn, boot_reason=told)


def _value_counts(ratings: ArrayLike) -> tuple[F64, F64]:
    """Return (n, V) counts of each value per unit, and the (V,) values, ascending."""
    table = np.asarray(ratings, np.float64)
    if table.ndim != 2:
        raise ValueError("ratings must have shape (raters, units)")
    raters, units = table.shape
    known = np.isfinite(table)
    values, place = np.unique(table[known], return_inverse=True)
    unit = np.broadcast_to(np.arange(units), (raters, units))[known]
    cells = np.bincount(unit * len(values) + place, minlength=units * len(values))
    return cells.reshape(units, len(values)).astype(np.float64), values


def _unit_weights(counts: F64) -> F64:
    ratings = counts.sum(axis=1)
    return np.divide(1.0, ratings - 1.0, out=np.zeros(len(counts)), where=ratings >= 2)


def _coincidences(counts: F64) -> F64:
    weighted = counts * _unit_weights(counts)[:, None]
    return np.asarray(counts.T @ weighted - np.diag(weighted.sum(axis=0)))


def _unit_coincidences(counts: F64) -> F64:
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    return np.asarray(pairs * _unit_weights(counts)[:, None, None])


def _distances(uses: F64, values: F64, level: Level) -> F64:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        # The count of ratings between two categories, ends counted half, is the difference of their mid-ranks.
        places = np.cumsum(uses, axis=-1) - uses / 2
    else:
        places = values
    apart = places[..., :, None] - places[..., None, :]
    if level == "ratio":
        if values.min(initial=0.0) < 0:
            raise ValueError("the ratio level needs values that are not negative")
        apart = np.nan_to_num(ratio(apart, values[:, None] + values))
    return np.asarray(apart**2)


def _alpha_of_draws(sums: F64, values: F64, level: Level) -> F64:
    size = len(values)
    step = max(1, _CHUNK_CELLS // size**2)
    stacks = sums.reshape(-1, size, size)
    return np.concatenate([alpha_of(stacks[i : i + step], values, level) for i in range(0, len(stacks), step)])


def _fleiss_reason(table: F64) -> str:
    if table.ndim != 2:
        raise ValueError("counts must have shape (units, categories)")
    raters = table.sum(axis=1)
    if not len(table) or raters.max() < 2:
        return "No unit has two ratings."
    if raters.min() != raters.max():
        return "Units have different numbers of ratings; use Krippendorff's alpha."
    if np.count_nonzero(table.sum(axis=0)) < 2:
        return "Only one category was used, so agreement beyond chance is not defined."
    return ""


def _fleiss_sums(table: F64) -> F64:
    pairs = (table * (table - 1)).sum(axis=1, keepdims=True)
    return np.concatenate([table, pairs, np.ones((len(table), 1))], axis=1)


def _fleiss_of(sums: F64, raters: float) -> F64:
    uses, pairs, units = sums[..., :-2], sums[..., -2], sums[..., -1]
    observed = ratio(pairs, units * raters * (raters - 1))
    chance = (ratio(uses, (units * raters)[..., None]) ** 2).sum(axis=-1)
    return ratio(observed - chance, 1.0 - chance)
