"""Scenes for the detector of hands: the same for the same seed, and boxes hold hands that can be seen."""

import numpy as np
import pytest

from handanat_studio.vision.training.box_hands import NOTHING, lay_hand
from handanat_studio.vision.training.box_people import limb
from handanat_studio.vision.training.box_scenes import Stock, draw_scene
from handanat_studio.vision.training.hand_cache import HandCache

SIZE = 160


@pytest.fixture(scope="module")
def stock(hands: HandCache) -> Stock:
    """Drawn hands, the same as if they came from photographs, and one photograph."""
    photo = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    return Stock(hands, hands, [photo])


def test_the_same_chance_composes_the_same_scene(stock: Stock) -> None:
    """A run that is resumed sees the scenes it would have seen."""
    for seed in range(6):
        first, second = (draw_scene(stock, np.random.default_rng(seed), SIZE) for _ in range(2))
        assert np.array_equal(first.image, second.image)
        assert np.array_equal(first.boxes, second.boxes)


def test_scenes_have_none_to_many_hands_and_their_boxes_fit(stock: Stock) -> None:
    """Boxes lie in the scene and have a size; scenes without and with several hands occur."""
    rng = np.random.default_rng(2)
    scenes = [draw_scene(stock, rng, SIZE) for _ in range(80)]
    numbers = [len(s.boxes) for s in scenes]
    assert min(numbers) == 0
    assert max(numbers) >= 3
    boxes = np.concatenate([s.boxes for s in scenes])
    assert boxes.min() >= 0
    assert boxes.max() <= SIZE
    sizes = boxes[:, 2:] - boxes[:, :2]
    assert sizes.min() > 2
    assert (sizes.max(axis=1) < 0.3 * SIZE).any()
    assert (sizes.max(axis=1) > 0.7 * SIZE).any()
    assert all(s.image.shape == (SIZE, SIZE, 3) and s.image.dtype == np.uint8 for s in scenes)


def test_a_box_holds_the_joints_and_leaves_the_arm_out(hands: HandCache) -> None:
    """All joints are in the box of a hand that lies inside; of its pixels most are, too."""
    rng = np.random.default_rng(3)
    for k in range(len(hands)):
        laid = lay_hand(hands[k], rng, 320, extent=150.0, middle=(160.0, 160.0))
        low, high = laid.box[:2], laid.box[2:]
        assert (laid.joints > low - 1).all()
        assert (laid.joints < high + 1).all()
        assert max(high - low) <= 1.26 * laid.extent
        assert abs(laid.extent - 150) < 1


def test_a_hand_points_where_its_arm_wants(hands: HandCache) -> None:
    """Asked for a wrist and a direction, both are kept, mirrored or not."""
    rng = np.random.default_rng(4)
    for k in range(8):
        angle = float(rng.uniform(-np.pi, np.pi))
        laid = lay_hand(hands[k], rng, SIZE, extent=60.0, wrist=(80.0, 70.0), pointing=angle)
        assert np.allclose(laid.wrist, (80.0, 70.0))
        assert np.allclose(-laid.arm_direction, (np.cos(angle), np.sin(angle)), atol=1e-6)


def test_a_hand_needs_a_place(hands: HandCache) -> None:
    """Neither a middle nor a wrist is an error of the caller."""
    with pytest.raises(ValueError, match="place"):
        lay_hand(hands[0], np.random.default_rng(0), SIZE, extent=50.0)


def test_pixels_beyond_the_hand_are_nothing(hands: HandCache) -> None:
    """Where the cut-out ends the scene stays as it is."""
    laid = lay_hand(hands[1], np.random.default_rng(5), SIZE, extent=50.0, middle=(80.0, 80.0))
    assert (laid.alpha[laid.digits == NOTHING] < 0.8).all()
    assert laid.alpha[0, 0] == 0


def test_a_limb_is_as_wide_as_was_asked() -> None:
    """A level limb of twenty pixels covers twenty rows."""
    shape = limb(100, [(10.0, 50.0), (90.0, 50.0)], [20.0, 20.0])
    assert abs(int((shape[:, 50] > 127).sum()) - 20) <= 1
