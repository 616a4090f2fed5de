"""Copies of a SQLite store: making, checking, pruning and putting back. Never while guessing: a bad copy is refused."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from handanat_studio.errors import UserError

if TYPE_CHECKING:
    from handanat_studio.store.engine import Store

_MAGIC = b"SQLite format 3\0"
_PATTERN = "{stem}-????????T??????*.sqlite"
_COMPANIONS = ("-wal", "-shm", "-journal")
_NAME = re.compile(r"-(\d{8}T\d{6})(\d{3})(?:-(?P<label>.+))?$")
SCHEDULED = "scheduled"
"""Label of the copies that the schedule makes; only those are ever deleted by it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is known of a backup.

    Attributes:
        path: the file.
        at: when it was made, UTC.
        label: why: `SCHEDULED`, "before-REVISION" (before a migration), "" = by hand.
        size: bytes.
        revisions: how many revisions of annotations it holds; None = it cannot be read.
    """

    path: Path
    at: datetime
    label: str
    size: int
    revisions: int | None


def has_magic(file: Path) -> bool:
    """Return whether a file begins like a SQLite database."""
    with file.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def backup(store: Store, folder: Path) -> Path:
    """Write a consistent, dated copy of a store, also while others use it.

    Returns:
        The copy's path; the name appears only once the copy is complete.

    Raises:
        UserError: on PostgreSQL, or if the copy cannot be written.
    """
    if store.file is None:
        raise UserError("Backups of a database server are its own matter.", hint="Use pg_dump.")
    return copy_database(store.file, folder)


def copy_database(file: Path, folder: Path, *, label: str = "") -> Path:
    """Copy a SQLite file into `folder` as STEM-DATETTIME[-label].sqlite; see `backup`."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    target = folder / f"{file.stem}-{stamp}{f'-{label}' if label else ''}.sqlite"
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=5)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        _to_disk(part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise UserError(
            f"The backup could not be written to {folder}: {error}.", hint="Check space and rights."
        ) from error
    return target


def backups_of(file: Path, folder: Path) -> list[Path]:
    """Return the copies of a file in a folder, oldest first."""
    return sorted(folder.glob(_PATTERN.format(stem=file.stem)))


def describe(path: Path) -> Copy | None:
    """Return what is known of a backup without checking it whole, None if its name is not one of a backup."""
    named = _NAME.search(path.stem)
    if named is None:
        return None
    at = datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(microsecond=int(named[2]) * 1000, tzinfo=UTC)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            revisions = int(connection.execute("SELECT count(*) FROM annotations").fetchone()[0])
    except sqlite3.Error:
        revisions = None
    return Copy(path, at, named["label"] or "", path.stat().st_size, revisions)


def prune(file: Path, folder: Path, *, keep: int, label: str = "") -> list[Path]:
    """Delete all but the newest `keep` copies of a file and return what was deleted.

    Args:
        label: only copies with this label count and are deleted; "" = every copy.
    """
    if keep < 1:
        raise ValueError("at least one backup is kept")
    old = [path for path in backups_of(file, folder) if not label or path.stem.endswith(f"-{label}")][:-keep]
    for path in old:
        path.unlink()
    return old


def check_copy(path: Path) -> None:
    """Make sure that a file is a whole HandAnat database that this version can open.

    Raises:
        UserError: saying what is wrong with it.
    """
    from handanat_studio.store.upgrade import REVISIONS

    if not path.is_file():
        raise UserError(f"There is no backup at {path}.", hint="Choose a file from the project's backups folder.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UserError(f"{path} is not a usable backup: {error}.", hint="Choose another one.") from error
    if found != ["ok"] or revision is None:
        raise UserError(f"{path} is damaged: {found[0]}.", hint="Choose another backup.")
    if revision[0] not in REVISIONS:
        raise UserError(f"{path} was written by a newer version.", hint="Install the newest version first.")


def restore(path: Path, file: Path) -> Path | None:
    """Put a backup in the place of a project's database. The backup is checked first and stays where it is.

    Args:
        path: the backup.
        file: the project's database; it may be damaged or missing.

    Returns:
        Where the replaced file was put aside, or None if there was none.

    Raises:
        UserError: if the backup is unusable, or the project is open in any program.
    """
    check_copy(path)
    _settle(file)
    part = file.with_name(f"{file.name}.restoring-{os.getpid()}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        _to_disk(part)
        aside = _put_aside(file)
        part.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise UserError(f"The backup could not be put in place: {error}.", hint="Check space and rights.") from error
    finally:
        part.unlink(missing_ok=True)
    return aside


def _settle(file: Path) -> None:
    """Fold the write-ahead log into the file. Leaving WAL mode needs the file alone, so it finds any other user."""
    if not file.exists() or not has_magic(file):
        # SQLite would delete the log of a file that it does not recognise.
        return
    try:
        with closing(sqlite3.connect(file, timeout=0.2)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise UserError(
                "The project is open in another window or program.", hint="Close it, then restore."
            ) from error
    except sqlite3.DatabaseError:
        # Damaged: that is why a backup is being put back; it is kept aside as it is.
        return


def _put_aside(file: Path) -> Path | None:
    if not any(Path(f"{file}{suffix}").exists() for suffix in ("", *_COMPANIONS)):
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    aside = file.with_name(f"{file.stem}-replaced-{stamp}.sqlite")
    # The log goes first: an old log beside a new file would be replayed into it.
    for suffix in (*_COMPANIONS, ""):
        companion = Path(f"{file}{suffix}")
        if companion.exists():
            companion.replace(f"{aside}{suffix}")
    return aside if aside.exists() else None


def _to_disk(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
