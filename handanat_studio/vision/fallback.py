"""The fallback: boxes from a network that knows hands by their outline, then a closer look, then the digit network.

It runs where the landmark detector finds nothing, or only what the digit network does not take for a hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import LEAST_HAND
from handanat_studio.hand.values import Box, Detection
from handanat_studio.vision.box_look import Looks, find_in_box
from handanat_studio.vision.combined_pose import evidence_of
from handanat_studio.vision.mediapipe_hands import MediaPipeHands
from handanat_studio.vision.own_pose import own_pose, unlabelled_pose
from handanat_studio.vision.seen_digits import SeenDigits
from handanat_studio.vision.weights import HANDS, weights_version
from handanat_studio.vision.witness import NAME, Witness

if TYPE_CHECKING:
    from handanat_studio.vision.yolo import HandBoxes

LEAST_BOX = 0.25
"""Boxes less sure than this are not looked at; a box alone proves little, so two witnesses must agree."""
ALONE_BOX, ALONE_HAND = 0.45, 0.97
"""Without such joints, box and digit network must both be as sure. On 80 composed places without hands, skin and
clutter in them, no box passed either way."""
MOST_BOXES = 4
SAME_HAND = 0.5
"""Boxes that overlap more (intersection over union) hold one hand."""
_REVISION = 3
_PALM_THRESHOLD = 0.2


class Boxes(Protocol):
    """Finds boxes of hands, best first, each with its score 0..1."""

    def find(self, pixels: NDArray[np.uint8]) -> list[tuple[Box, float]]:
        """Look at an (H, W, 3) uint8 RGB image."""


class BoxFallback:
    """Hands by their boxes. Networks are loaded when they are first needed.

    Args:
        boxes: what finds boxes; None = the installed network.
        closer: what looks for joints in a box; None = MediaPipe that suspects palms early.
        witness: the digit network; None = the installed one.

    Raises:
        UserError: if weights are not installed.
    """

    name = "yolo"

    def __init__(self, boxes: Boxes | None = None, closer: Looks | None = None, witness: Witness | None = None) -> None:
        self._witness = witness or Witness()
        self._boxes = boxes
        self._own_boxes: HandBoxes | None = None
        self._closer = closer or MediaPipeHands(palm_threshold=_PALM_THRESHOLD)
        self.version = f"{weights_version(HANDS) if boxes is None else 'given'}-{self._witness.version}.{_REVISION}"

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find hands whose joints the landmark detector does not find in the whole image.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.

        Returns:
            For each box the hand that MediaPipe sees in it; else the digits that the digit network sees; else, for a
            sure box, a hand without located joints. All carry evidence; `fallback_reason` says which it was.
        """
        found: list[Detection] = []
        for box, score in self._find(pixels)[:MOST_BOXES]:
            if score < LEAST_BOX:
                break
            hand = self._in_box(pixels, box, score)
            if hand is not None and all(hand.box.overlap(other.box) < SAME_HAND for other in found):
                found.append(hand)
        return found

    def close(self) -> None:
        """Free the networks; the detector cannot be used afterwards."""
        for part in (self._own_boxes, self._closer):
            if part is not None and hasattr(part, "close"):
                part.close()

    def _find(self, pixels: NDArray[np.uint8]) -> Sequence[tuple[Box, float]]:
        if self._boxes is None:
            from handanat_studio.vision.yolo import HandBoxes

            self._boxes = self._own_boxes = HandBoxes()
        return self._boxes.find(pixels)

    def _in_box(self, pixels: NDArray[np.uint8], box: Box, score: float) -> Detection | None:
        seen_in = f"hand box of {score:.2f}"
        joints = find_in_box(pixels, box, self._closer)
        if joints is not None:
            (hand,) = self._witness.testify(pixels, [joints])
            if hand.evidence is not None and hand.evidence.hand >= LEAST_HAND:
                reason = f"{seen_in}, joints seen in a closer look"
                return replace(hand, detector=self.name, version=self.version, fallback_reason=reason)
        if score < ALONE_BOX:
            return None
        (seen,) = self._witness.see(pixels, [box])
        if seen.hand < ALONE_HAND:
            return None
        alone = _alone(seen, pixels, box, self._witness.version)
        if alone is not None:
            reason = f"{seen_in}, {alone.fallback_reason}"
            return replace(alone, detector=self.name, version=self.version, score=score, fallback_reason=reason)
        pose = unlabelled_pose(score)
        evidence = evidence_of(seen, pose, self._witness.version)
        return Detection(box, pose, self.name, self.version, score, f"{seen_in}, no joint seen", evidence)


def create() -> BoxFallback:
    """Return the fallback with the installed networks (the registry's entry)."""
    return BoxFallback()


def seen_alone(pixels: NDArray[np.uint8], box: Box, witness: Witness) -> Detection | None:
    """Return the hand that the digit network alone sees in a box; None if it sees none.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
        box: in its pixels.
        witness: the digit network.
    """
    (seen,) = witness.see(pixels, [box])
    return _alone(seen, pixels, box, witness.version)


def _alone(seen: SeenDigits, pixels: NDArray[np.uint8], box: Box, version: str) -> Detection | None:
    height, width = pixels.shape[:2]
    pose = own_pose(seen, (width, height))
    if pose is None:
        return None
    evidence = evidence_of(seen, pose, version)
    reason = "joints from the digit network alone"
    return Detection(box, pose, NAME, version, seen.hand, reason, evidence)
