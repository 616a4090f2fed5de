"""What an annotator does: judge a pose while it is being changed, and save each committed step as a revision."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.batch import PoseBatch, batch_of
from handanat_studio.hand.feature_values import FeatureBatch, Features
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.store import annotations as revisions
from handanat_studio.store import annotators, hands
from handanat_studio.store.changes import ChangeSet

EXPERT, MEDIAPIPE = "expert", "mediapipe"
SAME_PX = 1e-3
"""A joint this close to the prediction was not moved."""


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


def judge(pose: HandPose, source: str, *, prediction: HandPose | None = None) -> Judgement:
    """Measure and score one pose; pure, fast enough to call on every mouse move.

    Args:
        pose: any hand.
        source: the landmark source its uncertainty is taken from ("mediapipe", "expert", "synthetic").
        prediction: what a detector said of the same hand; joints that the expert has not moved from there keep the
            detector's uncertainty, so that correcting one fingertip does not condemn fourteen untouched joints.
    """
    batch = batch_of([pose])
    features = measure(batch, source=source)
    if source == EXPERT and prediction is not None:
        features = _with_untouched_joints(features, batch, batch_of([prediction]))
    paper, calibrated = (SCORERS.load(name).score(features).row(0) for name in ("paper", "calibrated"))
    return Judgement(features=features.row(0), paper=paper, calibrated=calibrated)


def _with_untouched_joints(features: FeatureBatch, batch: PoseBatch, predicted: PoseBatch) -> FeatureBatch:
    unsure = measure(batch, source=MEDIAPIPE)
    same = np.isclose(batch.points, predicted.points, atol=SAME_PX, equal_nan=True).all(axis=2)
    digits = same[:, 1:].reshape(-1, len(CANONICAL_DIGITS), JOINTS_PER_DIGIT)
    before = np.concatenate([np.broadcast_to(same[:, :1, None], digits[:, :, :1].shape), digits[:, :, :2]], axis=2)
    untouched = (before & digits[:, :, :3] & digits[:, :, 1:]).reshape(same.shape[0], -1)
    whole = digits.all(axis=2)
    return replace(
        features,
        angle_sigma=np.where(untouched, unsure.angle_sigma, features.angle_sigma),
        ratio_sigma=np.where(whole, unsure.ratio_sigma, features.ratio_sigma),
    )


def save(project: Project, revision: NewAnnotation) -> tuple[Annotation, ChangeSet]:
    """Append a revision in one transaction.

    Raises:
        Conflict: if the revision's parent is no longer the newest of this annotator, hand and round.
    """
    with project.store.write() as session:
        annotators.ensure(session, revision.annotator)
        annotation = revisions.append(session, revision)
        image_id = hands.get(session, revision.hand_id).image_id
    return annotation, ChangeSet(frozenset({"annotations"}), (image_id,), (revision.hand_id,))


def history(project: Project, hand_id: int) -> list[Annotation]:
    """Return every revision of a hand, oldest first, all annotators."""
    with project.store.read() as session:
        return revisions.history(session, hand_id)
