"""Train the digit network: draw hands, train with checkpoints, measure on hands kept aside, write a model card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.synthetic.training_hands import draw_cut_outs
from handanat_studio.vision.digit_evidence import write_evidence
from handanat_studio.vision.digit_network import parameter_count
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.images import find_images, read_image
from handanat_studio.vision.training.digit_trainer import WEIGHTS, DigitTrainer, TrainingPlan, use_threads
from handanat_studio.vision.training.hand_cache import HandCache, pack, write_shard
from handanat_studio.vision.training.measures import CountFigures, count_figures, fitted_evidence, single_views

U8 = NDArray[np.uint8]

BODIES_A_SHARD, VIEWS_A_BODY = 40, 4
HELD_OUT_FROM = 4_000_000
"""Bodies from this number on are measured with and never trained on."""
_PHOTO_PX = 480
_CHECK_SEED, _CROPS = 20, 256


def train_digits(
    folder: Path,
    *,
    seed: int,
    steps: int,
    hands: int,
    held_out: int = 320,
    photos: Path | None = None,
    plan: TrainingPlan | None = None,
    threads: int = 1,
    bodies_a_shard: int = BODIES_A_SHARD,
    progress: Progress = SILENT,
) -> Path:
    """Train in a folder and return its model card; a folder with an earlier run goes on from its last checkpoint.

    Args:
        folder: takes the drawn hands, checkpoints, log, weights and the card.
        seed: of the run; the drawn hands are the same for every seed.
        steps: the step to stop at.
        hands: drawn hands to train on.
        held_out: drawn hands to measure on.
        photos: a folder of photographs without hands, put behind the drawn ones; their licence must allow it.
        plan: how to train; None = as usual.
        threads: processor cores to use.
        bodies_a_shard: drawn bodies kept in one file; numbers of hands are rounded up to whole files.
        progress: is told of every body drawn and every step.

    Raises:
        UserError: if a number is out of range, or the folder cannot be written.
    """
    if steps < 1 or hands < 1 or held_out < 1:
        raise UserError("Training needs at least one step and one hand.", hint="Raise --steps or --hands.")
    use_threads(threads)
    try:
        train = _drawn(folder / "hands", 0, hands, bodies_a_shard, progress)
        kept = _drawn(folder / "held-out", HELD_OUT_FROM, held_out, bodies_a_shard, progress)
        behind = _photos(photos)
        trainer = DigitTrainer(folder, train, kept, behind, plan or TrainingPlan(seed=seed))
        progress.start("Train", max(0, steps - trainer.step))
        trainer.run(steps, on_step=lambda step, parts: progress.step(note=f"step {step}"))
        return _write_card(folder, trainer, kept, len(behind))
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.", hint="Check space and rights.") from error


def _drawn(folder: Path, first: int, hands: int, bodies: int, progress: Progress) -> HandCache:
    """Return the drawn hands of a folder after drawing those that are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    shards = -(-hands // (bodies * VIEWS_A_BODY))
    paths = [folder / f"{first // bodies + k:06d}.npz" for k in range(shards)]
    missing = [p for p in paths if not p.exists()]
    progress.start("Draw hands", len(missing) * bodies)
    for path in missing:
        begin = int(path.stem) * bodies
        packed: list[dict[str, NDArray[np.generic]]] = []
        for body in range(begin, begin + bodies):
            packed.extend(pack(c.colour, c.digits, c.pose) for c in draw_cut_outs(body, views=VIEWS_A_BODY))
            progress.step()
        write_shard(path, packed)
    return HandCache(paths)


def _photos(folder: Path | None) -> list[U8]:
    if folder is None:
        return []
    pictures = []
    for path in find_images([folder]):
        pixels = read_image(path).pixels
        step = max(1, min(pixels.shape[:2]) // _PHOTO_PX)
        pictures.append(np.ascontiguousarray(pixels[::step, ::step]))
    if not pictures:
        raise UserError(f"{folder} holds no photographs.", hint="Name a folder of JPEG or PNG files.")
    return pictures


def _write_card(folder: Path, trainer: DigitTrainer, held_out: HandCache, photos: int) -> Path:
    weights = folder / WEIGHTS
    # Fitted on other crops than those the card's figures come from.
    tuning = single_views(held_out, _CROPS, seed=_CHECK_SEED + 1, all_tips=False)
    write_evidence(weights.with_suffix(".json"), fitted_evidence(DigitReader(weights), tuning))
    reader = DigitReader(weights)
    measured = {
        name: _as_dict(count_figures(reader, single_views(held_out, _CROPS, seed=_CHECK_SEED, all_tips=all_tips)))
        for name, all_tips in (("every tip seen", True), ("any hand", False))
    }
    card = {
        "what": "Digit network: tips, joints, digits, seams and how they belong together, in a crop of one hand.",
        "parameters": parameter_count(reader.network),
        "trained_on": f"{len(trainer.hands)} drawn hands, before {photos} photographs and drawn places; no real hand",
        "seed": trainer.plan.seed,
        "steps": trainer.step,
        "batch": trainer.plan.batch,
        "seconds": round(trainer.seconds),
        "measured_on": f"crops of {len(held_out)} drawn hands never trained on; says nothing about photographs",
        "figures": measured,
    }
    path = folder / "model-card.json"
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return path


def _as_dict(figures: CountFigures) -> dict[str, Any]:
    rows = {
        str(true): {str(found): int(n) for found, n in enumerate(row) if n} | {"not assessable": int(left)}
        for true, (row, left) in enumerate(zip(figures.confusion, figures.abstained, strict=True))
        if row.sum() + left
    }
    return {
        "count_exact": round(figures.exact, 4) if figures.confusion.any() else None,
        "assessed": int(figures.confusion.sum()),
        "joint_error_over_hand": round(figures.joint_error, 5) if np.isfinite(figures.joint_error) else None,
        "found_by_true_count": rows,
    }
