"""A hand to begin with fits its box, keeps its proportions and is an ordinary hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.templates import placed_from, template
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.scoring.calibrated_score import SCORER

boxes = st.builds(Box, st.floats(-500, 500), st.floats(-500, 500), st.floats(8, 800), st.floats(8, 800))


def _inside(pose: HandPose, box: Box) -> bool:
    found = pose.box()
    assert found is not None
    slack = 0.01 * max(box.width, box.height)
    return (
        found.x >= box.x - slack
        and found.y >= box.y - slack
        and found.x + found.width <= box.x + box.width + slack
        and found.y + found.height <= box.y + box.height + slack
    )


@given(box=boxes, side=st.sampled_from(list(Side)))
def test_a_template_lies_in_its_box_as_large_as_it_can(box: Box, side: Side) -> None:
    """One of its sides is as long as the box's."""
    pose = template(side, box)
    found = pose.box()
    assert found is not None
    assert _inside(pose, box)
    assert found.width == pytest.approx(box.width, rel=0.01) or found.height == pytest.approx(box.height, rel=0.01)
    assert pose.side is side


@pytest.mark.parametrize("side", list(Side))
def test_a_template_is_an_ordinary_hand(side: Side) -> None:
    """Nothing in it is out of range."""
    score = SCORER.score(measure(batch_of([template(side, Box(0, 0, 300, 400))]), source="expert")).row(0)
    assert (score.verdict, score.findings) == ("plausible", ())


def test_left_and_right_are_mirror_images() -> None:
    """Seen from the back, a right hand has its thumb on the left."""
    box = Box(0, 0, 300, 400)
    right, left = template(Side.RIGHT, box), template(Side.LEFT, box)
    assert right.points[4, 0] < right.points[0, 0] < left.points[4, 0]
    assert edits.mirror(right, 150).points == pytest.approx(left.points, abs=1e-3)


@given(box=boxes)
def test_a_copy_lies_in_its_box_with_the_same_shape(open_hand: HandPose, box: Box) -> None:
    """Distances between joints keep their proportions."""
    copy = placed_from(open_hand, box)
    assert _inside(copy, box)
    before = np.linalg.norm(np.diff(open_hand.points, axis=0), axis=1)
    after = np.linalg.norm(np.diff(copy.points, axis=0), axis=1)
    assert after / after.sum() == pytest.approx(before / before.sum(), abs=2e-3)


def test_a_copy_keeps_the_digits_and_forgets_what_was_seen(open_hand: HandPose) -> None:
    """Topology is kept, states begin anew, and the depth belonged to the other hand."""
    pose = edits.fuse(edits.add_digit(open_hand, DigitKind.EXTRA, open_hand.points[17:21] + 20), 2, 3, 0.5)
    pose = edits.cut_phalanx(edits.set_state(pose, 8, JointState.OCCLUDED), 4, Level.TIP)
    pose = edits.set_state(pose, 12, JointState.UNLABELLED)
    copy = placed_from(pose, Box(10, 10, 50, 60))
    assert copy.digit_id.tolist() == pose.digit_id.tolist()
    assert copy.fusions == pose.fusions
    assert copy.world is None
    states = [int(state) for state in copy.states]
    assert (states[8], states[20], states[12]) == (JointState.VISIBLE, JointState.ABSENT, JointState.UNLABELLED)
    assert np.isnan(copy.points[[12, 20]]).all()


def test_a_hand_without_places_is_copied_without_places(open_hand: HandPose) -> None:
    """And a single point goes to the middle of the box."""
    blank = edits.set_state(open_hand, slice(None), JointState.UNLABELLED)
    assert np.isnan(placed_from(blank, Box(0, 0, 10, 10)).points).all()
    assert placed_from(edits.move(blank, 0, (7, 7)), Box(0, 0, 10, 20)).points[0].tolist() == [5, 10]
