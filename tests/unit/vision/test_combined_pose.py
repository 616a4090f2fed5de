"""Two witnesses, one pose: what each may say about a digit, and what becomes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import DigitKind, JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.vision.combined_pose import combine, evidence_of
from handanat_studio.vision.seen_digits import SeenDigits

ALL_FLAWS = np.ones(len(FLAWS), np.float32)


def _chains(count: int = 5) -> np.ndarray:
    """Upright digits side by side, 30 pixels apart."""
    x = 40 + 30 * np.arange(count)
    y = np.array([150, 110, 80, 55])
    return np.stack([np.repeat(x[:, None], 4, 1), np.repeat(y[None], count, 0)], axis=-1).astype(np.float32)


def _said() -> HandPose:
    points = np.concatenate([[[100, 220]], _chains().reshape(-1, 2)])
    return HandPose.ordinary(points, world=np.concatenate([points / 1000, np.zeros((21, 1))], axis=1))


def _seen(joints: np.ndarray, *, assessed: bool = True, sure: float = 0.95, **other: object) -> SeenDigits:
    """Digits that the network sees; their number is as likely as `sure`, one fewer takes the rest."""
    count = len(joints)
    counts = np.zeros(13, np.float32)
    counts[count], counts[count - 1] = sure, 1 - sure
    values: dict[str, object] = {
        "confidence": np.full(count, 0.9, np.float32),
        "forked_from": np.full(count, -1),
        "fused": np.zeros((count, count), np.float32),
        "wrists": np.full((count, 2), [100, 220], np.float32),
        "flaws": np.zeros(len(FLAWS), np.float32),
        "counts": counts,
    }
    return SeenDigits(joints=joints, hand=0.99, assessable=0.9, assessed=assessed, **(values | other))  # type: ignore[arg-type]


def test_where_both_agree_the_detector_s_joints_stay() -> None:
    """Five said, five seen at the same places: the pose is the detector's."""
    assert combine(_said(), _seen(_chains())) == _said()


def test_a_tip_seen_twice_lies_between_both() -> None:
    """Bases and joints keep the detector's places; a tip far from the detector's is not averaged."""
    joints = _chains()
    joints[:4, 3] += 4
    joints[4, 3] += 35
    pose = combine(_said(), _seen(joints))
    tips = [4, 8, 12, 16, 20]
    moved = np.linalg.norm(pose.points - _said().points, axis=1)
    assert moved[tips] == pytest.approx([2.828] * 4 + [0], abs=1e-3)
    assert np.delete(moved, tips).max() == 0
    assert np.array_equal(pose.world, _said().world)


def test_a_digit_only_the_network_sees_is_added_as_extra() -> None:
    """A sixth finger gets its four joints and an id of its own, without depth."""
    pose = combine(_said(), _seen(_chains(6), flaws=ALL_FLAWS))
    assert pose.digit_count == 6
    assert pose.digit_kind[5] == DigitKind.EXTRA
    assert pose.digit_id[5] == 5
    assert np.allclose(pose.points[21:], _chains(6)[5])
    assert (pose.states[21:] == JointState.VISIBLE).all()
    assert np.isnan(pose.world[21:]).all()


@pytest.mark.parametrize(
    ("four", "state"), [(0.95, JointState.ABSENT), (0.8, JointState.UNSURE), (0.6, JointState.VISIBLE)]
)
def test_a_digit_only_the_detector_says_is_absent_if_the_number_leaves_no_room(four: float, state: JointState) -> None:
    """It is absent where five digits are hardly possible, doubted where they are unlikely, and stays otherwise."""
    counts = np.zeros(13, np.float32)
    counts[4], counts[5] = four, 1 - four
    pose = combine(_said(), _seen(_chains()[:4], counts=counts, flaws=ALL_FLAWS))
    assert (pose.states[17:21] == state).all()
    assert np.isnan(pose.points[17:21]).all() == (state == JointState.ABSENT)
    assert (pose.states[1:17] == JointState.VISIBLE).all()


@given(st.integers(0, 8), st.floats(0.0, 1.0))
def test_a_hand_that_cannot_be_assessed_keeps_its_five_digits(count: int, sure: float) -> None:
    """Whatever the network sees of it, no digit is added, doubted, fused or forked."""
    joints = _chains(8)[:count]
    fused = np.triu(np.ones((count, count), np.float32), 1)
    counts = np.full(13, (1 - sure) / 12, np.float32)
    counts[count] = sure
    forked = np.where(np.arange(count) == 3, 2, -1)
    seen = _seen(joints, assessed=False, flaws=ALL_FLAWS, fused=fused, counts=counts, forked_from=forked)
    assert combine(_said(), seen) == _said()


def test_a_digit_that_the_detector_put_elsewhere_is_taken_over() -> None:
    """Five and five, but one lies elsewhere: it is the network's chain, without depth, and nothing is absent or new."""
    joints = _chains()
    joints[0] += [-40, 30]
    pose = combine(_said(), _seen(joints))
    assert pose.digit_count == 5
    assert np.allclose(pose.points[1:5], joints[0])
    assert (pose.states == JointState.VISIBLE).all()
    assert np.isnan(pose.world[1:5]).all()
    assert np.isfinite(pose.world[5:]).all()


def test_a_digit_whose_base_alone_is_seen_is_folded() -> None:
    """Its outer joints keep the detector's places and are called hidden."""
    joints = _chains()
    joints[2, 1:] = np.nan
    pose = combine(_said(), _seen(joints))
    assert pose.states[9:13].tolist() == [JointState.VISIBLE] + [JointState.SELF_OCCLUDED] * 3
    assert np.allclose(pose.points, _said().points)


def _grown_together() -> dict[str, object]:
    fused = np.zeros((6, 6), np.float32)
    fused[1, 2] = 0.6
    return {"fused": fused, "forked_from": np.array([-1, -1, -1, -1, -1, 3])}


def _branched() -> np.ndarray:
    joints = np.concatenate([_chains(), _chains()[3:4]])
    joints[5, 2:, 0] += [10, 18]
    return joints


def test_fusions_and_forks_name_the_pose_s_digits() -> None:
    """Index and middle grown together; a branch of the ring finger that parts at its middle joint."""
    pose = combine(_said(), _seen(_branched(), flaws=ALL_FLAWS, **_grown_together()))
    assert [(f.first_id, f.second_id, round(f.extent, 2)) for f in pose.fusions] == [(1, 2, 0.6)]
    assert [(s.digit_id, s.level, s.branch_id) for s in pose.splits] == [(3, 1, 5)]


def test_a_number_alone_makes_no_digit_extra_or_absent() -> None:
    """Where the hand as a whole does not look as if it had too many or too few, five digits stay."""
    six, four = combine(_said(), _seen(_chains(6))), combine(_said(), _seen(_chains()[:4]))
    assert six == _said()
    assert (four.states[17:21] == JointState.UNSURE).all()


def test_touching_fingers_are_neither_fused_nor_forked() -> None:
    """What the maps show of two digits is not enough where the hand as a whole shows no such flaw."""
    pose = combine(_said(), _seen(_branched(), **_grown_together()))
    assert (pose.fusions, pose.splits) == ((), ())


def test_weak_digits_change_nothing() -> None:
    """What the network hardly believes neither adds nor confirms."""
    seen = _seen(_chains(6), confidence=np.array([0.9] * 5 + [0.2], np.float32))
    assert combine(_said(), seen) == _said()


def test_the_evidence_tells_how_likely_each_digit_is() -> None:
    """In the order of the pose; a digit that is not seen has no chance where all can be seen, else nothing is said."""
    confidence = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    seen = _seen(_chains()[:4], confidence=confidence, counts=np.eye(13, dtype=np.float32)[5])
    told = evidence_of(seen, combine(_said(), seen), "v")
    assert told.digits == pytest.approx((0.9, 0.8, 0.7, 0.1, 0.0))
    assert (told.hand, told.assessable, told.version) == (0.99, 0.9, "v")
    assert sum(told.counts) == pytest.approx(1)
    blind = _seen(_chains()[:4], confidence=confidence, assessed=False)
    assert np.isnan(evidence_of(blind, combine(_said(), blind), "v").digits[4])


def test_the_evidence_keeps_doubts_that_the_pose_does_not_show() -> None:
    """Chances of fusions and forks are told also where the pose has none, weighed by the digits' own."""
    seen = _seen(_branched(), assessed=False, **_grown_together())
    pose = combine(_said(), seen)
    told = evidence_of(seen, pose, "v")
    assert (pose.fusions, pose.splits) == ((), ())
    assert told.fused == pytest.approx(0.81 * 0.6 / 0.7)
    assert told.forked == pytest.approx(0.81)
    assert told.flaws == (0.0,) * len(FLAWS)
