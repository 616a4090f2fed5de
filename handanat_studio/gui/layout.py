"""Where the window and its panels were: remembered between sessions, put right when a screen is gone, reset at a word.

Only `window.ini` holds this; the settings file is for what people choose on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRect, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

FIRST_SIZE = QSize(1440, 900)
GRIP = QSize(160, 32)
"""How much of a window's upper edge must lie on a screen, so that it can be taken hold of."""


def reachable(frame: QRect, screens: Sequence[QRect]) -> QRect:
    """Return where a window goes so that it can be reached: as it is, or moved into the first screen.

    Args:
        frame: the window with its title bar, in pixels of the desktop.
        screens: the usable part of each screen, the main one first; at least one.
    """
    edge = QRect(frame.left(), frame.top(), frame.width(), GRIP.height())
    for screen in screens:
        seen = edge.intersected(screen)
        if seen.width() >= min(GRIP.width(), frame.width()) and seen.height() >= GRIP.height():
            return frame
    home = screens[0]
    size = frame.size().boundedTo(home.size())
    result = QRect(home.topLeft(), size)
    result.moveCenter(home.center())
    return result


@dataclass(slots=True)
class _Panels:
    splitter: QSplitter
    sizes: list[int]
    hidden: list[bool]
    last: list[int] = field(default_factory=list)


class LayoutMemory(QObject):
    """Keeps the window's place, and the width and visibility of panels.

    Signals:
        was_reset(): everything is as it was made.

    Args:
        file: where it is kept; None = only for this session, as on a tour.
    """

    was_reset = Signal()

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = None if file is None else QSettings(str(file), QSettings.Format.IniFormat)
        self._panels: dict[str, _Panels] = {}

    # the window ------------------------------------------------------------------------------------------------

    def place_window(self, window: QWidget) -> None:
        """Put a window where it was, on a screen that is there."""
        kept = self._file.value("geometry") if self._file is not None else None
        if not (isinstance(kept, QByteArray) and window.restoreGeometry(kept)):
            window.resize(FIRST_SIZE)
            return
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if window.isMaximized() or window.isFullScreen() or not screens:
            return
        wanted = reachable(window.frameGeometry(), screens)
        if wanted != window.frameGeometry():
            window.resize(wanted.size())
            window.move(wanted.topLeft())

    def keep_window(self, window: QWidget) -> None:
        """Remember where a window is; called when it closes."""
        if self._file is not None:
            self._file.setValue("geometry", window.saveGeometry())

    # panels ----------------------------------------------------------------------------------------------------

    def keep(self, name: str, splitter: QSplitter) -> None:
        """Give a splitter's panels the widths and the visibility they had, and remember them from now on.

        Call it when the splitter has its panels and their first sizes: that is what `reset` goes back to.

        Args:
            name: stable, e.g. the page's scope.
        """
        panels = _Panels(splitter, splitter.sizes(), _hidden(splitter))
        panels.last = list(panels.sizes)
        self._panels[name] = panels
        splitter.splitterMoved.connect(lambda _at, _place: _note(panels))
        splitter.destroyed.connect(lambda: self._panels.pop(name, None))
        kept = self._read(f"panels/{name}")
        if kept and len(kept["sizes"]) == len(kept["hidden"]) == splitter.count():
            panels.last = [int(size) for size in kept["sizes"]]
            _put(panels, panels.last, kept["hidden"])

    def save(self) -> None:
        """Write what is remembered; called before the window goes."""
        for name, panels in self._panels.items():
            _note(panels)
            self._write(f"panels/{name}", {"sizes": panels.last, "hidden": _hidden(panels.splitter)})
        if self._file is not None:
            self._file.sync()

    def reset(self, window: QWidget) -> None:
        """Give the window its first size in the middle of its screen, and every panel its first width."""
        if self._file is not None:
            self._file.clear()
        for panels in self._panels.values():
            panels.last = list(panels.sizes)
            _put(panels, panels.sizes, panels.hidden)
        window.setWindowState(Qt.WindowState.WindowNoState)
        usable = window.screen().availableGeometry()
        place = QRect(usable.topLeft(), FIRST_SIZE)
        place.moveCenter(usable.center())
        window.resize(FIRST_SIZE)
        window.move(max(usable.left(), place.left()), max(usable.top(), place.top()))
        self.was_reset.emit()

    # the file --------------------------------------------------------------------------------------------------

    def _read(self, key: str) -> Any:
        text = self._file.value(key) if self._file is not None else None
        try:
            return json.loads(text) if isinstance(text, str) else None
        except ValueError:
            return None

    def _write(self, key: str, value: Any) -> None:
        if self._file is not None:
            self._file.setValue(key, json.dumps(value))


def _widgets(splitter: QSplitter) -> list[QWidget]:
    return [widget for place in range(splitter.count()) if (widget := splitter.widget(place)) is not None]


def _hidden(splitter: QSplitter) -> list[bool]:
    return [widget.isHidden() for widget in _widgets(splitter)]


def _note(panels: _Panels) -> None:
    """Learn the widths; a hidden panel keeps the one it had when it was last seen."""
    panels.last = [now or before for now, before in zip(panels.splitter.sizes(), panels.last, strict=True)]


def _put(panels: _Panels, sizes: list[int], hidden: list[bool]) -> None:
    splitter = panels.splitter
    widgets = _widgets(splitter)
    for widget in widgets:
        widget.setHidden(False)
    splitter.setSizes(sizes)
    for widget, is_hidden in zip(widgets, hidden, strict=False):
        widget.setHidden(is_hidden)
