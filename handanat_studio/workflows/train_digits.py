"""Train the digit network: draw hands, train with checkpoints, measure on hands kept aside, write a model card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.vision.digit_evidence import write_evidence
from handanat_studio.vision.digit_network import parameter_count
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.training.digit_trainer import WEIGHTS, DigitTrainer, TrainingPlan, use_threads
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.measures import CountFigures, count_figures, fitted_evidence, single_views
from handanat_studio.vision.training.views import Stock
from handanat_studio.workflows.training_material import (
    BODIES_A_SHARD,
    HELD_OUT_FROM,
    drawn_hands,
    photographed_hands,
    place_photographs,
)

_CHECK_SEED, _CROPS, _TUNING_CROPS = 20, 256, 512
_CROPS_A_HAND = 4
"""More of one hand teach the few constants nothing."""


def train_digits(
    folder: Path,
    *,
    seed: int,
    steps: int,
    hands: int,
    held_out: int = 320,
    photos: Path | None = None,
    real: Sequence[Path] = (),
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
        real: folders of photographs of sound hands before plain grounds, to cut out; their licence must allow it.
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
        train = drawn_hands(folder / "hands", 0, hands, bodies_a_shard, progress)
        kept = drawn_hands(folder / "held-out", HELD_OUT_FROM, held_out, bodies_a_shard, progress)
        stock = Stock(train, place_photographs(photos), photographed_hands(folder / "photographed", real, progress))
        trainer = DigitTrainer(folder, stock, kept, plan or TrainingPlan(seed=seed, steps=steps))
        progress.start("Train", max(0, steps - trainer.step))
        trainer.run(steps, on_step=lambda step, parts: progress.step(note=f"step {step}"))
        return _write_card(folder, trainer, kept, [path.name for path in real])
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.", hint="Check space and rights.") from error


def _write_card(folder: Path, trainer: DigitTrainer, held_out: HandCache, real: Sequence[str]) -> Path:
    weights, stock = folder / WEIGHTS, trainer.stock
    # Fitted on other crops than those the card's figures come from.
    crops = min(_TUNING_CROPS, _CROPS_A_HAND * len(held_out))
    tuning = single_views(held_out, crops, seed=_CHECK_SEED + 1, all_tips=False)
    write_evidence(weights.with_suffix(".json"), fitted_evidence(DigitReader(weights), tuning))
    reader = DigitReader(weights)
    measured = {
        name: _as_dict(count_figures(reader, single_views(held_out, _CROPS, seed=_CHECK_SEED, all_tips=all_tips)))
        for name, all_tips in (("every tip seen", True), ("any hand", False))
    }
    card = {
        "what": "Digit network: tips, joints, digits, seams and how they belong together, in a crop of one hand.",
        "parameters": parameter_count(reader.network),
        "trained_on": {
            "drawn_hands": len(stock.drawn),
            "photographs_behind": len(stock.photos),
            "photographed_hands": len(stock.photographed) if stock.photographed else 0,
            "photographed_in": list(real),
        },
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
