"""What two opinions disagree about is said once, ranked, and the same from both sides."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.differences import JOINT_TOLERANCE, differences, match_digits
from handanat_studio.hand.matching import hand_size
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import Finding, HandPose

relaxed = settings(max_examples=60, deadline=None)
FINDING = Finding("angle", "index_pip", 131.0, 110.0, "deg", 3.0, 0.9, "AAOS")


@relaxed
@given(data=st.data())
def test_an_opinion_does_not_differ_from_itself(any_opinion: Any, data: st.DataObject) -> None:
    """Whatever the topology."""
    opinion = data.draw(any_opinion())
    assert differences(opinion, opinion) == ()


@relaxed
@given(data=st.data())
def test_differences_are_the_same_from_both_sides(any_opinion: Any, data: st.DataObject) -> None:
    """Exchanging the opinions exchanges the words, and neither sizes nor their number."""
    a, b = data.draw(any_opinion()), data.draw(any_opinion())
    there = [(d.kind, round(d.size, 6), d.a, d.b) for d in differences(a, b)]
    back = [(d.kind, round(d.size, 6), d.b, d.a) for d in differences(b, a)]
    assert sorted(there) == sorted(back)


@relaxed
@given(data=st.data())
def test_every_difference_has_its_own_key_and_the_largest_comes_first(any_opinion: Any, data: st.DataObject) -> None:
    """Keys tell the differences of two opinions apart."""
    found = differences(data.draw(any_opinion()), data.draw(any_opinion()))
    assert len({d.key for d in found}) == len(found)
    assert [d.size for d in found] == sorted((d.size for d in found), reverse=True)


@relaxed
@given(data=st.data())
def test_every_digit_is_matched_exactly_once(any_pose: Any, data: st.DataObject) -> None:
    """No digit is lost and none is used twice; a surplus phalanx goes with a surplus phalanx."""
    a, b = data.draw(any_pose()), data.draw(any_pose())
    pairs = match_digits(a, b)
    assert [i for i, _ in pairs if i is not None] == a.digit_id.tolist()
    assert sorted(j for _, j in pairs if j is not None) == sorted(b.digit_id.tolist())


def test_joints_are_measured_by_the_size_of_the_hand(open_hand: HandPose) -> None:
    """A tenth of the hand's size is a tenth in every resolution; what lies within annotators' spread is the same."""
    size = hand_size(open_hand)
    for scale in (1.0, 4.0):
        hand = edits.transform(open_hand, scale=scale, centre=(0, 0))
        moved = edits.move(hand, 10, hand.points[10] + [0.1 * scale * size, 0])
        (found,) = differences(Opinion(hand), Opinion(moved))
        assert (found.kind, found.part, found.digit_a, found.level) == ("joint", "middle_pip", 2, 1)
        assert found.size == pytest.approx(0.1, rel=0.01)
    near = edits.move(open_hand, 10, open_hand.points[10] + [0.9 * JOINT_TOLERANCE * size, 0])
    assert differences(Opinion(open_hand), Opinion(near)) == ()


def test_the_verdict_comes_first_and_what_is_hard_to_see_last(open_hand: HandPose) -> None:
    """Verdict, digits, fusion, side, finding, absent joints, places, how well they are seen."""
    a = edits.fuse(open_hand, 3, 4, 0.8)
    a = edits.add_digit(a, DigitKind.EXTRA, open_hand.points[17:21] + 30)
    a = edits.set_state(edits.move(a, 8, (120, 90)), 4, JointState.ABSENT)
    a = edits.set_state(replace(a, side=Side.LEFT), 16, JointState.OCCLUDED)
    first = Opinion(a, "implausible", (replace(FINDING, accepted=True),))
    found = differences(first, Opinion(open_hand, "plausible"))
    assert [d.kind for d in found] == ["verdict", "digit", "fusion", "side", "finding", "state", "joint", "state"]
    words = {d.kind: (d.a, d.b) for d in found}
    assert words["verdict"] == ("implausible", "plausible")
    assert words["fusion"] == ("grown together to 80 %", "apart")
    assert words["finding"] == ("agreed", "not judged")


def test_an_absent_digit_is_one_difference(open_hand: HandPose) -> None:
    """Four joints that are not there are one digit that is not there; a hand without the digit says the same."""
    absent = edits.set_digit_state(open_hand, 4, JointState.ABSENT)
    (found,) = differences(Opinion(absent), Opinion(open_hand))
    assert (found.kind, found.part, found.a, found.b) == ("digit", "little", "absent", "there")
    assert differences(Opinion(absent), Opinion(edits.remove_digit(open_hand, 4))) == ()


def test_a_digit_with_two_names_is_one_difference(open_hand: HandPose) -> None:
    """It lies in the same place, so it is the same digit."""
    named = edits.relabel_digit(open_hand, 4, DigitKind.EXTRA)
    (found,) = differences(Opinion(named), Opinion(open_hand))
    assert (found.kind, found.a, found.b, found.digit_a, found.digit_b) == ("digit", "extra", "little", 4, 4)


def test_a_fork_differs_by_where_it_grows(open_hand: HandPose) -> None:
    """The same branch off another joint is a difference in the fork alone."""
    middle = edits.split(open_hand, 2, Level.MIDDLE, (300, 80))
    base = replace(middle, splits=(replace(middle.splits[0], level=0),))
    (found,) = differences(Opinion(middle), Opinion(base))
    assert (found.kind, found.a, found.b) == ("split", "forks off the middle at pip", "forks off the middle at mcp")


def test_a_phalanx_too_many_is_a_difference_of_its_own(open_hand: HandPose) -> None:
    """It is named after the digit it grows on."""
    grown = edits.graft_phalanx(open_hand, 1, (180, 60))
    (found,) = differences(Opinion(grown), Opinion(open_hand))
    assert (found.kind, found.part, found.a, found.b) == ("digit", "index", "a phalanx more", "not there")


@pytest.mark.parametrize("digits", [0, 1, 5, 6, 7])
def test_hands_with_any_number_of_digits_are_compared(open_hand: HandPose, digits: int) -> None:
    """1, 5, 21, 25 and 29 points, placed or not."""
    pose = open_hand
    for digit_id in range(digits, 5):
        pose = edits.remove_digit(pose, digit_id)
    for k in range(5, digits):
        pose = edits.add_digit(pose, DigitKind.EXTRA, open_hand.points[17:21] + 30 * k)
    blank = edits.set_state(pose, slice(None), JointState.UNLABELLED)
    assert differences(Opinion(pose), Opinion(pose)) == ()
    assert differences(Opinion(blank), Opinion(blank)) == ()
    assert {d.kind for d in differences(Opinion(pose), Opinion(blank))} == {"state", "digit"} - (
        set() if digits else {"digit"}
    )
    whole = [d for d in differences(Opinion(pose), Opinion(open_hand)) if d.kind == "digit"]
    assert len(whole) == abs(5 - digits)


def test_a_hand_without_any_place_has_a_size(open_hand: HandPose) -> None:
    """A single point, or none, must not divide by zero."""
    blank = edits.set_state(open_hand, slice(None), JointState.UNLABELLED)
    assert hand_size(blank) == 1.0
    assert hand_size(edits.move(blank, 0, (5, 5))) == 1.0
    assert np.isfinite(hand_size(blank, open_hand))
