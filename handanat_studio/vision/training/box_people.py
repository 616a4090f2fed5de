"""What hangs on a hand in a scene with people: arms, sleeves, trunks, heads; none of it is a hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.vision.training.hand_cache import CachedHand

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
Point = tuple[float, float]

_SHIFT = 4
"""Binary places of a pixel in which OpenCV is given corners."""


@dataclass(frozen=True)
class Figure:
    """A drawn person.

    Attributes:
        head: pixels, the head's height.
        shoulders: left and right in the image.
        skin: (3,) RGB.
    """

    head: float
    shoulders: tuple[Point, Point]
    skin: F32


def cloth(rng: Generator, photos: Sequence[U8], size: int) -> F32:
    """Return a (size, size, 3) surface of clothing: plain, striped, folded, or with the pattern of a photograph."""
    tone = rng.uniform(10, 245)
    colour = np.clip(tone + rng.normal(0, 35, 3), 5, 250).astype(np.float32)
    surface = np.broadcast_to(colour, (size, size, 3)).astype(np.float32)
    kind = rng.random()
    if kind < 0.25 and photos:
        photo = photos[int(rng.integers(len(photos)))]
        side = int(rng.uniform(0.1, 0.5) * min(photo.shape[:2]))
        top, left = (int(rng.integers(n - side + 1)) for n in photo.shape[:2])
        part = cv2.resize(photo[top : top + side, left : left + side], (size, size)).astype(np.float32)
        surface = 0.5 * surface + 0.5 * part
    elif kind < 0.45:
        across = np.arange(size) // int(rng.integers(3, max(4, size // 10))) % 2
        stripes = np.where(across[:, None, None] > 0, colour, rng.uniform(0, 255, 3)).astype(np.float32)
        surface = np.broadcast_to(stripes if rng.random() < 0.5 else stripes.transpose(1, 0, 2), surface.shape)
    cells = int(rng.integers(4, 12))
    folds = cv2.resize(rng.normal(1.0, 0.22, (cells, cells)).astype(np.float32), (size, size))
    return np.asarray(surface * folds[..., None], np.float32)


def skin_surface(rng: Generator, hand: CachedHand, skin: F32, size: int) -> F32:
    """Return a (size, size, 3) surface of bare skin: a hand's own flesh enlarged, with its folds, or a plain tone."""
    side = len(hand.digits)
    reach = max(3, int(rng.uniform(0.04, 0.1) * side))
    inside = np.argwhere(cv2.erode((hand.digits == 254).astype(np.uint8), np.ones((2 * reach + 1,) * 2)) > 0)
    if rng.random() < 0.4 or not len(inside):
        return np.broadcast_to(skin, (size, size, 3)).astype(np.float32)
    y, x = inside[int(rng.integers(len(inside)))]
    part = hand.colour[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
    return np.asarray(cv2.resize(part, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def paint(image: F32, surface: F32, shape: U8, softness: float) -> None:
    """Lay a rounded, shaded surface on an image, in place.

    Args:
        image: (S, S, 3).
        surface: (S, S, 3).
        shape: (S, S), 255 where it goes.
        softness: pixels over which the edge darkens.
    """
    left, top, width, height = cv2.boundingRect(shape)
    if not width:
        return
    part = np.s_[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2]
    cut = shape[part]
    reach = 2 * max(1, round(softness)) + 1
    # Two plain means are near enough to a bell, and far cheaper.
    inner = cv2.blur(cv2.blur(cut, (reach, reach)), (reach, reach)).astype(np.float32) / 255.0
    alpha = cv2.GaussianBlur(cut, (5, 5), 0.7).astype(np.float32)[..., None] / 255.0
    image[part] += alpha * (surface[part] * (0.45 + 0.6 * inner)[..., None] - image[part])


def limb(size: int, points: Sequence[Point], widths: Sequence[float]) -> U8:
    """Return (size, size), 255 on a chain of tapering segments through points with a width each."""
    shape = np.zeros((size, size), np.uint8)
    ends = np.array(points, float)
    for k in range(len(ends) - 1):
        along = ends[k + 1] - ends[k]
        across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
        sides = [ends[k] + across * widths[k] / 2, ends[k + 1] + across * widths[k + 1] / 2]
        sides += [ends[k + 1] - across * widths[k + 1] / 2, ends[k] - across * widths[k] / 2]
        corners = np.round(np.array(sides) * (1 << _SHIFT)).clip(-(1 << 24), 1 << 24).astype(np.int32)
        cv2.fillConvexPoly(shape, corners, 255, cv2.LINE_AA, _SHIFT)
        if k:
            cv2.circle(shape, (round(ends[k][0]), round(ends[k][1])), max(1, round(widths[k] / 2)), 255, -1)
    return shape


def draw_figure(image: F32, rng: Generator, photos: Sequence[U8], hand: CachedHand, skin: F32) -> Figure:
    """Draw head and trunk of a person, in place; the arms come with the hands."""
    size = len(image)
    head = float(size * np.exp(rng.uniform(np.log(0.09), np.log(0.45))))
    x, y = rng.uniform(0.1, 0.9) * size, rng.uniform(0.05, 0.6) * size
    wide = head * rng.uniform(0.75, 1.05)
    top = y + 0.72 * head
    shoulders = ((x - wide, top + 0.2 * head), (x + wide, top + 0.2 * head))
    deep = top + head * rng.uniform(2.0, 4.5)
    trunk = np.array([[x - 0.25 * head, top - 0.05 * head], [x + 0.25 * head, top - 0.05 * head],
                      shoulders[1], [x + 0.8 * wide, deep], [x - 0.8 * wide, deep], shoulders[0]])  # fmt: skip
    shape = np.zeros((size, size), np.uint8)
    cv2.fillPoly(shape, [np.round(trunk).astype(np.int32)], 255, cv2.LINE_AA)
    bare = rng.random() < 0.12
    paint(image, skin_surface(rng, hand, skin, size) if bare else cloth(rng, photos, size), shape, 0.15 * head)
    neck = limb(size, [(x, y), (x, top + 0.1 * head)], [0.42 * head, 0.5 * head])
    paint(image, skin_surface(rng, hand, skin, size), neck, 0.08 * head)
    draw_head(image, rng, (x, y), head, skin_surface(rng, hand, skin, size))
    return Figure(head, shoulders, skin)


def draw_head(image: F32, rng: Generator, middle: Point, height: float, surface: F32) -> None:
    """Draw a head, in place: hair, a face with eyes, brows, nose and mouth, sometimes glasses or none of it."""
    size = len(image)
    lean = float(rng.normal(0, 14))
    hair = np.clip(rng.uniform(10, 150) * np.array([1.0, rng.uniform(0.6, 1.0), rng.uniform(0.35, 1.0)]), 0, 255)
    if rng.random() < 0.85:
        mane = np.zeros((size, size), np.uint8)
        down = height * rng.uniform(-0.12, 0.25)
        _oval(mane, middle, (0.0, down - 0.06 * height), (0.46 * height, 0.52 * height + abs(down)), lean)
        strands = rng.normal(1.0, 0.2, (1, max(4, size // 3))).astype(np.float32)
        texture = cv2.resize(strands, (size, size))[..., None] * hair.astype(np.float32)
        paint(image, texture, mane, 0.1 * height)
    face = np.zeros((size, size), np.uint8)
    _oval(face, middle, (0.0, 0.04 * height), (0.37 * height, 0.48 * height), lean)
    paint(image, surface, face, 0.16 * height)
    if rng.random() < 0.1:
        return
    turn = float(rng.normal(0, 0.06)) * height
    dark = tuple(float(v) for v in np.clip(hair * 0.6, 0, 255))
    for side in (-1, 1):
        at = (side * 0.17 * height + turn, -0.04 * height)
        _oval(image, middle, at, (0.075 * height, 0.04 * height), lean, (235.0, 230.0, 225.0))
        _oval(image, middle, at, (0.035 * height, 0.038 * height), lean, dark)
        _oval(image, middle, (at[0], at[1] - 0.09 * height), (0.1 * height, 0.018 * height), lean + 8 * side, dark)
        if rng.random() < 0.1:
            _oval(image, middle, at, (0.12 * height, 0.1 * height), lean, (30.0, 30.0, 35.0), line=True)
    shade = tuple(float(v) for v in surface[size // 2, size // 2] * 0.7)
    _oval(image, middle, (1.5 * turn, 0.12 * height), (0.05 * height, 0.03 * height), lean, shade)
    red = tuple(float(v) for v in surface[size // 2, size // 2] * np.array([0.85, 0.5, 0.5]))
    open_wide = 0.025 if rng.random() < 0.7 else 0.08
    _oval(image, middle, (1.2 * turn, 0.25 * height), (0.13 * height, open_wide * height), lean, red)


def _oval(
    image: F32 | U8,
    middle: Point,
    offset: Point,
    axes: Point,
    lean: float,
    colour: tuple[float, ...] = (255.0,),
    *,
    line: bool = False,
) -> None:
    a = np.radians(lean)
    x = middle[0] + offset[0] * np.cos(a) - offset[1] * np.sin(a)
    y = middle[1] + offset[0] * np.sin(a) + offset[1] * np.cos(a)
    reach = (max(1, round(axes[0])), max(1, round(axes[1])))
    cv2.ellipse(image, (round(x), round(y)), reach, lean, 0, 360, colour, 1 if line else -1, cv2.LINE_AA)
