"""MediaPipe's hand landmarker as a `Detector`. Its words end here."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version as package_version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState, Side
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.vision.mediapipe_graph import start_graph
from handanat_studio.vision.native_log import silenced

_GRAPH = "mediapipe/modules/hand_landmark/hand_landmark_tracking_cpu.binarypb"
_PRESENCE = "handlandmarkcpu__hand_presence_score"
_REVISION = 1
_PADDING = 0.1
_EAGER_PALM, _EAGER_HANDS = 0.2, 2
_SAME_HAND = 0.25
# MediaPipe takes every image for a mirrored selfie, so its label names the other hand of a plain photograph.
_SUBJECTS_SIDE = {"Left": Side.RIGHT, "Right": Side.LEFT}


class MediaPipeHands:
    """MediaPipe Hands 0.10.21 on single images: always five digits, so its digit count is no evidence.

    A detection's score is the landmark network's own probability that its crop holds a hand. Every joint counts as
    visible unless it lies outside the image: MediaPipe does not say which joints it only guessed.

    Args:
        palm_threshold: least confidence of the palm detector.
        presence_threshold: least score of a hand.
        max_hands: how many palms are looked at.
    """

    name = "mediapipe"

    def __init__(self, *, palm_threshold: float = 0.5, presence_threshold: float = 0.5, max_hands: int = 8) -> None:
        self.version = f"{package_version('mediapipe')}-{_REVISION}"
        self._thresholds = (palm_threshold, presence_threshold)
        self._max_hands = max_hands
        self._graph: Any = None
        self._read_float: Any = None
        self._is_silent = False

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find the hands of an image. The first call loads MediaPipe (about a second).

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.

        Returns:
            One detection per hand, best first; joints in pixels, `world` in metres.
        """
        found = self._process(np.ascontiguousarray(pixels))
        if not found.multi_hand_landmarks:
            return []
        height, width = pixels.shape[:2]
        hands = [
            self._detection(points, world, handedness.classification[0].label, score, (width, height))
            for points, world, handedness, score in zip(
                found.multi_hand_landmarks,
                found.multi_hand_world_landmarks,
                found.multi_handedness,
                self._scores(),
                strict=True,
            )
        ]
        return distinct(hands)

    def close(self) -> None:
        """Free the networks; the detector cannot be used afterwards."""
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    def _process(self, pixels: NDArray[np.uint8]) -> Any:
        if self._is_silent:
            return self._graph.process({"image": pixels})
        # The C++ side logs once for each network it starts, the last time on the first hand it finds.
        with silenced():
            if self._graph is None:
                self._graph, self._read_float = _start(*self._thresholds, self._max_hands)
            found = self._graph.process({"image": pixels})
        self._is_silent = bool(found.multi_hand_landmarks)
        return found

    def _scores(self) -> list[float]:
        packets = self._graph._graph_outputs.every
        scores = [self._read_float(packet) for packet in packets if not packet.is_empty()]
        return [score for score in scores if score > self._thresholds[1]]

    def _detection(self, points: Any, world: Any, label: str, score: float, size: tuple[int, int]) -> Detection:
        xy = np.array([(p.x, p.y) for p in points.landmark], np.float32) * np.array(size, np.float32)
        xyz = np.array([(p.x, p.y, p.z) for p in world.landmark], np.float32)
        pose = located(xy, xyz, _SUBJECTS_SIDE[label], score, size)
        return Detection(padded_box(xy, size), pose, self.name, self.version, score)


def create() -> MediaPipeHands:
    """Return MediaPipe with its usual thresholds (the registry's entry)."""
    return MediaPipeHands()


@lru_cache(maxsize=1)
def eager_mediapipe() -> MediaPipeHands:
    """Return this process's MediaPipe that suspects palms early, for second looks; who asks weighs the scores."""
    return MediaPipeHands(palm_threshold=_EAGER_PALM, max_hands=_EAGER_HANDS)


def located(
    xy: NDArray[np.float32], xyz: NDArray[np.float32], side: Side, score: float, size: tuple[int, int]
) -> HandPose:
    """Make a pose from (21, 2) pixels and (21, 3) metres; joints beyond the (width, height) are OUTSIDE."""
    is_inside = ((xy >= 0) & (xy <= np.array(size, np.float32))).all(axis=1)
    states = np.where(is_inside, JointState.VISIBLE, JointState.OUTSIDE)
    return HandPose.ordinary(xy, world=xyz, states=states, side=side, confidence=score)


def padded_box(xy: NDArray[np.float32], size: tuple[int, int]) -> Box:
    """Return the box of (21, 2) joints, widened by a tenth of its longer side and cut at the image's edge."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = _PADDING * float((high - low).max())
    x0, y0 = np.maximum(low - margin, 0).tolist()
    x1, y1 = np.minimum(high + margin, np.array(size, np.float32)).tolist()
    return Box(x0, y0, max(x1 - x0, 1.0), max(y1 - y0, 1.0))


def distinct(hands: list[Detection]) -> list[Detection]:
    """Return the detections best first, without those whose joints lie on a better one's.

    Two hands are one when their joints are on average less than a quarter of the hand's size apart: boxes of
    clasped hands overlap too much to tell.
    """
    kept: list[Detection] = []
    for hand in sorted(hands, key=lambda h: -h.score):
        if all(_apart(hand.pose, other.pose) >= _SAME_HAND for other in kept):
            kept.append(hand)
    return kept


def _apart(first: HandPose, second: HandPose) -> float:
    between = np.linalg.norm(first.points - second.points, axis=1).mean()
    size = max(float(np.ptp(pose.points, axis=0).max()) for pose in (first, second))
    return float(between) / max(size, 1e-6)


class _Outputs(dict[str, Any]):
    """What the graph puts out. MediaPipe keeps the last packet of a stream; the hand scores come one packet a hand."""

    def __init__(self) -> None:
        super().__init__()
        self.every: list[Any] = []

    def __setitem__(self, stream: str, packet: Any) -> None:
        if stream == _PRESENCE:
            self.every.append(packet)
        super().__setitem__(stream, packet)

    def clear(self) -> None:
        super().clear()
        self.every.clear()


def _start(palm_threshold: float, presence_threshold: float, max_hands: int) -> tuple[Any, Any]:
    # `solutions.hands.Hands` is this graph too, but keeps the score of a hand to itself.
    graph = start_graph(
        _GRAPH,
        {"model_complexity": 1, "num_hands": max_hands, "use_prev_landmarks": False},
        ["multi_hand_landmarks", "multi_hand_world_landmarks", "multi_handedness", _PRESENCE],
        {
            "palmdetectioncpu__TensorsToDetectionsCalculator.min_score_thresh": palm_threshold,
            "handlandmarkcpu__ThresholdingCalculator.threshold": presence_threshold,
        },
    )
    from mediapipe.python import packet_getter

    graph._graph_outputs = _Outputs()
    return graph, packet_getter.get_float
