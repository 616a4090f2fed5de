"""Training crops: what is asked of the network is what the picture shows."""

import numpy as np

from handanat_studio.hand.topology import JointState
from handanat_studio.synthetic.training_hands import draw_cut_outs
from handanat_studio.vision.digit_maps import COARSE_STRIDE, FINE_STRIDE
from handanat_studio.vision.training.hand_cache import HandCache, pack, write_shard
from handanat_studio.vision.training.targets import ShownHand, targets_of
from handanat_studio.vision.training.views import Stock, draw_view


def test_a_cache_gives_back_what_was_put_in(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Joints, states and the digit map survive exactly, the colours nearly."""
    cut = next(iter(draw_cut_outs(11, views=1, size=128)))
    write_shard(tmp_path / "a.npz", [pack(cut.colour, cut.digits, cut.pose)] * 2)
    held = HandCache([tmp_path / "a.npz"])
    assert len(held) == 2
    back = held[1]
    count = cut.pose.digit_count
    assert np.array_equal(back.digits, cut.digits)
    assert np.array_equal(back.joints[:count], cut.pose.points[1:].reshape(count, 4, 2), equal_nan=True)
    assert np.array_equal(back.states[:count], cut.pose.states[1:].reshape(count, 4))
    assert np.abs(back.colour.astype(int) - cut.colour).mean() < 4


def test_the_same_chance_composes_the_same_crop(hands: HandCache) -> None:
    """A run that is resumed sees the crops it would have seen."""
    first, second = (draw_view(Stock(hands), np.random.default_rng(5), 96) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.digit_map, second.digit_map)


def test_visible_tips_lie_on_their_own_digit(hands: HandCache) -> None:
    """Turning, mirroring, scaling and covering move picture, map and joints together."""
    rng, on, all_tips = np.random.default_rng(3), 0, 0
    for _ in range(60):
        view = draw_view(Stock(hands), rng, 160)
        for hand in view.hands:
            for row in np.flatnonzero(hand.states[:, 3] == JointState.VISIBLE):
                x, y = hand.joints[row, 3].astype(int)
                near = view.digit_map[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5]
                on += hand.first_code + row in near
                all_tips += 1
    assert all_tips > 100
    assert on / all_tips > 0.97


def _one_digit(tip: JointState) -> ShownHand:
    joints = np.array([[[40, 90], [40, 60], [40, 45], [40, 30]]], np.float32)
    states = np.array([[1, 1, 1, tip]], np.uint8)
    return ShownHand(np.array([48, 120], np.float32), joints, states, np.empty((0, 3), np.float32), 2)


def test_peaks_and_ways_say_where_joints_are() -> None:
    """A tip's peak is at the tip, and its way leads to the base."""
    targets = targets_of(np.zeros((128, 128), np.uint8), [_one_digit(JointState.VISIBLE)])
    row, column = np.unravel_index(targets.fine[0].argmax(), targets.fine[0].shape)
    assert abs(column * FINE_STRIDE + 1 - 40) <= 1
    assert abs(row * FINE_STRIDE + 1 - 30) <= 1
    cell = (30 // COARSE_STRIDE, 40 // COARSE_STRIDE)
    middle = (np.array(cell)[::-1] + 0.5) * COARSE_STRIDE
    assert np.allclose(middle + 128 * targets.coarse[6:8][:, cell[0], cell[1]], [40, 90], atol=1e-3)
    assert targets.answers.tolist() == [1, 1, 1]


def test_a_hidden_tip_is_neither_asked_for_nor_forbidden() -> None:
    """The network is free around a tip that nobody sees, and the hand is not assessable."""
    targets = targets_of(np.zeros((128, 128), np.uint8), [_one_digit(JointState.SELF_OCCLUDED)])
    assert targets.fine[0].max() == 0
    assert targets.fine_weight[0, 15, 20] == 0
    assert targets.fine_weight[0, 50, 50] == 1
    assert targets.answers.tolist() == [1, 0, 0]


def test_fused_digits_have_no_seam_where_they_are_grown_together() -> None:
    """Below the fusion's end two touching digits are one flesh, above it they merely touch."""
    digit_map = np.zeros((128, 128), np.uint8)
    digit_map[20:100, 40:60], digit_map[20:100, 60:80] = 2, 3
    joints = np.array(
        [[[50, 100], [50, 70], [50, 45], [50, 20]], [[70, 100], [70, 70], [70, 45], [70, 20]]], np.float32
    )
    hand = ShownHand(
        np.array([60, 120], np.float32), joints, np.ones((2, 4), np.uint8), np.array([[0, 1, 0.5]], np.float32), 2
    )
    seam, fused = targets_of(digit_map, [hand]).fine[6:8]
    assert fused[45, 30] == 1
    assert seam[45, 30] == 0
    assert seam[15, 30] == 1
    assert fused[15, 30] == 0
