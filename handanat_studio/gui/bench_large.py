"""Measures the window on 100,000 hands from inside: filtering, scrolling, submitting, memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from handanat_studio.gui import driving
from handanat_studio.gui.bench_timing import handle_frames, p95, timed_steps
from handanat_studio.gui.driving import PictureWatch, wait_until
from handanat_studio.store.library import SORTS

if TYPE_CHECKING:
    # The editor is not loaded before the window asks for it: the start is measured too.
    from handanat_studio.gui.app import Studio
    from handanat_studio.gui.pages.annotate import AnnotatePage
    from handanat_studio.gui.pages.library import LibraryPage

CLICKS, JUMPS, NOTCHES, SUBMITS = 80, 120, 240, 40
LOOK_MS = 300
"""A person takes this long at least to judge a hand; neighbours are decoded meanwhile."""


def measure(studio: Studio) -> dict[str, float]:
    """Return the figures; the library is open and its entries are in view."""
    library = studio.library
    assert library is not None
    figures = {"filter_sort_ms_p95": _filter(library), "scroll_frame_ms_p95": _scroll(library)}
    library.show_all()
    library.sort_field.setCurrentIndex(0)
    _wait(library)
    library.grid.go_to(0)
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    assert studio.annotate is not None
    return figures | _submit(studio.annotate)


def _wait(library: LibraryPage) -> None:
    wait_until(lambda: library.is_settled and library.is_counted, "the listing and its counts")


def _filter(library: LibraryPage) -> float:
    """Time from the click on a filter or an order to the frame that shows the first page."""
    for section in library.panel.fields.values():
        section.fold(True)
    _wait(library)
    taken = []
    for click in islice(_clicks(library), CLICKS):
        began = time.perf_counter()
        click()
        wait_until(lambda: library.is_listed, "the listing")
        library.grid.viewport().repaint()
        taken.append(time.perf_counter() - began)
        _wait(library)
    return p95(taken)


def _clicks(library: LibraryPage) -> Iterator[Callable[[], object]]:
    """Give what a user clicks: a value, another one beside it, an order, its direction, and everything again."""
    rows = [(section, value) for section in library.panel.fields.values() for value in section.values[:2]]
    orders = cycle(range(len(SORTS)))
    for first, second in zip(cycle(rows), cycle(rows[3:] + rows[:3]), strict=False):
        for section, value in (first, second):
            yield lambda section=section, value=value: _click(section.row(value))  # type: ignore[misc]
        yield partial(library.sort_field.setCurrentIndex, next(orders))
        yield partial(_click, library.direction_button)
        yield library.show_all


def _click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())


def _scroll(library: LibraryPage) -> float:
    """Time a frame of the grid, half of them while its handle is dragged from top to bottom, half by the wheel."""
    grid, taken = library.grid, handle_frames(library.grid, JUMPS)
    spot = QPointF(grid.viewport().rect().center())
    for _ in range(NOTCHES):
        turn = QWheelEvent(
            spot,
            QPointF(grid.viewport().mapToGlobal(spot.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        began = time.perf_counter()
        QApplication.sendEvent(grid.viewport(), turn)
        grid.viewport().repaint()
        taken.append(time.perf_counter() - began)
        driving.pause(1)
    return p95(taken)


def _submit(page: AnnotatePage) -> dict[str, float]:
    """Time from the key that submits a verdict to the next image."""
    watch = PictureWatch(page)
    wait_until(lambda: watch.is_shown, "the first hand")
    return timed_steps(page, "submit_next", Qt.Key.Key_Return, SUBMITS, before=partial(_judge, page))


def _judge(page: AnnotatePage) -> None:
    # Two hands of one image share a picture: what counts is the step to another image.
    _to_last_hand(page)
    QTest.keyClick(page.canvas, Qt.Key.Key_P)
    driving.pause(LOOK_MS)


def _to_last_hand(page: AnnotatePage) -> None:
    """Go to the last hand of the image that is open."""
    view = page.loader.view
    assert view is not None
    last = view.hands[-1].hand.id
    if page.draft is not None and page.draft.hand_id != last:
        page.step(1)
        wait_until(lambda: page.draft is not None and page.draft.hand_id == last, "the last hand of the image")
        driving.pause(LOOK_MS)
