"""Backups of a project's database: made on a schedule, listed, checked and put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from handanat_studio.errors import UserError
from handanat_studio.project import STORE_FILE, is_project
from handanat_studio.store import backup as copies
from handanat_studio.store.backup import SCHEDULED, Copy

BACKUPS = "backups"


def make(root: Path, *, label: str = "") -> Path:
    """Copy a project's database into its backups folder, also while the project is in use.

    Args:
        root: the project's folder.
        label: why; see `Copy.label`.

    Raises:
        UserError: if the project keeps its data on a database server, or the copy cannot be written.
    """
    file = database(root)
    return copies.copy_database(file, root / BACKUPS, label=label)


def make_scheduled(root: Path, *, minutes: int, keep: int) -> Path | None:
    """Make the copy that is due and delete the oldest scheduled ones; copies made for another reason are never deleted.

    Args:
        root: the project's folder.
        minutes: nothing is due while the newest copy is younger.
        keep: how many scheduled copies stay, at least 1.

    Returns:
        the copy, or None if none was due.
    """
    newest = next(reversed(copies.backups_of(database(root), root / BACKUPS)), None)
    known = copies.describe(newest) if newest is not None else None
    if known is not None and datetime.now(UTC) - known.at < timedelta(minutes=minutes):
        return None
    made = make(root, label=SCHEDULED)
    copies.prune(database(root), root / BACKUPS, keep=keep, label=SCHEDULED)
    return made


def of_project(root: Path) -> list[Copy]:
    """Return a project's backups, newest first. They are not checked; `restore` does that."""
    found = (copies.describe(path) for path in copies.backups_of(root / STORE_FILE, root / BACKUPS))
    return sorted((copy for copy in found if copy is not None), key=lambda copy: copy.at, reverse=True)


def check(path: Path) -> None:
    """Read a whole backup and make sure that it can be put back.

    Raises:
        UserError: saying what is wrong with it.
    """
    copies.check_copy(path)


def restore(root: Path, path: Path) -> Path | None:
    """Put a backup in the place of a project's database.

    Args:
        root: the project's folder; the project must be closed everywhere.
        path: the backup; it is checked first and stays where it is.

    Returns:
        Where the replaced database was put aside, None if there was none.

    Raises:
        UserError: if the backup is unusable, or the project is open in any program.
    """
    if not is_project(root):
        raise UserError(f"{root} is not a HandAnat project.", hint="Choose the folder that holds project.toml.")
    return copies.restore(path, root / STORE_FILE)


def database(root: Path) -> Path:
    """Return a project's database file.

    Raises:
        UserError: if it has none, because its data is on a database server.
    """
    file = root / STORE_FILE
    if not file.is_file():
        raise UserError(f"{root.name} has no database file of its own.", hint="Back up its database server instead.")
    return file
