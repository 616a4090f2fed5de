"""One certain violation is enough, doubt stays doubt, and nothing assessable means no verdict."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import ANGLE_NAMES, DigitKind, JointState
from handanat_studio.hand.values import Fusion, HandPose, Score, Split
from handanat_studio.scoring.calibrated_score import SCORER, calibrated_scores, violation_probability

_PIPS = [name for name in ANGLE_NAMES if name.endswith("pip")]


def _judge(pose: HandPose, source: str = "expert") -> Score:
    return SCORER.score(measure(batch_of([pose]), source=source)).row(0)


def _pose(world: Any, **changes: Any) -> HandPose:
    return HandPose.ordinary(world[:, :2] * 3000 + 400, world=world, **changes)


def _bent(model_hand: Any, name: str, value: float, side: int = 1) -> HandPose:
    angles = np.full(15, 8.0)
    angles[ANGLE_NAMES.index(name)] = value
    return _pose(model_hand(angles, side=side), side=side)


def test_an_ordinary_hand_is_plausible_for_every_source(model_hand: Any) -> None:
    """No finding at all, and a probability near zero."""
    for source in ("mediapipe", "expert", "synthetic"):
        score = _judge(_pose(model_hand(), side=1), source)
        assert score.verdict == "plausible"
        assert score.value < 0.05
        assert not [f for f in score.findings if f.probability >= 0.25]


@pytest.mark.parametrize("name", _PIPS)
@pytest.mark.parametrize("side", [1, -1])
def test_a_joint_bent_sixty_degrees_the_wrong_way_is_enough(model_hand: Any, name: str, side: int) -> None:
    """In expert coordinates one such bend makes the hand implausible, and is the first finding."""
    score = _judge(_bent(model_hand, name, -60.0, side))
    assert score.verdict == "implausible"
    worst = score.findings[0]
    assert (worst.kind, worst.part, worst.limit) == ("angle", name, -20.0)
    assert worst.value == pytest.approx(-60.0, abs=0.1)
    assert worst.z > 3
    assert worst.source


@pytest.mark.parametrize("name", ["index_dip", "middle_dip", "ring_dip", "little_dip"])
def test_a_distal_joint_bent_sixty_degrees_the_wrong_way_is_at_least_doubtful(model_hand: Any, name: str) -> None:
    """Hypermobile distal joints reach 40 to 45 degrees, so 60 is worth a look and 70 is certain."""
    assert _judge(_bent(model_hand, name, -60.0)).verdict != "plausible"
    assert _judge(_bent(model_hand, name, -70.0)).verdict == "implausible"


def test_the_same_bend_in_mediapipes_landmarks_is_not_enough(model_hand: Any) -> None:
    """Its angles are off by 20 degrees or more: an excess of 20 is no evidence there, and is for an expert."""
    pose = _bent(model_hand, "index_pip", -45.0)
    assert _judge(pose, "mediapipe").verdict == "plausible"
    assert _judge(pose, "expert").verdict == "implausible"


def _with_digit(pose: HandPose, kind: DigitKind, **more: Any) -> HandPose:
    shift = np.array([12, 0], np.float32)
    world = np.concatenate([pose.world, pose.world[13:17]])  # type: ignore[index,list-item]
    return HandPose(
        points=np.concatenate([pose.points, pose.points[13:17] + shift]),
        states=np.concatenate([pose.states, np.full(4, JointState.VISIBLE, np.uint8)]),
        digit_kind=np.append(pose.digit_kind, np.uint8(kind)),
        digit_id=np.append(pose.digit_id, np.int32(9)),
        world=world,
        side=pose.side,
        **more,
    )


def test_six_digits_by_an_expert_are_implausible_and_mediapipes_five_are_no_evidence(model_hand: Any) -> None:
    """Counting needs someone who can count."""
    pose = _with_digit(_pose(model_hand()), DigitKind.EXTRA)
    score = _judge(pose)
    assert score.verdict == "implausible"
    assert (score.findings[0].kind, score.findings[0].value, score.findings[0].limit) == ("count", 6.0, 5.0)
    assert _judge(pose, "mediapipe").parts["count"] == 0.0


def test_four_digits_by_an_expert_are_implausible(model_hand: Any) -> None:
    """A digit stated absent is missing."""
    states = np.full(21, JointState.VISIBLE)
    states[17:] = JointState.ABSENT
    assert _judge(_pose(model_hand(), states=states)).verdict == "implausible"


def test_hidden_digits_are_not_missing_digits(model_hand: Any) -> None:
    """A fist shows few fingers and has five."""
    states = np.full(21, JointState.VISIBLE)
    states[9:] = JointState.OCCLUDED
    assert _judge(_pose(model_hand(), states=states)).verdict == "plausible"


@pytest.mark.parametrize(("extent", "verdict"), [(0.2, "plausible"), (0.7, "implausible"), (1.0, "implausible")])
def test_fused_digits_are_judged_by_how_far_they_are_fused(model_hand: Any, extent: float, verdict: str) -> None:
    """An ordinary web ends in the first third."""
    score = _judge(_pose(model_hand()))
    assert score.verdict == "plausible"
    pose = _pose(model_hand())
    fused = HandPose(
        points=pose.points,
        states=pose.states,
        digit_kind=pose.digit_kind,
        digit_id=pose.digit_id,
        world=pose.world,
        fusions=(Fusion(2, 3, extent),),
    )
    score = _judge(fused)
    assert score.verdict == verdict
    if verdict == "implausible":
        assert (score.findings[0].kind, score.findings[0].part) == ("webbing", "middle_ring")


def test_a_forked_digit_is_implausible_even_if_five_digits_are_counted(model_hand: Any) -> None:
    """The fork itself is the evidence."""
    pose = _pose(model_hand())
    forked = HandPose(
        points=pose.points,
        states=pose.states,
        digit_kind=pose.digit_kind,
        digit_id=pose.digit_id,
        world=pose.world,
        splits=(Split(2, 1, 3),),
    )
    assert _judge(forked).verdict == "implausible"


def test_a_detached_digit_is_found(model_hand: Any) -> None:
    """A finger that begins half a palm too far out hangs on nothing."""
    world = model_hand()
    world[9:13] += 0.5 * (world[9] - world[0])
    findings = _judge(_pose(world)).findings
    assert ("webbing", "middle") in {(f.kind, f.part) for f in findings if f.probability > 0.5}


@pytest.mark.parametrize("factor", [0.5, 1.6])
def test_a_digit_of_wrong_length_is_found(model_hand: Any, factor: float) -> None:
    """Half or one and a half times its length is beyond what people and landmarks vary."""
    score = _judge(_pose(model_hand(lengths=[1, 1, 1, 1, factor])))
    assert score.verdict == "implausible"
    assert (score.findings[0].kind, score.findings[0].part) == ("ratio", "little")


def test_an_s_bend_is_evidence_without_depth(model_hand: Any) -> None:
    """Opposite turns of a flat finger need no depth to be seen."""
    points = model_hand(np.array([20, 10, 10] + [0.0] * 12))[:, :2] * 3000
    along, across = points[6] - points[5], np.array([[0.0, -1.0], [1.0, 0.0]]) @ (points[6] - points[5])
    points[7] = points[6] + 0.45 * along + 0.45 * across
    points[8] = points[7] + 0.5 * along - 0.4 * across
    score = _judge(HandPose.ordinary(points))
    assert score.verdict == "implausible"
    assert (score.findings[0].kind, score.findings[0].part) == ("angle", "index")


def test_nothing_assessable_abstains(model_hand: Any) -> None:
    """No coordinate and no labelled digit: unsure, and no invented probability."""
    score = _judge(HandPose.ordinary(np.full((21, 2), np.nan)))
    assert score.verdict == "unsure"
    assert np.isnan(score.value)
    flat_by_mediapipe = _judge(HandPose.ordinary(np.full((21, 2), np.nan)), "mediapipe")
    assert flat_by_mediapipe.verdict == "unsure"


def test_a_side_conflict_is_reported_and_condemns_nobody(model_hand: Any) -> None:
    """It is a question about the label."""
    angles = np.array([10, 20, 20] + [40, 60, 30] * 4, float)
    score = _judge(_pose(model_hand(angles), side=-1))
    assert score.verdict == "plausible"
    assert [f.kind for f in score.findings] == ["chirality"]


def test_findings_come_worst_first(model_hand: Any) -> None:
    """The first thing a reader sees is the most certain one."""
    angles = np.full(15, 8.0)
    angles[ANGLE_NAMES.index("index_pip")] = -40.0
    angles[ANGLE_NAMES.index("ring_pip")] = -75.0
    score = _judge(_pose(model_hand(angles), side=1))
    assert [f.part for f in score.findings][:2] == ["ring_pip", "index_pip"]
    assert [f.probability for f in score.findings] == sorted((f.probability for f in score.findings), reverse=True)


@given(z=st.lists(st.floats(-10, 60), min_size=2, max_size=2))
def test_more_excess_is_never_less_evidence(z: list[float]) -> None:
    """The probability rises with z, is zero without excess, even at three, and at most one."""
    low, high = (float(violation_probability(np.array(value))) for value in sorted(z))
    assert 0.0 <= low <= high <= 1.0
    assert violation_probability(np.array(0.0)) == 0.0
    assert violation_probability(np.array(3.0)) == 0.5
    assert violation_probability(np.array(2.0)) < 0.05


def test_weak_evidence_adds_up_and_one_certain_part_decides(model_hand: Any) -> None:
    """Noisy-OR: the joint probability is at least that of the worst part, and two doubts exceed one."""
    one, two = np.full(15, 8.0), np.full(15, 8.0)
    one[4] = two[4] = -37.0
    two[7] = -37.0
    values = []
    for angles in (one, two):
        world = model_hand(angles)[None]
        features = measure(batch_from_arrays(world[:, :, :2], world, None, np.array([1], np.int8)), source="expert")
        found = calibrated_scores(features)
        assert found.p_implausible[0] >= found.angle.max() - 1e-12
        values.append(float(found.p_implausible[0]))
    assert 0.02 < values[0] < values[1]


def test_measured_hands_are_rarely_called_implausible(shared_data: Path) -> None:
    """195 real hands with measured 3-D joints: at most 5 % false alarms, with and without their depth."""
    rows = json.loads((shared_data / "keypoints_one_subject" / "keypoints.json").read_text())
    world = np.array([row["keypoints_3d_cm"] for row in rows]) / 100.0
    points = np.array([row["keypoints_2d"] for row in rows])
    side = np.full(len(rows), -1, np.int8)
    for depth in (world, None):
        scores = SCORER.score(measure(batch_from_arrays(points, depth, None, side), source="expert"))
        assert (scores.verdict == 1).mean() <= 0.05
