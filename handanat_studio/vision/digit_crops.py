"""Square cuts around hands, as the digit network looks at them, and the way back to the image. No network here."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.values import Box

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

CROP_PX = 192
MARGIN = 1.3
"""A crop's side over the longer side of the hand's box."""
_BLANK = 114
_BLUR_BELOW, _BLUR, _AIR = 0.7, 0.4, 3.0
"""A hand that is made smaller than by this scale is blurred before, by so many pixels of the crop, with so many pixels
of air around it so that the cut does not show."""


@dataclass(frozen=True, eq=False)
class HandCrop:
    """A square cut around a hand: image pixel = crop pixel / `scale` + `origin`.

    Attributes:
        pixels: (`CROP_PX`, `CROP_PX`, 3) uint8 RGB; grey beyond the image's edge.
        scale: crop pixels for one image pixel.
        origin: (2,) image pixels of the crop's corner.
    """

    pixels: U8
    scale: float
    origin: NDArray[np.float64]

    def to_image(self, points: F32) -> F32:
        """Return (..., 2) points of the crop in pixels of the image."""
        return np.asarray(points / self.scale + self.origin, np.float32)


def crop_hand(pixels: U8, box: Box | None, *, margin: float = MARGIN, size: int = CROP_PX) -> HandCrop:
    """Cut a hand out of an (H, W, 3) uint8 RGB image.

    Args:
        pixels: the image.
        box: of the hand; None = the hand fills the image.
        margin: the crop's side over the box's longer side; not used without a box.
        size: pixels of the crop.
    """
    height, width = pixels.shape[:2]
    if box is None:
        box, margin = Box(0.0, 0.0, float(width), float(height)), 1.0
    side = max(box.width, box.height, 1.0) * margin
    origin = np.array([box.x + box.width / 2, box.y + box.height / 2]) - side / 2
    scale = size / side
    corner = np.zeros(2)
    if scale < _BLUR_BELOW:
        pixels, corner = _around(pixels, origin, side, air=_AIR / scale)
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), _BLUR / scale), np.uint8)
    # OpenCV's origin is the middle of the first pixel, ours its corner.
    shift = (corner - origin) * scale + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
    cut = cv2.warpAffine(pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(_BLANK,) * 3)
    return HandCrop(np.asarray(cut, np.uint8), scale, origin)


def _around(pixels: U8, origin: NDArray[np.float64], side: float, *, air: float) -> tuple[U8, NDArray[np.float64]]:
    """Return the part of an image around a square with some air, and the part's corner: images may be large."""
    limit = np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(origin - air).astype(int), 0, limit - 1)
    high = np.clip(np.ceil(origin + side + air).astype(int), low + 1, limit)
    return pixels[low[1] : high[1], low[0] : high[0]], low.astype(float)
