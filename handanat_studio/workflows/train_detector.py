"""Train the detector of hands: draw hands, train on scenes of them, measure on what was kept aside, write a card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.vision.images import find_images
from handanat_studio.vision.training.box_composition import Scene
from handanat_studio.vision.training.box_photos import empty_photographs, hand_photographs
from handanat_studio.vision.training.box_scenes import Stock, draw_scene
from handanat_studio.vision.training.digit_trainer import use_threads
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.yolo_trainer import DetectorPlan, YoloTrainer
from handanat_studio.vision.yolo import LEAST_SCORE
from handanat_studio.workflows.training_material import (
    BODIES_A_SHARD,
    HELD_OUT_FROM,
    drawn_hands,
    photographed_hands,
    place_photographs,
)

CARD = "hands-model-card.json"


def train_detector(
    folder: Path,
    *,
    seed: int,
    steps: int,
    drawn: int,
    held_out: int = 320,
    scenes: int = 192,
    hands: Path | None = None,
    photos: Path | None = None,
    real: Sequence[Path] = (),
    kept: Sequence[Path] = (),
    empty: Path | None = None,
    plan: DetectorPlan | None = None,
    threads: int = 1,
    bodies_a_shard: int = BODIES_A_SHARD,
    progress: Progress = SILENT,
) -> Path:
    """Train in a folder and return its model card; a folder with an earlier run goes on from its last checkpoint.

    Args:
        folder: takes checkpoints, log, weights and the card, and the hands.
        seed: of the run; the drawn hands are the same for every seed.
        steps: the step to stop at.
        drawn: drawn hands to train on.
        held_out: drawn hands to measure on.
        scenes: scenes of those to measure on.
        hands: the folder of a run whose drawn hands are used; None = `folder`.
        photos: a folder of photographs without hands to put behind; their licence must allow it.
        real: folders of photographs of sound hands before plain grounds, to train on; their licence must allow it.
        kept: folders of photographs of hands to measure on.
        empty: a folder of photographs without hands to measure false alarms on.
        plan: how to train; None = as usual.
        threads: processor cores to use.
        bodies_a_shard: drawn bodies kept in one file; numbers of hands are rounded up to whole files.
        progress: is told of every body drawn, every photograph and every step.

    Raises:
        UserError: if a number is out of range, a folder holds no fitting images, or `folder` cannot be written.
    """
    if steps < 1 or drawn < 1 or held_out < 1 or scenes < 1:
        raise UserError("Training needs at least one step, hand and scene.", hint="Raise --steps, --drawn or --scenes.")
    use_threads(threads)
    source = hands or folder
    try:
        train = drawn_hands(source / "hands", 0, drawn, bodies_a_shard, progress)
        aside = drawn_hands(source / "held-out", HELD_OUT_FROM, held_out, bodies_a_shard, progress)
        photographed = photographed_hands(folder / "photographed", real, progress)
        stock = Stock(train, photographed or HandCache(()), place_photographs(photos))
        checks = _checks(aside, scenes)
        trainer = YoloTrainer(folder, stock, checks, plan or DetectorPlan(seed=seed, steps=steps))
        measured = {"drawn scenes": checks} | _photographs(kept, empty, progress)
        progress.start("Train", max(0, steps - trainer.step))
        trainer.run(steps, on_step=lambda step: progress.step(note=f"step {step}"))
        return _write_card(folder, trainer, len(aside), measured, [path.name for path in real])
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.", hint="Check space and rights.") from error


def _checks(held_out: HandCache, scenes: int) -> list[Scene]:
    # The same scenes for every run, so that runs can be compared.
    rng = np.random.default_rng([0, 1])
    return [draw_scene(Stock(held_out), rng, 320) for _ in range(scenes)]


def _photographs(kept: Sequence[Path], empty: Path | None, progress: Progress) -> dict[str, list[Scene]]:
    """Return the scenes of each folder to measure on, by its name."""
    found: dict[str, list[Scene]] = {}
    for folder in kept:
        paths = list(find_images([folder]))
        progress.start(f"Look at {folder.name}", len(paths))
        found[folder.name] = hand_photographs(paths, looked=lambda path: progress.step(note=path.name))
    if empty is not None:
        found[empty.name] = empty_photographs(list(find_images([empty])))
    without = [name for name, there in found.items() if not there]
    if without:
        raise UserError(f"{without[0]} holds no fitting photographs.", hint="Name a folder of JPEG or PNG files.")
    return found


def _write_card(
    folder: Path, trainer: YoloTrainer, held_out: int, measured: dict[str, list[Scene]], real: Sequence[str]
) -> Path:
    stock, plan = trainer.stock, trainer.plan
    card = {
        "what": "YOLOv8n with one class: boxes of whole hands without their arms, malformed ones too.",
        "architecture": "hands.yaml",
        "parameters": sum(p.numel() for p in trainer.average.parameters()),
        "trained_on": f"scenes of {len(stock.drawn)} drawn hands and {len(stock.real)} cut out of photographs"
        f" ({', '.join(real) or 'none'}), before {len(stock.photos)} photographs and drawn places",
        "from": "scratch: no weights of others",
        "seed": plan.seed,
        "steps": trainer.step,
        "scenes_trained_on": trainer.step * plan.batch,
        "seconds": round(trainer.seconds),
        "score_believed_from": LEAST_SCORE,
        "measured_on": f"scenes of {held_out} drawn hands never trained on, and photographs with MediaPipe's boxes",
        "figures": {name: trainer.figures(scenes).as_dict() for name, scenes in measured.items()},
    }
    path = folder / CARD
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return path
