"""What the inspector says of a detection: who, how sure, how many digits, what is wrong, and when it does not say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.gui.editor.evidence_words import (
    NOT_LOOKED,
    count_sentence,
    count_words,
    flaw_sentence,
    seen_words,
    sentence,
)
from handanat_studio.gui.rejudging import outcome
from handanat_studio.hand.evidence import FLAWS, DigitEvidence
from handanat_studio.hand.values import Box, Detection, HandPose


def evidence(
    counts: dict[int, float],
    *,
    assessed: bool = True,
    hand: float = 0.99,
    assessable: float = 0.95,
    flaws: dict[str, float] | None = None,
) -> DigitEvidence:
    """Return a network's word."""
    return DigitEvidence(
        hand=hand,
        assessable=assessable,
        counts=tuple(counts.get(n, 0.0) for n in range(13)),
        assessed=assessed,
        digits=(0.9, math.nan),
        fused=0.01,
        forked=0.02,
        flaws=() if flaws is None else tuple(flaws.get(name, 0.0) for name in FLAWS),
        version="ab12cd34",
    )


def detection(*, detector: str = "mediapipe", reason: str = "", seen: DigitEvidence | None = None) -> Detection:
    """Return a hand that was found."""
    pose = HandPose.ordinary([[float(i), 1.0] for i in range(21)])
    return Detection(Box(0, 0, 9, 9), pose, detector, "0.10.21-1", 0.97, reason, seen)


def test_a_plain_detection_is_said_in_one_line() -> None:
    """Detector by its name, its confidence; no reason; the versions stand in the tip."""
    words = seen_words(detection(seen=evidence({6: 0.93, 5: 0.05, 7: 0.02})))
    assert words.found == "Found by MediaPipe, 0.97"
    assert words.reason == ""
    assert words.digits == "Digits seen: 6 (chance 0.93); five 0.05"
    assert count_words(evidence({6: 0.93, 5: 0.07})) == "6 (0.93)"
    assert "mediapipe 0.10.21-1" in words.tip
    assert "ab12cd34" in words.tip


def test_a_fallback_says_why_in_sentences() -> None:
    """What the chain keeps as one line becomes sentences with the detectors' names."""
    reason = "mediapipe found no hand; mediapipe-rescue found what is no hand to the digit network"
    words = seen_words(detection(detector="yolo", reason=reason))
    assert words.found == "Found by YOLO, 0.97"
    assert words.reason == (
        "MediaPipe found no hand. MediaPipe's second look found what is no hand to the digit network."
    )
    assert words.digits == NOT_LOOKED


def test_a_drawn_hand_says_that_nobody_found_it() -> None:
    """There is nothing to be sure of."""
    words = seen_words(None)
    assert words.found == "Drawn by hand; no detector has found it."
    assert (words.reason, words.digits, words.flaws, words.tip) == ("", "", "", "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (evidence({5: 0.9}, assessed=False, hand=0.2), "doubts that this is a hand (chance 0.20)"),
        (evidence({5: 0.9}, assessed=False, assessable=0.3), "hidden (chance that all can be seen 0.30)"),
        (evidence({5: 0.35, 4: 0.33, 6: 0.32}, assessed=False), "no number is likely enough; the likeliest is 5"),
    ],
)
def test_an_abstention_has_its_reason(said: DigitEvidence, why: str) -> None:
    """No hand, hidden digits, or numbers that are about as likely as each other."""
    assert count_sentence(said).startswith("Not assessable: ")
    assert why in count_sentence(said)
    assert count_words(said) == "not assessable"


def test_flaws_are_named_with_their_chances_the_likeliest_first() -> None:
    """Unlikely ones are left out; a network without a word on flaws says nothing."""
    said = evidence({5: 1.0}, flaws={"fused": 0.4, "extra": 0.91, "overbent": 0.1})
    assert flaw_sentence(said) == "Sees a digit too many 0.91, digits grown together 0.40."
    assert flaw_sentence(evidence({5: 1.0}, flaws={})) == "Sees nothing wrong with it."
    assert flaw_sentence(evidence({5: 1.0})) == ""


@given(st.lists(st.floats(0.001, 1.0), min_size=13, max_size=13), st.booleans(), st.floats(0, 1), st.floats(0, 1))
def test_every_word_of_a_network_makes_a_sentence(
    raw: list[float], assessed: bool, hand: float, assessable: float
) -> None:
    """Whatever the chances: the likeliest number is named, and an abstention never claims to have seen a number."""
    counts = {n: share / sum(raw) for n, share in enumerate(raw)}
    said = evidence(counts, assessed=assessed, hand=hand, assessable=assessable)
    text = count_sentence(said)
    assert text.startswith(f"Digits seen: {said.number} " if assessed else "Not assessable: ")


@given(st.text(alphabet="abc; .", max_size=30))
def test_reasons_become_whole_sentences(reason: str) -> None:
    """Each ends with a full stop, none is empty."""
    said = sentence(reason)
    assert said == "" or said.endswith(".")
    assert ".." not in said or ".." in reason


def row(**values: object) -> dict[str, object]:
    """Return what the job tells of one hand."""
    usual = {"hand_id": 1, "found": True, "verdict": "implausible", "digits": 6, "error": ""}
    return usual | values


def test_the_outcome_of_one_hand_is_a_sentence() -> None:
    """Verdict and digits as far as they may be known, and what became of a hand that is not found."""
    assert outcome([row()]) == ("Judged again: implausible, six digits.", "", "info")
    assert outcome([row(digits=None)])[0] == "Judged again: implausible."
    assert outcome([row(verdict="", digits=None)])[0] == "Judged again."
    assert "earlier joints were kept" in outcome([row(found=False)])[1]


def test_the_outcome_of_several_hands_is_a_count() -> None:
    """By verdict; those that could not be looked at make it a warning."""
    rows = [row(), row(verdict="plausible"), row(verdict="plausible", found=False), row(error="The file is gone.")]
    message, hint, level = outcome(rows)
    assert message == "3 hands judged again: 2 plausible, 1 implausible."
    assert "In 1 no detector finds a hand now" in hint
    assert "1 could not be looked at: The file is gone." in hint
    assert level == "warning"
