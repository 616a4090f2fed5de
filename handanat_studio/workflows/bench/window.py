"""The window on 18,000 images and on 100,000 hands: measured inside its own process, which writes figures to a file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from handanat_studio.progress import SILENT, Progress
from handanat_studio.workflows.bench.child import run_python
from handanat_studio.workflows.bench.figures import Figure
from handanat_studio.workflows.bench.large_project import IMAGES, build

REPEATS = 3
LARGE_IMAGES, LARGE_HANDS_EACH, LARGE_SCENES, LARGE_LABELLED = 50_000, 2, 10, 5_000
STARTED, PART = "HANDANAT_BENCH_STARTED", "HANDANAT_BENCH_PART"
"""Environment variables that tell the window when its process was started, seconds since 1970, and what to measure."""

TARGETS = (
    ("usable_s", "from process start to a usable window", "s", 2.0),
    ("rss_mb", "memory of the window's process", "MB", 300.0),
    ("image_step_ms_p95", "step to the next image, 95th percentile", "ms", 30.0),
    ("image_step_settled_ms_p95", "the same until every panel is up to date", "ms", None),
    ("drag_frame_ms_p95", "frame while a joint is dragged, 95th percentile", "ms", 16.0),
    ("page_query_ms_p95", "page of 200 entries, 95th percentile", "ms", 10.0),
    ("scroll_frame_ms_p95", "frame while the library scrolls, 95th percentile", "ms", None),
)

LARGE_TARGETS = (
    ("filter_sort_ms_p95", "from a click on a filter or order to the first page, 95th percentile", "ms", 100.0),
    ("scroll_frame_ms_p95", "frame while the library scrolls, 95th percentile", "ms", 16.0),
    ("submit_next_ms_p95", "from submitting a verdict to the next image, 95th percentile", "ms", 100.0),
    ("submit_next_settled_ms_p95", "the same until every panel is up to date", "ms", None),
    ("rss_mb", "memory of the window's process", "MB", 600.0),
    ("usable_s", "from process start to a usable window", "s", None),
)


def figures(folder: Path, *, count: int = IMAGES, repeats: int = REPEATS, progress: Progress = SILENT) -> list[Figure]:
    """Build the large project in `folder` and open the real window on it, offscreen, `repeats` times."""
    root = build(folder / "large", count=count, progress=progress)
    progress.start("Open the window", repeats)
    runs = []
    for number in range(repeats):
        runs.append(open_once(root, folder / f"window-{number}.json"))
        progress.step()
    note = f"{count:,} images, offscreen, median of {repeats} process starts"
    return [
        Figure(f"window_{name}", text, median(run[name] for run in runs), unit, target, note=note)
        for name, text, unit, target in TARGETS
    ]


def large_figures(
    folder: Path, *, images: int = LARGE_IMAGES, labelled: int = LARGE_LABELLED, progress: Progress = SILENT
) -> list[Figure]:
    """Build a project of two hands per image in `folder`, open the real window on it, offscreen, once.

    Args:
        folder: where the project goes.
        images: how many; 100,000 hands by default.
        labelled: hands with two opinions.
        progress: told of every chunk.
    """
    root = build(
        folder / "hundred-thousand",
        count=images,
        scenes=LARGE_SCENES,
        hands_each=LARGE_HANDS_EACH,
        labelled=labelled,
        progress=progress,
    )
    progress.start("Open the window on it", 1)
    run = open_once(root, folder / "large.json", part="large")
    progress.step()
    note = f"{images * LARGE_HANDS_EACH:,} hands, offscreen, one process start"
    return [
        Figure(f"large_{name}", text, run[name], unit, target, note=note) for name, text, unit, target in LARGE_TARGETS
    ]


def open_once(root: Path, out: Path, *, part: str = "") -> dict[str, Any]:
    """Start the window on a project, let it measure itself, and return what it wrote to `out`.

    Args:
        root: the project.
        out: file for the figures.
        part: "large" for what matters at 100,000 hands, "" for everything else.
    """
    # A home of its own: the user's settings and recent projects stay as they are.
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "HANDANAT_HOME": str(out.with_suffix(".home")),
        STARTED: repr(time.time()),
        PART: part,
    }
    run_python(["-m", "handanat_studio.gui", "--bench", str(out), str(root)], environment=environment)
    measured: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return measured
