"""Find out whether the main job can run here, by running it once on a generated hand."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.paths import resource, user_dir
from handanat_studio.registry import DETECTORS, FORMATS, SCORERS

PACKAGES = (
    "handanat-studio",
    "mediapipe",
    "numpy",
    "opencv-contrib-python",
    "pillow",
    "pyarrow",
    "PySide6-Essentials",
    "scipy",
    "SQLAlchemy",
    "torch",
    "psycopg",
)
SAMPLE_SEEDS = (1, 2, 3)
"""Plausible generated hands; one that is found is proof enough."""


def examine() -> dict[str, Any]:
    """Return what this machine offers and whether the main job ran on it.

    Returns:
        {"python", "platform", "packages": {name: version | None}, "devices": {...}, "display", "folders",
        "registries": {noun: [{"name", "problem"}]}, "main_job": {"can_run", "hands", "seconds", "problem"}}.
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "devices": _devices(),
        "display": _display(),
        "folders": {kind: str(user_dir(kind)) for kind in ("config", "cache", "log")} | {"resources": _resources()},
        "registries": {r.noun: _entries(r) for r in (DETECTORS, SCORERS, FORMATS)},
        "main_job": _main_job(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _devices() -> dict[str, Any]:
    from handanat_studio.scoring.device import pick_device

    return {"cpu_cores": os.cpu_count(), "chosen": str(pick_device("auto"))}


def _display() -> str:
    if sys.platform in ("win32", "darwin"):
        return sys.platform
    names = ("WAYLAND_DISPLAY", "DISPLAY")
    return next((f"{name}={os.environ[name]}" for name in names if os.environ.get(name)), "none")


def _resources() -> str:
    try:
        return str(resource())
    except UserError as error:
        return str(error)


def _entries(registry: Any) -> list[dict[str, str]]:
    entries = []
    for name in registry.names():
        try:
            registry.load(name)
            problem = ""
        except UserError as error:
            problem = str(error)
        entries.append({"name": name, "problem": problem})
    return entries


def _main_job() -> dict[str, Any]:
    began = time.perf_counter()
    hands, problem = 0, ""
    try:
        hands = _hands_in_samples()
        if not hands:
            problem = "No hand was found in generated images that hold one."
    except UserError as error:
        problem = str(error)
    except Exception as error:
        # A broken installation can fail in any way; saying so is the purpose.
        problem = f"{type(error).__name__}: {error}"
    return {
        "can_run": not problem,
        "hands": hands,
        "seconds": round(time.perf_counter() - began, 2),
        "problem": problem,
    }


def _hands_in_samples() -> int:
    from handanat_studio.synthetic.scenes import render_scene
    from handanat_studio.workflows.score_files import score_files

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for seed in SAMPLE_SEEDS:
            paths.append(Path(folder) / f"{seed}.png")
            Image.fromarray(render_scene(seed).image).save(paths[-1])
        return sum(len(record["hands"]) for record in score_files(paths))
