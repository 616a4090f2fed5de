"""The sample project: generated images with known truth, real detection and scoring, and two simulated annotators."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.synthetic.scenes import HandTruth, render_scene, truth_to_dict
from handanat_studio.workflows import ingest
from handanat_studio.workflows.demo_people import simulate

IMAGES = 60
SEED = 2026
GENERATORS = (("sample-diffusion", "diffusion", "soft", 0.45), ("sample-gan", "gan", "matte", 0.12))
"""(generator, family, look, share of defective hands): made up for the sample, near the paper's two rates."""

EXTRA_DIGIT_EVERY = 20
"""Every so many images one hand has an extra digit, so that the sample always has some to find."""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What the sample project holds.

    Attributes:
        images: images generated.
        hands: hands the real detector found.
        simulated_annotations: annotations written by the two simulated annotators.
    """

    images: int
    hands: int
    simulated_annotations: int


def build_sample(
    root: Path, *, count: int = IMAGES, seed: int = SEED, workers: int = 1, progress: Progress = SILENT
) -> SampleReport:
    """Make the sample project in a new folder and close it.

    Raises:
        UserError: if the folder holds something already.
    """
    project = projects.create(root, name="Sample project")
    try:
        truths = _generate(project, count=count, seed=seed, progress=progress)
        for generator, family, _, _ in GENERATORS:
            ingest.import_images(
                project, [project.root / "images" / generator], generator=generator, family=family, progress=progress
            )
        ingest.detect(project, workers=workers, progress=progress)
        ingest.score(project, progress=progress)
        written = simulate(project, truths, seed=seed + 1, progress=progress)
        with project.store.read() as session:
            found = len(hands.all_ids(session))
        return SampleReport(images=len(truths), hands=found, simulated_annotations=written)
    finally:
        project.close()


def _generate(project: Project, *, count: int, seed: int, progress: Progress) -> dict[str, tuple[HandTruth, ...]]:
    rng = np.random.default_rng(seed)
    truths: dict[str, tuple[HandTruth, ...]] = {}
    progress.start("Draw sample images", count)
    with (project.root / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(count):
            generator, _, look, share = GENERATORS[number % len(GENERATORS)]
            defects = "mixed" if rng.random() < 2 * share else "none"
            if number % EXTRA_DIGIT_EVERY == 0:
                defects = "extra"
            scene = render_scene(seed * 1000 + number, defects=defects, family=look)
            name = f"images/{generator}/{number:03d}.png"
            file = project.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            PillowImage.fromarray(scene.image).save(file, compress_level=3)
            lines.write(json.dumps(truth_to_dict(scene, name)) + "\n")
            truths[name] = scene.hands
            progress.step(note=name)
    return truths


def open_or_build(
    root: Path, *, count: int = IMAGES, seed: int = SEED, workers: int = 1, progress: Progress = SILENT
) -> SampleReport | None:
    """Make the sample project unless the folder is one already; return what was made, None if nothing.

    Raises:
        UserError: if the folder holds something that is not a project.
    """
    if projects.is_project(root):
        return None
    if root.exists() and any(root.iterdir()):
        raise UserError(f"{root} holds other files.", hint="Give 'handanat demo' a new folder.")
    return build_sample(root, count=count, seed=seed, workers=workers, progress=progress)
