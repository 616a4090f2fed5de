"""The bootstrap draws images, not hands; it is exact, repeatable and fast."""

from __future__ import annotations

import numpy as np
import pytest

from handanat_studio.stats import bootstrap
from handanat_studio.stats.agreement import Agreement, agreement, alpha_coefficient, fleiss_coefficient


def ratings(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two raters who agree on about nine hands of ten."""
    rng = np.random.default_rng(seed)
    first = rng.choice(3, p=[0.6, 0.1, 0.3], size=count)
    return first, np.where(rng.random(count) < 0.85, first, rng.integers(0, 3, count))


def test_without_clusters_the_bootstrap_equals_the_large_sample_error() -> None:
    """For independent hands both errors and both intervals must agree."""
    first, second = ratings(3000)
    found = agreement(first, second, categories="abc")
    for name in ("observed", "kappa", "linear", "quadratic", "pabak", "ac1"):
        figure = getattr(found, name)
        assert figure.boot_se == pytest.approx(figure.se, rel=0.05)
        assert (figure.boot_low, figure.boot_high) == (
            pytest.approx(figure.low, abs=0.1 * figure.se * 1.96),
            pytest.approx(figure.high, abs=0.1 * figure.se * 1.96),
        )


def test_copied_hands_double_the_variance() -> None:
    """Two identical hands in each image carry the information of one: design effect 1 + (2 - 1) 1 = 2."""
    first, second = ratings(1000)
    twice = agreement(np.tile(first, 2), np.tile(second, 2), categories="abc", clusters=np.tile(np.arange(1000), 2))
    assert twice.kappa.boot_se / twice.kappa.se == pytest.approx(np.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize("clusters_per_pattern", [0, 10**9])
def test_both_ways_of_drawing_are_drawing_clusters_with_replacement(
    monkeypatch: pytest.MonkeyPatch, clusters_per_pattern: int
) -> None:
    """Drawing patterns and drawing clusters one by one have the theoretical mean and covariance."""
    monkeypatch.setattr(bootstrap, "CLUSTERS_PER_PATTERN", clusters_per_pattern)
    rng = np.random.default_rng(3)
    codes, rows = rng.integers(0, 40, 100), rng.integers(0, 3, (100, 2)).astype(float)
    codes = bootstrap.cluster_codes(codes, 100)
    sums = bootstrap.resampled_sums(rows, codes, draws=20_000, seed=1)
    clusters = np.array([rows[codes == c].sum(axis=0) for c in range(codes.max() + 1)])
    assert sums is not None
    assert sums.mean(axis=0) == pytest.approx(rows.sum(axis=0), rel=0.01)
    assert np.cov(sums.T) == pytest.approx(len(clusters) * np.cov(clusters.T, ddof=0), abs=4.0)


def test_every_draw_holds_as_many_clusters_as_the_sample() -> None:
    """m clusters are drawn m times: a column of ones adds up to the number of units when clusters are equal in size."""
    rows = np.column_stack([np.ones(60), np.arange(60.0)])
    sums = bootstrap.resampled_sums(rows, np.repeat(np.arange(20), 3), draws=50, seed=0)
    assert sums is not None
    assert sums.shape == (50, 2)
    assert set(sums[:, 0]) == {60.0}
    assert len(set(sums[:, 1])) > 10


def test_same_seed_same_interval() -> None:
    """A seed fixes the draws, another seed moves them."""
    first, second = ratings(200)

    def run(seed: int) -> Agreement:
        return agreement(first, second, categories="abc", seed=seed, draws=300)

    assert run(4).to_dict() == run(4).to_dict()
    assert run(4).kappa.boot_low != run(5).kappa.boot_low


def test_clusters_may_have_any_labels_in_any_order() -> None:
    """Image names in mixed order give the interval that sorted numbers give."""
    first, second = ratings(200)
    numbers = np.random.default_rng(1).integers(0, 80, 200)
    names = np.array([f"img{n:03d}" for n in numbers])
    by_name = agreement(first, second, categories="abc", clusters=names, draws=200)
    by_number = agreement(first, second, categories="abc", clusters=numbers, draws=200)
    assert by_name.to_dict() == by_number.to_dict()


def test_alpha_and_fleiss_intervals_hold_their_estimate() -> None:
    """Two-rater alpha of the general routine equals the one beside kappa, and intervals enclose the estimates."""
    first, second = ratings(400)
    images = np.arange(400) // 2
    beside = agreement(first, second, categories="abc", clusters=images).alpha
    table = np.vstack([first, second]).astype(float)
    for level in ("nominal", "ordinal", "interval", "ratio"):
        found = alpha_coefficient(table, level, clusters=images)  # type: ignore[arg-type]
        assert found.boot_low < found.value < found.boot_high
        if level == "nominal":
            assert found.value == pytest.approx(beside.value)
            assert found.boot_se == pytest.approx(beside.boot_se, rel=0.06)
    counts = np.eye(3)[first] + np.eye(3)[second]
    fleiss = fleiss_coefficient(counts, clusters=images)
    assert fleiss.boot_low < fleiss.value < fleiss.boot_high
    assert fleiss.boot_se == pytest.approx(beside.boot_se, rel=0.06)
