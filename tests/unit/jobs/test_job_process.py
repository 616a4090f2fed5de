"""Promises of starting a worker: environment, logs, task names."""

import importlib
import os
from pathlib import Path

import pytest

from handanat_studio.errors import UserError
from handanat_studio.jobs import process
from handanat_studio.jobs.client import JobClient
from handanat_studio.jobs.tasks import TASKS


def test_a_worker_gets_no_qt_variables_and_keeps_the_rest():
    """cv2 and Qt point those variables at plugins of their own; the worker must not inherit them."""
    clean = process.worker_environment({"QT_QPA_PLATFORM_PLUGIN_PATH": "/x", "QT_PLUGIN_PATH": "/y", "PATH": "/bin"})
    assert not [name for name in clean if name.startswith("QT_")]
    assert clean["PATH"] == "/bin"


def test_a_worker_runs_the_code_of_its_parent():
    """Also from a checkout that is not installed: the package's home comes first on the worker's path."""
    clean = process.worker_environment({"PYTHONPATH": "/elsewhere"})
    first, *rest = clean["PYTHONPATH"].split(os.pathsep)
    assert (Path(first) / "handanat_studio" / "jobs" / "worker.py").is_file()
    assert rest == ["/elsewhere"]


def test_old_worker_logs_are_deleted(tmp_path):
    """The log folder never grows beyond ten worker logs."""
    for number in range(25):
        (tmp_path / f"worker-{number + 10_000_000}.log").write_text("old")
    new = process.new_log_file(tmp_path)
    new.touch()
    assert len(list(tmp_path.glob("worker-*.log"))) == process.LOGS_KEPT


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_job_name_points_at_a_function(name):
    """A name in the job table that leads nowhere would only fail in front of a user."""
    module, _, function = TASKS[name].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_an_unknown_job_is_refused_by_name():
    """The refusal names what is known, and no process is started for it."""
    client = JobClient(None, print, tasks={"count": "x:y"})
    with pytest.raises(UserError, match="count"):
        client.submit("cuont")
    assert client.worker_pid is None
    client.close()
