"""What detectors and scorers said of one hand, and when: the part of its history that no person wrote."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.hand.codec import pose_from_dict
from handanat_studio.hand.evidence import evidence_from_dict
from handanat_studio.hand.values import Box, Detection
from handanat_studio.store.columns import iso
from handanat_studio.store.schema import DetectionRow, ScoreRow
from handanat_studio.store.statements import table_of

_SEEN = table_of(DetectionRow)
_SCORES = table_of(ScoreRow)


def detections(session: Session, hand_id: int) -> list[tuple[str, Detection]]:
    """Return (time, detection) of every version of the detector chain that found a hand, oldest first.

    Times are UTC in ISO 8601.
    """
    query = select(_SEEN).where(_SEEN.c.hand_id == hand_id).order_by(_SEEN.c.created_at)
    return [
        (
            iso(row.created_at),
            Detection(
                box=Box(row.x, row.y, row.width, row.height),
                pose=pose_from_dict(row.pose),
                detector=row.detector,
                version=row.detector_version,
                score=row.score,
                fallback_reason=row.fallback_reason,
                evidence=None if row.evidence is None else evidence_from_dict(row.evidence),
            ),
        )
        for row in session.execute(query)
    ]


def scorings(session: Session, hand_id: int) -> list[tuple[str, str, str, str]]:
    """Return (time, scorer, version, verdict) of every scorer's newest word on a hand, oldest first."""
    columns = (_SCORES.c.created_at, _SCORES.c.scorer, _SCORES.c.version, _SCORES.c.verdict)
    query = select(*columns).where(_SCORES.c.hand_id == hand_id).order_by(_SCORES.c.created_at, _SCORES.c.scorer)
    return [(iso(at), scorer, version, verdict) for at, scorer, version, verdict in session.execute(query)]
