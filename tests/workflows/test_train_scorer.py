"""Calibrating from labelled and drawn images: one command, resumable, measured on what was kept aside."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from handanat_studio.cli.train_scorer import scorer
from handanat_studio.errors import UserError
from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.scoring.calibration import read_calibration
from handanat_studio.scoring.evidence import PARTS
from handanat_studio.workflows.scorer_material import Labelled, Sources, evidence_of_units, gather
from handanat_studio.workflows.train_scorer import train_scorer

DRAWN = 64


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the score was calibrated on drawn hands and one file that is no image."""
    folder = tmp_path_factory.mktemp("scorer")
    (folder / "broken.png").write_bytes(b"no image")
    (folder / "more.jsonl").write_text('{"image": "broken.png", "any_hand": true, "plausible": true}\n')
    train_scorer(folder, Sources([folder / "more.jsonl"], drawn=DRAWN))
    return folder


def test_constants_and_card_are_written(trained: Path) -> None:
    """Every part has a map, the bounds are in order, and the card names the constants' version."""
    held = read_calibration(trained / "calibrated.json")
    assert set(held.parts) == set(PARTS)
    assert 0.0 <= held.unsure_from <= held.implausible_from <= 1.0
    card = json.loads((trained / "scorer-model-card.json").read_text())
    assert card["version"] == held.digest
    assert card["unreadable"] == 1


def test_every_labelled_hand_is_accounted_for(trained: Path) -> None:
    """Fitted on, kept aside, or missed; a quarter of those found is kept aside."""
    card = json.loads((trained / "scorer-model-card.json").read_text())
    numbers = {
        name: sum(sum(row.values()) for row in card[name].values()) for name in ("fitted_on", "kept_aside", "missed")
    }
    assert sum(numbers.values()) == DRAWN
    assert numbers["kept_aside"] == pytest.approx(0.25 * (DRAWN - numbers["missed"]), abs=3)


def test_figures_come_with_their_uncertainty(trained: Path) -> None:
    """Sensitivity and specificity of each source with Wilson intervals, calibration error, corrected prevalence."""
    card = json.loads((trained / "scorer-model-card.json").read_text())
    aside = card["figures"]["images kept aside"]
    assert set(aside["by_source"]) <= {"drawn, tips seen", "drawn, tips hidden"}
    for row in (aside["all"], *aside["by_source"].values()):
        for share in row.values():
            assert share["value"] is None or share["low"] <= share["value"] <= share["high"]
    assert aside["calibration"]["ece"] <= 1.0
    assert set(card["prevalence"]) >= {"true", "apparent", "value", "low", "high", "reason"}


def test_false_alarms_stay_within_what_is_allowed(trained: Path) -> None:
    """On the images that were fitted on, each judged by constants fitted without it."""
    card = json.loads((trained / "scorer-model-card.json").read_text())
    sound = card["figures"]["fitted images, each by constants fitted without it"]["all"]["specificity"]
    assert 1.0 - sound["value"] <= card["false_alarms_allowed"]


def test_a_second_run_looks_at_nothing_and_finds_the_same(trained: Path) -> None:
    """Through the command line, too."""
    before = (trained / "calibrated.json").read_bytes(), (trained / "looks.jsonl").stat().st_size
    arguments = [str(trained), "--labels", str(trained / "more.jsonl"), "--drawn", str(DRAWN)]
    result = CliRunner().invoke(scorer, arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().endswith("scorer-model-card.json")
    assert before == ((trained / "calibrated.json").read_bytes(), (trained / "looks.jsonl").stat().st_size)


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    """With the numbers, and what to do."""
    Image.fromarray(np.full((64, 64, 3), 200, np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "l.jsonl").write_text('{"image": "a.png", "any_hand": true, "plausible": true}\n')
    with pytest.raises(UserError, match="0 implausible and 0 plausible"):
        train_scorer(tmp_path / "run", Sources([tmp_path / "l.jsonl"], drawn=0))


def _hand(x: float) -> Detection:
    points = np.random.default_rng(0).uniform(0, 50, (21, 2)) + np.array([x, 0.0])
    return Detection(Box(x, 0, 50, 50), HandPose.ordinary(points), "mediapipe", "1", 0.9)


def test_labels_find_their_hands() -> None:
    """A hand's own label goes to the hand in its box; a word on the image goes to all its hands; silence to none."""
    left, right = _hand(0), _hand(100)
    boxes = (HandLabel(Box(100, 0, 50, 50), plausible=False), HandLabel(Box(0, 0, 50, 50)))
    labels = [
        ImageLabel("a/1.png", boxes),
        ImageLabel("a/2.png", plausible=True),
        ImageLabel("a/3.png"),
        ImageLabel("a/4.png", (HandLabel(plausible=True),), source="other"),
    ]
    looks = {"a/1.png": [left, right], "a/2.png": [left, right], "a/3.png": [left], "a/4.png": []}
    units = gather([(Path(label.image), label) for label in labels], looks)
    assert [(unit.image, unit.source, unit.implausible, unit.hands) for unit in units] == [
        ("a/1.png", "a", True, (right,)),
        ("a/2.png", "a", False, (left, right)),
        ("a/4.png", "other", False, ()),
    ]


def test_evidence_is_numbered_by_what_is_judged() -> None:
    """Two hands of one image share its number; an image that was missed has no evidence."""
    pairs = [(True, (_hand(0), _hand(100))), (False, ()), (False, (_hand(0),))]
    units = [Labelled(str(number), "a", wrong, found) for number, (wrong, found) in enumerate(pairs)]
    hands = evidence_of_units(units)
    assert hands.image.tolist() == [0, 0, 2]
    assert hands.implausible.tolist() == [True, False, False]
    assert set(hands.chance) == set(PARTS)
