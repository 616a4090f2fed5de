"""Remarks on hands and their parts. Append-only: a remark is settled by another row that names it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store import annotators, events
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import AnnotationRow, AnnotatorRow, CommentRow, HandRow
from handanat_studio.store.statements import insert_many, table_of

COMMENT, RETURN, RESOLVE = "comment", "return", "resolve"

_TABLE = table_of(CommentRow)
_PEOPLE = table_of(AnnotatorRow)
_AUTHORS = _PEOPLE.alias("authors")
_HANDS = table_of(HandRow)
_SAID = table_of(AnnotationRow)


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark.

    Attributes:
        author: name of who wrote it.
        part: a joint ("index_pip"), a digit ("ring"), or "" for the whole hand.
        text: what it says.
        kind: "comment", or "return" for the reason why a reviewer gave the annotation back.
        annotation_id: the revision it is about; None = the hand as such.
        created_at: UTC, ISO 8601.
        resolved_by: who settled it; "" = it is open.
        resolved_at: when; "" = it is open.
        resolution: what was said on settling it.
    """

    id: int
    hand_id: int
    author: str
    part: str
    text: str
    kind: str
    annotation_id: int | None
    created_at: str
    resolved_by: str = ""
    resolved_at: str = ""
    resolution: str = ""


def add(
    session: Session,
    hand_id: int,
    *,
    author: str,
    text: str,
    part: str = "",
    kind: str = COMMENT,
    annotation_id: int | None = None,
) -> Comment:
    """Store a remark; see `Comment` for the arguments. Call inside `Store.write()`.

    Raises:
        UserError: if it says nothing, there is no such hand, or the revision is not one of that hand.
    """
    if not text.strip():
        raise UserError("A comment needs a text.", hint="Write what you want to say.")
    if annotation_id is not None:
        query = select(_SAID.c.id).where(_SAID.c.id == annotation_id, _SAID.c.hand_id == hand_id)
        if session.execute(query).first() is None:
            raise UserError(f"Hand {hand_id} has no annotation {annotation_id}.", hint="Refresh the page.")
    values = {"part": part, "text": text.strip(), "kind": kind, "annotation_id": annotation_id, "resolves_id": None}
    comment_id, at = _insert(session, hand_id, author, values)
    return Comment(comment_id, hand_id, author, part, text.strip(), kind, annotation_id, at)


def resolve(session: Session, comment: Comment, *, author: str, text: str = "") -> Comment:
    """Settle a remark and return it as settled.

    Raises:
        UserError: if it is settled already.
    """
    if session.execute(select(_TABLE.c.id).where(_TABLE.c.resolves_id == comment.id)).first() is not None:
        raise UserError("The comment is resolved already.", hint="Refresh the page.")
    values = {
        "part": comment.part,
        "text": text.strip(),
        "kind": RESOLVE,
        "annotation_id": comment.annotation_id,
        "resolves_id": comment.id,
    }
    _, at = _insert(session, comment.hand_id, author, values)
    return replace(comment, resolved_by=author, resolved_at=at, resolution=text.strip())


def get(session: Session, comment_id: int) -> Comment:
    """Return one remark.

    Raises:
        UserError: if there is no such remark.
    """
    row = session.execute(_select().where(_TABLE.c.id == comment_id)).first()
    if row is None:
        raise UserError(f"There is no comment {comment_id} in this project.", hint="Refresh the page.")
    return _comment(row)


def of_hand(session: Session, hand_id: int, *, concerning: str | None = None) -> list[Comment]:
    """Return the remarks on a hand, open and settled, oldest first.

    Args:
        session: of the store.
        hand_id: the hand.
        concerning: only what this annotator wrote or what is about her annotations; None = everything.
    """
    query = _select().where(_TABLE.c.hand_id == hand_id).order_by(_TABLE.c.id)
    if concerning is not None:
        hers = select(_SAID.c.id).join(_PEOPLE, _PEOPLE.c.id == _SAID.c.annotator_id)
        hers = hers.where(_SAID.c.hand_id == hand_id, _PEOPLE.c.name == concerning)
        query = query.where(or_(_AUTHORS.c.name == concerning, _TABLE.c.annotation_id.in_(hers)))
    return [_comment(row) for row in session.execute(query)]


def _insert(session: Session, hand_id: int, author: str, values: dict[str, Any]) -> tuple[int, str]:
    """Return the new row's id and time."""
    image_id = session.execute(select(_HANDS.c.image_id).where(_HANDS.c.id == hand_id)).scalar()
    if image_id is None:
        raise UserError(f"There is no hand {hand_id} in this project.", hint="Refresh the library.")
    at = now()
    person = {"hand_id": hand_id, "author_id": annotators.ensure(session, author).id, "created_at": at}
    (row_id,) = insert_many(session, CommentRow, [values | person])
    action = "resolve comment" if values["kind"] == RESOLVE else "comment"
    detail = {"comment_id": values["resolves_id"] or row_id, "part": values["part"]}
    events.record(session, action, actor=author, image_id=image_id, hand_id=hand_id, detail=detail)
    return row_id, iso(at)


def _select() -> Select[Any]:
    end, closer = _TABLE.alias(), _PEOPLE.alias()
    return (
        select(
            *(_TABLE.c[name] for name in ("id", "hand_id", "part", "text", "kind", "annotation_id", "created_at")),
            _AUTHORS.c.name.label("author"),
            closer.c.name.label("resolved_by"),
            end.c.created_at.label("resolved_at"),
            end.c.text.label("resolution"),
        )
        .join(_AUTHORS, _AUTHORS.c.id == _TABLE.c.author_id)
        .outerjoin(end, end.c.resolves_id == _TABLE.c.id)
        .outerjoin(closer, closer.c.id == end.c.author_id)
        .where(_TABLE.c.kind != RESOLVE)
    )


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        hand_id=row.hand_id,
        author=row.author,
        part=row.part,
        text=row.text,
        kind=row.kind,
        annotation_id=row.annotation_id,
        created_at=iso(row.created_at),
        resolved_by=row.resolved_by or "",
        resolved_at="" if row.resolved_at is None else iso(row.resolved_at),
        resolution=row.resolution or "",
    )
