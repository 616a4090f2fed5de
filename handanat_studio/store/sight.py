"""What a person may know of a hand. It is decided here, in what is read, and never by hiding a widget.

An annotator knows predictions, scores and her own work. A reviewer knows everybody's. Whoever is to annotate a hand
blind knows no score of it, and reviewers know nothing of others either until they have submitted their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.hand.annotation import ACCEPTED, SUBMITTED
from handanat_studio.store import annotators, batches
from handanat_studio.store.schema import AnnotatorRow, NewestRow
from handanat_studio.store.statements import chunks, table_of

_NEWEST = table_of(NewestRow)
_PEOPLE = table_of(AnnotatorRow)


def of_others(session: Session, hand_ids: Sequence[int], viewer: str) -> set[int]:
    """Return those hands of which `viewer` may see what others said."""
    if not annotators.may_review(session, viewer):
        return set()
    return set(hand_ids) - _still_blind(session, hand_ids, viewer)


def of_scores(session: Session, hand_ids: Sequence[int], viewer: str) -> set[int]:
    """Return those hands of which `viewer` may see what the scorers said."""
    if annotators.may_review(session, viewer):
        return set(hand_ids) - _still_blind(session, hand_ids, viewer)
    return set(hand_ids) - batches.blind_hands(session, hand_ids, viewer)


def _still_blind(session: Session, hand_ids: Sequence[int], viewer: str) -> set[int]:
    blind = batches.blind_hands(session, hand_ids, viewer)
    done: set[int] = set()
    for part in chunks(sorted(blind)):
        query = (
            select(_NEWEST.c.hand_id)
            .join(_PEOPLE, _PEOPLE.c.id == _NEWEST.c.annotator_id)
            .where(_NEWEST.c.hand_id.in_(part), _PEOPLE.c.name == viewer, _NEWEST.c.of_annotator == 1)
            .where(_NEWEST.c.stage.in_((SUBMITTED, ACCEPTED)))
        )
        done |= set(session.execute(query).scalars())
    return blind - done
