"""What a hand is painted with: tone, mottling, folds, nails, sleeve, by each pixel's place on the straightened hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import Side
from handanat_studio.synthetic.body import Body, Profile
from handanat_studio.synthetic.plan import DigitPlan
from handanat_studio.synthetic.skinning import PALM, local_place
from handanat_studio.synthetic.styles import Style, linear

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_TEXTURE = 256
_PALM_CELLS_PER_MM = 2.0
_PALM_LOW = np.array([-62.0, -20.0])
_PALM_SHAPE = (250, 270)

# The three main lines of the palm and the folds at the wrist, mm in the palm frame of an average hand. Judgement.
_PALM_LINES = (
    (1.0, ((31, 70), (20, 66), (9, 54), (2, 38), (1, 22), (6, 6))),
    (0.75, ((31, 71), (18, 66), (0, 58), (-18, 47), (-32, 36))),
    (0.9, ((-46, 66), (-32, 69), (-16, 74), (-4, 82), (5, 93))),
    (0.45, ((-2, 20), (-3, 40), (-2, 60), (2, 78))),
    (0.8, ((-27, -6), (-10, -4), (8, -4), (26, -6))),
    (0.5, ((-26, -13), (-8, -11), (10, -11), (25, -13))),
)


@dataclass(frozen=True)
class Paint:
    """The painted surface at P pixels.

    Attributes:
        albedo: (P, 3) linear 0..1.
        height: (P,) mm, small relief on top of the mesh.
        gloss: (P,) strength of highlights.
    """

    albedo: F32
    height: F32
    gloss: F32


def paint(body: Body, style: Style, rest: F64, owner: NDArray[np.int64], *, texture: F32, side: Side) -> Paint:
    """Return the look of the surface.

    Args:
        body: the straightened hand.
        style: its look.
        rest: (P, 3) mm, each pixel's place on the straightened hand.
        owner: (P,) place of the owning digit in the plan, or `PALM`.
        texture: (256, 256) smooth noise, zero mean, unit variance, tiling.
        side: not used for symmetric parts; shifts the mottling so that two hands of a scene differ.
    """
    shift = 37.0 if side is Side.LEFT else 0.0
    blotches = _sample(texture, rest[:, 0] * 0.9 + rest[:, 2] * 0.6 + shift, rest[:, 1] * 0.9 - rest[:, 2] * 0.5)
    fine = _sample(texture, rest[:, 0] * 4.6 + rest[:, 2] * 3.1, rest[:, 1] * 4.6 - rest[:, 2] * 2.7 + shift)
    places = {}
    for index, digit in enumerate(body.plan.digits):
        mine = np.flatnonzero(owner == index)
        if len(mine):
            places[index] = mine, local_place(rest[mine], digit, body.rest[digit.digit_id]).astype(np.float32)
    palmar = _palmar(rest, body, places)
    albedo = _base_tone(style, palmar, blotches, fine)
    height = (0.028 * style.roughness * fine).astype(np.float32)
    gloss = np.full(len(rest), style.gloss, np.float32)
    skin = Paint(albedo, height, gloss)
    _fold_palm(skin, body, style, rest, owner, palmar, blotches)
    for index, (mine, place) in places.items():
        digit = body.plan.digits[index]
        _paint_digit(skin, mine, place, digit, body.profiles[digit.digit_id], style, blotches[mine])
    if style.sleeve_mm is not None:
        cloth = np.flatnonzero(rest[:, 1] < -style.sleeve_mm - 0.5)
        weave = 1.0 + 0.05 * fine[cloth] + 0.08 * blotches[cloth]
        albedo[cloth] = style.sleeve.astype(np.float32) * weave[:, None]
        height[cloth] = 0.7 * blotches[cloth]
        gloss[cloth] = 0.02
    return skin


def draw_texture(seed: int) -> F32:
    """Return tiling smooth noise, (256, 256) float32, zero mean, unit variance."""
    rng = np.random.Generator(np.random.PCG64(seed))
    noise = rng.standard_normal((_TEXTURE, _TEXTURE))
    for radius in (3, 3, 2):
        for axis in (0, 1):
            noise = np.stack([np.roll(noise, k, axis=axis) for k in range(-radius, radius + 1)]).sum(axis=0)
    noise -= noise.mean()
    return np.asarray(np.round(noise / noise.std(), 6), np.float32)


def _palmar(rest: F64, body: Body, places: dict[int, tuple[NDArray[np.int64], F32]]) -> F32:
    """Return 0 on the back .. 1 on the palm's side; a thumb has a side of its own."""
    palmar = _ramp(rest[:, 2], -6.0, 5.0)
    for index, (mine, place) in places.items():
        if body.plan.digits[index].is_thumb:
            own = _ramp(place[:, 1], -5.0, 4.0)
            away = np.sqrt(place[:, 1] ** 2 + place[:, 2] ** 2) / np.float32(body.plan.digits[index].radii[0])
            free = _ramp(place[:, 0], 4.0, 40.0) * (1.0 - _ramp(away, 1.0, 1.7))
            palmar[mine] = palmar[mine] * (1.0 - free) + own * free
    return palmar


def _base_tone(style: Style, palmar: F32, blotches: F32, fine: F32) -> F32:
    skin = style.skin.astype(np.float32)
    darkness = float(np.clip(1.0 - skin.mean() / 0.45, 0.0, 1.0))
    # Palms carry little pigment: the darker the skin, the more they differ from the back of the hand.
    palm_tone = linear(np.array([226.0, 172.0, 150.0])).astype(np.float32)
    mix = (0.12 + 0.36 * darkness) * palmar[:, None]
    albedo = skin * (1.0 - mix) + palm_tone * mix
    rough = np.float32(style.roughness)
    albedo = albedo * (1.0 + rough * (0.035 * blotches + 0.012 * fine))[:, None]
    red = np.array([0.006, -0.02, -0.016], np.float32) * rough
    return np.clip(albedo * (1.0 + blotches[:, None] * red), 0.003, 0.95).astype(np.float32)


def _fold_palm(
    skin: Paint, body: Body, style: Style, rest: F64, owner: NDArray[np.int64], palmar: F32, blotches: F32
) -> None:
    s = body.plan.scale
    wobble = 0.7 * blotches
    mine = np.flatnonzero((rest[:, 1] > -18.0 * s) & (rest[:, 1] < 108.0 * s) & (rest[:, 2] > -4.0))
    x = (rest[mine, 0] / s + wobble[mine] - _PALM_LOW[0]) * _PALM_CELLS_PER_MM
    y = (rest[mine, 1] / s + wobble[mine] - _PALM_LOW[1]) * _PALM_CELLS_PER_MM
    depth = _grid_sample(_palm_map(), x, y) * palmar[mine] * np.float32(0.6 + 0.4 * style.roughness)
    depth[owner[mine] != PALM] *= np.float32(0.5)
    _press(skin, mine, depth, style)
    back = np.flatnonzero((owner == PALM) & (rest[:, 2] < 2.0) & (rest[:, 1] > 0))
    cords = np.zeros(len(back), np.float32)
    for digit in body.plan.row():
        t = rest[back, 1] / max(digit.base[1], 1.0)
        away = rest[back, 0] - digit.base[0] * np.clip(0.18 + 0.82 * t, 0.0, 1.1)
        cords += _bump(away, 2.4 * s) * _ramp(t, 0.15, 0.6) * (1.0 - _ramp(t, 0.78, 1.02))
    skin.height[back] += cords * np.float32(0.6 * style.roughness)


def _press(skin: Paint, rows: NDArray[np.int64], depth: F32, style: Style) -> None:
    """Sink a fold of `depth` 0..1 into the skin: lower, darker and redder."""
    skin.height[rows] -= depth * np.float32(0.6)
    shade = np.array([0.24, 0.40, 0.43], np.float32)
    skin.albedo[rows] *= 1.0 - np.clip(depth, 0, 1)[:, None] * shade * np.float32(0.55 + 0.3 * style.roughness)


def _paint_digit(
    skin: Paint, rows: NDArray[np.int64], place: F32, digit: DigitPlan, shape: Profile, style: Style, wobble: F32
) -> None:
    along, up, beside = place[:, 0], place[:, 1], place[:, 2]
    radius = np.interp(along, shape.at, shape.radius).astype(np.float32)
    front = _ramp(up, -0.35 * radius, 0.3 * radius)
    back = _ramp(-up, 0.0, 0.5 * radius)
    bow = along + 0.25 * wobble + 0.018 * beside * beside
    joints = shape.joints
    folds = np.zeros_like(along)
    web = 0.43 * float(digit.lengths[0])
    rough = np.float32(style.roughness)
    if not digit.is_thumb and digit.trunk_id is None and digit.gap == 0:
        folds += front * (0.8 * _bump(bow - web, 1.0) + 0.35 * _bump(bow - web - 2.8, 0.8))
    levels = [(joints[1], 0.9), (joints[2], 0.8)]
    for joint, depth in levels:
        if joint > 4.0:
            folds += front * depth * (0.9 * _bump(bow - joint, 0.95) + 0.4 * _bump(bow - joint + 2.6, 0.8))
    _press(skin, rows, folds.astype(np.float32), style)
    wrinkles, dusk = np.zeros_like(along), np.zeros_like(along)
    for joint, count in ((joints[1], 4), (joints[2], 3)):
        if joint > 4.0:
            arch = along + 0.35 * wobble - 0.03 * beside * beside * np.sign(along - joint)
            reach = back * _bump(beside, 0.85 * float(digit.radii[1]))
            for k in range(count):
                wrinkles += reach * 0.5 * _bump(arch - joint - 2.3 * (k - (count - 1) / 2), 0.55)
            dusk += reach * _bump(along - joint, 6.0)
    _press(skin, rows, (wrinkles * rough).astype(np.float32), style)
    skin.albedo[rows] *= 1.0 - (0.22 * dusk * rough)[:, None] * np.array([0.25, 0.9, 1.0], np.float32)
    tip = front * _ramp(along, joints[2], joints[3])
    skin.albedo[rows] *= 1.0 - tip[:, None] * np.array([0.0, 0.10, 0.10], np.float32)
    _paint_nail(skin, rows, place, digit, shape, style)


def _paint_nail(
    skin: Paint, rows: NDArray[np.int64], place: F32, digit: DigitPlan, shape: Profile, style: Style
) -> None:
    along, up, beside = place[:, 0], place[:, 1], place[:, 2]
    end = float(shape.joints[3])
    length = 0.53 * float(digit.lengths[2])
    half = 0.5 * length
    middle = end - 0.2 - half
    wide = 0.80 * float(digit.radii[3])
    lengthwise, crosswise = ((along - middle) / half) ** 2, np.abs(beside / wide)
    # Products, not powers: every machine rounds them alike.
    ring = lengthwise * lengthwise + crosswise * crosswise * crosswise
    ring = np.where(up < -0.1 * wide, ring, np.float32(9.0)).astype(np.float32)
    inside = 1.0 - _ramp(ring, 0.82, 1.05)
    rim = _bump(ring - 1.08, 0.28)
    skin.albedo[rows] *= 1.0 - (rim * 0.22)[:, None] * np.array([0.7, 1.0, 1.0], np.float32)
    skin.height[rows] += (inside * 0.25 - rim * 0.35).astype(np.float32)
    if style.nail_colour is not None:
        nail = np.broadcast_to(style.nail_colour.astype(np.float32), (len(rows), 3))
    else:
        bed = style.skin.astype(np.float32) * np.float32(0.72) + linear(np.array([232.0, 176.0, 166.0])).astype(
            np.float32
        ) * np.float32(0.34)
        moon = _ramp(middle - half * 0.52 - along, -0.5, 0.5) * (1.0 - _ramp(np.abs(beside), 0.3 * wide, 0.55 * wide))
        edge = _ramp(along, end - style.nail_length - 0.9, end - style.nail_length - 0.2)
        white = linear(np.array([236.0, 222.0, 210.0])).astype(np.float32)
        pale = np.clip(0.35 * moon + 0.7 * edge, 0, 0.8)[:, None]
        nail = bed * (1.0 - pale) + white * pale
    mix = (inside * 0.9)[:, None]
    skin.albedo[rows] = skin.albedo[rows] * (1.0 - mix) + nail * mix
    skin.gloss[rows] += inside * np.float32(0.9 if style.nail_colour is not None else 0.45)


def _ramp(
    value: NDArray[np.floating[Any]], low: NDArray[np.floating[Any]] | float, high: NDArray[np.floating[Any]] | float
) -> F32:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _bump(distance: NDArray[np.floating[Any]], width: float) -> F32:
    """Return a bell of height one; a rational one, which every machine computes alike."""
    square = (distance / np.float32(width)) ** 2
    return np.asarray(1.0 / (1.0 + square) ** 2, np.float32)


def _sample(texture: F32, x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> F32:
    column, row = np.floor(x), np.floor(y)
    dx, dy = (x - column).astype(np.float32), (y - row).astype(np.float32)
    column, row = column.astype(np.int64) % _TEXTURE, row.astype(np.int64) % _TEXTURE
    right, below = (column + 1) % _TEXTURE, (row + 1) % _TEXTURE
    upper = texture[row, column] * (1 - dx) + texture[row, right] * dx
    lower = texture[below, column] * (1 - dx) + texture[below, right] * dx
    return np.asarray(upper * (1 - dy) + lower * dy)


def _grid_sample(grid: F32, x: F64, y: F64) -> F32:
    x = np.clip(x, 0, grid.shape[1] - 1.001)
    y = np.clip(y, 0, grid.shape[0] - 1.001)
    column, row = x.astype(np.int64), y.astype(np.int64)
    dx, dy = (x - column).astype(np.float32), (y - row).astype(np.float32)
    upper = grid[row, column] * (1 - dx) + grid[row, column + 1] * dx
    lower = grid[row + 1, column] * (1 - dx) + grid[row + 1, column + 1] * dx
    return np.asarray(upper * (1 - dy) + lower * dy)


@lru_cache(maxsize=1)
def _palm_map() -> F32:
    """Return (rows along y, columns along x) fold depth 0..1 over the palm."""
    x = _PALM_LOW[0] + np.arange(_PALM_SHAPE[1]) / _PALM_CELLS_PER_MM
    y = _PALM_LOW[1] + np.arange(_PALM_SHAPE[0]) / _PALM_CELLS_PER_MM
    depth = np.zeros((len(y), len(x)))
    for strength, knots in _PALM_LINES:
        points = _through(np.array(knots, float))
        nearest = np.full(depth.shape, 1e9)
        fade = np.zeros(depth.shape)
        for k, (px, py) in enumerate(points):
            distance = (x[None] - px) ** 2 + (y[:, None] - py) ** 2
            t = k / (len(points) - 1)
            fade = np.where(distance < nearest, min(1.0, 5.0 * t + 0.25, 3.5 * (1 - t) + 0.1), fade)
            nearest = np.minimum(nearest, distance)
        depth = np.maximum(depth, strength * fade / (1.0 + nearest / 1.0) ** 2)
    return np.asarray(np.round(depth, 6), np.float32)


def _through(knots: F64) -> F64:
    """Return 160 points of a smooth curve through the knots."""
    t = np.linspace(0, len(knots) - 1, 160)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    i = np.minimum(t.astype(int), len(knots) - 2)
    u = (t - i)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    return np.asarray(0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3))
