"""Training the detector of hands: exact to resume, and able to learn."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from handanat_studio.vision.training.box_composition import Scene, mirrored
from handanat_studio.vision.training.box_scenes import Stock, draw_scene
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.yolo_trainer import STATE, DetectorPlan, YoloTrainer, stacked
from handanat_studio.vision.weights import HANDS

SMALL = DetectorPlan(seed=4, batch=4, check_every=2, check_side=128)


@pytest.fixture(scope="module")
def checks(hands: HandCache) -> list[Scene]:
    """Four scenes to measure on."""
    rng = np.random.default_rng(9)
    return [draw_scene(Stock(hands), rng, 128) for _ in range(4)]


def test_a_resumed_run_ends_where_an_unbroken_one_does(hands: HandCache, checks: list[Scene], tmp_path: Path) -> None:
    """Two steps, a stop and two more steps give the weights of four steps."""
    YoloTrainer(tmp_path / "whole", Stock(hands), checks, SMALL).run(4)
    YoloTrainer(tmp_path / "broken", Stock(hands), checks, SMALL).run(2)
    assert (tmp_path / "broken" / STATE).exists()
    resumed = YoloTrainer(tmp_path / "broken", Stock(hands), checks, SMALL)
    assert resumed.step == 2
    resumed.run(4)
    whole, broken = (load_file(tmp_path / run / HANDS) for run in ("whole", "broken"))
    assert all(torch.equal(whole[name], broken[name]) for name in whole)
    assert len((tmp_path / "broken" / "log.jsonl").read_text().splitlines()) == 2


def test_a_mirror_takes_boxes_along() -> None:
    """A bright block stays in its box, at another size too; mirrored twice it is where it was."""
    image = np.zeros((60, 60, 3), np.uint8)
    image[10:20, 5:25] = 255
    scene = Scene(image, np.array([[5, 10, 25, 20]], np.float32))
    once = mirrored(scene, 120)
    left, top, right, bottom = once.boxes[0].astype(int)
    assert once.image[top:bottom, left:right].min() > 200
    assert once.image.sum() == pytest.approx(4 * image.sum(), rel=0.01)
    assert np.allclose(mirrored(once, 60).boxes, scene.boxes)
    assert mirrored(Scene(image, np.empty((0, 4), np.float32)), 60).boxes.shape == (0, 4)


def test_boxes_reach_the_loss_as_shares_of_the_side() -> None:
    """Centre and size, with the number of the scene they belong to; scenes without hands have none."""
    empty = Scene(np.zeros((64, 64, 3), np.uint8), np.empty((0, 4), np.float32))
    one = Scene(np.full((64, 64, 3), 255, np.uint8), np.array([[16, 0, 48, 64]], np.float32))
    images, wanted = stacked([empty, one])
    assert images.shape == (2, 3, 64, 64)
    assert float(images[1].min()) == 1.0
    assert wanted["batch_idx"].tolist() == [1.0]
    assert wanted["bboxes"].tolist() == [[0.5, 0.5, 0.5, 1.0]]


def test_the_network_learns(hands: HandCache, checks: list[Scene], tmp_path: Path) -> None:
    """A few dozen steps lower what boxes and classes cost."""
    plan = DetectorPlan(seed=1, batch=6, rate=2e-3, warm_up=5, check_every=12, check_side=128)
    YoloTrainer(tmp_path, Stock(hands), checks, plan).run(48)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    first, last = lines[0]["losses"], lines[-1]["losses"]
    assert sum(last) < 0.95 * sum(first)
