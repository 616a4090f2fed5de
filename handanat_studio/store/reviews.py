"""What was done with revisions: submitted, withdrawn, accepted, returned. Append-only; who may is not asked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.hand.annotation import ACCEPTED, DRAFT, RETURNED, SUBMITTED
from handanat_studio.store import annotators, chains, events
from handanat_studio.store.chains import Chain
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import AnnotatorRow, ReviewRow
from handanat_studio.store.statements import chunks, insert_many, table_of

SUBMIT, WITHDRAW, ACCEPT, RETURN = "submit", "withdraw", "accept", "return"
STAGE_AFTER = {SUBMIT: SUBMITTED, WITHDRAW: DRAFT, ACCEPT: ACCEPTED, RETURN: RETURNED}
"""The stage of a chain right after each action on its newest revision."""

_TABLE = table_of(ReviewRow)
_PEOPLE = table_of(AnnotatorRow)


@dataclass(frozen=True, slots=True)
class Review:
    """One deed on one revision.

    Attributes:
        annotation_id: the revision, the newest of its chain at that moment.
        actor: the name of who did it.
        action: "submit", "withdraw", "accept" or "return".
        reason: why, "" = not said.
        created_at: UTC, ISO 8601.
    """

    id: int
    annotation_id: int
    hand_id: int
    actor: str
    action: str
    reason: str
    created_at: str


def record(session: Session, chain: Chain, action: str, *, actor: str, reason: str = "") -> Review:
    """Store a deed on the newest revision of a chain, with the stage that follows. Call inside `Store.write()`."""
    annotation, at = chain.annotation, now()
    row = {
        "annotation_id": annotation.id,
        "hand_id": annotation.hand_id,
        "actor_id": annotators.ensure(session, actor).id,
        "action": action,
        "reason": reason,
        "created_at": at,
    }
    (review_id,) = insert_many(session, ReviewRow, [row])
    chains.set_stage(session, chain, STAGE_AFTER[action])
    events.record(
        session,
        action,
        actor=actor,
        image_id=chain.image_id,
        hand_id=annotation.hand_id,
        detail={"annotation_id": annotation.id, "annotator": annotation.annotator, "kind": annotation.kind},
    )
    return Review(review_id, annotation.id, annotation.hand_id, actor, action, reason, iso(at))


def of_hands(session: Session, hand_ids: Sequence[int]) -> dict[int, list[Review]]:
    """Return by hand id what was done with its revisions, oldest first; hands without a deed are left out."""
    found: dict[int, list[Review]] = {}
    query = select(_TABLE, _PEOPLE.c.name.label("actor")).join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.actor_id)
    for part in chunks(hand_ids):
        wanted = query.where(_TABLE.c.hand_id.in_([int(i) for i in part])).order_by(_TABLE.c.id)
        for row in session.execute(wanted):
            review = Review(
                row.id, row.annotation_id, row.hand_id, row.actor, row.action, row.reason, iso(row.created_at)
            )
            found.setdefault(row.hand_id, []).append(review)
    return found
