"""Which found hand is which labelled hand of an image. Arrays and numbers only; nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.formats.labels_jsonl import HandLabel
from handanat_studio.hand.assignment import assign
from handanat_studio.hand.topology import CANONICAL_POINTS, JOINTS_PER_DIGIT, RATIO_NAMES
from handanat_studio.hand.values import Box

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST_OVERLAP = 0.2
"""Boxes that share less of their union belong to two hands: a detector's box may be wide, or cut off the wrist."""
FARTHEST = 0.5
"""Joints that are farther apart on average, in hand sizes, belong to two hands."""
_ANYWHERE = 0.01


@dataclass(frozen=True, eq=False)
class Place:
    """Where a hand was found.

    Attributes:
        box: as the detector gives it.
        joints: (21, 2) float32 pixels in MediaPipe's order; NaN = that joint was not found.
    """

    box: Box
    joints: F32


def place_of(hand: Mapping[str, Any]) -> Place:
    """Return where the hand of a record is; of each kind of digit only the first counts, extra ones do not."""
    joints = np.full((CANONICAL_POINTS, 2), nan, np.float32)
    joints[0] = _point(hand["wrist"])
    for digit in reversed(hand["digits"]):
        if digit["kind"] in RATIO_NAMES:
            first = 1 + JOINTS_PER_DIGIT * RATIO_NAMES.index(digit["kind"])
            joints[first : first + JOINTS_PER_DIGIT] = [_point(point) for point in digit["points"]]
    return Place(Box(*hand["box"]), joints)


def _point(point: Sequence[Any]) -> tuple[float, float]:
    return tuple(nan if value is None else float(value) for value in point[:2])  # type: ignore[return-value]


def size_of(points: F32) -> float:
    """Return the longer side of the box of (21, 2) joints, pixels; NaN = fewer than two of them are known."""
    known = points[np.isfinite(points).all(axis=1)]
    return float(np.ptp(known, axis=0).max()) if len(known) > 1 else nan


def errors_of(points: F32, found: F32) -> F64:
    """Return (21,) distances of found joints to the true ones, in hand sizes; NaN where either is not known."""
    size = size_of(points)
    apart = np.hypot(*(found - points).astype(np.float64).T)
    return np.asarray(apart / size if size > 0 else np.full(CANONICAL_POINTS, nan))


def match(labels: Sequence[HandLabel], found: Sequence[Place]) -> list[int | None]:
    """Return for each labelled hand the number of the found hand that it is, or None; none is taken twice.

    Hands are known by their joints or their box; a label without either takes the largest that is left.
    """
    if not labels or not found:
        return [None] * len(labels)
    areas = [place.box.width * place.box.height for place in found]
    largest = max(areas) or 1.0
    likeness = [
        [_likeness(label, place, area / largest) for place, area in zip(found, areas, strict=True)] for label in labels
    ]
    pairs = assign([[-value for value in row] for row in likeness])
    partner: list[int | None] = [None] * len(labels)
    for row, column in pairs:
        if likeness[row][column] > 0:
            partner[row] = column
    return partner


def _likeness(label: HandLabel, place: Place, area: float) -> float:
    """Return 0..1, how well a found hand fits a label; 0 = it is another hand."""
    if label.points is None and label.box is None:
        # Far less than a hand with a place is worth, so that those choose first.
        return _ANYWHERE * (1.0 + area)
    by_joints = 0.0
    if label.points is not None:
        apart = errors_of(label.points, place.joints)
        known = apart[np.isfinite(apart)]
        by_joints = max(0.0, 1.0 - float(known.mean()) / FARTHEST) if len(known) else 0.0
    overlap = label.box.overlap(place.box) if label.box is not None else 0.0
    return max(by_joints, overlap if overlap >= LEAST_OVERLAP else 0.0)
