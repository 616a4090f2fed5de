"""How long somebody really worked on a hand: gaps of idleness do not count."""

from __future__ import annotations

import time
from collections.abc import Callable

IDLE_AFTER_S = 30.0


class ActiveClock:
    """Adds up the time between signs of life that are at most `IDLE_AFTER_S` apart.

    Args:
        now: seconds on a clock that never runs back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: float | None = None
        self._seconds = 0.0

    def touch(self) -> None:
        """Note a sign of life: a key, a click, a move of the mouse."""
        moment = self._now()
        if self._last is not None and moment - self._last <= IDLE_AFTER_S:
            self._seconds += moment - self._last
        self._last = moment

    def pause(self) -> None:
        """Stop counting until the next touch, as when the hand is left or the window goes away."""
        self._last = None

    @property
    def seconds(self) -> float:
        """Active seconds since the last `take`."""
        return self._seconds

    def take(self) -> float:
        """Return the active seconds since the last call, and start again from zero."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds
