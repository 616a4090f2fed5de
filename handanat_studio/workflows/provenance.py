"""The history of a hand: who predicted, placed, judged, decided or said what, when, and from which model version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.hand.values import Detection
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import comments, predictions, reviews, sight
from handanat_studio.store.comments import Comment
from handanat_studio.store.reviews import ACCEPT, RETURN, SUBMIT, WITHDRAW, Review

PREDICTION, SCORE, REVIEW, COMMENT = "prediction", "score", "review", "comment"
DEEDS = (PREDICTION, SCORE, "annotation", "fix", "adjudication", REVIEW, COMMENT)
_WORDS = {SUBMIT: "Submitted", WITHDRAW: "Withdrew", ACCEPT: "Accepted", RETURN: "Returned"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done to a hand.

    Attributes:
        at: UTC, ISO 8601.
        who: an annotator's name, or the detector's or scorer's.
        what: in a few words.
        kind: one of `DEEDS`.
        opinion: what the hand looked like and was judged to be afterwards, to be restored; None = nothing of the kind.
        annotation_id: the revision that was written, reviewed or remarked on; None = none.
        version: the model's version, also of the one that an annotation began with; "" = none.
    """

    at: str
    who: str
    what: str
    kind: str
    opinion: Opinion | None = None
    annotation_id: int | None = None
    version: str = ""


def history(project: Project, hand_id: int, *, viewer: str) -> list[Deed]:
    """Return what was done to a hand, oldest first.

    Whoever may not see the work of others gets predictions, scores (unless she annotates the hand blind), her own
    revisions, what became of them, and the remarks that concern her.
    """
    with project.store.read() as session:
        open_to_her = hand_id in sight.of_others(session, [hand_id], viewer)
        seen = predictions.detections(session, hand_id)
        judged = predictions.scorings(session, hand_id) if sight.of_scores(session, [hand_id], viewer) else []
        written = revisions.history(session, hand_id, annotator=None if open_to_her else viewer)
        decided = reviews.of_hands(session, [hand_id]).get(hand_id, [])
        said = comments.of_hand(session, hand_id, concerning=None if open_to_her else viewer)
    by_id = {annotation.id: annotation for annotation in written}
    deeds = [_prediction(at, detection) for at, detection in seen]
    deeds += [Deed(at, who, f"Scored: {verdict}", SCORE, version=version) for at, who, version, verdict in judged]
    deeds += [_revision(annotation) for annotation in written]
    deeds += [_review(review, by_id[review.annotation_id]) for review in decided if review.annotation_id in by_id]
    deeds += [deed for comment in said for deed in _comment(comment)]
    return sorted(deeds, key=lambda deed: deed.at)


def _prediction(at: str, detection: Detection) -> Deed:
    because = f" ({detection.fallback_reason})" if detection.fallback_reason else ""
    return Deed(
        at,
        detection.detector,
        f"Detected{because}",
        PREDICTION,
        opinion=Opinion(detection.pose),
        version=detection.version,
    )


def _revision(annotation: Annotation) -> Deed:
    basis = annotation.basis or {}
    return Deed(
        annotation.created_at,
        annotation.annotator,
        annotation.action or "Saved",
        annotation.kind,
        opinion=opinion_of(annotation),
        annotation_id=annotation.id,
        version=" ".join(str(basis[key]) for key in ("detector", "version") if key in basis),
    )


def _review(review: Review, annotation: Annotation) -> Deed:
    whose = "" if review.actor == annotation.annotator else f" {annotation.annotator}'s {annotation.kind}"
    reason = f": {review.reason}" if review.reason else ""
    what = f"{_WORDS[review.action]}{whose}{reason}"
    return Deed(review.created_at, review.actor, what, REVIEW, annotation_id=review.annotation_id)


def _comment(comment: Comment) -> Sequence[Deed]:
    """Return the remark and how it was settled; a returned annotation's is told by the review already."""
    place = f" on {comment.part.replace('_', ' ')}" if comment.part else ""
    said = Deed(
        comment.created_at, comment.author, f"Said{place}: {comment.text}", COMMENT, annotation_id=comment.annotation_id
    )
    deeds = [] if comment.kind == comments.RETURN else [said]
    if comment.resolved_by:
        answer = f": {comment.resolution}" if comment.resolution else ""
        what = f"Resolved the comment{place}{answer}"
        deeds.append(Deed(comment.resolved_at, comment.resolved_by, what, COMMENT, annotation_id=comment.annotation_id))
    return deeds
