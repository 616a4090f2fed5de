"""Guided placement by real clicks and keys: order, skip, back, undo, checklist, and where it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.guided import asked_rows, row_after, row_before, waiting_rows
from handanat_studio.gui.editor.guided_card import ABSENT, DONE, SKIPPED, WAITING, joint_progress
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]
INDEX_MCP, INDEX_PIP, INDEX_DIP, INDEX_TIP = 5, 6, 7, 8
CTRL = Qt.KeyboardModifier.ControlModifier


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard focus is, and let the window catch up."""
    QTest.keyClick(QApplication.focusWidget() or page.canvas, key, modifier)
    QApplication.processEvents()


def empty_rows(page: AnnotatePage, rows: list[int]) -> None:
    """Take the places of some joints away, as one step."""
    draft = draft_of(page)
    draft.edit(edits.set_state(draft.snapshot.pose, rows, JointState.UNLABELLED), "Prepared")


def test_each_click_places_the_joint_that_is_asked_for_as_one_step(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """B asks for the first joint without a place, names it, and goes on after each click until none is left."""
    draft = draft_of(page)
    spots = {row: mouse.at(row) for row in (INDEX_PIP, INDEX_DIP, INDEX_TIP)}
    empty_rows(page, list(spots))
    press(page, Qt.Key.Key_B)
    hints = []
    for row, spot in spots.items():
        assert page.editing.row == row
        hints.append(page.hint.text())
        mouse.click(spot)
    settled()
    assert "index PIP (7 of 21)" in hints[0]
    assert [r.action for r in revisions(draft.hand_id)[1:]] == ["Place index PIP", "Place index DIP", "Place index tip"]
    assert np.isfinite(draft.pose.points).all()
    assert page.editing.tool is None
    assert page.hint.text() == "Every joint has its place."


def test_a_hand_without_any_joint_is_asked_for_from_the_wrist_on(page: AnnotatePage, mouse: Any) -> None:
    """The order is wrist, then each digit from base to tip."""
    empty_rows(page, list(range(21)))
    press(page, Qt.Key.Key_B)
    for row in range(21):
        assert page.editing.row == row
        mouse.click(mouse.spot(40 + 8 * row, 100 + 5 * (row % 4)))
    assert np.isfinite(draft_of(page).pose.points).all()


def test_skipped_joints_stay_open_and_are_asked_for_again_at_the_end_of_the_next_round(
    page: AnnotatePage, mouse: Any
) -> None:
    """A point skips, a comma goes back; the hint at the end counts what was skipped."""
    spot = mouse.at(INDEX_DIP)
    empty_rows(page, [INDEX_PIP, INDEX_DIP])
    press(page, Qt.Key.Key_B)
    press(page, Qt.Key.Key_Period)
    assert page.editing.row == INDEX_DIP
    press(page, Qt.Key.Key_Comma)
    assert page.editing.row == INDEX_PIP
    press(page, Qt.Key.Key_Period)
    mouse.click(spot)
    assert page.hint.text() == "1 joint skipped. B asks again."
    press(page, Qt.Key.Key_B)
    assert page.editing.row == INDEX_PIP


def test_it_goes_on_where_it_stopped(page: AnnotatePage, mouse: Any) -> None:
    """Escape ends it and loses nothing; B asks for the next joint, not for the first."""
    spot = mouse.at(INDEX_PIP)
    empty_rows(page, [INDEX_PIP, INDEX_DIP, INDEX_TIP])
    press(page, Qt.Key.Key_B)
    mouse.click(spot)
    press(page, Qt.Key.Key_Escape)
    assert page.editing.tool is None
    assert page.placing.checklist.isHidden()
    press(page, Qt.Key.Key_B)
    assert page.editing.row == INDEX_DIP


def test_undo_takes_one_click_back_and_asks_for_that_joint_again(page: AnnotatePage, mouse: Any) -> None:
    """The mode stays on through an undo."""
    spot = mouse.at(INDEX_PIP)
    empty_rows(page, [INDEX_PIP, INDEX_DIP])
    press(page, Qt.Key.Key_B)
    mouse.click(spot)
    assert page.editing.row == INDEX_DIP
    press(page, Qt.Key.Key_Z, CTRL)
    assert page.editing.tool is page.placing.guided
    assert page.editing.row == INDEX_PIP


def test_a_joint_said_to_be_absent_is_not_asked_for(page: AnnotatePage) -> None:
    """X answers for the joint that is asked for, and the next one is asked for at once."""
    empty_rows(page, [INDEX_PIP, INDEX_DIP])
    press(page, Qt.Key.Key_B)
    press(page, Qt.Key.Key_X)
    assert draft_of(page).pose.states[INDEX_PIP] == JointState.ABSENT
    assert page.editing.row == INDEX_DIP
    assert "(7 of 20)" in page.hint.text()


def test_escape_while_the_button_is_down_leaves_nothing(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """The joint that is held is dropped, the same joint is still asked for, and no step is made."""
    spot = mouse.at(INDEX_PIP)
    empty_rows(page, [INDEX_PIP])
    press(page, Qt.Key.Key_B)
    mouse.press(spot)
    mouse.move(spot + QPoint(12, 4))
    press(page, Qt.Key.Key_Escape)
    mouse.release(spot)
    settled()
    assert page.editing.row == INDEX_PIP
    assert len(revisions(draft_of(page).hand_id)) == 1


def test_a_press_can_be_refined_before_it_is_let_go(page: AnnotatePage, mouse: Any) -> None:
    """The joint lands where the button goes up."""
    spot = mouse.at(INDEX_PIP)
    empty_rows(page, [INDEX_PIP])
    press(page, Qt.Key.Key_B)
    mouse.press(spot)
    mouse.move(spot + QPoint(20, 10))
    mouse.release(spot + QPoint(20, 10))
    at = page.canvas.mapFromScene(*draft_of(page).pose.points[INDEX_PIP].tolist())
    assert (at - spot - QPoint(20, 10)).manhattanLength() <= 2


def test_the_checklist_shows_how_far_each_joint_is_and_a_click_goes_there(page: AnnotatePage) -> None:
    """Placed, skipped, absent and waiting differ in icon and in words; the joint asked for is marked."""
    empty_rows(page, [INDEX_PIP, INDEX_DIP, INDEX_TIP])
    press(page, Qt.Key.Key_B)
    press(page, Qt.Key.Key_Period)
    card = page.placing.checklist
    assert card.cells[INDEX_PIP].accessibleName() == "Index PIP, skipped"
    assert card.cells[INDEX_DIP].accessibleName() == "Index DIP, now, waiting"
    assert card.cells[INDEX_MCP].accessibleName() == "Index MCP, placed"
    QTest.mouseClick(card.cells[INDEX_TIP], Qt.MouseButton.LeftButton)
    assert page.editing.row == INDEX_TIP
    assert card.cells[INDEX_TIP].isChecked()
    assert not card.cells[INDEX_DIP].isChecked()


def test_a_whole_hand_is_gone_through_again_and_a_point_keeps_a_joint(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """Where nothing waits, B goes over every joint; keeping all of them changes nothing."""
    press(page, Qt.Key.Key_B)
    assert page.editing.row == 0
    assert "“.” keeps it" in page.hint.text()
    for _ in range(21):
        press(page, Qt.Key.Key_Period)
    settled()
    assert page.editing.tool is None
    assert revisions(draft_of(page).hand_id) == []


def test_it_ends_at_a_hand_whose_joints_are_all_there(page: AnnotatePage, settled: Settled, qtbot: QtBot) -> None:
    """On the next hand no click moves what is right already."""
    empty_rows(page, [INDEX_PIP])
    press(page, Qt.Key.Key_B)
    before = draft_of(page).hand_id
    press(page, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != before)
    settled()
    assert page.editing.tool is None


poses = st.lists(
    st.sampled_from([JointState.VISIBLE, JointState.UNLABELLED, JointState.ABSENT]), min_size=21, max_size=21
)


def pose_with(states: list[JointState]) -> HandPose:
    """Return a hand with these joint states."""
    pose = HandPose.ordinary(np.arange(42.0).reshape(21, 2))
    for state in (JointState.UNLABELLED, JointState.ABSENT):
        pose = edits.set_state(pose, [row for row, s in enumerate(states) if s is state], state)
    return pose


@given(poses, st.sets(st.integers(0, 20)))
def test_skipping_and_placing_reach_every_waiting_joint_once(states: list[JointState], skipped: set[int]) -> None:
    """Whatever is placed, absent or skipped: each other joint is asked for exactly once, in order."""
    pose = pose_with(states)
    wanted = [row for row in waiting_rows(pose) if row not in skipped]
    asked, row = [], row_after(pose, -1, skipped=skipped)
    while row >= 0:
        asked.append(row)
        pose = edits.move(pose, row, (1.0, 1.0))
        row = row_after(pose, row, skipped=skipped)
    assert asked == wanted


@given(poses)
def test_back_undoes_the_order_of_going_again(states: list[JointState]) -> None:
    """Forwards through all joints and backwards is the same way; absent joints are on neither."""
    pose = pose_with(states)
    there, row = [], row_after(pose, -1, again=True)
    while row >= 0:
        there.append(row)
        row = row_after(pose, row, again=True)
    back, row = [], row_before(pose, len(pose.points))
    while row >= 0:
        back.append(row)
        row = row_before(pose, row)
    assert there == back[::-1] == asked_rows(pose)


@given(poses, st.sets(st.integers(0, 20)))
def test_the_checklist_has_one_word_for_each_joint(states: list[JointState], skipped: set[int]) -> None:
    """Absent and placed come before skipped: a joint that was skipped and placed later is placed."""
    pose = pose_with(states)
    for row, state in enumerate(states):
        expected = {JointState.ABSENT: ABSENT, JointState.VISIBLE: DONE}.get(state)
        assert joint_progress(pose, row, skipped) == (expected or (SKIPPED if row in skipped else WAITING))
