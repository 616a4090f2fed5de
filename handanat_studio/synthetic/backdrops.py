"""What is behind the hands: calm, out-of-focus walls, rooms, tables and gardens."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, uniform_filter1d

from handanat_studio.synthetic.styles import linear

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_SMALL = 96
_KINDS = ("wall", "room", "table", "studio", "garden")


def draw_backdrop(rng: Generator, size: int) -> F32:
    """Return (size, size, 3) float32 linear light of an out-of-focus surrounding."""
    kind = _KINDS[int(np.searchsorted([0.26, 0.58, 0.76, 0.88, 1.0], rng.random()))]
    small = _MAKERS[kind](rng)
    slope = rng.normal(0.0, 0.16, 2)
    y, x = np.mgrid[0:_SMALL, 0:_SMALL] / (_SMALL - 1.0) - 0.5
    falloff = 1.0 + slope[0] * x + slope[1] * y - 0.35 * (x * x + y * y)
    small = np.clip(small * falloff[..., None], 0.004, 1.0)
    planes = [
        Image.fromarray(small[..., c].astype(np.float32)).resize((size, size), Image.Resampling.BICUBIC)
        for c in range(3)
    ]
    return np.asarray(np.clip(np.stack([np.asarray(p) for p in planes], axis=-1), 0.002, 1.0), np.float32)


def _muted(rng: Generator, low: float, high: float, *, tint: float = 0.06) -> F64:
    """Return a linear colour that rooms have: warm or cool, seldom green or magenta."""
    grey = rng.uniform(low, high)
    warm, green = rng.normal(0.35 * tint, tint), rng.normal(0.0, 0.3 * tint)
    return linear(np.clip(grey * np.array([1.0 + warm, 1.0 + green, 1.0 - 1.25 * warm]), 8, 250))


def _blurred(image: F64, sigma: float) -> F64:
    return np.asarray(gaussian_filter(image, (sigma, sigma, 0), mode="nearest"))


def _wall(rng: Generator) -> F64:
    image = np.broadcast_to(_muted(rng, 105, 225), (_SMALL, _SMALL, 3)).copy()
    patches = gaussian_filter(rng.standard_normal((_SMALL, _SMALL)), 9, mode="wrap")
    image *= 1.0 + 0.35 * patches[..., None] / max(float(np.abs(patches).max()), 1e-9) * rng.uniform(0.1, 0.5)
    if rng.random() < 0.5:
        edge = int(rng.integers(8, _SMALL - 8))
        image[:, edge:] *= rng.uniform(0.6, 0.9)
    return _blurred(image, rng.uniform(0.8, 2.5))


def _box(image: F64, rng: Generator, colour: F64, *, floor: int) -> None:
    width, height = rng.integers(8, 34), rng.integers(10, 48)
    left = int(rng.integers(-8, _SMALL - 6))
    top = max(0, floor - int(height))
    side = image[top : floor + int(rng.integers(0, 8)), max(0, left) : left + int(width)]
    side[:] = colour * np.linspace(1.05, 0.8, side.shape[1])[None, :, None] if side.shape[1] else colour
    if height > 24:
        step = int(rng.integers(6, 14))
        side[::step] *= 0.72


def _room(rng: Generator) -> F64:
    floor = int(rng.integers(52, 84))
    image = np.empty((_SMALL, _SMALL, 3))
    image[:floor] = _muted(rng, 120, 220)
    image[floor:] = _muted(rng, 60, 165, tint=0.12)
    if rng.random() < 0.55:
        left, top = int(rng.integers(4, 66)), int(rng.integers(2, 18))
        right, low = left + int(rng.integers(16, 30)), top + int(rng.integers(20, 36))
        image[top - 1 : low + 1, left - 1 : right + 1] = _muted(rng, 190, 245, tint=0.02)
        image[top:low, left:right] = linear(np.array([218.0, 228.0, 240.0])) * rng.uniform(0.9, 1.15)
        image[top:low, (left + right) // 2] *= 0.6
    for _ in range(int(rng.integers(2, 6))):
        _box(image, rng, _muted(rng, 35, 190, tint=0.16), floor=floor)
    if rng.random() < 0.5:
        left, top = int(rng.integers(2, 76)), int(rng.integers(8, 34))
        image[top : top + int(rng.integers(8, 20)), left : left + int(rng.integers(8, 20))] = _muted(
            rng, 40, 200, tint=0.2
        )
    return _blurred(image, rng.uniform(1.3, 3.4))


def _table(rng: Generator) -> F64:
    grain = uniform_filter1d(rng.standard_normal((_SMALL, _SMALL)), 25, axis=1, mode="wrap")
    rows = np.repeat(rng.normal(0, 1, (_SMALL // 12, 1)), 12, axis=0)
    base = linear(np.clip(rng.uniform(70, 190) * np.array([1.12, 0.95, 0.76]) * (1 + rng.normal(0, 0.05, 3)), 10, 245))
    image = base * (1.0 + 0.35 * grain + 0.06 * rows)[..., None].clip(0.3, 1.7)
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2).copy()
    if rng.random() < 0.6:
        top, left = (int(v) for v in rng.integers(-20, 70, 2))
        sheet = image[max(0, top) : top + int(rng.integers(24, 60)), max(0, left) : left + int(rng.integers(24, 60))]
        sheet[:] = _muted(rng, 170, 240, tint=0.02)
    return _blurred(image, rng.uniform(0.6, 1.4))


def _studio(rng: Generator) -> F64:
    y, x = np.mgrid[0:_SMALL, 0:_SMALL] / (_SMALL - 1.0)
    cx, cy = rng.uniform(0.25, 0.75, 2)
    near = 1.0 / (1.0 + ((x - cx) ** 2 + (y - cy) ** 2) / rng.uniform(0.15, 0.5))
    dark, bright = _muted(rng, 25, 110), _muted(rng, 120, 225)
    return np.asarray(dark + near[..., None] * (bright - dark))


def _garden(rng: Generator) -> F64:
    horizon = int(rng.integers(20, 60))
    image = np.empty((_SMALL, _SMALL, 3))
    sky = linear(np.array([188.0, 206.0, 224.0])) * rng.uniform(0.8, 1.1)
    image[:horizon] = sky * np.linspace(0.85, 1.1, horizon)[:, None, None]
    green = linear(np.array([96.0, 118.0, 72.0]) * rng.uniform(0.7, 1.25))
    image[horizon:] = green * np.linspace(0.8, 1.15, _SMALL - horizon)[:, None, None]
    leaves = gaussian_filter(rng.standard_normal((_SMALL, _SMALL)), 4)
    leaves /= np.abs(leaves).max()
    bushes = gaussian_filter((leaves > 0.1).astype(float), 1.2)
    band = np.clip(1.0 - np.abs(np.arange(_SMALL) - horizon) / 26.0, 0, 1)[:, None]
    mix = (bushes * band)[..., None]
    image = image * (1 - mix) + green * rng.uniform(0.35, 0.8) * mix
    return _blurred(image, rng.uniform(1.5, 3.5))


_MAKERS = {"wall": _wall, "room": _room, "table": _table, "studio": _studio, "garden": _garden}
