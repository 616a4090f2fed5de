"""Measured features of detected hands, as the JSON value that `hand.features` makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import FeatureRow, HandRow
from handanat_studio.store.statements import chunks, table_of
from handanat_studio.store.statements import put_many as replace_many

_TABLE = table_of(FeatureRow)


def put_many(session: Session, rows: Sequence[tuple[int, dict[str, Any], str]]) -> None:
    """Store (hand id, features, version of the measurement), replacing what was measured before."""
    at = now()
    for part in chunks(rows):
        replace_many(
            session,
            FeatureRow,
            [{"hand_id": int(h), "version": version, "data": data, "created_at": at} for h, data, version in part],
        )
    if rows:
        touched = [int(hand_id) for hand_id, _, _ in rows]
        events.record(session, "measure", detail={"hands": len(rows), "version": rows[0][2], "hand_ids": touched})


def get(session: Session, hand_id: int) -> dict[str, Any] | None:
    """Return the features of a hand's detection, or None if they have not been measured."""
    return of_hands(session, [hand_id]).get(hand_id)


def of_hands(session: Session, hand_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the features of several hands by hand id; unmeasured hands are left out."""
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(hand_ids):
        query = select(_TABLE.c.hand_id, _TABLE.c.data).where(_TABLE.c.hand_id.in_([int(i) for i in part]))
        found |= {hand_id: dict(data) for hand_id, data in session.execute(query)}
    return found


def missing(session: Session, version: str, limit: int = 500) -> list[int]:
    """Return ids of hands with a detected pose whose features are not of this version, oldest first."""
    hands = table_of(HandRow)
    stale = or_(_TABLE.c.version.is_(None), _TABLE.c.version != version)
    query = select(hands.c.id).outerjoin(_TABLE, and_(_TABLE.c.hand_id == hands.c.id))
    query = query.where(hands.c.detected_version.is_not(None), stale).order_by(hands.c.id).limit(limit)
    return list(session.execute(query).scalars())
