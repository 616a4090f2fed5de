"""How well a digit network counts on crops whose truth is known: the figures of a model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import MOST_COUNTED
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.digit_assembly import DigitSet, assemble
from handanat_studio.vision.digit_counts import count_digits, count_distribution
from handanat_studio.vision.digit_crops import CROP_PX
from handanat_studio.vision.digit_evidence import Evidence, fit, fit_number, logit, number_features
from handanat_studio.vision.digit_grouping import own_hand
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.views import Stock, View, draw_view

_SAME_PLACE = 0.05
"""A peak and a true joint are one if they are nearer, in shares of the crop's side."""


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
        view = draw_view(Stock(cache), rng, CROP_PX)
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
    counts = count_digits(digits, CROP_PX, reader.evidence)
    confusion = np.zeros((MOST_COUNTED + 1, MOST_COUNTED + 1), np.int64)
    abstained = np.zeros(MOST_COUNTED + 1, np.int64)
    errors: list[float] = []
    for k, view in enumerate(views):
        hand = view.hands[0]
        there = hand.states[:, 3] != JointState.ABSENT
        true = int(there.sum())
        if counts.assessed[k]:
            confusion[true, counts.number[k]] += 1
        else:
            abstained[true] += 1
        errors.extend(_errors(digits, k, hand.joints[there], hand.states[there]))
    return CountFigures(confusion, abstained, float(np.median(errors)) if errors else float("nan"))


def _errors(digits: DigitSet, crop: int, joints: NDArray[np.float32], states: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return distances of visible joints to those of the found digit with the nearest tip, over the hand's size."""
    mine = np.flatnonzero((digits.confidence[crop] > 0.5) & digits.tip_seen[crop])
    seen = np.flatnonzero(states[:, 3] == JointState.VISIBLE)
    if not len(mine) or not len(seen):
        return np.empty(0)
    size = float(np.nanmax(np.nanmax(joints.reshape(-1, 2), axis=0) - np.nanmin(joints.reshape(-1, 2), axis=0)))
    away = np.linalg.norm(joints[seen, None, 3] - digits.joints[crop, mine][None, :, 3], axis=-1)
    best = away.argmin(axis=1)
    between = np.linalg.norm(joints[seen] - digits.joints[crop, mine[best]], axis=-1) / size
    near = away.min(axis=1) < 0.1 * size
    return np.asarray(between[near][states[seen][near] == JointState.VISIBLE], float)


def fitted_evidence(reader: DigitReader, views: Sequence[View]) -> Evidence:
    """Return what this network's peaks are worth, from crops whose truth is known.

    Args:
        reader: the network.
        views: crops that were not trained on, with any number of hands.
    """
    digits = reader.read([v.image for v in views])
    tips: list[tuple[float, float, float, bool]] = []
    bases: list[tuple[float, float, bool]] = []
    for k, view in enumerate(views):
        joints = np.concatenate([h.joints for h in view.hands] or [np.empty((0, 4, 2), np.float32)])
        states = np.concatenate([h.states for h in view.hands] or [np.empty((0, 4), np.uint8)])
        found = np.flatnonzero((digits.height[k] > 0) & digits.tip_seen[k])
        named = _named(digits.joints[k, found, 3], digits.height[k, found], joints[:, 3])
        seen = states[:, 3] == JointState.VISIBLE
        for digit, row in zip(found, named, strict=True):
            # A peak where a tip is hidden is neither right nor wrong.
            if row < 0 or seen[row]:
                tips.append((*(v[k, digit] for v in (digits.height, digits.support, digits.flesh)), row >= 0))
        alone = np.flatnonzero((digits.height[k] > 0) & ~digits.tip_seen[k])
        unclaimed = np.setdiff1d(np.flatnonzero(states[:, 0] != JointState.ABSENT), named)
        rows = _named(digits.joints[k, alone, 0], digits.height[k, alone], joints[unclaimed, 0])
        clear = digits.assessable[k]
        bases.extend((digits.height[k, digit], clear, row >= 0) for digit, row in zip(alone, rows, strict=True))
    usual = Evidence()
    t, b = np.array(tips, float).reshape(-1, 4), np.array(bases, float).reshape(-1, 3)
    of_tips = fit(np.column_stack([np.ones(len(t)), logit(t[:, 0]), t[:, 1:3]]), t[:, 3] > 0, np.array(usual.tip))
    of_bases = fit(
        np.column_stack([np.ones(len(b)), logit(b[:, 0]), logit(b[:, 1])]), b[:, 2] > 0, np.array(usual.base)
    )
    digit_by_digit = Evidence(tuple(of_tips.tolist()), tuple(of_bases.tolist()))
    return replace(digit_by_digit, number=_fitted_number(reader, digit_by_digit, views))


def _fitted_number(reader: DigitReader, evidence: Evidence, views: Sequence[View]) -> tuple[float, float, float, float]:
    """Return what digits and flaws together say of the number, from the crops of one hand."""
    single = [view for view in views if len(view.hands) == 1]
    if not single:
        return evidence.number
    digits = assemble(*reader.maps([view.image for view in single]), evidence)
    alone = count_distribution(np.where(own_hand(digits, CROP_PX), digits.confidence, 0.0).astype(np.float32))
    true = np.array([(view.hands[0].states[:, 3] != JointState.ABSENT).sum() for view in single], np.int64)
    usual = np.array(Evidence().number)
    constants = fit_number(number_features(alone, digits.flaws), np.minimum(true, MOST_COUNTED), usual)
    return tuple(constants.tolist())


def _named(places: NDArray[np.float32], height: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the true joint (row of `truth`) that each place is, or -1; each joint goes to its highest place."""
    names = np.full(len(places), -1)
    if not len(truth):
        return names
    away = np.nan_to_num(np.linalg.norm(places[:, None] - truth[None], axis=-1), nan=np.inf)
    taken: set[int] = set()
    for place in np.argsort(-height):
        row = int(away[place].argmin())
        if away[place, row] < _SAME_PLACE * CROP_PX and row not in taken:
            names[place] = row
            taken.add(row)
    return names
