"""A digit can end early or late: phalanges are cut and grafted, and a surplus phalanx is no digit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand import edits
from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.codec import pose_from_dict, pose_to_dict
from handanat_studio.hand.features import features_to_dict, measure
from handanat_studio.hand.phalanges import graft_ids, grafts_on, phalanx_excess, present_ids, trunk_of
from handanat_studio.hand.topology import DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose, Split
from handanat_studio.hand.webbing import graph

relaxed = settings(max_examples=60, deadline=None)
TIP = (150.0, 40.0)


def test_cutting_a_phalanx_ends_the_digit_there(open_hand: HandPose) -> None:
    """The joint and all beyond it are anatomically absent, the rest stays."""
    cut = edits.cut_phalanx(open_hand, 1, Level.DISTAL)
    assert (cut.states[7:9] == JointState.ABSENT).all()
    assert np.isnan(cut.points[7:9]).all()
    assert np.array_equal(cut.points[:7], open_hand.points[:7])
    assert (phalanx_excess(cut, 1), present_ids(cut)) == (-2, (0, 1, 2, 3, 4))


def test_grafting_gives_back_what_was_cut_one_by_one(open_hand: HandPose) -> None:
    """The first absent joint is there again, the ones beyond stay absent."""
    cut = edits.cut_phalanx(open_hand, 1, Level.DISTAL)
    once = edits.graft_phalanx(cut, 1, TIP)
    assert once.points[7].tolist() == list(TIP)
    assert [int(state) for state in once.states[7:9]] == [JointState.VISIBLE, JointState.ABSENT]
    twice = edits.graft_phalanx(once, 1, (150, 20))
    assert (phalanx_excess(once, 1), phalanx_excess(twice, 1)) == (-1, 0)
    assert graft_ids(twice) == frozenset()


def test_a_graft_on_a_complete_digit_is_a_phalanx_too_many(open_hand: HandPose) -> None:
    """It grows on the tip, has only a tip itself, and is not counted as a digit or a fork."""
    grown = edits.graft_phalanx(open_hand, 1, TIP)
    assert grown.splits == (Split(1, Level.TIP, 5),)
    assert [int(state) for state in grown.states[21:]] == [JointState.ABSENT] * 3 + [JointState.VISIBLE]
    batch = batch_of([grown])
    assert (int(batch.digit_count[0]), int(batch.extra[0]), int(batch.splits[0])) == (5, 0, 0)
    assert batch.phalanx_excess.tolist() == [[0, 1, 0, 0, 0]]
    assert bool(batch.digit_resolved[0])


def test_a_second_graft_grows_on_the_first(open_hand: HandPose) -> None:
    """They are a chain, innermost first, and all belong to the digit."""
    grown = edits.graft_phalanx(edits.graft_phalanx(open_hand, 1, TIP), 1, (150, 20))
    assert grafts_on(grown, 1) == (5, 6)
    assert (trunk_of(grown, 6), phalanx_excess(grown, 1)) == (1, 2)
    assert edits.unsplit(grown, 6) == edits.graft_phalanx(open_hand, 1, TIP)
    assert edits.unsplit(grown, 5) == open_hand


def test_what_grows_on_a_digit_goes_with_it(open_hand: HandPose) -> None:
    """Removing or cutting the digit leaves no phalanx in the air."""
    grown = edits.graft_phalanx(open_hand, 1, TIP)
    assert edits.remove_digit(grown, 1).digit_id.tolist() == [0, 2, 3, 4]
    assert edits.cut_phalanx(grown, 1, Level.TIP) == edits.cut_phalanx(open_hand, 1, Level.TIP)
    assert edits.cut_phalanx(grown, 5, Level.TIP) == open_hand


def test_a_fork_is_taken_back_whole(open_hand: HandPose) -> None:
    """`unsplit` is the inverse of `split`; what is no branch cannot be taken back, and a phalanx does not fork."""
    assert edits.unsplit(edits.split(open_hand, 2, Level.MIDDLE, TIP), 5) == open_hand
    with pytest.raises(KeyError):
        edits.unsplit(open_hand, 2)
    with pytest.raises(ValueError, match="fork"):
        edits.split(edits.graft_phalanx(open_hand, 1, TIP), 5, Level.BASE, TIP)


def test_new_branches_take_the_id_they_are_given(open_hand: HandPose) -> None:
    """An id that an undone step used is not used again."""
    assert edits.split(open_hand, 2, Level.MIDDLE, TIP, branch_id=9).digit_id[-1] == 9
    assert edits.graft_phalanx(open_hand, 2, TIP, branch_id=9).digit_id[-1] == 9


def test_kinds_are_dealt_out_anew_and_ids_stay(open_hand: HandPose) -> None:
    """Two digits exchange their names; inventing a name is another edit."""
    kinds = [DigitKind(k) for k in (0, 2, 1, 3, 4)]
    swapped = edits.reorder(open_hand, kinds)
    assert swapped.digit_kind.tolist() == [0, 2, 1, 3, 4]
    assert swapped.digit_id.tolist() == open_hand.digit_id.tolist()
    assert np.array_equal(swapped.points, open_hand.points)
    with pytest.raises(ValueError, match="deals out"):
        edits.reorder(open_hand, [DigitKind.THUMB] * 5)


def test_a_hand_turns_about_the_point_it_is_held_at(open_hand: HandPose) -> None:
    """That point stays where it is."""
    centre = open_hand.points[9]
    turned = edits.transform(open_hand, angle_deg=30, scale=1.5, centre=centre)
    assert turned.points[9] == pytest.approx(centre, abs=1e-3)
    assert not np.allclose(turned.points[0], open_hand.points[0], atol=1)


@relaxed
@given(data=st.data())
def test_every_hand_of_any_topology_survives_the_codec(any_pose: Any, data: st.DataObject) -> None:
    """Grafts, forks, fusions and cut digits are written down and read back unchanged."""
    pose = data.draw(any_pose(10))
    assert pose_from_dict(pose_to_dict(pose)) == pose


@relaxed
@given(data=st.data())
def test_counting_agrees_with_the_digits_that_are_there(any_pose: Any, data: st.DataObject) -> None:
    """One batch, one graph, one export: all count the same digits, and the projection has five."""
    pose = data.draw(any_pose(10))
    batch = batch_of([pose])
    present = present_ids(pose)
    assert int(batch.digit_count[0]) == len(present)
    assert not graft_ids(pose) & set(present)
    digits = [node.digit_id for node in graph(pose).nodes if node.kind == "digit"]
    assert sorted(i for i in digits if i is not None) == sorted(present)
    flat, _ = canonical21(pose)
    again = batch_of([flat])
    assert flat.digit_count == 5
    assert np.array_equal(again.points, batch.points, equal_nan=True)


@relaxed
@given(data=st.data())
def test_no_branch_is_left_without_its_digit(any_pose: Any, data: st.DataObject) -> None:
    """However a hand is edited, a surplus phalanx has a digit to grow on that is no phalanx itself."""
    pose = data.draw(any_pose(10))
    for graft in graft_ids(pose):
        assert trunk_of(pose, graft) not in graft_ids(pose)


def test_a_batch_made_from_arrays_counts_phalanges_too(open_hand: HandPose) -> None:
    """The same figures without a loop."""
    cut = edits.set_digit_state(edits.cut_phalanx(open_hand, 3, Level.TIP), 4, JointState.ABSENT)
    batch = batch_from_arrays(cut.points[None], states=cut.states[None])
    assert batch.phalanx_excess.tolist() == batch_of([cut]).phalanx_excess.tolist() == [[0, 0, 0, -1, 0]]


def test_measured_figures_name_the_digits_phalanges(open_hand: HandPose) -> None:
    """An expert's hand says so; a detector always draws all of them."""
    batch = batch_of([edits.cut_phalanx(edits.graft_phalanx(open_hand, 1, TIP), 3, Level.TIP)])
    told = features_to_dict(measure(batch, source="expert").row(0))
    assert told["phalanx_excess"] == {"thumb": 0, "index": 1, "middle": 0, "ring": -1, "little": 0}
    assert set(features_to_dict(measure(batch, source="mediapipe").row(0))["phalanx_excess"].values()) == {0}


def test_the_ordinary_hand_drops_a_surplus_phalanx_by_name(open_hand: HandPose) -> None:
    """The sentence says whose it was, and does not call it a digit."""
    flat, said = canonical21(edits.graft_phalanx(open_hand, 1, TIP))
    assert flat == canonical21(open_hand)[0]
    assert said == ("Dropped the surplus phalanx of the index digit (id 5).",)


@pytest.mark.parametrize(
    "split", [{"digit_id": 1, "level": 4, "branch_id": 2}, {"digit_id": 1, "level": 0, "branch_id": 1}]
)
def test_a_fork_that_makes_no_sense_is_refused(open_hand: HandPose, split: dict[str, int]) -> None:
    """A digit has four joints and does not grow out of itself."""
    with pytest.raises(UserError):
        pose_from_dict({**pose_to_dict(open_hand), "splits": [split]})
