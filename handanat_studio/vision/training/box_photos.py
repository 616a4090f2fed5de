"""Photographs of hands with boxes to measure a detector with: MediaPipe's joints, and a rim of flesh around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from handanat_studio.vision.images import read_image
from handanat_studio.vision.mediapipe_hands import MediaPipeHands
from handanat_studio.vision.training.box_composition import Scene
from handanat_studio.vision.training.box_hands import PADDING


def hand_photographs(paths: Sequence[Path], *, looked: Callable[[Path], object] = lambda path: None) -> list[Scene]:
    """Return those photographs in which MediaPipe finds a hand, with its boxes: no human truth, but an outside one.

    Args:
        paths: of the photographs.
        looked: told of each after it was looked at.
    """
    detector = MediaPipeHands()
    scenes = []
    try:
        for path in paths:
            pixels = read_image(path).pixels
            boxes = []
            for hand in detector.detect(pixels):
                low, high = hand.pose.points.min(axis=0), hand.pose.points.max(axis=0)
                rim = PADDING * float((high - low).max())
                boxes.append(np.concatenate([low - rim, high + rim]).clip(0, pixels.shape[1::-1] * 2))
            if boxes:
                scenes.append(Scene(pixels, np.array(boxes, np.float32)))
            looked(path)
    finally:
        detector.close()
    return scenes


def empty_photographs(paths: Sequence[Path]) -> list[Scene]:
    """Return photographs that hold no hand."""
    return [Scene(read_image(path).pixels, np.empty((0, 4), np.float32)) for path in paths]
