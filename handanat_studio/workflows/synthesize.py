"""Draw a folder of images with exactly known truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.synthetic.scenes import DEFECT_NAMES, render_scene, truth_to_dict


def synthesize(
    out: Path,
    *,
    count: int,
    seed: int,
    defects: str = "none",
    size: int = 512,
    hands: int = 1,
    progress: Progress = SILENT,
) -> Path:
    """Write OUT/images/NNNN.png and OUT/truth.jsonl (one line per image) and return the latter's path.

    Args:
        out: a folder; images of an earlier run with at least as many images are replaced.
        count: how many images.
        seed: same seed (and same other arguments), same bytes.
        defects: "none", "mixed", or names of `DEFECT_NAMES` separated by commas.
        size: edge length, pixels.
        hands: hands in each image.
        progress: is told of every image.

    Raises:
        UserError: if a defect is unknown, or the folder holds other images or cannot be written.
    """
    wanted = _defects(defects)
    digits = max(4, len(str(count - 1)))
    names = [f"{number:0{digits}d}.png" for number in range(count)]
    folder = out / "images"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted(path.name for path in folder.iterdir() if path.name not in set(names))
        if others:
            raise UserError(f"{folder} holds other files ({others[0]}).", hint="Choose a new folder.")
        progress.start("Draw images", count)
        partial = out / "truth.jsonl.part"
        with partial.open("w", encoding="utf-8") as lines:
            for number, name in enumerate(names):
                scene = render_scene(scene_seed(seed, number), defects=wanted, size=size, hands=hands)
                Image.fromarray(scene.image).save(folder / name, compress_level=6)
                lines.write(json.dumps(truth_to_dict(scene, f"images/{name}")) + "\n")
                progress.step(note=name)
        return partial.replace(out / "truth.jsonl")
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.", hint="Check space and rights.") from error


def scene_seed(seed: int, number: int) -> int:
    """Return the seed of one image of a run; no two runs share images by accident."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _defects(text: str) -> str | list[str]:
    if text in ("none", "mixed"):
        return text
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [name for name in DEFECT_NAMES if name not in ("none", "mixed")]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise UserError(
            f"Unknown defect '{unknown[0] if unknown else text}'.", hint=f"Known: none, mixed, {', '.join(known)}."
        )
    return names
