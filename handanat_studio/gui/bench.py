"""Measures the window from inside: start, memory, stepping, dragging, paging. Writes the figures to a file."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from handanat_studio.errors import UserError
from handanat_studio.gui import bench_large, driving
from handanat_studio.gui.bench_timing import handle_frames, p95, timed_steps
from handanat_studio.gui.driving import PictureWatch, wait_until
from handanat_studio.gui.layout import FIRST_SIZE
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import browse

if TYPE_CHECKING:
    from handanat_studio.gui.app import Studio
    from handanat_studio.gui.pages.annotate import AnnotatePage

STARTED, PART = "HANDANAT_BENCH_STARTED", "HANDANAT_BENCH_PART"
PAGE = 200
PAGES, STEPS, FRAMES = 60, 60, 120
LOOK_MS = 120
"""A person looks at an image this long at least before stepping on; neighbours are decoded meanwhile."""


def run(studio: Studio, project: Path, out: Path) -> int:
    """Open the window on a project, measure, write a JSON object of figures to `out`, return the exit code.

    Start is counted from the environment variable HANDANAT_BENCH_STARTED (seconds since 1970) to the first frame
    of the library that shows its entries. HANDANAT_BENCH_PART says what is measured: "large" is for 100,000 hands.
    """
    started = float(os.environ.get(STARTED, time.time()))
    studio.window.resize(FIRST_SIZE)
    studio.window.show()
    studio.ctx.open_project(project)
    wait_until(lambda: studio.library is not None and studio.library.is_listed, "the library")
    assert studio.library is not None
    studio.library.grid.viewport().repaint()
    figures = {"usable_s": time.time() - started}
    wait_until(lambda: studio.library is not None and studio.library.is_settled, "the thumbnails")
    figures["thumbnails_s"] = time.time() - started
    figures |= bench_large.measure(studio) if os.environ.get(PART) == "large" else _measure(studio)
    figures["rss_mb"] = _rss_mb()
    studio.ctx.close()
    out.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    return 0


def _measure(studio: Studio) -> dict[str, float]:
    assert studio.library is not None
    figures = {"page_query_ms_p95": _pages(studio), "scroll_frame_ms_p95": _scroll(studio)}
    QTest.keyClick(studio.library.grid, Qt.Key.Key_Return)
    assert studio.annotate is not None
    return figures | _steps(studio.annotate) | {"drag_frame_ms_p95": _drag(studio.annotate)}


def _pages(studio: Studio) -> float:
    """Time one page of entries, inside the store thread."""
    found: list[EntryIndex] = []
    studio.ctx.read(browse.index, LibraryFilter(), done=found.append)
    wait_until(lambda: found, "the index")
    index = found[0]
    taken: list[float] = []

    def timed(project: object, first: int) -> float:
        part = slice(first, first + PAGE)
        began = time.perf_counter()
        browse.page(project, LibraryFilter(), index.image_ids[part], index.hand_ids[part])  # type: ignore[arg-type]
        return time.perf_counter() - began

    for first in np.linspace(0, max(0, len(index) - PAGE), PAGES, dtype=int):
        studio.ctx.read(timed, int(first), done=taken.append)
    wait_until(lambda: len(taken) == PAGES, "the pages")
    return p95(taken)


def _scroll(studio: Studio) -> float:
    """Time a repaint of the grid while it is scrolled from top to bottom."""
    assert studio.library is not None
    grid = studio.library.grid
    taken = handle_frames(grid, FRAMES)
    grid.verticalScrollBar().setValue(0)
    return p95(taken)


def _steps(page: AnnotatePage) -> dict[str, float]:
    """Time from the key D to the next image."""
    watch = PictureWatch(page)
    wait_until(lambda: watch.is_shown, "the first hand")
    return timed_steps(page, "image_step", Qt.Key.Key_D, STEPS, before=partial(driving.pause, LOOK_MS))


def _drag(page: AnnotatePage) -> float:
    """Time a mouse move with a joint held, up to the frame in which everything follows: pose, angles, score, panels."""
    draft = page.draft
    assert draft is not None
    viewport = page.canvas.viewport()
    x, y = draft.pose.points[8].tolist()
    spot = page.canvas.mapFromScene(x, y)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    taken = []
    for number in range(FRAMES):
        goal = spot + QPoint(number % 40 - 20, (3 * number) % 40 - 20)
        began = time.perf_counter()
        QTest.mouseMove(viewport, goal)
        driving.settle()
        taken.append(time.perf_counter() - began)
        driving.pause(1)
    if not page.canvas.is_dragging:
        raise UserError("No joint was held while dragging was measured.", hint="This is a fault: report it.")
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    return p95(taken)


def _rss_mb() -> float:
    """Return the largest memory this process had, in 10^6 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
