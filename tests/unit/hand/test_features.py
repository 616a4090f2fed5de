"""What is measured of a hand, what is not, and why."""

import json
from typing import Any

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.feature_values import stacked
from handanat_studio.hand.features import FEATURES_VERSION, Basis, features_to_dict, measure
from handanat_studio.hand.limits import RATIO_REFERENCES
from handanat_studio.hand.reasons import REASON_TEXT, Reason
from handanat_studio.hand.topology import ANGLE_NAMES, CANONICAL_NAMES, RATIO_NAMES, JointState
from handanat_studio.hand.values import HandPose


def _pose(world: Any, **changes: Any) -> HandPose:
    return HandPose.ordinary(world[:, :2] * 3000 + 300, world=world, **changes)


def _states(**changed: JointState) -> Any:
    states = np.full(21, JointState.VISIBLE, np.uint8)
    for name, state in changed.items():
        states[CANONICAL_NAMES.index(name)] = state
    return states


def _features(pose: HandPose, source: str = "expert") -> Any:
    return measure(batch_of([pose]), source=source).row(0)


def test_mediapipes_count_is_no_evidence(model_hand: Any) -> None:
    """It always answers five, so the count is not assessable and worth nothing; an expert's is."""
    pose = _pose(model_hand())
    theirs, ours = _features(pose, "mediapipe"), _features(pose, "expert")
    assert (theirs.count, theirs.count_confidence, theirs.count_assessable) == (5, 0.0, False)
    assert theirs.count_reason is Reason.ALWAYS_FIVE
    assert (ours.count, ours.count_confidence, ours.count_assessable) == (5, 1.0, True)


def test_an_unlabelled_digit_leaves_the_count_open(model_hand: Any) -> None:
    """Nobody has said whether the digit is there, so no count is claimed."""
    unlabelled = {f"ring_{level}": JointState.UNLABELLED for level in ("mcp", "pip", "dip", "tip")}
    features = _features(_pose(model_hand(), states=_states(**unlabelled)))
    assert not features.count_assessable
    assert features.count_reason is Reason.UNRESOLVED
    assert np.isnan(features.web_depth).all()


def test_an_absent_digit_is_counted_as_missing_and_not_as_unknown(model_hand: Any) -> None:
    """Absent is a statement: four digits, assessable."""
    absent = {f"ring_{level}": JointState.ABSENT for level in ("mcp", "pip", "dip", "tip")}
    features = _features(_pose(model_hand(), states=_states(**absent)))
    assert features.count_assessable
    assert features.count == 4
    assert Reason(int(features.angle_reason[ANGLE_NAMES.index("ring_pip")])) is Reason.ABSENT


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (JointState.ABSENT, Reason.ABSENT),
        (JointState.UNSURE, Reason.UNSURE),
        (JointState.UNLABELLED, Reason.UNLABELLED),
    ],
)
def test_a_joint_spoils_only_the_angles_that_need_it(model_hand: Any, state: JointState, reason: Reason) -> None:
    """The index DIP joint is needed for the PIP and DIP angle of the index finger only, and the reason says why."""
    features = _features(_pose(model_hand(), states=_states(index_dip=state)))
    spoilt = {name for name, ok in zip(ANGLE_NAMES, features.angle_assessable, strict=True) if not ok}
    assert spoilt == {"index_pip", "index_dip"}
    assert np.isnan(features.angles[ANGLE_NAMES.index("index_pip")])
    assert features.angle_text(ANGLE_NAMES.index("index_pip")) == REASON_TEXT[reason]
    assert [bool(np.isnan(r)) for r in features.ratios] == [False, True, False, False, False]


def test_a_missing_middle_finger_leaves_no_ratio(model_hand: Any) -> None:
    """Every ratio is over the middle finger."""
    features = _features(_pose(model_hand(), states=_states(middle_tip=JointState.ABSENT)))
    assert np.isnan(features.ratios).all()


@pytest.mark.parametrize("gone", ["index", "middle", "ring", "little", "thumb"])
def test_a_missing_digit_leaves_the_others_measurable(model_hand: Any, gone: str) -> None:
    """The palm is rebuilt from the bases that are left: angles of the other digits stay true, nothing is made up."""
    rng = np.random.default_rng(6)
    angles = rng.uniform(5, 50, 15)
    world = model_hand(angles)
    start = CANONICAL_NAMES.index(f"{gone}_{'cmc' if gone == 'thumb' else 'mcp'}")
    world[start : start + 4] = np.nan
    states = np.full(21, JointState.VISIBLE, np.uint8)
    states[start : start + 4] = JointState.ABSENT
    for side in (1, 0):
        features = _features(_pose(world, states=states, side=side))
        mine = np.array([not name.startswith(gone) for name in ANGLE_NAMES])
        assert (features.angle_assessable == mine).all()
        np.testing.assert_allclose(features.angles[mine], angles[mine], atol=6.0)
        lengths = np.array([name in (gone, "middle") and gone in (name, "middle") for name in RATIO_NAMES])
        assert np.isnan(features.ratios).tolist() == ([True] * 5 if gone == "middle" else lengths.tolist())
        assert np.nanmax(features.attachment[1:]) < 1.1


def test_without_a_palm_no_angle_has_a_sign(model_hand: Any) -> None:
    """The palm frame needs wrist, index, middle and little base."""
    features = _features(_pose(model_hand(), states=_states(wrist=JointState.UNSURE)))
    assert not features.angle_assessable.any()


def test_hidden_joints_are_less_certain(model_hand: Any) -> None:
    """An occluded joint raises the uncertainty of the angles around it, and only of those."""
    plain = _features(_pose(model_hand()))
    hidden = _features(_pose(model_hand(), states=_states(index_tip=JointState.OCCLUDED)))
    raised = {n for n, a, b in zip(ANGLE_NAMES, plain.angle_sigma, hidden.angle_sigma, strict=True) if b > a * 1.2}
    assert raised == {"index_dip"}


def test_a_short_bone_makes_its_joints_less_certain(model_hand: Any) -> None:
    """The same error in place turns a short bone further."""
    world = model_hand()
    world[8] = world[7] + 0.4 * (world[8] - world[7])
    short, plain = _features(_pose(world)), _features(_pose(model_hand()))
    joint = ANGLE_NAMES.index("index_dip")
    assert short.angle_sigma[joint] > 1.8 * plain.angle_sigma[joint]


def test_joints_on_top_of_each_other_have_no_angle(model_hand: Any) -> None:
    """A bone of no length has no direction."""
    world = model_hand()
    world[8] = world[7]
    features = _features(_pose(world))
    assert Reason(int(features.angle_reason[ANGLE_NAMES.index("index_dip")])) is Reason.DEGENERATE


def test_length_ratios_come_back(model_hand: Any) -> None:
    """A little finger made 30 % longer has a ratio 30 % higher, and nothing else changes."""
    plain = _features(_pose(model_hand())).ratios
    longer = _features(_pose(model_hand(lengths=[1, 1, 1, 1, 1.3]))).ratios
    np.testing.assert_allclose(longer / plain, [1, 1, 1, 1, 1.3], rtol=1e-5)


def test_bent_digits_have_less_certain_lengths_on_mediapipe(model_hand: Any) -> None:
    """Measured: the spread of length ratios doubles when digits curl."""
    straight = _features(_pose(model_hand(np.zeros(15))), "mediapipe")
    curled = _features(_pose(model_hand(np.full(15, 50.0))), "mediapipe")
    free = [0, 1, 3, 4]
    assert (curled.ratio_sigma[free] > 1.4 * straight.ratio_sigma[free]).all()


def test_every_landmark_source_has_its_own_uncertainty(model_hand: Any) -> None:
    """MediaPipe's landmarks are the least certain, drawn ones the most."""
    sigma = {s: _features(_pose(model_hand()), s).angle_sigma.mean() for s in ("mediapipe", "expert", "synthetic")}
    assert sigma["mediapipe"] > 2 * sigma["expert"] > 2 * sigma["synthetic"]
    assert set(RATIO_REFERENCES) == set(sigma)


def test_an_unknown_landmark_source_is_a_user_error(model_hand: Any) -> None:
    """The message names the known ones."""
    with pytest.raises(UserError, match="Unknown landmark source"):
        measure(batch_of([_pose(model_hand())]), source="guess")


def test_hands_with_and_without_depth_share_a_batch(model_hand: Any) -> None:
    """Each hand is measured on what it has, whatever its neighbours have."""
    world = model_hand()
    flat = HandPose.ordinary(world[:, :2] * 3000)
    blank = HandPose.ordinary(np.full((21, 2), np.nan))
    mixed = measure(batch_of([_pose(world), flat, blank, _pose(world)]), source="expert")
    assert mixed.basis.tolist() == [Basis.SPATIAL, Basis.PLANAR, Basis.NONE, Basis.SPATIAL]
    for index, pose in ((0, _pose(world)), (1, flat), (3, _pose(world))):
        alone = measure(batch_of([pose]), source="expert")
        for name in ("angle", "angle_low", "angle_high", "ratio", "ratio_sigma", "angle_reason", "attachment"):
            np.testing.assert_allclose(getattr(mixed, name)[index], getattr(alone, name)[0], rtol=1e-5, atol=1e-4)
    assert not mixed.angle_assessable[2].any()
    assert not mixed.ratio_assessable[2].any()


def test_no_hands_have_no_figures() -> None:
    """An empty batch is measured without a special case."""
    assert measure(batch_of([]), source="expert").angle.shape == (0, 15)


def test_the_json_form_has_names_nulls_and_reasons(model_hand: Any) -> None:
    """It survives a strict JSON encoder and tells why a number is missing."""
    features = _features(_pose(model_hand(), states=_states(index_tip=JointState.UNSURE)))
    told = json.loads(json.dumps(features_to_dict(features), allow_nan=False))
    assert told["version"] == FEATURES_VERSION
    assert list(told["angles_deg"]) == list(ANGLE_NAMES)
    assert told["angles_deg"]["index_dip"] is None
    assert told["angles_deg"]["index_pip"] == pytest.approx(12.0, abs=0.01)
    assert told["reasons"]["index_dip"] == REASON_TEXT[Reason.UNSURE]
    assert told["finger_count"] == {"count": 5, "confidence": 0.0, "assessable": False}
    assert set(told) >= {"ratios", "webbing", "side", "chirality_conflict", "abduction_deg", "basis"}


def test_every_reason_has_a_sentence() -> None:
    """A code without a text would leave a reader without an answer."""
    assert set(REASON_TEXT) == set(Reason)
    assert all(text.endswith(".") and len(text) > 8 for text in REASON_TEXT.values())


def test_batches_of_one_source_join_in_order(model_hand: Any) -> None:
    """Chunks put together equal the whole."""
    world = np.array([model_hand(np.full(15, angle)) for angle in (5.0, 20.0, 40.0)])
    points = world[:, :, :2] * 3000
    whole = measure(batch_from_arrays(points, world), source="expert")
    parts = [measure(batch_from_arrays(points[i], world[i]), source="expert") for i in (slice(0, 2), slice(2, 3))]
    np.testing.assert_array_equal(stacked(parts).angle, whole.angle)
    other = measure(batch_from_arrays(points, world), source="synthetic")
    with pytest.raises(ValueError, match="one landmark source"):
        stacked([whole, other])
