"""Cluster bootstrap of sums: whole clusters (images) are drawn with replacement, never single hands. Numpy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
CLUSTERS_PER_PATTERN = 8
_CHUNK_PICKS = 60_000


def cluster_codes(clusters: ArrayLike | None, count: int) -> NDArray[np.intp]:
    """Return (n,) cluster numbers 0..m-1; None makes every unit a cluster of its own.

    Args:
        clusters: (n,) labels of any sortable kind, such as image ids.
        count: n.

    Raises:
        ValueError: if there is not one label for each unit.
    """
    if clusters is None:
        return np.arange(count)
    labels: NDArray[Any] = np.asarray(clusters)
    if labels.shape != (count,):
        raise ValueError(f"clusters must have shape ({count},), not {labels.shape}")
    codes: NDArray[np.intp] = np.unique(labels, return_inverse=True)[1].reshape(count)
    return codes


def resampled_sums(rows: F64, codes: NDArray[np.intp], *, draws: int, seed: int) -> F64 | None:
    """Draw m of the m clusters with replacement and add up their rows, many times.

    Clusters whose sums are equal cannot be told apart in any draw, so it is enough to draw how often each
    *distinct* sum occurs: one multinomial draw over the distinct sums has exactly the distribution of
    drawing clusters one by one, and there are few distinct sums (images with one to three hands). With many
    distinct sums a binomial draw for each costs more than picking clusters, measured at about 8 picks.

    Args:
        rows: (n, s) float64, what each unit adds to the total, no NaN.
        codes: (n,) from `cluster_codes`.
        draws: how many bootstrap draws, B.
        seed: of the generator; the same seed gives the same draws.

    Returns:
        (B, s) float64 totals, or None if there are fewer than two clusters or no draws.
    """
    clusters = len(np.unique(codes))
    if clusters < 2 or draws < 1:
        return None
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums = np.add.reduceat(rows[order], starts, axis=0)
    patterns, counts = np.unique(sums, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    if CLUSTERS_PER_PATTERN * len(patterns) <= clusters:
        times = rng.multinomial(clusters, counts / clusters, size=draws)
        return np.asarray(times.astype(np.float64) @ patterns)
    return np.concatenate([_sums_one_by_one(sums, rng, size) for size in _chunks(draws, clusters)])


def _sums_one_by_one(sums: F64, rng: np.random.Generator, draws: int) -> F64:
    clusters = len(sums)
    picks = rng.integers(0, clusters, size=(draws, clusters), dtype=np.int32)
    picks += np.arange(draws, dtype=np.int32)[:, None] * clusters
    times = np.bincount(picks.ravel(), minlength=draws * clusters).reshape(draws, clusters)
    return np.asarray(times.astype(np.float64) @ sums)


def _chunks(draws: int, clusters: int) -> list[int]:
    size = max(1, min(draws, _CHUNK_PICKS // clusters))
    return [size] * (draws // size) + ([draws % size] if draws % size else [])
