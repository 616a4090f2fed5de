"""Drawn hands with labels, sound and defective in turn, to measure the judge on what the generator knows exactly."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.topology import CANONICAL_POINTS, JointState
from handanat_studio.progress import SILENT, Progress
from handanat_studio.synthetic.scenes import DEFECT_NAMES, HandTruth, render_scene

LABELS = "labels.jsonl"
FIRST_SEED = 4_000_000
"""Nothing is trained on scenes or bodies from this number on."""
_SETTINGS = "drawn.json"
_MANY = (("missing", "missing"), ("extra", "extra"), ("extra", "extra", "extra"), ("second_thumb", "extra", "extra"))
_WRONG = (*((name,) for name in DEFECT_NAMES), *_MANY)
"""What is put into every second hand, in turn: each defect alone, and what leads to three, seven and eight digits."""


def draw_labelled(
    folder: Path, *, count: int, seed: int = FIRST_SEED, size: int = 384, progress: Progress = SILENT
) -> Path:
    """Draw single hands into FOLDER/images and return FOLDER/labels.jsonl; what was drawn before is kept.

    Labels tell box, digits, soundness and joints. Their source says whether every tip is to be seen ("tips seen") or
    some are hidden ("tips hidden"): nobody can count what is hidden.

    Args:
        folder: a folder; it is made.
        count: how many hands; every second one is defective.
        seed: scene number of the first; the others follow.
        size: edge length, pixels.
        progress: is told of every image.

    Raises:
        UserError: if the folder holds other drawn hands, or cannot be written.
    """
    wanted = {"seed": seed, "size": size}
    labels = []
    try:
        (folder / "images").mkdir(parents=True, exist_ok=True)
        _claim(folder / _SETTINGS, wanted)
        progress.start("Draw hands", count)
        for number in range(count):
            path, truth_path = (folder / "images" / f"{seed + number}{ending}" for ending in (".png", ".json"))
            if not path.exists() or not truth_path.exists():
                scene = render_scene(seed + number, defects=_defects(number), size=size)
                label = _label(f"images/{path.name}", scene.hands[0])
                Image.fromarray(scene.image).save(path, compress_level=3)
                truth_path.write_text(json.dumps(labels_jsonl.to_dict(label)), encoding="utf-8")
            labels.append(labels_jsonl.from_dict(json.loads(truth_path.read_text(encoding="utf-8"))))
            progress.step(note=path.name)
        labels_jsonl.write(folder / LABELS, labels)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.", hint="Check space and rights.") from error
    return folder / LABELS


def _claim(path: Path, wanted: dict[str, int]) -> None:
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) != wanted:
        raise UserError(f"{path.parent} holds hands drawn in another way.", hint="Choose a new folder.")
    path.write_text(json.dumps(wanted), encoding="utf-8")


def _defects(number: int) -> tuple[str, ...] | str:
    return _WRONG[number // 2 % len(_WRONG)] if number % 2 else "none"


def _label(image: str, truth: HandTruth) -> ImageLabel:
    pose = truth.pose
    points = np.where(
        (pose.states[:CANONICAL_POINTS] == JointState.VISIBLE)[:, None], pose.points[:CANONICAL_POINTS], np.nan
    )
    tips = pose.states[4::4]
    seen = bool((tips[tips != JointState.ABSENT] == JointState.VISIBLE).all())
    hand = HandLabel(truth.box, truth.count, truth.plausible, points.astype(np.float32))
    return ImageLabel(image, (hand,), source="drawn, tips seen" if seen else "drawn, tips hidden")
