"""The audit log: who did what, in the same transaction as the deed. Append-only; the database refuses anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import EventRow
from handanat_studio.store.statements import table_of


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    Attributes:
        at: UTC, ISO 8601.
        actor: annotator's name; "" = the program itself.
        action: what was done, e.g. "annotate" or "import".
        image_id: the image it was about; None = several or none.
        hand_id: the hand it was about; None = several or none.
        detail: what else is known, e.g. how many rows.
    """

    id: int
    at: str
    actor: str
    action: str
    image_id: int | None = None
    hand_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    session: Session,
    action: str,
    *,
    actor: str = "",
    image_id: int | None = None,
    hand_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the log; see `Event` for the meaning of the arguments."""
    row = {"at": now(), "actor": actor, "action": action, "image_id": image_id, "hand_id": hand_id}
    session.execute(insert(table_of(EventRow)), [row | {"detail": dict(detail or {})}])


def recent(session: Session, *, limit: int = 100, hand_id: int | None = None) -> list[Event]:
    """Return the newest lines, newest first, of everything or of one hand."""
    table = table_of(EventRow)
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if hand_id is not None:
        query = query.where(table.c.hand_id == hand_id)
    return [
        Event(
            id=row.id,
            at=iso(row.at),
            actor=row.actor,
            action=row.action,
            image_id=row.image_id,
            hand_id=row.hand_id,
            detail=dict(row.detail),
        )
        for row in session.execute(query)
    ]
