"""The fallback: boxes from a network that knows hands by their outline, then a closer look, then the digit network.

It runs where the landmark detector finds nothing, or only what the digit network does not take for a hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import LEAST_HAND
from handanat_studio.hand.values import Box, Detection
from handanat_studio.vision.box_look import Looks, find_in_box
from handanat_studio.vision.combined_pose import evidence_of
from handanat_studio.vision.mediapipe_hands import eager_mediapipe
from handanat_studio.vision.own_pose import own_pose, unlabelled_pose
from handanat_studio.vision.seen_digits import SeenDigits
from handanat_studio.vision.weights import HANDS, weights_version
from handanat_studio.vision.witness import NAME, Witness

MOST_BOXES = 4
SAME_HAND = 0.5
"""Boxes that overlap more (intersection over union) hold one hand."""
_SURELY = 0.8
_REVISION = 5


@dataclass(frozen=True, slots=True)
class Trust:
    """How far boxes are believed; a box alone proves little, so two witnesses must agree.

    Attributes:
        name: of the detector.
        word: what a box is, for people.
        least: a less sure box is not looked at; a surer one counts if MediaPipe sees joints in it.
        likely: below this those joints must be surely a hand's to the digit network, `_SURELY`.
        alone, alone_hand: without joints, how sure box and digit network must be.
    """

    name: str
    word: str
    least: float
    likely: float
    alone: float
    alone_hand: float


HAND_BOXES = Trust("yolo", "hand box", least=0.15, likely=0.3, alone=0.4, alone_hand=0.9)
"""On 200 composed places without hands, skin and clutter in them, one box passed by its joints and four alone."""


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
        trust: how far the boxes are believed.

    Raises:
        UserError: if weights are not installed.
    """

    def __init__(
        self,
        boxes: Boxes | None = None,
        closer: Looks | None = None,
        witness: Witness | None = None,
        *,
        trust: Trust = HAND_BOXES,
    ) -> None:
        self.name = trust.name
        self._trust = trust
        self._witness = witness or Witness()
        self._boxes = boxes
        self._closer = closer or eager_mediapipe()
        finder = weights_version(HANDS) if boxes is None else getattr(boxes, "version", "given")
        self.version = f"{finder}-{self._witness.version}.{_REVISION}"

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
            if score < self._trust.least:
                break
            hand = self._in_box(pixels, box, score)
            if hand is not None and all(hand.box.overlap(other.box) < SAME_HAND for other in found):
                found.append(hand)
        return found

    def close(self) -> None:
        """Free the networks; the detector cannot be used afterwards."""
        if self._boxes is not None and hasattr(self._boxes, "close"):
            self._boxes.close()

    def _find(self, pixels: NDArray[np.uint8]) -> Sequence[tuple[Box, float]]:
        if self._boxes is None:
            from handanat_studio.vision.yolo import HandBoxes

            self._boxes = HandBoxes()
        return self._boxes.find(pixels)

    def _in_box(self, pixels: NDArray[np.uint8], box: Box, score: float) -> Detection | None:
        seen_in = f"{self._trust.word} of {score:.2f}"
        joints = find_in_box(pixels, box, self._closer)
        if joints is not None:
            (hand,) = self._witness.testify(pixels, [joints])
            enough = LEAST_HAND if score >= self._trust.likely else _SURELY
            if hand.evidence is not None and hand.evidence.hand >= enough:
                reason = f"{seen_in}, joints seen in a closer look"
                return replace(hand, detector=self.name, version=self.version, fallback_reason=reason)
        if score < self._trust.alone:
            return None
        (seen,) = self._witness.see(pixels, [box])
        if seen.hand < self._trust.alone_hand:
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
