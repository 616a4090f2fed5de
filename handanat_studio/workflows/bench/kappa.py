"""The clustered kappa bootstrap against the loop over scikit-learn that one would write by hand."""

from __future__ import annotations

import importlib.util
import time
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.stats.agreement import agreement
from handanat_studio.workflows.bench.child import ONE_THREAD, call
from handanat_studio.workflows.bench.figures import Figure

HANDS, DRAWS, LOOP_DRAWS, REPEATS = 3_000, 5_000, 200, 5
CATEGORIES = ("plausible", "unsure", "implausible")


def figures() -> list[Figure]:
    """Measure both in one fresh single-threaded process, taking turns."""
    seconds = call("handanat_studio.workflows.bench.kappa:median_seconds", environment=ONE_THREAD)
    text = f"agreement with {DRAWS:,} clustered draws on {HANDS:,} hands"
    own = Figure("kappa_bootstrap_s", text, seconds["own"], "s", 0.5, note="all statistics, not kappa alone")
    ratio, note = None, "scikit-learn is not installed; pip install 'handanat-studio[dev]'"
    if seconds["loop"] is not None:
        ratio = seconds["loop"] / seconds["own"]
        note = f"loop: kappa alone, {LOOP_DRAWS} draws measured and multiplied by {DRAWS // LOOP_DRAWS}"
    return [
        Figure("kappa_vs_scikit_learn", "kappa bootstrap, times the scikit-learn loop", ratio, "x", 50, True, note),
        own,
    ]


def median_seconds(repeats: int = REPEATS) -> dict[str, float | None]:
    """Return {"own": s, "loop": s or None}: medians of interleaved repeats, the loop scaled up to `DRAWS`."""
    a, b, clusters = two_raters()
    has_loop = importlib.util.find_spec("sklearn") is not None
    own, loop = [], []
    for number in range(repeats + 1):
        began = time.perf_counter()
        agreement(a, b, categories=CATEGORIES, clusters=clusters, draws=DRAWS, seed=number)
        own.append(time.perf_counter() - began)
        if has_loop:
            began = time.perf_counter()
            scikit_learn_loop(a, b, clusters, draws=LOOP_DRAWS, seed=number)
            loop.append((time.perf_counter() - began) * DRAWS / LOOP_DRAWS)
    return {"own": median(own[1:]), "loop": median(loop[1:]) if loop else None}


def two_raters(hands: int = HANDS, seed: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return two raters' codes and the images of the hands, about 1.5 hands an image."""
    rng = np.random.default_rng(seed)
    a = rng.choice(3, hands, p=[0.6, 0.1, 0.3])
    b = np.where(rng.random(hands) < 0.85, a, rng.choice(3, hands))
    return a, b, np.sort(rng.integers(0, hands * 2 // 3, hands))


def scikit_learn_loop(
    a: NDArray[Any], b: NDArray[Any], clusters: NDArray[Any], *, draws: int, seed: int
) -> list[float]:
    """Return one kappa per draw of whole clusters, as a loop over `sklearn.metrics.cohen_kappa_score`."""
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    values = []
    for _ in range(draws):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        values.append(float(cohen_kappa_score(a[chosen], b[chosen])))
    return values
