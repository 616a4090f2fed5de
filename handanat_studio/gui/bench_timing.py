"""What the measurements of the window share: percentiles, frames of a scrolled grid, steps to the next image."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea

from handanat_studio.gui import driving
from handanat_studio.gui.driving import wait_until

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return float(np.percentile(seconds, 95) * 1000)


def handle_frames(grid: QAbstractScrollArea, count: int) -> list[float]:
    """Drag the handle of a grid from top to bottom and return how long each frame took, in seconds."""
    bar, taken = grid.verticalScrollBar(), []
    for place in np.linspace(0, bar.maximum(), count):
        began = time.perf_counter()
        bar.setValue(round(place))
        grid.viewport().repaint()
        taken.append(time.perf_counter() - began)
        driving.pause(1)
    return taken


def timed_steps(
    page: AnnotatePage, name: str, key: Qt.Key, count: int, *, before: Callable[[], object]
) -> dict[str, float]:
    """Press a key that opens the next image, again and again.

    Args:
        page: with a hand open.
        name: of the figures.
        key: what is pressed on the canvas.
        count: how often.
        before: done before each press; not timed.

    Returns:
        95th percentiles in milliseconds: "NAME_ms_p95" to the image and its overlay on the canvas,
        "NAME_settled_ms_p95" to every panel up to date.
    """
    on_canvas: list[float] = []

    def painted(_image: object, is_final: bool) -> None:
        # The page paints the final picture before it tells anybody else of it.
        if is_final:
            on_canvas.append(time.perf_counter())

    page.loader.pictured.connect(painted)
    shown, settled = [], []
    for _ in range(count):
        before()
        on_canvas.clear()
        began = time.perf_counter()
        QTest.keyClick(page.canvas, key)
        wait_until(lambda: on_canvas, "the next image")
        driving.settle()
        settled.append(time.perf_counter() - began)
        shown.append(on_canvas[0] - began)
    page.loader.pictured.disconnect(painted)
    return {f"{name}_ms_p95": p95(shown), f"{name}_settled_ms_p95": p95(settled)}
