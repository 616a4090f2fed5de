"""`handanat train detector`: from nothing to weights and a card, and on from where it stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from handanat_studio.cli.train_detector import detector
from handanat_studio.errors import UserError
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.vision.training.yolo_trainer import DetectorPlan
from handanat_studio.vision.yolo import HandBoxes
from handanat_studio.workflows.train_detector import train_detector

TINY = DetectorPlan(seed=0, batch=2, check_every=2, check_side=96)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of rendered hands that stand for photographs, and of a place without any."""
    root = tmp_path_factory.mktemp("photographs")
    for name in ("plain", "aside", "rooms"):
        (root / name).mkdir()
    for name, seed in (("plain", 3), ("plain", 8), ("aside", 11)):
        scene = render_scene(seed, defects=(), size=256, hands=1, gesture="spread")
        Image.fromarray(scene.image).save(root / name / f"{seed}.png")
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    Image.fromarray(noise).save(root / "rooms" / "room.png")
    return {name: root / name for name in ("plain", "aside", "rooms")}


def test_training_leaves_weights_and_a_card_of_what_was_measured(tmp_path: Path, photographs: dict[str, Path]) -> None:
    """The card names what was trained and measured on; a second call trains on from the last step."""
    sources = {"photos": photographs["rooms"], "real": [photographs["plain"]]}
    aside = {"kept": [photographs["aside"]], "empty": photographs["rooms"]}
    few = {"drawn": 8, "held_out": 8, "scenes": 3, "plan": TINY, "bodies_a_shard": 2}
    first = json.loads(train_detector(tmp_path, seed=0, steps=2, **sources, **aside, **few).read_text())  # type: ignore[arg-type]
    assert first["steps"] == 2
    assert set(first["figures"]) == {"drawn scenes", "aside", "rooms"}
    assert first["figures"]["aside"]["hands"] >= 1
    assert first["figures"]["rooms"]["false_alarms"] is not None
    assert "plain" in first["trained_on"]
    assert HandBoxes(tmp_path / "hands.safetensors").find(np.zeros((64, 64, 3), np.uint8), least=0.99) == []
    again = json.loads(train_detector(tmp_path, seed=0, steps=3, **sources, **few).read_text())  # type: ignore[arg-type]
    assert again["steps"] == 3
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


def test_drawn_hands_of_another_run_are_used(tmp_path: Path) -> None:
    """Hands that are there are not drawn again beside the new run."""
    few = {"drawn": 2, "held_out": 2, "scenes": 1, "plan": TINY, "bodies_a_shard": 1}
    train_detector(tmp_path / "first", seed=0, steps=1, **few)  # type: ignore[arg-type]
    train_detector(tmp_path / "second", seed=0, steps=1, hands=tmp_path / "first", **few)  # type: ignore[arg-type]
    assert not (tmp_path / "second" / "hands").exists()
    assert (tmp_path / "second" / "hands.safetensors").exists()


def test_folders_that_do_not_fit_are_said(tmp_path: Path, photographs: dict[str, Path]) -> None:
    """Measuring on photographs without a hand would measure nothing."""
    few = {"drawn": 2, "held_out": 2, "scenes": 1, "plan": TINY, "bodies_a_shard": 1}
    with pytest.raises(UserError, match="no fitting photographs"):
        train_detector(tmp_path, seed=0, steps=1, kept=[photographs["rooms"]], **few)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="at least one step"):
        train_detector(tmp_path, seed=0, steps=0, **few)  # type: ignore[arg-type]


def test_the_command_explains_itself_without_training() -> None:
    """`handanat train detector --help` names what the run leaves behind."""
    result = CliRunner().invoke(detector, ["--help"])
    assert result.exit_code == 0
    assert "hands-model-card.json" in result.output
