"""The evaluate command from end to end: drawn hands, real detectors and scorers, tables, JSON and pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from handanat_studio.cli.evaluate import evaluate
from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import ImageLabel
from handanat_studio.synthetic.backdrops import draw_backdrop
from handanat_studio.workflows.evaluate.drawn import draw_labelled

COUNT = 10


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels of ten drawn hands, an empty place, a damaged file and a file that is not there."""
    folder = tmp_path_factory.mktemp("evaluate")
    labels = labels_jsonl.read(draw_labelled(folder, count=COUNT, seed=4_200_000, size=256))
    backdrop = draw_backdrop(np.random.default_rng(3), 256)
    Image.fromarray((255 * np.clip(backdrop, 0, 1) ** (1 / 2.2)).astype(np.uint8)).save(folder / "empty.png")
    (folder / "damaged.png").write_bytes(b"no picture")
    labels += [
        ImageLabel("empty.png", any_hand=False, source="empty"),
        ImageLabel("damaged.png", any_hand=True),
        ImageLabel("gone.png", any_hand=True),
    ]
    labels_jsonl.write(folder / "all.jsonl", labels)
    return folder / "all.jsonl"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments])


@pytest.mark.e2e
def test_every_figure_and_row_as_json(labelled: Path, tmp_path: Path) -> None:
    """One JSON object holds figures of all images and of each source, a row for each image, and where pictures are."""
    result = run(labelled.parent, "--labels", labelled, "--json", "--pictures", tmp_path / "sheets", "--draws", 50)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["missing"] == ["gone.png"]
    assert [entry["image"] for entry in report["unreadable"]] == ["damaged.png"]
    assert len(report["images"]) == report["all"]["images"] == COUNT + 1
    detection = report["all"]["detection"]
    assert detection["images_found"]["trials"] == COUNT
    assert detection["images_found"]["value"] >= 0.7
    assert report["sources"]["empty"]["detection"]["false_alarms"]["successes"] == 0
    assert report["all"]["counts"]["hands"] == COUNT
    assert report["all"]["keypoints"]["median"] < 0.15
    sides = report["all"]["plausibility"]
    assert sides["sound"]["labelled"] + sides["malformed"]["labelled"] == COUNT
    assert report["pictures"]
    for path in report["pictures"]:
        with Image.open(path) as sheet:
            assert sheet.width > 100


@pytest.mark.e2e
def test_tables_for_a_reader(labelled: Path) -> None:
    """Without --json the same is told as tables, and what is missing is named."""
    result = run(labelled.parent, "--labels", labelled, "--draws", 20)
    assert result.exit_code == 0, result.output
    for told in (
        "Found",
        "Digits counted",
        "Verdicts",
        "Median error of",
        "1 labelled images are not there: gone.png.",
    ):
        assert told in result.stdout


def test_labels_are_needed(tmp_path: Path) -> None:
    """Neither labels nor drawn hands, labels that are not there, or none of whose images is there, are told."""
    for arguments, told in (
        ((), "Labels are needed"),
        (("--labels", tmp_path / "none.jsonl"), "There is no file"),
        (("--labels", tmp_path / "x", "--drawn", 3), "Labels are needed"),
    ):
        result = run(tmp_path, *arguments)
        assert isinstance(result.exception, UserError)
        assert told in result.exception.message
    labels_jsonl.write(tmp_path / "labels.jsonl", [ImageLabel("gone.png")])
    result = run(tmp_path, "--labels", tmp_path / "labels.jsonl")
    assert isinstance(result.exception, UserError)
    assert "None of the 1 labelled images" in result.exception.message
