"""The start page's recent projects and the guided tour, on a small sample drawn from known truth."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.gui import project_actions
from handanat_studio.gui.app import Studio
from handanat_studio.gui.guide import STEPS
from handanat_studio.gui.pages.start import StartPage
from handanat_studio.gui.widgets.recent_row import RecentRow
from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.topology import Level, point_row
from handanat_studio.hand.values import Detection
from handanat_studio.store import hands, images
from handanat_studio.synthetic.scenes import render_scene, truth_to_dict
from handanat_studio.workflows import ingest, sample

SEED = 2026000


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two images with their truth: an ordinary hand and one with six fingers, of which the detector found five."""
    folder = tmp_path_factory.mktemp("sample")
    project = projects.create(folder / "sample", name="Sample project")
    lines = []
    for number, (seed, defects) in enumerate(((111, "none"), (SEED, "extra"))):
        scene = render_scene(seed, size=256, defects=defects)
        name = f"images/{number:03d}.png"
        (project.root / "images").mkdir(exist_ok=True)
        Image.fromarray(scene.image).save(project.root / name)
        lines.append(json.dumps(truth_to_dict(scene, name)))
    (project.root / "truth.jsonl").write_text("\n".join(lines) + "\n")
    ingest.import_images(project, [project.root / "images"])
    with project.store.write() as session:
        for image in images.get_many(session, images.all_ids(session)).values():
            scene = render_scene(SEED, size=256, defects="extra") if "001" in image.uri else render_scene(111, size=256)
            found = [Detection(hand.box, canonical21(hand.pose)[0], "synthetic", "1", 1.0) for hand in scene.hands]
            hands.add_detections(session, image.id, found, "synthetic 1")
    project.close()
    return project.root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A copy for one test."""
    return Path(shutil.copytree(built, tmp_path / "sample"))


def page_of(studio: Studio) -> StartPage:
    """Return the start page."""
    page = studio.window.findChild(StartPage)
    assert page is not None
    return page


# recent projects ------------------------------------------------------------------------------------------------


def test_recent_projects_say_what_they_hold_and_gone_ones_are_off(
    studio: Studio, filled_project: Path, qtbot: QtBot
) -> None:
    """Read beside the window: hands and last change; a folder that is gone cannot be opened, only forgotten."""
    studio.ctx.change_settings(recent_projects=(str(filled_project), "/nowhere/gone"))
    rows = [row for row in page_of(studio).findChildren(RecentRow) if row.isVisible()]
    qtbot.waitUntil(lambda: all(row.holds for row in rows))
    assert rows[0].holds.startswith("12 hands  ·  ")
    assert rows[1].holds == "not found"
    assert rows[0].open_button.isEnabled()
    assert not rows[1].open_button.isEnabled()


def test_a_project_is_taken_off_the_list_and_stays_where_it_is(
    studio: Studio, filled_project: Path, qtbot: QtBot
) -> None:
    """Forgetting changes the settings, not the folder."""
    studio.ctx.change_settings(recent_projects=(str(filled_project), "/nowhere/gone"))
    row = next(row for row in page_of(studio).findChildren(RecentRow) if row.open_button.toolTip() == "/nowhere/gone")
    row.forget_button.click()
    assert studio.ctx.settings.recent_projects == (str(filled_project),)
    assert (filled_project / "project.toml").is_file()


def test_a_glance_leaves_the_rows_alone_when_the_list_has_changed(studio: Studio, filled_project: Path) -> None:
    """An answer about an older list is dropped."""
    studio.ctx.change_settings(recent_projects=("/nowhere/one",))
    studio.ctx.change_settings(recent_projects=(str(filled_project),))
    rows = page_of(studio).findChildren(RecentRow)
    assert str(filled_project) in [row.open_button.toolTip() for row in rows]


# the hand of the tour -------------------------------------------------------------------------------------------


def test_the_tour_takes_a_hand_that_was_drawn_with_six_fingers(root: Path) -> None:
    """Found by the truth, not by the picture's name, and only while this annotator has not labelled it."""
    project = projects.open_project(root)
    image_id, hand_id = sample.six_fingered_hand(project, annotator="ada")
    with project.store.read() as session:
        assert images.get(session, image_id).uri == "images/001.png"
        assert hands.get(session, hand_id).image_id == image_id
    project.close()


def test_without_truth_there_is_no_tour(filled_project: Path) -> None:
    """A project that was not generated is refused with what to do."""
    assert not sample.has_truth(filled_project)
    project = projects.open_project(filled_project)
    with pytest.raises(UserError, match="sample"):
        sample.six_fingered_hand(project, annotator="ada")
    project.close()


# the tour -------------------------------------------------------------------------------------------------------


@pytest.fixture
def touring(studio: Studio, root: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """The program on the first step of the tour, begun from the start page."""
    monkeypatch.setattr(project_actions, "sample_root", lambda: root)
    button = next(b for b in page_of(studio).findChildren(QAbstractButton) if b.text() == "Take the tour")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.guide.step == 1, timeout=10_000)
    return studio


def test_five_steps_are_gone_by_doing_them(touring: Studio, qtbot: QtBot) -> None:
    """Open, drag a tip, add a digit by four clicks, judge, submit: by mouse and keys, each seen from what was done."""
    guide, library = touring.guide, touring.library
    assert library is not None
    assert guide.card.words[0] == f"Step 1 of {len(STEPS)}"
    qtbot.waitUntil(lambda: library.is_settled and library.queue[1] >= 0, timeout=10_000)
    qtbot.wait(400)
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: guide.step == 2, timeout=10_000)
    page = touring.annotate
    assert page is not None
    draft = page.draft
    assert draft is not None
    assert draft.hand_id == guide.target[1]
    qtbot.waitUntil(lambda: not page.canvas.picture_is_blank, timeout=10_000)
    viewport = page.canvas.viewport()
    at = page.canvas.mapFromScene(*draft.pose.points[point_row(1, Level.TIP)].tolist())
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    for step in range(1, 7):
        QTest.mouseMove(viewport, at + QPoint(4 * step, -3 * step))
        QApplication.processEvents()
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at + QPoint(24, -18))
    qtbot.waitUntil(lambda: guide.step == 3, timeout=5_000)
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_Plus)
    centre = viewport.rect().center()
    for offset in range(4):
        spot = QPoint(centre.x() + 30, centre.y() - 20 * offset)
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    qtbot.waitUntil(lambda: guide.step == 4, timeout=5_000)
    QTest.keyClick(page.canvas, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: guide.step == 5, timeout=5_000)
    qtbot.waitUntil(lambda: draft.is_settled, timeout=5_000)
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: guide.step == 6, timeout=10_000)
    assert guide.card.words[1] == "That is the whole job"
    show = next(b for b in guide.card.findChildren(QAbstractButton) if b.text() == "Show it")
    show.click()
    assert touring.window.page is library
    assert guide.step == 0
    assert not guide.card.isVisible()


def test_the_tour_can_be_left_at_any_step(touring: Studio, qtbot: QtBot) -> None:
    """Skipping hides the card; the project stays open and the tour can be begun again."""
    skip = next(b for b in touring.guide.card.findChildren(QAbstractButton) if b.text() == "Skip tour")
    skip.click()
    assert touring.guide.step == 0
    assert touring.ctx.project is not None
    touring.ctx.commands.trigger("help.tour")
    qtbot.waitUntil(lambda: touring.guide.step == 1, timeout=10_000)


def test_the_tour_ends_with_its_project(touring: Studio) -> None:
    """Closing the project takes the card away."""
    touring.ctx.close_project()
    assert touring.guide.step == 0
    assert not touring.guide.card.isVisible()


def test_the_card_names_the_keys_that_apply(touring: Studio, qtbot: QtBot) -> None:
    """A rebound key stands on the card instead of the one it had."""
    assert "Press Return" in touring.guide.card.words[2]
    touring.guide.leave()
    touring.ctx.change_settings(shortcuts={"library.open": "Ctrl+E"})
    touring.guide.start()
    qtbot.waitUntil(lambda: touring.guide.step == 1, timeout=10_000)
    assert "Press Ctrl+E" in touring.guide.card.words[2]


def test_the_card_stays_inside_the_window(touring: Studio, qtbot: QtBot) -> None:
    """It keeps its corner when the window becomes small."""
    touring.window.resize(1024, 640)
    qtbot.wait(50)
    card = touring.guide.card
    assert touring.window.pages.rect().contains(card.geometry())
