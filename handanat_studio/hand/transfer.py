"""Carry joints and digits over from one pose of a hand to another pose of it, with their states and depth.

The origin of world coordinates is arbitrary, so depth is carried over relative to the joints that both poses have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from handanat_studio.hand import edits
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, DigitKind
from handanat_studio.hand.values import F32, HandPose


def world_shift(pose: HandPose, other: HandPose, twins: Mapping[int, int]) -> F32:
    """Return (3,) metres from the world origin of `other` to that of `pose`; zero if they share no joint.

    Args:
        pose: the pose that receives.
        other: the pose that gives.
        twins: digit of `pose` -> the same digit in `other`.
    """
    none = np.zeros(3, np.float32)
    if pose.world is None or other.world is None:
        return none
    rows, sources = [WRIST], [WRIST]
    for digit_id, twin in twins.items():
        rows += _rows(pose, digit_id)
        sources += _rows(other, twin)
    apart = pose.world[rows] - other.world[sources]
    known = apart[np.isfinite(apart).all(axis=1)]
    return np.median(known, axis=0).astype(np.float32) if len(known) else none


def copy_row(pose: HandPose, row: int, other: HandPose, source: int, shift: F32) -> HandPose:
    """Give a joint the place, the state and the depth of another pose's joint."""
    points, states = pose.points.copy(), pose.states.copy()
    points[row], states[row] = other.points[source], other.states[source]
    world = pose.world
    if other.world is not None or world is not None:
        world = np.full((len(points), 3), np.nan, np.float32) if world is None else world.copy()
        world[row] = np.nan if other.world is None else other.world[source] + shift
    return replace(pose, points=points, states=states, world=world)


def copy_digit(
    pose: HandPose, digit_id: int, other: HandPose, twin: int, *, shift: F32, kept: Collection[int] = ()
) -> HandPose:
    """Give a digit the joints of another pose's digit, except the rows of `pose` in `kept`."""
    for row, source in zip(_rows(pose, digit_id), _rows(other, twin), strict=True):
        if row not in kept:
            pose = copy_row(pose, row, other, source, shift)
    return pose


def add_digit(pose: HandPose, other: HandPose, digit_id: int, *, new_id: int, shift: F32) -> HandPose:
    """Append another pose's digit under the id `new_id`; fusions and splits do not come along."""
    kind = DigitKind(int(other.digit_kind[other.digit_index(digit_id)]))
    blank = np.full((JOINTS_PER_DIGIT, 2), np.nan, np.float32)
    return copy_digit(edits.add_digit(pose, kind, blank, digit_id=new_id), new_id, other, digit_id, shift=shift)


def _rows(pose: HandPose, digit_id: int) -> range:
    rows = edits.digit_rows(pose, digit_id)
    return range(rows.start, rows.stop)
