"""Phalanges too many or too few are implausible, named by their digit, and confuse no other part of the score."""

from typing import Any

import pytest

from handanat_studio.hand import edits
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.scoring.calibrated_score import SCORER
from handanat_studio.scoring.paper_score import SCORER as PAPER


@pytest.fixture
def pose(model_hand: Any) -> HandPose:
    """Return an ordinary hand with depth."""
    world = model_hand()
    return HandPose.ordinary(world[:, :2] * 3000 + 400, world=world, side=Side.RIGHT)


def _judge(pose: HandPose, source: str = "expert") -> Score:
    return SCORER.score(measure(batch_of([pose]), source=source)).row(0)


def _above(pose: HandPose, row: int) -> list[float]:
    x, y = pose.points[row].tolist()
    return [x, y - 40]


@pytest.mark.parametrize(("digit", "tip", "usual"), [(0, 4, 2), (1, 8, 3), (4, 20, 3)])
def test_a_phalanx_too_many_is_the_only_finding(pose: HandPose, digit: int, tip: int, usual: int) -> None:
    """The digit is still one digit of ordinary length with ordinary angles."""
    score = _judge(edits.graft_phalanx(pose, digit, _above(pose, tip)))
    assert score.verdict == "implausible"
    (found,) = score.findings
    assert (found.kind, found.unit, found.value, found.limit) == ("count", "phalanges", usual + 1.0, float(usual))
    assert found.part == DigitKind(digit).name.lower()
    assert score.parts["count"] == 0.0
    assert score.parts["phalanx"] == pytest.approx(0.99)


@pytest.mark.parametrize("level", [Level.MIDDLE, Level.DISTAL, Level.TIP])
def test_a_phalanx_too_few_is_the_only_finding(pose: HandPose, level: Level) -> None:
    """The joints that are left are measured, the others are not assessable, and five digits are five."""
    score = _judge(edits.cut_phalanx(pose, 3, level))
    assert score.verdict == "implausible"
    (found,) = score.findings
    assert (found.part, found.value, found.limit) == ("ring", float(level) - 1.0, 3.0)


def test_a_digit_that_is_absent_has_no_phalanges_to_miss(pose: HandPose) -> None:
    """Four digits are one finding, not five."""
    score = _judge(edits.set_digit_state(pose, 4, JointState.ABSENT))
    assert [(f.kind, f.part, f.value) for f in score.findings] == [("count", "hand", 4.0)]


def test_a_digit_cut_at_its_base_is_an_absent_digit(pose: HandPose) -> None:
    """Nothing of it is left, so the count says so."""
    score = _judge(edits.cut_phalanx(pose, 4, Level.BASE))
    assert [(f.kind, f.part, f.value) for f in score.findings] == [("count", "hand", 4.0)]


def test_a_fusion_with_an_absent_digit_is_no_fusion(pose: HandPose) -> None:
    """Skin cannot join what is not there."""
    fused = edits.fuse(edits.set_digit_state(pose, 4, JointState.ABSENT), 3, 4, 0.9)
    score = _judge(fused)
    assert [(f.kind, f.part) for f in score.findings] == [("count", "hand")]
    assert score.parts["web"] == 0.0


def test_one_unusual_thing_does_not_hide_another(pose: HandPose) -> None:
    """Six digits, two of them grown together, one with a phalanx too many."""
    six = edits.add_digit(pose, DigitKind.EXTRA, pose.points[17:21] + 40)
    score = _judge(edits.graft_phalanx(edits.fuse(six, 2, 3, 0.9), 1, _above(pose, 8)))
    assert {(f.kind, f.part) for f in score.findings if f.probability > 0.5} == {
        ("count", "hand"),
        ("count", "index"),
        ("webbing", "middle_ring"),
    }


def test_a_detectors_phalanges_are_no_evidence(pose: HandPose) -> None:
    """It draws all of them, whatever is there."""
    cut = edits.cut_phalanx(pose, 3, Level.TIP)
    assert _judge(cut, "mediapipe").parts["phalanx"] == 0.0


def test_the_papers_score_counts_digits_only(pose: HandPose) -> None:
    """A surplus phalanx is no sixth finger."""
    grown = edits.graft_phalanx(pose, 1, _above(pose, 8))
    score = PAPER.score(measure(batch_of([grown]), source="expert")).row(0)
    assert score.parts["count"] == 1.0
