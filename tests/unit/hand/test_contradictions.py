"""A verdict that does not go with what the same person said of the hand is told so, in a sentence."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.contradictions import RULES, contradictions
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.topology import DigitKind, JointState, Level
from handanat_studio.hand.values import Finding, HandPose

FINDING = Finding("angle", "index_pip", 131.0, 110.0, "deg", 3.0, 0.9, "AAOS")
CHAIN = [[300, 300], [310, 280], [320, 260], [330, 240]]


def _said(pose: HandPose, verdict: str = "plausible", *findings: bool | None) -> tuple[str, ...]:
    judged = tuple(replace(FINDING, part=f"part_{k}", accepted=word) for k, word in enumerate(findings))
    return contradictions(Opinion(pose, verdict, judged))


def test_an_ordinary_hand_may_be_plausible(open_hand: HandPose) -> None:
    """Nothing contradicts, whether findings were rejected or never looked at."""
    assert _said(open_hand) == ()
    assert _said(open_hand, "plausible", False, None) == ()


def test_six_digits_are_not_plausible_without_a_word(open_hand: HandPose) -> None:
    """The sentence says how many there are."""
    six = edits.add_digit(open_hand, DigitKind.EXTRA, CHAIN)
    assert _said(six) == ("Six digits, but the verdict is plausible.",)


def test_a_missing_digit_counts_and_one_not_labelled_yet_does_not(open_hand: HandPose) -> None:
    """Absent is a statement, unlabelled and unsure are none."""
    assert _said(edits.set_digit_state(open_hand, 4, JointState.ABSENT)) == (
        "Four digits, but the verdict is plausible.",
    )
    assert _said(edits.set_digit_state(open_hand, 4, JointState.UNLABELLED)) == ()
    assert _said(edits.set_digit_state(open_hand, 4, JointState.UNSURE)) == ()


def test_five_digits_may_be_the_wrong_five(open_hand: HandPose) -> None:
    """One absent, one too many: the count alone would not show it."""
    pose = edits.add_digit(edits.remove_digit(open_hand, 4), DigitKind.EXTRA, CHAIN)
    assert _said(pose) == ("Five digits, an extra digit among them, but the verdict is plausible.",)
    assert _said(edits.relabel_digit(pose, 4, DigitKind.INDEX)) == (
        "Five digits, a second index among them, but the verdict is plausible.",
    )


@pytest.mark.parametrize(("pair", "extent", "counts"), [((2, 3), 0.3, False), ((2, 3), 0.6, True), ((1, 4), 0.1, True)])
def test_digits_grown_together_beyond_an_ordinary_web(
    open_hand: HandPose, pair: tuple[int, int], extent: float, counts: bool
) -> None:
    """The web between neighbours ends in the first third; digits that are no neighbours have none."""
    said = _said(edits.fuse(open_hand, *pair, extent))
    assert bool(said) is counts


def test_forks_and_phalanges_are_named_by_their_digit(open_hand: HandPose) -> None:
    """A surplus phalanx is neither a digit nor a fork."""
    assert _said(edits.graft_phalanx(open_hand, 1, (150, 40))) == (
        "A phalanx too many at the index, but the verdict is plausible.",
    )
    assert _said(edits.cut_phalanx(open_hand, 3, Level.DISTAL)) == (
        "A phalanx too few at the ring, but the verdict is plausible.",
    )
    forked = edits.split(open_hand, 2, Level.MIDDLE, (300, 80))
    assert _said(forked) == (
        "Six digits, but the verdict is plausible.",
        "A fork at the middle, but the verdict is plausible.",
    )


def test_accepted_findings_speak_against_plausible(open_hand: HandPose) -> None:
    """However ordinary the digits are."""
    assert _said(open_hand, "plausible", True, True, False) == (
        "Two findings are accepted, but the verdict is plausible.",
    )


def test_implausible_needs_something_that_says_why(open_hand: HandPose) -> None:
    """An accepted finding says why, and so does an unusual hand."""
    assert _said(open_hand, "implausible", None) == ("Implausible, but no finding says why.",)
    assert _said(open_hand, "implausible", False) == ("Implausible, but every finding is rejected.",)
    assert _said(open_hand, "implausible", False, True) == ()
    assert _said(edits.add_digit(open_hand, DigitKind.EXTRA, CHAIN), "implausible") == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_unsure_and_undecided_never_contradict(any_opinion: Any, data: st.DataObject) -> None:
    """Unsure is a legal answer."""
    opinion = data.draw(any_opinion())
    assert contradictions(replace(opinion, verdict="unsure")) == ()
    assert contradictions(replace(opinion, verdict=None)) == ()
    for sentence in contradictions(opinion):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_rules_have_names() -> None:
    """Rules are data: each is found by its id."""
    assert len({rule.id for rule in RULES}) == len(RULES)
