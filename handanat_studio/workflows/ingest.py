"""Import, detect, score: each stage asks the store what is missing for its version, so a killed run resumes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import FEATURES_VERSION, features_to_dict, measure
from handanat_studio.hand.limits import landmark_source
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.store import features, hands, images, scores
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.images import Image, NewImage
from handanat_studio.workflows.pool import Look, look_at

if TYPE_CHECKING:
    from handanat_studio.scoring.scores import Scorer
    from handanat_studio.store.hands import StoredHand

T = TypeVar("T")

CHUNK = 500
"""Rows of one write: large enough for speed, small enough that a killed run loses seconds."""

ALL = 2**31 - 1

CHUNK_LOOKS = 50
"""Images of one write while detecting, so that the window fills while the run goes on."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        added: images that are new to the project.
        known: files whose content the project had already.
        failed: files that cannot be read; each became a row with its error.
    """

    added: int
    known: int
    failed: int


@dataclass(frozen=True, slots=True)
class DetectReport:
    """What a detection run did: images looked at, hands found, images that could not be read."""

    images: int
    hands: int
    failed: int


def import_images(
    project: Project,
    paths: Sequence[Path],
    *,
    generator: str = "",
    family: str = "",
    prompt: str = "",
    pixel_limit_mp: int = 200,
    progress: Progress = SILENT,
) -> ImportReport:
    """Add image files to a project by reference; the files themselves stay where they are.

    Args:
        project: where to.
        paths: files and folders (folders are searched through).
        generator: what made the images, "" = unknown.
        family: e.g. "diffusion" or "gan".
        prompt: the prompt set they came from.
        pixel_limit_mp: larger images become rows with an error.
        progress: is told of every file.
    """
    from handanat_studio.vision.images import find_images

    files = list(find_images(paths))
    progress.start("Import images", len(files))
    added = known = failed = 0
    for chunk in _chunks(iter(files), CHUNK):
        rows = []
        for file in chunk:
            rows.append(
                _new_image(project, file, generator=generator, family=family, prompt=prompt, limit=pixel_limit_mp)
            )
            progress.step(note=file.name)
        with project.store.write() as session:
            before = images.count(session)
            ids = images.add_many(session, rows)
            new = images.count(session) - before
        added += new
        known += len(rows) - new
        failed += sum(bool(row.error) for row in rows)
        progress.publish(ChangeSet(frozenset({"images"}), tuple(ids), ()))
    return ImportReport(added=added, known=known, failed=failed)


def _new_image(project: Project, file: Path, *, generator: str, family: str, prompt: str, limit: int) -> NewImage:
    from handanat_studio.vision.hashing import perceptual_hash
    from handanat_studio.vision.images import read_image

    uri = project.image_uri(file)
    try:
        image = read_image(file, pixel_limit_mp=limit)
    except UserError as error:
        return NewImage(uri=uri, error=str(error), generator=generator, family=family, prompt=prompt)
    return NewImage(
        uri=uri,
        sha256=image.sha256,
        phash=perceptual_hash(image.pixels),
        width=image.width,
        height=image.height,
        format=image.format,
        generator=generator,
        family=family,
        prompt=prompt,
    )


def detect(project: Project, *, workers: int = 1, progress: Progress = SILENT) -> DetectReport:
    """Run the detector chain on every image this version of it has not seen."""
    from handanat_studio.vision.detectors import chain_version

    version = chain_version()
    with project.store.read() as session:
        todo = images.missing_detection(session, version, limit=ALL)
    progress.start("Find hands", len(todo))
    by_path = {project.image_path(image.uri): image for image in todo}
    found = failed = done = 0
    for chunk in _chunks(_counted(look_at(by_path, workers=workers), progress), CHUNK_LOOKS):
        pairs = [(by_path[look.path], look) for look in chunk]
        found += _store_looks(project, pairs, version, progress)
        failed += sum(bool(look.error) for look in chunk)
        done += len(chunk)
    return DetectReport(images=done, hands=found, failed=failed)


def _store_looks(project: Project, pairs: Sequence[tuple[Image, Look]], version: str, progress: Progress) -> int:
    found = [(image.id, look.detections) for image, look in pairs if not look.error]
    with project.store.write() as session:
        for image, look in pairs:
            if look.error:
                images.set_error(session, image.id, look.error)
        hand_ids = [i for ids in hands.add_detections_many(session, found, version) for i in ids]
        images.mark_detected(session, [image_id for image_id, _ in found], version)
    ids = tuple(image.id for image, _ in pairs)
    progress.publish(ChangeSet(frozenset({"images", "hands"}), ids, tuple(hand_ids)))
    return len(hand_ids)


def score(project: Project, *, progress: Progress = SILENT) -> int:
    """Measure and score every detection that the present scorers have not judged; return how many."""
    scorers = [SCORERS.load(name) for name in SCORERS.names()]
    judged: set[int] = set()
    for scorer in scorers:
        version = score_version(scorer)
        with project.store.read() as session:
            total = hands.count_missing_score(session, scorer.name, version)
        progress.start(f"Judge hands ({scorer.name})", total)
        while True:
            with project.store.read() as session:
                todo = hands.missing_score(session, scorer.name, version, CHUNK)
            if not todo:
                break
            _score_chunk(project, scorer, version, todo, progress)
            judged.update(hand.id for hand in todo)
    return len(judged)


def score_hands(project: Project, hand_ids: Sequence[int], *, progress: Progress = SILENT) -> int:
    """Measure and score the detections of some hands with every present scorer; return how many hands have one."""
    with project.store.read() as session:
        todo = [hand for hand in hands.get_many(session, hand_ids).values() if hand.detection is not None]
    if todo:
        progress.start("Judge hands", len(SCORERS.names()) * len(todo))
        for name in SCORERS.names():
            scorer = SCORERS.load(name)
            _score_chunk(project, scorer, score_version(scorer), todo, progress)
    return len(todo)


def score_version(scorer: Scorer) -> str:
    """Return the version a stored score carries: a new scorer or new features both make it stale."""
    return f"{scorer.version}+features-{FEATURES_VERSION}"


def _score_chunk(
    project: Project, scorer: Scorer, version: str, todo: Sequence[StoredHand], progress: Progress
) -> None:
    by_source: dict[str, list[StoredHand]] = {}
    for hand in todo:
        assert hand.detection is not None
        by_source.setdefault(landmark_source(hand.detection.detector), []).append(hand)
    with project.store.write() as session:
        for source, group in by_source.items():
            seen = [hand.detection for hand in group if hand.detection]
            measured = measure(batch_of([d.pose for d in seen], [d.evidence for d in seen]), source=source)
            result = scorer.score(measured)
            figures = [measured.row(row) for row in range(len(group))]
            features.put_many(
                session, [(h.id, features_to_dict(f), FEATURES_VERSION) for h, f in zip(group, figures, strict=True)]
            )
            judged = [replace(result.row(row, f), version=version) for row, f in enumerate(figures)]
            scores.put_many(session, [(h.id, s) for h, s in zip(group, judged, strict=True)])
    progress.publish(ChangeSet(frozenset({"scores"}), (), tuple(hand.id for hand in todo)))
    progress.step(len(todo))


def run(
    project: Project,
    paths: Sequence[Path] = (),
    *,
    generator: str = "",
    family: str = "",
    workers: int = 1,
    progress: Progress = SILENT,
) -> dict[str, int]:
    """Import `paths`, then detect and score whatever is missing; return the counts of each stage."""
    report = import_images(project, paths, generator=generator, family=family, progress=progress)
    detected = detect(project, workers=workers, progress=progress)
    judged = score(project, progress=progress)
    return {
        "images_added": report.added,
        "images_known": report.known,
        "images_failed": report.failed + detected.failed,
        "images_detected": detected.images,
        "hands_found": detected.hands,
        "hands_judged": judged,
    }


def _chunks(source: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(source, size)):
        yield chunk


def _counted(looks: Iterator[Look], progress: Progress) -> Iterator[Look]:
    for look in looks:
        progress.step(note=look.path.name)
        yield look
