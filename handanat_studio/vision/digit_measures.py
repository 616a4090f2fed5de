"""How well a digit network counts on crops whose truth is known: the figures of a model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState
from handanat_studio.vision.digit_assembly import DigitSet
from handanat_studio.vision.digit_cache import HandCache
from handanat_studio.vision.digit_reader import CROP_PX, DigitReader
from handanat_studio.vision.digit_views import View, draw_view

TIP_COUNTS, HIDDEN_COUNTS = 0.47, 0.6
"""Least confidence of a digit whose tip is seen, and of one that shows only its base."""
LEAST_ASSESSABLE = 0.5
MOST_DIGITS = 12


@dataclass(frozen=True, eq=False)
class CountFigures:
    """Counts against truth.

    Attributes:
        confusion: (13, 13) int64, [true number of digits, number found], only hands that were assessed.
        abstained: (13,) int64, hands by true number that the network called not assessable.
        joint_error: median distance of the joints of matched visible digits, over the hand's longer side.
    """

    confusion: NDArray[np.int64]
    abstained: NDArray[np.int64]
    joint_error: float

    @property
    def exact(self) -> float:
        """Share of the assessed hands whose number is exact; NaN = none was assessed."""
        total = int(self.confusion.sum())
        return float(np.trace(self.confusion)) / total if total else float("nan")


def counts_of(digits: DigitSet) -> NDArray[np.int64]:
    """Return (N,) the number of digits of each crop, tips and lone bases."""
    least = np.where(digits.tip_seen, TIP_COUNTS, HIDDEN_COUNTS)
    return np.asarray((digits.confidence > least).sum(axis=1), np.int64)


def single_views(cache: HandCache, count: int, *, seed: int, all_tips: bool) -> list[View]:
    """Draw crops of one hand each.

    Args:
        cache: cut-outs that were not trained on.
        count: how many crops.
        seed: same seed, same crops.
        all_tips: only hands that show every tip.
    """
    rng = np.random.default_rng(seed)
    views: list[View] = []
    while len(views) < count:
        view = draw_view(cache, (), rng, CROP_PX)
        if len(view.hands) != 1:
            continue
        states = view.hands[0].states[:, 3]
        if not all_tips or (states[states != JointState.ABSENT] == JointState.VISIBLE).all():
            views.append(view)
    return views


def count_figures(reader: DigitReader, views: Sequence[View]) -> CountFigures:
    """Let a network count and compare.

    Args:
        reader: the network.
        views: crops of one hand each.
    """
    digits = reader.read([v.image for v in views])
    found = np.minimum(counts_of(digits), MOST_DIGITS)
    confusion = np.zeros((MOST_DIGITS + 1, MOST_DIGITS + 1), np.int64)
    abstained = np.zeros(MOST_DIGITS + 1, np.int64)
    errors: list[float] = []
    for k, view in enumerate(views):
        hand = view.hands[0]
        there = hand.states[:, 3] != JointState.ABSENT
        true = int(there.sum())
        if digits.assessable[k] < LEAST_ASSESSABLE:
            abstained[true] += 1
        else:
            confusion[true, found[k]] += 1
        errors.extend(_errors(digits, k, hand.joints[there], hand.states[there]))
    return CountFigures(confusion, abstained, float(np.median(errors)) if errors else float("nan"))


def _errors(digits: DigitSet, crop: int, joints: NDArray[np.float32], states: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return distances of visible joints to those of the found digit with the nearest tip, over the hand's size."""
    mine = np.flatnonzero((digits.confidence[crop] > TIP_COUNTS) & digits.tip_seen[crop])
    seen = np.flatnonzero(states[:, 3] == JointState.VISIBLE)
    if not len(mine) or not len(seen):
        return np.empty(0)
    size = float(np.nanmax(np.nanmax(joints.reshape(-1, 2), axis=0) - np.nanmin(joints.reshape(-1, 2), axis=0)))
    away = np.linalg.norm(joints[seen, None, 3] - digits.joints[crop, mine][None, :, 3], axis=-1)
    best = away.argmin(axis=1)
    between = np.linalg.norm(joints[seen] - digits.joints[crop, mine[best]], axis=-1) / size
    near = away.min(axis=1) < 0.1 * size
    return np.asarray(between[near][states[seen][near] == JointState.VISIBLE], float)
