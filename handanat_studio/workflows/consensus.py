"""What the annotations of a hand add up to. Computed each time from what people decided, never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handanat_studio.hand.annotation import ACCEPTED as ACCEPTED_STAGE
from handanat_studio.hand.annotation import ADJUDICATION, ANNOTATION, FIX, SUBMITTED, Annotation
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import chains, hands, reviews, sight
from handanat_studio.store.chains import Standing
from handanat_studio.store.reviews import ACCEPT, Review

OPEN, SINGLE, AGREED, ACCEPTED, FIXED, ADJUDICATED, DISPUTED = (
    "open",
    "single",
    "agreed",
    "accepted",
    "fixed",
    "adjudicated",
    "disputed",
)
STATUSES = (OPEN, SINGLE, AGREED, ACCEPTED, FIXED, ADJUDICATED, DISPUTED)
SETTLED = (ACCEPTED, FIXED, ADJUDICATED)
"""Statuses behind which a reviewer's decision stands."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What a hand's annotations add up to.

    Attributes:
        status: "open" (nothing is submitted), "single" (one annotation), "agreed" (several, one verdict), "disputed"
            (several verdicts), "accepted" (a reviewer accepted it), "fixed" (by a reviewer) or "adjudicated".
        verdict: one of `hand.values.VERDICTS`; None while open or disputed.
        annotation: the revision that stands for the hand; None while open or disputed.
        by: who said so: one name, or several with commas.
    """

    status: str
    verdict: str | None = None
    annotation: Annotation | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A consensus that names the revision instead of holding it."""

    status: str
    verdict: str | None = None
    annotation_id: int | None = None
    by: str = ""

    def with_annotation(self, annotations: Mapping[int, Annotation]) -> Consensus:
        """Return it with the revision."""
        annotation = None if self.annotation_id is None else annotations[self.annotation_id]
        return Consensus(self.status, self.verdict, annotation, self.by)


def of_hand(project: Project, hand_id: int, *, viewer: str | None = None) -> Consensus:
    """Return the consensus of one hand; see `of_hands`."""
    return of_hands(project, [hand_id], viewer=viewer)[hand_id]


def of_hands(project: Project, hand_ids: Sequence[int], *, viewer: str | None = None) -> dict[int, Consensus]:
    """Return the consensus of each hand.

    A settled adjudication counts before an accepted fix, and a fix before the submitted and accepted annotations.

    Args:
        project: the project.
        hand_ids: which hands.
        viewer: who will see it: where she may not know what others said, only her own annotation counts.
            None = nobody, for files and statistics.
    """
    with project.store.read() as session:
        outcomes = _outcomes(session, hand_ids, viewer)
        wanted = [outcome.annotation_id for outcome in outcomes.values() if outcome.annotation_id is not None]
        annotations = revisions.get_many(session, wanted)
    return {hand_id: outcome.with_annotation(annotations) for hand_id, outcome in outcomes.items()}


def counts(project: Project) -> dict[str, int]:
    """Return how many hands of a project have each of `STATUSES`."""
    with project.store.read() as session:
        outcomes = _outcomes(session, hands.all_ids(session), None)
    found = Counter(outcome.status for outcome in outcomes.values())
    return {status: found[status] for status in STATUSES}


def combine(found: Sequence[Standing], decided: Sequence[Review]) -> Outcome:
    """Return what the chains of one hand, oldest annotator first, add up to.

    Args:
        found: how every chain of the hand stands.
        decided: what was done with its revisions, oldest first.
    """
    for kind, status in ((ADJUDICATION, ADJUDICATED), (FIX, FIXED)):
        settled = [c for c in found if (c.kind, c.stage) == (kind, ACCEPTED_STAGE)]
        if settled:
            last = _last_accepted(settled, decided)
            return Outcome(status, last.verdict, last.annotation_id, last.annotator)
    own = [c for c in found if c.kind == ANNOTATION and c.is_current]
    counted = [c for c in own if c.stage in (SUBMITTED, ACCEPTED_STAGE)]
    if not counted:
        return Outcome(OPEN)
    names = ", ".join(c.annotator for c in counted)
    if len({c.verdict for c in counted}) > 1:
        return Outcome(DISPUTED, by=names)
    accepted = [c for c in counted if c.stage == ACCEPTED_STAGE]
    if accepted:
        last = _last_accepted(accepted, decided)
        return Outcome(ACCEPTED, last.verdict, last.annotation_id, names)
    newest = max(counted, key=lambda standing: standing.annotation_id)
    return Outcome(SINGLE if len(counted) == 1 else AGREED, newest.verdict, newest.annotation_id, names)


def _outcomes(session: Any, hand_ids: Sequence[int], viewer: str | None) -> dict[int, Outcome]:
    found = chains.standings(session, hand_ids)
    decided = reviews.of_hands(session, hand_ids)
    open_to = set(hand_ids) if viewer is None else sight.of_others(session, hand_ids, viewer)
    return {
        hand_id: combine(
            [c for c in found.get(hand_id, []) if hand_id in open_to or c.annotator == viewer],
            decided.get(hand_id, []),
        )
        for hand_id in hand_ids
    }


def _last_accepted(candidates: Sequence[Standing], decided: Sequence[Review]) -> Standing:
    when = {review.annotation_id: review.id for review in decided if review.action == ACCEPT}
    return max(candidates, key=lambda standing: when.get(standing.annotation_id, 0))
