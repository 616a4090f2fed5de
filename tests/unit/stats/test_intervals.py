"""Score intervals of shares against published and independent values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from handanat_studio.stats.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval_has_the_published_ends(successes: int, trials: int, low: float, high: float) -> None:
    """Newcombe's table of worked examples is met to its four places."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400), st.floats(0.5, 0.999), st.data())
def test_the_score_interval_agrees_with_scipy(trials: int, level: float, data: st.DataObject) -> None:
    """An independent implementation gives the same ends."""
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(confidence_level=level, method="wilson")
    assert wilson(successes, trials, level) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share_and_mirrors(trials: int, data: st.DataObject) -> None:
    """The ends lie around the share within 0..1, and failures have the mirrored interval."""
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_no_trial_gives_no_interval() -> None:
    """Nothing seen is nothing known, not a share of zero."""
    assert all(math.isnan(end) for end in wilson(0, 0))


@pytest.mark.parametrize(("successes", "trials", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_impossible_counts_are_refused(successes: int, trials: int, level: float) -> None:
    """A share above one, below zero or a level of certainty is an error."""
    with pytest.raises(ValueError, match="must lie"):
        wilson(successes, trials, level)
