"""The window's border for bugs: one crash dialog for each traceback, and a log of what kills the process."""

from __future__ import annotations

import faulthandler
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import QApplication

from handanat_studio.gui.dialogs.crash import CrashDialog
from handanat_studio.paths import user_dir

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def fatal_log() -> Path:
    """Return the file to which a dying process writes its stack."""
    return user_dir("log") / "fatal.log"


def take_last_fatal() -> str:
    """Return what the last session wrote when it died, "" if it ended well; moves it out of the way."""
    file = fatal_log()
    if not file.exists():
        return ""
    text = file.read_text(encoding="utf-8", errors="replace").strip()
    if text:
        file.replace(file.with_suffix(".last.log"))
    return text


def watch_fatal() -> None:
    """Write the stacks of all threads to the log if the process dies of a fault."""
    faulthandler.enable(fatal_log().open("w", encoding="utf-8"))


def report_text(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Return a traceback with the versions one needs to read it."""
    try:
        own = version("handanat-studio")
    except PackageNotFoundError:
        own = "checkout"
    head = f"HandAnat Studio {own} · Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}"
    return head + "\n\n" + "".join(traceback.format_exception(kind, error, trace))


class CrashBorder(QObject):
    """Catches what nobody else caught, in any thread; shows each distinct traceback once."""

    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._dialogs: list[CrashDialog] = []
        self._before: Hook = sys.excepthook
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    @property
    def dialogs(self) -> list[CrashDialog]:
        """The dialogs that were opened."""
        return list(self._dialogs)

    def install(self) -> None:
        """Take over the hooks of this process."""
        sys.excepthook = self.catch
        threading.excepthook = lambda args: self.catch(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = self._before
        threading.excepthook = threading.__excepthook__

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and show it; a keyboard interrupt ends the program instead."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        text = report_text(kind, error, trace)
        sys.stderr.write(text)
        self._caught.emit(text)

    def _on_caught(self, text: str) -> None:
        if text in self._seen:
            return
        self._seen.add(text)
        dialog = CrashDialog(text, QApplication.activeWindow())
        self._dialogs.append(dialog)
        dialog.show()
