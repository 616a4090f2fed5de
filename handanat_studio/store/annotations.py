"""Revisions by annotators: appended, never changed. A revision whose parent is no longer the newest is a `Conflict`.

How far a chain of revisions has come is in `chains`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, case, func, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import Conflict, UserError
from handanat_studio.hand.annotation import ANNOTATION, DRAFT, RETURNED, Annotation, NewAnnotation
from handanat_studio.hand.codec import finding_from_dict, finding_to_dict, pose_from_dict, pose_to_dict
from handanat_studio.hand.contradictions import contradictions
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.store import annotators, events
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import AnnotationRow, AnnotatorRow, HandRow, NewestRow
from handanat_studio.store.statements import chunks, insert_many, put_many, table_of

_TABLE = table_of(AnnotationRow)
_NEWEST = table_of(NewestRow)
_PEOPLE = table_of(AnnotatorRow)


@dataclass(frozen=True, slots=True, eq=False)
class VerdictTable:
    """The verdict of the newest annotation of every hand, annotator and round, where there is one.

    Fixes and adjudications are left out: they are not independent of what they rest on.

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

    What was submitted or accepted becomes a draft again; what was returned stays so until it is submitted.

    Raises:
        Conflict: if `parent_id` is not the newest revision of this hand, annotator and round.
        UserError: if there is no such hand.
        ValueError: if the chain is of another kind, or the basis names a revision of another hand.
    """
    image_id = session.execute(select(HandRow.image_id).where(HandRow.id == new.hand_id)).scalar()
    if image_id is None:
        raise UserError(f"There is no hand {new.hand_id} in this project.", hint="Refresh the library.")
    annotator = annotators.ensure(session, new.annotator)
    chain = {"hand_id": new.hand_id, "annotator_id": annotator.id, "round": new.round}
    stage = _check_parent(session, new, annotator.id)
    _check_basis(session, new)
    at = now()
    (annotation_id,) = insert_many(session, AnnotationRow, [_values(new) | chain | {"created_at": at}])
    _make_newest(session, chain | {"annotation_id": annotation_id, "stage": stage} | _shown(new))
    events.record(
        session,
        "annotate",
        actor=new.annotator,
        image_id=image_id,
        hand_id=new.hand_id,
        detail={"annotation_id": annotation_id, "action": new.action, "verdict": new.verdict, "kind": new.kind},
    )
    fields = {name: getattr(new, name) for name in NewAnnotation.__dataclass_fields__}
    return Annotation(**fields, id=annotation_id, created_at=iso(at))


def free_round(session: Session, hand_id: int, annotator: str, kind: str) -> int:
    """Return the round in which somebody can begin a chain of a kind on a hand.

    The first round is kept for her own annotation, so that a reviewer can still make one after a fix.
    """
    query = select(func.max(_NEWEST.c.round)).join(_PEOPLE, _PEOPLE.c.id == _NEWEST.c.annotator_id)
    taken = session.execute(query.where(_NEWEST.c.hand_id == hand_id, _PEOPLE.c.name == annotator)).scalar() or 0
    return int(taken) + 1 if kind == ANNOTATION else max(int(taken), 1) + 1


def history(session: Session, hand_id: int, *, annotator: str | None = None) -> list[Annotation]:
    """Return every revision of a hand, of any kind, oldest first, of one annotator or (None) of all."""
    query = select_annotations().where(_TABLE.c.hand_id == hand_id).order_by(_TABLE.c.id)
    if annotator is not None:
        query = query.where(_PEOPLE.c.name == annotator)
    return [annotation_of(row) for row in session.execute(query)]


def get_many(session: Session, annotation_ids: Sequence[int]) -> dict[int, Annotation]:
    """Return revisions by id; unknown ids are left out."""
    found: dict[int, Annotation] = {}
    for part in chunks(annotation_ids):
        for row in session.execute(select_annotations().where(_TABLE.c.id.in_([int(i) for i in part]))):
            found[row.id] = annotation_of(row)
    return found


def newest(session: Session, hand_id: int, annotator: str, round: int = 1) -> Annotation | None:
    """Return the newest revision of an annotator on a hand in a round, or None."""
    query = select_annotations().join(_NEWEST, _NEWEST.c.annotation_id == _TABLE.c.id)
    query = query.where(_NEWEST.c.hand_id == hand_id, _NEWEST.c.round == round, _PEOPLE.c.name == annotator)
    row = session.execute(query).first()
    return None if row is None else annotation_of(row)


def newest_of_hands(session: Session, hand_ids: Sequence[int], annotator: str | None) -> dict[int, Annotation]:
    """Return by hand id one annotator's newest annotation (any round), or (None) whoever's revision came last.

    Fixes and adjudications count only in the latter case.
    """
    found: dict[int, Annotation] = {}
    for part in chunks(hand_ids):
        query = select_annotations().join(_NEWEST, _NEWEST.c.annotation_id == _TABLE.c.id)
        query = query.where(_NEWEST.c.hand_id.in_([int(i) for i in part]))
        if annotator is None:
            query = query.where(_NEWEST.c.of_hand == 1)
        else:
            query = query.where(_NEWEST.c.of_annotator == 1, _PEOPLE.c.name == annotator)
        found |= {row.hand_id: annotation_of(row) for row in session.execute(query)}
    return found


def verdict_table(session: Session) -> VerdictTable:
    """Return everybody's newest own verdicts, ordered by hand, annotator and round; undecided ones are left out."""
    people = {row.id: row.name for row in session.execute(select(_PEOPLE.c.id, _PEOPLE.c.name))}
    hands = table_of(HandRow)
    query = (
        select(_NEWEST.c.hand_id, hands.c.image_id, _NEWEST.c.round, _NEWEST.c.annotator_id, _NEWEST.c.verdict)
        .join(hands, hands.c.id == _NEWEST.c.hand_id)
        .where(_NEWEST.c.verdict.is_not(None), _NEWEST.c.kind == ANNOTATION)
        .order_by(_NEWEST.c.hand_id, _NEWEST.c.annotator_id, _NEWEST.c.round)
    )
    columns = list(zip(*session.execute(query).all(), strict=True)) or [(), (), (), (), ()]
    hand_ids, image_ids, rounds = (np.array(column, np.int64) for column in columns[:3])
    names = tuple(people[annotator_id] for annotator_id in columns[3])
    return VerdictTable(hand_ids, image_ids, rounds, names, tuple(columns[4]))


def is_contradictory(pose: dict[str, Any], verdict: str | None, findings: Sequence[dict[str, Any]]) -> bool:
    """Return whether what a stored revision says contradicts itself; poses and findings as the table has them."""
    said = Opinion(pose_from_dict(pose), verdict, tuple(finding_from_dict(finding) for finding in findings))
    return bool(contradictions(said))


def _check_parent(session: Session, new: NewAnnotation, annotator_id: int) -> str:
    """Return the stage of the chain after this revision."""
    query = select(_NEWEST.c.annotation_id, _NEWEST.c.kind, _NEWEST.c.stage).where(
        _NEWEST.c.hand_id == new.hand_id, _NEWEST.c.annotator_id == annotator_id, _NEWEST.c.round == new.round
    )
    newest_id, kind, stage = session.execute(query).first() or (None, new.kind, DRAFT)
    if newest_id != new.parent_id:
        raise Conflict(
            f"Hand {new.hand_id} was changed elsewhere since you opened it; your change was not saved.",
            newest_id=newest_id,
            hint="Look at both versions and choose one.",
        )
    if kind != new.kind:
        raise ValueError(f"a chain of kind {kind} cannot go on as {new.kind}")
    return RETURNED if stage == RETURNED else DRAFT


def _check_basis(session: Session, new: NewAnnotation) -> None:
    ids = set((new.basis or {}).get("annotations", ()))
    query = select(func.count()).select_from(_TABLE).where(_TABLE.c.id.in_(ids), _TABLE.c.hand_id == new.hand_id)
    if ids and session.execute(query).scalar_one() != len(ids):
        raise ValueError("a revision can rest only on revisions of its own hand")


def _make_newest(session: Session, row: dict[str, Any]) -> None:
    own = int(row["kind"] == ANNOTATION)
    stays = case((_NEWEST.c.annotator_id == row["annotator_id"], 0), else_=_NEWEST.c.of_annotator)
    older = update(_NEWEST).where(_NEWEST.c.hand_id == row["hand_id"])
    session.execute(older.values(of_hand=0, of_annotator=stays) if own else older.values(of_hand=0))
    put_many(session, NewestRow, [row | {"of_hand": 1, "of_annotator": own}])


def _shown(new: NewAnnotation) -> dict[str, Any]:
    """Return what the library shows of a revision without reading it."""
    return {
        "verdict": new.verdict,
        "kind": new.kind,
        "flagged": new.flagged,
        "contradictory": bool(contradictions(opinion_of(new))),
    }


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


def select_annotations() -> Select[Any]:
    """Return the query of whole revisions with their annotator's name."""
    return select(_TABLE, _PEOPLE.c.name.label("annotator")).join(_PEOPLE, _PEOPLE.c.id == _TABLE.c.annotator_id)


def annotation_of(row: Row[Any]) -> Annotation:
    """Return a row of `select_annotations` as a value."""
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
