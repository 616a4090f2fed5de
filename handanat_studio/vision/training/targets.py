"""From what is in a training crop to the maps the digit network should answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.digit_maps import COARSE_STRIDE, FINE, FINE_STRIDE, HEATS, MOST_TIPS, WAYS

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SIGMA = 1.35
"""Spread of a peak, in cells of the fine maps."""
_REACH = 5
_DISC = 2
_TIP, _BASE, _MIDDLE, _DISTAL = 0, 1, 2, 3
_LEVEL_OF_HEAT = {_TIP: 3, _BASE: 0, _MIDDLE: 1, _DISTAL: 2}
_MOST_HIDDEN = 0.25
"""Share of a hand's joints that may be covered or outside before its flaws are no longer asked for."""
_MELTED = np.uint8(1 << FLAWS.index("melted"))
_SEEN = int(JointState.VISIBLE)
_HIDDEN_BY_ITSELF = int(JointState.SELF_OCCLUDED)


@dataclass(frozen=True, eq=False)
class ShownHand:
    """One hand as it stands in a crop.

    Attributes:
        wrist: (2,) pixels of the crop.
        joints: (D, 4, 2) pixels, NaN = no coordinate.
        states: (D, 4) `JointState` in the crop.
        fused: (K, 3) rows of two digits grown together, and how far.
        first_code: code of the hand's first digit in the crop's digit map.
        flaws: (8,) uint8 of `hand.evidence.FLAWS`.
    """

    wrist: F32
    joints: F32
    states: U8
    fused: F32
    first_code: int
    flaws: U8 = field(default_factory=lambda: np.zeros(len(FLAWS), np.uint8))


@dataclass(frozen=True, eq=False)
class Targets:
    """Wanted maps and where they count.

    Attributes:
        fine: (len(FINE), S/2, S/2) float32 0..1.
        fine_weight: (HEATS, S/2, S/2) float32, 0 where a peak may or may not be.
        coarse: (len(WAYS), S/4, S/4) float32.
        coarse_weight: (3, S/4, S/4) float32: along digits, around tips, around bases.
        answers: (3,) int64: a hand is there, assessable, number of visible tips.
        wrong: (8, S/4, S/4) float32 0 or 1, where each flaw is seen; NaN where it is not asked for.
        flaws: (8,) float32 0 or 1; NaN = so much of the hand is hidden that nobody could say.
    """

    fine: F32
    fine_weight: F32
    coarse: F32
    coarse_weight: F32
    answers: NDArray[np.int64]
    wrong: F32
    flaws: F32


def targets_of(digit_map: U8, hands: list[ShownHand], wrong: U8 | None = None) -> Targets:
    """Return the maps for a crop.

    Args:
        digit_map: (S, S) uint8: 0 = no hand, 1 = palm or arm, 2.. = digits, numbered through all hands.
        hands: the hands in it; the first is the one the crop is about.
        wrong: (S, S) uint8, bit k set where flaw k is seen; None = nowhere.
    """
    size = len(digit_map)
    wrong = np.zeros_like(digit_map) if wrong is None else wrong
    fine = np.zeros((len(FINE), size // FINE_STRIDE, size // FINE_STRIDE), np.float32)
    weight = np.ones((HEATS, *fine.shape[1:]), np.float32)
    for hand in hands:
        for heat, level in _LEVEL_OF_HEAT.items():
            _put_peaks(fine[heat], weight[heat], hand, heat, level)
    melts = wrong[FINE_STRIDE // 2 :: FINE_STRIDE, FINE_STRIDE // 2 :: FINE_STRIDE] & _MELTED
    weight[:, melts > 0] = 0.0
    small = digit_map[FINE_STRIDE // 2 :: FINE_STRIDE, FINE_STRIDE // 2 :: FINE_STRIDE]
    fine[4], fine[5] = small >= 2, small >= 1
    fine[6], fine[7] = _seams(small, hands)
    coarse, coarse_weight = _ways(size, hands)
    tips = sum(int((h.states[:, 3] == _SEEN).sum()) for h in hands)
    clear = bool(hands) and not (_exists(hands[0]) & (hands[0].states[:, 3] != _SEEN)).any()
    answers = np.array([bool(hands), clear, min(tips, MOST_TIPS)], np.int64)
    flaws = _flaws(hands)
    return Targets(fine, weight, coarse, coarse_weight, answers, _places(digit_map, wrong, flaws), flaws)


def _places(digit_map: U8, wrong: U8, flaws: F32) -> F32:
    """Return where each flaw is seen, on the hands only."""
    middle = slice(COARSE_STRIDE // 2, None, COARSE_STRIDE)
    bits = np.unpackbits(wrong[middle, middle][None], axis=0, bitorder="little")[: len(FLAWS)].astype(np.float32)
    bits[:, digit_map[middle, middle] == 0] = np.nan
    bits[np.isnan(flaws)] = np.nan
    return bits


def _flaws(hands: list[ShownHand]) -> F32:
    """Return what is wrong with the crop's own hand."""
    if not hands:
        return np.full(len(FLAWS), np.nan, np.float32)
    states = hands[0].states[_exists(hands[0])]
    hidden = np.isin(states, (JointState.OCCLUDED, JointState.OUTSIDE)).mean() if states.size else 1.0
    return np.asarray(np.where(hidden > _MOST_HIDDEN, np.nan, hands[0].flaws), np.float32)


def _exists(hand: ShownHand) -> NDArray[np.bool_]:
    return np.asarray(hand.states[:, 3] != int(JointState.ABSENT))


def _put_peaks(heat: F32, weight: F32, hand: ShownHand, kind: int, level: int) -> None:
    for (x, y), state in zip(hand.joints[:, level], hand.states[:, level], strict=True):
        if state == JointState.ABSENT or not np.isfinite(x):
            continue
        shown = state == _SEEN or (kind == _BASE and state == _HIDDEN_BY_ITSELF)
        cx, cy = x / FINE_STRIDE - 0.5, y / FINE_STRIDE - 0.5
        left, top = max(0, round(float(cx)) - _REACH), max(0, round(float(cy)) - _REACH)
        part = (slice(top, round(float(cy)) + _REACH + 1), slice(left, round(float(cx)) + _REACH + 1))
        if not heat[part].size:
            continue
        if not shown:
            weight[part] = 0.0
            continue
        h, w = heat[part].shape
        gx = np.exp(-((np.arange(left, left + w) - cx) ** 2) / (2 * SIGMA**2))
        gy = np.exp(-((np.arange(top, top + h) - cy) ** 2) / (2 * SIGMA**2))
        bell = np.outer(gy, gx).astype(np.float32)
        # The nearest cell is the peak itself, so that it counts as found whatever the fraction.
        row, column = np.clip([round(float(cy)) - top, round(float(cx)) - left], 0, [h - 1, w - 1])
        bell[row, column] = 1.0
        np.maximum(heat[part], bell, out=heat[part])


def _seams(small: U8, hands: list[ShownHand]) -> tuple[F32, F32]:
    """Return where separate digits touch, and where fused ones are grown together."""
    ring = np.ones((3, 3), np.uint8)
    digits = np.where(small >= 2, small, 0).astype(np.uint8)
    high = cv2.dilate(digits, ring)
    low = cv2.erode(np.where(digits == 0, 255, digits).astype(np.uint8), ring)
    touching = (low < 255) & (high != low)
    fused = np.zeros_like(touching)
    for hand in hands:
        for first, second, extent in hand.fused:
            a, b = int(first), int(second)
            codes = sorted((hand.first_code + a, hand.first_code + b))
            both = touching & (low == codes[0]) & (high == codes[1])
            root = (hand.joints[a, 0] + hand.joints[b, 0]) / 2 / FINE_STRIDE
            end = (hand.joints[a, 3] + hand.joints[b, 3]) / 2 / FINE_STRIDE
            if not np.isfinite([*root, *end]).all():
                continue
            line = (end - root) / max(float((end - root) @ (end - root)), 1e-6)
            y, x = np.nonzero(both)
            along = (x - root[0]) * line[0] + (y - root[1]) * line[1]
            fused[y, x] = along <= extent
            touching[y, x] = along > extent
    return touching.astype(np.float32), cv2.dilate(fused.astype(np.uint8), ring).astype(np.float32)


def _ways(size: int, hands: list[ShownHand]) -> tuple[F32, F32]:
    cells = size // COARSE_STRIDE
    coarse = np.zeros((len(WAYS), cells, cells), np.float32)
    weight = np.zeros((3, cells, cells), np.float32)
    for hand in hands:
        for row in np.flatnonzero(_exists(hand)):
            chain = hand.joints[row]
            if not np.isfinite(chain).all():
                continue
            _draw_axis(coarse, weight, chain, hand.states[row])
            if hand.states[row, 3] == _SEEN:
                _put_way(coarse[2:8], weight[1], chain[3], [chain[2], chain[1], chain[0]], size)
            if hand.states[row, 0] in (_SEEN, _HIDDEN_BY_ITSELF):
                _put_way(coarse[8:12], weight[2], chain[0], [chain[3], hand.wrist], size)
    return coarse, weight


def _draw_axis(coarse: F32, weight: F32, chain: F32, states: U8) -> None:
    places = chain / COARSE_STRIDE - 0.5
    for k in range(3):
        if states[k + 1] != _SEEN:
            continue
        along = chain[k + 1] - chain[k]
        length = float(np.hypot(*along))
        if length < 1e-3:
            continue
        ends = [tuple(round(16 * float(v)) for v in p) for p in places[k : k + 2]]
        for target, value in ((coarse[0], along[0]), (coarse[1], along[1]), (weight[0], length)):
            cv2.line(target, ends[0], ends[1], float(value) / length, 2, cv2.LINE_8, 4)


def _put_way(coarse: F32, weight: F32, place: F32, goals: list[F32], size: int) -> None:
    cx, cy = (float(v) / COARSE_STRIDE - 0.5 for v in place)
    left, top = max(0, round(cx) - _DISC), max(0, round(cy) - _DISC)
    rows, columns = slice(top, round(cy) + _DISC + 1), slice(left, round(cx) + _DISC + 1)
    held = weight[rows, columns]
    if not held.size:
        return
    y, x = np.mgrid[top : top + held.shape[0], left : left + held.shape[1]]
    square = (x - cx) ** 2 + (y - cy) ** 2
    # Where two discs overlap, each cell belongs to the nearer one: its weight says how near.
    mine = 1.0 / (1.0 + square / 4.0)
    better = mine > held
    held[better] = mine[better]
    for k, goal in enumerate(goals):
        coarse[2 * k][rows, columns][better] = ((goal[0] - (x + 0.5) * COARSE_STRIDE) / size)[better]
        coarse[2 * k + 1][rows, columns][better] = ((goal[1] - (y + 0.5) * COARSE_STRIDE) / size)[better]
