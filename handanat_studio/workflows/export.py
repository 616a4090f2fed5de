"""Hand the labels of a project to a format writer. Members are chosen here; writers stream what they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handanat_studio.formats.manifest import write_export
from handanat_studio.formats.records import ExportHand, ExportImage
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.registry import FORMATS
from handanat_studio.store import annotations, features, hands, images, scores

CHUNK = 500
"""Images read from the store at a time."""


def export(
    project: Project, out: Path, format: str, *, annotator: str | None = None, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write all images and hands of a project.

    Each hand appears once: with the newest revision of `annotator` (or of anyone, if None), else with the
    detector's prediction. How many labels of others were left out is said in the manifest.

    Returns:
        The manifest.

    Raises:
        UserError: if the format is unknown or `out` is not a new or empty folder.
    """
    writer = FORMATS.load(format)
    labels = _count_labels(project)
    with project.store.read() as session:
        progress.start(f"Export {format}", images.count(session))
    return write_export(
        writer,
        _hands(project, annotator),
        _images(project, progress),
        Path(out),
        format=format,
        notes={
            "labels_by": annotator or "newest revision of any annotator",
            "revisions_by_annotator": labels,
        },
    )


def _count_labels(project: Project) -> dict[str, int]:
    with project.store.read() as session:
        return dict(Counter(annotations.verdict_table(session).annotators))


def _images(project: Project, progress: Progress) -> Iterator[ExportImage]:
    for chunk in _image_chunks(project):
        for image in chunk:
            yield ExportImage(
                image_id=image.id,
                uri=image.uri,
                sha256=image.sha256,
                width=image.width,
                height=image.height,
                error=image.error,
                generator=image.generator,
                family=image.family,
            )
        progress.step(len(chunk))


def _hands(project: Project, annotator: str | None) -> Iterator[ExportHand]:
    for chunk in _image_chunks(project):
        by_id = {image.id: image for image in chunk}
        with project.store.read() as session:
            found = hands.of_images(session, list(by_id))
            ids = [hand.id for hand in found]
            judged = scores.of_hands(session, ids)
            measured = features.of_hands(session, ids)
            labels = annotations.newest_of_hands(session, ids, annotator)
        for hand in found:
            yield _export_hand(
                hand, by_id[hand.image_id], labels.get(hand.id), judged.get(hand.id, {}), measured.get(hand.id)
            )


def _image_chunks(project: Project) -> Iterator[list[images.Image]]:
    after = 0
    while True:
        with project.store.read() as session:
            chunk = images.page_after(session, after, CHUNK)
        if not chunk:
            return
        yield chunk
        after = chunk[-1].id
