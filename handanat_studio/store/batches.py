"""Hands given to people to work on: who is to annotate what, in which order, and how far she has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, delete, func, insert, select
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ACCEPTED, SUBMITTED
from handanat_studio.store import annotators, events
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import AnnotatorRow, AssignmentRow, BatchRow, HandRow, NewestRow
from handanat_studio.store.statements import chunks, insert_many, table_of

_BATCHES = table_of(BatchRow)
_TABLE = table_of(AssignmentRow)
_PEOPLE = table_of(AnnotatorRow)
_NEWEST = table_of(NewestRow)
_HANDS = table_of(HandRow)


@dataclass(frozen=True, slots=True)
class Batch:
    """A set of hands and the people they are given to.

    Attributes:
        name: unique in the project.
        blind: whether its people see neither scores nor each other's labels.
        created_at: UTC, ISO 8601.
        hands: how many different hands it holds.
        progress: annotator -> (how many of her hands she has submitted, how many she was given).
    """

    id: int
    name: str
    blind: bool
    note: str
    created_by: str
    created_at: str
    hands: int
    progress: dict[str, tuple[int, int]]


def create(
    session: Session, name: str, orders: Mapping[str, Sequence[int]], *, by: str, blind: bool = False, note: str = ""
) -> int:
    """Store a batch and return its id. Call inside `Store.write()`.

    Args:
        name: of the batch.
        orders: annotator -> the ids of her hands, in her order.
        by: who makes it.
        blind: see `Batch`.
        note: what it is for.

    Raises:
        UserError: if the name is empty or taken, or a hand is not in the project.
    """
    if not name.strip():
        raise UserError("A batch needs a name.", hint="Enter one.")
    if session.execute(select(_BATCHES.c.id).where(_BATCHES.c.name == name)).first() is not None:
        raise UserError(f"There is a batch '{name}' already.", hint="Choose another name.")
    _check_hands(session, {hand_id for order in orders.values() for hand_id in order})
    creator = annotators.ensure(session, by)
    row = {"name": name, "blind": blind, "note": note, "created_by": creator.id, "created_at": now()}
    (batch_id,) = insert_many(session, BatchRow, [row])
    rows = []
    for annotator, order in orders.items():
        mine = {"batch_id": batch_id, "annotator_id": annotators.ensure(session, annotator).id}
        rows += [mine | {"hand_id": hand_id, "position": place} for place, hand_id in enumerate(order, start=1)]
    if rows:
        session.execute(insert(_TABLE), rows)
    given = {annotator: len(order) for annotator, order in orders.items()}
    events.record(session, "assign", actor=by, detail={"batch": name, "blind": blind, "hands": given})
    return batch_id


def delete_named(session: Session, name: str, *, by: str) -> None:
    """Forget a batch and who was to do what; annotations stay.

    Raises:
        UserError: if there is no such batch.
    """
    if not session.execute(delete(_BATCHES).where(_BATCHES.c.name == name).returning(_BATCHES.c.id)).all():
        raise UserError(f"There is no batch '{name}'.", hint="Refresh the list.")
    events.record(session, "delete batch", actor=by, detail={"batch": name})


def all(session: Session) -> list[Batch]:
    """Return every batch, oldest first."""
    progress: dict[int, dict[str, tuple[int, int]]] = {}
    done = func.sum(case((_NEWEST.c.stage.in_((SUBMITTED, ACCEPTED)), 1), else_=0))
    newest = and_(
        _NEWEST.c.hand_id == _TABLE.c.hand_id,
        _NEWEST.c.annotator_id == _TABLE.c.annotator_id,
        _NEWEST.c.of_annotator == 1,
    )
    query = (
        select(_TABLE.c.batch_id, _PEOPLE.c.name, done, func.count())
        .join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.annotator_id)
        .outerjoin(_NEWEST, newest)
        .group_by(_TABLE.c.batch_id, _PEOPLE.c.id, _PEOPLE.c.name)
        .order_by(_PEOPLE.c.id)
    )
    for batch_id, annotator, finished, given in session.execute(query):
        progress.setdefault(batch_id, {})[annotator] = (int(finished), int(given))
    sizes = select(_TABLE.c.batch_id, func.count(_TABLE.c.hand_id.distinct())).group_by(_TABLE.c.batch_id)
    hands: dict[int, int] = {row[0]: row[1] for row in session.execute(sizes)}
    listed = select(_BATCHES, _PEOPLE.c.name.label("creator")).join(_PEOPLE, _PEOPLE.c.id == _BATCHES.c.created_by)
    return [
        Batch(
            id=row.id,
            name=row.name,
            blind=row.blind,
            note=row.note,
            created_by=row.creator,
            created_at=iso(row.created_at),
            hands=hands.get(row.id, 0),
            progress=progress.get(row.id, {}),
        )
        for row in session.execute(listed.order_by(_BATCHES.c.id))
    ]


def order_of(session: Session, name: str, annotator: str) -> list[int]:
    """Return the hands that somebody was given in a batch, in her order."""
    query = (
        select(_TABLE.c.hand_id)
        .join(_BATCHES, _BATCHES.c.id == _TABLE.c.batch_id)
        .join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.annotator_id)
        .where(_BATCHES.c.name == name, _PEOPLE.c.name == annotator)
    )
    return list(session.execute(query.order_by(_TABLE.c.position)).scalars())


def blind_hands(session: Session, hand_ids: Sequence[int], annotator: str) -> set[int]:
    """Return those of `hand_ids` that somebody is to annotate blind."""
    found: set[int] = set()
    for part in chunks(hand_ids):
        query = (
            select(_TABLE.c.hand_id)
            .join(_BATCHES, _BATCHES.c.id == _TABLE.c.batch_id)
            .join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.annotator_id)
            .where(_TABLE.c.hand_id.in_([int(i) for i in part]), _PEOPLE.c.name == annotator, _BATCHES.c.blind)
        )
        found |= set(session.execute(query).scalars())
    return found


def _check_hands(session: Session, hand_ids: set[int]) -> None:
    known: set[int] = set()
    for part in chunks(sorted(hand_ids)):
        known |= set(session.execute(select(_HANDS.c.id).where(_HANDS.c.id.in_(part))).scalars())
    if missing := hand_ids - known:
        raise UserError(f"There is no hand {min(missing)} in this project.", hint="Refresh the library.")
