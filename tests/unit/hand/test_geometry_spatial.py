"""Angles measured in space: the known ones come back, whatever the view, and the side is read from the bends."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.batch import batch_from_arrays
from handanat_studio.hand.features import measure
from handanat_studio.hand.geometry import columns, spatial_angles
from handanat_studio.hand.topology import ANGLE_NAMES, Side

_LOW = np.array([0.0, 5.0, 5.0] + [-30.0, -15.0, -30.0] * 4)
_HIGH = np.array([40.0, 55.0, 60.0] + [85.0, 115.0, 85.0] * 4)


def _rotation(numbers: list[float]) -> Any:
    q = np.array(numbers) / np.linalg.norm(numbers)
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _batch(world: Any, side: int = 0) -> Any:
    world = np.asarray(world)[None] if np.ndim(world) == 2 else np.asarray(world)
    n = len(world)
    return batch_from_arrays(world[:, :, :2] * 3000, world, None, np.full(n, side, np.int8))


@given(
    share=st.lists(st.floats(0, 1), min_size=15, max_size=15),
    quaternion=st.lists(st.floats(0.1, 1), min_size=4, max_size=4),
    side=st.sampled_from([1, -1]),
    size=st.floats(0.2, 5),
)
def test_known_angles_come_back_from_any_view_size_and_side(
    model_hand: Any, share: list[float], quaternion: list[float], side: int, size: float
) -> None:
    """Forward kinematics and measuring are inverses: every angle agrees within a hundredth of a degree."""
    angles = _LOW + np.array(share) * (_HIGH - _LOW)
    world = size * model_hand(angles, side=side, turn=_rotation(quaternion)) + 7.0
    joints = columns(world[None])
    found = spatial_angles(joints, np.array([float(side)]), needed_deg=np.inf)
    np.testing.assert_allclose(found.angle[:, 0], angles, atol=0.01)


def test_sideways_angles_are_zero_for_a_parallel_middle_finger_and_grow_towards_the_thumb(model_hand: Any) -> None:
    """Abduction is measured about the palm's axis and positive towards the thumb, on both sides."""
    for side in (1, -1):
        features = measure(_batch(model_hand(side=side), side), source="synthetic")
        index, middle, _, little = features.abduction[0]
        assert abs(middle) < 0.01
        assert index > 10
        assert little < -20


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
def test_a_curled_hand_shows_its_side_without_a_claim(model_hand: Any, side: Side) -> None:
    """Bends decide the side, and so flexion comes out positive."""
    angles = np.array([10, 20, 20] + [40, 60, 30] * 4, float)
    features = measure(_batch(model_hand(angles, side=int(side))), source="mediapipe")
    assert features.side[0] == side
    assert not features.chirality_conflict[0]
    np.testing.assert_allclose(features.angle[0], angles, atol=0.01)


def test_a_wrong_claim_is_one_conflict_and_not_fifteen_violations(model_hand: Any) -> None:
    """Claimed left, curled like a right hand: the conflict is said once and the angles stay flexion."""
    angles = np.array([10, 20, 20] + [40, 60, 30] * 4, float)
    for source in ("mediapipe", "expert"):
        features = measure(_batch(model_hand(angles, side=1), side=-1), source=source)
        assert features.chirality_conflict[0]
        assert features.side[0] == Side.RIGHT
        np.testing.assert_allclose(features.angle[0], angles, atol=0.01)


def test_one_finger_bent_backwards_does_not_overrule_the_claimed_side(model_hand: Any) -> None:
    """A single finger cannot change the side: its backward bend stays a backward bend."""
    angles = np.array([5, 5, 5] + [0, 2, 2] * 4, float)
    angles[ANGLE_NAMES.index("index_pip")] = -60
    features = measure(_batch(model_hand(angles, side=-1), side=-1), source="expert")
    assert not features.chirality_conflict[0]
    assert features.angle[0, ANGLE_NAMES.index("index_pip")] == pytest.approx(-60, abs=0.01)


def test_measured_joints_of_a_left_hand_read_as_a_left_hand_that_flexes(shared_data: Path) -> None:
    """Settles the axis convention on 195 photographs with 3-D truth: one left hand, curled fingers positive."""
    rows = json.loads((shared_data / "keypoints_one_subject" / "keypoints.json").read_text())
    world = np.array([row["keypoints_3d_cm"] for row in rows]) / 100.0
    features = measure(_batch(world), source="expert")
    assert (features.side[features.side != 0] == Side.LEFT).mean() > 0.97
    pips = features.angle[:, [ANGLE_NAMES.index(f"{name}_pip") for name in ("index", "middle", "ring", "little")]]
    bent = np.abs(pips) > 45
    assert (pips[bent] > 0).mean() > 0.97
    thumb = features.angle[:, [ANGLE_NAMES.index("thumb_mcp"), ANGLE_NAMES.index("thumb_ip")]]
    assert (thumb[np.abs(thumb) > 25] > 0).mean() > 0.97
