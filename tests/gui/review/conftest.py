"""A real project that two people have annotated, a reviewer's context on it, and the Review page in a window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, Detection, HandPose
from handanat_studio.project import Project
from handanat_studio.settings import Settings
from handanat_studio.store import hands
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.workflows import annotate, ingest, people, review
from handanat_studio.workflows.review import ReviewView

REVIEWER, BEA, CAL = "rosa", "bea-longname", "cal-longname"
INDEX_TIP, RING_TIP = 8, 16
HANDS = 8
"""Hands 1 to 5 have one submission, 6 and 7 two that differ, 8 two that agree."""

Press = Callable[..., None]
Stored = Callable[[int], ReviewView]


def moved(pose: HandPose, row: int, dx: float, dy: float) -> HandPose:
    """Return a pose with one joint moved by pixels."""
    x, y = pose.points[row].tolist()
    return edits.move(pose, row, (x + dx, y + dy))


def _hand_in(project: Project, hand_id: int, name: str, pose: HandPose, verdict: str) -> None:
    annotate.save(project, NewAnnotation(hand_id, name, pose, verdict=verdict, action="Placed"))
    review.submit(project, hand_id, annotator=name, reason="It looks so.")


def fill(folder: Path, count: int = HANDS) -> Path:
    """Make the project; its last three hands have two annotators."""
    pictures = folder / "pictures"
    pictures.mkdir()
    scenes = [render_scene(111, size=192, hands=1) for _ in range(count)]
    for number, scene in enumerate(scenes):
        picture = Image.fromarray(scene.image)
        picture.putpixel((number, 0), (number, 255, 0))
        picture.save(pictures / f"secretgen-{number}.png")
    project = projects.create(folder / "project")
    ingest.import_images(project, [pictures])
    with project.store.write() as session:
        for image_id, scene in enumerate(scenes, 1):
            found = [Detection(h.box, h.pose, "synthetic", "1", 1.0) for h in scene.hands]
            hands.add_detections(session, image_id, found, "synthetic 1")
    people.set_role(project, REVIEWER, "lead", by=REVIEWER)
    pose = scenes[0].hands[0].pose
    for hand_id in range(1, count - 2):
        _hand_in(project, hand_id, BEA, pose, PLAUSIBLE)
    for hand_id in (count - 2, count - 1):
        _hand_in(project, hand_id, BEA, moved(pose, INDEX_TIP, -20, 0), PLAUSIBLE)
        _hand_in(project, hand_id, CAL, moved(moved(pose, INDEX_TIP, 20, 0), RING_TIP, 0, 24), IMPLAUSIBLE)
    for name in (BEA, CAL):
        _hand_in(project, count, name, pose, PLAUSIBLE)
    project.close()
    return folder / "project"


@pytest.fixture
def make_project() -> Callable[[Path, int], Path]:
    """Makes a project of a given number of hands in a folder."""
    return fill


@pytest.fixture(scope="session")
def reviewed_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project that no test changes."""
    return fill(tmp_path_factory.mktemp("review"))


@pytest.fixture
def root(reviewed_root: Path, tmp_path: Path) -> Path:
    """A copy for one test."""
    return Path(shutil.copytree(reviewed_root, tmp_path / "project"))


@pytest.fixture
def settings() -> Settings:
    """What the reviewer has chosen."""
    return Settings(annotator=REVIEWER)


@pytest.fixture
def ctx(qapp: QApplication, qtbot: QtBot, root: Path, settings: Settings) -> Iterator[Context]:
    """A context with the project open."""
    theme.apply(qapp, "dark")
    context = Context(settings, keeps_settings=False)
    with qtbot.waitSignal(context.project_opened, timeout=10_000):
        context.open_project(root)
    yield context
    context.close()


@pytest.fixture
def settled(qtbot: QtBot, ctx: Context) -> Callable[[], None]:
    """Waits until every read and write is answered."""

    def wait() -> None:
        qtbot.waitUntil(lambda: ctx.pending == 0, timeout=10_000)

    return wait


@pytest.fixture
def bare_page(qtbot: QtBot, ctx: Context, settled: Callable[[], None]) -> ReviewPage:
    """The page in a window of its own, whatever it shows."""
    page = ReviewPage(ctx)
    ctx.changed.connect(page.on_changed)
    qtbot.addWidget(page)
    page.resize(1440, 820)
    with qtbot.waitActive(page, timeout=5_000):
        page.show()
        page.activateWindow()
    page.shown()
    settled()
    return page


@pytest.fixture
def page(bare_page: ReviewPage, qtbot: QtBot, settled: Callable[[], None]) -> ReviewPage:
    """The page with the first hand of the queue "submitted" open."""
    qtbot.waitUntil(lambda: bare_page.case is not None, timeout=10_000)
    settled()
    assert bare_page.feed.key == "queue:submitted"
    bare_page.canvas.setFocus()
    return bare_page


@pytest.fixture
def press(page: ReviewPage, settled: Callable[[], None]) -> Press:
    """Presses a key where the keyboard focus is, and lets the window catch up."""

    def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or page, which, modifier)
        QApplication.processEvents()
        settled()

    return key


@pytest.fixture
def open_hand(page: ReviewPage, qtbot: QtBot, settled: Callable[[], None]) -> Callable[[int], None]:
    """Opens a hand by its id; every image has one."""

    def go(hand_id: int) -> None:
        page.show_hand(hand_id, hand_id)
        qtbot.waitUntil(lambda: page.case is not None and page.case.hand_id == hand_id, timeout=10_000)
        settled()
        page.canvas.setFocus()

    return go


@pytest.fixture
def stored(root: Path) -> Stored:
    """Reads a hand from the disk as the reviewer may see it, through a store of its own."""

    def read(hand_id: int) -> ReviewView:
        project = projects.open_project(root)
        try:
            return review.review_view(project, hand_id, viewer=REVIEWER)
        finally:
            project.close()

    return read


@pytest.fixture
def revisions(root: Path) -> Callable[[int, str], list[Annotation]]:
    """Reads a hand's revisions of one kind from the disk."""

    def read(hand_id: int, kind: str) -> list[Annotation]:
        project = projects.open_project(root)
        try:
            return [revision for revision in annotate.history(project, hand_id) if revision.kind == kind]
        finally:
            project.close()

    return read
