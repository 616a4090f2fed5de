"""Database failures whose cause is known, said plainly. Anything else stays the exception it was."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from handanat_studio.errors import UserError

RESTORE_HINT = "Restore a backup with 'handanat restore'. The damaged file is kept; nothing was written over it."
_CAUSES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("file is not a database", "malformed", "disk i/o error"),
        "The project's database is damaged: {detail}.",
        RESTORE_HINT,
    ),
    (
        ("database is locked", "database table is locked", "lock timeout"),
        "The project is busy: another program has been writing to it for too long.",
        "Wait for a running import to finish, or close the other program, and try again.",
    ),
    (
        ("disk is full", "no space left", "could not extend file"),
        "The disk is full; nothing of this step was saved.",
        "Free some space and repeat the step.",
    ),
    (
        ("readonly database", "attempt to write a read"),
        "The project cannot be written: its folder or file is read-only.",
        "Change the permissions, or copy the project to a folder of your own.",
    ),
    (
        ("unable to open database file",),
        "The project's database cannot be opened.",
        "Check that the folder exists and that you may write to it.",
    ),
    (
        ("connection refused", "could not connect", "connection failed", "could not translate host", "server closed"),
        "The database server cannot be reached: {detail}.",
        "Check the address and that the server is running.",
    ),
)


def user_error(error: DBAPIError) -> UserError | None:
    """Return the plain form of a database failure, or None if the cause is not a known one."""
    detail = str(error.orig).strip()
    lowered = detail.lower()
    for needles, message, hint in _CAUSES:
        if any(needle in lowered for needle in needles):
            return UserError(message.format(detail=detail.splitlines()[0]), hint=hint)
    return None
