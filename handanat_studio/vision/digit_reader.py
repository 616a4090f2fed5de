"""Looking at hands with a trained digit network: crops out of images, answers in pixels of the image. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from handanat_studio.hand.values import Box
from handanat_studio.vision.digit_assembly import USUAL, DigitSet, assemble
from handanat_studio.vision.digit_evidence import Evidence, read_evidence
from handanat_studio.vision.digit_network import DigitNetwork, load_network

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

CROP_PX = 192
MARGIN = 1.3
"""A crop's side over the longer side of the hand's box."""
_BLANK = 114
_AT_ONCE = 16


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
    if scale < 0.7:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.4 / scale), np.uint8)
    # OpenCV's origin is the middle of the first pixel, ours its corner.
    shift = -origin * scale + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
    cut = cv2.warpAffine(pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(_BLANK,) * 3)
    return HandCrop(np.asarray(cut, np.uint8), scale, origin)


class DigitReader:
    """A trained network on the processor.

    Args:
        weights: a safetensors file, or a network in memory.
        evidence: what peaks are worth; None = as kept beside the weights.
    """

    def __init__(self, weights: Path | DigitNetwork, *, evidence: Evidence | None = None) -> None:
        if isinstance(weights, DigitNetwork):
            self.network, kept = weights.eval(), USUAL
        else:
            self.network, kept = load_network(weights), read_evidence(weights.with_suffix(".json"))
        self.evidence = evidence or kept

    def read(self, crops: Sequence[U8]) -> DigitSet:
        """Return the digits of (S, S, 3) uint8 RGB crops of one size."""
        return assemble(*self.maps(crops), self.evidence)

    def maps(self, crops: Sequence[U8]) -> tuple[F32, F32, F32]:
        """Return what the network says: fine maps 0..1, coarse maps, answers 0..1 (see `digit_maps`)."""
        parts: list[list[F32]] = [[], [], []]
        for start in range(0, len(crops), _AT_ONCE):
            stack = torch.from_numpy(np.stack(crops[start : start + _AT_ONCE])).permute(0, 3, 1, 2).float() / 255.0
            with torch.inference_mode():
                fine, coarse, whole = self.network(stack.contiguous(memory_format=torch.channels_last))
            parts[0].append(torch.sigmoid(fine).numpy())
            parts[1].append(coarse.numpy())
            tips = torch.softmax(whole[:, 2:], dim=1)
            parts[2].append(torch.cat([torch.sigmoid(whole[:, :2]), tips], dim=1).numpy())
        fine_all, coarse_all, whole_all = (np.concatenate(p) for p in parts)
        return fine_all, coarse_all, whole_all
