"""How a training crop is spoilt and stylised: light, colour, focus, noise, compression, enlargement, paint."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_GREY = np.array([0.299, 0.587, 0.114], np.float32)


def spoil(image: F32, rng: Generator) -> U8:
    """Return a crop as a poor camera, a web page or an image generator would give it.

    Args:
        image: (S, S, 3) float32 0..255; may be changed.
        rng: source of chance.
    """
    image = _light(image, rng)
    if rng.random() < 0.25:
        image = _carved(image, rng)
    if rng.random() < 0.18:
        image = _painted(image, rng)
    if rng.random() < 0.45:
        image = _small_and_back(image, rng)
    elif rng.random() < 0.3:
        image = _unfocused(image, rng)
    if rng.random() < 0.3:
        image = _sharpened(image, rng)
    if rng.random() < 0.4:
        image = _noisy(image, rng)
    out = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.45:
        quality = int(rng.uniform(18, 92))
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return np.ascontiguousarray(out, np.uint8)


def _light(image: F32, rng: Generator) -> F32:
    if rng.random() < 0.6:
        image = image * np.float32(rng.uniform(0.65, 1.25)) + np.float32(rng.normal(0, 9))
    if rng.random() < 0.5:
        image = image * rng.uniform(0.82, 1.18, 3).astype(np.float32)
    if rng.random() < 0.3:
        image = 255.0 * (np.clip(image, 0, 255) / 255.0) ** np.float32(rng.uniform(0.6, 1.6))
    if rng.random() < 0.35:
        grey = (image @ _GREY)[..., None]
        image = grey + (image - grey) * np.float32(rng.uniform(0.0, 1.7))
    if rng.random() < 0.1:
        image = (image @ _GREY)[..., None] * rng.uniform(0.75, 1.2, 3).astype(np.float32)
    if rng.random() < 0.2:
        size = len(image)
        y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
        slope = rng.normal(0, 0.6, 2)
        image = image * np.clip(1.0 + slope[0] * x + slope[1] * y, 0.2, 1.9)[..., None].astype(np.float32)
    return np.asarray(image, np.float32)


def _carved(image: F32, rng: Generator) -> F32:
    """Deepen local contrast: the over-rendered folds of image generators."""
    wide = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(2.0, 9.0)))
    return np.asarray(wide + (image - wide) * np.float32(rng.uniform(1.3, 2.6)), np.float32)


def _painted(image: F32, rng: Generator) -> F32:
    flat = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        flat = cv2.bilateralFilter(flat, 5, float(rng.uniform(30, 90)), 3.0)
    else:
        flat = cv2.medianBlur(flat, int(rng.choice([3, 5])))
    out: F32 = flat.astype(np.float32)
    if rng.random() < 0.3:
        step = float(rng.uniform(10, 36))
        out = np.round(out / step) * step
    return out


def _small_and_back(image: F32, rng: Generator) -> F32:
    size = len(image)
    small = max(32, int(size * rng.uniform(0.3, 0.9)))
    down = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.3:
        coded = cv2.imencode(".jpg", np.clip(down, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
        down = cv2.imdecode(coded, cv2.IMREAD_COLOR).astype(np.float32)
    way = int(
        rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_NEAREST], p=[0.3, 0.4, 0.25, 0.05])
    )
    return np.asarray(cv2.resize(down, (size, size), interpolation=way), np.float32)


def _unfocused(image: F32, rng: Generator) -> F32:
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 2.4))), np.float32)
    length = int(rng.integers(3, 11))
    kernel = np.zeros((length, length), np.float32)
    turn = rng.uniform(0, np.pi)
    middle, reach = (length - 1) / 2, (length - 1) / 2
    ends = [
        (round(middle - s * reach * float(np.cos(turn))), round(middle - s * reach * float(np.sin(turn))))
        for s in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)


def _sharpened(image: F32, rng: Generator) -> F32:
    soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.7, 2.0)))
    return np.asarray(image + (image - soft) * np.float32(rng.uniform(0.4, 2.0)), np.float32)


def _noisy(image: F32, rng: Generator) -> F32:
    size = len(image)
    coarse = int(rng.integers(1, 3))
    cells = size // coarse
    shape = (cells, cells, 3) if rng.random() < 0.6 else (cells, cells, 1)
    noise = rng.standard_normal(shape, dtype=np.float32) * np.float32(rng.uniform(1, 9))
    if coarse > 1:
        noise = cv2.resize(noise, (size, size), interpolation=cv2.INTER_LINEAR).reshape(size, size, -1)
    return np.asarray(image + noise, np.float32)
