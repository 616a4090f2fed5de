"""Small pieces of SQL that several nouns share: chunks of ids, inserts that replace, inserts that return ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import FromClause, Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T")
CHUNK = 500
"""Ids in one IN list; both databases plan it well and stay far from their limit of parameters."""


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def table_of(row: type[DeclarativeBase]) -> Table:
    """Return the table behind a mapped class."""
    return cast(Table, row.__table__)


def insert_many(session: Session, row: type[DeclarativeBase], values: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows and return their new ids in the same order."""
    if not values:
        return []
    table = table_of(row)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(i) for i in session.execute(statement, list(values)).scalars()]


def put_many(session: Session, row: type[DeclarativeBase], values: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where the primary key exists already, replace every other column."""
    if values:
        session.execute(_upsert(session, table_of(row)), list(values))


def _upsert(session: Session, table: Table) -> Insert:
    keys = [column.name for column in cast(FromClause, table).primary_key]
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=keys, set_={c.name: lite.excluded[c.name] for c in table.columns if c.name not in keys}
        )
    post = postgresql.insert(table)
    return post.on_conflict_do_update(
        index_elements=keys, set_={c.name: post.excluded[c.name] for c in table.columns if c.name not in keys}
    )
