"""Opening a store and its units of work. The rules of concurrency live here and nowhere else.

SQLite: the driver's own transaction handling is off; write units BEGIN IMMEDIATE, read units BEGIN, both in WAL mode.
PostgreSQL: write units take one advisory lock, so that they follow one another as on SQLite; read units are snapshots.
A commit survives the death of the process (`kill -9`). With synchronous=NORMAL the last commits before a loss of
power may be missing after it, but the file stays whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store.backup import has_magic
from handanat_studio.store.failures import RESTORE_HINT, user_error
from handanat_studio.store.upgrade import bring_up_to_date

_ROLE = "handanat_role"
_PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    # Without it INSERT OR REPLACE would slip past the triggers that refuse deletion.
    "recursive_triggers=ON",
    "temp_store=MEMORY",
    "cache_size=-8000",
)


class Store:
    """An open database. Made by `open_store`; use `read()` and `write()`, then `close()`.

    Attributes:
        url: where it is, without a password.
        dialect: "sqlite" or "postgresql".
        file: the SQLite file; None on PostgreSQL.
    """

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self.url = engine.url.render_as_string(hide_password=True)
        self.dialect = engine.dialect.name
        self.file = file
        self._engine = engine
        self._writer = _with_role(engine, "write")
        self._reader = _with_role(engine, "read")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one consistent state and cannot write; it ends with the `with` block."""
        with _plain_failures(), _session(self._reader) as session:
            session.connection()
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all if the block raises.

        Write units of all threads and processes follow one another.

        Raises:
            UserError: if another program keeps the store locked, the disk is full, or the file is damaged.
        """
        with _plain_failures(), _session(self._writer) as session, session.begin():
            session.connection()
            yield session

    def close(self) -> None:
        """Close every connection; on SQLite this also folds the write-ahead log into the file."""
        self._engine.dispose()


def open_store(url: str | Path, *, backups: Path | None = None, create: bool = True) -> Store:
    """Open a store and bring its tables up to date, after a backup copy if that changes a SQLite file with content.

    Args:
        url: SQLAlchemy URL ("sqlite:///...", "postgresql+psycopg://...") or the path of a SQLite file.
        backups: folder for the copy made before a migration; None = no copy.
        create: make the SQLite file if it does not exist.

    Raises:
        UserError: if it cannot be reached, is damaged, is no HandAnat database, or was written by a newer version.
    """
    target = _parse(url)
    file = _sqlite_file(target)
    if file is not None:
        if not file.exists():
            if not create:
                raise UserError(f"There is no project database at {file}.", hint=RESTORE_HINT)
            _create_file(target, file)
        _check_file(file)
    engine = _make_engine(target)
    try:
        with _plain_failures():
            bring_up_to_date(engine, _with_role(engine, "write"), file=file, backups=backups)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, file)


def _parse(url: str | Path) -> URL:
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise UserError(
            f"'{url}' is not a database URL.", hint="Write sqlite:///FILE or postgresql://HOST/NAME."
        ) from error
    # The driver that the "postgres" extra installs; SQLAlchemy's own choice differs between its versions.
    return target.set(drivername="postgresql+psycopg") if target.drivername == "postgresql" else target


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise UserError("A project needs a database file.", hint="Write sqlite:///FILE.")
    return Path(url.database)


def _check_file(file: Path) -> None:
    try:
        whole = has_magic(file)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.", hint="Check its permissions.") from error
    if not whole:
        what = "is not a database" if file.stat().st_size else "is empty"
        raise UserError(f"The project's database {file} {what}.", hint=RESTORE_HINT)


def _create_file(url: URL, file: Path) -> None:
    """Build the tables under another name first: nobody ever sees a half-made project, even after a kill."""
    part = file.with_name(f"{file.name}.new-{os.getpid()}")
    engine = _make_engine(url.set(database=str(part)))
    try:
        with _plain_failures():
            bring_up_to_date(engine, _with_role(engine, "write"), file=None, backups=None)
        engine.dispose()
        if not file.exists():
            part.replace(file)
    finally:
        engine.dispose()
        for suffix in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _make_engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            json_serializer=lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False),
            pool_pre_ping=url.get_backend_name() != "sqlite",
        )
    except (NoSuchModuleError, ImportError) as error:
        raise UserError(
            f"No driver for '{url.drivername}' is installed.", hint="pip install 'handanat-studio[postgres]'"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin_postgres)
    else:
        raise UserError(f"'{engine.dialect.name}' databases are not supported.", hint="Use SQLite or PostgreSQL.")
    event.listen(engine, "before_cursor_execute", _same_thread)
    return engine


def _with_role(engine: Engine, role: str) -> Engine:
    if engine.dialect.name == "postgresql" and role == "read":
        return engine.execution_options(
            **{_ROLE: role, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
    return engine.execution_options(**{_ROLE: role})


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_ROLE) == "write"
    connection.info["thread"] = get_ident()
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    connection.info["thread"] = get_ident()
    if connection.get_execution_options().get(_ROLE) == "write":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('handanat.' || current_schema()))")


def _same_thread(connection: Connection, *_: object) -> None:
    if connection.info.get("thread", get_ident()) != get_ident():
        raise RuntimeError("a session was handed to another thread")


def _session(engine: Engine) -> Session:
    return Session(engine, expire_on_commit=False, close_resets_only=False)


@contextmanager
def _plain_failures() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        plain = user_error(error)
        if plain is None:
            raise
        raise plain from error
