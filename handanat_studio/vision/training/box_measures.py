"""How well boxes were found: the average precision, and what is found, missed and invented at one score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from handanat_studio.hand.values import Box

F32 = NDArray[np.float32]

_SAME = 0.5
"""A found box and a true one are the same from this intersection over union on."""


@dataclass(frozen=True)
class BoxFigures:
    """Found boxes against true ones.

    Attributes:
        ap50: average precision at an overlap of one half; NaN = no hand is there.
        recall: share of the hands found at the chosen score; NaN = no hand is there.
        false_alarms: boxes a hand-free image at that score; NaN = every image holds a hand.
        images: how many were looked at.
        hands: how many hands they hold.
    """

    ap50: float
    recall: float
    false_alarms: float
    images: int
    hands: int

    def as_dict(self) -> dict[str, float | int | None]:
        """Return plain numbers for a log or a card; None = nothing to measure."""
        return {name: None if np.isnan(value) else round(value, 4) for name, value in asdict(self).items()}


def box_figures(found: Sequence[Sequence[tuple[Box, float]]], truth: Sequence[F32], *, least: float) -> BoxFigures:
    """Compare.

    Args:
        found: of each image, boxes with scores, best first.
        truth: of each image, (N, 4) left, top, right, bottom.
        least: score from which a box is believed.
    """
    scores: list[float] = []
    right: list[bool] = []
    for boxes, there in zip(found, truth, strict=True):
        scores += [score for _, score in boxes]
        right += matched([box for box, _ in boxes], there)
    score, is_right = np.array(scores, float), np.array(right, bool)
    hands = sum(len(t) for t in truth)
    empty = [sum(s >= least for _, s in boxes) for boxes, there in zip(found, truth, strict=True) if not len(there)]
    return BoxFigures(
        ap50=_average_precision(score, is_right, hands),
        recall=float((is_right & (score >= least)).sum() / hands) if hands else float("nan"),
        false_alarms=float(np.mean(empty)) if empty else float("nan"),
        images=len(truth),
        hands=hands,
    )


def matched(boxes: Sequence[Box], truth: F32) -> list[bool]:
    """Return for each box, best first, whether it is a true one that no better box has taken."""
    there = [Box(float(a), float(b), float(c - a), float(d - b)) for a, b, c, d in truth]
    free = set(range(len(there)))
    answers = []
    for box in boxes:
        best = max(free, key=lambda k: box.overlap(there[k]), default=-1)
        same = best >= 0 and box.overlap(there[best]) >= _SAME
        if same:
            free.remove(best)
        answers.append(same)
    return answers


def _average_precision(score: NDArray[np.float64], right: NDArray[np.bool_], hands: int) -> float:
    """Return the area under precision over recall, precision made to fall: the usual reading since PASCAL VOC 2010."""
    if not hands:
        return float("nan")
    if not right.any():
        return 0.0
    precision, recall, _ = precision_recall_curve(right, score)
    precision = np.maximum.accumulate(precision)
    # `recall` counts what was found; hands that no box came near lower it.
    return float(-np.sum(np.diff(recall) * precision[:-1]) * right.sum() / hands)
