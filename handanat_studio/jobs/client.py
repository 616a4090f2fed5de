"""The window's side of the worker: a queue of jobs, one process that is started on first need, its messages."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.jobs.messages import LAST_MESSAGES, Cancel, CancelledJob, Failed, Message, Run, WorkerDied
from handanat_studio.jobs.process import WorkerProcess, new_log_file
from handanat_studio.jobs.tasks import TASKS
from handanat_studio.paths import user_dir

EXIT_WAIT_S = 5.0


class JobClient:
    """Runs jobs one after the other in a worker process and tells what happens.

    Args:
        project_root: folder of the project that jobs work on; None = only jobs that need none.
        on_message: gets every message and must not raise. Called from the client's own thread, and in `cancel` and
            `close` from the caller's.
        tasks: job name -> "module:function".
        grace_s: how long a cancelled job may take to its next step before the worker is killed.
    """

    def __init__(
        self,
        project_root: Path | None,
        on_message: Callable[[Message], None],
        *,
        tasks: Mapping[str, str] = TASKS,
        grace_s: float = 5.0,
    ) -> None:
        self._arguments = [] if project_root is None else [str(project_root)]
        self._on_message = on_message
        self._tasks = tasks
        self._grace_s = grace_s
        self._ids = itertools.count(1)
        self._changed = threading.Condition()
        self._waiting: deque[Run] = deque()
        self._running: Run | None = None
        self._cancelled_id: int | None = None
        self._is_closing = False
        self._worker: WorkerProcess | None = None
        self._thread = threading.Thread(target=self._supervise, name="jobs", daemon=True)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, or None while there is none."""
        worker = self._worker
        return worker.pid if worker is not None and worker.is_alive else None

    def submit(self, task: str, **arguments: Any) -> int:
        """Queue a job and return its number; never waits for the worker.

        Args:
            task: a name of the task table.
            arguments: keyword arguments of the job, picklable.

        Raises:
            UserError: if there is no such job, or the client is closed.
        """
        if task not in self._tasks:
            raise UserError(f"Unknown job '{task}'.", hint=f"Known: {', '.join(self._tasks)}.")
        with self._changed:
            if self._is_closing:
                raise UserError("The project is being closed; no new job can start.", hint="Open the project again.")
            run = Run(next(self._ids), self._tasks[task], arguments)
            self._waiting.append(run)
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()
        return run.job_id

    def cancel(self, job_id: int) -> None:
        """Stop a job: a waiting one at once, the running one at its next step, or by force after the grace period."""
        with self._changed:
            waiting = next((run for run in self._waiting if run.job_id == job_id), None)
            if waiting is not None:
                self._waiting.remove(waiting)
            elif self._running is not None and self._running.job_id == job_id:
                self._cancelled_id = job_id
                self._ask_to_cancel(job_id)
        if waiting is not None:
            self._on_message(CancelledJob(job_id))

    def close(self, timeout_s: float = 2.0) -> None:
        """Cancel everything and end the worker, by force after `timeout_s`; safe, since chunks are transactions."""
        with self._changed:
            self._is_closing = True
            dropped, self._waiting = list(self._waiting), deque()
            if self._running is not None:
                self._cancelled_id = self._running.job_id
                self._ask_to_cancel(self._running.job_id)
            self._changed.notify()
        for run in dropped:
            self._on_message(CancelledJob(run.job_id))
        if self._thread.ident is None or self._thread is threading.current_thread():
            return
        self._thread.join(timeout_s)
        worker = self._worker
        if self._thread.is_alive() and worker is not None:
            worker.kill()
            self._thread.join(EXIT_WAIT_S)

    def _ask_to_cancel(self, job_id: int) -> None:
        worker = self._worker
        if worker is None:
            return
        worker.try_send(Cancel(job_id))
        timer = threading.Timer(self._grace_s, self._force, args=[job_id, worker])
        timer.daemon = True
        timer.start()

    def _force(self, job_id: int, worker: WorkerProcess) -> None:
        with self._changed:
            is_still_running = self._running is not None and self._running.job_id == job_id
        if is_still_running:
            worker.kill()

    def _supervise(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closing)
                if not self._waiting:
                    break
                run = self._running = self._waiting.popleft()
            last = self._run(run)
            with self._changed:
                self._running = self._cancelled_id = None
            self._on_message(last)
        if self._worker is not None:
            self._worker.wait(EXIT_WAIT_S)

    def _run(self, run: Run) -> Message:
        """Run one job to its end; a worker that died while it had nothing to do is replaced without a word."""
        is_warm = self._worker is not None
        last, was_heard = self._run_once(run)
        if is_warm and not was_heard and isinstance(last, WorkerDied):
            last, _ = self._run_once(run)
        return last

    def _run_once(self, run: Run) -> tuple[Message, bool]:
        try:
            worker = self._worker or WorkerProcess(self._arguments, new_log_file(user_dir("log")))
        except OSError as error:
            return Failed(
                run.job_id, f"The worker cannot be started: {error}.", "Close other programs and try again."
            ), True
        self._worker = worker
        try:
            worker.try_send(run)
        except Exception as error:
            return Failed(run.job_id, f"The job's arguments cannot be handed on: {error}", "", repr(error)), True
        if self._cancelled_id == run.job_id:
            self._ask_to_cancel(run.job_id)
        was_heard = False
        while True:
            try:
                message = worker.pipe.receive()
            except EOFError:
                return self._reap(worker, run), was_heard
            except Exception as error:
                worker.kill()
                self._reap(worker, run)
                return Failed(run.job_id, f"The worker's answer cannot be read: {error}", "", repr(error)), True
            was_heard = True
            if isinstance(message, LAST_MESSAGES):
                return message, True
            self._on_message(message)  # type: ignore[arg-type]

    def _reap(self, worker: WorkerProcess, run: Run) -> Message:
        exit_code = worker.wait(EXIT_WAIT_S)
        self._worker = None
        if self._cancelled_id == run.job_id:
            return CancelledJob(run.job_id)
        return WorkerDied(run.job_id, exit_code, worker.log_tail())
