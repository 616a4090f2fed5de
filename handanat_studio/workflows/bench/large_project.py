"""A project of 18,000 images, filled in bulk, to measure the window on."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handanat_studio import project as projects
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, Box, Detection, HandPose, Score
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import hands, images, scores
from handanat_studio.store.images import NewImage
from handanat_studio.synthetic.scenes import Scene, render_scene

IMAGES, SCENES, VARIANTS, EDGE_PX, SEED = 18_000, 50, 6, 1024, 4_100
CHUNK = 1_000


def build(root: Path, *, count: int = IMAGES, scenes: int = SCENES, progress: Progress = SILENT) -> Path:
    """Make the project: `count` entries over `scenes` x `VARIANTS` different image files, each under many names.

    Every image has one hand with the generator's pose and a score.
    """
    with closing(projects.create(root, name="Large project")) as project:
        drawn = _draw(root / "originals", scenes, progress)
        progress.start("Fill a large project", count)
        (root / "images").mkdir()
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            _add(project, [(number, *drawn[number % len(drawn)]) for number in numbers])
            progress.step(len(numbers))
    return root


def _draw(folder: Path, scenes: int, progress: Progress) -> list[tuple[Path, HandPose]]:
    folder.mkdir()
    drawn = []
    progress.start("Draw images for a large project", scenes)
    for number in range(scenes):
        scene = render_scene(SEED + number)
        for variant in range(VARIANTS):
            file = folder / f"{number:03d}-{variant}.jpg"
            Image.fromarray(_varied(scene.image, variant)).resize((EDGE_PX, EDGE_PX)).save(file, quality=90)
            drawn.append((file, _scaled_pose(scene)))
        progress.step()
    return drawn


def _varied(image: NDArray[np.uint8], variant: int) -> NDArray[np.uint8]:
    gain = 0.7 + 0.1 * variant
    return np.clip(image * gain, 0, 255).astype(np.uint8)


def _scaled_pose(scene: Scene) -> HandPose:
    true = scene.hands[0].pose
    points = true.points[:21] * (EDGE_PX / scene.image.shape[1])
    return HandPose.ordinary(points, world=None if true.world is None else true.world[:21], side=true.side)


def _add(project: Project, rows: list[tuple[int, Path, HandPose]]) -> None:
    new = []
    for number, original, _ in rows:
        file = project.root / "images" / f"{number:05d}.jpg"
        same_file(original, file)
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        new.append(
            NewImage(
                uri=project.image_uri(file),
                sha256=digest,
                width=EDGE_PX,
                height=EDGE_PX,
                format="JPEG",
                generator="bench",
            )
        )
    with project.store.write() as session:
        image_ids = images.add_many(session, new)
        found = [(image_id, [_detection(pose)]) for image_id, (_, _, pose) in zip(image_ids, rows, strict=True)]
        hand_ids = hands.add_detections_many(session, found, "bench")
        images.mark_detected(session, image_ids, "bench")
        scores.put_many(session, [(ids[0], _score(number)) for ids, (number, _, _) in zip(hand_ids, rows, strict=True)])


def same_file(original: Path, file: Path) -> None:
    """Give a file another name, by a copy where the file system has no links."""
    try:
        os.link(original, file)
    except OSError:
        shutil.copy(original, file)


def _detection(pose: HandPose) -> Detection:
    box = pose.box() or Box(0, 0, EDGE_PX, EDGE_PX)
    return Detection(box=box, pose=pose, detector="synthetic", version="bench", score=1.0)


def _score(number: int) -> Score:
    value = (number * 0.618) % 1.0
    return Score("calibrated", "bench", value, IMPLAUSIBLE if value > 0.7 else PLAUSIBLE)
