"""Large projects, filled in bulk, to measure the window on."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handanat_studio import project as projects
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE, Box, Detection, Finding, HandPose, Score
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import annotators, hands, images, scores
from handanat_studio.store.images import NewImage
from handanat_studio.synthetic.scenes import Scene, render_scene

IMAGES, SCENES, VARIANTS, EDGE_PX, SEED = 18_000, 50, 6, 1024, 4_100
CHUNK = 1_000
GENERATORS = (("bench", ""), ("SDXL", "diffusion"), ("FLUX.1", "diffusion"), ("StyleGAN3", "gan"), ("camera", "photo"))
ANNOTATORS = ("Simulated A", "Simulated B")
FOUND = (
    Finding("angle", "index_pip", 131.0, 110.0, "deg", 2.4, 0.9, "bench"),
    Finding("count", "hand", 6.0, 5.0, "digits", 9.0, 0.9, "bench"),
    Finding("ratio", "thumb", 0.4, 0.7, "ratio", 3.1, 0.8, "bench"),
)


def build(
    root: Path,
    *,
    count: int = IMAGES,
    scenes: int = SCENES,
    hands_each: int = 1,
    labelled: int = 0,
    progress: Progress = SILENT,
) -> Path:
    """Make the project over `scenes` x `VARIANTS` different image files, each under many names.

    Args:
        root: a folder that does not exist yet.
        count: images.
        scenes: how many pictures are drawn.
        hands_each: hands of an image, side by side, each with the generator's pose and a score.
        labelled: hands that two simulated annotators have judged.
        progress: told of every chunk.
    """
    with closing(projects.create(root, name="Large project")) as project:
        drawn = _draw(root / "originals", scenes, progress)
        progress.start("Fill a large project", count)
        (root / "images").mkdir()
        hand_ids: list[int] = []
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            hand_ids += _add(project, [(number, *drawn[number % len(drawn)]) for number in numbers], hands_each)
            progress.step(len(numbers))
        _label(project, hand_ids[:labelled], drawn[0][1])
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


def _add(project: Project, rows: list[tuple[int, Path, HandPose]], hands_each: int) -> list[int]:
    new = [_image(project, number, original) for number, original, _ in rows]
    with project.store.write() as session:
        image_ids = images.add_many(session, new)
        found = [
            (image_id, [_detection(pose, number, place) for place in range(hands_each)])
            for image_id, (number, _, pose) in zip(image_ids, rows, strict=True)
        ]
        hand_ids = [i for ids in hands.add_detections_many(session, found, "bench") for i in ids]
        images.mark_detected(session, image_ids, "bench")
        scores.put_many(session, [(hand_id, _score(hand_id)) for hand_id in hand_ids])
    return hand_ids


def _image(project: Project, number: int, original: Path) -> NewImage:
    file = project.root / "images" / f"{number:05d}.jpg"
    same_file(original, file)
    generator, family = GENERATORS[number % len(GENERATORS)]
    return NewImage(
        uri=project.image_uri(file),
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        width=EDGE_PX,
        height=EDGE_PX,
        format="JPEG",
        generator=generator,
        family=family,
        prompt=f"a hand, picture {number}",
    )


def same_file(original: Path, file: Path) -> None:
    """Give a file another name, by a copy where the file system has no links."""
    try:
        os.link(original, file)
    except OSError:
        shutil.copy(original, file)


def _detection(pose: HandPose, number: int, place: int) -> Detection:
    box = pose.box() or Box(0, 0, EDGE_PX, EDGE_PX)
    # Boxes that overlap would count as one hand.
    moved = Box(box.x + place * EDGE_PX, box.y, box.width, box.height) if place else box
    is_fallback = number % 40 == 0
    return Detection(
        box=moved,
        pose=pose,
        detector="yolo" if is_fallback else "synthetic",
        version="bench",
        score=(number * 0.377) % 1.0,
        fallback_reason="nothing found by the first detector" if is_fallback else "",
    )


def _score(number: int) -> Score:
    value = (number * 0.618) % 1.0
    if value <= 0.7:
        return Score("calibrated", "bench", value, PLAUSIBLE)
    return Score("calibrated", "bench", value, IMPLAUSIBLE, findings=FOUND[: 1 + number % len(FOUND)])


def _label(project: Project, hand_ids: list[int], pose: HandPose) -> None:
    """Give hands two opinions that differ now and then."""
    verdicts = (PLAUSIBLE, IMPLAUSIBLE, PLAUSIBLE, UNSURE)
    for start in range(0, len(hand_ids), CHUNK):
        with project.store.write() as session:
            for name in ANNOTATORS:
                annotators.ensure(session, name, simulated=True)
            for hand_id in hand_ids[start : start + CHUNK]:
                first = NewAnnotation(hand_id, ANNOTATORS[0], pose, verdict=verdicts[hand_id % 4])
                second = replace(first, annotator=ANNOTATORS[1], verdict=verdicts[hand_id % 3])
                for new in (first, second):
                    revisions.append(session, new)
