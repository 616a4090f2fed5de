"""Two-rater coefficients on contingency tables, for one table or a whole stack of them. No sampling and no labels here.

Every function takes `tables` (..., k, k) float64 counts, first rater in rows; NaN answers mean that the figure is not
defined.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
_TINY = 1e-12


def weight_matrix(kind: Literal["nominal", "linear", "quadratic"], scores: ArrayLike) -> F64:
    """Return (k, k) agreement weights: 1 on the diagonal, 0 for the two most distant categories.

    Args:
        kind: "nominal" (Cohen 1960), "linear" (Cicchetti & Allison 1971) or "quadratic" (Fleiss & Cohen 1973).
        scores: (k,) position of each category on its scale.
    """
    place = np.asarray(scores, dtype=np.float64)
    if kind == "nominal":
        return np.eye(len(place))
    apart = np.abs(place[:, None] - place)
    apart = apart / max(float(apart.max(initial=0.0)), _TINY)
    return np.asarray(1.0 - (apart if kind == "linear" else apart**2))


def ratio(top: Any, bottom: Any) -> F64:
    """Divide, with NaN where the divisor vanishes."""
    top, bottom = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=np.abs(bottom) > _TINY)


def shares(tables: ArrayLike) -> F64:
    """Return (..., k, k) cell proportions; NaN for an empty table."""
    counts = np.asarray(tables, dtype=np.float64)
    return ratio(counts, counts.sum(axis=(-2, -1), keepdims=True))


def percent_agreement(tables: ArrayLike) -> F64:
    """Return (...) share of units, 0..1, on which both raters agree."""
    return np.asarray(np.trace(shares(tables), axis1=-2, axis2=-1))


def cohen_kappa(tables: ArrayLike, weights: F64) -> F64:
    """Return (...) Cohen's kappa, weighted by a (k, k) matrix of `weight_matrix` (Cohen 1960, 1968)."""
    p = shares(tables)
    rows, cols = p.sum(axis=-1), p.sum(axis=-2)
    chance = ((rows @ weights) * cols).sum(axis=-1)
    return ratio((p * weights).sum(axis=(-2, -1)) - chance, 1.0 - chance)


def kappa_errors(table: ArrayLike, weights: F64) -> tuple[float, float]:
    """Return the large-sample standard errors (SE, SE0) of `cohen_kappa` for one (k, k) table.

    SE is for intervals, SE0 for the test that there is no agreement beyond chance (Fleiss, Cohen & Everitt 1969).
    """
    count = float(np.asarray(table, np.float64).sum())
    p = shares(table)
    rows, cols = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ weights @ cols)
    if count <= 0 or not abs(1.0 - chance) > _TINY:
        return float("nan"), float("nan")
    kappa = float(cohen_kappa(table, weights))
    means = (weights @ cols)[:, None] + (rows @ weights)[None, :]
    spread = float((p * (weights - means * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    spread0 = float((np.outer(rows, cols) * (weights - means) ** 2).sum()) - chance**2
    scale = count * (1 - chance) ** 2
    return _root(spread / scale), _root(spread0 / scale)


def pabak(tables: ArrayLike) -> F64:
    """Return (...) prevalence- and bias-adjusted kappa: 2 p - 1 for two categories (Byrt 1993), else Bennett's S."""
    categories = np.shape(tables)[-1]
    return ratio(categories * percent_agreement(tables) - 1.0, categories - 1.0)


def pabak_error(table: ArrayLike) -> float:
    """Return the binomial standard error of `pabak` for one table."""
    categories, count = np.shape(table)[-1], float(np.sum(table))
    agree = float(percent_agreement(table))
    return float(ratio(categories, categories - 1.0) * np.sqrt(ratio(agree * (1 - agree), count)))


def gwet_ac1(tables: ArrayLike) -> F64:
    """Return (...) Gwet's AC1 (2008), which does not collapse when one category is rare."""
    p = shares(tables)
    use = (p.sum(axis=-1) + p.sum(axis=-2)) / 2
    chance = ratio((use * (1 - use)).sum(axis=-1), use.shape[-1] - 1.0)
    return ratio(percent_agreement(tables) - chance, 1.0 - chance)


def ac1_error(table: ArrayLike) -> float:
    """Return the large-sample standard error of `gwet_ac1` for one table, raters taken as fixed (Gwet 2008)."""
    categories, count = np.shape(table)[-1], float(np.sum(table))
    if categories < 2 or count < 1:
        return float("nan")
    p, value = shares(table), float(gwet_ac1(table))
    use = (p.sum(axis=1) + p.sum(axis=0)) / 2
    chance = float((use * (1 - use)).sum()) / (categories - 1)
    cell_chance = (1 - (use[:, None] + use) / 2) / (categories - 1)
    influence = np.eye(categories) - float(np.trace(p)) - 2 * (1 - value) * (cell_chance - chance)
    return _root(float((p * influence**2).sum()) / ((1 - chance) ** 2 * count))


def prevalence_index(table: ArrayLike) -> float:
    """Return 0..1: 0 if the raters used all categories equally often, 1 if only one.

    |a - d| / n for two categories (Byrt 1993); (k max - 1) / (k - 1) of the mean shares is its extension to k.
    """
    p = shares(table)
    use = (p.sum(axis=1) + p.sum(axis=0)) / 2
    return float(ratio(len(use) * use.max(initial=0.0) - 1.0, len(use) - 1.0))


def bias_index(table: ArrayLike) -> float:
    """Return 0..1, how far the raters' category shares differ.

    |b - c| / n for two categories (Byrt 1993), half the summed differences of the shares for more.
    """
    p = shares(table)
    return float(np.abs(p.sum(axis=1) - p.sum(axis=0)).sum() / 2)


def class_agreement(table: ArrayLike) -> F64:
    """Return (k,) specific agreement 2 n_ii / (n_i. + n_.i) of each category; NaN if nobody used it."""
    counts = np.asarray(table, np.float64)
    return ratio(2 * np.diagonal(counts), counts.sum(axis=1) + counts.sum(axis=0))


def one_against_rest(table: ArrayLike, category: int) -> F64:
    """Return the (2, 2) table of one category against all others."""
    counts = np.asarray(table, np.float64)
    both = counts[category, category]
    first, second = counts[category].sum() - both, counts[:, category].sum() - both
    return np.array([[both, first], [second, counts.sum() - both - first - second]])


def _root(variance: float) -> float:
    # Perfect agreement gives a variance of 0 up to rounding, which may come out as -1e-18.
    return float(np.sqrt(variance)) if variance > 1e-15 else 0.0 if variance > -1e-9 else float("nan")
