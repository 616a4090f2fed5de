"""Photographed hands with digits taken away or put in, so that a real look does not tell the number of digits."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.training.hand_cache import MOST_DIGITS, NOTHING, PALM_CODE, CachedHand

F64 = NDArray[np.float64]

_REMOVED, _ADDED = 0.35, 0.45
"""Chances to take digits away, and, where none is, to put some in."""
FEWEST_PIXELS = 60
_BRUSH = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))


def altered(hand: CachedHand, rng: Generator) -> CachedHand:
    """Return a hand with the number of its straight digits changed, or as it is.

    Args:
        hand: a photographed hand; only digits whose tips are seen are taken away or copied.
        rng: source of chance.
    """
    straight = np.flatnonzero(hand.states[:, 3] == JointState.VISIBLE)
    chance = rng.random()
    if chance < _REMOVED and len(straight) > 1:
        for digit in rng.choice(straight, min(len(straight) - 1, int(rng.choice([1, 2], p=[0.75, 0.25]))), False):
            hand = without(hand, int(digit))
    elif chance < _REMOVED + _ADDED and len(straight) > 1:
        for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.28, 0.12]))):
            hand = with_copy(hand, int(rng.choice(straight)), rng)
    return hand


def without(hand: CachedHand, digit: int) -> CachedHand:
    """Return the hand without a digit: cut off at its web, nothing in its place."""
    digits = cut_off(hand, digit)
    joints, states = hand.joints.copy(), hand.states.copy()
    joints[digit], states[digit] = np.nan, JointState.ABSENT
    altered = replace(hand, digits=digits, joints=joints, states=states)
    return flawed(altered, "missing", digits != NOTHING)


def cut_off(hand: CachedHand, digit: int) -> NDArray[np.uint8]:
    """Return (S, S) the map of digits without the pixels of one."""
    digits = np.where(hand.digits == digit, np.uint8(NOTHING), hand.digits)
    # A rim of its outline may be left that counted as palm.
    solid = cv2.morphologyEx((digits != NOTHING).astype(np.uint8), cv2.MORPH_OPEN, _BRUSH)
    digits[(solid == 0) & (digits == PALM_CODE)] = NOTHING
    return digits


def with_copy(hand: CachedHand, digit: int, rng: Generator) -> CachedHand:
    """Return the hand with a copy of a digit turned about the wrist: between two digits or beside the last.

    Args:
        hand: where to.
        digit: row of a digit whose pixels are seen.
        rng: source of chance.
    """
    free = free_rows(hand)
    mask = hand.digits == digit
    if not len(free) or mask.sum() < FEWEST_PIXELS:
        return hand
    row = int(free[-1])
    turn = _turn_about(hand, digit, hand.wrist.astype(float), rng)
    turn = about(turn[:, :2] @ hand.joints[digit, 0] + turn[:, 2], rng.normal(0.0, 5.0), rng.uniform(0.8, 1.1), turn)
    # The copy takes its root along, so that its skin runs on into the palm's.
    near_root = _root(hand, digit) & (hand.digits == PALM_CODE)
    grown = laid_over(hand, row, turn, mask, near_root)
    joints, states = grown.joints.copy(), grown.states.copy()
    joints[row] = joints[digit] @ turn[:, :2].T + turn[:, 2]
    states[row] = hand.states[digit]
    return flawed(replace(grown, joints=joints, states=states), "extra", grown.digits != NOTHING)


def laid_over(
    hand: CachedHand, row: int, matrix: F64, mask: NDArray[np.bool_], root: NDArray[np.bool_] | None = None
) -> CachedHand:
    """Return the hand with pixels of it laid over it in another place, as those of a digit.

    Args:
        hand: where from and where to.
        row: of the digit that they are there.
        matrix: (2, 3) from where they are to where they go.
        mask: (S, S) which pixels.
        root: (S, S) pixels that go along, but stay palm.
    """
    size = mask.shape[0]
    to_pixels = matrix.copy()
    to_pixels[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    taken = mask if root is None else mask | root
    moved = cv2.warpAffine(taken.astype(np.float32), to_pixels, (size, size))
    moved_mask = cv2.warpAffine(mask.astype(np.uint8), to_pixels, (size, size), flags=cv2.INTER_NEAREST) > 0
    skin = cv2.warpAffine(hand.colour, to_pixels, (size, size))
    alpha = np.where(hand.digits == PALM_CODE, cv2.GaussianBlur(moved, (0, 0), 2.0), moved)[..., None]
    colour = (hand.colour * (1 - alpha) + skin * alpha).astype(np.uint8)
    digits = hand.digits.copy()
    digits[(moved > 0.5) & (digits == NOTHING)] = PALM_CODE
    digits[moved_mask] = row
    at = np.nan_to_num(hand.joints).astype(int).clip(0, size - 1)
    covered = moved_mask[at[..., 1], at[..., 0]] & (hand.states == JointState.VISIBLE)
    states = np.where(covered, JointState.OCCLUDED, hand.states).astype(np.uint8)
    return replace(hand, colour=colour, digits=digits, states=states)


def free_rows(hand: CachedHand) -> NDArray[np.int64]:
    """Return the rows that no digit has."""
    return np.flatnonzero((hand.states == JointState.ABSENT).all(axis=1) & np.isnan(hand.joints).all(axis=(1, 2)))


def _turn_about(hand: CachedHand, digit: int, pivot: F64, rng: Generator) -> F64:
    """Return the (2, 3) turn that carries a digit half way to a neighbour, or past the last."""
    there = np.isfinite(hand.joints[:, 0, 0]) & (np.arange(MOST_DIGITS) != digit)
    own = hand.joints[digit, 0] - pivot
    away = hand.joints[there, 0] - pivot
    gaps = np.arctan2(own[0] * away[:, 1] - own[1] * away[:, 0], own[0] * away[:, 0] + own[1] * away[:, 1])
    sides = [gaps[gaps > 0.02], -gaps[gaps < -0.02]]
    side = int(rng.integers(2))
    gap = float(sides[side].min()) / 2 if len(sides[side]) else float(rng.uniform(0.25, 0.45))
    return about(pivot, np.degrees(gap) * (1 if side == 0 else -1), 1.0)


def about(pivot: F64, degrees: float, scale: float, first: F64 | None = None) -> F64:
    """Return the (2, 3) turn and growth about a point, after another."""
    a = np.radians(degrees)
    linear = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    matrix = np.column_stack([linear, pivot - linear @ pivot])
    if first is None:
        return matrix
    return np.column_stack([linear @ first[:, :2], linear @ first[:, 2] + matrix[:, 2]])


def _root(hand: CachedHand, digit: int) -> NDArray[np.bool_]:
    """Return the pixels around a digit's base."""
    base, middle = hand.joints[digit, 0], hand.joints[digit, 1]
    y, x = np.mgrid[0 : len(hand.digits), 0 : len(hand.digits)]
    radius = 0.45 * float(np.hypot(*(middle - base)))
    return np.asarray((x - base[0]) ** 2 + (y - base[1]) ** 2 < radius**2)


def flawed(hand: CachedHand, name: str, where: NDArray[np.bool_]) -> CachedHand:
    """Return the hand with one more of `hand.evidence.FLAWS`, seen at (S, S) pixels of it."""
    place = FLAWS.index(name)
    flaws = hand.flaws.copy()
    flaws[place] = 1
    there = where & (hand.digits != NOTHING)
    return replace(hand, flaws=flaws, wrong=(hand.wrong | (there.astype(np.uint8) << place)).astype(np.uint8))
