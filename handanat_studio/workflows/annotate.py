"""What an annotator does: judge a pose while it is being changed, and save each committed step as a revision."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ADJUDICATION, ANNOTATION, FIX, Annotation, NewAnnotation
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.corrections import placed_joints, with_corrections
from handanat_studio.hand.evidence import DigitEvidence
from handanat_studio.hand.feature_values import FeatureBatch, Features
from handanat_studio.hand.features import measure
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.store import annotations as revisions
from handanat_studio.store import annotators, hands, sight
from handanat_studio.store.changes import ChangeSet

_NAMES = {FIX: "a fix", ADJUDICATION: "an adjudication"}


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


def measure_pose(
    pose: HandPose, source: str, *, prediction: HandPose | None = None, evidence: DigitEvidence | None = None
) -> FeatureBatch:
    """Measure one pose, as `judge` does before it scores.

    Args:
        pose: any hand.
        source: the landmark source its uncertainty is taken from ("mediapipe", "expert", "synthetic").
        prediction: what the detector of that source said of the same hand. As soon as the pose differs from it an
            expert has looked: her digit count is evidence, and the joints she placed are known better; those she left
            alone stay as uncertain as the detector made them. None = nothing was predicted.
        evidence: what the digit network saw of the hand; an expert's word on the digits replaces it.

    Returns:
        The figures of one hand.
    """
    batch = batch_of([pose], [evidence])
    figures = measure(batch, source=source)
    if prediction is None or pose == prediction:
        return figures
    return with_corrections(figures, batch, placed_joints(batch, batch_of([prediction])))


def judge(
    pose: HandPose, source: str, *, prediction: HandPose | None = None, evidence: DigitEvidence | None = None
) -> Judgement:
    """Measure and score one pose; pure, fast enough to call on every mouse move.

    For the arguments see `measure_pose`.
    """
    features = measure_pose(pose, source, prediction=prediction, evidence=evidence)
    figures = features.row(0)
    paper, calibrated = (SCORERS.load(name).score(features).row(0, figures) for name in ("paper", "calibrated"))
    return Judgement(features=figures, paper=paper, calibrated=calibrated)


def save(project: Project, revision: NewAnnotation) -> tuple[Annotation, ChangeSet]:
    """Append a revision in one transaction.

    Raises:
        Conflict: if the revision's parent is no longer the newest of this annotator, hand and round.
        UserError: if it is a fix or an adjudication by somebody who may not review.
    """
    with project.store.write() as session:
        if revision.kind != ANNOTATION and not annotators.may_review(session, revision.annotator):
            raise UserError(
                f"Only reviewers and leads can write {_NAMES[revision.kind]}.",
                hint="Ask a lead of this project for the role.",
            )
        annotation = revisions.append(session, revision)
        image_id = hands.get(session, revision.hand_id).image_id
    return annotation, ChangeSet(frozenset({"annotations"}), (image_id,), (revision.hand_id,))


def history(project: Project, hand_id: int, *, viewer: str | None = None) -> list[Annotation]:
    """Return every revision of a hand, oldest first.

    Args:
        project: the project.
        hand_id: the hand.
        viewer: who will see them: where she may not know what others said, she gets only her own. None = nobody.
    """
    with project.store.read() as session:
        everything = viewer is None or hand_id in sight.of_others(session, [hand_id], viewer)
        return revisions.history(session, hand_id, annotator=None if everything else viewer)
