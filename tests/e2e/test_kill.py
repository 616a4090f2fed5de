"""What was acknowledged survives kill -9 of the window and of its worker at any moment.

The suite runs a few rounds; `HANDANAT_KILL_ROUNDS=100 pytest tests/e2e/test_kill.py` runs as many as one likes.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from handanat_studio import project as projects
from handanat_studio.store import images
from handanat_studio.store.verify import verify

ROUNDS = int(os.environ.get("HANDANAT_KILL_ROUNDS", "4"))
SEED = int(os.environ.get("HANDANAT_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
LONGEST_S = 1.5
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(120 + 15 * ROUNDS),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc, which is Linux"),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A sample project and a folder of images that the worker will import meanwhile."""
    from handanat_studio.synthetic.scenes import render_scene
    from handanat_studio.workflows import demo

    home = tmp_path_factory.mktemp("kill")
    demo.build_sample(home / "project", count=6, seed=11)
    (home / "more").mkdir()
    scene = Image.fromarray(render_scene(5).image)
    for number in range(min(30 + 3 * ROUNDS, 300)):
        scene.rotate(number).save(home / "more" / f"{number:03d}.png")
    return home


class Window:
    """The soaking window as a process: what it acknowledged, and how to kill it."""

    def __init__(self, project, more, home):
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HANDANAT_HOME": str(home),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "handanat_studio.gui.soak", str(project), str(more)]
        self.log = (home / "window.log").open("ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        self.acknowledged = []
        self.has_begun = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            word, _, number = line.partition(" ")
            # A line without its end was cut by the kill: it was not read by anybody.
            if word == "ack" and line.endswith("\n"):
                self.acknowledged.append(int(number))
                self.has_begun.set()
        self.has_begun.set()

    def worker(self):
        """Return the worker's process id, or None while there is none."""
        for thread in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            for child in thread.read_text().split():
                if b"handanat_studio.jobs" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return None

    def kill(self):
        """kill -9, and read what it had said."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.log.close()


def _is_gone(pid, timeout_s=15):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def _check(project, acknowledged):
    with closing(projects.open_project(project)) as opened:
        assert verify(opened.store, image_path=opened.image_path) == []
    with closing(sqlite3.connect(project / projects.STORE_FILE)) as connection:
        kept = {number for (number,) in connection.execute("SELECT id FROM annotations")}
    assert set(acknowledged) <= kept, sorted(set(acknowledged) - kept)


def test_acknowledged_edits_survive_kill_9_of_window_and_worker(sample, tmp_path):
    """After each kill every acknowledged annotation is there, the store is clean, and the next window goes on."""
    chance = random.Random(SEED)
    project = tmp_path / "project"
    shutil.copytree(sample / "project", project)
    acknowledged, workers_killed = [], 0
    for number in range(ROUNDS):
        window = Window(project, sample / "more", tmp_path)
        assert window.has_begun.wait(60), f"seed {SEED}, round {number}: nothing was saved"
        time.sleep(chance.uniform(0, LONGEST_S))
        worker = window.worker()
        if worker is not None and chance.random() < 0.6:
            os.kill(worker, signal.SIGKILL)
            workers_killed += 1
            time.sleep(chance.uniform(0, LONGEST_S))
            worker = window.worker()
        alive = window.process.poll() is None
        window.kill()
        log = (tmp_path / "window.log").read_text(errors="replace")[-2000:]
        assert alive, f"seed {SEED}, round {number}: the window ended by itself\n{log}"
        assert "Traceback" not in log, log
        acknowledged += window.acknowledged
        assert worker is None or _is_gone(worker), "the worker outlived its window"
        _check(project, acknowledged)
    assert len(acknowledged) >= 5 * ROUNDS, f"seed {SEED}: too few edits to prove anything"
    assert len(set(acknowledged)) == len(acknowledged)
    print(f"seed {SEED}: {ROUNDS} windows and {workers_killed} workers killed, {len(acknowledged)} edits all there")


def test_an_import_killed_halfway_is_finished_by_the_next(sample, tmp_path):
    """The worker is killed while it detects; running the job again finishes it, and no image is there twice."""
    from handanat_studio.workflows import ingest

    project = tmp_path / "project"
    shutil.copytree(sample / "project", project)
    window = Window(project, sample / "more", tmp_path)
    assert window.has_begun.wait(60)
    deadline = time.monotonic() + 60
    while window.worker() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    os.kill(window.worker(), signal.SIGKILL)
    window.kill()
    with closing(projects.open_project(project)) as opened:
        ingest.run(opened, [sample / "more"])
        with opened.store.read() as session:
            everything = images.get_many(session, images.all_ids(session)).values()
    names = [image.uri for image in everything]
    assert len(set(names)) == len(names)
    assert sum(str(sample / "more") in name for name in names) == len(list((sample / "more").iterdir()))
    assert all(image.detected_version for image in everything)
