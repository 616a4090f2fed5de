"""Versions of a project's list of finding kinds: appended, never changed."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.hand.label_schema import LabelSchema, schema_from_dict, schema_to_dict
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import AnnotationRow, LabelSchemaRow, NewestRow
from handanat_studio.store.statements import insert_many, table_of

_TABLE = table_of(LabelSchemaRow)


def current(session: Session) -> LabelSchema:
    """Return the newest version, or the program's own list if the project has none."""
    query = select(_TABLE.c.id, _TABLE.c.definition).order_by(_TABLE.c.id.desc()).limit(1)
    row = session.execute(query).first()
    return LabelSchema() if row is None else LabelSchema(schema_from_dict(row.definition).kinds, row.id)


def append(session: Session, schema: LabelSchema, *, author: str, note: str = "") -> LabelSchema:
    """Store another version and return it with its number. Call inside `Store.write()`."""
    row = {"author": author, "definition": schema_to_dict(schema), "note": note, "created_at": now()}
    (version,) = insert_many(session, LabelSchemaRow, [row])
    events.record(session, "change labels", actor=author, detail={"version": version, "note": note})
    return LabelSchema(schema.kinds, version)


def uses(session: Session) -> dict[str, tuple[int, int]]:
    """Return by kind id how many findings of newest revisions have it, and on how many hands."""
    said, newest = table_of(AnnotationRow), table_of(NewestRow)
    query = select(newest.c.hand_id, said.c.findings).join(newest, newest.c.annotation_id == said.c.id)
    findings: Counter[str] = Counter()
    hands: dict[str, set[int]] = {}
    for hand_id, found in session.execute(query, execution_options={"yield_per": 500}):
        for finding in found:
            findings[finding["kind"]] += 1
            hands.setdefault(finding["kind"], set()).add(hand_id)
    return {kind: (number, len(hands[kind])) for kind, number in findings.items()}
