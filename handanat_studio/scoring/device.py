"""Scoring many hands on the best device at hand. The only file of this room that imports torch."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import torch

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import PoseBatch
from handanat_studio.hand.feature_values import FeatureBatch, stacked
from handanat_studio.hand.features import measure
from handanat_studio.hand.limits import check_source
from handanat_studio.registry import SCORERS
from handanat_studio.scoring.scores import ScoreBatch, Scorer, joined, scores_to_numpy

DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(name: str = "auto") -> str:
    """Return the device to use: "cuda", "mps" or "cpu".

    Args:
        name: one of `DEVICES`; "auto" takes the fastest that is there.

    Raises:
        UserError: if the device is unknown or not there.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if there[device])
    if name not in there:
        raise UserError(f"Unknown device '{name}'.", hint=f"Known: {', '.join(DEVICES)}.")
    if not there[name]:
        raise UserError(f"The device '{name}' is not available here.", hint="Use 'auto' or 'cpu'.")
    return name


def score_on(
    batch: PoseBatch, scorer_name: str, source: str, device: str = "auto", chunk: int = 65536
) -> tuple[FeatureBatch, ScoreBatch]:
    """Measure and judge numpy hands on a device, a chunk at a time.

    Args:
        batch: N hands as numpy arrays.
        scorer_name: registry name of the scorer.
        source: landmark source, one of `limits.SOURCES`.
        device: one of `DEVICES`.
        chunk: hands at a time; bounds the device's memory, not the result.

    Returns:
        Figures and answers as numpy arrays, in the order of `batch`.

    Raises:
        UserError: if the scorer, the source or the device is unknown, or there is no hand.
    """
    check_source(source)
    scorer: Scorer = SCORERS.load(scorer_name)
    where = pick_device(device)
    if not len(batch):
        raise UserError("There is no hand to score.", hint="Detect hands first.")
    parts = []
    for start in range(0, len(batch), chunk):
        with torch.inference_mode():
            piece = _on_device(batch, slice(start, start + chunk), where)
            parts.append(scores_to_numpy(scorer.score(measure(piece, source=source))))
    features = stacked([part.features for part in parts])
    return features, joined(parts, features)


def _on_device(batch: PoseBatch, part: slice, device: str) -> PoseBatch:
    arrays = {f.name: np.ascontiguousarray(getattr(batch, f.name)[part]) for f in fields(PoseBatch)}
    return PoseBatch(**{name: torch.from_numpy(array.copy()).to(device) for name, array in arrays.items()})
