"""From the digit network's maps to digits: peaks, pairs of tips and bases, chains of four joints, and how sure it is.

Numpy and OpenCV, vectorised over crops.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.vision.digit_evidence import Evidence
from handanat_studio.vision.digit_maps import COARSE_STRIDE, FINE, FINE_STRIDE

F32 = NDArray[np.float32]

MOST_PEAKS = 16
LEAST_TIP, LEAST_BASE = 0.12, 0.12
"""Lower peaks are not looked at."""
_NEAR = 0.16
"""A tip and a base belong together if their ways miss each other by less, in shares of the crop's side."""
_DOUBT = 0.06
_SAME = 0.03
USUAL = Evidence()
_AROUND = np.ones((5, 5), np.uint8)
"""Of two peaks nearer than this, in cells of the fine maps, the lower one does not count."""
_TIP, _BASE, _MIDDLE, _DISTAL, _DIGIT, _HAND, _SEAM, _FUSED = range(len(FINE))


@dataclass(frozen=True, eq=False)
class DigitSet:
    """Digits found in N crops, padded to K = 2 * `MOST_PEAKS` each; pixels of the crop.

    Attributes:
        joints: (N, K, 4, 2) base, middle, distal, tip; NaN = no such digit, or for a hidden tip the outer joints.
        confidence: (N, K) 0..1 that the digit exists; 0 = no such digit.
        height: (N, K) 0..1 of the peak it was found by.
        support: (N, K) 0..1 how well a seen tip's base answers it.
        flesh: (N, K) 0..1 how much of the way from a seen tip to its base is hand.
        tip_seen: (N, K) whether the tip is seen; else only the base is.
        forked_from: (N, K) number of the digit whose base this tip shares, or -1.
        fused: (N, K, K) share of the shorter digit along which two digits are grown together, upper triangle.
        wrists: (N, K, 2) where each digit says the wrist is; NaN = unknown.
        hand: (N,) 0..1 that a hand is there.
        assessable: (N,) 0..1 that every digit shows its tip.
        flaws: (N, 8) 0..1 that the hand has each of `hand.evidence.FLAWS`.
    """

    joints: F32
    confidence: F32
    height: F32
    support: F32
    flesh: F32
    tip_seen: NDArray[np.bool_]
    forked_from: NDArray[np.int64]
    fused: F32
    wrists: F32
    hand: F32
    assessable: F32
    flaws: F32


@dataclass(frozen=True, eq=False)
class _Peaks:
    """(N, K) heights, 0 = none; (N, K, 2) pixels; (N, K) coarse cell numbers."""

    height: F32
    place: F32
    cell: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Tips and bases, what each says of the other (pixels), and who goes with whom.

    Attributes:
        corner: (N, T, 2) where a tip's ways begin.
        ways: (N, T, 3, 2) from a tip to its distal, middle and base joint.
        said_base: (N, T, 2) where a tip says its base is.
        ways_base: (N, B, 2, 2) from a base to its tip and wrist.
        partner: (N, T) number of a tip's base, or -1.
        paid: (N, T) its cost.
        cost: (N, T, B) by how much each pair misses each other, in shares of the crop's side.
    """

    tips: _Peaks
    bases: _Peaks
    corner: F32
    ways: F32
    said_base: F32
    ways_base: F32
    partner: NDArray[np.int64]
    paid: F32
    cost: F32


def assemble(fine: F32, coarse: F32, whole: F32, evidence: Evidence = USUAL) -> DigitSet:
    """Return the digits of N crops.

    Args:
        fine: (N, len(FINE), S/2, S/2) 0..1.
        coarse: (N, len(COARSE), S/4, S/4).
        whole: (N, len(GLOBAL)) 0..1.
        evidence: what peaks are worth.
    """
    side = fine.shape[-1] * FINE_STRIDE
    tips, bases = _peaks(fine[:, _TIP], LEAST_TIP), _peaks(fine[:, _BASE], LEAST_BASE)
    ways_tip = _read(coarse[:, 2:8], tips.cell).reshape(*tips.height.shape, 3, 2) * side
    ways_base = _read(coarse[:, 8:12], bases.cell).reshape(*bases.height.shape, 2, 2) * side
    corner_tip, corner_base = _middles(tips.cell, coarse.shape[-1]), _middles(bases.cell, coarse.shape[-1])
    said_base = corner_tip + ways_tip[:, :, 2]
    said_tip = corner_base + ways_base[:, :, 0]
    miss = np.hypot(*np.moveaxis(said_base[:, :, None] - bases.place[:, None], -1, 0))
    miss_back = np.hypot(*np.moveaxis(said_tip[:, None] - tips.place[:, :, None], -1, 0))
    cost = np.minimum(miss, 0.5 * (miss + miss_back)) / side
    cost = np.where((tips.height[:, :, None] > 0) & (bases.height[:, None] > 0), cost, np.inf)
    # Of two tips that want one base, the clearer one gets it.
    partner = _paired(np.where(cost < _NEAR, cost + _DOUBT * (1.0 - tips.height[:, :, None]), np.inf))
    paid = np.take_along_axis(cost, np.maximum(partner, 0)[..., None], axis=2)[..., 0]
    pairs = _Pairs(tips, bases, corner_tip, ways_tip, said_base, ways_base, partner, paid, cost)
    return _digits((fine, coarse, whole), pairs, evidence)


def _peaks(heat: F32, least: float) -> _Peaks:
    n, _, w = heat.shape
    highest = np.stack([cv2.dilate(one, _AROUND) for one in heat]) if n else heat
    flat = np.where((heat == highest) & (heat >= least), heat, 0.0).reshape(n, -1)
    order = np.argsort(-flat, axis=1, kind="stable")[:, :MOST_PEAKS]
    height = np.take_along_axis(flat, order, axis=1)
    row, column = np.divmod(order, w)
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)))
    batch = np.arange(n)[:, None]
    around = np.stack(
        [padded[batch, row + 1 + dy, column + 1 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)], axis=-1
    ).reshape(n, -1, 3, 3)
    # The bell's logarithm is a parabola: its top lies between the cells.
    level = np.log(np.clip(around, 1e-4, 1.0))
    shift_x = _top(level[:, :, 1, 0], level[:, :, 1, 1], level[:, :, 1, 2])
    shift_y = _top(level[:, :, 0, 1], level[:, :, 1, 1], level[:, :, 2, 1])
    place = np.stack([column + 0.5 + shift_x, row + 0.5 + shift_y], axis=-1) * FINE_STRIDE
    ratio = COARSE_STRIDE // FINE_STRIDE
    cell = (row // ratio) * (w // ratio) + column // ratio
    return _Peaks(height.astype(np.float32), place.astype(np.float32), cell)


def _top(before: F32, middle: F32, after: F32) -> F32:
    curve = before - 2 * middle + after
    return np.asarray(np.where(curve < -1e-6, np.clip(0.5 * (before - after) / np.minimum(curve, -1e-6), -0.5, 0.5), 0))


def _middles(cell: NDArray[np.int64], across: int) -> F32:
    row, column = np.divmod(cell, across)
    return np.asarray(np.stack([column + 0.5, row + 0.5], axis=-1) * COARSE_STRIDE, np.float32)


def _read(maps: F32, cell: NDArray[np.int64]) -> F32:
    """Return (N, K, C) values of (N, C, h, w) maps at cells."""
    n, channels = maps.shape[:2]
    flat = maps.reshape(n, channels, -1)
    return np.take_along_axis(flat, cell[:, None, :], axis=2).transpose(0, 2, 1)


def _wrists_at(coarse: F32, places: F32) -> F32:
    """Return (N, K, 2) the wrists that the maps name at places of bases."""
    across = coarse.shape[-1]
    column, row = (np.clip(places[..., d] / COARSE_STRIDE, 0, across - 1).astype(np.int64) for d in (0, 1))
    cell = row * across + column
    return _middles(cell, across) + _read(coarse[:, 10:12], cell) * (across * COARSE_STRIDE)


def _paired(cost: F32) -> NDArray[np.int64]:
    """Pair rows with columns of (N, R, C) costs, cheapest first; return each row's column or -1."""
    n, rows, columns = cost.shape
    left = cost.copy()
    partner = np.full((n, rows), -1)
    every = np.arange(n)
    for _ in range(min(rows, columns)):
        row, column = np.divmod(left.reshape(n, -1).argmin(axis=1), columns)
        found = np.isfinite(left[every, row, column])
        if not found.any():
            break
        at, r, c = every[found], row[found], column[found]
        partner[at, r] = c
        left[at, r, :] = np.inf
        left[at, :, c] = np.inf
    return partner


def _digits(maps: tuple[F32, F32, F32], pairs: _Pairs, evidence: Evidence) -> DigitSet:
    fine, coarse, whole = maps
    tips, bases, corner, ways = pairs.tips, pairs.bases, pairs.corner, pairs.ways
    partner, paid, said_base = pairs.partner, pairs.paid, pairs.said_base
    side = fine.shape[-1] * FINE_STRIDE
    n, k = tips.height.shape
    batch = np.arange(n)[:, None]
    has_tip, has_pair = tips.height > 0, partner >= 0
    base_place = np.where(has_pair[..., None], bases.place[batch, partner], said_base)
    base_height = np.where(has_pair, bases.height[batch, partner], 0.0)
    # A tip without a base of its own whose way ends at a base that is taken forks off that digit.
    nearest = pairs.cost.argmin(axis=2)
    lone = has_tip & ~has_pair & (np.take_along_axis(pairs.cost, nearest[..., None], axis=2)[..., 0] < 0.5 * _NEAR)
    owner = np.full((n, k + 1), -1)
    np.put_along_axis(owner, np.where(has_pair, partner, k), np.arange(k)[None], axis=1)
    owner = owner[:, :k]
    forked = np.where(lone, owner[batch, nearest], -1)
    chain = np.stack([base_place, corner + ways[:, :, 1], corner + ways[:, :, 0], tips.place], axis=2)
    chain = _snapped(chain, fine, side)
    agree = np.where(has_pair, np.exp(-((np.where(has_pair, paid, 0.0) / (0.6 * _NEAR)) ** 2)), 0.0)
    support = np.asarray(np.sqrt(agree * base_height), np.float32)
    flesh = _along(fine[:, _HAND], chain)
    lonely_base = (bases.height > 0) & (owner < 0)
    short = np.full((n, k, 4, 2), np.nan, np.float32)
    short[:, :, 0] = bases.place
    joints = np.concatenate([np.where(has_tip[..., None, None], chain, np.nan), short], axis=1)
    joints[:, k:][~lonely_base] = np.nan
    base_alone = np.where(lonely_base, bases.height, np.float32(0.0))
    of_bases = evidence.of_bases(base_alone, whole[:, 1:2])
    confidence = np.concatenate([evidence.of_tips(tips.height, support, flesh), of_bases], axis=1)
    wrist_of_base = _middles(bases.cell, side // COARSE_STRIDE) + pairs.ways_base[:, :, 1]
    wrist_of_tip = np.where(has_pair[..., None], wrist_of_base[batch, partner], _wrists_at(coarse, said_base))
    wrist_of_tip = np.where(has_tip[..., None], wrist_of_tip, np.nan)
    wrists = np.concatenate([wrist_of_tip, np.where(lonely_base[..., None], wrist_of_base, np.nan)], axis=1)
    return DigitSet(
        joints=joints.astype(np.float32),
        confidence=confidence,
        height=np.concatenate([tips.height, base_alone], axis=1),
        support=np.concatenate([support, np.zeros_like(support)], axis=1),
        flesh=np.concatenate([flesh, np.zeros_like(flesh)], axis=1),
        tip_seen=np.concatenate([has_tip, np.zeros_like(has_tip)], axis=1),
        forked_from=np.concatenate([forked, np.full_like(forked, -1)], axis=1),
        fused=_grown_together(fine[:, _FUSED], joints, side),
        wrists=wrists.astype(np.float32),
        hand=whole[:, 0],
        assessable=whole[:, 1],
        flaws=whole[:, -len(FLAWS) :],
    )


def _snapped(chain: F32, fine: F32, side: int) -> F32:
    """Move middle and distal joints to their map's peak where one is near."""
    out = chain.copy()
    for level, channel in ((1, _MIDDLE), (2, _DISTAL)):
        peaks = _peaks(fine[:, channel], 0.3)
        away = np.hypot(*np.moveaxis(chain[:, :, None, level] - peaks.place[:, None], -1, 0))
        away = np.where(peaks.height[:, None] > 0, away, np.inf)
        best = away.argmin(axis=2)
        near = np.take_along_axis(away, best[..., None], axis=2)[..., 0] < 2 * _SAME * side
        spot = np.take_along_axis(peaks.place, best[..., None], axis=1)
        out[:, :, level] = np.where(near[..., None], spot, chain[:, :, level])
    return out


def _along(heat: F32, chain: F32) -> F32:
    """Return (N, K): mean of an (N, H, W) map along (N, K, 4, 2) chains, without the tips themselves."""
    share = np.linspace(0.0, 0.9, 4)[:, None]
    between = chain[:, :, :-1, None] * (1 - share) + chain[:, :, 1:, None] * share
    at = (np.nan_to_num(between) / FINE_STRIDE).astype(int).clip(0, heat.shape[-1] - 1)
    values = heat[np.arange(len(heat))[:, None, None, None], at[..., 1], at[..., 0]]
    return np.asarray(values.mean(axis=(2, 3)), np.float32)


def _grown_together(fused: F32, joints: F32, side: int) -> F32:
    """Return (N, K, K): mean of the fused map along the line between two neighbouring digits."""
    n = len(joints)
    steps = 8
    t = np.linspace(0.0, 3.0, steps)
    low = np.minimum(t.astype(int), 2)
    u = (t - low)[None, None, :, None]
    along = joints[:, :, low] * (1 - u) + joints[:, :, low + 1] * u
    between = 0.5 * (along[:, :, None] + along[:, None])
    width = np.hypot(*np.moveaxis(along[:, :, None] - along[:, None], -1, 0))
    known = np.isfinite(between).all(axis=-1) & (width < 0.16 * side)
    at = (np.nan_to_num(between) / FINE_STRIDE).astype(int).clip(0, fused.shape[-1] - 1)
    values = fused[np.arange(n)[:, None, None, None], at[..., 1], at[..., 0]]
    return np.asarray(np.triu(np.where(known, values > 0.5, False).mean(axis=-1), 1), np.float32)
