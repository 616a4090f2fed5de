"""A real project with drawn hands, a context on it, and the Annotate page: what the editor's tests stand on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.values import Detection
from handanat_studio.settings import Settings
from handanat_studio.store import hands
from handanat_studio.store.library import LibraryFilter
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.workflows import annotate, browse, ingest

ANNOTATOR = "ada"


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of three images (one hand, two hands, one hand) whose detections are the drawn truth."""
    folder = tmp_path_factory.mktemp("editor")
    pictures = folder / "pictures"
    pictures.mkdir()
    scenes = [render_scene(seed, size=256, hands=count) for seed, count in ((111, 1), (42, 2), (104, 1))]
    for number, scene in enumerate(scenes):
        Image.fromarray(scene.image).save(pictures / f"{number}.png")
    project = projects.create(folder / "project")
    ingest.import_images(project, [pictures])
    with project.store.write() as session:
        for image_id, scene in enumerate(scenes, 1):
            found = [Detection(h.box, h.pose, "synthetic", "1", 1.0) for h in scene.hands]
            hands.add_detections(session, image_id, found, "synthetic 1")
    project.close()
    return folder / "project"


@pytest.fixture
def root(sample_root: Path, tmp_path: Path) -> Path:
    """A copy of the sample project for one test."""
    return Path(shutil.copytree(sample_root, tmp_path / "project"))


@pytest.fixture
def ctx(qapp: QApplication, qtbot: QtBot, root: Path) -> Iterator[Context]:
    """A context with the project open."""
    theme.apply(qapp, "dark")
    context = Context(Settings(annotator=ANNOTATOR))
    with qtbot.waitSignal(context.project_opened, timeout=10_000):
        context.open_project(root)
    yield context
    context.close()


@pytest.fixture
def revisions(root: Path) -> Callable[[int], list[Annotation]]:
    """Reads a hand's revisions from the disk, through a store of its own."""

    def read(hand_id: int) -> list[Annotation]:
        project = projects.open_project(root)
        try:
            return annotate.history(project, hand_id)
        finally:
            project.close()

    return read


@pytest.fixture
def settled(qtbot: QtBot, ctx: Context) -> Callable[[], None]:
    """Waits until every read and write is answered."""

    def wait() -> None:
        qtbot.waitUntil(lambda: ctx.pending == 0, timeout=10_000)

    return wait


@pytest.fixture
def page(qtbot: QtBot, ctx: Context, settled: Callable[[], None]) -> AnnotatePage:
    """The page in a window of its own, with the first hand of the queue open and its picture decoded."""
    shown = AnnotatePage(ctx)
    ctx.changed.connect(shown.on_changed)
    qtbot.addWidget(shown)
    shown.resize(1440, 820)
    with qtbot.waitActive(shown, timeout=5_000):
        shown.show()
        shown.activateWindow()
    shown.shown()
    qtbot.waitUntil(lambda: shown.draft is not None and not shown.canvas.picture_is_blank, timeout=10_000)
    settled()
    shown.canvas.setFocus()
    return shown


@pytest.fixture
def listing(ctx: Context) -> browse.EntryIndex:
    """The keys of all entries."""
    return browse.index(ctx.project, LibraryFilter(annotator=ANNOTATOR))


class Mouse:
    """Drags and clicks on a canvas by image coordinates, with real events."""

    def __init__(self, page: AnnotatePage) -> None:
        self._page = page

    def at(self, row: int) -> QPoint:
        """Return the viewport position of a joint of the open hand."""
        draft = self._page.draft
        assert draft is not None
        return self.spot(*draft.pose.points[row].tolist())

    def spot(self, x: float, y: float) -> QPoint:
        """Return the viewport position of an image point."""
        return self._page.canvas.mapFromScene(x, y)

    def press(self, at: QPoint) -> None:
        """Press the left button."""
        viewport = self._page.canvas.viewport()
        QTest.mouseMove(viewport, at)
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def move(self, at: QPoint) -> None:
        """Move with the button held, and let the window catch up."""
        QTest.mouseMove(self._page.canvas.viewport(), at)
        QApplication.processEvents()

    def release(self, at: QPoint) -> None:
        """Let the left button go."""
        QTest.mouseRelease(self._page.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def click(self, at: QPoint) -> None:
        """Press and release."""
        self.press(at)
        self.release(at)

    def drag(self, row: int, by: QPoint, *, steps: int = 6) -> None:
        """Drag a joint by screen pixels."""
        start = self.at(row)
        self.press(start)
        for step in range(1, steps + 1):
            self.move(start + by * (step / steps))
        self.release(start + by)


@pytest.fixture
def mouse(page: AnnotatePage) -> Mouse:
    """A mouse over the page's canvas."""
    return Mouse(page)
