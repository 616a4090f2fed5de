"""Ratings on which coefficients are not defined: NaN with a reason, never a crash or a warning."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from handanat_studio.stats.agreement import (
    agreement,
    alpha_coefficient,
    fleiss_coefficient,
    fleiss_kappa,
    krippendorff_alpha,
)

NAMES = ("plausible", "unsure", "implausible")
NONE = np.empty(0, dtype=int)


def test_no_ratings_at_all() -> None:
    """With n = 0 every figure is NaN and says so, and the answer is valid JSON."""
    found = agreement(NONE, NONE, categories=NAMES)
    assert found.n == 0
    assert math.isnan(found.percent)
    assert found.kappa.reason == "No hand was rated by both."
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert json.loads(text)["kappa"]["value"] is None


def test_missing_ratings_are_left_out_and_counted() -> None:
    """-1 means not rated; such hands take no part and are counted as missing."""
    found = agreement([0, 2, -1, 2, 0], [0, 2, 1, -1, 2], categories=NAMES, draws=0)
    same = agreement([0, 2, 0], [0, 2, 2], categories=NAMES, draws=0)
    assert (found.n, found.missing) == (3, 2)
    assert found.kappa == same.kappa


def test_everything_missing_is_like_no_ratings() -> None:
    """Two raters who never rated the same hand."""
    found = agreement([0, -1, 2], [-1, 1, -1], categories=NAMES)
    assert (found.n, found.missing) == (0, 3)
    assert math.isnan(found.ac1.value)


def test_one_category_only() -> None:
    """Kappa is not defined when nobody ever used a second category; AC1 and raw agreement are."""
    found = agreement([1] * 20, [1] * 20, categories=NAMES)
    assert math.isnan(found.kappa.value)
    assert "one category only" in found.kappa.reason
    assert math.isnan(found.quadratic.value)
    assert math.isnan(found.alpha.value)
    assert found.ac1.value == 1.0
    assert found.percent == 100.0
    assert found.prevalence == 1.0
    assert math.isnan(found.per_class["plausible"].agreement)


def test_perfect_agreement_warns_that_the_interval_is_empty() -> None:
    """Perfect agreement is 1 with an interval of no width, and the reason says not to trust it."""
    found = agreement([0, 1, 2] * 10, [0, 1, 2] * 10, categories=NAMES)
    assert (found.kappa.value, found.kappa.se) == (1.0, 0.0)
    assert (found.kappa.low, found.kappa.high) == (1.0, 1.0)
    assert (found.kappa.boot_low, found.kappa.boot_high) == (1.0, 1.0)
    assert "no width" in found.kappa.reason


def test_one_cluster_has_no_bootstrap() -> None:
    """All hands in one image: the estimate stays, the bootstrap is missing and says why."""
    found = agreement([0, 1, 2, 0], [0, 1, 0, 0], categories=NAMES, clusters=["a.png"] * 4)
    assert found.clusters == 1
    assert math.isfinite(found.kappa.se)
    assert math.isnan(found.kappa.boot_low)
    assert "fewer than two clusters" in found.kappa.reason


def test_one_hand() -> None:
    """A single hand gives figures without intervals."""
    found = agreement([0], [2], categories=NAMES)
    assert found.percent == 0.0
    assert found.kappa.value == 0.0
    assert math.isnan(found.kappa.boot_se)


def test_one_category_on_offer() -> None:
    """With a single category there is nothing to agree on."""
    found = agreement([0, 0], [0, 0], categories=["hand"])
    assert math.isnan(found.pabak.value)
    assert "only one category" in found.pabak.reason


def test_undefined_draws_are_counted() -> None:
    """Draws in which a rare category vanishes leave kappa undefined; they are not silently taken as 0."""
    found = agreement([0, 0, 0, 1], [0, 0, 0, 1], categories=NAMES, draws=500)
    assert "of 500 bootstrap draws" in found.kappa.reason


def test_zero_draws_means_no_bootstrap_and_no_complaint() -> None:
    """A caller who asks for no bootstrap gets none, without a reason."""
    found = agreement([0, 1, 0, 1, 1], [0, 1, 1, 1, 0], categories=NAMES, draws=0)
    assert math.isnan(found.kappa.boot_low)
    assert found.kappa.reason == ""


@pytest.mark.parametrize("bad", [[3], [-2], [0.5]])
def test_wrong_codes_are_refused(bad: list[float]) -> None:
    """A code outside the categories is a mistake of the caller."""
    with pytest.raises(ValueError, match="category numbers"):
        agreement(bad, bad, categories=NAMES)


def test_raters_must_be_paired() -> None:
    """Different lengths, wrong clusters and wrong weights are refused."""
    with pytest.raises(ValueError, match="same hands"):
        agreement([0, 1], [0], categories=NAMES)
    with pytest.raises(ValueError, match="clusters"):
        agreement([0, 1], [0, 1], categories=NAMES, clusters=[1])
    with pytest.raises(ValueError, match="weights"):
        agreement([0, 1], [0, 1], categories=NAMES, weights=[0, 1])


@pytest.mark.parametrize(
    "ratings", [np.full((2, 3), np.nan), np.empty((2, 0)), [[1, np.nan], [np.nan, 2]], [[1, 1], [1, 1]]]
)
def test_alpha_that_is_not_defined(ratings: object) -> None:
    """No pair of ratings, or only one value: NaN and a reason."""
    assert math.isnan(krippendorff_alpha(ratings))  # type: ignore[arg-type]
    assert alpha_coefficient(ratings).reason  # type: ignore[arg-type]


def test_alpha_bootstrap_edges() -> None:
    """One cluster, and more values than the bootstrap handles: the estimate stays and the reason says why."""
    pair = np.array([[1.0, 2, 2, 1], [1, 2, 1, 1]])
    assert "fewer than two clusters" in alpha_coefficient(pair, clusters=[7] * 4).reason
    spread = np.vstack([np.arange(80.0), np.arange(80.0) + 0.5])
    found = alpha_coefficient(spread, "interval")
    assert math.isfinite(found.value)
    assert "different values" in found.reason


def test_alpha_refuses_what_it_cannot_mean() -> None:
    """Unknown scales, negative ratios and flat ratings are mistakes of the caller."""
    with pytest.raises(ValueError, match="level"):
        krippendorff_alpha([[1, 2], [1, 2]], "rank")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        krippendorff_alpha([[-1, 2], [1, 2]], "ratio")
    with pytest.raises(ValueError, match="raters"):
        krippendorff_alpha([1, 2])


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (np.empty((0, 3)), "two ratings"),
        ([[1, 0], [0, 1]], "two ratings"),
        ([[2, 0], [1, 2]], "different numbers"),
        ([[3, 0], [3, 0]], "one category"),
    ],
)
def test_fleiss_kappa_that_is_not_defined(counts: object, told: str) -> None:
    """Nothing rated twice, unequal raters or one category: NaN and a reason."""
    assert math.isnan(fleiss_kappa(counts))  # type: ignore[arg-type]
    assert told in fleiss_coefficient(counts).reason  # type: ignore[arg-type]
