"""From the store to files: the expert's word is in the export, and nothing is left out in silence."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.topology import DigitKind
from handanat_studio.project import Project
from handanat_studio.store import hands, images
from handanat_studio.workflows import annotate
from handanat_studio.workflows.export import export


def flag_six_fingers(project: Project) -> int:
    with project.store.read() as session:
        hand = hands.get(session, hands.all_ids(session)[0])
    pose = hand.detection.pose
    six = edits.add_digit(pose, DigitKind.EXTRA, np.linspace(pose.points[17], pose.points[20], 4) + np.array([12, 4]))
    annotate.save(project, NewAnnotation(hand.id, "eva", six, verdict="implausible", note="six digits"))
    return hand.id


def test_a_flagged_six_fingered_hand_is_found_in_the_coco_export(sample: Project, tmp_path: Path) -> None:
    """Verdict and free topology are there, and the sixth digit's loss from the keypoints is said."""
    hand_id = flag_six_fingers(sample)
    manifest = export(sample, tmp_path / "out", "coco", annotator="eva")
    lines = [json.loads(line) for line in (tmp_path / "out" / "topology.jsonl").read_text().splitlines()]
    mine = next(line for line in lines if line["hand_id"] == hand_id)
    assert len(mine["pose"]["digits"]) == 6
    assert mine["dropped"]
    assert manifest["counts"]["verdicts"]["implausible"] == 1


def test_a_flagged_hand_is_found_in_the_csv_export(sample: Project, tmp_path: Path) -> None:
    """A spreadsheet user finds the verdict in the hand's row."""
    hand_id = flag_six_fingers(sample)
    export(sample, tmp_path / "out", "csv", annotator="eva")
    with (tmp_path / "out" / "hands.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(row["hand_id"]): row for row in csv.DictReader(file)}
    assert rows[hand_id]["verdict"] == "implausible"
    assert rows[hand_id]["annotator"] == "eva"


def test_the_figures_of_a_corrected_hand_are_those_of_the_corrected_pose(sample: Project, tmp_path: Path) -> None:
    """The detector's count is no evidence; the expert's six digits are, and what the digit network could count."""
    hand_id = flag_six_fingers(sample)
    export(sample, tmp_path / "out", "csv", annotator="eva")
    with (tmp_path / "out" / "hands.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(row["hand_id"]): row for row in csv.DictReader(file)}
    assert rows[hand_id]["finger_count"] == "6"
    assert rows[hand_id]["finger_count_assessable"] == "true"
    with sample.store.read() as session:
        found = {key: hand.detection for key, hand in hands.get_many(session, list(rows)).items() if key != hand_id}
    counted = {key for key, seen in found.items() if seen and seen.evidence and seen.evidence.assessed}
    assert {key for key in found if rows[key]["finger_count_assessable"] == "true"} == counted


def test_without_a_named_annotator_the_newest_label_of_anyone_counts(sample: Project, tmp_path: Path) -> None:
    """Each hand appears once; the manifest says how many verdicts each annotator gave."""
    hand_id = flag_six_fingers(sample)
    manifest = export(sample, tmp_path / "out", "csv")
    with sample.store.read() as session:
        total = len(hands.all_ids(session))
        pictures = len(images.all_ids(session))
    assert manifest["counts"]["hands"] == total
    assert manifest["counts"]["images"] == pictures
    assert manifest["details"]["verdicts_by_annotator"]["eva"] == 1
    with (tmp_path / "out" / "hands.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(row["hand_id"]): row for row in csv.DictReader(file)}
    assert rows[hand_id]["annotator"] == "eva"


def test_an_export_never_writes_over_something(sample: Project, tmp_path: Path) -> None:
    """A folder with files in it is refused and left alone."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with pytest.raises(UserError, match="not empty"):
        export(sample, tmp_path / "out", "csv")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_unknown_format_is_a_clear_error(sample: Project, tmp_path: Path) -> None:
    """The message lists the known ones."""
    with pytest.raises(UserError, match="coco, csv, parquet"):
        export(sample, tmp_path / "out", "xlsx")
