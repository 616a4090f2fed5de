"""Drives the real window with real events, for the tour and the measurements: wait, press, drag, take a picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from handanat_studio.errors import UserError
from handanat_studio.gui.dialogs.crash import CrashDialog
from handanat_studio.gui.layout import FIRST_SIZE
from handanat_studio.gui.main_window import MainWindow

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

PATIENCE_S = 60.0
POLL_MS = 2


def pause(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def settle() -> None:
    """Let the event loop run until it has nothing left to do: every panel is painted, every timer of now has run."""
    loop = QEventLoop()
    dispatcher = QAbstractEventDispatcher.instance()
    dispatcher.aboutToBlock.connect(loop.quit)
    loop.exec()
    dispatcher.aboutToBlock.disconnect(loop.quit)


def wait_until(is_so: Callable[[], object], what: str, *, patience_s: float = PATIENCE_S) -> None:
    """Let the event loop run until a condition holds.

    Raises:
        UserError: if it does not come true in time, or the program failed meanwhile.
    """
    end = time.monotonic() + patience_s
    while not is_so():
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, CrashDialog):
                raise UserError(f"The window failed while it waited for {what}.", hint=widget.report)
        if time.monotonic() > end:
            raise UserError(f"The window did not come to: {what}.", hint="Run it again on a machine with less to do.")
        pause(POLL_MS)


def drag(viewport: QWidget, path: Iterable[QPoint], *, is_enough: Callable[[], bool]) -> None:
    """Press the left button at the first point, move along the others, release where `is_enough` turns true."""
    points = iter(path)
    spot = next(points)
    QTest.mouseMove(viewport, spot)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    for spot in points:
        QTest.mouseMove(viewport, spot)
        pause(POLL_MS)
        if is_enough():
            break
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)


class PictureWatch:
    """Knows whether the Annotate page shows the picture of the image it has open.

    Args:
        page: the page.
    """

    def __init__(self, page: AnnotatePage) -> None:
        self._page = page
        self._image_id = 0
        page.loader.pictured.connect(self._on_pictured)

    @property
    def is_shown(self) -> bool:
        """Whether the open image is on the canvas in full."""
        view = self._page.loader.view
        return view is not None and view.image.id == self._image_id

    @property
    def key(self) -> tuple[int, int]:
        """Image and hand that are open, 0 = none."""
        view, draft = self._page.loader.view, self._page.draft
        return 0 if view is None else view.image.id, 0 if draft is None else draft.hand_id

    def is_shown_after(self, before: tuple[int, int]) -> bool:
        """Whether another image or hand than `before` is shown."""
        return self.key != before and self.is_shown

    def _on_pictured(self, _image: object, is_final: bool) -> None:
        view = self._page.loader.view
        if is_final and view is not None:
            self._image_id = view.image.id


class Camera:
    """Numbers the pictures it takes of a window.

    Args:
        window: what to picture.
        folder: where pictures go.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self.names: list[str] = []
        window.showNormal()
        window.resize(FIRST_SIZE)

    def take(self, name: str) -> None:
        """Save `NN-name.png`.

        Raises:
            UserError: if it cannot be written.
        """
        pause(150)
        file = self._folder / f"{len(self.names) + 1:02d}-{name}.png"
        if not self._window.grab().save(str(file)):
            raise UserError(f"The picture {file} cannot be written.", hint="Choose another folder.")
        self.names.append(file.name)
