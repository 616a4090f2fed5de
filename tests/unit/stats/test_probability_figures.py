"""Probabilities held against what came true, and prevalences behind a test that errs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss

from handanat_studio.stats.calibration import calibration_figures
from handanat_studio.stats.prevalence import corrected_prevalence, share


@given(seed=st.integers(0, 1000), count=st.integers(2, 200))
def test_brier_and_log_loss_are_those_of_scikit_learn(seed: int, count: int) -> None:
    """The same formulas."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.01, 0.99, count)
    y = rng.random(count) < p
    y[0], y[1] = True, False
    figures = calibration_figures(p, y, draws=0)
    assert figures.brier == pytest.approx(brier_score_loss(y, p))
    assert figures.log_loss == pytest.approx(log_loss(y, p))


def test_true_probabilities_have_a_small_error_and_wrong_ones_a_large_one() -> None:
    """Squaring honest chances makes them too sure; the interval holds the estimate."""
    rng = np.random.default_rng(1)
    p = rng.uniform(0, 1, 6000)
    y = rng.random(6000) < p
    honest, boastful = calibration_figures(p, y, draws=200), calibration_figures(p**2, y, draws=200)
    assert honest.ece < 0.03
    assert boastful.ece > 0.12
    assert boastful.ece_low <= boastful.ece <= boastful.ece_high


def test_the_error_by_hand() -> None:
    """Two bins of two: |0.2 - 0.5| and |0.8 - 1| weighted alike."""
    figures = calibration_figures([0.1, 0.3, 0.7, 0.9], [False, True, True, True], bins=2, draws=0)
    assert figures.ece == pytest.approx(0.25)
    assert [(row.count, row.observed) for row in figures.reliability] == [(2, 0.5), (2, 1.0)]
    assert math.isnan(figures.ece_low)


@given(count=st.integers(1, 100))
def test_bins_hold_the_same_mass(count: int) -> None:
    """Fifteen of them, or as many as there are units; they differ by one at most."""
    rng = np.random.default_rng(count)
    figures = calibration_figures(rng.random(count), rng.random(count) < 0.5, draws=0)
    sizes = [row.count for row in figures.reliability]
    assert len(sizes) == min(15, count)
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == count


def test_images_are_resampled_as_wholes() -> None:
    """Ten copies of each unit in one cluster widen the interval to that of the units alone."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0, 1, 150)
    y = rng.random(150) < p
    alone = calibration_figures(p, y, draws=300)
    copied = calibration_figures(np.repeat(p, 10), np.repeat(y, 10), clusters=np.repeat(np.arange(150), 10), draws=300)
    assert copied.ece_high - copied.ece_low == pytest.approx(alone.ece_high - alone.ece_low, rel=0.35)


@pytest.mark.parametrize(("chances", "true"), [([], []), ([0.5], [True, False]), ([1.2], [True]), ([np.nan], [True])])
def test_what_is_no_probability_is_refused(chances: list[float], true: list[bool]) -> None:
    """An error tells a mistake, a figure would hide it."""
    with pytest.raises(ValueError):
        calibration_figures(chances, true)


def test_rogan_and_gladen_by_hand() -> None:
    """30 of 100 positive, sensitivity 0.9, specificity 0.8: (0.3 - 0.2) / 0.7."""
    found = corrected_prevalence(30, 100, sensitivity=(90, 100), specificity=(80, 100))
    assert found.value == pytest.approx(0.1 / 0.7)
    assert found.apparent == pytest.approx(0.3)
    assert found.low < found.value < found.high
    assert found.reason == ""


def test_the_papers_rates_change_as_the_review_says() -> None:
    """Se = Sp = .942 turn 38.7 and 9.4 % into 37.2 and 4.1 %."""
    high, low = (
        corrected_prevalence(rate, 10_000, sensitivity=(942, 1000), specificity=(942, 1000)) for rate in (3870, 940)
    )
    assert (round(high.value, 3), round(low.value, 3)) == (0.372, 0.041)


def test_a_test_that_says_nothing_corrects_nothing() -> None:
    """Sensitivity and specificity of a coin: no figure, the widest interval, and the reason."""
    found = corrected_prevalence(40, 100, sensitivity=(50, 100), specificity=(50, 100))
    assert math.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)
    assert "says nothing" in found.reason
    nothing = corrected_prevalence(0, 0, sensitivity=(9, 10), specificity=(9, 10))
    assert math.isnan(nothing.value)
    assert nothing.reason


def test_an_estimate_outside_is_cut_off_and_told() -> None:
    """Fewer positives than false alarms alone explain."""
    found = corrected_prevalence(2, 100, sensitivity=(90, 100), specificity=(90, 100))
    assert found.value == 0.0
    assert found.untruncated < 0.0
    assert "cut off" in found.reason


def test_the_interval_keeps_its_promise() -> None:
    """Lang and Reiczigel: close to 95 % of intervals hold the true prevalence, estimated errors included."""
    rng = np.random.default_rng(7)
    true, se, sp = 0.15, 0.85, 0.92
    held = 0
    for _ in range(1000):
        found = corrected_prevalence(
            int(rng.binomial(200, true * se + (1 - true) * (1 - sp))),
            200,
            sensitivity=(int(rng.binomial(100, se)), 100),
            specificity=(int(rng.binomial(100, sp)), 100),
        )
        held += found.low <= true <= found.high
    assert 0.93 <= held / 1000 <= 0.985


def test_the_interval_is_that_of_lang_and_reiczigels_script() -> None:
    """27 of 650, Se 50 of 100, Sp 199 of 200: recomputed by hand from their formula."""
    found = corrected_prevalence(27, 650, sensitivity=(50, 100), specificity=(199, 200))
    z2 = 1.959964**2
    p, se, sp = (27 + z2 / 2) / (650 + z2), 51 / 102, 200 / 202
    middle = (p + sp - 1) / (se + sp - 1)
    spread = p * (1 - p) / (650 + z2) + se * (1 - se) / 102 * middle**2 + sp * (1 - sp) / 202 * (1 - middle) ** 2
    shift = 2 * z2 * (middle * se * (1 - se) / 102 - (1 - middle) * sp * (1 - sp) / 202)
    half = math.sqrt(z2 * spread) / (se + sp - 1)
    assert (found.low, found.high) == pytest.approx((middle + shift - half, middle + shift + half), abs=1e-5)


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4)])
def test_impossible_counts_are_refused(counts: tuple[int, int]) -> None:
    """More hits than trials, or fewer than none."""
    with pytest.raises(ValueError):
        corrected_prevalence(*counts, sensitivity=(1, 2), specificity=(1, 2))
    with pytest.raises(ValueError):
        share(*counts)


def test_a_share_of_nothing_is_unknown() -> None:
    """Null in JSON, not zero."""
    assert share(0, 0).to_dict() == {"hits": 0, "trials": 0, "value": None, "low": None, "high": None}
