"""Forward kinematics: angles asked for are the angles found between the bones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.topology import DigitKind, Side
from handanat_studio.synthetic.anatomy import RATIO_MEAN, RATIO_SD, draw_build
from handanat_studio.synthetic.gestures import GESTURE_NAMES, draw_gesture
from handanat_studio.synthetic.kinematics import chains, palm_normal, straightened
from handanat_studio.synthetic.plan import DigitPlan, HandPlan


def _plan(seed: int, flexion: np.ndarray, *, yaw: np.ndarray | None = None) -> HandPlan:
    build = draw_build(np.random.Generator(np.random.PCG64(seed)))
    yaw = np.array([40.0, 6.0, 0.0, -5.0, -12.0]) if yaw is None else yaw
    digits = tuple(
        DigitPlan(
            digit_id=k,
            kind=DigitKind(k),
            base=build.bases[k],
            lengths=build.lengths[k],
            radii=build.radii[k],
            flexion=flexion[k],
            yaw=float(yaw[k]),
            lift=20.0 if k == 0 else 0.0,
            is_thumb=k == 0,
        )
        for k in range(5)
    )
    return HandPlan(Side.RIGHT, build.scale, digits)


def _between(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))


@given(seed=st.integers(0, 50), bend=st.lists(st.floats(-60, 120), min_size=15, max_size=15))
def test_hinge_angles_are_the_angles_between_bones(seed: int, bend: list[float]) -> None:
    """Middle and distal flexion come back, sign left aside, as plain angles between neighbouring bones."""
    flexion = np.array(bend).reshape(5, 3)
    for digit_id, chain in chains(_plan(seed, flexion)).items():
        bones = np.diff(chain.joints, axis=0)
        for joint in (1, 2):
            assert _between(bones[joint - 1], bones[joint]) == pytest.approx(abs(flexion[digit_id, joint]), abs=1e-6)


@given(bend=st.floats(-70, 110), yaw=st.floats(-15, 15))
def test_knuckle_flexion_is_measured_in_the_plane_of_metacarpal_and_palm_normal(bend: float, yaw: float) -> None:
    """Projected on that plane, the first bone leaves the metacarpal's line by exactly the angle asked for."""
    plan = _plan(1, np.full((5, 3), bend), yaw=np.full(5, yaw))
    normal = palm_normal(plan)
    for digit in plan.row():
        chain = chains(plan)[digit.digit_id]
        first = chain.joints[1] - chain.joints[0]
        forward = chain.joints[0] / np.linalg.norm(chain.joints[0])
        up = normal - forward * (normal @ forward)
        up /= np.linalg.norm(up)
        assert np.degrees(np.arctan2(first @ up, first @ forward)) == pytest.approx(bend, abs=1e-6)


def test_flexion_bends_a_finger_towards_the_palm() -> None:
    """Positive is flexion: fingertips of a bent hand lie on the palmar side."""
    bent = chains(_plan(2, np.full((5, 3), 60.0)))
    assert all(bent[k].joints[3, 2] > 20.0 for k in range(1, 5))


@given(seed=st.integers(0, 200))
def test_bone_lengths_survive_every_pose(seed: int) -> None:
    """No pose stretches a bone, and every frame is a rotation."""
    rng = np.random.Generator(np.random.PCG64(seed))
    plan = _plan(seed, rng.uniform(-60, 120, (5, 3)))
    for digit in plan.digits:
        chain = chains(plan)[digit.digit_id]
        assert np.linalg.norm(np.diff(chain.joints, axis=0), axis=1) == pytest.approx(digit.lengths)
        assert chain.frames @ chain.frames.transpose(0, 2, 1) == pytest.approx(np.broadcast_to(np.eye(3), (3, 3, 3)))


def test_straightened_hand_is_straight_and_keeps_its_measures() -> None:
    """The pose in which the body is built has no bends and the same lengths."""
    plan = _plan(3, np.full((5, 3), 50.0))
    straight = straightened(plan)
    for digit, chain in zip(straight.digits, chains(straight).values(), strict=True):
        bones = np.diff(chain.joints, axis=0)
        assert _between(bones[0], bones[2]) == pytest.approx(0.0, abs=1e-5)
        assert digit.lengths == pytest.approx(plan.digit(digit.digit_id).lengths)


@given(seed=st.integers(0, 500))
def test_drawn_people_stay_within_two_sds(seed: int) -> None:
    """Every length ratio of a plausible person lies within two SDs of its mean."""
    build = draw_build(np.random.Generator(np.random.PCG64(seed)))
    lengths = np.append(build.lengths[0, 1:].sum(), build.lengths[1:].sum(axis=1))
    assert lengths / lengths[2] == pytest.approx(build.ratios)
    assert (np.abs(build.ratios - RATIO_MEAN) <= 2 * RATIO_SD + 1e-9).all()


def test_population_means_are_reproduced() -> None:
    """Over many people the ratios average to the published means and are not all alike."""
    rng = np.random.Generator(np.random.PCG64(0))
    ratios = np.stack([draw_build(rng).ratios for _ in range(600)])
    assert ratios.mean(axis=0) == pytest.approx(RATIO_MEAN, abs=0.006)
    assert ratios.std(axis=0)[[0, 1, 3, 4]] == pytest.approx(RATIO_SD[[0, 1, 3, 4]], rel=0.2)


def test_every_gesture_occurs_and_can_be_asked_for() -> None:
    """All gestures are drawn in the long run, and a wanted one is given."""
    rng = np.random.Generator(np.random.PCG64(1))
    assert {draw_gesture(rng).name for _ in range(800)} == set(GESTURE_NAMES)
    assert draw_gesture(rng, name="fist").name == "fist"
