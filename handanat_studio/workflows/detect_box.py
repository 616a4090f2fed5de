"""A hand that a person drew a box around: it is kept as hers, and the detector chain is asked what is inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box, Detection
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import annotators, hands, images
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.images import Image
from handanat_studio.workflows import ingest

LEAST_PX = 8.0
REVISION = "box-2"


def add_hand(project: Project, image_id: int, box: Box, *, annotator: str) -> tuple[int, ChangeSet]:
    """Keep a hand that a person drew a box around, without looking for its joints; return its id.

    Args:
        project: where to.
        image_id: the image.
        box: in its pixels; cut at its edges.
        annotator: who drew it.

    Raises:
        UserError: if there is no such image, or the box is too small or outside of it.
    """
    with project.store.write() as session:
        image = images.get(session, image_id)
        annotators.ensure(session, annotator)
        hand_id = hands.add_manual(session, image_id, clipped(box, image), annotator=annotator)
    return hand_id, ChangeSet(frozenset({"images", "hands"}), (image_id,), (hand_id,))


def clipped(box: Box, image: Image) -> Box:
    """Return a box cut at an image's edges.

    Raises:
        UserError: if less than 8 x 8 pixels are left.
    """
    x0, y0 = max(box.x, 0.0), max(box.y, 0.0)
    x1 = min(box.x + box.width, float(image.width or 0))
    y1 = min(box.y + box.height, float(image.height or 0))
    if x1 - x0 < LEAST_PX or y1 - y0 < LEAST_PX:
        raise UserError("The box is too small.", hint="Draw it around the whole hand, inside the image.")
    return Box(x0, y0, x1 - x0, y1 - y0)


def detect_in_box(
    project: Project, image_id: int, box: Box, *, annotator: str, progress: Progress = SILENT
) -> dict[str, Any]:
    """Keep the hand in a box, and look for its joints there with the detector chain.

    The hand is there whether or not anything is found. A found pose is its prediction, judged like any other; where
    the chain finds none, the digit network is asked for what it sees in the box by itself.

    Args:
        project: where to.
        image_id: the image.
        box: in its pixels; cut at its edges.
        annotator: who drew it.
        progress: is told of every look.

    Returns:
        "hand_id", "image_id", "found" (bool), and the "detector" that found it ("" = none).

    Raises:
        UserError: if there is no such image, it cannot be read, or the box is too small.
    """
    from handanat_studio.vision.box_look import MARGINS, find_in_box
    from handanat_studio.vision.detectors import DetectorChain
    from handanat_studio.vision.images import read_image

    with project.store.read() as session:
        image = images.get(session, image_id)
    box = clipped(box, image)
    progress.start("Find the hand in the box", len(MARGINS))
    pixels = read_image(project.image_path(image.uri)).pixels
    chain = DetectorChain()
    try:
        found = find_in_box(pixels, box, chain, looked=progress.step) or chain.seen_alone(pixels, box)
    finally:
        chain.close()
    detection = None if found is None else _in_drawn_box(found)
    hand_id, change = add_hand(project, image_id, box, annotator=annotator)
    if detection is not None:
        with project.store.write() as session:
            hands.set_detection(session, hand_id, detection, f"{chain.version}+{REVISION}", annotator=annotator)
    progress.publish(change)
    if detection is not None:
        ingest.score_hands(project, [hand_id], progress=progress)
    return {
        "hand_id": hand_id,
        "image_id": image_id,
        "found": detection is not None,
        "detector": "" if detection is None else detection.detector,
    }


def _in_drawn_box(hand: Detection) -> Detection:
    reasons = [part for part in (hand.fallback_reason, "seen inside a drawn box") if part]
    return replace(hand, fallback_reason="; ".join(reasons))
