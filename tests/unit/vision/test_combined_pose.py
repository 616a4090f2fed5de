"""Two witnesses, one pose: what each may say about a digit, and what becomes of it."""

import numpy as np
import pytest

from handanat_studio.hand.topology import DigitKind, JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.vision.combined_pose import SeenDigits, combine


def _chains(count: int = 5) -> np.ndarray:
    """Upright digits side by side, 30 pixels apart."""
    x = 40 + 30 * np.arange(count)
    y = np.array([150, 110, 80, 55])
    return np.stack([np.repeat(x[:, None], 4, 1), np.repeat(y[None], count, 0)], axis=-1).astype(np.float32)


def _said() -> HandPose:
    return HandPose.ordinary(np.concatenate([[[100, 220]], _chains().reshape(-1, 2)]))


def _seen(joints: np.ndarray, *, assessed: bool = True, **other: object) -> SeenDigits:
    count = len(joints)
    values: dict[str, object] = {
        "confidence": np.full(count, 0.9, np.float32),
        "forked_from": np.full(count, -1),
        "fused": np.zeros((count, count), np.float32),
    }
    return SeenDigits(joints=joints, assessed=assessed, **(values | other))  # type: ignore[arg-type]


def test_where_both_agree_the_detector_s_joints_stay() -> None:
    """Five said, five seen nearby: the pose is the detector's."""
    assert combine(_said(), _seen(_chains() + 3)) == _said()


def test_a_digit_only_the_network_sees_is_added_as_extra() -> None:
    """A sixth finger gets its four joints and an id of its own."""
    pose = combine(_said(), _seen(_chains(6)))
    assert pose.digit_count == 6
    assert pose.digit_kind[5] == DigitKind.EXTRA
    assert pose.digit_id[5] == 5
    assert np.allclose(pose.points[21:], _chains(6)[5])
    assert (pose.states[21:] == JointState.VISIBLE).all()


@pytest.mark.parametrize(("assessed", "state"), [(True, JointState.ABSENT), (False, JointState.UNSURE)])
def test_a_digit_only_the_detector_says_is_absent_or_doubted(assessed: bool, state: JointState) -> None:
    """It is absent only if the network would have to see it."""
    pose = combine(_said(), _seen(_chains()[:4], assessed=assessed))
    assert (pose.states[17:21] == state).all()
    assert np.isnan(pose.points[17:21]).all() == assessed
    assert (pose.states[1:17] == JointState.VISIBLE).all()


def test_a_digit_whose_base_alone_is_seen_is_folded() -> None:
    """Its outer joints keep the detector's places and are called hidden."""
    joints = _chains()
    joints[2, 1:] = np.nan
    pose = combine(_said(), _seen(joints))
    assert pose.states[9:13].tolist() == [JointState.VISIBLE] + [JointState.SELF_OCCLUDED] * 3
    assert np.allclose(pose.points, _said().points)


def test_fusions_and_forks_name_the_pose_s_digits() -> None:
    """Index and middle grown together; a branch of the ring finger that parts at its middle joint."""
    joints = np.concatenate([_chains(), _chains()[3:4]])
    joints[5, 2:, 0] += [10, 18]
    fused = np.zeros((6, 6), np.float32)
    fused[1, 2] = 0.6
    forked = np.array([-1, -1, -1, -1, -1, 3])
    pose = combine(_said(), _seen(joints, fused=fused, forked_from=forked))
    assert [(f.first_id, f.second_id, round(f.extent, 2)) for f in pose.fusions] == [(1, 2, 0.6)]
    assert [(s.digit_id, s.level, s.branch_id) for s in pose.splits] == [(3, 1, 5)]


def test_weak_digits_change_nothing() -> None:
    """What the network hardly believes neither adds nor confirms."""
    seen = _seen(_chains(6), confidence=np.array([0.9] * 5 + [0.2], np.float32))
    assert combine(_said(), seen) == _said()
