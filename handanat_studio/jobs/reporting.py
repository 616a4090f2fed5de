"""The worker's side of progress: throttled messages over the pipe, and the place where cancelling is noticed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from handanat_studio.errors import Cancelled
from handanat_studio.jobs.messages import Message, Progressed, Published, Started

MESSAGES_PER_SECOND = 10


class PipeProgress:
    """Implements `handanat_studio.progress.Progress` for one job.

    Args:
        job_id: the job that reports.
        send: writes one message to the client.
        is_cancelled: set when the job is to stop.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        job_id: int,
        send: Callable[[Message], None],
        is_cancelled: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job_id = job_id
        self._send = send
        self._is_cancelled = is_cancelled
        self._clock = clock
        self._title = ""
        self._total: int | None = None
        self._done = 0
        self._note = ""
        self._sent_done = 0
        self._sent_at = -1.0

    def start(self, title: str, total: int | None = None) -> None:
        """Begin a stage; what the stage before had not told yet is told first.

        Raises:
            Cancelled: if the job is to stop.
        """
        self._check()
        self.flush()
        self._title, self._total, self._done, self._note, self._sent_done = title, total, 0, "", 0
        self._send(Started(self._job_id, title, total))

    def step(self, count: int = 1, note: str = "") -> None:
        """Count `count` more units, and tell the client if the last message is old enough.

        Raises:
            Cancelled: if the job is to stop.
        """
        self._done += count
        self._note = note or self._note
        self._check()
        if self._clock() - self._sent_at >= 1.0 / MESSAGES_PER_SECOND:
            self._tell()

    def publish(self, message: object) -> None:
        """Hand `message` on at once.

        Raises:
            Cancelled: if the job is to stop. The message is handed on all the same: what it tells has happened.
        """
        self._send(Published(self._job_id, message))
        self._check()

    def flush(self) -> None:
        """Tell the last count if it has not been told."""
        if self._done != self._sent_done:
            self._tell()

    def _tell(self) -> None:
        self._sent_at, self._sent_done = self._clock(), self._done
        self._send(Progressed(self._job_id, self._done, self._total, self._note, self._title))

    def _check(self) -> None:
        if self._is_cancelled.is_set():
            raise Cancelled
