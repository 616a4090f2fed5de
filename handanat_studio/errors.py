"""Errors whose cause is known and which a user can act on. Everything else is a bug and reaches the crash border."""

from __future__ import annotations


class UserError(Exception):
    """Something outside the program is wrong and the user can mend it.

    Args:
        message: what happened, in one sentence.
        hint: what to do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint, self.__dict__))


def _rebuild(kind: type[UserError], message: str, hint: str, state: dict[str, object]) -> UserError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state, message=message, hint=hint)
    return error


class Conflict(UserError):
    """A revision was written on a parent that is no longer the newest.

    Args:
        message: what happened.
        newest_id: id of the annotation that is the newest now.
    """

    def __init__(self, message: str, *, newest_id: int | None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.newest_id = newest_id


class Cancelled(Exception):
    """The user asked a running workflow to stop; what was committed before stays."""
