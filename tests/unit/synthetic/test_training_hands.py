"""Cut-out hands for training: known, repeatable, and of any number of digits."""

from collections import Counter

import numpy as np

from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.synthetic.kinematics import palm_normal
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.training_hands import COUNT_SHARES, NOTHING, PALM_CODE, draw_cut_outs


def test_the_same_seed_draws_the_same_cut_outs() -> None:
    """A training set can be made again byte for byte."""
    first, second = (list(draw_cut_outs(7, views=2)) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a.colour, b.colour)
        assert np.array_equal(a.digits, b.digits)
        assert np.array_equal(a.pose.points, b.pose.points, equal_nan=True)


def test_one_body_keeps_its_digits_in_every_view() -> None:
    """Poses, views and looks change from picture to picture, what the hand consists of does not."""
    views = list(draw_cut_outs(3, views=3))
    assert len({v.count for v in views}) == 1
    assert len({tuple(v.pose.digit_id.tolist()) for v in views}) == 1
    assert not np.allclose(views[0].pose.points, views[1].pose.points, equal_nan=True)


def test_the_truth_counts_what_is_there() -> None:
    """The count is the number of digits that are not absent, and only those own pixels."""
    for seed in range(6):
        for cut in draw_cut_outs(seed, views=1):
            states = cut.pose.states[1:].reshape(-1, 4)
            there = np.flatnonzero((states != JointState.ABSENT).all(axis=1))
            assert cut.count == len(there)
            assert set(np.unique(cut.digits)) - {NOTHING, PALM_CODE} <= set(there.tolist())


def test_every_number_of_digits_from_three_to_eight_occurs() -> None:
    """No number can be taken for granted."""
    seen = Counter(next(iter(draw_cut_outs(seed, views=1, size=96))).count for seed in range(60))
    assert set(COUNT_SHARES) <= set(seen)
    assert seen[5] < 40


def test_a_palm_whose_first_finger_is_the_little_one_has_a_normal() -> None:
    """With index, middle and ring gone, the palm still has two sides."""

    def digit(number: int, x: float) -> DigitPlan:
        kind = DigitKind.LITTLE if number == 4 else DigitKind.EXTRA
        base, sizes = np.array([x, 80.0, 0.0]), np.array([40.0, 25.0, 20.0])
        return DigitPlan(number, kind, base, sizes, np.array([9.0, 9.0, 8.0, 7.0]), np.zeros(3), 0.0)

    normal = palm_normal(HandPlan(Side.RIGHT, 1.0, (digit(4, 20.0), digit(5, 0.0), digit(6, -20.0))))
    assert np.allclose(normal, [0.0, 0.0, 1.0], atol=0.3)
