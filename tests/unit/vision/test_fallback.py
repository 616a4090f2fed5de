"""The fallback's order: a closer look in each box, then the digit network alone, then a sure box without joints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.vision.box_look import Part, mapped_back, share_inside
from handanat_studio.vision.combined_pose import evidence_of
from handanat_studio.vision.detectors import Detector
from handanat_studio.vision.fallback import BoxFallback
from handanat_studio.vision.own_pose import unlabelled_pose
from handanat_studio.vision.seen_digits import SeenDigits

PIXELS = np.zeros((400, 400, 3), np.uint8)
BOX, OTHER = Box(100, 100, 160, 200), Box(10, 300, 60, 60)


class Boxes:
    """Finds what it is told to."""

    def __init__(self, *found: tuple[Box, float]) -> None:
        self._found = list(found)

    def find(self, pixels: np.ndarray) -> list[tuple[Box, float]]:
        return self._found


class Closer:
    """Sees an ordinary hand that fills what it is shown, or nothing."""

    def __init__(self, *, sees: bool) -> None:
        self._sees = sees

    def detect(self, pixels: np.ndarray) -> list[Detection]:
        if not self._sees:
            return []
        height, width = pixels.shape[:2]
        rng = np.random.default_rng(0)
        points = rng.uniform([0.35 * width, 0.35 * height], [0.65 * width, 0.65 * height], (21, 2))
        return [Detection(Box(0, 0, width, height), HandPose.ordinary(points), "mediapipe", "1", 0.7)]


class Network:
    """Sees `count` digits side by side in any box, and takes it for a hand with chance `hand`."""

    version = "w1"

    def __init__(self, *, hand: float, count: int) -> None:
        self._hand, self._count = hand, count

    def see(self, pixels: np.ndarray, boxes: list[Box]) -> list[SeenDigits]:
        return [self._digits(box) for box in boxes]

    def testify(self, pixels: np.ndarray, hands: list[Detection]) -> list[Detection]:
        seen = self.see(pixels, [hand.box for hand in hands])
        return [replace(h, evidence=evidence_of(s, h.pose, "w1")) for h, s in zip(hands, seen, strict=True)]

    def _digits(self, box: Box) -> SeenDigits:
        x = box.x + box.width * (np.arange(self._count) + 0.5) / self._count
        y = box.y + box.height * np.array([0.6, 0.4, 0.25, 0.1])
        joints = np.stack([np.repeat(x[:, None], 4, 1), np.repeat(y[None], self._count, 0)], axis=-1)
        return SeenDigits(
            joints=joints.astype(np.float32),
            confidence=np.full(self._count, 0.9, np.float32),
            forked_from=np.full(self._count, -1),
            fused=np.zeros((self._count, self._count), np.float32),
            wrists=np.tile(np.float32([box.x + box.width / 2, box.y + box.height]), (self._count, 1)),
            hand=self._hand,
            assessable=0.9,
            counts=np.eye(13, dtype=np.float32)[self._count],
            flaws=np.zeros(len(FLAWS), np.float32),
            assessed=True,
        )


def fallback(*boxes: tuple[Box, float], sees: bool, hand: float = 0.99, count: int = 4) -> BoxFallback:
    """Return a fallback of scripted parts."""
    return BoxFallback(Boxes(*boxes), Closer(sees=sees), Network(hand=hand, count=count))  # type: ignore[arg-type]


def test_joints_of_a_closer_look_are_taken_first() -> None:
    """They lie in the box, carry evidence, and the reason tells of the box."""
    (hand,) = fallback((BOX, 0.81), sees=True).detect(PIXELS)
    assert (hand.detector, hand.fallback_reason) == ("yolo", "hand box of 0.81, joints seen in a closer look")
    assert hand.evidence is not None
    assert share_inside(hand, BOX) == 1.0
    assert hand.pose.digit_count == 5


def test_the_digit_network_answers_where_the_closer_look_sees_nothing() -> None:
    """Its digits make the pose; the box and its score are those of the box detector."""
    (hand,) = fallback((BOX, 0.5), sees=False).detect(PIXELS)
    assert hand.fallback_reason == "hand box of 0.50, joints from the digit network alone"
    assert (hand.detector, hand.box, hand.score) == ("yolo", BOX, 0.5)
    assert hand.pose.digit_count == 4
    assert hand.evidence is not None
    assert hand.evidence.number == 4


@pytest.mark.parametrize(("score", "hand", "found"), [(0.95, 0.99, 1), (0.95, 0.6, 0), (0.3, 0.99, 0)])
def test_a_box_without_joints_needs_two_sure_witnesses(score: float, hand: float, found: int) -> None:
    """Where nobody sees a joint, box detector and digit network must both be sure that there is a hand."""
    hands = fallback((BOX, score), sees=False, hand=hand, count=0).detect(PIXELS)
    assert len(hands) == found
    for one in hands:
        assert (one.pose.states == JointState.UNLABELLED).all()
        assert one.fallback_reason == f"hand box of {score:.2f}, no joint seen"
        assert one.evidence is not None


def test_joints_that_the_digit_network_does_not_take_for_a_hand_do_not_count() -> None:
    """The landmark detector sees hands in many things once it is told where to look."""
    assert fallback((BOX, 0.95), sees=True, hand=0.3).detect(PIXELS) == []


@pytest.mark.parametrize(("score", "hand", "found"), [(0.2, 0.95, 1), (0.2, 0.7, 0), (0.3, 0.7, 1)])
def test_joints_in_an_unlikely_box_must_be_surely_a_hands(score: float, hand: float, found: int) -> None:
    """The less a box is worth, the more the digit network must be."""
    assert len(fallback((BOX, score), sees=True, hand=hand).detect(PIXELS)) == found


def test_unsure_boxes_are_not_looked_at_and_one_hand_is_told_once() -> None:
    """Boxes come best first; what overlaps a better hand is that hand."""
    beside = Box(BOX.x + 10, BOX.y, BOX.width, BOX.height)
    hands = fallback((BOX, 0.9), (beside, 0.8), (OTHER, 0.7), (Box(300, 0, 50, 50), 0.1), sees=False).detect(PIXELS)
    assert [hand.box for hand in hands] == [BOX, OTHER]


def test_the_fallback_is_a_detector_whose_version_names_the_digit_network() -> None:
    """So that stored hands are known to be stale when either network changes."""
    made = fallback((BOX, 0.9), sees=False)
    assert isinstance(made, Detector)
    assert "w1" in made.version
    made.close()


def test_what_is_known_of_joints_survives_the_way_back_from_a_part() -> None:
    """Absent and hidden joints stay so; visible ones beyond the image's edge are outside; no joint keeps the box."""
    points = np.full((21, 2), 50.0)
    points[0], points[4] = (5, 5), np.nan
    states = np.full(21, JointState.VISIBLE)
    states[4], states[8] = JointState.ABSENT, JointState.SELF_OCCLUDED
    pose = HandPose.ordinary(points, states=states)
    part = Part(PIXELS, -20, 10, 2.0)
    back = mapped_back(Detection(Box(0, 0, 60, 60), pose, "a", "1", 0.5), part, (400, 400))
    assert back.pose.states[[0, 4, 8, 12]].tolist() == [
        JointState.OUTSIDE,
        JointState.ABSENT,
        JointState.SELF_OCCLUDED,
        JointState.VISIBLE,
    ]
    assert np.allclose(back.pose.points[12], [5, 35])
    nothing = mapped_back(Detection(Box(40, 20, 60, 80), unlabelled_pose(0.9), "a", "1", 0.5), part, (400, 400))
    assert nothing.box == Box(0, 20, 30, 40)
    assert share_inside(nothing, BOX) == 0.0
