"""Edits are pure, keep every other joint where it was, and keep topology consistent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.codec import pose_from_dict, pose_to_dict
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import HandPose

RNG = np.random.default_rng(3)
WORLD = RNG.normal(0, 0.04, (21, 3)).astype(np.float32)
POINTS = (WORLD[:, :2] * 1500 + 256).astype(np.float32)
POSE = HandPose.ordinary(POINTS, world=WORLD, side=Side.RIGHT)
CHAIN = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], np.float32)

coordinate = st.floats(-2000, 2000, width=32)


@given(row=st.integers(0, 20), x=coordinate, y=coordinate)
def test_moving_a_joint_moves_that_joint_alone(row: int, x: float, y: float) -> None:
    """Only the moved row changes, in the image and in the world, and its depth stays."""
    moved = edits.move(POSE, row, (x, y))
    others = np.arange(21) != row
    assert np.array_equal(moved.points[others], POSE.points[others])
    assert np.array_equal(moved.world[others], POSE.world[others])
    assert moved.points[row].tolist() == [np.float32(x), np.float32(y)]
    assert moved.world[row, 2] == POSE.world[row, 2]


def test_world_follows_the_image_by_the_fitted_scale() -> None:
    """150 pixels at 1,500 pixels a metre are 0.1 m."""
    moved = edits.move(POSE, 8, POSE.points[8] + [150, 0])
    assert moved.world[8] - POSE.world[8] == pytest.approx([0.1, 0, 0], abs=1e-3)


def test_a_missing_joint_becomes_visible_when_it_is_placed() -> None:
    """Placing an unlabelled joint labels it; its depth stays unknown."""
    unlabelled = edits.set_state(POSE, 8, JointState.UNLABELLED)
    placed = edits.move(unlabelled, 8, (10, 20))
    assert placed.states[8] == JointState.VISIBLE
    assert np.isnan(placed.world[8]).all()


def test_an_absent_digit_has_no_coordinates() -> None:
    """Absent is a statement about anatomy, so nothing is left to draw."""
    pose = edits.set_digit_state(POSE, 4, JointState.ABSENT)
    assert np.isnan(pose.points[17:]).all()
    assert np.isnan(pose.world[17:]).all()
    assert (pose.states[17:] == JointState.ABSENT).all()


def test_occlusion_keeps_coordinates() -> None:
    """An occluded joint is still somewhere."""
    pose = edits.set_state(POSE, 8, JointState.OCCLUDED)
    assert np.array_equal(pose.points, POSE.points)


def test_an_added_digit_gets_a_new_id_and_the_others_keep_theirs() -> None:
    """Ids are stable for the life of the hand, also when a lower one was removed."""
    six = edits.add_digit(POSE, DigitKind.EXTRA, CHAIN)
    assert six.digit_id.tolist() == [0, 1, 2, 3, 4, 5]
    without = edits.remove_digit(six, 2)
    assert without.digit_id.tolist() == [0, 1, 3, 4, 5]
    assert np.array_equal(without.points[13:17], CHAIN * 0 + six.points[17:21])


def test_an_id_is_not_used_twice_when_earlier_states_are_given() -> None:
    """After removing digit 5, the next new digit is 6."""
    six = edits.add_digit(POSE, DigitKind.EXTRA, CHAIN)
    assert edits.next_digit_id(edits.remove_digit(six, 5), six) == 6


def test_removing_a_digit_takes_its_fusions_and_splits_along() -> None:
    """No fusion may name a digit that is gone."""
    pose = edits.split(edits.fuse(POSE, 2, 3, 0.5), 3, Level.MIDDLE, (50, 60))
    gone = edits.remove_digit(pose, 3)
    assert gone.fusions == ()
    assert gone.splits == ()


def test_fusing_a_pair_again_replaces_the_extent() -> None:
    """A pair is fused once, whichever digit is named first."""
    pose = edits.fuse(edits.fuse(POSE, 2, 3, 0.5), 3, 2, 0.8)
    assert [(f.first_id, f.second_id, f.extent) for f in pose.fusions] == [(2, 3, 0.8)]
    assert edits.unfuse(pose, 3, 2) == POSE


def test_a_split_shares_the_rows_below_the_fork() -> None:
    """The branch starts where the digit forks and ends at the given tip."""
    pose = edits.split(POSE, 1, Level.MIDDLE, (50, 60))
    branch = pose.points[21:25]
    assert np.array_equal(branch[:2], POSE.points[5:7])
    assert branch[3].tolist() == [50, 60]


@given(axis=st.floats(-500, 500))
def test_mirroring_twice_is_the_same_hand(axis: float) -> None:
    """Mirror is its own inverse, and swaps the side."""
    once = edits.mirror(POSE, axis)
    assert once.side == Side.LEFT
    twice = edits.mirror(once, axis)
    assert np.allclose(twice.points, POSE.points, atol=1e-3)
    assert np.allclose(twice.world, POSE.world)


@given(angle=st.floats(-180, 180), scale=st.floats(0.2, 5), dx=coordinate, dy=coordinate)
def test_a_transform_is_undone_by_its_inverse(angle: float, scale: float, dx: float, dy: float) -> None:
    """Moving, turning and scaling back gives the same points."""
    there = edits.transform(POSE, shift=(dx, dy), angle_deg=angle, scale=scale)
    back = edits.transform(there, shift=(-dx, -dy), angle_deg=-angle, scale=1 / scale)
    assert np.allclose(back.points, POSE.points, atol=0.05)


@given(st.lists(st.sampled_from(["move", "absent", "add", "fuse", "remove", "split"]), max_size=12), st.data())
def test_any_sequence_of_edits_survives_the_codec(names: list[str], data: st.DataObject) -> None:
    """Whatever is done to a hand can be written down and read back unchanged."""
    pose = POSE
    for name in names:
        ids = pose.digit_id.tolist()
        if name == "move":
            pose = edits.move(pose, data.draw(st.integers(0, len(pose.points) - 1)), (data.draw(coordinate), 5.0))
        elif name == "absent" and ids:
            pose = edits.set_digit_state(pose, data.draw(st.sampled_from(ids)), JointState.ABSENT)
        elif name == "add":
            pose = edits.add_digit(pose, data.draw(st.sampled_from(list(DigitKind))), CHAIN)
        elif name == "fuse" and len(ids) > 1:
            pose = edits.fuse(pose, ids[0], ids[-1], data.draw(st.floats(0.1, 1)))
        elif name == "remove" and ids:
            pose = edits.remove_digit(pose, data.draw(st.sampled_from(ids)))
        elif name == "split" and ids:
            pose = edits.split(pose, data.draw(st.sampled_from(ids)), Level.DISTAL, (9, 9))
    assert pose_from_dict(pose_to_dict(pose)) == pose
