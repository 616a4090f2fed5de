"""Who annotates. A simulated annotator is marked as one for good."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import AnnotatorRow
from handanat_studio.store.statements import insert_many, table_of


@dataclass(frozen=True, slots=True)
class Annotator:
    """Someone who annotates; `role` is free text such as "annotator" or "adjudicator"."""

    id: int
    name: str
    role: str = "annotator"
    simulated: bool = False


_TABLE = table_of(AnnotatorRow)
_QUERY = select(_TABLE.c.id, _TABLE.c.name, _TABLE.c.role, _TABLE.c.simulated)


def ensure(session: Session, name: str, *, role: str = "annotator", simulated: bool = False) -> Annotator:
    """Return the annotator of this name, made on first use; role and simulated count only then.

    Raises:
        UserError: if the name is empty, or a simulation would use a person's name.
    """
    if not name.strip():
        raise UserError("An annotator needs a name.", hint="Enter one in the settings.")
    found = get(session, name)
    if found is None:
        row = {"name": name, "role": role, "simulated": simulated, "created_at": now()}
        (annotator_id,) = insert_many(session, AnnotatorRow, [row])
        events.record(session, "add annotator", actor=name, detail={"role": role, "simulated": simulated})
        return Annotator(annotator_id, name, role, simulated)
    if simulated and not found.simulated:
        raise UserError(f"'{name}' is a person; a simulation needs a name of its own.", hint="Choose another name.")
    return found


def get(session: Session, name: str) -> Annotator | None:
    """Return the annotator of this name, or None."""
    row = session.execute(_QUERY.where(_TABLE.c.name == name)).first()
    return None if row is None else Annotator(*row)


def all(session: Session) -> list[Annotator]:
    """Return every annotator, oldest first."""
    return [Annotator(*row) for row in session.execute(_QUERY.order_by(_TABLE.c.id))]
