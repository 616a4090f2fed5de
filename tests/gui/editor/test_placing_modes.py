"""Quick mode, one joint on many hands, template, copy and mirror, by real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.joint_walk import JointAddress, address_of, row_at
from handanat_studio.gui.editor.ready_hands import facing, facing_as
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.templates import template
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.workflows import browse

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]
INDEX_PIP, INDEX_TIP, RING_TIP = 6, 8, 16


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard focus is, and let the window catch up."""
    QTest.keyClick(QApplication.focusWidget() or page.canvas, key, modifier)
    QApplication.processEvents()


def is_at(page: AnnotatePage, row: int, spot: QPoint) -> bool:
    """Whether a joint is where a spot of the viewport is."""
    at = page.canvas.mapFromScene(*draft_of(page).pose.points[row].tolist())
    return bool((at - spot).manhattanLength() <= 2)


def test_in_quick_mode_a_click_anywhere_moves_the_selected_joint(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """Even on another joint; Tab and the numbers choose which. Each click is a step."""
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_Q)
    spot = mouse.at(RING_TIP)
    mouse.click(spot)
    assert is_at(page, INDEX_TIP, spot)
    press(page, Qt.Key.Key_0)
    other = mouse.spot(100, 200)
    mouse.click(other)
    assert is_at(page, 0, other)
    settled()
    assert [r.action for r in revisions(draft_of(page).hand_id)] == ["Move index tip", "Move wrist"]


def test_quick_mode_is_visible_and_escape_ends_it(page: AnnotatePage) -> None:
    """The hint names the joint, the tool button is down; afterwards a click selects again."""
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_Q)
    action = page.ctx.commands.action("annotate.quick")
    assert action.isChecked()
    assert page.hint.text().startswith("Quick: a click moves the index tip there.")
    assert not page.ctx.commands.get("annotate.select").checked()
    press(page, Qt.Key.Key_Escape)
    page.ctx.commands.refresh()
    assert not action.isChecked()
    assert page.hint.text() == ""
    assert page.editing.row == INDEX_TIP


def test_escape_with_the_button_down_in_quick_mode_moves_nothing(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """The mode stays, the joint is where it was."""
    before = draft_of(page).pose
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_Q)
    mouse.press(mouse.spot(100, 100))
    press(page, Qt.Key.Key_Escape)
    mouse.release(mouse.spot(100, 100))
    settled()
    assert draft_of(page).pose == before
    assert page.editing.tool is page.placing.quick
    assert revisions(draft_of(page).hand_id) == []


def test_without_a_selection_quick_mode_selects_and_drags_as_usual(
    page: AnnotatePage, mouse: Any, settled: Settled
) -> None:
    """A click on a joint chooses it; nothing jumps there."""
    before = draft_of(page).pose
    press(page, Qt.Key.Key_Q)
    mouse.click(mouse.at(INDEX_PIP))
    assert page.editing.row == INDEX_PIP
    assert draft_of(page).pose == before
    settled()


def test_one_joint_is_placed_on_hand_after_hand(
    page: AnnotatePage,
    mouse: Any,
    settled: Settled,
    revisions: Revisions,
    listing: browse.EntryIndex,
    qtbot: QtBot,
) -> None:
    """J keeps the joint: a click places it and the next hand opens with the same joint; the last one ends the walk."""
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_J)
    for hand_id in listing.hand_ids.tolist():
        qtbot.waitUntil(lambda hand_id=hand_id: page.draft is not None and page.draft.hand_id == hand_id)
        settled()
        assert page.editing.row == INDEX_TIP
        mouse.click(mouse.at(INDEX_TIP) + QPoint(9, -6))
    settled()
    assert page.editing.tool is None
    assert page.hint.text() == "That was the last hand of the queue."
    for hand_id in listing.hand_ids.tolist():
        assert [r.action for r in revisions(hand_id)] == ["Move index tip"]


def test_return_keeps_the_joint_and_goes_on_and_escape_ends_the_walk(
    page: AnnotatePage, settled: Settled, revisions: Revisions, qtbot: QtBot
) -> None:
    """Confirming writes nothing."""
    first = draft_of(page).hand_id
    page.editing.select(RING_TIP)
    press(page, Qt.Key.Key_J)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != first)
    settled()
    assert page.editing.row == RING_TIP
    assert revisions(first) == []
    press(page, Qt.Key.Key_Escape)
    assert page.editing.tool is None


def test_a_double_click_in_the_walk_does_not_skip_a_hand(
    page: AnnotatePage, mouse: Any, settled: Settled, listing: browse.EntryIndex, qtbot: QtBot
) -> None:
    """Clicks that come before the next hand is there are not taken."""
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_J)
    spot = mouse.at(INDEX_TIP)
    mouse.click(spot)
    mouse.click(spot + QPoint(30, 30))
    qtbot.waitUntil(lambda: draft_of(page).hand_id == listing.hand_ids[1])
    settled()
    assert draft_of(page).hand_id == listing.hand_ids[1]


def test_a_joint_is_found_on_any_hand_by_what_it_is() -> None:
    """The second extra digit's tip is its own address; a hand without one has no such joint."""
    plain = HandPose.ordinary(np.arange(42.0).reshape(21, 2))
    rich = plain
    for _ in range(2):
        rich = edits.add_digit(rich, DigitKind.EXTRA, np.ones((4, 2), np.float32))
    address = address_of(rich, 28)
    assert address == JointAddress(DigitKind.EXTRA, 1, 3)
    assert address.words == "extra tip of extra digit 2"
    assert row_at(rich, address) == 28
    assert row_at(plain, address) == -1
    assert all(row_at(plain, address_of(plain, row)) == row for row in range(21))


def test_a_template_puts_every_joint_inside_the_box_in_one_step(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """T replaces the joints; the box and the image hold all of them, and one undo brings the old ones back."""
    draft = draft_of(page)
    before, box = draft.pose, draft.box
    press(page, Qt.Key.Key_T)
    settled()
    assert [r.action for r in revisions(draft.hand_id)] == ["Template"]
    points = draft.pose.points
    assert np.isfinite(points).all()
    assert (points >= (box.x - 1, box.y - 1)).all()
    assert (points <= (box.x + box.width + 1, box.y + box.height + 1)).all()
    assert draft.pose.side == before.side
    page.undo()
    assert draft.pose == before
    settled()


def test_a_template_shows_the_face_that_the_hand_showed() -> None:
    """Palm or back is taken from the joints that were there; the side stays what it was."""
    box = Box(0, 0, 100, 100)
    plain = template(Side.RIGHT, box)
    turned = replace(edits.mirror(plain, 50.0), side=Side.RIGHT)
    assert facing(plain) * facing(turned) < 0
    for shown in (plain, turned):
        after = facing_as(plain, shown)
        assert facing(after) * facing(shown) > 0
        assert after.side == Side.RIGHT
    unknown = edits.set_state(plain, 0, JointState.UNLABELLED)
    assert facing_as(turned, unknown) == turned


def test_the_hand_before_is_copied_into_this_hands_box(
    page: AnnotatePage, settled: Settled, revisions: Revisions, qtbot: QtBot
) -> None:
    """C takes joints and topology of the hand that was open before; without one it says why not."""
    press(page, Qt.Key.Key_C)
    assert page.ctx.commands.get("annotate.copy_previous").when() == "No other hand with joints was open before."
    first = draft_of(page)
    first.edit(edits.remove_digit(first.snapshot.pose, 4), "Prepared")
    page.step(1)
    qtbot.waitUntil(lambda: draft_of(page).hand_id != first.hand_id)
    settled()
    press(page, Qt.Key.Key_C)
    settled()
    second = draft_of(page)
    assert [r.action for r in revisions(second.hand_id)] == ["Copy of the hand before"]
    assert second.pose.digit_count == 4
    width, height = page.canvas.image_rect.width(), page.canvas.image_rect.height()
    located = second.pose.points[np.isfinite(second.pose.points).all(axis=1)]
    assert ((located >= 0) & (located <= (width, height))).all()


def test_m_mirrors_the_hand_about_its_own_middle(page: AnnotatePage, settled: Settled, revisions: Revisions) -> None:
    """Twice is nothing: the box stays, the side changes and comes back."""
    draft = draft_of(page)
    before, box = draft.pose, draft.pose.box()
    press(page, Qt.Key.Key_M)
    assert draft.pose.side == Side(-before.side)
    after = draft.pose.box()
    assert box is not None
    assert after is not None
    assert np.allclose(after.as_list(), box.as_list(), atol=1e-3)
    press(page, Qt.Key.Key_M)
    assert np.allclose(draft.pose.points, before.points, atol=1e-3)
    settled()
    assert [r.action for r in revisions(draft.hand_id)] == ["Mirror hand", "Mirror hand"]
