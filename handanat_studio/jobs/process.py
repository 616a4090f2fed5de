"""Starting and ending the worker's process: environment, process group, log file. No job is known here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from handanat_studio.jobs.pipe import Pipe

LOGS_KEPT = 10
TAIL_LINES = 40
_TAIL_BYTES = 16_384


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a worker: without Qt's variables, and with this very package importable."""
    clean = {name: value for name, value in environment.items() if not name.upper().startswith("QT_")}
    package_home = str(Path(__file__).resolve().parents[2])
    path = [package_home, *filter(None, [clean.get("PYTHONPATH", "")])]
    return clean | {"PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


class WorkerProcess:
    """A running worker, its pipe, and the log that its stderr goes to.

    Args:
        arguments: command-line arguments of `python -m handanat_studio.jobs`.
        log_file: gets everything the worker prints, appended.
    """

    def __init__(self, arguments: list[str], log_file: Path) -> None:
        self._log_file = log_file
        with log_file.open("ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-m", "handanat_studio.jobs", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=worker_environment(os.environ),
                # Its own group, so that it and its pool can be ended together and Ctrl+C reaches only the parent.
                start_new_session=True,
            )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self.pipe = Pipe(self._popen.stdout, self._popen.stdin)  # type: ignore[arg-type]

    @property
    def pid(self) -> int:
        """Process id."""
        return self._popen.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._popen.poll() is None

    def try_send(self, value: object) -> None:
        """Send a value; a worker that is gone is noticed by whoever reads its messages."""
        with contextlib.suppress(OSError):
            self.pipe.send(value)

    def kill(self) -> None:
        """End the worker at once; `wait` sweeps up its pool."""
        self._popen.kill()

    def wait(self, timeout_s: float) -> int:
        """Close the pipe, wait for the end, kill after `timeout_s`, sweep up the pool; return the exit code."""
        self.pipe.close_outgoing()
        try:
            self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()
        end_group(self._popen.pid)
        self.pipe.close_incoming()
        return self._popen.returncode

    def log_tail(self) -> str:
        """Return the last lines that this process printed."""
        with contextlib.suppress(OSError), self._log_file.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - _TAIL_BYTES))
            lines = log.read().decode("utf-8", errors="replace").splitlines()
            return "\n".join(lines[-TAIL_LINES:])
        return ""


def end_group(leader_pid: int) -> None:
    """End every process of the group that `leader_pid` leads or led; nothing happens where groups do not exist.

    SIGTERM, because multiprocessing's resource tracker ignores it and so lives to remove shared memory.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGTERM)


def new_log_file(folder: Path) -> Path:
    """Return the log file of this process's workers, and delete all but the newest logs of others."""
    logs = sorted(folder.glob("worker-*.log"), key=lambda path: path.stat().st_mtime)
    for old in logs[: max(0, len(logs) - LOGS_KEPT + 1)]:
        with contextlib.suppress(OSError):
            old.unlink()
    return folder / f"worker-{os.getpid()}.log"
