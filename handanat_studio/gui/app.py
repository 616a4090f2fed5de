"""Starts the window: arguments, theme, crash border, pages. The only place that knows all pages."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication

from handanat_studio import settings as settings_store
from handanat_studio.errors import UserError
from handanat_studio.gui import errors, icons, theme
from handanat_studio.gui.backups import Backups
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.crash import show_log
from handanat_studio.gui.dialogs.preferences import PreferencesDialog
from handanat_studio.gui.frame_actions import FrameActions
from handanat_studio.gui.guide import Guide
from handanat_studio.gui.main_window import MainWindow, PageRow
from handanat_studio.gui.pages.library import LibraryPage
from handanat_studio.gui.pages.start import StartPage
from handanat_studio.gui.project_actions import ProjectActions
from handanat_studio.settings import Settings
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import browse

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage
    from handanat_studio.gui.pages.review import ReviewPage

DECODE_LIMIT_MB = 1024
DRIVEN = ("tour", "bench")
"""Arguments that drive the window, each by the module of its name."""
ANNOTATE_PAGE = "handanat_studio.gui.pages.annotate:AnnotatePage"
REVIEW_PAGE = "handanat_studio.gui.pages.review:ReviewPage"
"""Loaded when it is first shown: the window opens on the library, and a third of all imports belong to the editor."""


class Studio(QObject):
    """The running program: one context, one window, its pages.

    Args:
        settings: what the user has chosen.
        keeps_settings: write changes to the settings file.
    """

    def __init__(self, settings: Settings, *, keeps_settings: bool = True) -> None:
        super().__init__()
        self.ctx = Context(settings, keeps_settings=keeps_settings)
        self.window = MainWindow(self.ctx)
        self.actions = ProjectActions(self.ctx, self.window)
        self.backups = Backups(self.ctx, self)
        self.frame = FrameActions(self.ctx, self.window, self.backups)
        self.guide = Guide(self.ctx, self.window, self.actions)
        self.library: LibraryPage | None = None
        self.annotate: AnnotatePage | None = None
        self.review: ReviewPage | None = None
        rows = [
            PageRow("Library", "library", "library", self._make_library),
            PageRow("Annotate", "annotate", "annotate", self._make_annotate),
            PageRow("Review", "review", "review", self._make_review),
        ]
        start = StartPage(self.ctx, self.actions)
        own = (self.actions, self.frame, self.guide)
        self.window.set_pages(start, rows, [row for actions in own for row in actions.commands()])
        self.ctx.settings_changed.connect(self._on_settings)
        self.window.page_shown.connect(self._on_page)
        self._theme = settings.theme

    def open_hand(self, image_id: int, hand_id: int) -> None:
        """Show a hand on the Annotate page, with what the library lists as its queue."""
        self.window.show_page("annotate")
        page = self.annotate
        assert page is not None
        index, row = self.library.queue if self.library is not None else (None, -1)
        if index is not None:
            page.set_queue(index, row)
        page.show_hand(image_id, hand_id)

    def _make_library(self) -> LibraryPage:
        self.library = LibraryPage(self.ctx, self.actions)
        self.library.open_hand.connect(self.open_hand)
        return self.library

    def _make_annotate(self) -> AnnotatePage:
        self.annotate = _load(ANNOTATE_PAGE)(self.ctx)
        return self.annotate

    def _make_review(self) -> ReviewPage:
        self.review = _load(REVIEW_PAGE)(self.ctx)
        self.review.open_hand.connect(self.open_hand)
        return self.review

    def open_preferences(self) -> PreferencesDialog:
        """Open the preferences, which apply at once, and return the dialog."""
        return self.frame.open_preferences()

    def _on_page(self, page: object) -> None:
        """Let the library point at the hand that was worked on last."""
        if page is not self.library or self.library is None or self.annotate is None:
            return
        draft, view = self.annotate.draft, self.annotate.loader.view
        if draft is not None and view is not None:
            self.library.select(view.image.id, draft.hand_id)

    def _on_settings(self, settings: Settings) -> None:
        if settings.theme != self._theme:
            self._theme = settings.theme
            theme.apply(QApplication.instance(), settings.theme)  # type: ignore[arg-type]
            self.ctx.commands.refresh()


def _load(page: str) -> Any:
    module, _, name = page.partition(":")
    return getattr(importlib.import_module(module), name)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line of the window."""
    parser = argparse.ArgumentParser(prog="handanat-studio", description="Open the HandAnat Studio window.")
    parser.add_argument("project", nargs="?", type=Path, metavar="PROJECT", help="project folder to open")
    parser.add_argument("--open-hand", type=int, metavar="ID", help="open this hand on the Annotate page")
    parser.add_argument("--tour", type=Path, metavar="OUT", help="drive the window by itself and leave pictures in OUT")
    parser.add_argument("--bench", type=Path, metavar="FILE", help="measure the window and write the figures to FILE")
    arguments = parser.parse_args(argv)
    if arguments.project is None and any(getattr(arguments, name) for name in DRIVEN):
        parser.error("--tour and --bench need a PROJECT")
    return arguments


def make_application(settings: Settings) -> QApplication:
    """Make the Qt application with the program's look."""
    app = QApplication.instance() or QApplication(["handanat-studio"])
    assert isinstance(app, QApplication)
    app.setApplicationName("handanat-studio")
    app.setApplicationDisplayName("HandAnat Studio")
    app.setDesktopFileName("handanat-studio")
    app.setStyle("Fusion")
    app.setWindowIcon(icons.icon("handanat-studio"))
    QImageReader.setAllocationLimit(DECODE_LIMIT_MB)
    theme.apply(app, settings.theme)
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: _follow_system(app))
    return app


def _follow_system(app: QApplication) -> None:
    if app.property("theme") == "system":
        theme.apply(app, "system")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window until it is closed and return the exit code."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    last_fatal = errors.take_last_fatal()
    errors.watch_fatal()
    settings, problem = _load_settings()
    app = make_application(settings)
    border = errors.CrashBorder()
    border.install()
    for name in DRIVEN:
        out = getattr(arguments, name)
        if out is not None:
            driven = importlib.import_module(f"handanat_studio.gui.{name}")
            return _drive(driven.run, Studio(Settings(), keeps_settings=False), arguments.project, out)
    studio = Studio(settings)
    studio.window.show()
    if problem is not None:
        studio.ctx.notify(problem.message, problem.hint, "warning")
    if last_fatal:
        _tell_last_fatal(studio, last_fatal)
    if arguments.project is not None:
        studio.ctx.open_project(arguments.project, then=lambda: _open_hand(studio, arguments.open_hand))
    code = app.exec()
    border.remove()
    return code


def _drive(run: Callable[[Studio, Path, Path], int], studio: Studio, project: Path, out: Path) -> int:
    try:
        return run(studio, project, out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _load_settings() -> tuple[Settings, UserError | None]:
    try:
        return settings_store.load(), None
    except UserError as error:
        return Settings(), error


def _open_hand(studio: Studio, hand_id: int | None) -> None:
    if hand_id is None:
        return

    def on_index(index: EntryIndex) -> None:
        rows = np.flatnonzero(index.hand_ids == hand_id)
        if len(rows):
            studio.open_hand(int(index.image_ids[rows[0]]), hand_id)
        else:
            studio.ctx.notify(f"The project has no hand {hand_id}.", level="warning")

    studio.ctx.read(browse.index, LibraryFilter(), done=on_index)


def _tell_last_fatal(studio: Studio, text: str) -> None:
    studio.ctx.notify(
        "HandAnat Studio ended unexpectedly last time.",
        hint="Every edit that was shown as saved is in the project.",
        level="warning",
        action="Show log",
        run=lambda: show_log(text, studio.window),
    )
