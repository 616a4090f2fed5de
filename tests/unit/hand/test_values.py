"""Values check their shapes once and cannot be changed afterwards."""

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.codec import finding_from_dict, finding_to_dict, pose_from_dict, pose_to_dict
from handanat_studio.hand.topology import ANGLE_NAMES, CANONICAL_NAMES, JointState
from handanat_studio.hand.values import Finding, Fusion, HandPose

POINTS = np.arange(42, dtype=np.float32).reshape(21, 2)


def test_names_are_in_mediapipe_order() -> None:
    """Row 8 is the index fingertip, and there are 15 angles."""
    assert CANONICAL_NAMES[8] == "index_tip"
    assert CANONICAL_NAMES[1] == "thumb_cmc"
    assert len(ANGLE_NAMES) == 15
    assert ANGLE_NAMES[:4] == ("thumb_cmc", "thumb_mcp", "thumb_ip", "index_mcp")


def test_arrays_are_read_only_copies() -> None:
    """Neither the caller's array nor the pose can change the other."""
    points = POINTS.copy()
    pose = HandPose.ordinary(points)
    points[0] = 99
    assert pose.points[0].tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        pose.points[0] = 1


def test_joints_without_coordinates_are_unlabelled() -> None:
    """NaN is never taken for visible."""
    points = POINTS.copy()
    points[4] = np.nan
    assert HandPose.ordinary(points).states[4] == JointState.UNLABELLED


@pytest.mark.parametrize(
    "change",
    [
        {"points": POINTS[:20]},
        {"states": np.full(21, 9)},
        {"digit_id": [0, 1, 2, 3, 3]},
        {"digit_kind": [0, 1, 2, 3, 9]},
        {"fusions": (Fusion(0, 7),)},
        {"world": np.zeros((21, 2))},
    ],
)
def test_contradictions_are_refused(change: dict[str, object]) -> None:
    """A pose that cannot be is never built."""
    good = {"points": POINTS, "states": np.ones(21), "digit_kind": [0, 1, 2, 3, 4], "digit_id": [0, 1, 2, 3, 4]}
    with pytest.raises(ValueError):
        HandPose(**(good | change))


def test_a_hand_may_have_no_digit_at_all() -> None:
    """One point, the wrist, is a hand."""
    pose = HandPose(points=[[1, 2]], states=[1], digit_kind=[], digit_id=[])
    assert pose.digit_count == 0
    assert pose_from_dict(pose_to_dict(pose)) == pose


def test_a_damaged_description_is_a_clear_error() -> None:
    """A missing joint names itself."""
    data = pose_to_dict(HandPose.ordinary(POINTS))
    del data["digits"][1]["joints"]["pip"]
    with pytest.raises(UserError, match="pip"):
        pose_from_dict(data)


def test_findings_survive_json_with_unknown_numbers() -> None:
    """NaN travels as null."""
    finding = Finding("count", "hand", 6.0, float("nan"), "digits", float("nan"), 0.9, "expert")
    data = finding_to_dict(finding)
    assert data["limit"] is None
    assert repr(finding_from_dict(data)) == repr(finding)
