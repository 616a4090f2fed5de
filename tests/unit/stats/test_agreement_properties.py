"""What must hold for any ratings, and agreement with scikit-learn, statsmodels and the krippendorff package."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from handanat_studio.stats import kappa as k
from handanat_studio.stats.agreement import agreement, fleiss_kappa, krippendorff_alpha

codes = st.integers(2, 5).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), min_size=3, max_size=60),
    )
)


def split(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return both raters of a list of pairs."""
    first, second = np.array(pairs).T
    return first, second


@given(codes)
@settings(max_examples=60, deadline=None)
def test_kappas_equal_scikit_learn(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    """All three kappas equal cohen_kappa_score wherever it is defined."""
    size, pairs = drawn
    first, second = split(pairs)
    found = agreement(first, second, categories=[str(i) for i in range(size)], draws=0)
    labels = list(range(size))
    if len({*first.tolist(), *second.tolist()}) < 2:
        assert math.isnan(found.kappa.value)
        return
    for ours, weights in ((found.kappa, None), (found.linear, "linear"), (found.quadratic, "quadratic")):
        expected = cohen_kappa_score(first, second, labels=labels, weights=weights)
        assert ours.value == pytest.approx(expected, abs=1e-12)


@given(arrays(np.int64, st.integers(2, 5).map(lambda n: (n, n)), elements=st.integers(1, 30)))
@settings(max_examples=40, deadline=None)
def test_errors_equal_statsmodels(table: np.ndarray) -> None:
    """SE and SE0 equal statsmodels for the plain, linear and quadratic kappa."""
    scores = np.arange(len(table))
    for kind, theirs in (("nominal", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohens_kappa(table, wt=theirs)
        se, se0 = k.kappa_errors(table, k.weight_matrix(kind, scores))  # type: ignore[arg-type]
        assert se == pytest.approx(expected.std_kappa, abs=1e-7)
        assert se0 == pytest.approx(expected.std_kappa0, abs=1e-7)


ratings = arrays(
    np.float64,
    st.tuples(st.integers(2, 4), st.integers(2, 15)),
    elements=st.sampled_from([1.0, 2.0, 3.0, 5.0, 8.0, float("nan")]),
)


@given(ratings, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
@settings(max_examples=80, deadline=None)
def test_alpha_equals_the_krippendorff_package(table: np.ndarray, level: str) -> None:
    """Alpha equals the reference package for any raters, missing ratings and scale."""
    paired = table[:, np.isfinite(table).sum(axis=0) >= 2]
    ours = krippendorff_alpha(table, level)  # type: ignore[arg-type]
    if len(np.unique(paired[np.isfinite(paired)])) < 2:
        assert math.isnan(ours)
        return
    assert ours == pytest.approx(krippendorff.alpha(table, level_of_measurement=level), abs=1e-10)  # type: ignore[arg-type]


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_fleiss_equals_statsmodels(raters: int, seed: int) -> None:
    """Fleiss' kappa equals statsmodels for any table of equal raters."""
    counts = np.random.default_rng(seed).multinomial(raters, [0.5, 0.3, 0.2], size=25)
    assert fleiss_kappa(counts) == pytest.approx(statsmodels_fleiss(counts), abs=1e-12)


@given(codes)
@settings(max_examples=60, deadline=None)
def test_coefficients_do_not_depend_on_who_is_first_or_on_order(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    """Swapping the raters or reordering the hands changes no coefficient, and none leaves [-1, 1]."""
    size, pairs = drawn
    first, second = split(pairs)
    names = [str(i) for i in range(size)]
    straight = agreement(first, second, categories=names, draws=0)
    swapped = agreement(second[::-1], first[::-1], categories=names, draws=0)
    for name in ("kappa", "linear", "quadratic", "pabak", "ac1", "alpha"):
        ours, theirs = getattr(straight, name), getattr(swapped, name)
        assert ours.value == pytest.approx(theirs.value, nan_ok=True)
        assert ours.se == pytest.approx(theirs.se, abs=1e-9, nan_ok=True)
        assert math.isnan(ours.value) or -1.0 <= ours.value <= 1.0 + 1e-12
    assert straight.bias == pytest.approx(swapped.bias)


@given(codes)
@settings(max_examples=40, deadline=None)
def test_two_categories_make_all_weights_equal(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    """With two categories linear and quadratic kappa are plain kappa, and Byrt's indices count differences."""
    first, second = split([(a % 2, b % 2) for a, b in drawn[1]])
    found = agreement(first, second, categories="ab", draws=0)
    assert found.linear.value == pytest.approx(found.kappa.value, nan_ok=True)
    assert found.quadratic.value == pytest.approx(found.kappa.value, nan_ok=True)
    (a, b), (c, d) = found.table
    assert found.prevalence == pytest.approx(abs(a - d) / found.n, abs=1e-12)
    assert found.bias == pytest.approx(abs(b - c) / found.n, abs=1e-12)


def test_ac1_error_equals_the_spread_of_simulated_ratings() -> None:
    """The analytic error of AC1 is the standard deviation of AC1 over many simulated studies."""
    cells = np.array([[0.7, 0.05, 0.02], [0.03, 0.1, 0.02], [0.02, 0.01, 0.05]])
    tables = np.random.default_rng(5).multinomial(400, cells.ravel(), size=20_000).reshape(-1, 3, 3)
    spread = float(k.gwet_ac1(tables).std())
    assert k.ac1_error(400 * cells) == pytest.approx(spread, rel=0.03)


def test_custom_scale_moves_only_the_weighted_kappas() -> None:
    """Scores of the categories change how far apart they are; plain kappa does not care."""
    rng = np.random.default_rng(2)
    first = rng.integers(0, 3, 200)
    second = np.where(rng.random(200) < 0.7, first, rng.integers(0, 3, 200))
    plain = agreement(first, second, categories="abc", draws=0)
    scaled = agreement(first, second, categories="abc", draws=0, weights=[0, 1, 10])
    assert scaled.kappa == plain.kappa
    assert scaled.linear.value != pytest.approx(plain.linear.value, abs=1e-3)
    expected = cohens_kappa(np.array(plain.table), weights=np.array([0, 1, 10]), wt="linear").kappa
    assert scaled.linear.value == pytest.approx(expected)


def test_per_class_agreement() -> None:
    """Specific agreement and one-against-rest kappa of each category."""
    first, second = np.array([0] * 10 + [1] * 5 + [2] * 5), np.array([0] * 8 + [1] * 2 + [1] * 5 + [0] + [2] * 4)
    found = agreement(first, second, categories="abc", draws=0).per_class
    assert found["a"].agreement == pytest.approx(2 * 8 / (10 + 9))
    assert found["c"].kappa == pytest.approx(cohen_kappa_score(first == 2, second == 2))
    assert sum(c.share for c in found.values()) == pytest.approx(1.0)
