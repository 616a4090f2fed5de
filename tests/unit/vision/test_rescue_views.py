"""Changed copies of an image map back to it exactly, joints, depths and all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.topology import JointState, Side
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.vision.mediapipe_hands import distinct, located, padded_box
from handanat_studio.vision.rescue import Rescue, View, views

SIZES = [(300, 420), (64, 48), (1, 1), (3300, 2000)]


class MarkerFinder:
    """Stands in for MediaPipe: "finds" a hand whose joints all lie on the white marker, in the view asked for."""

    name, version = "mediapipe", "fake"

    def __init__(self, answers_at: int) -> None:
        self.looks = 0
        self._answers_at = answers_at

    def detect(self, pixels: np.ndarray) -> list[Detection]:
        self.looks += 1
        if self.looks <= self._answers_at:
            return []
        points = np.repeat(_marker(pixels)[None], 21, axis=0)
        world = np.tile(np.array([0.01, 0.02, 0.03]), (21, 1))
        pose = HandPose.ordinary(points, world=world, side=Side.LEFT, confidence=0.9)
        return [Detection(Box(0, 0, 1, 1), pose, self.name, self.version, 0.9)]

    def close(self) -> None:
        """Nothing is held."""


def _marker(pixels: np.ndarray) -> np.ndarray:
    weight = pixels[..., 0].astype(float)
    rows, columns = np.indices(weight.shape) + 0.5
    return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()


def _marked(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a black image with a small white block that every view shows, and the block's centre."""
    pixels = np.zeros((height, width, 3), np.uint8)
    row, column = height // 2, int(width * 0.45)
    block = 1 if min(height, width) < 8 else 4
    pixels[row : row + block, column : column + block] = 255
    return pixels, np.array([column + block / 2, row + block / 2])


@pytest.mark.parametrize("size", SIZES)
def test_every_view_maps_back_to_the_image(size: tuple[int, int]) -> None:
    """A marker found in a copy lies where it was drawn, for each copy and image size."""
    pixels, centre = _marked(*size)
    seen = list(views(pixels))
    assert len(seen) == 6
    for view in seen:
        if view.pixels.any():
            mapped = view.linear @ _marker(view.pixels) + view.offset
            assert np.abs(mapped - centre).max() < 0.75, view.how
        assert max(view.pixels.shape) <= 2500
        assert view.pixels.flags.c_contiguous


@pytest.mark.parametrize("look", range(6))
def test_a_rescued_hand_lies_in_the_original_image(look: int) -> None:
    """Whichever look answers, joints are in the image's pixels, depth vectors are turned, and the look is told."""
    pixels, centre = _marked(700, 900)
    finder = MarkerFinder(answers_at=look)
    (hand,) = Rescue(finder).detect(pixels)
    assert finder.looks == look + 1
    assert np.abs(hand.pose.points - centre).max() < 0.75
    sign = -1 if hand.fallback_reason == "seen upside down" else 1
    assert np.allclose(hand.pose.world[0], [sign * 0.01, sign * 0.02, 0.03])
    assert (hand.detector, hand.pose.side, hand.score) == ("mediapipe-rescue", Side.LEFT, 0.9)
    assert hand.fallback_reason.startswith("seen ")


@pytest.mark.parametrize(("size", "looks"), [((512, 512), 2), ((639, 2000), 2), ((640, 640), 6)])
def test_the_search_is_bounded(size: tuple[int, int], looks: int) -> None:
    """An image without a hand costs two looks, a large one six."""
    finder = MarkerFinder(answers_at=99)
    assert Rescue(finder).detect(np.zeros((*size, 3), np.uint8)) == []
    assert finder.looks == looks


def test_upside_down_and_back_is_the_same_image() -> None:
    """The turned copy is the image turned by half, not mirrored."""
    pixels, _ = _marked(64, 48)
    turned = next(view for view in views(pixels) if view.how == "upside down")
    assert isinstance(turned, View)
    assert np.array_equal(turned.pixels[::-1, ::-1], pixels)


def _hand(shift: float, score: float, *, flip: bool = False) -> Detection:
    grid = np.stack([np.arange(21) % 5, np.arange(21) // 5], axis=1) * 20.0
    points = grid[::-1] if flip else grid
    pose = HandPose.ordinary(points + shift)
    return Detection(Box(0, 0, 80, 80), pose, "mediapipe", "1", score)


def test_the_same_hand_found_twice_is_kept_once() -> None:
    """Of two hands whose joints coincide the better one stays, whatever their order."""
    weak, strong = _hand(5.0, 0.6), _hand(0.0, 0.9)
    for hands in ([weak, strong], [strong, weak]):
        assert [hand.score for hand in distinct(hands)] == [0.9]


def test_clasped_hands_are_two_hands() -> None:
    """Hands in the same place whose joints do not coincide both stay, best first."""
    assert [hand.score for hand in distinct([_hand(0.0, 0.7), _hand(0.0, 0.9, flip=True)])] == [0.9, 0.7]


def test_joints_beyond_the_edge_are_outside() -> None:
    """A joint is OUTSIDE when it lies beyond the image, VISIBLE on it, the edge included."""
    points = np.full((21, 2), 50, np.float32)
    points[0], points[1], points[2], points[3] = (-0.1, 50), (0, 0), (100, 80), (50, 80.5)
    pose = located(points, np.zeros((21, 3), np.float32), Side.RIGHT, 0.8, (100, 80))
    expected = [JointState.OUTSIDE, JointState.VISIBLE, JointState.VISIBLE, JointState.OUTSIDE]
    assert pose.states[:4].tolist() == expected
    assert pose.confidence == pytest.approx(0.8)


@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 130)), min_size=21, max_size=21))
def test_a_box_lies_in_the_image_and_holds_the_joints_in_it(points: list[tuple[float, float]]) -> None:
    """Every joint inside the image is inside the padded box; the box never leaves the image by more than a pixel."""
    xy = np.array(points, np.float32)
    box = padded_box(xy, (100, 80))
    inside = ((xy >= 0) & (xy <= [100, 80])).all(axis=1)
    low, high = np.array([box.x, box.y]), np.array([box.x + box.width, box.y + box.height])
    assert (xy[inside] >= low - 1e-3).all()
    assert (xy[inside] <= high + 1e-3).all()
    assert box.width >= 1
    assert box.height >= 1
