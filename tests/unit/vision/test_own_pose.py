"""A pose from the digit network alone: the order of the digits, the thumb's side, and what is left open."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.vision.own_pose import own_pose, unlabelled_pose
from handanat_studio.vision.seen_digits import SeenDigits

SIZE = (400, 400)
WRIST = np.array([200.0, 350.0])


def fan(count: int, *, thumb: bool = True, turn: float = 0.0, mirror: bool = False) -> np.ndarray:
    """Digits spread around the wrist from left to right; the first begins nearer to it if it is a thumb."""
    angles = np.radians(np.linspace(-60, 30, count) + turn)
    reach = np.tile([100.0, 140.0, 165.0, 185.0], (count, 1))
    if thumb:
        reach[0] = [40.0, 80.0, 110.0, 130.0]
    away = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    joints = WRIST + reach[:, :, None] * away[:, None]
    if mirror:
        joints[..., 0] = 2 * WRIST[0] - joints[..., 0]
    return joints.astype(np.float32)


@pytest.fixture
def see() -> Callable[..., SeenDigits]:
    """Return a function that makes what the network sees of some digits."""

    def make(joints: np.ndarray, *, assessed: bool = True, hand: float = 0.9, **other: object) -> SeenDigits:
        count = len(joints)
        values: dict[str, object] = {
            "confidence": np.full(count, 0.9, np.float32),
            "forked_from": np.full(count, -1),
            "fused": np.zeros((count, count), np.float32),
            "wrists": np.tile(WRIST.astype(np.float32), (count, 1)),
            "counts": np.eye(13, dtype=np.float32)[count],
            "flaws": np.zeros(len(FLAWS), np.float32),
        }
        return SeenDigits(joints=joints, hand=hand, assessable=0.9, assessed=assessed, **(values | other))  # type: ignore[arg-type]

    return make


@given(st.permutations(range(5)), st.floats(-180, 180), st.booleans())
def test_five_digits_are_thumb_to_little_whichever_way_the_hand_lies(
    order: list[int], turn: float, mirror: bool
) -> None:
    """The thumb is the outermost digit whose base is nearest to the wrist; the others follow it."""
    joints = fan(5, turn=turn, mirror=mirror)
    seen = SeenDigits(
        joints=joints[order],
        confidence=np.full(5, 0.9, np.float32),
        forked_from=np.full(5, -1),
        fused=np.zeros((5, 5), np.float32),
        wrists=np.tile(WRIST.astype(np.float32), (5, 1)),
        hand=0.9,
        assessable=0.9,
        counts=np.eye(13, dtype=np.float32)[5],
        flaws=np.zeros(len(FLAWS), np.float32),
        assessed=True,
    )
    pose = own_pose(seen, SIZE)
    assert pose is not None
    assert pose.digit_kind.tolist() == [0, 1, 2, 3, 4]
    assert np.allclose(pose.points[1:], joints.reshape(-1, 2))
    assert np.allclose(pose.points[0], WRIST)
    assert (pose.side, pose.world) == (Side.UNKNOWN, None)


def test_the_least_sure_of_seven_digits_are_extra(see: Callable[..., SeenDigits]) -> None:
    """Five keep their places; the others stand behind them."""
    joints = fan(7)
    confidence = np.array([0.9, 0.9, 0.6, 0.9, 0.9, 0.7, 0.9], np.float32)
    pose = own_pose(see(joints, confidence=confidence), SIZE)
    assert pose is not None
    assert pose.digit_kind.tolist() == [0, 1, 2, 3, 4, DigitKind.EXTRA, DigitKind.EXTRA]
    assert np.allclose(pose.points[1:21], joints[[0, 1, 3, 4, 6]].reshape(-1, 2))
    assert np.allclose(pose.points[21:], joints[[2, 5]].reshape(-1, 2))


def test_digits_that_are_not_there_are_left_out_where_all_can_be_seen(see: Callable[..., SeenDigits]) -> None:
    """Three digits with a thumb are thumb, index and middle; without one index, middle and ring."""
    with_thumb, without = own_pose(see(fan(3)), SIZE), own_pose(see(fan(3, thumb=False)), SIZE)
    assert with_thumb is not None
    assert without is not None
    assert with_thumb.digit_kind.tolist() == [0, 1, 2]
    assert without.digit_kind.tolist() == [1, 2, 3]
    batch = batch_of([with_thumb])
    assert (batch.digit_count.tolist(), batch.digit_resolved.tolist()) == ([3], [True])


def test_digits_that_may_be_hidden_are_left_open(see: Callable[..., SeenDigits]) -> None:
    """Where not every digit can be seen the others have no labels, and the number is not resolved."""
    pose = own_pose(see(fan(3), assessed=False), SIZE)
    assert pose is not None
    assert pose.digit_kind.tolist() == [0, 1, 2, 3, 4]
    assert (pose.states[13:] == JointState.UNLABELLED).all()
    assert batch_of([pose]).digit_resolved.tolist() == [False]


def test_joints_beyond_the_image_are_outside(see: Callable[..., SeenDigits]) -> None:
    """And stay where they are."""
    pose = own_pose(see(fan(5)), (400, 200))
    assert pose is not None
    below = pose.points[:, 1] > 200
    assert (pose.states[below] == JointState.OUTSIDE).all()
    assert (pose.states[~below] == JointState.VISIBLE).all()


@pytest.mark.parametrize(("count", "hand"), [(5, 0.4), (1, 0.9), (0, 0.9)])
def test_too_little_to_call_it_a_hand(see: Callable[..., SeenDigits], count: int, hand: float) -> None:
    """No hand, or fewer than two digits: no pose."""
    assert own_pose(see(fan(count, thumb=count > 1), hand=hand), SIZE) is None


def test_a_hand_without_any_joint_can_be_measured() -> None:
    """It has five digits of which nothing is known, and nothing of it is assessable."""
    pose = unlabelled_pose(0.8)
    batch = batch_of([pose])
    figures = measure(batch, source="mediapipe")
    assert (batch.digit_count.tolist(), batch.digit_resolved.tolist()) == ([0], [False])
    assert not figures.angle_assessable.any()
    assert not figures.ratio_assessable.any()
    assert pose.box() is None
