"""Comments: written at a joint, pinned to it, settled; what a reviewer returned comes back with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.queue_list import signs_of
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.store.library import Entry
from handanat_studio.workflows import browse, comments, review
from handanat_studio.workflows.comments import Comment

Settled = Callable[[], None]
CTRL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier
INDEX_TIP, RING_PIP = 8, 14


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key where the keyboard focus is."""
    QTest.keyClick(page.focusWidget() or page, key, modifier)
    QApplication.processEvents()


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def stored(root: Path, hand_id: int) -> list[Comment]:
    """Read a hand's comments from the disk, through a store of its own."""
    project = projects.open_project(root)
    try:
        return comments.of_hand(project, hand_id, viewer="ada")
    finally:
        project.close()


def give_back(root: Path, image_id: int, reason: str, part: str) -> None:
    """Return ada's annotation as a reviewer does elsewhere."""
    project = projects.open_project(root)
    try:
        annotation = browse.image_view(project, image_id, annotator="ada").hands[0].annotation
        assert annotation is not None
        review.give_back(project, annotation.id, reviewer="ruth", reason=reason, part=part)
    finally:
        project.close()


@pytest.fixture
def returned(page: AnnotatePage, root: Path, qtbot: QtBot) -> AnnotatePage:
    """The page with its first hand open, which has been returned at the ring PIP."""
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != hand_id)
    qtbot.waitUntil(lambda: page.ctx.pending == 0)
    give_back(root, 1, "The ring PIP lies off its knuckle", "ring_pip")
    press(page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: draft_of(page).hand_id == hand_id)
    qtbot.waitUntil(lambda: not page.judging.remarks.bar.isHidden())
    return page


def test_a_comment_is_written_at_the_selected_joint(
    page: AnnotatePage, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """Ctrl+M, the text, Ctrl+Return: it is on disk, in the list, and pinned to the joint."""
    panel, hand_id = page.inspector.comments, draft_of(page).hand_id
    page.editing.select(RING_PIP)
    press(page, Qt.Key.Key_M, CTRL)
    assert panel.field.hasFocus()
    assert panel.part == "ring_pip"
    QTest.keyClicks(panel.field, "Is this a second ring?")
    press(page, Qt.Key.Key_Return, CTRL)
    assert page.canvas.hasFocus()
    qtbot.waitUntil(lambda: len(panel.cards) == 1)
    said = stored(root, hand_id)
    assert [(c.text, c.part, c.author) for c in said] == [("Is this a second ring?", "ring_pip", "ada")]
    (pin,) = page.judging.remarks.pins.pins
    assert pin.isVisible()
    assert pin.accessibleName() == "Comment 1 at Ring PIP: Is this a second ring?"


def test_a_pin_stays_with_its_joint(page: AnnotatePage, mouse: Any, qtbot: QtBot) -> None:
    """It follows a drag, a zoom and a pan, and hides with the overlay while H is held."""
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_M, CTRL)
    QTest.keyClicks(page.inspector.comments.field, "Here")
    press(page, Qt.Key.Key_Return, CTRL)
    pins = page.judging.remarks.pins
    qtbot.waitUntil(lambda: len(pins.pins) == 1)

    def offset() -> tuple[int, int]:
        (pin,) = pins.pins
        return (pin.pos() - mouse.at(INDEX_TIP)).toTuple()

    before = offset()
    mouse.drag(INDEX_TIP, QPoint(-40, 25))
    assert offset() == before
    page.canvas.set_zoom(page.canvas.zoom * 1.7)
    assert offset() == before
    page.canvas.horizontalScrollBar().setValue(page.canvas.horizontalScrollBar().value() + 30)
    assert offset() == before
    page.canvas.setFocus()
    QTest.keyPress(page.canvas, Qt.Key.Key_H)
    assert not pins.pins[0].isVisible()
    QTest.keyRelease(page.canvas, Qt.Key.Key_H)
    assert pins.pins[0].isVisible()


def test_what_one_began_to_write_waits_with_its_hand(page: AnnotatePage, settled: Settled, qtbot: QtBot) -> None:
    """Going to the next hand and back loses neither the text nor its joint."""
    field, hand_id = page.inspector.comments.field, draft_of(page).hand_id
    page.editing.select(RING_PIP)
    press(page, Qt.Key.Key_M, CTRL)
    QTest.keyClicks(field, "half a thou")
    page.canvas.setFocus()
    press(page, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != hand_id)
    assert field.toPlainText() == ""
    press(page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: draft_of(page).hand_id == hand_id)
    assert field.toPlainText() == "half a thou"
    assert page.inspector.comments.part == "ring_pip"


def test_a_returned_hand_says_who_returned_it_and_why(returned: AnnotatePage) -> None:
    """Above the image, in the stage line, as a pin at the joint."""
    bar = returned.judging.remarks.bar
    assert bar.text == "Returned by ruth: The ring PIP lies off its knuckle (Ring PIP)"
    assert returned.inspector.stage.text.startswith("Returned ")
    assert not returned.inspector.stage.submit.isHidden()
    assert [pin.comment.part for pin in returned.judging.remarks.pins.pins] == ["ring_pip"]


def test_show_brings_the_returned_joint_close(returned: AnnotatePage) -> None:
    """The joint is selected and the canvas zooms to it."""
    zoom = returned.canvas.zoom
    QTest.mouseClick(returned.judging.remarks.bar.show_button, Qt.MouseButton.LeftButton)
    assert returned.editing.row == RING_PIP
    assert returned.canvas.zoom > zoom


def test_done_settles_the_reason_and_the_hand_can_be_submitted_again(
    returned: AnnotatePage, root: Path, qtbot: QtBot
) -> None:
    """The bar goes, the comment stays in the list as settled, and Return hands it in again."""
    page, hand_id = returned, draft_of(returned).hand_id
    QTest.mouseClick(page.judging.remarks.bar.done_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.judging.remarks.bar.isHidden())
    assert [c.resolved_by for c in stored(root, hand_id)] == ["ada"]
    assert len(page.inspector.comments.cards) == 1
    assert not page.judging.remarks.pins.pins
    assert page.inspector.stage.text.startswith("Returned ")
    page.canvas.setFocus()
    press(page, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.inspector.stage.text.startswith("Submitted "))


def test_a_pin_leads_to_its_comment(returned: AnnotatePage) -> None:
    """A click on it goes to the comment in the panel, whose button the keyboard can press."""
    (pin,) = returned.judging.remarks.pins.pins
    QTest.mouseClick(pin, Qt.MouseButton.LeftButton)
    (card,) = returned.inspector.comments.cards
    assert card.show_button.hasFocus()
    press(returned, Qt.Key.Key_Return)
    assert returned.editing.row == RING_PIP


def test_the_queue_offers_what_came_back(returned: AnnotatePage, qtbot: QtBot) -> None:
    """One press lists only returned hands, another one goes back to the whole queue."""
    page, panel = returned, returned.queue_panel
    hand_id, everything = draft_of(page).hand_id, page.queue.entries.rowCount()
    qtbot.waitUntil(lambda: not panel.returned.isHidden())
    assert panel.returned.text() == "1 returned hand"
    QTest.mouseClick(panel.returned, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.queue.entries.rowCount() == 1)
    assert page.queue.entries.key(0) == (1, hand_id)
    QTest.mouseClick(panel.everything, Qt.MouseButton.LeftButton)
    assert page.queue.entries.rowCount() == everything
    assert page.loader.row == 0


def test_signs_in_the_queue_say_stage_comment_and_flag() -> None:
    """Each has an icon of its own; a plain draft has none."""
    plain = dict.fromkeys(Entry.__dataclass_fields__)
    draft = Entry(**{**plain, "stage": "draft", "is_commented": False, "is_flagged": False})
    full = Entry(**{**plain, "stage": "returned", "is_commented": True, "is_flagged": True})
    assert signs_of(draft) == []
    assert [name for name, _ in signs_of(full)] == ["stage-returned", "comment", "flag"]
