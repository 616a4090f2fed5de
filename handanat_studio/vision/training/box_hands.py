"""A cut-out hand laid into a scene that has many: turned to where its arm comes from, scaled, warped, with its box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.vision.training.hand_cache import CachedHand

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

NOTHING = 255
"""Value of a cut-out's digit map where there is no hand."""
PADDING = 0.12
"""Flesh around the joints, as a share of the longer side of their box."""
_SOFTENED_BELOW = 0.6


@dataclass(frozen=True, eq=False)
class LaidHand:
    """A hand in the pixels of a scene of side S.

    Attributes:
        colour: (S, S, 3) float32 RGB 0..255.
        alpha: (S, S) float32, how far a pixel belongs to hand or arm, 0..1.
        digits: (S, S) uint8, row of the digit, 254 = palm and arm, 255 = nothing.
        joints: (K, 2) float64, joints and wrist that have coordinates; the wrist is the last.
        box: (4,) float64, left, top, right, bottom of the hand without its arm; may reach beyond the scene.
        extent: the longer side of the joints' box.
        skin: (3,) float32, the colour at the wrist.
        source: the cut-out as it was kept.
    """

    colour: F32
    alpha: F32
    digits: U8
    joints: F64
    box: F64
    extent: float
    skin: F32
    source: CachedHand

    @property
    def wrist(self) -> F64:
        """(2,) pixels."""
        return np.asarray(self.joints[-1])

    @property
    def arm_direction(self) -> F64:
        """(2,) unit vector from the hand's middle over the wrist into the arm."""
        along = self.wrist - self.joints[:-1].mean(axis=0)
        return np.asarray(along / max(float(np.hypot(*along)), 1e-6))


def lay_hand(
    hand: CachedHand,
    rng: Generator,
    size: int,
    *,
    extent: float,
    middle: tuple[float, float] | None = None,
    wrist: tuple[float, float] | None = None,
    pointing: float | None = None,
    whole: bool = False,
) -> LaidHand:
    """Place a cut-out.

    Args:
        hand: what to place.
        rng: source of chance (mirroring, a little shear and stretch, and the turn where none is asked for).
        size: pixels, the scene is square.
        extent: pixels, wanted longer side of the joints' box.
        middle: where the middle of the joints' box goes, or
        wrist: where the wrist goes.
        pointing: radians, direction from the wrist to the hand's middle; None = any.
        whole: keep all of the picture the hand was cut from.
    """
    points = np.concatenate([hand.joints.reshape(-1, 2), hand.wrist[None]])
    points = points[np.isfinite(points).all(axis=1)].astype(float)
    shape = np.diag(np.exp(rng.normal(0.0, 0.05, 2))) @ np.array([[1.0, rng.normal(0.0, 0.05)], [0.0, 1.0]])
    if rng.random() < 0.5:
        shape = np.diag([-1.0, 1.0]) @ shape
    linear = _turned(points @ shape.T, pointing, rng) @ shape
    moved = points @ linear.T
    low, high = moved.min(axis=0), moved.max(axis=0)
    scale = extent / max(float((high - low).max()), 1e-6)
    goal, anchor = (wrist, moved[-1]) if wrist is not None else (middle, (low + high) / 2)
    if goal is None:
        raise ValueError("a hand needs a place: its middle or its wrist")
    matrix = np.column_stack([linear * scale, np.array(goal) - scale * anchor])
    return _warped(hand, matrix, points @ matrix[:, :2].T + matrix[:, 2], size, scale, whole)


def _turned(points: F64, pointing: float | None, rng: Generator) -> F64:
    """Return the (2, 2) turn: to a direction if one is asked for, else mostly a little, sometimes any."""
    if pointing is None:
        angle = rng.normal(0.0, 0.35) if rng.random() < 0.5 else rng.uniform(-np.pi, np.pi)
    else:
        along = points[:-1].mean(axis=0) - points[-1]
        angle = pointing - float(np.arctan2(along[1], along[0]))
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _warped(hand: CachedHand, matrix: F64, joints: F64, size: int, scale: float, whole: bool) -> LaidHand:
    colour = hand.colour
    if scale < _SOFTENED_BELOW:
        colour = cv2.GaussianBlur(colour, (0, 0), 0.35 / scale)
    to_pixels = matrix.copy()
    # A joint's coordinates have their origin at a pixel's corner, OpenCV's at its middle.
    to_pixels[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    digits = cv2.warpAffine(hand.digits, to_pixels, (size, size), flags=cv2.INTER_NEAREST, borderValue=NOTHING)
    there = np.full(hand.digits.shape, 255, np.uint8) if whole else np.where(hand.digits == NOTHING, 0, 255)
    alpha = cv2.warpAffine(there.astype(np.uint8), to_pixels, (size, size), flags=cv2.INTER_LINEAR)
    if not whole:
        alpha = cv2.GaussianBlur(alpha, (0, 0), 0.6)
    low, high = joints.min(axis=0), joints.max(axis=0)
    extent = float((high - low).max())
    return LaidHand(
        colour=cv2.warpAffine(colour, to_pixels, (size, size), flags=cv2.INTER_LINEAR).astype(np.float32),
        alpha=alpha.astype(np.float32) / 255.0,
        digits=digits,
        joints=joints,
        box=_box(digits, low - PADDING * extent, high + PADDING * extent),
        extent=extent,
        skin=_skin_at(hand),
        source=hand,
    )


def _box(digits: U8, low: F64, high: F64) -> F64:
    """Return the padded box of the joints, drawn in where the hand ends sooner."""
    size = len(digits)
    left, top = np.clip(np.floor(low), 0, size).astype(int)
    right, bottom = np.clip(np.ceil(high), 0, size).astype(int)
    inside = digits[top:bottom, left:right] != NOTHING
    if not inside.any():
        return np.concatenate([low, high])
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    seen_low = np.array([left + columns[0], top + rows[0]], float)
    seen_high = np.array([left + columns[-1] + 1, top + rows[-1] + 1], float)
    # Where the hand goes on beyond the scene, its mask says nothing about where it ends.
    return np.concatenate([np.where(low < 0, low, np.maximum(low, seen_low)),
                           np.where(high > size, high, np.minimum(high, seen_high))])  # fmt: skip


def _skin_at(hand: CachedHand) -> F32:
    """Return the mean colour of the hand around its wrist."""
    x, y = (int(v) for v in np.clip(hand.wrist, 0, len(hand.digits) - 1))
    reach = max(2, len(hand.digits) // 24)
    part = np.s_[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
    there = hand.digits[part] != NOTHING
    colours = hand.colour[part][there] if there.any() else hand.colour[hand.digits != NOTHING]
    return np.asarray(colours.reshape(-1, 3).mean(axis=0), np.float32)
