"""The judge on real photographs: every hand there is sound, so every "implausible" is a false alarm."""

from pathlib import Path

import pytest

from handanat_studio.workflows.score_files import score_files

FOLDERS = ("freihand_photos", "gestures_in_the_wild", "finger_counting", "keypoints_mixed")


@pytest.mark.e2e
def test_real_photographs_are_rarely_flagged(shared_data: Path) -> None:
    """At most 5 % of real hands are called implausible, and nearly all photographs show a hand.

    The landmark uncertainty was measured on photographs of these folders, so this is a regression test,
    not evidence of how the judge does elsewhere.
    """
    records = [r for folder in FOLDERS for r in score_files([shared_data / folder], workers=2)]
    hands = [hand for record in records for hand in record["hands"]]
    flagged = [hand for hand in hands if hand["scores"]["calibrated"]["verdict"] == "implausible"]
    assert [record["image"] for record in records if record["error"]] == []
    assert sum(bool(record["hands"]) for record in records) >= 0.9 * len(records)
    assert len(flagged) <= 0.05 * len(hands)


@pytest.mark.e2e
def test_pictures_without_hands_give_none(shared_data: Path) -> None:
    """At most one in twenty office backgrounds shows a hand that is not there."""
    records = list(score_files([shared_data / "no_hands"], workers=2))
    assert sum(bool(record["hands"]) for record in records) <= 0.05 * len(records)
