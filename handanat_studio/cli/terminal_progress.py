"""Progress on stderr: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

from tqdm import tqdm

QUIET_S = 5.0
"""Seconds between two lines where there is no terminal."""


class TerminalProgress:
    """Implements `handanat_studio.progress.Progress`; use it in a `with`, which ends the last bar.

    Args:
        stream: where to; stderr by default.
        clock: seconds, monotonic.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_terminal = self._stream.isatty()
        self._bar: Any = None
        self._title = ""
        self._total: int | None = None
        self._done = self._told_done = 0
        self._began = self._told_at = 0.0

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_stage()

    def start(self, title: str, total: int | None = None) -> None:
        """End the stage before and begin one of `total` units."""
        self._end_stage()
        self._title, self._total, self._done, self._told_done = title, total, 0, 0
        self._began = self._told_at = self._clock()
        if self._is_terminal:
            self._bar = tqdm(total=total, desc=title, file=self._stream, dynamic_ncols=True, leave=True)

    def step(self, count: int = 1, note: str = "") -> None:
        """Count `count` more units."""
        self._done += count
        if self._bar is not None:
            self._bar.set_postfix_str(note[-40:], refresh=False)
            self._bar.update(count)
        elif self._clock() - self._told_at >= QUIET_S:
            self._tell()

    def publish(self, message: object) -> None:
        """Nobody on a terminal reacts to published values."""

    def _end_stage(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        elif self._done != self._told_done and (self._total is not None or self._clock() - self._began >= QUIET_S):
            self._tell()

    def _tell(self) -> None:
        now = self._clock()
        self._told_at, self._told_done = now, self._done
        share = f"{self._done}" if self._total is None else f"{self._done} of {self._total}"
        rate = self._done / (now - self._began) if now > self._began else 0.0
        pace = f", {rate:.1f}/s" if rate else ""
        print(f"{self._title}: {share}{pace}", file=self._stream, flush=True)
