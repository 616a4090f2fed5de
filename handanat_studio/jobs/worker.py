"""The worker process (`python -m handanat_studio.jobs [PROJECT]`): runs one job at a time and stays warm between jobs.

A fresh interpreter of our own rather than `multiprocessing`'s spawn: that one would import the window's main module,
and so Qt, into the worker; it takes no environment; and its daemons may not have pools.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from handanat_studio.errors import Cancelled, UserError
from handanat_studio.jobs.messages import Cancel, CancelledJob, Failed, Finished, Message, Run, Started
from handanat_studio.jobs.pipe import Pipe
from handanat_studio.jobs.process import end_group
from handanat_studio.jobs.reporting import PipeProgress
from handanat_studio.project import Project, open_project

ORPHAN_GRACE_S = 2.0


class Worker:
    """Holds the pipe, the open project and the job that runs.

    Args:
        pipe: requests in, messages out.
        root: the project's folder, opened by the first job that wants it; None = jobs without a project only.
    """

    def __init__(self, pipe: Pipe, root: Path | None) -> None:
        self._pipe = pipe
        self._root = root
        self._project: Project | None = None
        self._requests: queue.SimpleQueue[Run | None] = queue.SimpleQueue()
        self._cancelled: dict[int, threading.Event] = {}

    def serve(self) -> None:
        """Run jobs until the other end closes the pipe or dies."""
        threading.Thread(target=self._listen, name="requests", daemon=True).start()
        while (request := self._requests.get()) is not None:
            message = self._run(request)
            self._cancelled.pop(request.job_id, None)
            self._send_last(message)
        if self._project is not None:
            self._project.close()

    def _listen(self) -> None:
        while True:
            try:
                request = self._pipe.receive()
            except EOFError:
                break
            if isinstance(request, Run):
                self._cancelled[request.job_id] = threading.Event()
                self._requests.put(request)
            elif isinstance(request, Cancel) and request.job_id in self._cancelled:
                self._cancelled[request.job_id].set()
        for event in list(self._cancelled.values()):
            event.set()
        self._requests.put(None)
        # A job that does not reach its next step must not outlive the window.
        timer = threading.Timer(ORPHAN_GRACE_S, leave)
        timer.daemon = True
        timer.start()

    def _run(self, request: Run) -> Message:
        progress = PipeProgress(request.job_id, self._pipe.send, self._cancelled[request.job_id])
        try:
            self._pipe.send(Started(request.job_id, "Getting ready", None))
            result = self._call(request, progress)
            progress.flush()
        except Cancelled:
            return CancelledJob(request.job_id)
        except UserError as error:
            return Failed(request.job_id, error.message, error.hint)
        except Exception as error:
            text = traceback.format_exc()
            print(text, file=sys.stderr)
            return Failed(request.job_id, f"{type(error).__name__}: {error}", "", text)
        return Finished(request.job_id, result)

    def _send_last(self, message: Message) -> None:
        try:
            self._pipe.send(message)
        except OSError:
            return
        except Exception as error:
            text = traceback.format_exc()
            reason = f"The job's result cannot be handed on: {error}"
            with contextlib.suppress(OSError):
                self._pipe.send(Failed(message.job_id or 0, reason, "", text))

    def _call(self, request: Run, progress: PipeProgress) -> object:
        module, _, function = request.target.partition(":")
        job = getattr(importlib.import_module(module), function)
        arguments: dict[str, Any] = dict(request.arguments)
        if "project" in inspect.signature(job).parameters:
            arguments["project"] = self._open()
        return job(**arguments, progress=progress)

    def _open(self) -> Project:
        if self._project is None:
            if self._root is None:
                raise UserError("This job needs a project, and none is open.", hint="Open or create a project first.")
            self._project = open_project(self._root)
        return self._project


def leave() -> None:
    """End at once and take the pool along, also one whose job did not come to its end."""
    sys.stderr.flush()
    end_group(os.getpid())
    os._exit(0)


def main(argv: list[str]) -> None:
    """Serve on stdin and stdout; whatever a library prints goes to stderr, which is the log."""
    messages = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    Worker(Pipe(requests, messages), Path(argv[0]) if argv else None).serve()
    leave()
