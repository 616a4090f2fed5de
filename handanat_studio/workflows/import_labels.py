"""Bring labels from other programs, or from an export, into a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.formats.coco_read import read
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.registry import DETECTORS
from handanat_studio.store import annotations as revisions
from handanat_studio.store import hands, images
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.images import NewImage
from handanat_studio.store.matching import match
from handanat_studio.vision.images import read_image

UNNAMED = "imported"
"""Annotator of labels whose file names none."""
CHUNK = 200


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What an import of labels did.

    Attributes:
        images: images of the file that are in the project now.
        hands: labels added, as revisions.
        known: labels that were in the project already.
        notes: plain sentences on what was not imported.
    """

    images: int
    hands: int
    known: int
    notes: tuple[str, ...]


def import_coco(
    project: Project,
    file: Path,
    *,
    image_folder: Path | None = None,
    annotator: str = "",
    progress: Progress = SILENT,
) -> LabelReport:
    """Import a COCO-keypoints file, checked as a whole first: its images by reference, its hands as revisions.

    A label on a hand that the project has (its box overlaps) becomes a revision of that hand. A detector's
    predictions are left out: detection finds them again.

    Args:
        project: where to.
        file: the COCO file, or the folder of an export.
        image_folder: what the file's image names are relative to; the COCO file's folder by default.
        annotator: under whose name; the one that the file states for each label by default.
        progress: is told of every image.

    Raises:
        UserError: if the file is not sound; nothing was written then.
    """
    content = read(file)
    folder = image_folder or (file if file.is_dir() else file.parent)
    labels = [hand for hand in content.hands if hand.source not in DETECTORS.names()]
    notes = list(content.notes)
    if len(labels) < len(content.hands):
        notes.append(f"{len(content.hands) - len(labels)} predictions of a detector were left out.")
    by_image: dict[int, dict[str, list[ExportHand]]] = defaultdict(lambda: defaultdict(list))
    for label in labels:
        by_image[label.image_id][annotator or _annotator_of(label)].append(label)
    progress.start("Import labels", len(content.images))
    added = known = 0
    for start in range(0, len(content.images), CHUNK):
        chunk = content.images[start : start + CHUNK]
        rows = [_new_image(project, folder / image.uri, image) for image in chunk]
        with project.store.write() as session:
            ids = images.add_many(session, rows)
            for image_id, image in zip(ids, chunk, strict=True):
                for name, group in by_image[image.image_id].items():
                    new = _add_labels(session, image_id, name, group)
                    added += new
                    known += len(group) - new
        progress.publish(ChangeSet(frozenset({"images", "hands", "annotations"}), tuple(ids), ()))
        progress.step(len(chunk))
    return LabelReport(images=len(content.images), hands=added, known=known, notes=tuple(notes))


def _annotator_of(label: ExportHand) -> str:
    _, _, expert = label.source.partition("expert:")
    return label.annotator or expert or UNNAMED


def _new_image(project: Project, file: Path, image: ExportImage) -> NewImage:
    row = NewImage(
        uri=project.image_uri(file),
        generator=image.generator,
        family=image.family,
        prompt=image.prompt,
        seed=image.seed,
    )
    try:
        found = read_image(file)
    except UserError as error:
        return replace(row, error=str(error))
    return replace(row, sha256=found.sha256, width=found.width, height=found.height, format=found.format)


def _add_labels(session: Any, image_id: int, annotator: str, labels: Sequence[ExportHand]) -> int:
    there = hands.of_image(session, image_id)
    places = match([hand.box for hand in there], [label.box for label in labels])
    added = 0
    for number, label in enumerate(labels):
        if number in places:
            hand_id = there[places[number]].id
        else:
            hand_id = hands.add_manual(session, image_id, label.box, annotator=annotator)
        added += _add_label(session, hand_id, annotator, label)
    return added


def _add_label(session: Any, hand_id: int, annotator: str, label: ExportHand) -> bool:
    newest = revisions.newest(session, hand_id, annotator)
    if newest is not None and (newest.pose, newest.verdict) == (label.pose, label.verdict):
        return False
    revision = NewAnnotation(
        hand_id=hand_id,
        annotator=annotator,
        pose=label.pose,
        verdict=label.verdict,
        findings=label.findings,
        note=label.note,
        parent_id=None if newest is None else newest.id,
        action="import",
    )
    revisions.append(session, revision)
    return True
