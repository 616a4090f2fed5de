"""The label files of the real images: every line is understood and every image is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from handanat_studio.formats import labels_jsonl

SCRIPT = Path(__file__).resolve().parents[2] / "support" / "shared_labels.py"


def test_every_set_has_labels_that_can_be_read(shared_data: Path, tmp_path: Path) -> None:
    """The script writes a file for each set and one for all, and each line names an image that exists."""
    subprocess.run([sys.executable, SCRIPT, shared_data, tmp_path], check=True, capture_output=True)
    labels = {path.stem: labels_jsonl.read(path) for path in tmp_path.glob("*.jsonl")}
    everything = labels.pop("all")
    palms = labels.pop("open_palms")
    assert len(everything) == sum(len(own) for own in labels.values())
    assert [label.image for label in everything if not (shared_data / label.image).is_file()] == []
    assert {hand.digits for label in palms for hand in label.hands} == {5}
    empty = [label for label in everything if not label.any_hand]
    assert {Path(label.image).parts[0] for label in empty} == {"no_hands", "finger_counting"}
    placed = [label for label in everything if any(hand.points is not None for hand in label.hands)]
    assert len(placed) == len(labels["keypoints_one_subject"]) + len(labels["keypoints_mixed"])
