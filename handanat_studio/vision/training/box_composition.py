"""A scene in the making: what each pixel shows, so that a box is kept only for a hand that can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.vision.training.box_hands import NOTHING, LaidHand

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SEEN_ENOUGH = 0.3
"""Share of a hand that must be seen for it to have a box."""


@dataclass(frozen=True, eq=False)
class Scene:
    """An image with hands.

    Attributes:
        image: (S, S, 3) uint8 RGB.
        boxes: (N, 4) float32 pixels: left, top, right, bottom.
    """

    image: U8
    boxes: F32


class Composition:
    """A scene in the making: its image, and which hand each pixel shows."""

    def __init__(self, image: F32) -> None:
        self.image = image
        self.owner = np.full(image.shape[:2], -1, np.int16)
        self.hands: list[LaidHand] = []
        self.areas: list[int] = []
        self.frame = (0.0, 0.0, float(image.shape[1]), float(image.shape[0]))

    def put(self, hand: LaidHand, rng: Generator) -> None:
        """Lay a hand in front of everything, sometimes with the shadow it throws."""
        size = len(self.image)
        if rng.random() < 0.3:
            move = np.array([[1, 0, rng.normal(0.0, 0.15) * hand.extent], [0, 1, rng.normal(0.0, 0.15) * hand.extent]])
            blur = 2 * max(1, round(rng.uniform(0.02, 0.15) * hand.extent)) + 1
            shadow = cv2.blur(cv2.warpAffine(hand.alpha, move, (size, size)), (blur, blur))
            self.image *= 1.0 - shadow[..., None] * np.float32(rng.uniform(0.15, 0.6))
        self.image += hand.alpha[..., None] * (hand.colour - self.image)
        shown = (hand.digits != NOTHING) & (hand.alpha > 0.5)
        self.owner[hand.alpha > 0.5] = -1
        self.owner[shown] = len(self.hands)
        self.hands.append(hand)
        self.areas.append(_area(hand))

    def hide(self, covered: NDArray[np.bool_]) -> None:
        """Say that something else is seen there now."""
        self.owner[covered] = -1

    def boxes(self) -> F32:
        """Return (N, 4) boxes, cut at the scene's frame, of the hands that are seen well enough."""
        size = len(self.image)
        low, high = np.array(self.frame[:2] * 2), np.array(self.frame[2:] * 2)
        kept = []
        for number, (hand, area) in enumerate(zip(self.hands, self.areas, strict=True)):
            left, top, right, bottom = np.clip(np.round(hand.box), 0, size).astype(int)
            seen = int((self.owner[top:bottom, left:right] == number).sum())
            if area and seen >= SEEN_ENOUGH * area:
                kept.append(np.clip(hand.box, low, high))
        return np.array(kept, np.float32).reshape(-1, 4)


def _area(hand: LaidHand) -> int:
    """Return the pixels a hand would show if nothing hid it; what lies beyond the scene is reckoned from its box."""
    left, top, right, bottom = hand.box
    inside = np.clip(np.round(hand.box), 0, len(hand.digits)).astype(int)
    seen = int((hand.digits[inside[1] : inside[3], inside[0] : inside[2]] != NOTHING).sum())
    share = (inside[2] - inside[0]) * (inside[3] - inside[1]) / max((right - left) * (bottom - top), 1e-6)
    return int(seen / max(share, 0.02))


def mirrored(scene: Scene, size: int) -> Scene:
    """Return a scene seen in a mirror, resized to be (size, size)."""
    before = len(scene.image)
    image = cv2.resize(scene.image[:, ::-1], (size, size), interpolation=cv2.INTER_AREA)
    left, top, right, bottom = scene.boxes.T
    boxes = np.stack([before - right, top, before - left, bottom], axis=1) * np.float32(size / before)
    return Scene(np.asarray(image, np.uint8), boxes)
