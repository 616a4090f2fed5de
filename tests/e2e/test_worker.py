"""The worker process for real: jobs, cancelling, crashing, restarting, and not outliving its window."""

import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handanat_studio import project as projects
from handanat_studio.jobs.client import JobClient
from handanat_studio.jobs.messages import (
    LAST_MESSAGES,
    CancelledJob,
    Failed,
    Finished,
    Progressed,
    Published,
    Started,
    WorkerDied,
)

pytestmark = pytest.mark.e2e
JOBS = Path(__file__).with_name("worker_tasks")
NAMES = ("count", "imported", "project_name", "refuse", "stumble", "unpicklable", "noisy", "die", "hang", "pool")
TASKS = {name: f"sample_jobs:{name}" for name in NAMES}


class Inbox:
    """Collects a client's messages."""

    def __init__(self):
        self.queue = queue.Queue()
        self.seen = []

    def __call__(self, message):
        self.queue.put(message)

    def until(self, *kinds, timeout_s=60):
        """Return the next message of one of the kinds; the others are kept in `seen`."""
        deadline = time.monotonic() + timeout_s
        while True:
            message = self.queue.get(timeout=max(0.01, deadline - time.monotonic()))
            self.seen.append(message)
            if isinstance(message, kinds):
                return message

    def last(self, job_id):
        """Return the last message of a job."""
        while True:
            message = self.until(*LAST_MESSAGES)
            if message.job_id == job_id:
                return message


@pytest.fixture
def inbox():
    """Where the client's messages go."""
    return Inbox()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """User folders and job functions for the worker."""
    monkeypatch.setenv("HANDANAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(JOBS), os.environ.get("PYTHONPATH", "")]))
    return tmp_path


@pytest.fixture
def client(home, inbox):
    """A client without a project."""
    client = JobClient(None, inbox, tasks=TASKS)
    yield client
    client.close()


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def _wait_until_gone(pids, timeout_s=15):
    deadline = time.monotonic() + timeout_s
    while any(map(_is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(_is_running, pids))


def test_a_job_tells_its_progress_and_its_result(client, inbox):
    """Start, progress, published values and the result arrive in that order."""
    job = client.submit("count", total=3)
    finished = inbox.last(job)
    assert isinstance(finished, Finished)
    assert finished.result["total"] == 3
    assert Started(job, "Counting", 3) in inbox.seen
    assert inbox.seen[-3:-1] == [Published(job, ("counted", 3)), Progressed(job, 3, 3, "2", "Counting")]


def test_no_process_exists_before_the_first_job_and_one_serves_all(client, inbox):
    """The worker starts on first need and stays warm."""
    assert client.worker_pid is None
    pids = {inbox.last(client.submit("count", total=1)).result["pid"] for _ in range(3)}
    assert pids == {client.worker_pid}
    assert client.worker_pid != os.getpid()


def test_the_worker_loads_no_window(client, inbox):
    """A worker started by the window has none of the window's modules."""
    assert inbox.last(client.submit("imported")).result == []


def test_a_job_gets_the_project_of_its_client(home, inbox):
    """The worker opens its own project from the folder."""
    projects.create(home / "hands", name="Hands of May").close()
    client = JobClient(home / "hands", inbox, tasks=TASKS)
    try:
        assert inbox.last(client.submit("project_name")) == Finished(1, "Hands of May")
    finally:
        client.close()


def test_a_job_that_needs_a_project_says_so_when_there_is_none(client, inbox):
    """No traceback for what a user can mend."""
    failed = inbox.last(client.submit("project_name"))
    assert isinstance(failed, Failed)
    assert (failed.hint, failed.traceback) == ("Open or create a project first.", "")


def test_a_user_error_keeps_its_hint_and_a_bug_its_traceback(client, inbox):
    """The two kinds of failure stay apart across the pipe."""
    assert inbox.last(client.submit("refuse")) == Failed(1, "The folder is full.", "Empty it.", "")
    bug = inbox.last(client.submit("stumble"))
    assert bug.message == "KeyError: 'missing'"
    assert "in stumble" in bug.traceback


def test_a_result_that_cannot_cross_the_pipe_is_a_failure_and_the_worker_lives(client, inbox):
    """The next job runs in the same process."""
    failed = inbox.last(client.submit("unpicklable"))
    assert isinstance(failed, Failed)
    assert "cannot be handed on" in failed.message
    assert isinstance(inbox.last(client.submit("count", total=1)), Finished)


def test_what_libraries_print_does_not_disturb_the_messages(client, inbox):
    """Python's and native prints to stdout end in the log."""
    assert inbox.last(client.submit("noisy")) == Finished(1, "unharmed")


def test_cancelling_takes_well_under_a_second(client, inbox):
    """The running job stops at its next step."""
    job = client.submit("count", total=10_000, pause_s=0.05)
    inbox.until(Progressed)
    asked = time.monotonic()
    client.cancel(job)
    assert inbox.last(job) == CancelledJob(job)
    assert time.monotonic() - asked < 0.8


def test_cancelling_a_waiting_job_leaves_the_running_one_alone(client, inbox):
    """A queued job never starts once it is cancelled."""
    running = client.submit("count", total=10, pause_s=0.05)
    waiting = client.submit("count", total=10)
    client.cancel(waiting)
    assert inbox.last(waiting) == CancelledJob(waiting)
    assert isinstance(inbox.last(running), Finished)
    assert not [m for m in inbox.seen if isinstance(m, Started) and m.job_id == waiting]


def test_a_job_that_does_not_listen_is_killed_after_the_grace_period(home, inbox):
    """Cancel always works; the next job gets a new worker."""
    client = JobClient(None, inbox, tasks=TASKS, grace_s=0.3)
    try:
        job = client.submit("hang")
        inbox.until(Started)
        client.cancel(job)
        assert inbox.last(job) == CancelledJob(job)
        assert isinstance(inbox.last(client.submit("count", total=1)), Finished)
    finally:
        client.close()


def test_a_crash_is_reported_with_its_exit_code_and_last_words(client, inbox):
    """The job that killed the worker is named, with the end of the log."""
    job = client.submit("die", last_words="out of ink")
    died = inbox.last(job)
    assert isinstance(died, WorkerDied)
    assert (died.job_id, died.exit_code) == (job, 23)
    assert "out of ink" in died.log_tail


def test_the_job_after_a_crash_runs_in_a_new_worker(client, inbox):
    """A queue survives the death of the worker, and its last words are not the dead one's."""
    client.submit("die", last_words="first death")
    after = client.submit("die", last_words="second death")
    fine = client.submit("count", total=1)
    died = inbox.last(after)
    assert "second death" in died.log_tail
    assert "first death" not in died.log_tail
    assert isinstance(inbox.last(fine), Finished)


def test_a_worker_killed_between_jobs_is_replaced_without_a_word(client, inbox):
    """Nothing was lost, so nothing is reported."""
    first = inbox.last(client.submit("count", total=1)).result["pid"]
    os.kill(first, signal.SIGKILL)
    second = inbox.last(client.submit("count", total=1))
    assert isinstance(second, Finished)
    assert second.result["pid"] != first
    assert not [m for m in inbox.seen if isinstance(m, WorkerDied)]


def test_closing_stops_a_running_job_and_its_process(home, inbox):
    """Closing a project never waits for a job that does not listen."""
    client = JobClient(None, inbox, tasks=TASKS)
    job = client.submit("hang")
    inbox.until(Started)
    pid = client.worker_pid
    asked = time.monotonic()
    client.close(timeout_s=0.5)
    assert time.monotonic() - asked < 5
    assert inbox.last(job) == CancelledJob(job)
    assert _wait_until_gone([pid])


def _pool_pids(folder, count):
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [int(path.name) for path in folder.iterdir()]


def test_a_killed_worker_takes_its_pool_along(client, inbox, tmp_path):
    """No process of a job's pool stays behind when the worker is killed."""
    folder = tmp_path / "pool"
    folder.mkdir()
    job = client.submit("pool", folder=str(folder), processes=2)
    pids = _pool_pids(folder, 2)
    os.kill(client.worker_pid, signal.SIGKILL)
    assert inbox.last(job).exit_code == -signal.SIGKILL
    assert _wait_until_gone(pids)


PARENT = """
import sys, time
from pathlib import Path
from handanat_studio.jobs.client import JobClient
client = JobClient(None, print, tasks={tasks!r})
client.submit("pool", folder={folder!r}, processes=1)
while client.worker_pid is None:
    time.sleep(0.01)
print(client.worker_pid, flush=True)
time.sleep(600)
"""


def test_a_worker_does_not_outlive_a_killed_window(home):
    """kill -9 on the parent ends the worker and its pool too."""
    folder = home / "pool"
    folder.mkdir()
    script = PARENT.format(tasks=TASKS, folder=str(folder))
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        worker = next(int(line) for line in parent.stdout if line.strip().isdigit())
        pids = [worker, *_pool_pids(folder, 1)]
        assert all(map(_is_running, pids))
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert _wait_until_gone(pids)
