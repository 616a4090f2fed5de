"""A person at the window: real key and mouse events on the real program, with the real worker and the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from handanat_studio import project as projects
from handanat_studio.gui import driving
from handanat_studio.gui.app import Studio, make_application
from handanat_studio.gui.driving import wait_until
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.settings import Settings
from handanat_studio.synthetic.scenes import render_scene

T = TypeVar("T")
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PATIENCE_S = 90.0


class Desk:
    """Presses keys and moves the mouse as a person would, and reads the store back through a connection of its own."""

    def __init__(self, studio: Studio, root: Path) -> None:
        self.studio, self.root = studio, root

    # the pages -------------------------------------------------------------------------------------------------

    @property
    def page(self) -> AnnotatePage:
        """The Annotate page."""
        assert self.studio.annotate is not None
        return self.studio.annotate

    @property
    def review(self) -> ReviewPage:
        """The Review page."""
        assert self.studio.review is not None
        return self.studio.review

    @property
    def draft(self) -> Draft:
        """The hand that is open on the Annotate page."""
        assert self.page.draft is not None
        return self.page.draft

    def be(self, name: str) -> None:
        """Sit down as somebody else."""
        self.studio.ctx.change_settings(annotator=name)
        self.settle()

    def come_forward(self) -> None:
        """Make the window the active one, as after a dialog has gone."""
        self.studio.window.activateWindow()
        wait_until(self.studio.window.isActiveWindow, "the window to be active")

    # doing -----------------------------------------------------------------------------------------------------

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, *, on: QWidget | None = None) -> None:
        """Press a key where the keyboard focus is."""
        target = on or QApplication.focusWidget() or self.studio.window
        QTest.keyClick(target, key, modifier)
        driving.settle()

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClicks(target, text)
        driving.settle()

    def click(self, x: float, y: float, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Click an image point on the Annotate canvas."""
        viewport, spot = self.page.canvas.viewport(), self.page.canvas.mapFromScene(x, y)
        QTest.mouseMove(viewport, spot)
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, modifier, spot)
        driving.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float], modifier: Qt.KeyboardModifier = NONE) -> None:
        """Drag from one image point to another in six moves."""
        canvas = self.page.canvas
        first, last = (canvas.mapFromScene(*spot) for spot in (start, end))
        QTest.mouseMove(canvas.viewport(), first)
        QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, modifier, first)
        for step in range(1, 7):
            QTest.mouseMove(canvas.viewport(), first + QPoint((last - first) * (step / 6)))
            driving.pause(2)
        QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, modifier, last)
        driving.settle()

    def at(self, row: int) -> tuple[float, float]:
        """Return where a joint of the open hand is, in image pixels."""
        x, y = self.draft.pose.points[row].tolist()
        return x, y

    def saved(self, act: Callable[[], object], *, steps: int = 1, what: str = "") -> None:
        """Do something that is exactly so many undo steps, and wait until they are on disk."""
        before, draft = len(self.draft.steps()), self.draft
        act()
        wait_until(lambda: draft.is_settled, "the step to be saved", patience_s=PATIENCE_S)
        assert len(draft.steps()) == before + steps, f"{what}: {[step.action for step in draft.steps()]}"

    def settle(self) -> None:
        """Wait until every read and write is answered and painted."""
        wait_until(lambda: self.studio.ctx.pending == 0, "the store", patience_s=PATIENCE_S)
        driving.settle()

    def jobs_done(self) -> None:
        """Wait until the worker has nothing left to do."""
        wait_until(lambda: not self.studio.ctx.jobs.active(), "the jobs", patience_s=PATIENCE_S)
        self.settle()

    # reading back ----------------------------------------------------------------------------------------------

    def stored(self, read: Callable[..., T], *args: Any, **options: Any) -> T:
        """Run a workflow on a store of its own, as another program would."""
        with closing(projects.open_project(self.root)) as project:
            return read(project, *args, **options)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with three drawn hands, one an image."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, seed in enumerate((111, 104, 120)):
        Image.fromarray(render_scene(seed, size=512).image).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Studio]:
    """The program with its window shown, in a home of its own."""
    monkeypatch.setenv("HANDANAT_HOME", str(tmp_path / "home"))
    make_application(Settings())
    program = Studio(Settings(annotator="ada"), keeps_settings=False)
    program.window.resize(1440, 900)
    program.window.show()
    program.window.activateWindow()
    yield program
    program.window.close()
    program.window.deleteLater()


@pytest.fixture
def desk(studio: Studio, tmp_path: Path) -> Desk:
    """A person at that window; the project will lie in `desk.root`."""
    return Desk(studio, tmp_path / "project")
