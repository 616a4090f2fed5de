"""The store thread: one worker that runs reads and writes in order and hands results to the window's thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal


class Ticket:
    """A request that is under way. Cancelling it keeps its answer from being delivered."""

    __slots__ = ("__weakref__", "cancelled")

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Drop the request, or its answer if it has run already."""
        self.cancelled = True


def deliver(callback: Callable[..., Any] | None, *values: Any) -> None:
    """Call back, unless the callback belongs to a widget that is gone."""
    owner = getattr(callback, "__self__", None)
    if callback is None or (isinstance(owner, QObject) and not shiboken6.isValid(owner)):
        return
    callback(*values)


class StoreThread(QObject):
    """Runs functions one after the other in one thread.

    A write cannot be cancelled: it runs even while the window closes.
    """

    _answered = Signal(object)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._pending = 0
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """How many requests have not been answered yet."""
        return self._pending

    def submit(
        self,
        work: Callable[[], Any],
        *,
        done: Callable[[Any], Any] | None = None,
        failed: Callable[[BaseException], Any] | None = None,
        ticket: Ticket | None = None,
    ) -> None:
        """Run `work` in the thread, then `done(result)` or `failed(error)` in the window's thread.

        Args:
            work: must touch no widget.
            done: receives the result.
            failed: receives the exception.
            ticket: for reads that may become pointless; None = cannot be cancelled.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="store", daemon=True)
            self._thread.start()
        self._pending += 1
        self._queue.put((work, done, failed, ticket))

    def close(self) -> None:
        """Finish what is queued and stop the thread; answers that come now are dropped."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            work, done, failed, ticket = task
            if ticket is not None and ticket.cancelled:
                self._answered.emit((None, None, None))
                continue
            try:
                answer = (done, work(), ticket)
            except BaseException as error:  # the border: whatever happened is handed to the window
                answer = (failed, error, ticket)
            self._answered.emit(answer)

    def _on_answered(self, answer: tuple[Any, Any, Ticket | None]) -> None:
        callback, value, ticket = answer
        self._pending -= 1
        if ticket is None or not ticket.cancelled:
            deliver(callback, value)
        if self._pending == 0:
            self.idle.emit()
