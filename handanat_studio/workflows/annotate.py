"""What an annotator does: judge a pose while it is being changed, and save each committed step as a revision."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import Features, measure
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.store import annotations, annotators, hands
from handanat_studio.store.changes import ChangeSet


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the formulas say of one pose right now.

    Attributes:
        features: the measurements, with what could not be assessed and why.
        paper: the paper's score.
        calibrated: the calibrated score with its findings.
    """

    features: Features
    paper: Score
    calibrated: Score


def judge(pose: HandPose, source: str) -> Judgement:
    """Measure and score one pose; pure, fast enough to call on every mouse move.

    Args:
        pose: any hand.
        source: the landmark source its uncertainty is taken from ("mediapipe", "expert", "synthetic").
    """
    features = measure(batch_of([pose]), source=source)
    paper, calibrated = (SCORERS.load(name).score(features).row(0) for name in ("paper", "calibrated"))
    return Judgement(features=features.row(0), paper=paper, calibrated=calibrated)


def save(project: Project, revision: NewAnnotation) -> tuple[Annotation, ChangeSet]:
    """Append a revision in one transaction.

    Raises:
        Conflict: if the revision's parent is no longer the newest of this annotator, hand and round.
    """
    with project.store.write() as session:
        annotators.ensure(session, revision.annotator)
        annotation = annotations.append(session, revision)
        image_id = hands.get(session, revision.hand_id).image_id
    return annotation, ChangeSet(frozenset({"annotations"}), (image_id,), (revision.hand_id,))


def history(project: Project, hand_id: int) -> list[Annotation]:
    """Return every revision of a hand, oldest first, all annotators."""
    with project.store.read() as session:
        return annotations.history(session, hand_id)
