"""What scorers said of detected hands: one row per hand and scorer, the newest version only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from handanat_studio.hand.codec import finding_from_dict, finding_to_dict, number
from handanat_studio.hand.values import Score
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import ScoreRow
from handanat_studio.store.statements import chunks, table_of
from handanat_studio.store.statements import put_many as replace_many

_TABLE = table_of(ScoreRow)


def put_many(session: Session, rows: Sequence[tuple[int, Score]]) -> None:
    """Store (hand id, score), replacing what an earlier version of the same scorer said."""
    at = now()
    for part in chunks(rows):
        replace_many(session, ScoreRow, [_values(int(h), score) | {"created_at": at} for h, score in part])
    if rows:
        versions = sorted({f"{score.scorer} {score.version}" for _, score in rows})
        touched = sorted({int(hand_id) for hand_id, _ in rows})
        events.record(session, "score", detail={"scores": len(rows), "versions": versions, "hand_ids": touched})


def of_hands(session: Session, hand_ids: Sequence[int]) -> dict[int, dict[str, Score]]:
    """Return scores by hand id and scorer name; hands without a score are left out."""
    found: dict[int, dict[str, Score]] = {}
    for part in chunks(hand_ids):
        for row in session.execute(select(_TABLE).where(_TABLE.c.hand_id.in_([int(i) for i in part]))):
            found.setdefault(row.hand_id, {})[row.scorer] = _score(row)
    return found


def _values(hand_id: int, score: Score) -> dict[str, Any]:
    return {
        "hand_id": hand_id,
        "scorer": score.scorer,
        "version": score.version,
        "value": score.value,
        "verdict": score.verdict,
        "parts": {name: number(value) for name, value in score.parts.items()},
        "findings": [finding_to_dict(finding) for finding in score.findings],
    }


def _score(row: Row[Any]) -> Score:
    return Score(
        scorer=row.scorer,
        version=row.version,
        value=row.value,
        verdict=row.verdict,
        parts={name: float("nan") if value is None else float(value) for name, value in row.parts.items()},
        findings=tuple(finding_from_dict(finding) for finding in row.findings),
    )
