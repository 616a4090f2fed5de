"""What lies behind, before and beside a training hand: places, clutter, skin that is no hand, covering things."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_SKIN = np.array(
    [[243, 212, 196], [236, 197, 176], [228, 184, 158], [214, 165, 135], [198, 146, 114], [175, 122, 92], [146, 98, 72],
     [115, 75, 55], [88, 58, 45], [66, 45, 37]], np.float32,
)  # fmt: skip


def draw_place(rng: Generator, photos: Sequence[U8], size: int) -> F32:
    """Return a (size, size, 3) float32 background 0..255: a cut of a photo, or flat, graded or cluttered surfaces.

    Args:
        rng: source of chance.
        photos: images without hands, RGB.
        size: pixels.
    """
    kind = rng.random()
    if photos and kind < 0.35:
        image = _cut_of(rng, photos[int(rng.integers(len(photos)))], size)
    elif photos and kind < 0.6:
        image = _mosaic(rng, photos, size)
    elif kind < 0.85:
        image = _flat(rng, size)
    else:
        cells = int(rng.integers(2, 9))
        rough = rng.uniform(10, 245, (cells, cells, 3)).astype(np.float32)
        if rng.random() < 0.5:
            rough = 0.25 * rough + 0.75 * rng.uniform(20, 240, 3).astype(np.float32)
        image = cv2.resize(rough, (size, size), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.choice([0, 0, 0, 1, 2, 5]))):
        _put_thing(rng, image)
    if rng.random() < 0.4:
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 5.0)))
    return np.clip(image, 0, 255)


def _cut_of(rng: Generator, photo: U8, size: int) -> F32:
    side = int(rng.uniform(0.2, 1.0) * min(photo.shape[:2]))
    top = int(rng.integers(photo.shape[0] - side + 1))
    left = int(rng.integers(photo.shape[1] - side + 1))
    part = cv2.resize(photo[top : top + side, left : left + side], (size, size), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        part = part[:, ::-1]
    if rng.random() < 0.2:
        part = part[::-1]
    gain = rng.uniform(0.6, 1.4, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(0.5, 1.5))
    return np.ascontiguousarray(part, np.float32) * gain.astype(np.float32)


def _mosaic(rng: Generator, photos: Sequence[U8], size: int) -> F32:
    """Return parts of several photographs side by side and over one another: full of edges that mean nothing."""
    image = _cut_of(rng, photos[int(rng.integers(len(photos)))], size)
    for _ in range(int(rng.integers(1, 6))):
        w, h = (int(v) for v in rng.integers(size // 10, size, 2))
        left, top = (int(v) for v in rng.integers(-size // 4, size, 2))
        part = np.s_[max(0, top) : top + h, max(0, left) : left + w]
        if image[part].size:
            # Shown smaller than it was taken: fine, busy texture.
            patch = _cut_of(rng, photos[int(rng.integers(len(photos)))], max(image[part].shape[:2]))
            image[part] = patch[: image[part].shape[0], : image[part].shape[1]]
    if rng.random() < 0.4:
        cells = max(4, size // int(rng.integers(2, 9)))
        speckle = cv2.resize(rng.standard_normal((cells, cells, 1), np.float32), (size, size))[..., None]
        image += speckle * np.float32(rng.uniform(5, 45))
    return image


def _flat(rng: Generator, size: int) -> F32:
    tone = rng.uniform(15, 255)
    colour = np.clip(tone + rng.normal(0, 25, 3), 0, 255) if rng.random() < 0.6 else rng.uniform(0, 255, 3)
    if rng.random() < 0.25:
        colour = np.full(3, rng.choice([0.0, 255.0, 255.0]))
    slope = rng.normal(0, 0.25, 2) if rng.random() < 0.6 else np.zeros(2)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    return np.asarray(colour * (1.0 + slope[0] * x + slope[1] * y)[..., None], np.float32)


def _put_thing(rng: Generator, image: F32) -> None:
    size = len(image)
    colour = tuple(float(v) for v in rng.uniform(0, 255, 3))
    x, y = (int(v) for v in rng.integers(-size // 8, size + size // 8, 2))
    kind = rng.random()
    if kind < 0.35:
        w, h = (int(v) for v in rng.integers(size // 16, size // 2, 2))
        box = cv2.boxPoints(((x, y), (w, h), float(rng.uniform(0, 90))))
        cv2.fillPoly(image, [box.astype(np.int32)], colour, cv2.LINE_AA)
    elif kind < 0.6:
        axes = tuple(int(v) for v in rng.integers(size // 20, size // 3, 2))
        cv2.ellipse(image, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    elif kind < 0.85:
        far = (int(x + rng.normal(0, size / 2)), int(y + rng.normal(0, size / 2)))
        cv2.line(image, (x, y), far, colour, int(rng.integers(1, max(2, size // 14))), cv2.LINE_AA)
    else:
        step = int(rng.integers(4, max(5, size // 8)))
        stripes = (np.arange(size) // step % 2)[:, None, None] * rng.uniform(-60, 60)
        image += stripes if rng.random() < 0.5 else stripes.transpose(1, 0, 2)


def put_skin(rng: Generator, image: F32, tone: F32 | None = None) -> None:
    """Paint skin that is no hand: arms, legs, faces, as softly shaded capsules and ovals, in place."""
    size = len(image)
    base = _SKIN[int(rng.integers(len(_SKIN)))] if tone is None else tone
    colour = np.clip(base * rng.uniform(0.8, 1.2), 0, 255)
    shape = np.zeros((size, size), np.uint8)
    x, y = (int(v) for v in rng.uniform(-0.1, 1.1, 2) * size)
    face = rng.random() < 0.4
    if face:
        axes = (int(rng.uniform(0.12, 0.45) * size), int(rng.uniform(0.16, 0.6) * size))
        cv2.ellipse(shape, (x, y), axes, float(rng.normal(0, 25)), 0, 360, 255, -1)
        width = float(min(axes))
    else:
        far = (int(x + rng.normal(0, 0.7 * size)), int(y + rng.normal(0, 0.7 * size)))
        # Some are as thin as fingers.
        width = float(rng.uniform(0.03, 0.12) * size if rng.random() < 0.3 else rng.uniform(0.1, 0.4) * size)
        cv2.line(shape, (x, y), far, 255, max(2, int(width)))
        width /= 2
    inner = cv2.GaussianBlur(shape, (0, 0), max(1.0, 0.35 * width)).astype(np.float32) / 255.0
    light = (0.5 + 0.55 * inner)[..., None] * colour.astype(np.float32)
    alpha = cv2.GaussianBlur(shape, (0, 0), 0.8).astype(np.float32)[..., None] / 255.0
    image[:] = image * (1 - alpha) + light * alpha
    if face:
        for side in (-1, 1):
            eye = (int(x + side * 0.4 * width), int(y - 0.2 * width))
            cv2.ellipse(image, eye, (int(0.16 * width) + 1, int(0.08 * width) + 1), 0, 0, 360, (50, 40, 35), -1)
        low = (int(x), int(y + 0.5 * width))
        cv2.ellipse(image, low, (int(0.3 * width) + 1, int(0.08 * width) + 1), 0, 0, 360, (150, 70, 70), -1)
        if rng.random() < 0.7:
            cap = (int(x), int(y - 0.7 * width))
            hair = tuple(float(v) for v in rng.uniform(10, 120, 3))
            cv2.ellipse(image, cap, (int(width), int(0.6 * width)), 0, 180, 360, hair, -1)


def cover(
    rng: Generator, image: F32, middle: tuple[float, float], reach: float, spared: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Put a thing before the hand, in place, and return the (S, S) pixels that it covers.

    Args:
        rng: source of chance.
        image: (S, S, 3) 0..255.
        middle: pixels, roughly where the hand is.
        reach: pixels, half the hand's size.
        spared: (S, S) pixels of fingers that hold the thing and lie before it.
    """
    size = len(image)
    shape = np.zeros((size, size), np.uint8)
    x, y = (int(m + rng.normal(0, 0.6 * reach)) for m in middle)
    kind = rng.random()
    if kind < 0.4:
        axes = tuple(int(rng.uniform(0.12, 0.5) * reach) + 1 for _ in range(2))
        cv2.ellipse(shape, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    elif kind < 0.75:
        far = (int(x + rng.normal(0, 1.5 * reach)), int(y + rng.normal(0, 1.5 * reach)))
        cv2.line(shape, (x, y), far, 255, int(rng.uniform(0.06, 0.4) * reach) + 1)
    else:
        box = cv2.boxPoints(((x, y), tuple(rng.uniform(0.3, 1.2, 2) * reach), float(rng.uniform(0, 90))))
        cv2.fillPoly(shape, [box.astype(np.int32)], 255)
    texture = draw_place(rng, (), size) if rng.random() < 0.5 else _flat(rng, size)
    if rng.random() < 0.5:
        round_light = cv2.GaussianBlur(shape, (0, 0), max(1.0, 0.2 * reach)).astype(np.float32)[..., None] / 255.0
        texture = texture * (0.4 + 0.7 * round_light)
    shape[spared] = 0
    alpha = cv2.GaussianBlur(shape, (0, 0), 0.8).astype(np.float32)[..., None] / 255.0
    image[:] = image * (1 - alpha) + texture * alpha
    return np.asarray(shape > 127)
