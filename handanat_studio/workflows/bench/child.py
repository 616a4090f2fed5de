"""Run a measurement in a fresh process, so that threads and imports of this one do not matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handanat_studio.errors import UserError

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
QT_FOLDERS = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_HOME = Path(__file__).resolve().parents[3]


def run_python(
    arguments: Sequence[str], *, environment: Mapping[str, str] | None = None, timeout_s: float = 900
) -> str:
    """Run this Python with `arguments` and return what it prints.

    Args:
        arguments: e.g. ["-m", "package.module", "argument"].
        environment: variables to add.
        timeout_s: seconds until it is given up.

    Raises:
        UserError: if it fails; the hint holds its last words.
    """
    # `import cv2` leaves its own Qt plugins in the environment, and a window then does not start.
    inherited = {name: value for name, value in os.environ.items() if name not in QT_FOLDERS}
    path = os.pathsep.join(filter(None, [str(_HOME), os.environ.get("PYTHONPATH", "")]))
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**inherited, "PYTHONPATH": path, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"A measurement took longer than {timeout_s:.0f} s.", hint=" ".join(arguments[:3])) from error
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise UserError(f"A measurement failed with exit code {done.returncode}.", hint=tail)
    return done.stdout


def call(function: str, *, environment: Mapping[str, str] | None = None, **arguments: Any) -> Any:
    """Return what "module:function" returns in a fresh process; arguments and result are JSON values."""
    module, _, name = function.partition(":")
    code = (
        "import json, sys, importlib; "
        "f = getattr(importlib.import_module(sys.argv[1]), sys.argv[2]); "
        "print(json.dumps(f(**json.loads(sys.argv[3]))))"
    )
    printed = run_python(["-c", code, module, name, json.dumps(arguments)], environment=environment)
    return json.loads(printed.splitlines()[-1])
