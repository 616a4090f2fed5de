"""Chains of revisions: the newest revision of each annotator, hand and round, and the stage it has reached.

A stage follows from the reviews and the revisions of the chain; it is kept beside the newest revision so that the
library can ask for it quickly, and `verify` recomputes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import Annotation
from handanat_studio.store.annotations import annotation_of, select_annotations
from handanat_studio.store.schema import AnnotationRow, AnnotatorRow, HandRow, NewestRow
from handanat_studio.store.statements import chunks, table_of

_TABLE = table_of(AnnotationRow)
_NEWEST = table_of(NewestRow)
_PEOPLE = table_of(AnnotatorRow)
_HANDS = table_of(HandRow)


@dataclass(frozen=True, slots=True)
class Chain:
    """The newest revision of one annotator, hand and round.

    Attributes:
        annotation: that revision.
        image_id: the image of its hand.
        stage: one of `hand.annotation.STAGES`.
        contradictory: whether what it says contradicts itself.
        simulated: whether no person is behind it.
        is_current: whether it is the annotator's newest own annotation of the hand, whatever the round.
    """

    annotation: Annotation
    image_id: int
    stage: str
    contradictory: bool
    simulated: bool
    is_current: bool

    @property
    def standing(self) -> Standing:
        """The same without joints and findings."""
        said = self.annotation
        return Standing(said.id, said.annotator, said.kind, said.verdict, self.stage, self.is_current)


@dataclass(frozen=True, slots=True)
class Standing:
    """A chain without what its newest revision says of joints and findings; quick to read for many hands.

    Attributes:
        annotation_id: the newest revision.
        annotator: whose chain it is.
        kind: one of `hand.annotation.KINDS`.
        verdict: one of `hand.values.VERDICTS`, None = undecided.
        stage: one of `hand.annotation.STAGES`.
        is_current: see `Chain`.
    """

    annotation_id: int
    annotator: str
    kind: str
    verdict: str | None
    stage: str
    is_current: bool


def standings(session: Session, hand_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """Return by hand id how every chain of every kind stands, oldest annotator first; see `of_hands`."""
    found: dict[int, list[Standing]] = {}
    columns = (_NEWEST.c.annotation_id, _PEOPLE.c.name, _NEWEST.c.kind, _NEWEST.c.verdict, _NEWEST.c.stage)
    query = select(_NEWEST.c.hand_id, *columns, _NEWEST.c.of_annotator)
    query = query.join(_PEOPLE, _PEOPLE.c.id == _NEWEST.c.annotator_id)
    for part in chunks(hand_ids):
        rows = session.execute(
            query.where(_NEWEST.c.hand_id.in_([int(i) for i in part])).order_by(_NEWEST.c.annotator_id, _NEWEST.c.round)
        )
        for hand_id, annotation_id, annotator, kind, verdict, stage, of_annotator in rows:
            standing = Standing(annotation_id, annotator, kind, verdict, stage, bool(of_annotator))
            found.setdefault(hand_id, []).append(standing)
    return found


def of_hands(session: Session, hand_ids: Sequence[int]) -> dict[int, list[Chain]]:
    """Return by hand id every chain of every kind, oldest annotator first; hands without one are left out."""
    found: dict[int, list[Chain]] = {}
    for part in chunks(hand_ids):
        query = _select().where(_NEWEST.c.hand_id.in_([int(i) for i in part]))
        for row in session.execute(query.order_by(_NEWEST.c.annotator_id, _NEWEST.c.round)):
            found.setdefault(row.hand_id, []).append(_chain(row))
    return found


def own(session: Session, hand_id: int, annotator: str) -> Chain:
    """Return the chain of somebody's newest own annotation of a hand.

    Raises:
        UserError: if she has not annotated it.
    """
    query = _select().where(_NEWEST.c.hand_id == hand_id, _NEWEST.c.of_annotator == 1, _PEOPLE.c.name == annotator)
    row = session.execute(query).first()
    if row is None:
        raise UserError(f"{annotator} has not annotated hand {hand_id}.", hint="Give it a verdict first.")
    return _chain(row)


def stages(session: Session, hand_ids: Sequence[int], annotator: str) -> dict[int, str]:
    """Return by hand id how far somebody's newest own annotation has come; hands without one are left out."""
    found: dict[int, str] = {}
    query = select(_NEWEST.c.hand_id, _NEWEST.c.stage).join(_PEOPLE, _PEOPLE.c.id == _NEWEST.c.annotator_id)
    query = query.where(_NEWEST.c.of_annotator == 1, _PEOPLE.c.name == annotator)
    for part in chunks(hand_ids):
        rows = session.execute(query.where(_NEWEST.c.hand_id.in_([int(i) for i in part])))
        found.update((row.hand_id, row.stage) for row in rows)
    return found


def of_annotation(session: Session, annotation_id: int) -> Chain:
    """Return the chain whose newest revision this is.

    Raises:
        UserError: if there is no such revision, or it is no longer the newest of its chain.
    """
    row = session.execute(_select().where(_NEWEST.c.annotation_id == annotation_id)).first()
    if row is not None:
        return _chain(row)
    if session.execute(select(_TABLE.c.id).where(_TABLE.c.id == annotation_id)).first() is None:
        raise UserError(f"There is no annotation {annotation_id} in this project.", hint="Refresh the page.")
    raise UserError(
        "The annotation was changed since you opened it; nothing was decided.", hint="Look at the newest revision."
    )


def set_stage(session: Session, chain: Chain, stage: str) -> None:
    """Note how far a chain has come; the deed behind it is recorded by `reviews.record`."""
    session.execute(update(_NEWEST).where(_NEWEST.c.annotation_id == chain.annotation.id).values(stage=stage))


def _select() -> Select[Any]:
    return (
        select_annotations()
        .join(_NEWEST, _NEWEST.c.annotation_id == _TABLE.c.id)
        .join(_HANDS, _HANDS.c.id == _TABLE.c.hand_id)
        .add_columns(
            _HANDS.c.image_id, _NEWEST.c.stage, _NEWEST.c.contradictory, _NEWEST.c.of_annotator, _PEOPLE.c.simulated
        )
    )


def _chain(row: Row[Any]) -> Chain:
    return Chain(
        annotation=annotation_of(row),
        image_id=row.image_id,
        stage=row.stage,
        contradictory=row.contradictory,
        simulated=row.simulated,
        is_current=bool(row.of_annotator),
    )
