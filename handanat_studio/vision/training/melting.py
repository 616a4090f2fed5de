"""Hands whose skin melts or tangles, as image generators let it: bent out of shape, grown together, shown twice over.

Nothing is asked about digits where it happens; only that it happens, and where.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState
from handanat_studio.vision.training.alterations import flawed
from handanat_studio.vision.training.hand_cache import NOTHING, PALM_CODE, CachedHand

F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

_LEAST_SHIFT = 0.012
"""Shares of the picture's side by which a pixel must have moved to count as out of shape."""
_FEWEST_PIXELS = 450
_WAYS = ("bend", "grow", "double", "scatter")
_HOW_OFTEN = (0.4, 0.2, 0.2, 0.2)


def melted(hand: CachedHand, rng: Generator) -> CachedHand:
    """Return a hand of which a part, or all, has lost its shape.

    Args:
        hand: drawn or photographed.
        rng: source of chance.
    """
    window = _window(hand, rng)
    changed = hand
    for way in rng.choice(_WAYS, int(rng.choice([1, 2], p=[0.6, 0.4])), replace=False, p=_HOW_OFTEN):
        changed, where = {"bend": _bent, "grow": _grown, "double": _doubled, "scatter": _scattered}[str(way)](
            changed, window, rng
        )
        if where.sum() >= _FEWEST_PIXELS:
            changed = _lost(flawed(changed, "melted", where), where)
    return changed


def _window(hand: CachedHand, rng: Generator) -> F32:
    """Return (S, S) 0..1, how much each pixel takes part: about one joint, or everywhere."""
    size = len(hand.digits)
    joints = hand.joints.reshape(-1, 2)
    joints = joints[np.isfinite(joints).all(axis=1)]
    if rng.random() < 0.25 or not len(joints):
        return np.ones((size, size), np.float32)
    x, y = joints[int(rng.integers(len(joints)))]
    radius = rng.uniform(0.13, 0.34) * size
    rows, columns = np.mgrid[0:size, 0:size]
    away = ((columns - x) ** 2 + (rows - y) ** 2) / (radius * radius)
    return np.asarray(np.exp(-(away**2)), np.float32)


def _bent(hand: CachedHand, window: F32, rng: Generator) -> tuple[CachedHand, Mask]:
    """Move the skin about, smoothly but by up to a finger's breadth."""
    size = len(hand.digits)
    cells = int(rng.integers(6, 15))
    rough = rng.normal(0.0, 1.0, (2, cells, cells)).astype(np.float32)
    shift = np.stack([cv2.resize(r, (size, size), interpolation=cv2.INTER_CUBIC) for r in rough])
    shift *= np.float32(rng.uniform(0.25, 0.5) * size / cells) * window
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    to = (columns + shift[0], rows + shift[1])
    bent = replace(
        hand,
        colour=cv2.remap(hand.colour, *to, cv2.INTER_LINEAR),
        digits=cv2.remap(hand.digits, *to, cv2.INTER_NEAREST, borderValue=NOTHING),
        wrong=cv2.remap(hand.wrong, *to, cv2.INTER_NEAREST),
        joints=_moved(hand.joints.reshape(-1, 2), shift).reshape(hand.joints.shape),
        wrist=_moved(hand.wrist[None], shift)[0],
    )
    return bent, np.hypot(shift[0], shift[1]) > _LEAST_SHIFT * size


def _moved(points: F32, shift: F32) -> F32:
    """Return where points go when each pixel shows what lies `shift` away from it."""
    size = shift.shape[-1]
    at = points.copy()
    for _ in range(4):
        x, y = np.nan_to_num(at).astype(int).clip(0, size - 1).T
        at = points - shift[:, y, x].T
    return np.asarray(at, np.float32)


def _grown(hand: CachedHand, window: F32, rng: Generator) -> tuple[CachedHand, Mask]:
    """Fill the gaps between digits with skin, and blur the lines between them."""
    size = len(hand.digits)
    mask = (hand.digits != NOTHING).astype(np.uint8)
    breadth = int(rng.uniform(0.05, 0.12) * size) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (breadth, breadth)))
    new = (closed > 0) & (mask == 0) & (window > 0.5)
    near = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.03 * size)[..., None]
    skin = cv2.GaussianBlur(hand.colour * mask[..., None].astype(np.float32), (0, 0), 0.03 * size) / (near + 1e-3)
    colour = np.where(new[..., None], skin, hand.colour.astype(np.float32))
    # Soft over the new skin and over what it joins: no line is left where it was put in.
    soft = cv2.GaussianBlur(new.astype(np.float32), (0, 0), 0.012 * size)
    soft = np.clip(3.0 * soft, 0, 1)[..., None] * (closed > 0)[..., None]
    blurred = cv2.GaussianBlur(colour, (0, 0), float(rng.uniform(0.006, 0.016)) * size)
    colour = colour * (1 - soft) + blurred * soft
    digits = np.where(new, np.uint8(PALM_CODE), hand.digits)
    where = cv2.dilate(new.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return replace(hand, colour=colour.astype(np.uint8), digits=digits), where


def _doubled(hand: CachedHand, window: F32, rng: Generator) -> tuple[CachedHand, Mask]:
    """Show the hand a second time through itself, a little turned."""
    size = len(hand.digits)
    degrees = float(rng.uniform(8.0, 30.0) * rng.choice([-1, 1]))
    x, y = (float(v) for v in hand.wrist + rng.normal(0.0, 0.05, 2) * size)
    turn = cv2.getRotationMatrix2D((x, y), degrees, float(rng.uniform(0.85, 1.1)))
    ghost = cv2.warpAffine(hand.colour, turn, (size, size)).astype(np.float32)
    there = cv2.warpAffine((hand.digits < PALM_CODE).astype(np.uint8), turn, (size, size), flags=cv2.INTER_NEAREST) > 0
    share = window * there * np.float32(rng.uniform(0.4, 1.0))
    share = np.where(hand.digits == NOTHING, np.where(share > 0.35, 1.0, 0.0), share).astype(np.float32)
    share = cv2.GaussianBlur(share, (0, 0), 1.2)[..., None]
    colour = hand.colour * (1 - share) + ghost * share
    digits = np.where((hand.digits == NOTHING) & (share[..., 0] > 0.5), np.uint8(PALM_CODE), hand.digits)
    return replace(hand, colour=colour.astype(np.uint8), digits=digits), share[..., 0] > 0.2


def _scattered(hand: CachedHand, window: F32, rng: Generator) -> tuple[CachedHand, Mask]:
    """Lay pieces of digits across the hand, as if fingers grew out of fingers."""
    size = len(hand.digits)
    colour, digits = hand.colour.astype(np.float32), hand.digits.copy()
    where = np.zeros((size, size), bool)
    rows = np.flatnonzero((hand.states[:, 3] == JointState.VISIBLE) & np.isfinite(hand.joints).all(axis=(1, 2)))
    goals = hand.joints[rows].reshape(-1, 2) if len(rows) else hand.joints.reshape(-1, 2)[:0]
    if len(goals):
        chances = np.array([window[int(np.clip(y, 0, size - 1)), int(np.clip(x, 0, size - 1))] for x, y in goals])
        chances = (chances + 1e-3) / (chances + 1e-3).sum()
        for _ in range(int(rng.integers(1, 5))):
            row, goal = int(rng.choice(rows)), goals[int(rng.choice(len(goals), p=chances))]
            pivot = hand.joints[row, int(rng.integers(1, 4))]
            turn = cv2.getRotationMatrix2D(
                (float(pivot[0]), float(pivot[1])), float(rng.uniform(-180, 180)), float(rng.uniform(0.7, 1.1))
            )
            turn[:, 2] += goal - pivot
            piece = (hand.digits == row).astype(np.float32)
            reach = rng.uniform(0.06, 0.16) * size
            cv2.circle(near := np.zeros_like(piece), (int(pivot[0]), int(pivot[1])), int(reach), 1.0, -1)
            alpha = cv2.GaussianBlur(cv2.warpAffine(piece * near, turn, (size, size)), (0, 0), 1.5)[..., None]
            alpha *= np.float32(rng.uniform(0.6, 1.0))
            colour = colour * (1 - alpha) + cv2.warpAffine(hand.colour, turn, (size, size)) * alpha
            digits = np.where((alpha[..., 0] > 0.5) & (digits == NOTHING), np.uint8(PALM_CODE), digits)
            where |= alpha[..., 0] > 0.25
    return replace(hand, colour=colour.astype(np.uint8), digits=digits), where


def _lost(hand: CachedHand, where: Mask) -> CachedHand:
    """Return the hand with the joints in a place no longer seen."""
    at = np.nan_to_num(hand.joints).astype(int).clip(0, len(where) - 1)
    gone = where[at[..., 1], at[..., 0]] & (hand.states == JointState.VISIBLE)
    return replace(hand, states=np.where(gone, JointState.SELF_OCCLUDED, hand.states).astype(np.uint8))
