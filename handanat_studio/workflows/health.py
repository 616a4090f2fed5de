"""Find out whether the main job can run here, by running it once on a generated hand."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import tempfile
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.paths import resource, user_dir
from handanat_studio.registry import DETECTORS, FORMATS, SCORERS
from handanat_studio.vision.weights import DIGITS, HANDS, weights_path
from handanat_studio.workflows.window_libraries import missing

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
    "ultralytics",
    "psycopg",
)
MODELS = ("palm_detection/palm_detection_full.tflite", "hand_landmark/hand_landmark_full.tflite")
SAMPLE_SEEDS = (1, 2, 3)
"""Plausible generated hands; one that is found is proof enough."""


def examine() -> dict[str, Any]:
    """Return what this machine offers and whether the main job ran on it.

    Returns:
        {"python", "platform", "packages": {name: version | None}, "devices": {"cpu_cores", "available",
        "chosen"}, "models": {name: file | None}, "chain_problems": {detector: why it is not used}, "display",
        "missing_libraries": [Debian package], "folders", "registries": {noun: [{"name", "problem"}]},
        "main_job": {"can_run", "hands", "seconds", "problem"}}.
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "devices": _devices(),
        "models": _models(),
        "chain_problems": _chain_problems(),
        "display": _display(),
        "missing_libraries": missing(),
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
    from handanat_studio.scoring.device import DEVICES, pick_device

    there = []
    for name in DEVICES:
        with suppress(UserError):
            there.append(pick_device(name))
    return {"cpu_cores": os.cpu_count(), "available": sorted(set(there)), "chosen": pick_device("auto")}


def _models() -> dict[str, str | None]:
    """Return the networks, MediaPipe's and our own, by name: their file, or None if it is missing."""
    spec = importlib.util.find_spec("mediapipe")
    homes = list(spec.submodule_search_locations or ()) if spec is not None else []
    files = {name: [Path(home) / "modules" / name for home in homes] for name in MODELS}
    theirs = {Path(name).stem: next((str(f) for f in found if f.is_file()), None) for name, found in files.items()}
    return theirs | {Path(name).stem: _weights(name) for name in (DIGITS, HANDS)}


def _weights(name: str) -> str | None:
    try:
        return str(weights_path(name))
    except UserError:
        return None


def _chain_problems() -> dict[str, str]:
    """Return what the chain that finds hands has to do without, and why."""
    from handanat_studio.vision.detectors import DetectorChain

    try:
        chain = DetectorChain()
    except UserError as error:
        return {"chain": error.message}
    chain.close()
    return dict(chain.problems)


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
