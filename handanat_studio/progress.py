"""The one progress argument every workflow takes: silent by default, asked for cancellation at each step."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives what a workflow does; every method may raise `handanat_studio.errors.Cancelled`."""

    def start(self, title: str, total: int | None = None) -> None:
        """Begin a stage of `total` units (None = unknown)."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Say that `count` more units are done; called at least once a second."""

    def publish(self, message: object) -> None:
        """Hand on a picklable value that others react to, such as a `ChangeSet`."""


class Silent:
    """Progress that nobody looks at."""

    def start(self, title: str, total: int | None = None) -> None:
        """Ignore the stage."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Ignore the step."""

    def publish(self, message: object) -> None:
        """Ignore the message."""


SILENT = Silent()
