"""Submitting: keys, stage, the question before a contradiction, what happens when the disk refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.context import Context, Notice
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.submitting import NO_VERDICT
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation
from handanat_studio.workflows import browse, provenance, review

Settled = Callable[[], None]
Revisions = Callable[[int], list[Annotation]]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key where the keyboard focus is."""
    QTest.keyClick(page.focusWidget() or page, key, modifier)
    QApplication.processEvents()


def type_in(widget: QWidget, text: str) -> None:
    """Type a text into a field."""
    QTest.keyClicks(widget, text)


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def stage_of(root: Path, image_id: int, hand_id: int, annotator: str = "ada") -> str:
    """Read a hand's stage from the disk, through a store of its own."""
    project = projects.open_project(root)
    try:
        view = browse.image_view(project, image_id, annotator=annotator)
    finally:
        project.close()
    return next(hand.stage for hand in view.hands if hand.hand.id == hand_id)


def deeds_of(root: Path, hand_id: int, viewer: str = "ada") -> list[str]:
    """Read what was done with a hand from the disk."""
    project = projects.open_project(root)
    try:
        return [deed.what for deed in provenance.history(project, hand_id, viewer=viewer) if deed.kind == "review"]
    finally:
        project.close()


@pytest.fixture
def notices(ctx: Context) -> list[Notice]:
    """What the user is told."""
    told: list[Notice] = []
    ctx.noticed.connect(told.append)
    return told


def test_return_submits_and_opens_the_next_hand_without_waiting_for_the_disk(
    page: AnnotatePage, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """Verdict and Return, one after the other: the step that is still being saved is submitted with it."""
    hand_id, row = draft_of(page).hand_id, page.loader.row
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return)
    assert page.loader.row == row + 1
    qtbot.waitUntil(lambda: draft_of(page).hand_id != hand_id)
    qtbot.waitUntil(lambda: stage_of(root, 1, hand_id) == "submitted", timeout=5_000)
    settled()
    assert deeds_of(root, hand_id) == ["Submitted"]
    assert page.inspector.stage.text == "Not begun"


def test_without_a_verdict_return_says_what_is_missing(page: AnnotatePage, root: Path, settled: Settled) -> None:
    """Nothing is submitted and the hand stays open."""
    hints: list[str] = []
    page.ctx.status_changed.connect(lambda name, text: hints.append(text) if name == "hint" else None)
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_Return)
    settled()
    assert hints == [NO_VERDICT]
    assert draft_of(page).hand_id == hand_id
    assert stage_of(root, 1, hand_id) == ""


def test_ctrl_return_stays_and_the_hand_can_be_taken_back(
    page: AnnotatePage, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """The inspector says since when it is submitted, and offers to take it back."""
    line = page.inspector.stage
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: line.text.startswith("Submitted "))
    assert stage_of(root, 1, hand_id) == "submitted"
    assert draft_of(page).hand_id == hand_id
    assert line.submit.isHidden()
    QTest.mouseClick(line.withdraw, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: line.text == "Draft")
    assert stage_of(root, 1, hand_id) == "draft"
    assert deeds_of(root, hand_id) == ["Submitted", "Withdrew"]


def test_return_on_a_submitted_hand_only_goes_on(page: AnnotatePage, root: Path, qtbot: QtBot) -> None:
    """Walking through submitted hands with Return submits nothing twice."""
    hand_id, row = draft_of(page).hand_id, page.loader.row
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.judging.submitting.stage == "submitted")
    press(page, Qt.Key.Key_Return)
    assert page.loader.row == row + 1
    qtbot.waitUntil(lambda: draft_of(page).hand_id != hand_id)
    press(page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: draft_of(page).hand_id == hand_id)
    qtbot.waitUntil(lambda: page.inspector.stage.text.startswith("Submitted "))
    assert deeds_of(root, hand_id) == ["Submitted"]


def test_a_change_after_submitting_makes_it_a_draft_again(
    page: AnnotatePage, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """The window says so at once, and the disk agrees."""
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.judging.submitting.stage == "submitted")
    press(page, Qt.Key.Key_U)
    assert page.inspector.stage.text == "Draft"
    settled()
    assert stage_of(root, 1, hand_id) == "draft"


def contradict(page: AnnotatePage) -> None:
    """Call a hand with six digits plausible."""
    draft = draft_of(page)
    draft.edit(edits.add_digit(draft.pose, 5, draft.pose.points[5:9] + 12), "Add extra digit")
    press(page, Qt.Key.Key_P)


def test_a_contradiction_is_said_quietly_while_one_works(page: AnnotatePage) -> None:
    """It comes and goes with the verdict, and asks nothing."""
    box = page.inspector.contradictions
    assert box.isHidden()
    contradict(page)
    assert box.sentences == ("Six digits, but the verdict is plausible.",)
    assert not box.isHidden()
    assert not box.is_asking
    press(page, Qt.Key.Key_U)
    assert box.isHidden()


def test_submitting_a_contradiction_asks_for_a_reason_and_keeps_it(
    page: AnnotatePage, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """Return asks inside the panel, Escape goes back, Ctrl+Return sends the reason and goes on."""
    box, hand_id, row = page.inspector.contradictions, draft_of(page).hand_id, page.loader.row
    contradict(page)
    press(page, Qt.Key.Key_Return)
    assert box.is_asking
    assert box.reason.hasFocus()
    assert not box.answer.isEnabled()
    press(page, Qt.Key.Key_Escape)
    assert not box.is_asking
    assert page.canvas.hasFocus()
    settled()
    assert stage_of(root, 1, hand_id) == "draft"
    press(page, Qt.Key.Key_Return)
    type_in(box.reason, "Polydactyly, as the prompt asks")
    press(page, Qt.Key.Key_Return, CTRL)
    assert page.loader.row == row + 1
    qtbot.waitUntil(lambda: stage_of(root, 1, hand_id) == "submitted", timeout=5_000)
    assert deeds_of(root, hand_id) == ["Submitted: Polydactyly, as the prompt asks"]


def test_a_ready_reason_is_one_press_away(page: AnnotatePage, root: Path, qtbot: QtBot) -> None:
    """A press on it fills the field, a second one sends it."""
    box, hand_id = page.inspector.contradictions, draft_of(page).hand_id
    contradict(page)
    press(page, Qt.Key.Key_Return, CTRL)
    QTest.mouseClick(box.chips[0], Qt.MouseButton.LeftButton)
    assert box.answer.hasFocus()
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.judging.submitting.stage == "submitted")
    assert deeds_of(root, hand_id) == ["Submitted: The image shows it clearly"]
    assert draft_of(page).hand_id == hand_id


def test_the_submit_button_does_what_return_does(page: AnnotatePage, root: Path, qtbot: QtBot) -> None:
    """One click, once; the next hand opens."""
    hand_id, row = draft_of(page).hand_id, page.loader.row
    press(page, Qt.Key.Key_P)
    QTest.mouseClick(page.inspector.stage.submit, Qt.MouseButton.LeftButton)
    assert page.loader.row == row + 1
    qtbot.waitUntil(lambda: stage_of(root, 1, hand_id) == "submitted", timeout=5_000)
    assert deeds_of(root, hand_id) == ["Submitted"]


def test_return_presses_the_button_that_has_the_focus(page: AnnotatePage, root: Path, settled: Settled) -> None:
    """Whoever walks the panel with Tab does not submit by accident."""
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_P)
    page.inspector.stage.flag.setFocus()
    press(page, Qt.Key.Key_Return)
    settled()
    assert draft_of(page).hand_id == hand_id
    assert draft_of(page).snapshot.flagged
    assert stage_of(root, 1, hand_id) == "draft"


def test_when_the_last_step_cannot_be_saved_nothing_is_submitted_and_the_way_back_is_offered(
    page: AnnotatePage, root: Path, notices: list[Notice], settled: Settled, qtbot: QtBot
) -> None:
    """The next hand is open already; a notice leads back, where everything is still there."""
    hand_id = draft_of(page).hand_id
    connection = sqlite3.connect(root / "project.sqlite")
    connection.execute(
        "CREATE TRIGGER test_block BEFORE INSERT ON annotations BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    connection.commit()
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(n.message.startswith("A hand was not submitted") for n in notices))
    settled()
    connection.execute("DROP TRIGGER test_block")
    connection.commit()
    connection.close()
    assert stage_of(root, 1, hand_id) == ""
    notice = next(n for n in notices if n.message.startswith("A hand was not submitted"))
    assert notice.action == "Open the hand"
    assert notice.run is not None
    notice.run()
    qtbot.waitUntil(lambda: draft_of(page).hand_id == hand_id)
    assert draft_of(page).snapshot.verdict == "plausible"
    assert not draft_of(page).is_settled


def test_what_was_accepted_says_so(page: AnnotatePage, root: Path, qtbot: QtBot) -> None:
    """A review that happens elsewhere is shown when the window hears of it."""
    hand_id = draft_of(page).hand_id
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.judging.submitting.stage == "submitted")
    project = projects.open_project(root)
    annotation = browse.image_view(project, 1, annotator="ada").hands[0].annotation
    assert annotation is not None
    review.accept(project, annotation.id, reviewer="ruth")
    project.close()
    press(page, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != hand_id)
    press(page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: page.inspector.stage.text.startswith("Accepted "))
    assert any("Accepted" in row.action for row in page.inspector.history.rows())


def test_the_flag_is_a_step_like_any_other(page: AnnotatePage, settled: Settled, revisions: Revisions) -> None:
    """Shift+F marks the hand, Ctrl+Z takes the mark away; both are on disk, and the sign shows it in words."""
    hand_id = draft_of(page).hand_id
    flag = page.inspector.stage.flag
    press(page, Qt.Key.Key_F, SHIFT)
    assert flag.isChecked()
    assert flag.accessibleName() == "Flagged for a second look"
    press(page, Qt.Key.Key_Z, CTRL)
    assert not flag.isChecked()
    settled()
    assert [(r.flagged, r.action) for r in revisions(hand_id)] == [(True, "Flagged"), (False, "Undo Flagged")]
