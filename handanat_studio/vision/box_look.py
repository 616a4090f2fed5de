"""A closer look at a part of an image that was pointed out: cut out with a margin, enlarged, and mapped back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Box, Detection
from handanat_studio.vision.mediapipe_hands import padded_box

MARGINS = (0.35, 0.1, 0.8)
"""Shares of the box's longer side that are seen around it: palms are found best with some air, but not always."""
SEEN_PX = 512
"""Smaller parts are enlarged to this longer side: the palm detector misses hands of a few dozen pixels."""
SLACK = 0.15
LEAST_INSIDE = 0.6
"""Share of the joints that must lie in the box, widened by `SLACK`: another hand in the margin is not the one meant."""


class Looks(Protocol):
    """What finds hands in pixels: one detector or a chain of them."""

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the hands of an upright (H, W, 3) uint8 RGB image, best first."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A cut-out of an image: image pixel = part pixel / `scale` + (`left`, `top`)."""

    pixels: NDArray[np.uint8]
    left: int
    top: int
    scale: float


def cut_out(pixels: NDArray[np.uint8], box: Box, margin: float) -> Part:
    """Cut a box out of an (H, W, 3) uint8 image with a margin, as a share of its longer side; enlarge a small part."""
    height, width = pixels.shape[:2]
    air = margin * max(box.width, box.height)
    left, top = max(0, int(box.x - air)), max(0, int(box.y - air))
    right = min(width, max(left + 1, round(box.x + box.width + air)))
    bottom = min(height, max(top + 1, round(box.y + box.height + air)))
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    scale = SEEN_PX / max(part.shape[:2])
    if scale <= 1.0:
        return Part(part, left, top, 1.0)
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    return Part(np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC)), left, top, scale)


def mapped_back(hand: Detection, part: Part, size: tuple[int, int]) -> Detection:
    """Return a detection in the pixels of the image, of (width, height) `size`, that a part was cut out of."""
    corner = np.array([part.left, part.top])
    points = (hand.pose.points / part.scale + corner).astype(np.float32)
    is_inside = ((points >= 0) & (points <= np.array(size, np.float32))).all(axis=1)
    seen = np.isin(hand.pose.states, (JointState.VISIBLE, JointState.OUTSIDE))
    states = np.where(seen, np.where(is_inside, JointState.VISIBLE, JointState.OUTSIDE), hand.pose.states)
    located = points[np.isfinite(points).all(axis=1)]
    box = hand.box
    if len(located):
        box = padded_box(located, size)
    else:
        left, top = np.array([box.x, box.y]) / part.scale + corner
        box = Box(float(left), float(top), box.width / part.scale, box.height / part.scale)
    return replace(hand, box=box, pose=replace(hand.pose, points=points, states=states.astype(np.uint8)))


def share_inside(hand: Detection, box: Box) -> float:
    """Return which share of a hand's located joints lies in a box that is a little widened, 0..1."""
    slack = SLACK * max(box.width, box.height)
    low = np.array([box.x - slack, box.y - slack])
    high = np.array([box.x + box.width + slack, box.y + box.height + slack])
    points = hand.pose.points[np.isfinite(hand.pose.points).all(axis=1)]
    return float(((points >= low) & (points <= high)).all(axis=1).mean()) if len(points) else 0.0


def find_in_box(
    pixels: NDArray[np.uint8], box: Box, chain: Looks, *, looked: Callable[[], object] = lambda: None
) -> Detection | None:
    """Find the one hand that a box was drawn around, by a person or by a detector of boxes.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        box: in its pixels.
        chain: who is asked.
        looked: called after each look; there are at most `len(MARGINS)`.

    Returns:
        The hand with most of its joints in the box, in pixels of the image; None if no look shows one.
    """
    height, width = pixels.shape[:2]
    for margin in MARGINS:
        part = cut_out(pixels, box, margin)
        found = [mapped_back(hand, part, (width, height)) for hand in chain.detect(part.pixels)]
        looked()
        best = max(found, key=lambda hand: share_inside(hand, box), default=None)
        if best is not None and share_inside(best, box) >= LEAST_INSIDE:
            return best
    return None
