"""The window on 18,000 images: measured inside the window's own process, which writes its figures to a file."""

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
STARTED = "HANDANAT_BENCH_STARTED"
"""Environment variable that tells the window when its process was started, seconds since 1970."""

TARGETS = (
    ("usable_s", "from process start to a usable window", "s", 2.0),
    ("rss_mb", "memory of the window's process", "MB", 300.0),
    ("image_step_ms_p95", "step to the next image, 95th percentile", "ms", 30.0),
    ("image_step_settled_ms_p95", "the same until every panel is up to date", "ms", None),
    ("drag_frame_ms_p95", "frame while a joint is dragged, 95th percentile", "ms", 16.0),
    ("page_query_ms_p95", "page of 200 entries, 95th percentile", "ms", 10.0),
    ("scroll_frame_ms_p95", "frame while the library scrolls, 95th percentile", "ms", None),
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


def open_once(root: Path, out: Path) -> dict[str, Any]:
    """Start the window on a project, let it measure itself, and return what it wrote to `out`."""
    # A home of its own: the user's settings and recent projects stay as they are.
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "HANDANAT_HOME": str(out.with_suffix(".home")),
        STARTED: repr(time.time()),
    }
    run_python(["-m", "handanat_studio.gui", "--bench", str(out), str(root)], environment=environment)
    measured: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return measured
