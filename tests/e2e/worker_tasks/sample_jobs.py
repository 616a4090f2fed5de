"""Jobs for the tests of the worker: they count, wait, fail and die on request."""

import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from handanat_studio.errors import UserError


def count(*, total, pause_s=0.0, progress):
    """Count to `total` and say which process did it."""
    progress.start("Counting", total)
    for number in range(total):
        time.sleep(pause_s)
        progress.step(note=str(number))
    progress.publish(("counted", total))
    return {"total": total, "pid": os.getpid()}


def imported(*, progress):
    """Return which of the window's modules this process has loaded."""
    return [name for name in sys.modules if name.split(".")[0] in ("PySide6", "pyqtgraph")]


def project_name(project, *, progress):
    """Return the name of the open project."""
    return project.name


def refuse(*, progress):
    """Fail for a reason that the user can mend."""
    raise UserError("The folder is full.", hint="Empty it.")


def stumble(*, progress):
    """Fail because of a bug."""
    return {}["missing"]


def unpicklable(*, progress):
    """Return something that cannot cross the pipe."""
    return lambda: None


def noisy(*, progress):
    """Print to stdout, as libraries do."""
    print("a library's chatter")
    os.write(1, b"and a native one's\n")
    return "unharmed"


def die(*, last_words, progress):
    """End the process without a farewell."""
    progress.start("Dying")
    print(last_words, file=sys.stderr, flush=True)
    os._exit(23)


def hang(*, progress):
    """Never reach another step."""
    progress.start("Hanging")
    time.sleep(600)


def _sleep_forever(folder):
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def pool(*, folder, processes, progress):
    """Hang in a pool whose processes write their ids into `folder`."""
    progress.start("Pool")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as executor:
        list(executor.map(_sleep_forever, [folder] * processes))
