"""A look at a project that is not open: how much it holds and when it was last changed. Never waits, never writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be said of a project without opening it.

    Attributes:
        images, hands: how many; None = not known, as with a database server or a damaged file.
        changed_at: when its database was last written, UTC; None = not known.
    """

    images: int | None = None
    hands: int | None = None
    changed_at: datetime | None = None


def glance(file: Path) -> Glance:
    """Count what a project's SQLite file holds; what cannot be read is not known."""
    try:
        changed_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return Glance()
    try:
        # Immutable: another program may have it open, and a look must not leave files beside it.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as connection:
            images, hands = (
                int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in ("images", "hands")
            )
    except sqlite3.Error:
        return Glance(changed_at=changed_at)
    return Glance(images, hands, changed_at)
