"""Hands of any topology as padded arrays."""

from typing import Any

import numpy as np
import pytest
import torch

from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.hand.values import Fusion, HandPose, Split


def _free(kinds: list[DigitKind], *, states: Any = None, **more: Any) -> HandPose:
    rows = 1 + 4 * len(kinds)
    return HandPose(
        points=np.arange(2 * rows, dtype=np.float32).reshape(rows, 2),
        states=np.full(rows, JointState.VISIBLE) if states is None else states,
        digit_kind=np.array(kinds),
        digit_id=10 + np.arange(len(kinds)),
        **more,
    )


_FIVE = [DigitKind.THUMB, DigitKind.INDEX, DigitKind.MIDDLE, DigitKind.RING, DigitKind.LITTLE]


def test_ordinary_hands_take_the_same_way_through_both_constructors(model_hand: Any) -> None:
    """Arrays and poses of the same hands give the same batch."""
    world = np.array([model_hand(), model_hand(side=-1)], np.float32)
    points = world[:, :, :2] * 3000
    poses = [
        HandPose.ordinary(p, world=w, side=s) for p, w, s in zip(points, world, (Side.RIGHT, Side.LEFT), strict=True)
    ]
    one, other = batch_of(poses), batch_from_arrays(points, world, None, np.array([1, -1], np.int8))
    for name in ("points", "world", "states", "side", "digit_count", "digit_resolved", "fusion_extent", "extra"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_digits_may_come_in_any_order_and_extras_are_counted() -> None:
    """Rows land at the canonical place of their kind; what has no place is counted as extra."""
    pose = _free([DigitKind.EXTRA, *reversed(_FIVE)])
    batch = batch_of([pose])
    assert batch.digit_count[0] == 6
    assert batch.extra[0] == 1
    np.testing.assert_array_equal(batch.points[0, 1], pose.points[1 + 4 * 5])
    np.testing.assert_array_equal(batch.points[0, 17], pose.points[1 + 4 * 1])


def test_a_digit_that_is_not_in_the_pose_is_absent() -> None:
    """Four digits: the fifth is stated absent, the hand is resolved."""
    batch = batch_of([_free(_FIVE[:4])])
    assert (batch.states[0, 17:] == JointState.ABSENT).all()
    assert np.isnan(batch.points[0, 17:]).all()
    assert batch.digit_count[0] == 4
    assert batch.digit_resolved[0]


def test_the_first_present_digit_of_a_kind_stands_for_it() -> None:
    """A second index that is there replaces a first one that is absent."""
    states = np.full(1 + 4 * 6, JointState.VISIBLE)
    states[5:9] = JointState.ABSENT
    pose = _free([*_FIVE, DigitKind.INDEX], states=states)
    batch = batch_of([pose])
    np.testing.assert_array_equal(batch.points[0, 5:9], pose.points[21:25])
    assert batch.digit_count[0] == 5


def test_unsure_and_unlabelled_digits_leave_the_hand_unresolved() -> None:
    """One unsure joint, or a digit nobody labelled, is enough."""
    for state, rows in ((JointState.UNSURE, [6]), (JointState.UNLABELLED, [5, 6, 7, 8])):
        states = np.full(21, JointState.VISIBLE)
        states[rows] = state
        assert not batch_of([_free(_FIVE, states=states)]).digit_resolved[0]
        assert not batch_from_arrays(np.zeros((1, 21, 2)), None, states[None].astype(np.uint8)).digit_resolved[0]


def test_fusions_of_neighbours_and_forks_are_recorded() -> None:
    """Only neighbouring canonical digits have a gap; all fusions and forks are counted."""
    pose = _free(
        [*_FIVE, DigitKind.EXTRA],
        fusions=(Fusion(12, 13, 0.7), Fusion(10, 14, 0.5)),
        splits=(Split(11, 1, 15),),
    )
    batch = batch_of([pose])
    np.testing.assert_allclose(batch.fusion_extent[0], [0, 0, 0.7, 0], rtol=1e-6)
    assert (batch.fused[0], batch.splits[0]) == (2, 1)


def test_torch_arrays_stay_torch_arrays(model_hand: Any) -> None:
    """The namespace of the points decides."""
    world = torch.from_numpy(model_hand()[None])
    batch = batch_from_arrays(world[:, :, :2], world)
    assert all(isinstance(getattr(batch, name), torch.Tensor) for name in ("states", "side", "digit_count", "fused"))
    assert batch.digit_count.tolist() == [5]


@pytest.mark.parametrize("shape", [(1, 20, 2), (1, 21, 3)])
def test_wrong_shapes_are_refused(shape: tuple[int, ...]) -> None:
    """The message names the shape that was meant."""
    with pytest.raises(ValueError, match="must have shape"):
        batch_from_arrays(np.zeros(shape))


def test_no_hands_make_an_empty_batch() -> None:
    """Nothing to project is no error."""
    assert len(batch_of([])) == 0
