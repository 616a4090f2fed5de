"""Predictions fill in what nobody has placed, and never more."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.merging import accept_prediction, placed_rows, take_digit
from handanat_studio.hand.topology import DigitKind, JointState
from handanat_studio.hand.values import HandPose

relaxed = settings(max_examples=80, deadline=None)


def _shaken(pose: HandPose) -> HandPose:
    """Return the same hand as another run of a detector would see it."""
    points = pose.points + np.random.default_rng(1).normal(0, 4, pose.points.shape)
    return HandPose.ordinary(points, world=None if pose.world is None else pose.world + 1.0, side=pose.side)


@relaxed
@given(data=st.data())
def test_what_a_person_placed_is_never_overwritten(any_pose: Any, open_hand: HandPose, data: st.DataObject) -> None:
    """Whatever was edited stays to the bit, by digit or as a whole, also after the detector ran again."""
    pose = data.draw(any_pose())
    placed = placed_rows(pose, open_hand)
    predicted = _shaken(open_hand)
    results = [accept_prediction(pose, predicted, placed=placed)]
    known = [i for i in pose.digit_id.tolist() if i in (0, 1, 2, 3, 4)]
    for digit_id in known:
        try:
            results.append(take_digit(pose, predicted, digit_id, placed=placed))
        except KeyError:
            continue
    rows = sorted(placed)
    for result in results:
        assert np.array_equal(result.points[rows], pose.points[rows], equal_nan=True)
        assert np.array_equal(result.states[rows], pose.states[rows])
        assert result.digit_id.tolist()[: pose.digit_count] == pose.digit_id.tolist()


def test_untouched_joints_follow_the_newer_prediction(open_hand: HandPose) -> None:
    """One joint was moved; the other twenty come from the detector, with their depth in the hand's own frame."""
    mine = edits.move(open_hand, 8, (120, 90))
    predicted = _shaken(open_hand)
    result = accept_prediction(mine, predicted, placed=placed_rows(mine, open_hand))
    others = np.arange(21) != 8
    assert np.array_equal(result.points[others], predicted.points[others])
    assert result.points[8].tolist() == [120, 90]
    assert result.world is not None
    assert open_hand.world is not None
    assert result.world[others] == pytest.approx(open_hand.world[others], abs=1e-5)


def test_without_a_prediction_to_begin_with_every_label_is_a_persons(open_hand: HandPose) -> None:
    """A hand drawn by hand keeps what it has and gets the rest."""
    blank = edits.set_state(HandPose.ordinary(open_hand.points), slice(5, 21), JointState.UNLABELLED)
    assert placed_rows(blank, None) == frozenset(range(5))
    result = accept_prediction(blank, _shaken(open_hand), placed=placed_rows(blank, None))
    assert np.array_equal(result.points[:5], open_hand.points[:5])
    assert np.isfinite(result.points).all()


def test_a_state_alone_is_a_persons_word_too(open_hand: HandPose) -> None:
    """Saying that a joint is hidden, or absent, is labelling it."""
    mine = edits.set_state(edits.set_state(open_hand, 8, JointState.OCCLUDED), 20, JointState.ABSENT)
    assert placed_rows(mine, open_hand) == {8, 20}


def test_a_digit_that_was_taken_out_stays_out_until_it_is_asked_for(open_hand: HandPose) -> None:
    """Accepting everything does not bring it back; accepting that digit does."""
    mine = edits.remove_digit(open_hand, 2)
    result = accept_prediction(mine, open_hand, placed=placed_rows(mine, open_hand))
    assert result.digit_id.tolist() == [0, 1, 3, 4]
    back = take_digit(mine, open_hand, 2)
    assert sorted(back.digit_id.tolist()) == [0, 1, 2, 3, 4]
    assert np.array_equal(back.points[-4:], open_hand.points[9:13])


def test_a_hand_without_digits_gets_all_of_them(open_hand: HandPose) -> None:
    """A box drawn by hand has said nothing yet."""
    none = HandPose(np.full((1, 2), np.nan), np.zeros(1), np.zeros(0), np.zeros(0))  # type: ignore[arg-type]
    result = accept_prediction(none, open_hand, placed=placed_rows(none, None))
    assert result == open_hand


def test_an_own_digit_stays_while_the_predicted_one_is_accepted(open_hand: HandPose) -> None:
    """The extra digit is no digit of the prediction."""
    six = edits.add_digit(open_hand, DigitKind.EXTRA, open_hand.points[17:21] + 40)
    taken = take_digit(six, _shaken(open_hand), 4)
    assert np.array_equal(taken.points[21:], six.points[21:])
    assert np.array_equal(taken.points[17:21], _shaken(open_hand).points[17:21])
    with pytest.raises(KeyError):
        take_digit(six, open_hand, 5)
