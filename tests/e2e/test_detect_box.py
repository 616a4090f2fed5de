"""The detector looks into a drawn box, in the real worker, with real MediaPipe, asked for by real mouse events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui import theme
from handanat_studio.gui.context import Context, Notice
from handanat_studio.gui.editor.box_card import FIND
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.values import Box
from handanat_studio.settings import Settings
from handanat_studio.store import events, hands, images, scores
from handanat_studio.synthetic.scenes import Scene, render_scene
from handanat_studio.vision.box_look import cut_out, find_in_box, mapped_back
from handanat_studio.vision.detectors import DetectorChain
from handanat_studio.workflows import detect_box, ingest

pytestmark = pytest.mark.e2e
SIDE = 384


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Two hands that are known exactly."""
    return render_scene(42, size=SIDE, hands=2)


@pytest.fixture
def root(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of that scene and a picture of nothing, both searched by a detector that found no hand."""
    monkeypatch.setenv("HANDANAT_HOME", str(tmp_path / "home"))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.fromarray(scene.image).save(pictures / "0.png")
    Image.fromarray(np.full((SIDE, SIDE, 3), 120, np.uint8)).save(pictures / "1.png")
    project = projects.create(tmp_path / "project")
    ingest.import_images(project, [pictures])
    with project.store.write() as session:
        images.mark_detected(session, images.all_ids(session), "blind")
    project.close()
    return tmp_path / "project"


@pytest.fixture
def ctx(qapp: QApplication, qtbot: QtBot, root: Path) -> Iterator[Context]:
    """A context with the project open."""
    theme.apply(qapp, "dark")
    context = Context(Settings(annotator="ada"), keeps_settings=False)
    with qtbot.waitSignal(context.project_opened, timeout=10_000):
        context.open_project(root)
    yield context
    context.close()


@pytest.fixture
def page(qtbot: QtBot, ctx: Context) -> AnnotatePage:
    """The page with the first image open, which has no hand."""
    shown = AnnotatePage(ctx)
    ctx.changed.connect(shown.on_changed)
    qtbot.addWidget(shown)
    shown.resize(1200, 800)
    with qtbot.waitActive(shown, timeout=5_000):
        shown.show()
        shown.activateWindow()
    shown.shown()
    qtbot.waitUntil(lambda: not shown.canvas.picture_is_blank, timeout=10_000)
    shown.canvas.setFocus()
    shown.canvas.fit_image()
    return shown


def draw(page: AnnotatePage, box: Box) -> None:
    """Press W and drag a box."""
    QTest.keyClick(page.canvas, Qt.Key.Key_W)
    viewport, left = page.canvas.viewport(), Qt.MouseButton.LeftButton
    start = page.canvas.mapFromScene(box.x, box.y)
    end = page.canvas.mapFromScene(box.x + box.width, box.y + box.height)
    QTest.mousePress(viewport, left, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(viewport, start + QPoint(20, 20))
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, left, Qt.KeyboardModifier.NoModifier, end)


def test_a_hand_that_was_missed_is_found_in_the_box_and_opened(
    page: AnnotatePage, ctx: Context, scene: Scene, qtbot: QtBot
) -> None:
    """W, a drag and Return: the worker finds the drawn hand, it has joints near the truth, scores and an author."""
    said: list[Notice] = []
    ctx.noticed.connect(said.append)
    truth = scene.hands[1]
    draw(page, truth.box)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.draft is not None, timeout=90_000)
    assert page.draft is not None
    hand_id = page.draft.hand_id
    with ctx.project.store.read() as session:
        stored = hands.get(session, hand_id)
        judged = scores.of_hands(session, [hand_id])
        log = events.recent(session, hand_id=hand_id)
    assert stored.detection is not None
    assert "seen inside a drawn box" in stored.detection.fallback_reason
    away = np.linalg.norm(stored.detection.pose.points[:21] - truth.pose.points[:21], axis=1).mean()
    assert away < 0.12 * max(truth.box.width, truth.box.height)
    assert np.allclose(stored.box.as_list(), truth.box.as_list(), atol=2)
    assert {"paper", "calibrated"} <= set(judged[hand_id])
    assert {(event.actor, event.action) for event in log} == {("ada", "add hand"), ("ada", "find hand")}
    assert page.draft.pose == stored.detection.pose
    assert said[-1].message == "A hand was found in the box."


def test_a_box_around_nothing_is_kept_as_an_empty_hand(page: AnnotatePage, ctx: Context, qtbot: QtBot) -> None:
    """The annotator said that there is a hand; that the detector sees none does not undo it."""
    said: list[Notice] = []
    ctx.noticed.connect(said.append)
    page.show_hand(2, 0)
    qtbot.waitUntil(lambda: page.loader.view is not None and page.loader.view.image.id == 2)
    draw(page, Box(60, 60, 200, 220))
    QTest.mouseClick(page.placing.box_card.buttons[FIND], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.draft is not None, timeout=90_000)
    assert page.draft is not None
    assert np.isnan(page.draft.pose.points).all()
    assert "No hand was found in the box" in said[-1].message
    with ctx.project.store.read() as session:
        assert hands.get(session, page.draft.hand_id).detection is None


def test_the_workflow_is_the_same_function_without_a_window(root: Path, scene: Scene) -> None:
    """Called directly it returns what it did; the hand of the other box is the other hand."""
    project = projects.open_project(root)
    try:
        found = [detect_box.detect_in_box(project, 1, hand.box, annotator="ada") for hand in scene.hands]
        assert [answer["found"] for answer in found] == [True, True]
        with project.store.read() as session:
            stored = hands.of_image(session, 1)
        for hand, truth in zip(stored, scene.hands, strict=True):
            assert hand.detection is not None
            assert hand.detection.box.overlap(truth.box) > 0.5
    finally:
        project.close()


@pytest.mark.parametrize("margin", [0.1, 0.35, 0.8])
def test_what_is_seen_in_a_part_lies_where_it_is_in_the_image(scene: Scene, margin: float) -> None:
    """Mapping a hand into the cut-out and back changes no joint, however the part was enlarged."""
    chain = DetectorChain()
    try:
        box = scene.hands[0].box
        part = cut_out(scene.image, box, margin)
        for hand in chain.detect(part.pixels):
            back = mapped_back(hand, part, (SIDE, SIDE)).pose.points
            again = (back - (part.left, part.top)) * part.scale
            assert np.allclose(again, hand.pose.points, atol=1e-2, equal_nan=True)
        answer = find_in_box(scene.image, box, chain)
        assert answer is not None
        assert answer.box.overlap(box) > 0.5
    finally:
        chain.close()
