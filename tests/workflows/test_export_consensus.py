"""What was decided in review is what leaves the project, and who decided it is said."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from handanat_studio.hand.annotation import ADJUDICATION, NewAnnotation
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.workflows import agreement, annotate, review
from handanat_studio.workflows.export import export


@pytest.fixture
def hand_id(sample: Project) -> int:
    """A hand whose dispute eva settled, after which otto looked at it again."""
    with sample.store.read() as session:
        hand = hands.get(session, hands.all_ids(session)[-1])
    assert hand.detection is not None
    new = NewAnnotation(hand.id, "eva", hand.detection.pose, verdict="plausible")
    annotate.save(sample, new)
    review.submit(sample, hand.id, annotator="eva")
    settled, _ = annotate.save(sample, replace(new, kind=ADJUDICATION, round=2, verdict="implausible", note="settled"))
    review.settle(sample, settled.id, adjudicator="eva")
    annotate.save(sample, replace(new, annotator="otto", verdict="unsure"))
    return hand.id


def rows_of(project: Project, out: Path, annotator: str | None) -> dict[int, dict[str, str]]:
    """Export as CSV and return the hands by id."""
    export(project, out, "csv", annotator=annotator)
    with (out / "hands.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(row["hand_id"]): row for row in csv.DictReader(file)}


def test_a_settled_hand_is_exported_as_it_was_settled(sample: Project, hand_id: int, tmp_path: Path) -> None:
    """Not as the newest revision says; kind, stage, status and adjudicator stand beside it."""
    row = rows_of(sample, tmp_path / "out", None)[hand_id]
    assert (row["annotator"], row["verdict"], row["note"]) == ("eva", "implausible", "settled")
    assert (row["kind"], row["stage"]) == ("adjudication", "accepted")
    assert (row["consensus"], row["consensus_verdict"], row["consensus_by"]) == ("adjudicated", "implausible", "eva")


def test_a_named_annotators_own_label_is_exported_beside_the_consensus(
    sample: Project, hand_id: int, tmp_path: Path
) -> None:
    """Whoever asks for otto's labels gets otto's, and still reads what the hand counts as."""
    row = rows_of(sample, tmp_path / "out", "otto")[hand_id]
    assert (row["annotator"], row["verdict"], row["kind"], row["stage"]) == ("otto", "unsure", "annotation", "draft")
    assert row["consensus_verdict"] == "implausible"


def test_coco_says_what_the_hand_counts_as(sample: Project, hand_id: int, tmp_path: Path) -> None:
    """In the attributes of each annotation."""
    export(sample, tmp_path / "out", "coco")
    content = json.loads((tmp_path / "out" / "annotations.json").read_text())
    found = next(a["attributes"] for a in content["annotations"] if a["attributes"]["hand_id"] == hand_id)
    assert (found["kind"], found["stage"], found["consensus"]) == ("adjudication", "accepted", "adjudicated")
    assert (found["consensus_verdict"], found["consensus_by"]) == ("implausible", "eva")


def test_an_adjudication_does_not_agree_with_itself(sample: Project, hand_id: int) -> None:
    """The figures of agreement hold each person's own verdicts only."""
    report = agreement.compute(sample, draws=10)
    counts = {person["name"]: person["verdicts"] for person in report["annotators"]}
    assert (counts["eva"], counts["otto"]) == (1, 1)
    pair = next(p for p in report["pairs"] if {p["a"], p["b"]} == {"eva", "otto"})
    assert (pair["n"], pair["percent"]) == (1, 0.0)
