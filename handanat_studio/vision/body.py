"""Boxes where a person's arms end: MediaPipe's pose of the whole body knows where hands are that look like none."""

from __future__ import annotations

from importlib.metadata import version as package_version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.values import Box
from handanat_studio.vision.fallback import BoxFallback, Trust
from handanat_studio.vision.mediapipe_graph import start_graph
from handanat_studio.vision.native_log import silenced

_GRAPH = "mediapipe/modules/pose_landmark/pose_landmark_cpu.binarypb"
_REVISION = 1
_ARMS = ((15, 17, 19), (16, 18, 20))
"""Wrist, little finger's and index finger's knuckle of both arms among MediaPipe's 33 places of a body."""
_MIDDLE, _SIDE = 1.3, 3.5
"""Where a hand's box has its middle and how large it is, in distances from wrist to knuckles: open hands fit."""
_LEAST_PX = 10.0

ARM_ENDS = Trust("mediapipe-pose", "end of an arm", least=0.5, likely=0.5, alone=0.9, alone_hand=0.3)
"""A wrist that is surely in sight has a hand at it, so the digit network need not be sure. Where the pose saw a person
in rooms without any, the network's chance of a hand was at most .02."""


class BodyBoxes:
    """The hands of the one person that MediaPipe's body pose follows, as boxes."""

    def __init__(self) -> None:
        self.version = f"{package_version('mediapipe')}-{_REVISION}"
        self._graph: Any = None

    def find(self, pixels: NDArray[np.uint8]) -> list[tuple[Box, float]]:
        """Find where a person's hands must be. The first call loads MediaPipe's networks.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.

        Returns:
            At most two boxes with the chance that the wrist is in sight, best first.
        """
        with silenced():
            if self._graph is None:
                self._graph = _start()
            found = self._graph.process({"image": np.ascontiguousarray(pixels)}).pose_landmarks
        if found is None:
            return []
        height, width = pixels.shape[:2]
        places = np.array([(p.x * width, p.y * height) for p in found.landmark])
        boxes = [(_box(places, arm), float(found.landmark[arm[0]].visibility)) for arm in _ARMS]
        return sorted(((b, sure) for b, sure in boxes if _is_within(b, width, height)), key=lambda found: -found[1])

    def close(self) -> None:
        """Free the networks; they are loaded anew when they are needed."""
        if self._graph is not None:
            self._graph.close()
            self._graph = None


def create() -> BoxFallback:
    """Return the detector that looks where arms end (the registry's entry)."""
    return BoxFallback(BodyBoxes(), trust=ARM_ENDS)


def _box(places: NDArray[np.float64], arm: tuple[int, int, int]) -> Box:
    wrist, little, index = places[list(arm)]
    palm = (little + index) / 2 - wrist
    side = _SIDE * float(np.hypot(*palm))
    x, y = wrist + _MIDDLE * palm - side / 2
    return Box(float(x), float(y), side, side)


def _is_within(box: Box, width: int, height: int) -> bool:
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    return box.width >= _LEAST_PX and 0 <= middle_x < width and 0 <= middle_y < height


def _start() -> Any:
    return start_graph(
        _GRAPH,
        {"model_complexity": 1, "smooth_landmarks": False, "enable_segmentation": False, "use_prev_landmarks": False},
        ["pose_landmarks"],
    )
