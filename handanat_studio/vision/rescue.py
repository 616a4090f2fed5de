"""Further looks at images in which MediaPipe found no hand: with a border, in parts, less strictly, upside down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handanat_studio.hand.values import Detection
from handanat_studio.vision.detectors import Detector
from handanat_studio.vision.mediapipe_hands import eager_mediapipe, located, padded_box

_REVISION = 2
_LONGEST_SIDE = 1600
_BORDER = 0.25
_PART = 0.6
# Every look costs half an ordinary detection or more, and images without hands pay for all of them.
_LOOKS_AT_SMALL = 2
_SMALL_SIDE = 640
# On 126 views of rooms without hands no such look reached 0.85; knees, feet and furniture reach 0.8.
_LEAST_SCORE = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One changed copy of an image.

    Attributes:
        pixels: (h, w, 3) uint8 RGB.
        linear: (2, 2) float64; image pixel = `linear` @ view pixel + `offset`.
        offset: (2,) float64.
        how: what was done, as a user reads it.
    """

    pixels: NDArray[np.uint8]
    linear: NDArray[np.float64]
    offset: NDArray[np.float64]
    how: str


class Rescue:
    """MediaPipe on changed copies of an image, two (large: six); the first copy with a sure hand ends the search.

    Args:
        inner: what looks at the copies; None = MediaPipe that suspects palms early and believes in hands late.
    """

    name = "mediapipe-rescue"

    def __init__(self, inner: Detector | None = None) -> None:
        self._inner = inner or eager_mediapipe()
        self._is_shared = inner is None
        self.version = f"{self._inner.version}.{_REVISION}"

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find the hands of an image that MediaPipe's ordinary look missed.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.

        Returns:
            Detections in pixels of that image; `fallback_reason` says which copy showed the hand.
        """
        height, width = pixels.shape[:2]
        looks = _LOOKS_AT_SMALL if min(height, width) < _SMALL_SIDE else None
        for view in islice(views(pixels), looks):
            found = [hand for hand in self._inner.detect(view.pixels) if hand.score >= _LEAST_SCORE]
            if found:
                return [self._map_back(hand, view, (width, height)) for hand in found]
        return []

    def close(self) -> None:
        """Free the networks; the detector cannot be used afterwards."""
        if not self._is_shared:
            self._inner.close()

    def _map_back(self, hand: Detection, view: View, size: tuple[int, int]) -> Detection:
        pose = hand.pose
        xy = (pose.points @ view.linear.T + view.offset).astype(np.float32)
        xyz = np.array(pose.world, np.float32)
        turn = view.linear / np.sqrt(abs(np.linalg.det(view.linear)))
        xyz[:, :2] = xyz[:, :2] @ turn.T
        moved = located(xy, xyz, pose.side, hand.score, size)
        return replace(
            hand,
            box=padded_box(xy, size),
            pose=moved,
            detector=self.name,
            version=self.version,
            fallback_reason=f"seen {view.how}",
        )


def create() -> Rescue:
    """Return the rescue detector (the registry's entry)."""
    return Rescue()


def views(pixels: NDArray[np.uint8]) -> Iterator[View]:
    """Yield the changed copies of an (H, W, 3) uint8 image, the most promising first."""
    height, width = pixels.shape[:2]
    scale = _LONGEST_SIDE / max(height, width)
    whole = pixels
    if scale < 1:
        small = (max(round(width * scale), 1), max(round(height * scale), 1))
        whole = np.asarray(Image.fromarray(pixels).resize(small, Image.Resampling.BOX))
    grow = np.diag([width / whole.shape[1], height / whole.shape[0]])
    yield _bordered(whole, grow)
    yield _part(pixels, 0.5, 0.5, "in the middle of the image")
    yield View(whole, grow, np.zeros(2), "at lower palm confidence")
    yield _part(pixels, 0.0, 0.5, "in the left part of the image")
    yield _part(pixels, 1.0, 0.5, "in the right part of the image")
    yield View(np.ascontiguousarray(whole[::-1, ::-1]), -grow, np.array([width, height], float), "upside down")


def _bordered(whole: NDArray[np.uint8], grow: NDArray[np.float64]) -> View:
    height, width = whole.shape[:2]
    margin = int(_BORDER * max(height, width)) + 1
    canvas = np.zeros((height + 2 * margin, width + 2 * margin, 3), np.uint8)
    canvas[margin : margin + height, margin : margin + width] = whole
    return View(canvas, grow, grow @ np.full(2, -float(margin)), "with a border added")


def _part(pixels: NDArray[np.uint8], across: float, down: float, how: str) -> View:
    height, width = pixels.shape[:2]
    part_height, part_width = max(int(height * _PART), 1), max(int(width * _PART), 1)
    left, top = int((width - part_width) * across), int((height - part_height) * down)
    part = np.ascontiguousarray(pixels[top : top + part_height, left : left + part_width])
    return View(part, np.eye(2), np.array([left, top], float), how)
