"""Assembly: perfect maps give back the hand exactly, whatever its digits."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.topology import JointState
from handanat_studio.vision.digit_assembly import DigitSet, assemble
from handanat_studio.vision.digit_counts import count_digits, count_distribution
from handanat_studio.vision.digit_grouping import own_hand
from handanat_studio.vision.digit_maps import COARSE, FINE, GLOBAL
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.targets import ShownHand, targets_of
from handanat_studio.vision.training.views import Stock, View, draw_view


def _assembled(views: list[View]) -> DigitSet:
    targets = [targets_of(v.digit_map, v.hands) for v in views]
    # Of flaws the hand as a whole knows nothing: even odds.
    whole = np.full((len(targets), len(GLOBAL)), 0.5, np.float32)
    whole[:, :2] = [t.answers[:2] for t in targets]
    return assemble(np.stack([t.fine for t in targets]), np.stack([t.coarse for t in targets]), whole)


def _crowded(hand: ShownHand) -> bool:
    """Whether two joints of one level lie so close that their peaks are one."""
    for level in (0, 3):
        points = hand.joints[hand.states[:, level] != JointState.ABSENT, level]
        away = np.linalg.norm(points[:, None] - points[None], axis=-1) + 99 * np.eye(len(points))
        if (away < 7).any():
            return True
    return False


def test_true_maps_give_back_every_digit(hands: HandCache) -> None:
    """Number, joints and wrist come back from the maps of hands with three to eight digits."""
    rng, views = np.random.default_rng(1), []
    while len(views) < 32:
        view = draw_view(Stock(hands), rng, 192)
        if len(view.hands) == 1 and not _crowded(view.hands[0]):
            states = view.hands[0].states
            if (states[states[:, 3] != JointState.ABSENT] == JointState.VISIBLE).all():
                views.append(view)
    digits = _assembled(views)
    for k, view in enumerate(views):
        hand = view.hands[0]
        there = np.flatnonzero(hand.states[:, 3] != JointState.ABSENT)
        found = np.flatnonzero((digits.confidence[k] > 0.5) & digits.tip_seen[k])
        assert len(found) == len(there)
        away = np.linalg.norm(hand.joints[there][:, None] - digits.joints[k, found][None], axis=-1)
        assert away[:, :, 3].min(axis=1).max() < 2.5
        assert np.median(away[np.arange(len(there)), away[:, :, 3].argmin(axis=1)]) < 2.5
        assert np.nanmedian(np.linalg.norm(digits.wrists[k, found] - hand.wrist, axis=-1)) < 4
    assert len({int((v.hands[0].states[:, 3] != JointState.ABSENT).sum()) for v in views}) > 2


def test_the_other_hand_of_a_crop_is_left_out() -> None:
    """Digits that name another wrist belong to another hand."""

    def hand(x: float, code: int) -> ShownHand:
        fingers = [[[x + d, 100], [x + d, 80], [x + d, 68], [x + d, 58]] for d in (-9, 0, 9)]
        wrist = np.array([x, 130], np.float32)
        return ShownHand(
            wrist, np.array(fingers, np.float32), np.ones((3, 4), np.uint8), np.empty((0, 3), np.float32), code
        )

    blank = np.zeros((192, 192), np.uint8)
    digits = _assembled([View(np.zeros((192, 192, 3), np.uint8), blank, [hand(90, 2), hand(150, 18)])])
    assert (digits.confidence[0] > 0.5).sum() == 6
    mine = own_hand(digits, 192)[0]
    assert mine.sum() == 3
    counts = count_digits(digits, 192)
    assert counts.number.tolist() == [3]
    assert counts.visible.tolist() == [3]
    assert counts.assessed.tolist() == [True]
    assert np.allclose(np.sort(digits.joints[0, mine, 3, 0]), [81, 90, 99], atol=2)


def test_empty_maps_hold_no_digit() -> None:
    """Where nothing is seen, nothing is counted."""
    nothing = assemble(
        np.zeros((2, len(FINE), 32, 32), np.float32),
        np.zeros((2, len(COARSE), 16, 16), np.float32),
        np.zeros((2, 2), np.float32),
    )
    assert not nothing.confidence.any()
    assert np.isnan(nothing.joints).all()


def test_a_base_without_a_tip_is_a_digit_whose_tip_is_hidden() -> None:
    """A folded finger still counts, as one whose tip nobody sees."""
    joints = np.array([[[40, 90], [40, 60], [40, 45], [40, 30]], [[80, 90], [80, 60], [80, 70], [80, 80]]], np.float32)
    states = np.array([[1, 1, 1, 1], [1, 1, 3, 3]], np.uint8)
    hand = ShownHand(np.array([60, 120], np.float32), joints, states, np.empty((0, 3), np.float32), 2)
    image = np.zeros((128, 128, 3), np.uint8)
    digits = _assembled([View(image, np.zeros((128, 128), np.uint8), [hand])])
    certain = digits.confidence[0] > 0.5
    assert sorted(digits.tip_seen[0][certain].tolist()) == [False, True]


def test_two_tips_on_one_base_are_a_fork() -> None:
    """The second tip names the digit whose base it shares."""
    joints = np.array([[[60, 95], [60, 65], [50, 45], [42, 30]], [[60, 95], [60, 65], [70, 45], [78, 30]]], np.float32)
    hand = ShownHand(
        np.array([60, 120], np.float32), joints, np.ones((2, 4), np.uint8), np.empty((0, 3), np.float32), 2
    )
    digits = _assembled([View(np.zeros((128, 128, 3), np.uint8), np.zeros((128, 128), np.uint8), [hand])])
    assert digits.tip_seen[0].sum() == 2
    assert sorted(digits.forked_from[0][digits.tip_seen[0]].tolist()) in ([-1, 0], [-1, 1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_the_count_distribution_is_that_of_independent_digits(confidence: list[float]) -> None:
    """It equals the sum over all ways in which the digits may exist."""
    wanted = np.zeros(13)
    for there in product((0, 1), repeat=len(confidence)):
        wanted[sum(there)] += np.prod([c if t else 1 - c for c, t in zip(confidence, there, strict=True)])
    found = count_distribution(np.array([confidence], np.float32))[0]
    assert np.allclose(found, wanted, atol=1e-5)
