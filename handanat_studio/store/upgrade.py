"""Which schema revision a database has, and bringing it to ours. Imports Alembic only when there is work for it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

from handanat_studio.errors import UserError
from handanat_studio.store.backup import copy_database

REVISIONS = ("0001", "0002", "0003")
"""Every revision in `migrations/versions`, oldest first; a test compares the two."""
HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).parent / "migrations"
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def bring_up_to_date(engine: Engine, writer: Engine, *, file: Path | None, backups: Path | None) -> None:
    """Migrate the database to `HEAD` in one transaction; do nothing if it is there already.

    Args:
        engine: the store's engine.
        writer: the same engine whose transactions are write units.
        file: the SQLite file, for the copy made before a migration.
        backups: folder of that copy; None = no copy.

    Raises:
        UserError: if the database belongs to another program or to a newer version of this one.
    """
    with engine.connect() as connection:
        found = current_revision(connection)
    if found == HEAD:
        return
    if found is not None and file is not None and backups is not None:
        copy_database(file, backups, label=f"before-{HEAD}")
    with writer.connect() as connection:
        if writer.dialect.name == "sqlite":
            # SQLite rebuilds tables to change them, and allows this switch only outside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            # Another process may have migrated while this one waited for the lock.
            if current_revision(connection) != HEAD:
                run_migrations(connection)
            if writer.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise UserError("The project cannot be migrated: rows refer to rows that are missing.")
        if writer.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def current_revision(connection: Connection) -> str | None:
    """Return the database's revision, or None if it has no table at all.

    Raises:
        UserError: if its tables are not ours, or its revision is not known to this version.
    """
    tables = {name for (name,) in connection.exec_driver_sql(_TABLES[connection.dialect.name])}
    if not tables:
        return None
    rows = (
        connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
        if "alembic_version" in tables
        else []
    )
    if len(rows) != 1 or "annotations" not in tables:
        raise UserError(
            "This database was not made by HandAnat Studio.", hint="Open the project's own file, or restore a backup."
        )
    revision = str(rows[0][0])
    if revision not in REVISIONS:
        raise UserError(
            f"This project was written by a newer version of HandAnat Studio (its tables are revision {revision}).",
            hint="Install the newest version, or restore a backup made with this one.",
        )
    return revision


def run_migrations(connection: Connection, *, target: str = "head") -> None:
    """Run every missing migration inside the connection's open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
