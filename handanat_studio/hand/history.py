"""Undo and redo without limit: a list of immutable snapshots and an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """A snapshot and what led to it."""

    value: T
    action: str


class History(Generic[T]):
    """A line of snapshots; pushing after an undo drops what was undone.

    Args:
        first: the state before any edit.
        action: what to call that state.
    """

    def __init__(self, first: T, action: str = "open") -> None:
        self._steps: list[Step[T]] = [Step(first, action)]
        self._index = 0

    @property
    def current(self) -> T:
        """The snapshot that counts now."""
        return self._steps[self._index].value

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier snapshot."""
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        """Whether an undone snapshot can come back."""
        return self._index + 1 < len(self._steps)

    @property
    def undo_action(self) -> str:
        """What `undo` would take back, "" if nothing."""
        return self._steps[self._index].action if self.can_undo else ""

    @property
    def redo_action(self) -> str:
        """What `redo` would bring back, "" if nothing."""
        return self._steps[self._index + 1].action if self.can_redo else ""

    def push(self, value: T, action: str) -> bool:
        """Add a snapshot after the current one; return False if it equals the current one and nothing was added."""
        if value == self.current:
            return False
        del self._steps[self._index + 1 :]
        self._steps.append(Step(value, action))
        self._index += 1
        return True

    def undo(self) -> T:
        """Go one snapshot back (or stay at the first) and return it."""
        self._index = max(0, self._index - 1)
        return self.current

    def redo(self) -> T:
        """Go one snapshot forward (or stay at the last) and return it."""
        self._index = min(len(self._steps) - 1, self._index + 1)
        return self.current

    def steps(self) -> list[Step[T]]:
        """Return all steps, oldest first."""
        return list(self._steps)
