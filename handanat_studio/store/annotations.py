"""Revisions by annotators: appended, never changed. A revision whose parent is no longer the newest is a `Conflict`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, case, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import Conflict, UserError
from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.codec import finding_from_dict, finding_to_dict, pose_from_dict, pose_to_dict
from handanat_studio.store import annotators, events
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import AnnotationRow, AnnotatorRow, HandRow, NewestRow
from handanat_studio.store.statements import chunks, insert_many, put_many, table_of

_TABLE = table_of(AnnotationRow)
_NEWEST = table_of(NewestRow)
_PEOPLE = table_of(AnnotatorRow)


@dataclass(frozen=True, slots=True, eq=False)
class VerdictTable:
    """The verdict of the newest revision of every hand, annotator and round, where there is one.

    Attributes:
        hand_ids: (n,) int64.
        image_ids: (n,) int64.
        rounds: (n,) int64.
        annotators: n names.
        verdicts: n of `hand.values.VERDICTS`.
    """

    hand_ids: NDArray[np.int64]
    image_ids: NDArray[np.int64]
    rounds: NDArray[np.int64]
    annotators: tuple[str, ...]
    verdicts: tuple[str, ...]


def append(session: Session, new: NewAnnotation) -> Annotation:
    """Store a revision and return it with its id and time. Call inside `Store.write()`.

    Raises:
        Conflict: if `parent_id` is not the newest revision of this hand, annotator and round.
        UserError: if there is no such hand.
    """
    image_id = session.execute(select(HandRow.image_id).where(HandRow.id == new.hand_id)).scalar()
    if image_id is None:
        raise UserError(f"There is no hand {new.hand_id} in this project.", hint="Refresh the library.")
    annotator = annotators.ensure(session, new.annotator)
    _check_parent(session, new, annotator.id)
    at = now()
    chain = {"hand_id": new.hand_id, "annotator_id": annotator.id, "round": new.round}
    (annotation_id,) = insert_many(session, AnnotationRow, [_values(new) | chain | {"created_at": at}])
    _make_newest(session, chain | {"annotation_id": annotation_id, "verdict": new.verdict})
    events.record(
        session,
        "annotate",
        actor=new.annotator,
        image_id=image_id,
        hand_id=new.hand_id,
        detail={"annotation_id": annotation_id, "action": new.action, "verdict": new.verdict},
    )
    fields = {name: getattr(new, name) for name in NewAnnotation.__dataclass_fields__}
    return Annotation(**fields, id=annotation_id, created_at=iso(at))


def history(session: Session, hand_id: int, *, annotator: str | None = None) -> list[Annotation]:
    """Return every revision of a hand, oldest first, of one annotator or (None) of all."""
    query = _select().where(_TABLE.c.hand_id == hand_id).order_by(_TABLE.c.id)
    if annotator is not None:
        query = query.where(_PEOPLE.c.name == annotator)
    return [_annotation(row) for row in session.execute(query)]


def newest(session: Session, hand_id: int, annotator: str, round: int = 1) -> Annotation | None:
    """Return the newest revision of an annotator on a hand in a round, or None."""
    query = _select().join(_NEWEST, _NEWEST.c.annotation_id == _TABLE.c.id)
    query = query.where(_NEWEST.c.hand_id == hand_id, _NEWEST.c.round == round, _PEOPLE.c.name == annotator)
    row = session.execute(query).first()
    return None if row is None else _annotation(row)


def newest_of_hands(session: Session, hand_ids: Sequence[int], annotator: str | None) -> dict[int, Annotation]:
    """Return by hand id the newest revision of one annotator (any round), or (None) of whoever came last."""
    found: dict[int, Annotation] = {}
    for part in chunks(hand_ids):
        query = _select().join(_NEWEST, _NEWEST.c.annotation_id == _TABLE.c.id)
        query = query.where(_NEWEST.c.hand_id.in_([int(i) for i in part]))
        if annotator is None:
            query = query.where(_NEWEST.c.of_hand == 1)
        else:
            query = query.where(_NEWEST.c.of_annotator == 1, _PEOPLE.c.name == annotator)
        found |= {row.hand_id: _annotation(row) for row in session.execute(query)}
    return found


def verdict_table(session: Session) -> VerdictTable:
    """Return everybody's newest verdicts, ordered by hand, annotator and round; undecided revisions are left out."""
    people = {row.id: row.name for row in session.execute(select(_PEOPLE.c.id, _PEOPLE.c.name))}
    hands = table_of(HandRow)
    query = (
        select(_NEWEST.c.hand_id, hands.c.image_id, _NEWEST.c.round, _NEWEST.c.annotator_id, _NEWEST.c.verdict)
        .join(hands, hands.c.id == _NEWEST.c.hand_id)
        .where(_NEWEST.c.verdict.is_not(None))
        .order_by(_NEWEST.c.hand_id, _NEWEST.c.annotator_id, _NEWEST.c.round)
    )
    columns = list(zip(*session.execute(query).all(), strict=True)) or [(), (), (), (), ()]
    hand_ids, image_ids, rounds = (np.array(column, np.int64) for column in columns[:3])
    names = tuple(people[annotator_id] for annotator_id in columns[3])
    return VerdictTable(hand_ids, image_ids, rounds, names, tuple(columns[4]))


def _check_parent(session: Session, new: NewAnnotation, annotator_id: int) -> None:
    query = select(_NEWEST.c.annotation_id).where(
        _NEWEST.c.hand_id == new.hand_id, _NEWEST.c.annotator_id == annotator_id, _NEWEST.c.round == new.round
    )
    newest_id = session.execute(query).scalar()
    if newest_id != new.parent_id:
        raise Conflict(
            f"Hand {new.hand_id} was changed elsewhere since you opened it; your change was not saved.",
            newest_id=newest_id,
            hint="Look at both versions and choose one.",
        )


def _make_newest(session: Session, row: dict[str, Any]) -> None:
    stays = case((_NEWEST.c.annotator_id == row["annotator_id"], 0), else_=_NEWEST.c.of_annotator)
    older = update(_NEWEST).where(_NEWEST.c.hand_id == row["hand_id"])
    session.execute(older.values(of_hand=0, of_annotator=stays))
    put_many(session, NewestRow, [row | {"of_hand": 1, "of_annotator": 1}])


def _values(new: NewAnnotation) -> dict[str, Any]:
    return {
        "parent_id": new.parent_id,
        "pose": pose_to_dict(new.pose),
        "verdict": new.verdict,
        "findings": [finding_to_dict(finding) for finding in new.findings],
        "note": new.note,
        "active_seconds": new.active_seconds,
        "action": new.action,
        "kind": new.kind,
        "flagged": new.flagged,
        "basis": new.basis,
    }


def _select() -> Select[Any]:
    return select(_TABLE, _PEOPLE.c.name.label("annotator")).join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.annotator_id)


def _annotation(row: Row[Any]) -> Annotation:
    return Annotation(
        hand_id=row.hand_id,
        annotator=row.annotator,
        pose=pose_from_dict(row.pose),
        verdict=row.verdict,
        findings=tuple(finding_from_dict(finding) for finding in row.findings),
        note=row.note,
        active_seconds=row.active_seconds,
        parent_id=row.parent_id,
        round=row.round,
        action=row.action,
        kind=row.kind,
        flagged=row.flagged,
        basis=row.basis,
        id=row.id,
        created_at=iso(row.created_at),
    )
