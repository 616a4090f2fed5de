"""Who annotates, and what she may do. A simulated annotator is marked as one for good.

Roles guard against mistakes: everybody who works on this desktop is trusted, and a role is no lock.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import AnnotatorRow
from handanat_studio.store.statements import insert_many, table_of

ANNOTATOR, REVIEWER, LEAD = "annotator", "reviewer", "lead"
ROLES = (ANNOTATOR, REVIEWER, LEAD)
"""An annotator sees her own work; a reviewer also accepts, returns, fixes and adjudicates; a lead also assigns."""


@dataclass(frozen=True, slots=True)
class Annotator:
    """Someone who annotates; `role` is one of `ROLES`, or what an older project called it."""

    id: int
    name: str
    role: str = ANNOTATOR
    simulated: bool = False


_TABLE = table_of(AnnotatorRow)
_QUERY = select(_TABLE.c.id, _TABLE.c.name, _TABLE.c.role, _TABLE.c.simulated)


def ensure(session: Session, name: str, *, role: str = ANNOTATOR, simulated: bool = False) -> Annotator:
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


def role_of(session: Session, name: str) -> str:
    """Return what somebody may do: one of `ROLES`. While a project has no lead every person counts as one."""
    known = all(session)
    people = [person for person in known if not person.simulated]
    found = next((person for person in known if person.name == name), None)
    if found is not None and found.simulated:
        return ANNOTATOR
    if not any(person.role == LEAD for person in people):
        return LEAD
    return found.role if found is not None and found.role in ROLES else ANNOTATOR


def may_review(session: Session, name: str) -> bool:
    """Return whether somebody may see and judge the work of others."""
    return role_of(session, name) in (REVIEWER, LEAD)


def reviewers(session: Session) -> set[str]:
    """Return the names of all stored persons who may review."""
    return {person.name for person in all(session) if not person.simulated and may_review(session, person.name)}


def set_role(session: Session, name: str, role: str, *, by: str) -> None:
    """Give somebody a role; she is added if the project does not know her yet. Call inside `Store.write()`.

    Raises:
        UserError: if there is no such role, or nobody is behind the name.
    """
    if role not in ROLES:
        raise UserError(f"There is no role '{role}'.", hint=f"Choose one of: {', '.join(ROLES)}.")
    if ensure(session, name).simulated:
        raise UserError(f"'{name}' is simulated; only a person can have a role.", hint="Choose a person.")
    session.execute(update(_TABLE).where(_TABLE.c.name == name).values(role=role))
    events.record(session, "set role", actor=by, detail={"name": name, "role": role})
