"""ROC curves and their areas against scikit-learn and against what can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, roc_auc_score

from handanat_studio.stats.roc import roc

UNITS = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=50)


def test_a_published_example() -> None:
    """Hanley & McNeil 1982, Radiology 143, table I: 109 CT images on a five-point scale have an area of .893."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    scores = [grade for counts in (normal, abnormal) for grade, n in enumerate(counts) for _ in range(n)]
    truth = [False] * sum(normal) + [True] * sum(abnormal)
    found = roc(truth, scores, draws=2000)
    assert (found.positives, found.negatives) == (51, 58)
    assert found.area == pytest.approx(0.893, abs=5e-4)
    # Their standard error is .032.
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * 0.032, rel=0.15)


@given(UNITS)
def test_the_area_is_that_of_scikit_learn(units: list[tuple[bool, int]]) -> None:
    """Ties count half, as in the trapezoid under the curve; with one kind alone no area is given."""
    truth, scores = [u[0] for u in units], [float(u[1]) for u in units]
    found = roc(truth, scores, draws=0)
    if len(set(truth)) < 2:
        assert math.isnan(found.area)
        assert found.reason
        return
    assert found.area == pytest.approx(roc_auc_score(truth, scores))
    assert auc([c[0] for c in found.curve], [c[1] for c in found.curve]) == pytest.approx(found.area)


def test_unknown_figures_are_left_out() -> None:
    """A unit without a figure neither helps nor hurts."""
    found = roc([True, False, True, False], [2.0, 1.0, math.nan, math.nan], draws=0)
    assert (found.positives, found.negatives, found.area) == (1, 1, 1.0)


def test_images_are_resampled_whole() -> None:
    """Hands copied within their image add nothing: the interval stays that of the images."""
    rng = np.random.default_rng(4)
    truth = rng.random(60) < 0.5
    scores = rng.normal(size=60) + truth
    alone = roc(truth, scores, clusters=np.arange(60), seed=1)
    copied = roc(np.repeat(truth, 5), np.repeat(scores, 5), clusters=np.repeat(np.arange(60), 5), seed=1)
    as_if = roc(np.repeat(truth, 5), np.repeat(scores, 5), seed=1)
    assert (copied.area, copied.low, copied.high) == pytest.approx((alone.area, alone.low, alone.high))
    assert as_if.high - as_if.low < 0.7 * (copied.high - copied.low)


def test_the_same_seed_gives_the_same_interval() -> None:
    """Intervals can be reproduced, and one image alone has none."""
    truth, scores = [True, False] * 20, list(range(40))
    assert roc(truth, scores, seed=3) == roc(truth, scores, seed=3)
    single = roc(truth, scores, clusters=["a"] * 40)
    assert math.isnan(single.low)
    assert "too few images" in single.reason


def test_as_json_nothing_is_infinite() -> None:
    """The first corner's threshold is infinite and becomes null."""
    told = roc([True, False], [1.0, 0.0], draws=0).to_dict()
    assert told["auc"] == 1.0
    assert told["curve"][0][2] is None
    assert told["low"] is None
