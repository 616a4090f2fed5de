"""Agreement of two raters: every coefficient worth reading beside kappa, with intervals. The front door of `stats`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handanat_studio.stats import kappa as k
from handanat_studio.stats.alpha import (
    ONE_CLUSTER,
    Level,
    alpha_coefficient,
    alpha_of,
    fleiss_coefficient,
    fleiss_kappa,
    krippendorff_alpha,
)
from handanat_studio.stats.bootstrap import cluster_codes, resampled_sums
from handanat_studio.stats.coefficient import NAN, Coefficient, coefficient

__all__ = [
    "Agreement",
    "ClassAgreement",
    "Coefficient",
    "Level",
    "agreement",
    "alpha_coefficient",
    "fleiss_coefficient",
    "fleiss_kappa",
    "krippendorff_alpha",
]

F64 = NDArray[np.float64]
_NO_RATINGS = "No hand was rated by both."
_ONE_CATEGORY = "Both raters used one category only, so agreement beyond chance is not defined."
_ONE_CHOICE = "There is only one category to choose from."


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """Agreement on one category against all others.

    Attributes:
        share: 0..1, how often it was used, mean of both raters; NaN if n = 0.
        agreement: 0..1, specific agreement 2 n_ii / (n_i. + n_.i); NaN if nobody used it.
        kappa: Cohen's kappa of this category against the rest; NaN if not defined.
    """

    share: float
    agreement: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two raters agree.

    Attributes:
        n: hands that both rated.
        missing: hands that at least one of them did not rate.
        clusters: images among the n hands.
        draws: bootstrap draws asked for.
        seed: of the draws.
        level: confidence level of all intervals, 0..1.
        categories: (k,) names, in the order of the table.
        table: (k, k) counts, first rater in rows.
        percent: 0..100, raw agreement; NaN if n = 0.
        observed: raw agreement, 0..1, with intervals.
        kappa: Cohen's kappa; `linear` and `quadratic` are its weighted forms.
        linear: linearly weighted kappa.
        quadratic: quadratically weighted kappa.
        pabak: prevalence- and bias-adjusted kappa.
        ac1: Gwet's AC1.
        alpha: Krippendorff's alpha, nominal.
        prevalence: 0..1, see `kappa.prevalence_index`; NaN if not defined.
        bias: 0..1, see `kappa.bias_index`; NaN if not defined.
        per_class: category name -> agreement on it.
    """

    n: int
    missing: int
    clusters: int
    draws: int
    seed: int
    level: float
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    percent: float
    observed: Coefficient
    kappa: Coefficient
    linear: Coefficient
    quadratic: Coefficient
    pabak: Coefficient
    ac1: Coefficient
    alpha: Coefficient
    prevalence: float
    bias: float
    per_class: dict[str, ClassAgreement]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; NaN becomes null."""
        plain = {name: getattr(self, name) for name in ("n", "missing", "clusters", "draws", "seed", "level")}
        figures = {name: _number(getattr(self, name)) for name in ("percent", "prevalence", "bias")}
        names = ("observed", "kappa", "linear", "quadratic", "pabak", "ac1", "alpha")
        classes = {
            name: {"share": _number(c.share), "agreement": _number(c.agreement), "kappa": _number(c.kappa)}
            for name, c in self.per_class.items()
        }
        return {
            **plain,
            "categories": list(self.categories),
            "table": [list(row) for row in self.table],
            **figures,
            **{name: getattr(self, name).to_dict() for name in names},
            "per_class": classes,
        }


def agreement(
    a: ArrayLike,
    b: ArrayLike,
    *,
    categories: Sequence[str],
    clusters: ArrayLike | None = None,
    draws: int = 5000,
    seed: int = 0,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Agreement:
    """Compare two raters.

    Args:
        a: (n,) int, the first rater's category numbers, -1 = missing.
        b: (n,) int, the second rater's.
        categories: (k,) names; put them in order of severity if the weighted kappas are to mean anything.
        clusters: (n,) labels such as image ids; hands of one image are not independent, so whole images are
            resampled. None = every hand alone.
        draws: bootstrap draws; 0 = no bootstrap.
        seed: of the draws.
        weights: (k,) position of each category on its scale, for the weighted kappas; None = 0..k-1.
        level: confidence level of all intervals.

    Returns:
        Every coefficient; one that is not defined is NaN and its `reason` says why.

    Raises:
        ValueError: if the shapes differ or a category number is out of range.
    """
    first, second = _codes(a, len(categories)), _codes(b, len(categories))
    if first.shape != second.shape:
        raise ValueError("both raters must be given for the same hands")
    both = (first >= 0) & (second >= 0)
    size = len(categories)
    cells = first[both] * size + second[both]
    images = cluster_codes(clusters, len(first))[both]
    table = np.bincount(cells, minlength=size * size).reshape(size, size).astype(np.float64)
    sums = resampled_sums(np.eye(size * size)[cells], images, draws=draws, seed=seed)
    stack = None if sums is None else sums.reshape(-1, size, size)
    scores = np.arange(size, dtype=np.float64) if weights is None else np.asarray(weights, np.float64)
    if scores.shape != (size,):
        raise ValueError(f"weights must have shape ({size},)")
    lost = ONE_CLUSTER if stack is None and draws > 0 else ""
    return Agreement(
        n=int(both.sum()),
        missing=int((~both).sum()),
        clusters=len(np.unique(images)),
        draws=draws,
        seed=seed,
        level=level,
        categories=tuple(categories),
        table=tuple(tuple(int(v) for v in row) for row in table),
        percent=100.0 * float(k.percent_agreement(table)),
        prevalence=k.prevalence_index(table),
        bias=k.bias_index(table),
        per_class=_per_class(table, categories),
        **_coefficients(table, stack, scores, level, lost),
    )


def _coefficients(table: F64, stack: F64 | None, scores: F64, level: float, lost: str) -> dict[str, Coefficient]:
    def build(of: Callable[[F64], F64], se: float, reason: str, se0: float = NAN) -> Coefficient:
        drawn = None if stack is None else of(stack)
        value = float(of(table))
        told = "" if math.isfinite(value) else reason
        return coefficient(value, level=level, se=se, se0=se0, draws=drawn, reason=told, boot_reason=lost)

    size, count = len(scores), float(table.sum())
    beyond_chance = _NO_RATINGS if not count else _ONE_CATEGORY
    choice = _NO_RATINGS if not count else _ONE_CHOICE
    agree = float(k.percent_agreement(table))
    found = {
        "observed": build(k.percent_agreement, float(np.sqrt(k.ratio(agree * (1 - agree), count))), _NO_RATINGS),
        "pabak": build(k.pabak, k.pabak_error(table), choice),
        "ac1": build(k.gwet_ac1, k.ac1_error(table), choice),
        "alpha": build(_nominal_alpha(size), NAN, beyond_chance),
    }
    for name, kind in (("kappa", "nominal"), ("linear", "linear"), ("quadratic", "quadratic")):
        matrix = k.weight_matrix(kind, scores)  # type: ignore[arg-type]
        se, se0 = k.kappa_errors(table, matrix)
        found[name] = build(lambda tables, matrix=matrix: k.cohen_kappa(tables, matrix), se, beyond_chance, se0)  # type: ignore[misc]
    return found


def _nominal_alpha(size: int) -> Callable[[F64], F64]:
    values = np.arange(size, dtype=np.float64)
    return lambda tables: alpha_of(tables + np.swapaxes(tables, -1, -2), values, "nominal")


def _per_class(table: F64, categories: Sequence[str]) -> dict[str, ClassAgreement]:
    p = k.shares(table)
    used = (p.sum(axis=1) + p.sum(axis=0)) / 2
    specific = k.class_agreement(table)
    nominal = np.eye(2)
    return {
        name: ClassAgreement(
            share=float(used[i]),
            agreement=float(specific[i]),
            kappa=float(k.cohen_kappa(k.one_against_rest(table, i), nominal)),
        )
        for i, name in enumerate(categories)
    }


def _codes(ratings: ArrayLike, size: int) -> NDArray[np.int64]:
    codes = np.asarray(ratings)
    if codes.ndim != 1 or (codes.size and codes.dtype.kind not in "iu"):
        raise ValueError("ratings must be one-dimensional category numbers")
    codes = codes.astype(np.int64)
    if codes.size and (codes.min() < -1 or codes.max() >= size):
        raise ValueError(f"category numbers must lie in -1..{size - 1}")
    return codes


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
