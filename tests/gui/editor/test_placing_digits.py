"""Every edit of the topology by real keys and mouse: one step each, read back from disk, undone by one undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.phalanges import graft_ids, phalanx_excess
from handanat_studio.hand.topology import DigitKind, JointState

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]
INDEX_PIP, INDEX_DIP, INDEX_TIP, MIDDLE_PIP, RING_PIP = 6, 7, 8, 10, 14
INDEX, MIDDLE, RING = 1, 2, 3
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard focus is, and let the window catch up."""
    QTest.keyClick(QApplication.focusWidget() or page.canvas, key, modifier)
    QApplication.processEvents()


@pytest.fixture
def one_step(page: AnnotatePage, settled: Settled, revisions: Revisions) -> Callable[[str], None]:
    """Checks that exactly one step with a name is on disk, holds the pose shown, and is undone by one undo."""
    before = draft_of(page).pose

    def check(action: str) -> None:
        settled()
        draft = draft_of(page)
        stored = revisions(draft.hand_id)
        assert [r.action for r in stored] == [action]
        assert stored[0].pose == draft.pose
        assert draft.pose != before
        page.undo()
        assert draft.pose == before
        settled()

    return check


@pytest.fixture
def no_step(page: AnnotatePage, settled: Settled, revisions: Revisions) -> Callable[[], None]:
    """Checks that nothing is on disk and the pose is what it was."""
    before = draft_of(page).pose

    def check() -> None:
        settled()
        assert draft_of(page).pose == before
        assert revisions(draft_of(page).hand_id) == []

    return check


def test_shift_backspace_removes_the_digit_and_forgets_the_selection(
    page: AnnotatePage, one_step: Callable[[str], None]
) -> None:
    """The digit of the selected joint goes; no joint of another digit is selected in its place."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Backspace, SHIFT)
    assert draft_of(page).pose.digit_kind.tolist() == [0, 2, 3, 4]
    assert page.editing.row == -1
    one_step("Remove index")


def test_shift_x_says_that_a_digit_is_absent_and_takes_it_back(page: AnnotatePage, settled: Settled) -> None:
    """All four joints are absent, which is not the same as without a label; a second press is the way back."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_X, SHIFT)
    assert (draft_of(page).pose.states[5:9] == JointState.ABSENT).all()
    press(page, Qt.Key.Key_X, SHIFT)
    assert (draft_of(page).pose.states[5:9] == JointState.UNLABELLED).all()
    settled()


def test_y_then_a_click_then_an_extent_fuses_two_digits_in_one_step(
    page: AnnotatePage, mouse: Any, one_step: Callable[[str], None]
) -> None:
    """The web is on the image while the extent is chosen; Return makes it a step."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y)
    assert "fuse the index with" in page.hint.text()
    mouse.click(mouse.at(MIDDLE_PIP))
    card = page.placing.topology.card
    assert card.isVisible()
    QTest.mouseClick(card.marks[2], LEFT)
    assert [f.extent for f in draft_of(page).pose.fusions] == [0.5]
    assert draft_of(page).snapshot.pose.fusions == ()
    press(page, Qt.Key.Key_Return)
    fusion = draft_of(page).snapshot.pose.fusions[0]
    assert (fusion.first_id, fusion.second_id, fusion.extent) == (INDEX, MIDDLE, 0.5)
    assert not card.isVisible()
    assert page.canvas.hasFocus()
    one_step("Fuse index and middle to 50%")


def test_two_digits_are_fused_by_keys_alone(page: AnnotatePage, one_step: Callable[[str], None]) -> None:
    """The digit's number chooses the other one, arrows the extent; Shift makes them large."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y)
    press(page, Qt.Key.Key_3)
    press(page, Qt.Key.Key_Left, SHIFT)
    press(page, Qt.Key.Key_Left)
    press(page, Qt.Key.Key_Return)
    assert [round(f.extent, 2) for f in draft_of(page).pose.fusions] == [0.7]
    one_step("Fuse index and middle to 70%")


def test_alt_drag_from_one_digit_onto_another_asks_how_far(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """No joint moves; the two digits are the ends of the drag."""
    before = draft_of(page).pose.points.copy()
    start, end = mouse.at(MIDDLE_PIP), mouse.at(RING_PIP)
    viewport = page.canvas.viewport()
    QTest.mousePress(viewport, LEFT, ALT, start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, ALT, end)
    assert page.placing.topology.card.isVisible()
    press(page, Qt.Key.Key_Return)
    settled()
    pose = draft_of(page).snapshot.pose
    assert [(f.first_id, f.second_id) for f in pose.fusions] == [(MIDDLE, RING)]
    assert np.array_equal(pose.points, before)


def test_escape_at_the_extent_leaves_no_fusion(page: AnnotatePage, no_step: Callable[[], None]) -> None:
    """Neither the choice of the digit nor the preview is a step."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y)
    press(page, Qt.Key.Key_3)
    press(page, Qt.Key.Key_Escape)
    assert page.editing.tool is None
    no_step()


def test_escape_before_a_digit_is_chosen_leaves_the_tool(page: AnnotatePage, no_step: Callable[[], None]) -> None:
    """The selected joint stays selected."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y)
    press(page, Qt.Key.Key_Escape)
    assert page.editing.tool is None
    assert page.editing.row == INDEX_PIP
    no_step()


def test_an_extent_that_is_shown_is_kept_when_the_next_hand_is_opened(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """What is whole is not lost by walking on."""
    hand_id = draft_of(page).hand_id
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y)
    press(page, Qt.Key.Key_3)
    page.step(1)
    settled()
    assert draft_of(page).hand_id != hand_id
    assert [r.action for r in revisions(hand_id)] == ["Fuse index and middle to 100%"]
    assert not page.placing.topology.card.isVisible()


def test_a_fusion_is_changed_and_taken_apart_again(page: AnnotatePage, settled: Settled) -> None:
    """Y on a fused pair begins at its extent; 'Apart' and Alt+Y both unfuse."""
    for end in ("apart", "key"):
        page.editing.select(INDEX_PIP)
        press(page, Qt.Key.Key_Y)
        press(page, Qt.Key.Key_3)
        press(page, Qt.Key.Key_Down, SHIFT)
        press(page, Qt.Key.Key_Return)
        assert [f.extent for f in draft_of(page).pose.fusions] == [0.75]
        if end == "apart":
            press(page, Qt.Key.Key_Y)
            press(page, Qt.Key.Key_3)
            QTest.mouseClick(page.placing.topology.card.marks[0], LEFT)
            press(page, Qt.Key.Key_Return)
        else:
            press(page, Qt.Key.Key_Y, ALT)
        assert draft_of(page).snapshot.pose.fusions == ()
    settled()


def test_shift_y_then_a_click_forks_the_digit_at_the_joint(
    page: AnnotatePage, mouse: Any, one_step: Callable[[str], None]
) -> None:
    """The branch follows the mouse and ends where it is clicked; its id was never used before."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y, SHIFT)
    goal = mouse.at(INDEX_TIP) + QPoint(-40, 10)
    mouse.move(goal)
    assert draft_of(page).pose.digit_count == 6
    assert draft_of(page).snapshot.pose.digit_count == 5
    mouse.click(goal)
    pose = draft_of(page).snapshot.pose
    assert [(s.digit_id, s.level, s.branch_id) for s in pose.splits] == [(INDEX, 1, 5)]
    assert (page.canvas.mapFromScene(*pose.points[-1].tolist()) - goal).manhattanLength() <= 2
    one_step("Fork index")


def test_a_fork_is_made_and_taken_back_by_keys(page: AnnotatePage, settled: Settled) -> None:
    """Return takes the place that is offered, Alt+Shift+Y takes the branch off."""
    before = draft_of(page).pose
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y, SHIFT)
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_Return)
    assert len(draft_of(page).snapshot.pose.splits) == 1
    press(page, Qt.Key.Key_Y, ALT | SHIFT)
    assert draft_of(page).snapshot.pose == before
    settled()


def test_escape_while_the_branch_is_pointed_to_leaves_nothing(
    page: AnnotatePage, mouse: Any, no_step: Callable[[], None]
) -> None:
    """The preview goes with the tool."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y, SHIFT)
    mouse.move(mouse.at(INDEX_TIP) + QPoint(-30, 0))
    press(page, Qt.Key.Key_Escape)
    no_step()


def test_a_fingertip_cannot_fork(page: AnnotatePage, no_step: Callable[[], None]) -> None:
    """The command says why instead."""
    page.editing.select(INDEX_TIP)
    assert page.ctx.commands.get("annotate.split").when() == "Choose a placed joint below a fingertip first."
    press(page, Qt.Key.Key_Y, SHIFT)
    assert page.editing.tool is None
    no_step()


def test_alt_g_grafts_a_phalanx_where_the_click_is(
    page: AnnotatePage, mouse: Any, one_step: Callable[[str], None]
) -> None:
    """A whole digit gets one phalanx too many; it is no sixth digit."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_G, ALT)
    goal = mouse.at(INDEX_TIP) + QPoint(4, -30)
    mouse.click(goal)
    pose = draft_of(page).snapshot.pose
    assert len(graft_ids(pose)) == 1
    assert phalanx_excess(pose, INDEX) == 1
    assert (page.canvas.mapFromScene(*pose.points[-1].tolist()) - goal).manhattanLength() <= 2
    one_step("Graft index")


def test_alt_c_cuts_the_digit_at_the_joint_and_a_graft_brings_the_phalanx_back(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """From the selected joint to the tip everything is absent; growing again starts at the first absent joint."""
    page.editing.select(INDEX_DIP)
    press(page, Qt.Key.Key_C, ALT)
    assert (draft_of(page).pose.states[INDEX_DIP : INDEX_TIP + 1] == JointState.ABSENT).all()
    press(page, Qt.Key.Key_G, ALT)
    press(page, Qt.Key.Key_Return)
    settled()
    states = draft_of(page).pose.states
    assert (states[INDEX_DIP], states[INDEX_TIP]) == (JointState.VISIBLE, JointState.ABSENT)
    assert [r.action for r in revisions(draft_of(page).hand_id)] == ["Cut index", "Graft index"]


@pytest.mark.parametrize("kind", list(DigitKind))
def test_alt_and_a_number_changes_what_the_digit_is(page: AnnotatePage, settled: Settled, kind: DigitKind) -> None:
    """The id stays, so that history and fusions still mean the same digit."""
    page.editing.select(MIDDLE_PIP)
    press(page, Qt.Key(Qt.Key.Key_1.value + kind), ALT)
    pose = draft_of(page).pose
    assert pose.digit_kind[2] == kind
    assert pose.digit_id.tolist() == [0, 1, 2, 3, 4]
    settled()


def test_two_digits_swap_their_names_in_one_step(
    page: AnnotatePage, mouse: Any, one_step: Callable[[str], None]
) -> None:
    """Alt+S and a click on the other digit: kinds change places, joints and ids do not."""
    points = draft_of(page).pose.points.copy()
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_S, ALT)
    mouse.click(mouse.at(RING_PIP))
    pose = draft_of(page).pose
    assert pose.digit_kind.tolist() == [0, 3, 2, 1, 4]
    assert np.array_equal(pose.points, points)
    one_step("Swap index and ring")


def test_a_verdict_in_the_middle_of_a_fork_loses_neither(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """The verdict is a step of its own, and the branch is still being pointed to."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_Y, SHIFT)
    press(page, Qt.Key.Key_I)
    assert draft_of(page).snapshot.verdict == "implausible"
    assert draft_of(page).pose.digit_count == 6
    mouse.click(mouse.at(INDEX_TIP) + QPoint(-30, 0))
    settled()
    assert draft_of(page).snapshot.pose.digit_count == 6
    assert draft_of(page).snapshot.verdict == "implausible"


def test_undo_in_the_middle_of_a_new_digit_drops_it(
    page: AnnotatePage, mouse: Any, no_step: Callable[[], None]
) -> None:
    """Half a digit is no step, so there is nothing to undo but the placing itself."""
    press(page, Qt.Key.Key_Plus)
    mouse.click(mouse.spot(30, 60))
    page.undo()
    assert page.editing.tool is None
    no_step()


def test_the_selected_joint_stays_the_same_joint_when_rows_move(page: AnnotatePage, settled: Settled) -> None:
    """Undoing the removal of a digit before it moves the rows; the ring stays on the same joint."""
    page.editing.select(1)
    press(page, Qt.Key.Key_Backspace, SHIFT)
    page.editing.select(INDEX_PIP - 4)
    assert draft_of(page).pose.row_name(page.editing.row) == "index_pip"
    page.undo()
    assert draft_of(page).pose.row_name(page.editing.row) == "index_pip"
    settled()


def test_every_state_has_a_key_and_outside_is_shift_o(page: AnnotatePage, settled: Settled) -> None:
    """Six states and none at all, each by one key on the selected joint."""
    page.editing.select(INDEX_TIP)
    keys = (
        (Qt.Key.Key_O, Qt.KeyboardModifier.NoModifier, JointState.OCCLUDED),
        (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, JointState.SELF_OCCLUDED),
        (Qt.Key.Key_O, SHIFT, JointState.OUTSIDE),
        (Qt.Key.Key_Question, SHIFT, JointState.UNSURE),
        (Qt.Key.Key_V, Qt.KeyboardModifier.NoModifier, JointState.VISIBLE),
        (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, JointState.ABSENT),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, JointState.UNLABELLED),
    )
    for key, modifier, state in keys:
        press(page, key, modifier)
        assert draft_of(page).pose.states[INDEX_TIP] == state
    settled()
