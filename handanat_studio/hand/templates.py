"""A hand to begin with: an ordinary open one, or a copy of another hand, fitted into a box.

A start for the eye and the mouse; nothing in it was measured on the picture.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from handanat_studio.hand.limits import BONE_SHARES, KNUCKLE_ROW
from handanat_studio.hand.topology import LOCATED_STATES, JointState, Side
from handanat_studio.hand.values import F32, Box, HandPose

_KNUCKLE_WIDTH = 0.62  # index base to little base over the middle finger's length
_FINGERS_DEG = (-8.0, 0.0, 7.0, 16.0)  # slightly spread, from the middle finger's direction
_THUMB_DEG = (-52.0, -44.0, -36.0, -30.0)


def template(side: Side, box: Box) -> HandPose:
    """Return an ordinary open hand, fingers up, as large as fits into a box without changing its proportions.

    Seen from the back: a right hand has its thumb on the left. An unknown side looks like a right hand.

    Args:
        side: the subject's own side.
        box: where to put it, pixels.

    Source:
        Bone lengths and the row of knuckles from `limits`; the directions are our own choice.
    """
    shape = _open_hand()
    if side is Side.LEFT:
        shape = shape * np.array([-1, 1], np.float32)
    return HandPose.ordinary(_fitted(shape, box), side=side)


def placed_from(previous: HandPose, box: Box) -> HandPose:
    """Return a copy of another hand, moved and scaled into a box without changing its proportions.

    Digits, fusions, splits, side and what is anatomically absent are kept; every joint with a place counts as visible,
    and depth and confidence, which were measured on the other hand, are dropped.

    Args:
        previous: the hand to copy.
        box: where to put it, pixels.
    """
    placed = np.isfinite(previous.points).all(axis=1) & np.isin(previous.states, LOCATED_STATES)
    absent = previous.states == JointState.ABSENT
    states = np.where(placed, JointState.VISIBLE, np.where(absent, JointState.ABSENT, JointState.UNLABELLED))
    points = np.where(placed[:, None], previous.points, np.float32(np.nan))
    if placed.any():
        points = _fitted(points, box)
    return replace(previous, points=points, states=states.astype(np.uint8), world=None, confidence=float("nan"))


def _open_hand() -> F32:
    """Return (21, 2): a right hand from the back, wrist at the origin, in middle finger lengths, y down."""
    rows = [(0.0, 0.0)]
    for bone, angle_deg in zip(BONE_SHARES[0], _THUMB_DEG, strict=True):
        rows.append(_onward(rows[-1], bone, angle_deg))
    for (ray, *bones), across, angle_deg in zip(BONE_SHARES[1:], KNUCKLE_ROW, _FINGERS_DEG, strict=True):
        x = -across * _KNUCKLE_WIDTH
        rows.append((x, -math.sqrt(ray**2 - x**2)))
        for bone in bones:
            rows.append(_onward(rows[-1], bone, angle_deg))
    return np.array(rows, np.float32)


def _onward(start: tuple[float, float], length: float, angle_deg: float) -> tuple[float, float]:
    angle = math.radians(angle_deg)
    return start[0] + length * math.sin(angle), start[1] - length * math.cos(angle)


def _fitted(points: F32, box: Box) -> F32:
    """Move and scale located points into the middle of a box; a single point, or none, is only moved."""
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    room = np.array([box.width, box.height], np.float64)
    extent = (high - low).astype(np.float64)
    scales = room[extent > 0] / extent[extent > 0]
    scale = float(scales.min()) if len(scales) else 1.0
    middle = np.array([box.x, box.y]) + room / 2
    fitted: F32 = ((points - (low + high) / 2) * scale + middle).astype(np.float32)
    return fitted
