"""Hand the labels of a project to a format writer. Members are chosen here; writers stream what they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from handanat_studio.formats.manifest import write_export
from handanat_studio.formats.records import score_to_dict
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.corrections import EXPERT
from handanat_studio.hand.features import features_to_dict
from handanat_studio.hand.label_schema import LabelSchema
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.values import Detection, HandPose, Score
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.registry import FORMATS
from handanat_studio.store import annotations as revisions
from handanat_studio.store import chains, features, hands, images, label_schemas, reviews, scores
from handanat_studio.store.chains import Standing
from handanat_studio.store.hands import StoredHand
from handanat_studio.store.images import Image
from handanat_studio.workflows.annotate import measure_pose
from handanat_studio.workflows.browse import empty_pose
from handanat_studio.workflows.consensus import SETTLED, Outcome, combine

CHUNK = 500
"""Images read from the store at a time."""


def export(
    project: Project, out: Path, format: str, *, annotator: str | None = None, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write all images and hands of a project.

    Each hand appears once: with the newest annotation of `annotator`; if None, with what a reviewer or adjudicator
    decided on, or else the newest revision of anyone; else with the detector's prediction. What all annotations of
    the hand add up to is said beside it. A finding has the kind that it stands for today. Angles, ratios and counts
    are those of the exported pose; scores are what the scorers said of the detection. How many verdicts each annotator
    gave is said in the manifest.

    Returns:
        The manifest.

    Raises:
        UserError: if the format is unknown or `out` is not a new or empty folder.
    """
    writer = FORMATS.load(format)
    with project.store.read() as session:
        image_ids = images.all_ids(session)
        verdicts: Counter[str] = Counter(revisions.verdict_table(session).annotators)
        kinds = label_schemas.current(session)
    details = {
        "project": project.name,
        "labels_by": annotator or "the settled consensus, else the newest revision of any annotator",
        "verdicts_by_annotator": dict(verdicts),
        "label_schema_version": kinds.version,
    }
    progress.start(f"Export {format}", len(image_ids))
    return write_export(
        writer,
        _hands(project, image_ids, annotator, kinds),
        _images(project, image_ids, progress),
        Path(out),
        details=details,
        progress=progress,
    )


def _images(project: Project, image_ids: list[int], progress: Progress) -> Iterator[ExportImage]:
    for chunk in _chunks(image_ids):
        with project.store.read() as session:
            found = images.get_many(session, chunk)
        for image in found.values():
            yield ExportImage(
                image_id=image.id,
                uri=image.uri,
                sha256=image.sha256 or "",
                width=image.width,
                height=image.height,
                generator=image.generator,
                family=image.family,
                prompt=image.prompt,
                seed=image.seed,
                error=image.error,
            )
        progress.step(len(chunk))


def _hands(project: Project, image_ids: list[int], annotator: str | None, kinds: LabelSchema) -> Iterator[ExportHand]:
    for chunk in _chunks(image_ids):
        with project.store.read() as session:
            by_image = hands.of_images(session, chunk)
            found = [hand for group in by_image.values() for hand in group]
            ids = [hand.id for hand in found]
            known = images.get_many(session, list(by_image))
            judged = scores.of_hands(session, ids)
            measured = features.of_hands(session, ids)
            labels = revisions.newest_of_hands(session, ids, annotator)
            said = chains.standings(session, ids)
            decided = reviews.of_hands(session, ids)
            outcomes = {hand_id: combine(said.get(hand_id, []), decided.get(hand_id, [])) for hand_id in ids}
            if annotator is None:
                labels |= _settled(session, outcomes)
        for hand in found:
            label = labels.get(hand.id)
            if label is not None:
                label = replace(label, findings=tuple(map(kinds.translated, label.findings)))
            yield _export_hand(
                hand,
                known[hand.image_id],
                label,
                said.get(hand.id, []),
                outcomes[hand.id],
                judged.get(hand.id, {}),
                measured.get(hand.id),
            )


def _settled(session: Any, outcomes: dict[int, Outcome]) -> dict[int, Annotation]:
    """Return by hand id the revision that a reviewer or adjudicator decided on, where there is one."""
    chosen = {
        hand_id: outcome.annotation_id
        for hand_id, outcome in outcomes.items()
        if outcome.status in SETTLED and outcome.annotation_id is not None
    }
    found = revisions.get_many(session, list(chosen.values()))
    return {hand_id: found[annotation_id] for hand_id, annotation_id in chosen.items()}


def _export_hand(
    hand: StoredHand,
    image: Image,
    label: Annotation | None,
    said: list[Standing],
    consensus: Outcome,
    judged: dict[str, Score],
    measured: dict[str, Any] | None,
) -> ExportHand:
    predicted = hand.detection
    pose = label.pose if label else predicted.pose if predicted else empty_pose()
    return ExportHand(
        hand_id=hand.id,
        image_id=image.id,
        image_uri=image.uri,
        image_sha256=image.sha256 or "",
        width=image.width,
        height=image.height,
        box=hand.box,
        pose=pose,
        side=pose.side,
        source=f"expert:{label.annotator}" if label else predicted.detector if predicted else "",
        verdict=label.verdict if label else None,
        findings=label.findings if label else (),
        features=_label_features(label.pose, predicted) if label else measured,
        scores={name: score_to_dict(score) for name, score in judged.items()},
        annotator=label.annotator if label else "",
        annotation_id=label.id if label else None,
        note=label.note if label else "",
        generator=image.generator,
        family=image.family,
        kind=label.kind if label else "",
        stage=next((c.stage for c in said if label is not None and c.annotation_id == label.id), ""),
        consensus=consensus.status,
        consensus_verdict=consensus.verdict,
        consensus_by=consensus.by,
    )


def _label_features(pose: HandPose, predicted: Detection | None) -> dict[str, Any]:
    """Measure the pose that is exported; what is stored was measured on the detector's."""
    if predicted is None:
        return features_to_dict(measure_pose(pose, EXPERT).row(0))
    source = landmark_source(predicted.detector)
    return features_to_dict(measure_pose(pose, source, prediction=predicted.pose).row(0))


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
