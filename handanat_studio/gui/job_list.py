"""The list of long jobs as the window sees them: progress, rate, time left, outcome. The work runs in `jobs.client`."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

KEEP_FINISHED = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of one job.

    Attributes:
        id: the client's number.
        title: what it does now.
        state: "running" | "cancelling" | "finished" | "cancelled" | "failed".
        done, total: units; total None = unknown.
        note: the last note, e.g. a file name.
        rate: units a second since the stage began; 0 = unknown.
        message, hint: of a failure.
        detail: traceback or log, for the crash dialog's reader.
        is_quiet: it belongs to what is looked at now; once it has ended nobody needs to know, also if it failed.
    """

    id: int
    title: str
    state: str = "running"
    done: int = 0
    total: int | None = None
    note: str = ""
    rate: float = 0.0
    message: str = ""
    hint: str = ""
    detail: str = ""
    is_quiet: bool = False

    @property
    def is_active(self) -> bool:
        """Whether it still runs."""
        return self.state in ("running", "cancelling")

    @property
    def percent(self) -> int | None:
        """0..100, or None if the total is unknown."""
        return min(100, round(100 * self.done / self.total)) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """Expected time left of this stage, or None."""
        return (self.total - self.done) / self.rate if self.total and self.rate > 0 else None


def duration_text(seconds: float) -> str:
    """Return "0:07", "12:40" or "2:05:00"."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


class JobList(QObject):
    """Jobs of the open project, newest first.

    Signals:
        changed(): something about a job changed.
        published(object): a job handed on a value, such as a ChangeSet.
        finished(int, object): a job ended well, with its result.
        failed(Job): a job failed; it holds message, hint and detail.
        cancelled(int): a job was stopped.
    """

    changed = Signal()
    published = Signal(object)
    finished = Signal(int, object)
    failed = Signal(object)
    cancelled = Signal(int)
    _received = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._client: Any = None
        self._jobs: dict[int, Job] = {}
        self._stage_began: dict[int, tuple[float, int]] = {}
        self._received.connect(self.receive, Qt.ConnectionType.QueuedConnection)

    def use_project(self, root: Path) -> None:
        """Run jobs for this project from now on; the worker starts when it is first needed."""
        self.close()
        self._root = root
        self._jobs.clear()
        self.changed.emit()

    def submit(self, task: str, title: str = "", *, quiet: bool = False, **kwargs: Any) -> int:
        """Start a job by the name of its task and return its number.

        Args:
            task: a name of `jobs.tasks.TASKS`.
            title: what to call it until it says so itself.
            quiet: forget it as soon as it has ended; whoever asked hears of a failure all the same.
            kwargs: picklable arguments of the task.
        """
        if self._client is None:
            from handanat_studio.jobs.client import JobClient

            self._client = JobClient(self._root, self._received.emit)
        number = int(self._client.submit(task, **kwargs))
        self.put(Job(number, title or task, is_quiet=quiet))
        return number

    def cancel(self, number: int) -> None:
        """Ask a job to stop; what it committed before stays."""
        job = self._jobs.get(number)
        if job is not None and job.is_active and self._client is not None:
            self.put(replace(job, state="cancelling"))
            self._client.cancel(number)

    def clear_ended(self) -> None:
        """Forget the jobs that ended."""
        self._jobs = {number: job for number, job in self._jobs.items() if job.is_active}
        self.changed.emit()

    def all(self) -> list[Job]:
        """Return the jobs, newest first."""
        return sorted(self._jobs.values(), key=lambda job: -job.id)

    def active(self) -> list[Job]:
        """Return the jobs that still run, oldest first."""
        return [job for job in reversed(self.all()) if job.is_active]

    def close(self) -> None:
        """Stop the worker process."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def receive(self, message: Any) -> None:
        """Take a message of `jobs.messages`, in the window's thread."""
        kind = type(message).__name__
        if kind == "Published":
            self.published.emit(message.payload)
            return
        if kind == "WorkerDied" and message.job_id is None:
            return
        job = self._jobs.get(message.job_id) or Job(message.job_id, "")
        if kind == "Started":
            self._stage_began[job.id] = (time.monotonic(), 0)
            self.put(replace(job, title=message.title or job.title, done=0, total=message.total, rate=0.0))
        elif kind == "Progressed":
            self.put(self._progressed(job, message))
        elif kind == "Finished":
            self.put(replace(job, state="finished", done=job.total or job.done))
            self.finished.emit(job.id, message.result)
        elif kind == "CancelledJob":
            self.put(replace(job, state="cancelled"))
            self.cancelled.emit(job.id)
        elif kind == "Failed":
            self._fail(job, message.message, message.hint, message.traceback)
        elif kind == "WorkerDied":
            text = f"“{job.title}” stopped: the worker process ended (exit code {message.exit_code})."
            hint = "What was finished before is kept. Start it again to go on from there."
            self._fail(job, text, hint, message.log_tail)

    def put(self, job: Job) -> None:
        """Take what is known of a job now."""
        self._jobs[job.id] = job
        if job.is_quiet and not job.is_active:
            del self._jobs[job.id]
        ended = [number for number, other in self._jobs.items() if not other.is_active]
        for number in sorted(ended)[:-KEEP_FINISHED]:
            del self._jobs[number]
        self.changed.emit()

    def _progressed(self, job: Job, message: Any) -> Job:
        title = message.title or job.title
        now = time.monotonic()
        began, first = self._stage_began.get(job.id, (now, message.done))
        if title != job.title or message.done < job.done:
            began, first = now, message.done
        self._stage_began[job.id] = (began, first)
        rate = (message.done - first) / (now - began) if now - began > 0.5 else 0.0
        return replace(job, title=title, done=message.done, total=message.total, note=message.note, rate=rate)

    def _fail(self, job: Job, message: str, hint: str, detail: str) -> None:
        job = replace(job, state="failed", message=message, hint=hint, detail=detail)
        self.put(job)
        self.failed.emit(job)
