"""Training crops, composed anew each time: cut-out hands turned, placed, covered and spoilt, with their truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState
from handanat_studio.vision.training.alterations import altered
from handanat_studio.vision.training.digit_surgery import operated
from handanat_studio.vision.training.hand_cache import NOTHING, PALM_CODE, CachedHand, HandCache
from handanat_studio.vision.training.looks import spoil
from handanat_studio.vision.training.melting import melted
from handanat_studio.vision.training.surroundings import cover, draw_place, put_skin
from handanat_studio.vision.training.targets import ShownHand

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_EMPTY = 0.12
"""How often a crop shows no hand: where a detector errs, the network must say so."""
_PHOTOGRAPHED = 0.3
"""How often a hand is a photographed one, where there are any."""
_MELTED = 0.15
"""How often a hand's skin melts or tangles, as image generators let it."""
_CODES = 16
"""Digit codes set aside for each hand of a crop."""


@dataclass(frozen=True, eq=False)
class View:
    """A training crop.

    Attributes:
        image: (S, S, 3) uint8 RGB.
        digit_map: (S, S) uint8: 0 = no hand, 1 = palm or arm, 2.. = digits.
        hands: the hands in it; the first is the one the crop is about.
        wrong: (S, S) uint8, bit k set where flaw k of `hand.evidence.FLAWS` is seen; None = nowhere.
    """

    image: U8
    digit_map: U8
    hands: list[ShownHand]
    wrong: U8 | None = None


class Supply(Protocol):
    """Where crops take their hands and what is behind them."""

    @property
    def photos(self) -> Sequence[U8]:
        """Images without hands, RGB."""

    def hand(self, rng: Generator, /) -> CachedHand:
        """Return one hand."""


@dataclass(frozen=True, eq=False)
class Stock:
    """What training crops are composed of.

    Attributes:
        drawn: drawn hands.
        photos: images without hands, RGB.
        photographed: hands cut out of photographs; None = only drawn ones.
        melts: whether some hands melt.
    """

    drawn: HandCache
    photos: Sequence[U8] = ()
    photographed: HandCache | None = None
    melts: bool = True

    def hand(self, rng: Generator) -> CachedHand:
        """Return one hand; a photographed one with digits taken away or added, as often as a drawn one has them.

        Some hands melt, drawn and photographed ones alike.
        """
        if self.photographed is not None and rng.random() < _PHOTOGRAPHED:
            hand = operated(altered(self.photographed[int(rng.integers(len(self.photographed)))], rng), rng)
        else:
            hand = self.drawn[int(rng.integers(len(self.drawn)))]
        if self.melts and rng.random() < _MELTED:
            return melted(hand, rng)
        return hand


def draw_view(stock: Supply, rng: Generator, size: int) -> View:
    """Compose one crop.

    Args:
        stock: what to choose from.
        rng: source of chance.
        size: pixels, the crop is square.
    """
    photos = stock.photos
    image = draw_place(rng, photos, size)
    digit_map, wrong = np.zeros((2, size, size), np.uint8)
    kind = rng.random()
    for _ in range(int(rng.choice([0, 1, 2], p=[0.72, 0.2, 0.08])) + (kind < 0.5 * _EMPTY)):
        put_skin(rng, image)
    if kind < _EMPTY:
        return View(spoil(image, rng), digit_map, [], wrong)
    first = _placed(stock, rng, size)
    placed = [first]
    if kind < _EMPTY + 0.1:
        placed.append(_placed(stock, rng, size, beside=first))
    shown: list[ShownHand] = []
    for number in reversed(range(len(placed))) if rng.random() < 0.6 else range(len(placed)):
        shown = _paste(image, digit_map, placed[number], number, shown, rng)
        there = placed[number].digits != NOTHING
        wrong[there] = placed[number].wrong[there]
    shown.sort(key=lambda h: h.first_code)
    if rng.random() < 0.2:
        _adorn(image, shown[0], rng)
    if rng.random() < 0.22:
        shown = _covered(image, digit_map, shown, first.extent, rng)
    if rng.random() < 0.15:
        shown = _framed(image, digit_map, shown, rng)
    return View(spoil(image, rng), digit_map, shown, np.where(digit_map > 0, wrong, 0).astype(np.uint8))


@dataclass(frozen=True, eq=False)
class _Placed:
    colour: U8
    digits: U8
    wrist: F64
    joints: F64
    states: U8
    fused: F32
    flaws: U8
    wrong: U8
    extent: float


def _placed(stock: Supply, rng: Generator, size: int, beside: _Placed | None = None) -> _Placed:
    hand = stock.hand(rng)
    points = np.concatenate([hand.joints.reshape(-1, 2), hand.wrist[None]])
    points = points[np.isfinite(points).all(axis=1)].astype(float)
    turn = rng.normal(0.0, 18.0) if rng.random() < 0.65 else rng.uniform(-180.0, 180.0)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    a = np.radians(turn)
    stretch = np.exp(rng.normal(0.0, 0.06, 2))
    linear = (
        np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        @ np.diag([mirror * stretch[0], stretch[1]])
        @ np.array([[1.0, rng.normal(0.0, 0.05)], [0.0, 1.0]])
    )
    turned = points @ linear.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    fill = rng.uniform(0.52, 0.92) if rng.random() < 0.85 else rng.uniform(0.92, 1.2)
    goal = np.array([0.5, 0.5]) * size + rng.normal(0.0, 0.05, 2) * size
    if beside is not None:
        fill = float(np.clip(beside.extent / size * rng.uniform(0.7, 1.3), 0.3, 1.1))
        away = rng.uniform(0, 2 * np.pi)
        goal = goal + np.array([np.cos(away), np.sin(away)]) * beside.extent * rng.uniform(0.55, 1.1)
    scale = fill * size / float((high - low).max())
    matrix = np.column_stack([linear * scale, goal - scale * (low + high) / 2])
    return _warped(hand, matrix, size, fill * size, scale)


def _warped(hand: CachedHand, matrix: F64, size: int, extent: float, scale: float) -> _Placed:
    colour = hand.colour
    if scale < 0.6:
        colour = cv2.GaussianBlur(colour, (0, 0), 0.35 / scale)
    to_pixels = matrix.copy()
    # A joint's coordinates have their origin at a pixel's corner, OpenCV's at its middle.
    to_pixels[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    return _Placed(
        colour=cv2.warpAffine(colour, to_pixels, (size, size), flags=cv2.INTER_LINEAR),
        digits=cv2.warpAffine(hand.digits, to_pixels, (size, size), flags=cv2.INTER_NEAREST, borderValue=NOTHING),
        wrist=hand.wrist.astype(float) @ matrix[:, :2].T + matrix[:, 2],
        joints=hand.joints.astype(float) @ matrix[:, :2].T + matrix[:, 2],
        states=hand.states,
        fused=hand.fused,
        flaws=hand.flaws,
        wrong=cv2.warpAffine(hand.wrong, to_pixels, (size, size), flags=cv2.INTER_NEAREST),
        extent=extent,
    )


def _paste(
    image: F32, digit_map: U8, hand: _Placed, number: int, shown: list[ShownHand], rng: Generator
) -> list[ShownHand]:
    """Put a hand in front of what is there, in place; return all hands with their joints' new states."""
    size = len(image)
    mask = hand.digits != NOTHING
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.75)[..., None]
    if rng.random() < 0.35:
        offset = rng.normal(0.0, 0.04, 2) * size
        shadow = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), float(rng.uniform(1.5, 0.05 * size)))
        move = np.array([[1, 0, offset[0]], [0, 1, offset[1]]])
        shadow = cv2.warpAffine(shadow, move, (size, size))[..., None]
        image *= 1.0 - shadow * np.float32(rng.uniform(0.15, 0.6))
    image *= 1.0 - alpha
    image += hand.colour.astype(np.float32) * alpha
    first_code = 2 + _CODES * number
    digit_map[mask] = np.where(hand.digits[mask] == PALM_CODE, 1, hand.digits[mask] + first_code)
    inside = ((hand.joints >= 0) & (hand.joints < size)).all(axis=2)
    there = hand.states != JointState.ABSENT
    states = np.where(there & ~inside, JointState.OUTSIDE, hand.states).astype(np.uint8)
    places = hand.joints.astype(np.float32)
    new = ShownHand(hand.wrist.astype(np.float32), places, states, hand.fused, first_code, hand.flaws)
    return [*(_hidden_where(mask, h) for h in shown), new]


def _hidden_where(covered: NDArray[np.bool_], hand: ShownHand) -> ShownHand:
    size = len(covered)
    at = np.nan_to_num(hand.joints, nan=0.0).astype(int).clip(0, size - 1)
    hidden = covered[at[..., 1], at[..., 0]] & np.isin(hand.states, (JointState.VISIBLE, JointState.SELF_OCCLUDED))
    states = np.where(hidden, JointState.OCCLUDED, hand.states).astype(np.uint8)
    return replace(hand, states=states)


def _covered(image: F32, digit_map: U8, shown: list[ShownHand], extent: float, rng: Generator) -> list[ShownHand]:
    """Put a thing before the hand or into it, in place: fingers that hold it lie before it."""
    joints, spared = shown[0].joints, np.zeros(digit_map.shape, bool)
    middle = np.nanmean(joints.reshape(-1, 2), axis=0)
    if rng.random() < 0.6:
        middle = np.nanmean(joints[:, :2].reshape(-1, 2), axis=0)
        holding = shown[0].first_code + np.flatnonzero(rng.random(len(joints)) < 0.65)
        spared = np.isin(digit_map, holding)
    covered = cover(rng, image, (float(middle[0]), float(middle[1])), 0.5 * extent, spared)
    digit_map[covered] = 0
    return [_hidden_where(covered, h) for h in shown]


def _adorn(image: F32, hand: ShownHand, rng: Generator) -> None:
    """Draw rings or plasters across a digit, in place."""
    for row in np.flatnonzero(hand.states[:, 1] == JointState.VISIBLE):
        if rng.random() > 0.35:
            continue
        root, joint = hand.joints[row, 0], hand.joints[row, 1]
        along = joint - root
        length = float(np.hypot(*along))
        if not np.isfinite(length) or length < 4:
            continue
        across = np.array([-along[1], along[0]]) / length * length * rng.uniform(0.18, 0.26)
        place = root + along * rng.uniform(0.45, 0.9)
        ends = [tuple(round(float(v)) for v in place + s * across) for s in (-1, 1)]
        colour = tuple(
            float(v) for v in rng.uniform(40, 255) * np.array([1.0, rng.uniform(0.7, 1), rng.uniform(0.4, 1)])
        )
        cv2.line(image, ends[0], ends[1], colour, int(rng.uniform(0.05, 0.2) * length) + 1, cv2.LINE_AA)


def _framed(image: F32, digit_map: U8, hands: list[ShownHand], rng: Generator) -> list[ShownHand]:
    """Let the image end inside the crop, in place, as where a hand lies at its edge."""
    size = len(image)
    gone = np.zeros((size, size), bool)
    depth = int(rng.uniform(0.03, 0.2) * size)
    side = int(rng.integers(4))
    part = [np.s_[:depth], np.s_[size - depth :], np.s_[:, :depth], np.s_[:, size - depth :]][side]
    gone[part] = True
    image[gone] = 114.0 if rng.random() < 0.6 else float(rng.uniform(0, 255))
    digit_map[gone] = 0
    return [_hidden_where(gone, h) for h in hands]
