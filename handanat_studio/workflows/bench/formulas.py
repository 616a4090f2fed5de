"""How long features and the paper's score take for all hands of the paper, on one thread."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from handanat_studio.hand.batch import PoseBatch, batch_from_arrays
from handanat_studio.hand.features import measure
from handanat_studio.scoring.paper_score import SCORER
from handanat_studio.workflows.bench.child import ONE_THREAD, call
from handanat_studio.workflows.bench.figures import Figure

HANDS = 31_247
"""As many hands as the paper's corpus holds."""

REPEATS = 7


def figures() -> list[Figure]:
    """Measure in a fresh single-threaded process."""
    seconds = call("handanat_studio.workflows.bench.formulas:median_seconds", environment=ONE_THREAD)
    text = f"features and paper score of {HANDS:,} hands, one thread"
    return [Figure("features_and_paper_score_s", text, seconds, "s", 0.1, note=f"numpy, median of {REPEATS}")]


def median_seconds(hands: int = HANDS, repeats: int = REPEATS) -> float:
    """Return the median time of features + score for `hands` hands with 3-D landmarks."""
    batch = random_hands(hands)
    times = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        SCORER.score(measure(batch, source="mediapipe"))
        times.append(time.perf_counter() - began)
    return median(times[1:])


def random_hands(count: int, seed: int = 0) -> PoseBatch:
    """Return hands with 21 joints in pixels and metres: a plain open hand, each joint moved a little."""
    rng = np.random.default_rng(seed)
    digits = np.arange(5)
    angle = np.radians(-60.0 + 25.0 * digits)
    reach = np.array([0.09, 0.12, 0.145, 0.165])
    x = np.sin(angle)[:, None] * reach
    y = -np.cos(angle)[:, None] * reach
    hand = np.vstack([np.zeros((1, 3)), np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(20, 3)])
    world = (hand + rng.normal(0.0, 0.004, (count, 21, 3))).astype(np.float32)
    points = (world[..., :2] * 2_000 + 256).astype(np.float32)
    return batch_from_arrays(points, world=world)
