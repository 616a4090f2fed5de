"""The process pool keeps the order, names the image that kills a process, and leaves no child behind."""

import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from handanat_studio.workflows.pool import look_at


def pictures(folder: Path, count: int) -> list[Path]:
    files = []
    for number in range(count):
        files.append(folder / f"{number:02d}.png")
        PillowImage.new("RGB", (40 + number, 30), (number, 80, 120)).save(files[-1])
    return files


@pytest.mark.e2e
def test_looks_come_back_in_the_order_given(tmp_path: Path) -> None:
    """Two processes finish in any order; the caller does not notice."""
    files = pictures(tmp_path, 11)
    assert [(look.path, look.width) for look in look_at(files, workers=2)] == [(f, 40 + n) for n, f in enumerate(files)]


@pytest.mark.e2e
def test_closing_early_leaves_no_process_behind(tmp_path: Path) -> None:
    """A cancelled run frees the machine at once."""
    looks = look_at(pictures(tmp_path, 30), workers=2)
    next(looks)
    children = _workers()
    assert len(children) == 2
    looks.close()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in children if _alive(pid)]


@pytest.mark.e2e
def test_a_killed_process_costs_no_image(tmp_path: Path) -> None:
    """When a worker dies the files it held are looked at again by a new one."""
    files = pictures(tmp_path, 40)
    looks = look_at(files, workers=2)
    seen = [next(looks)]
    os.kill(_workers()[0], signal.SIGKILL)
    seen += looks
    assert [look.path for look in seen] == files
    assert [look.error for look in seen if look.error] == []


def _children() -> list[int]:
    me = os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            if parent == me:
                found.append(int(entry.name))
    return found


def _workers() -> list[int]:
    return [pid for pid in _children() if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
