"""The second witness of every hand: the digit network looks at what a detector found, and both make one pose.

Torch is imported at the first look, and only in the process that looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.values import Box, Detection
from handanat_studio.vision.combined_pose import SeenDigits, combine, evidence_of
from handanat_studio.vision.weights import DIGITS, weights_path, weights_version

U8 = NDArray[np.uint8]

NAME = "digits"
"""What the network is called where detectors are named."""
NO_HAND_BELOW = 0.2
"""The network contradicts a detector where it takes a hand to be less likely than this."""
_REVISION = 2


class Witness:
    """The digit network as the second opinion on detected hands.

    Attributes:
        version: changes with the weights and with the way both opinions are joined.

    Raises:
        UserError: if the network's weights are not installed.
    """

    def __init__(self) -> None:
        self.version = f"{weights_version(DIGITS)}.{_REVISION}"

    def see(self, pixels: U8, boxes: Sequence[Box]) -> list[SeenDigits]:
        """Return what the network sees in boxes of an (H, W, 3) uint8 RGB image, in its pixels."""
        return self._see_all([(pixels, boxes)])[0]

    def _see_all(self, asked: Sequence[tuple[U8, Sequence[Box]]]) -> list[list[SeenDigits]]:
        if not any(boxes for _, boxes in asked):
            return [[] for _ in asked]
        from handanat_studio.vision.digit_reader import shared_reader

        return shared_reader(weights_path(DIGITS), self.version).see_all(asked)

    def testify(self, pixels: U8, hands: Sequence[Detection]) -> list[Detection]:
        """Return detections with the combined pose and its evidence; those that have evidence stay as they are.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.
            hands: found in it.
        """
        return self.testify_all([(pixels, hands)])[0]

    def testify_all(self, asked: Sequence[tuple[U8, Sequence[Detection]]]) -> list[list[Detection]]:
        """Return the same for several images, all looked at together."""
        unseen = [(pixels, [hand.box for hand in hands if hand.evidence is None]) for pixels, hands in asked]
        told = (seen for of_image in self._see_all(unseen) for seen in of_image)
        return [
            [hand if hand.evidence is not None else self._joined(hand, next(told)) for hand in hands]
            for _, hands in asked
        ]

    def _joined(self, hand: Detection, seen: SeenDigits) -> Detection:
        pose = combine(hand.pose, seen)
        return replace(hand, pose=pose, evidence=evidence_of(seen, pose, self.version))


def is_contradicted(hand: Detection) -> bool:
    """Say whether the digit network has looked at a detection and sees no hand there."""
    return hand.evidence is not None and hand.evidence.hand < NO_HAND_BELOW
