"""What the program saw, in the window: the network's layer and judging again, with the real worker and real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.app import Studio, make_application
from handanat_studio.gui.context import Notice
from handanat_studio.gui.editor.evidence_layer import BLIND
from handanat_studio.gui.editor.evidence_legend import WEBS
from handanat_studio.gui.editor.evidence_words import NOT_LOOKED
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import PLAUSIBLE, Detection
from handanat_studio.settings import Settings
from handanat_studio.store import hands
from handanat_studio.synthetic.scenes import Scene, render_scene
from handanat_studio.workflows import annotate, assign, ingest, people

pytestmark = pytest.mark.e2e
SIDE = 320
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PATIENCE_MS = 120_000
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    """Two images with a hand each."""
    return [render_scene(seed, size=SIDE, hands=1) for seed in (111, 104)]


@pytest.fixture
def root(scenes: list[Scene], tmp_path: Path) -> Path:
    """A project of them whose hands were found by an earlier program, without the digit network."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number, scene in enumerate(scenes):
        Image.fromarray(scene.image).save(pictures / f"{number}.png")
    project = projects.create(tmp_path / "project")
    ingest.import_images(project, [pictures])
    with project.store.write() as session:
        for image_id, scene in enumerate(scenes, 1):
            found = [Detection(hand.box, hand.pose, "mediapipe", "old", 0.5) for hand in scene.hands]
            hands.add_detections(session, image_id, found, "old")
    ingest.score(project)
    people.set_role(project, "lena", "lead", by="lena")
    people.set_role(project, "ada", "annotator", by="lena")
    project.close()
    return tmp_path / "project"


@pytest.fixture
def studio(qtbot: QtBot, root: Path) -> Iterator[Studio]:
    """The program, with the project open and a lead at the window."""
    make_application(Settings())
    program = Studio(Settings(annotator="lena"), keeps_settings=False)
    program.window.resize(1440, 900)
    with qtbot.waitActive(program.window, timeout=5_000):
        program.window.show()
        program.window.activateWindow()
    program.ctx.open_project(root)
    qtbot.waitUntil(lambda: program.library is not None and program.library.is_settled, timeout=10_000)
    yield program
    program.window.close()
    program.window.deleteLater()


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Waits for the worker."""
    return lambda is_so: qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE_MS)


def opened(studio: Studio, wait: Wait, hand_id: int) -> AnnotatePage:
    """Open a hand on the Annotate page."""
    studio.open_hand(hand_id, hand_id)
    page = studio.annotate
    assert page is not None
    wait(lambda: page.draft is not None and page.draft.hand_id == hand_id and not page.canvas.picture_is_blank)
    wait(lambda: studio.ctx.pending == 0)
    page.canvas.setFocus()
    return page


def seen(page: AnnotatePage | ReviewPage) -> QImage:
    """Return what the canvas shows."""
    return page.canvas.viewport().grab().toImage()


def test_the_layer_shows_what_the_network_sees_and_hides_it_again(studio: Studio, wait: Wait) -> None:
    """Shift+D asks the worker; maps, legend and webs come, H hides them while it is held, Shift+D puts them away."""
    page = opened(studio, wait, 1)
    layer = page.seeing.layer
    assert not layer.is_on
    assert layer.legend.isHidden()
    plain = seen(page)
    QTest.keyClick(page.canvas, Qt.Key.Key_D, SHIFT)
    assert layer.legend.isVisible()
    wait(lambda: layer.item.picture is not None)
    assert layer.legend.state == ""
    assert layer.item.picture is not None
    assert layer.item.picture.box.contains(page.canvas.image_rect.center())
    shown = seen(page)
    assert shown != plain
    assert studio.ctx.jobs.all() == []
    QTest.keyPress(page.canvas, Qt.Key.Key_H)
    assert not layer.item.isVisible()
    QTest.keyRelease(page.canvas, Qt.Key.Key_H)
    assert layer.item.isVisible()
    QTest.mouseClick(layer.legend.buttons[WEBS], Qt.MouseButton.LeftButton)
    assert not layer.shows_webs
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_D, SHIFT)
    assert layer.legend.isHidden()
    assert seen(page) == plain


def test_the_layer_follows_to_the_next_hand_and_knows_the_one_before(studio: Studio, wait: Wait) -> None:
    """A hand that is left is no longer looked at; its maps are not asked for again once they are there."""
    page = opened(studio, wait, 1)
    layer = page.seeing.layer
    QTest.keyClick(page.canvas, Qt.Key.Key_D, SHIFT)
    wait(lambda: layer.source.is_waiting)
    opened(studio, wait, 2)
    assert layer.item.picture is None
    wait(lambda: layer.item.picture is not None)
    second = layer.item.picture
    wait(lambda: not studio.ctx.jobs.active())
    opened(studio, wait, 1)
    wait(lambda: layer.item.picture is not None and not layer.source.is_waiting)
    opened(studio, wait, 2)
    wait(lambda: layer.item.picture is not None)
    assert not layer.source.is_waiting
    assert layer.item.picture is not None
    assert second is not None
    assert layer.item.picture.box == second.box
    assert studio.ctx.jobs.all() == []


def test_a_hand_is_judged_again_while_its_annotation_stays(
    studio: Studio, wait: Wait, root: Path, scenes: list[Scene]
) -> None:
    """Ctrl+J: the worker looks anew, the inspector says who found it and how many digits, a notice says the verdict."""
    said: list[Notice] = []
    studio.ctx.noticed.connect(said.append)
    page = opened(studio, wait, 1)
    QTest.keyClick(page.canvas, Qt.Key.Key_P)
    draft = page.draft
    assert draft is not None
    wait(lambda: draft.is_settled and draft.parent_id is not None)
    box = page.inspector.seen
    assert box.digits.text() == NOT_LOOKED
    assert box.bars.isHidden()
    before = annotate.history(studio.ctx.project, 1)
    QTest.keyClick(page.canvas, Qt.Key.Key_J, CTRL)
    assert studio.ctx.commands.get("annotate.rejudge").when() == "It is being judged already."
    wait(lambda: said and said[-1].message.startswith("Judged again: "))
    wait(lambda: box.digits.text() != NOT_LOOKED)
    assert box.bars.isVisible()
    assert "Digits seen" in box.digits.text() or "Not assessable" in box.digits.text()
    assert annotate.history(studio.ctx.project, 1) == before
    assert page.draft is draft
    with studio.ctx.project.store.read() as session:
        found = hands.get(session, 1).detection
        other = hands.get(session, 2).detection
    assert found is not None
    assert found.version != "old"
    assert found.evidence is not None
    assert found.box.overlap(scenes[0].hands[0].box) > 0.4
    assert other is not None
    assert other.version == "old"


def test_several_chosen_hands_are_judged_again_from_the_library(studio: Studio, wait: Wait) -> None:
    """All that are selected, in one job, with one notice."""
    said: list[Notice] = []
    studio.ctx.noticed.connect(said.append)
    library = studio.library
    assert library is not None
    model = library.grid.selectionModel()
    for row in range(2):
        model.select(library.grid.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    assert sorted(library.selected_hands()) == [1, 2]
    titles = [action.iconText() for action in library.grid.actions()]
    assert "Judge the selected hands again" in titles
    QTest.keyClick(library.grid, Qt.Key.Key_J, CTRL)
    wait(lambda: said and "judged again" in said[-1].message)
    assert said[-1].message.startswith("2 hands judged again")
    with studio.ctx.project.store.read() as session:
        stored = hands.get_many(session, [1, 2])
    assert all(hand.detection is not None and hand.detection.evidence is not None for hand in stored.values())


def test_review_has_the_layer_and_the_detection_too(studio: Studio, wait: Wait) -> None:
    """The same key and the same words; what is judged again is read again."""
    project = studio.ctx.project
    with project.store.read() as session:
        found = hands.get(session, 1).detection
    assert found is not None
    annotate.save(project, NewAnnotation(1, "ada", found.pose, verdict=PLAUSIBLE))
    studio.window.show_page("review")
    page = studio.review
    assert page is not None
    page.show_hand(1, 1)
    wait(lambda: page.case is not None and page.case.hand_id == 1 and not page.canvas.picture_is_blank)
    assert page.panel.seen.found.text() == "Found by MediaPipe, 0.50"
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_D, SHIFT)
    wait(lambda: page.layer.item.picture is not None)
    QTest.mouseClick(page.panel.seen.again, Qt.MouseButton.LeftButton)
    wait(lambda: page.panel.seen.digits.text() != NOT_LOOKED)
    assert page.panel.seen.bars.isVisible()


def test_whoever_annotates_blind_sees_nothing_of_it(studio: Studio, wait: Wait, root: Path, qtbot: QtBot) -> None:
    """No maps are asked for, the detection is not in the panel, and judging again tells no verdict."""
    said: list[Notice] = []
    assign.create_batch(studio.ctx.project, "blind", [1], annotators=["ada"], blind=True, by="lena")
    studio.ctx.change_settings(annotator="ada")
    studio.ctx.noticed.connect(said.append)
    page = opened(studio, wait, 1)
    assert page.draft is not None
    assert page.draft.is_blind
    assert not page.inspector.seen.isVisible()
    QTest.keyClick(page.canvas, Qt.Key.Key_D, SHIFT)
    qtbot.wait(300)
    assert page.seeing.layer.legend.state == BLIND
    assert page.seeing.layer.item.picture is None
    assert studio.ctx.jobs.active() == []
    QTest.keyClick(page.canvas, Qt.Key.Key_J, CTRL)
    wait(lambda: said)
    assert said[-1].message == "Judged again."
    wait(lambda: studio.ctx.pending == 0)
    assert not page.inspector.seen.isVisible()
