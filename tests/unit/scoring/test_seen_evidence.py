"""The judge weighs what the digit network saw: one certain thing is enough, what cannot be assessed says nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.evidence import FLAWS, MOST_COUNTED, DigitEvidence
from handanat_studio.hand.features import measure
from handanat_studio.hand.values import HandPose, Score, Split
from handanat_studio.scoring.calibrated_score import CalibratedScorer, calibrated_scores
from handanat_studio.scoring.calibration import Calibration, PartMap, Platt
from handanat_studio.scoring.evidence import PARTS
from handanat_studio.scoring.paper_score import SCORER as PAPER

PLAIN = CalibratedScorer(calibration=Calibration())
"""The judge as it is before anyone has calibrated it, so that its logic is tested and not its constants."""


def seen(number: int = 5, sure: float = 0.97, **changes: Any) -> DigitEvidence:
    """Return the word of a network that sees `number` digits with chance `sure`."""
    counts = np.full(MOST_COUNTED + 1, (1.0 - sure) / MOST_COUNTED)
    counts[number] = sure
    held = DigitEvidence(1.0, 1.0, tuple(counts.tolist()), True, (1.0,) * 5, 0.0, 0.0, (0.0,) * len(FLAWS), "t")
    return replace(held, **changes)


def flawed(name: str, chance: float) -> DigitEvidence:
    return seen(flaws=tuple(chance if flaw == name else 0.0 for flaw in FLAWS))


@pytest.fixture
def pose(model_hand: Any) -> HandPose:
    """Return an ordinary hand with depth."""
    world = model_hand()
    return HandPose.ordinary(world[:, :2] * 3000 + 400, world=world, side=1)


def _judge(pose: HandPose, evidence: DigitEvidence | None, scorer: CalibratedScorer = PLAIN) -> Score:
    return scorer.score(measure(batch_of([pose], [evidence]), source="mediapipe")).row(0)


@pytest.mark.parametrize("number", [3, 4, 6, 7])
def test_a_sure_number_other_than_five_is_enough(pose: HandPose, number: int) -> None:
    """And the finding says who counted, and how surely."""
    score = _judge(pose, seen(number))
    assert score.verdict == "implausible"
    (found,) = score.findings
    assert (found.kind, found.part, found.value, found.limit) == ("count", "hand", float(number), 5.0)
    assert "the digit network sees" in found.source
    assert "chance 0.97" in found.source


def test_five_digits_surely_seen_are_plausible(pose: HandPose) -> None:
    """The number is evidence now, and the paper's score uses it too."""
    score = _judge(pose, seen())
    assert score.verdict == "plausible"
    assert score.value < 0.1
    paper = PAPER.score(measure(batch_of([pose], [seen(6)]), source="mediapipe")).row(0)
    assert paper.parts["count"] == 0.0


def test_hidden_digits_are_not_missing_digits(pose: HandPose) -> None:
    """Three seen digits of a fist say nothing; how much could be assessed is told."""
    score = _judge(pose, seen(3, assessed=False))
    assert score.verdict == "plausible"
    assert score.parts["count"] == 0.0
    assert score.parts["assessed"] < _judge(pose, seen(5)).parts["assessed"]


def test_six_digits_are_too_many_even_if_others_hide(pose: HandPose) -> None:
    """More than five need no complete view."""
    score = _judge(pose, seen(6, assessed=False))
    assert score.verdict == "implausible"
    assert (score.findings[0].kind, score.findings[0].value) == ("count", 6.0)


def test_what_is_no_hand_to_the_network_is_not_judged_by_it(pose: HandPose) -> None:
    """It cannot count the digits of something else."""
    assert _judge(pose, seen(7, hand=0.2, assessed=False)).value < 0.05


@pytest.mark.parametrize(
    ("flaw", "kind"),
    [
        ("extra", "count"),
        ("missing", "count"),
        ("fused", "webbing"),
        ("forked", "webbing"),
        ("overbent", "angle"),
        ("proportion", "ratio"),
        ("detached", "webbing"),
        ("melted", "webbing"),
    ],
)
def test_every_flaw_is_told_in_words(pose: HandPose, flaw: str, kind: str) -> None:
    """As a finding of a kind that everybody knows, about the whole hand."""
    score = _judge(pose, flawed(flaw, 0.93))
    assert score.verdict == "implausible"
    (found,) = score.findings
    assert (found.kind, found.part) == (kind, "hand")
    assert found.probability > 0.9
    assert found.source.endswith("(chance 0.93)")


@pytest.mark.parametrize("name", ["fused", "forked"])
def test_grown_together_or_forked_digits_are_found(pose: HandPose, name: str) -> None:
    """The network's chance counts, not that the combined pose holds a fork."""
    assert _judge(pose, seen(**{name: 0.95})).verdict == "implausible"
    forked = replace(pose, splits=(Split(2, 1, 3),))
    assert _judge(forked, seen()).verdict == "plausible"
    assert _judge(forked, None).verdict == "implausible"


def test_two_findings_about_one_thing_are_one(pose: HandPose) -> None:
    """The count and the flaw that says the same: the surer one is told."""
    both = seen(6, 0.99, flaws=tuple(0.8 if flaw == "extra" else 0.0 for flaw in FLAWS))
    assert [(f.kind, f.value) for f in _judge(pose, both).findings] == [("count", 6.0)]


@given(first=st.floats(0, 1), second=st.floats(0, 1), third=st.floats(0, 1))
def test_more_evidence_is_never_less(first: float, second: float, third: float) -> None:
    """The joint probability is at least that of each part, and rises with each."""
    pose = HandPose.ordinary(np.full((21, 2), np.nan))
    calibration = Calibration({name: PartMap(-1.0, 0.8) for name in PARTS}, Platt(0.5, 1.0))
    values = []
    for flaws in ((0.0, 0.0), (first, 0.0), (first, second), (max(first, third), second)):
        told = seen(flaws=(*flaws, *(0.0,) * (len(FLAWS) - 2)))
        features = measure(batch_of([pose], [told]), source="mediapipe")
        values.append(float(calibrated_scores(features, calibration).p_implausible[0]))
    assert values == sorted(values)


def test_a_part_that_alarms_on_sound_hands_can_be_calibrated_down(pose: HandPose) -> None:
    """The same flaw, less believed."""
    deaf = CalibratedScorer(calibration=Calibration({"flaw_overbent": PartMap(-6.0, 0.1)}))
    assert _judge(pose, flawed("overbent", 0.95)).verdict == "implausible"
    assert _judge(pose, flawed("overbent", 0.95), deaf).verdict == "plausible"


def test_bounds_come_from_the_calibration(pose: HandPose) -> None:
    """And the version says which constants judged."""
    strict = CalibratedScorer(calibration=Calibration(implausible_from=0.99, unsure_from=0.9, digest="abc"))
    assert strict.version == "1.0-abc"
    assert _judge(pose, flawed("extra", 0.95), strict).verdict == "unsure"
    assert PLAIN.version == "1.0"


def test_the_calibration_is_for_detected_hands_only(model_hand: Any) -> None:
    """Joints that an expert placed are judged as before, whatever is installed."""
    world = model_hand(lengths=[1, 1, 1, 1, 1.6])
    long_little = HandPose.ordinary(world[:, :2] * 3000 + 400, world=world)
    score = CalibratedScorer().score(measure(batch_of([long_little]), source="expert")).row(0)
    assert score.verdict == "implausible"


def test_a_flaw_that_is_hardly_seen_is_no_finding(pose: HandPose) -> None:
    """Even under a calibration that makes much of it: nobody could check the claim."""
    much = Calibration(parts={"flaw_fused": PartMap(1.0, 0.5)})
    features = measure(batch_of([pose, pose], [flawed("fused", 0.1), flawed("fused", 0.6)]), source="mediapipe")
    scores = CalibratedScorer(calibration=much).score(features)
    assert [finding.kind for finding in scores.row(0).findings] == []
    assert [finding.kind for finding in scores.row(1).findings] == ["webbing"]
    assert scores.row(0).value > 0.15


def test_several_weak_signs_are_told_together(pose: HandPose) -> None:
    """Where each alone is too weak to be told, a doubtful hand must not come without a word; a sound one may."""
    half = Calibration(parts={f"flaw_{name}": PartMap(-1.0, 0.5) for name in FLAWS})
    weak = {"extra": 0.22, "missing": 0.2, "fused": 0.18}
    told = seen(flaws=tuple(weak.get(flaw, 0.0) for flaw in FLAWS))
    features = measure(batch_of([pose, pose], [told, seen()]), source="mediapipe")
    scores = CalibratedScorer(calibration=half).score(features)
    (found,) = scores.row(0).findings
    assert found.part == "hand"
    assert found.source.startswith("several weak signs together")
    assert "(0.22)" in found.source
    assert found.probability == pytest.approx(scores.row(0).value, abs=0.05)
    assert scores.row(1).findings == ()
