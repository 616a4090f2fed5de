"""Filters and sort orders that somebody named, for everybody in the project. What a filter means is the library's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store import events
from handanat_studio.store.columns import iso, now
from handanat_studio.store.schema import ViewRow
from handanat_studio.store.statements import insert_many, table_of

_TABLE = table_of(ViewRow)


@dataclass(frozen=True, slots=True)
class View:
    """A named filter; `filter` is plain JSON, `created_at` UTC in ISO 8601."""

    name: str
    author: str
    filter: dict[str, Any]
    created_at: str


def save(session: Session, name: str, filter: Mapping[str, Any], *, author: str) -> None:
    """Store a view, in the place of an older one of that name. Call inside `Store.write()`.

    Raises:
        UserError: if the name is empty.
    """
    if not name.strip():
        raise UserError("A view needs a name.", hint="Enter one.")
    values = {"name": name.strip(), "author": author, "filter": dict(filter), "created_at": now()}
    here = update(_TABLE).where(_TABLE.c.name == values["name"]).values(values).returning(_TABLE.c.id)
    if not session.execute(here).all():
        insert_many(session, ViewRow, [values])
    events.record(session, "save view", actor=author, detail={"view": values["name"]})


def delete_named(session: Session, name: str) -> None:
    """Forget a view.

    Raises:
        UserError: if there is no such view.
    """
    if not session.execute(delete(_TABLE).where(_TABLE.c.name == name).returning(_TABLE.c.id)).all():
        raise UserError(f"There is no view '{name}'.", hint="Refresh the list.")
    events.record(session, "delete view", detail={"view": name})


def all(session: Session) -> list[View]:
    """Return every view, by name."""
    query = select(_TABLE).order_by(_TABLE.c.name)
    return [View(row.name, row.author, dict(row.filter), iso(row.created_at)) for row in session.execute(query)]
