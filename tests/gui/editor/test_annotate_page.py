"""The Annotate page, driven by real mouse and key events on a real project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.commands import conflicts
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor import draft_shelf
from handanat_studio.gui.editor.canvas import GHOST_ID
from handanat_studio.gui.editor.canvas_menu import build_menu
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.gui.editor.items import HandItem
from handanat_studio.gui.editor.joint_angles import Standing, joint_angles
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.topology import JointState
from handanat_studio.workflows import annotate, browse

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]

INDEX_DIP, INDEX_TIP, RING_TIP = 7, 8, 16


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def items(page: AnnotatePage) -> dict[int, HandItem]:
    """Return the canvas's hands by id."""
    return {item.hand_id: item for item in page.canvas.scene().items() if isinstance(item, HandItem)}


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard focus is."""
    QTest.keyClick(page.focusWidget() or page, key, modifier)
    QApplication.processEvents()


def test_angles_and_score_follow_a_drag_before_anything_is_saved(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """While the button is down the inspector shows the pose under the mouse; the disk hears of it on release."""
    draft = draft_of(page)
    texts = [row.text for row in page.inspector.angles.rows()]
    start = mouse.at(INDEX_TIP)
    mouse.press(start)
    mouse.move(start + QPoint(30, 30))
    mouse.move(start + QPoint(60, 60))
    assert [row.text for row in page.inspector.angles.rows()] != texts
    assert items(page)[draft.hand_id].pose == draft.pose
    assert draft.pose != draft.snapshot.pose
    settled()
    assert revisions(draft.hand_id) == []
    mouse.release(start + QPoint(60, 60))
    settled()
    stored = revisions(draft.hand_id)
    assert [r.action for r in stored] == ["Move index tip"]
    assert np.allclose(
        page.canvas.mapFromScene(*stored[0].pose.points[INDEX_TIP].tolist()).toTuple(),
        (start + QPoint(60, 60)).toTuple(),
        atol=2,
    )


def test_bending_a_joint_past_its_limit_shows_a_violation_with_its_source(
    page: AnnotatePage, mouse: Any, settled: Settled
) -> None:
    """A fingertip folded back over its own finger is a finding, an angle in red, and a worse score."""
    draft = draft_of(page)
    before = draft.judgement.calibrated.value
    tip, dip, pip = (draft.pose.points[row].astype(float) for row in (INDEX_TIP, INDEX_DIP, INDEX_DIP - 1))
    across = np.array([-(dip - pip)[1], (dip - pip)[0]])
    goal = dip + (pip - dip) * 0.9 + across * 0.15
    by = (goal - tip) * page.canvas.zoom
    mouse.drag(INDEX_TIP, QPoint(*by.round().astype(int).tolist()))
    settled()
    angle = next(a for a in joint_angles(draft.pose, draft.judgement) if a.name == "index_dip")
    found = [f for f in page.inspector.findings.findings() if f.part == "index_dip"]
    assert angle.standing is Standing.VIOLATED
    assert "AAOS" in found[0].source
    assert draft.judgement.calibrated.value > max(before, 0.5)


def test_undo_and_redo_keys_go_through_the_disk(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """Ctrl+Z and Ctrl+Shift+Z move the joint back and forth and leave a revision each."""
    draft = draft_of(page)
    first = draft.pose
    mouse.drag(RING_TIP, QPoint(-25, 12))
    second = draft.pose
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert draft.pose == first
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert draft.pose == second
    settled()
    assert len(revisions(draft.hand_id)) == 3


@pytest.mark.parametrize(
    ("key", "verdict"),
    [(Qt.Key.Key_P, "plausible"), (Qt.Key.Key_I, "implausible"), (Qt.Key.Key_U, "unsure")],
)
def test_one_key_gives_the_verdict(
    page: AnnotatePage, settled: Settled, revisions: Revisions, key: Qt.Key, verdict: str
) -> None:
    """The verdict is on disk, in the inspector and on the filmstrip."""
    press(page, key)
    settled()
    hand_id = draft_of(page).hand_id
    assert revisions(hand_id)[-1].verdict == verdict
    assert page.inspector.verdict.button(verdict).isChecked()
    assert page.filmstrip.tile(hand_id).hand.verdict == verdict


def test_clicking_the_chosen_verdict_takes_it_back(page: AnnotatePage, settled: Settled, revisions: Revisions) -> None:
    """A verdict given by mistake can be undecided again."""
    button = page.inspector.verdict.button("plausible")
    for _ in range(2):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settled()
    assert [r.verdict for r in revisions(draft_of(page).hand_id)] == ["plausible", None]
    assert not button.isChecked()


def test_letters_typed_into_the_note_are_text_and_the_note_is_saved_when_it_is_left(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """P, I and the digits do not judge while somebody writes; Escape ends the note."""
    note = page.inspector.note
    note.setFocus()
    QTest.keyClicks(note, "Pinky is up, 1 of 5")
    assert draft_of(page).snapshot.verdict is None
    QTest.keyClick(note, Qt.Key.Key_Escape)
    settled()
    stored = revisions(draft_of(page).hand_id)
    assert [r.note for r in stored] == ["Pinky is up, 1 of 5"]
    assert stored[0].verdict is None


def test_a_note_is_not_lost_by_going_to_the_next_hand(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """Navigation hands the note over first."""
    hand_id = draft_of(page).hand_id
    page.inspector.note.setPlainText("look again")
    page.step(1)
    settled()
    assert draft_of(page).hand_id != hand_id
    assert revisions(hand_id)[-1].note == "look again"
    assert page.inspector.note.toPlainText() == ""


def test_a_and_d_walk_the_queue_and_write_nothing(
    page: AnnotatePage, settled: Settled, revisions: Revisions, listing: browse.EntryIndex
) -> None:
    """D to the end and A back: the same hands, no revision, and the ends say that they are the ends."""
    visited = []
    for _ in range(len(listing) + 1):
        visited.append(draft_of(page).hand_id)
        press(page, Qt.Key.Key_D)
        settled()
    assert visited[:-1] == listing.hand_ids.tolist()
    for _ in range(len(listing)):
        press(page, Qt.Key.Key_A)
        settled()
    assert draft_of(page).hand_id == listing.hand_ids[0]
    assert all(revisions(hand_id) == [] for hand_id in listing.hand_ids.tolist())


def test_undo_survives_a_visit_to_another_hand(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """The history is kept per hand."""
    first = draft_of(page).pose
    mouse.drag(RING_TIP, QPoint(-20, 5))
    settled()
    page.step(1)
    settled()
    page.step(-1)
    settled()
    page.undo()
    assert draft_of(page).pose == first
    settled()


@pytest.mark.parametrize(
    ("modifier", "pixels"), [(Qt.KeyboardModifier.NoModifier, 1), (Qt.KeyboardModifier.ShiftModifier, 10)]
)
def test_arrows_nudge_the_selected_joint_by_image_pixels(
    page: AnnotatePage, settled: Settled, revisions: Revisions, modifier: Qt.KeyboardModifier, pixels: int
) -> None:
    """One press is one step of 1 px, with Shift of 10 px."""
    draft = draft_of(page)
    page.editing.select(INDEX_TIP)
    before = draft.pose.points[INDEX_TIP].copy()
    press(page, Qt.Key.Key_Right, modifier)
    press(page, Qt.Key.Key_Up, modifier)
    settled()
    assert np.allclose(draft.pose.points[INDEX_TIP] - before, [pixels, -pixels], atol=1e-3)
    assert len(revisions(draft.hand_id)) == 2


def test_undo_survives_however_many_hands_are_looked_at(
    page: AnnotatePage, mouse: Any, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hands that were only looked at make room; the one that was changed keeps its steps."""
    monkeypatch.setattr(draft_shelf, "UNTOUCHED_KEPT", 1)
    first = draft_of(page)
    before = first.pose
    mouse.drag(RING_TIP, QPoint(-20, 5))
    settled()
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_A, Qt.Key.Key_A):
        press(page, key)
        settled()
    assert draft_of(page) is first
    page.undo()
    settled()
    assert draft_of(page).pose == before


def test_a_held_arrow_is_one_step(page: AnnotatePage, settled: Settled, revisions: Revisions) -> None:
    """However often the key repeats, one revision is written when it is let go."""
    draft = draft_of(page)
    page.editing.select(INDEX_TIP)
    before = draft.pose.points[INDEX_TIP].copy()
    for _ in range(7):
        QTest.keyPress(page.canvas, Qt.Key.Key_Left)
    settled()
    assert revisions(draft.hand_id) == []
    QTest.keyRelease(page.canvas, Qt.Key.Key_Left)
    settled()
    assert np.allclose(draft.pose.points[INDEX_TIP] - before, [-7, 0], atol=1e-3)
    assert len(revisions(draft.hand_id)) == 1


def test_tab_and_digit_keys_choose_joints(page: AnnotatePage) -> None:
    """Tab walks joint by joint; a digit's key goes to its base, again to its next joint; 0 is the wrist."""
    steps = []
    for key in (Qt.Key.Key_2, Qt.Key.Key_2, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_5, Qt.Key.Key_0):
        press(page, key)
        steps.append(page.editing.row)
    assert steps == [5, 6, 7, 6, 17, 0]


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (Qt.Key.Key_O, JointState.OCCLUDED),
        (Qt.Key.Key_S, JointState.SELF_OCCLUDED),
        (Qt.Key.Key_Question, JointState.UNSURE),
        (Qt.Key.Key_X, JointState.ABSENT),
    ],
)
def test_one_key_sets_a_joints_state(
    page: AnnotatePage, settled: Settled, revisions: Revisions, key: Qt.Key, state: JointState
) -> None:
    """The state is on disk; only absence takes the coordinates, and undo brings them back."""
    draft = draft_of(page)
    before = draft.pose
    page.editing.select(INDEX_TIP)
    modifier = Qt.KeyboardModifier.ShiftModifier if key == Qt.Key.Key_Question else Qt.KeyboardModifier.NoModifier
    press(page, key, modifier)
    settled()
    stored = revisions(draft.hand_id)[-1].pose
    assert stored.states[INDEX_TIP] == state
    assert np.isnan(stored.points[INDEX_TIP]).all() == (state == JointState.ABSENT)
    page.undo()
    assert draft.pose == before
    settled()


def test_right_click_cycles_a_joints_state_and_never_loses_its_place(page: AnnotatePage, settled: Settled) -> None:
    """Five right-clicks come back to where they began."""
    draft = draft_of(page)
    before = draft.pose
    seen = []
    for _ in range(5):
        page.canvas.joint_context.emit(INDEX_TIP)
        seen.append(int(draft.pose.states[INDEX_TIP]))
    settled()
    assert len(set(seen)) == 5
    assert JointState.ABSENT not in seen
    assert np.array_equal(draft.pose.points, before.points, equal_nan=True)
    if before.states[INDEX_TIP] == JointState.VISIBLE:
        assert draft.pose == before


def test_backspace_deletes_a_joint_and_a_click_places_it_again(
    page: AnnotatePage, mouse: Any, settled: Settled
) -> None:
    """A joint without a place waits for a click; the prompt says which one."""
    draft = draft_of(page)
    at = mouse.at(INDEX_TIP)
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_Backspace)
    assert draft.pose.states[INDEX_TIP] == JointState.UNLABELLED
    assert "index tip" in page.hint.text()
    mouse.click(at)
    settled()
    assert draft.pose.states[INDEX_TIP] == JointState.VISIBLE
    assert np.allclose(page.canvas.mapFromScene(*draft.pose.points[INDEX_TIP].tolist()).toTuple(), at.toTuple(), atol=2)
    assert page.hint.text() == ""


def test_four_clicks_add_a_sixth_digit_in_one_step(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """N, then base to tip: the hand has six digits, the count says so, and one undo takes the digit away."""
    draft = draft_of(page)
    before = draft.pose
    page.editing.select(INDEX_TIP)
    press(page, Qt.Key.Key_Plus)
    spots = [(30, 60), (28, 50), (26, 40), (24, 32)]
    for spot in spots:
        mouse.click(mouse.spot(*spot))
    settled()
    assert draft.pose.digit_count == 6
    assert np.allclose(draft.pose.points[-4:], spots, atol=1.5)
    assert not page.editing.is_adding_digit
    assert [r.action for r in revisions(draft.hand_id)] == ["Add extra digit"]
    assert "6 digits" in page.inspector.findings.model().index(0, 0).data()
    page.undo()
    assert draft.pose == before
    settled()


def test_escape_stops_adding_a_digit_without_a_trace(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """Half a digit is no step; Backspace takes the last click back."""
    draft = draft_of(page)
    before = draft.pose
    press(page, Qt.Key.Key_Plus)
    mouse.click(mouse.spot(30, 60))
    mouse.click(mouse.spot(28, 50))
    press(page, Qt.Key.Key_Backspace)
    assert np.isfinite(draft.pose.points[-4:]).all(axis=1).sum() == 1
    press(page, Qt.Key.Key_Escape)
    settled()
    assert draft.pose == before
    assert revisions(draft.hand_id) == []


def actions(menu: QMenu) -> dict[str, object]:
    """Return all actions of a menu and its submenus by their path."""
    found: dict[str, object] = {}
    for action in menu.actions():
        sub = action.menu()
        if isinstance(sub, QMenu):
            found |= {f"{action.text()}/{name}": act for name, act in actions(sub).items()}
        elif action.text():
            found[action.text()] = action
    return found


def test_the_context_menu_fuses_removes_and_relabels_digits(page: AnnotatePage, settled: Settled) -> None:
    """What the menu offers for the digit under the cursor are undoable steps."""
    draft = draft_of(page)
    middle = draft.pose.points[10:12].mean(axis=0).tolist()
    actions(build_menu(page, *middle))["Fuse with/Ring/to the distal joints"].trigger()
    assert [(f.first_id, f.second_id) for f in draft.pose.fusions] == [(2, 3)]
    actions(build_menu(page, *middle))["Unfuse from ring"].trigger()
    assert draft.pose.fusions == ()
    actions(build_menu(page, *middle))["This digit is a/Extra"].trigger()
    assert draft.pose.row_name(10) == "extra_pip"
    actions(build_menu(page, *middle))["Remove extra digit"].trigger()
    assert draft.pose.digit_count == 4
    for _ in range(4):
        page.undo()
    assert draft.pose.digit_count == 5
    settled()


def test_the_other_hand_of_an_image_is_dimmed_and_a_click_opens_it(
    page: AnnotatePage, mouse: Any, settled: Settled, qtbot: QtBot
) -> None:
    """Both hands are drawn; the one that is clicked becomes the active one, in the queue too."""
    view = browse.image_view(page._ctx.project, 2, annotator="ada")
    first, second = (hand.hand.id for hand in view.hands)
    page.show_hand(2, first)
    settled()
    qtbot.waitUntil(lambda: not page.canvas.picture_is_blank)
    assert {hand: item.look.role for hand, item in items(page).items() if hand != GHOST_ID} == {
        first: "active",
        second: "other",
    }
    mouse.click(mouse.spot(*view.hands[1].pose.points[0].tolist()))
    settled()
    assert draft_of(page).hand_id == second
    assert items(page)[second].look.role == "active"
    assert page.queue.entries.key(page.loader.row) == (2, second)


def test_the_prediction_is_a_ghost_that_follows_no_drag(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """Switched on, the detector's joints stay where they were, in a look of their own."""
    draft = draft_of(page)
    predicted = draft.pose
    press(page, Qt.Key.Key_G)
    mouse.drag(RING_TIP, QPoint(-20, 5))
    ghost = items(page)[GHOST_ID]
    assert ghost.pose == predicted
    assert ghost.look.role == "ghost"
    press(page, Qt.Key.Key_G)
    assert items(page)[GHOST_ID].pose is None
    settled()


def test_a_click_on_a_finding_goes_to_its_joint(page: AnnotatePage, settled: Settled) -> None:
    """The joint is selected and near the middle of the view."""
    draft = draft_of(page)
    draft.edit(edits.move(draft.pose, INDEX_TIP, draft.pose.points[INDEX_DIP - 1] + np.float32(2)), "bend")
    settled()
    listed = page.inspector.findings
    place = next(i for i, f in enumerate(listed.findings()) if f.part == "index_dip")
    rect = listed.visualRect(listed.model().index(place, 0))
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=rect.center() - QPoint(60, 0))
    assert page.editing.row == INDEX_DIP
    at = page.canvas.mapFromScene(*draft.pose.points[INDEX_DIP].tolist())
    assert (at - page.canvas.viewport().rect().center()).manhattanLength() < 12


def test_a_row_of_the_angle_table_selects_its_joint(page: AnnotatePage) -> None:
    """Table, diagram and canvas share one selection."""
    table = page.inspector.angles
    place = next(i for i, row in enumerate(table.rows()) if row.group == "Ring" and row.name == "PIP")
    QTest.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.row_centre(place).toPoint())
    assert page.editing.row == 14
    assert items(page)[draft_of(page).hand_id].look.selected_row == 14


def test_a_hand_that_was_changed_elsewhere_shows_both_versions_and_asks(
    page: AnnotatePage, ctx: Context, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """The bar offers both, theirs is drawn as a ghost, and the choice is saved."""
    draft = draft_of(page)
    other = edits.transform(draft.pose, shift=(12, 0))
    annotate.save(ctx.project, NewAnnotation(draft.hand_id, ctx.annotator, other, action="elsewhere"))
    mouse.drag(RING_TIP, QPoint(-20, 5))
    settled()
    assert draft.save_state is SaveState.CONFLICT
    assert page.conflict_bar.isVisible()
    assert items(page)[GHOST_ID].pose == other
    QTest.mouseClick(page.conflict_bar.button("mine"), Qt.MouseButton.LeftButton)
    settled()
    assert [r.action for r in revisions(draft.hand_id)] == ["elsewhere", "Move ring tip"]
    assert not page.conflict_bar.isVisible()
    assert items(page)[GHOST_ID].pose is None


def test_a_revision_from_an_earlier_session_can_be_restored(
    page: AnnotatePage, ctx: Context, settled: Settled, revisions: Revisions
) -> None:
    """History lists what was on disk before; a click makes it the newest again."""
    hand_id = draft_of(page).hand_id
    first = annotate.save(
        ctx.project, NewAnnotation(hand_id, ctx.annotator, draft_of(page).pose, "unsure", action="one")
    )[0]
    later = edits.transform(first.pose, shift=(9, 0))
    annotate.save(ctx.project, NewAnnotation(hand_id, ctx.annotator, later, parent_id=first.id, action="two"))
    page.step(1)
    settled()
    page.step(-1)
    settled()
    assert draft_of(page).pose == later
    row = next(r for r in page.inspector.history.rows() if r.action == "one")
    page.inspector.history.revision_chosen.emit(row.revision)
    settled()
    newest = revisions(hand_id)[-1]
    assert (newest.pose, newest.verdict) == (first.pose, "unsure")


def test_keys_do_not_clash_and_every_control_has_a_name(page: AnnotatePage) -> None:
    """The table has no two commands on one key; each button says what it is to a screen reader and takes the focus."""
    assert conflicts(page.commands()) == []
    buttons = page.findChildren(QAbstractButton)
    assert len(buttons) > 12
    assert [b for b in buttons if not (b.accessibleName() or b.text())] == []
    assert [b for b in buttons if b.focusPolicy() == Qt.FocusPolicy.NoFocus] == []
    named: list[QWidget] = [page.canvas, page.queue, page.inspector.angles, page.inspector.ratios, page.inspector.note]
    assert all(widget.accessibleName() for widget in named)


def test_the_canvas_keeps_the_larger_part_of_the_window(page: AnnotatePage) -> None:
    """At 1440 px at least 59 % is canvas; without the side panels all of it is."""
    assert page.canvas.width() >= 0.59 * page.width()
    page.switch("queue")
    page.switch("inspector")
    QApplication.processEvents()
    assert page.canvas.width() == page.width()


def test_an_image_that_cannot_be_read_says_so(
    page: AnnotatePage, ctx: Context, settled: Settled, tmp_path: Path, qtbot: QtBot
) -> None:
    """The reason stands where the image would be, and the next hand is one click away."""
    from handanat_studio.workflows import ingest

    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    ingest.import_images(ctx.project, [broken])
    page.show_hand(4, 0)
    settled()
    assert not page.canvas.isVisible()
    page.show_hand(1, 1)
    settled()
    assert page.canvas.isVisible()


def test_closing_the_project_leaves_an_empty_page(page: AnnotatePage, ctx: Context) -> None:
    """No hand of a project that is gone stays on the page."""
    ctx.close_project()
    assert page.draft is None
    assert page.canvas.scene().items() == [] or all(item.pose is None for item in items(page).values())
    assert page.inspector.angles.rows() == ()


def test_the_other_hand_of_an_image_is_brought_into_view(page: AnnotatePage, settled: Settled) -> None:
    """After zooming in on one hand, going to the next of the same image does not leave it outside the view."""
    view = browse.image_view(page._ctx.project, 2, annotator="ada")
    first, second = (hand.hand.id for hand in view.hands)
    page.show_hand(2, first)
    settled()
    page.canvas.fit_box(draft_of(page).box, limit=8.0)
    other = next(hand.pose.box() for hand in view.hands if hand.hand.id == second)
    assert not page.canvas.shows(other)
    page.show_hand(2, second)
    settled()
    assert page.canvas.shows(other)


def test_going_back_and_forth_between_the_hands_of_an_image_keeps_their_undo(
    page: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """The draft of a hand that was saved is the same when its tile is clicked again."""
    view = browse.image_view(page._ctx.project, 2, annotator="ada")
    first, second = (hand.hand.id for hand in view.hands)
    page.show_hand(2, first)
    settled()
    draft = draft_of(page)
    mouse.drag(0, QPoint(9, 9))
    settled()
    for hand_id in (second, first):
        QTest.mouseClick(page.filmstrip.tile(hand_id), Qt.MouseButton.LeftButton)
        settled()
    assert draft_of(page) is draft
    page.undo()
    settled()
    assert len(revisions(first)) == 2


def test_another_annotator_starts_from_the_prediction(
    page: AnnotatePage, ctx: Context, mouse: Any, settled: Settled
) -> None:
    """Nobody sees the joints or the verdict of the one who sat there before."""
    predicted = draft_of(page).pose
    mouse.drag(RING_TIP, QPoint(-20, 5))
    press(page, Qt.Key.Key_I)
    settled()
    ctx.change_settings(annotator="grace")
    settled()
    assert draft_of(page).pose == predicted
    assert draft_of(page).snapshot.verdict is None
    assert not page.inspector.verdict.button("implausible").isChecked()


def test_hands_that_a_job_found_meanwhile_join_the_queue(
    page: AnnotatePage, ctx: Context, settled: Settled, qtbot: QtBot
) -> None:
    """A change of hands is caught up with; the open hand stays open."""
    from handanat_studio.hand.values import Box
    from handanat_studio.store import hands
    from handanat_studio.store.changes import ChangeSet

    draft, count = draft_of(page), page.queue.entries.rowCount()
    with ctx.project.store.write() as session:
        hands.add_manual(session, 3, Box(5, 5, 20, 20))
    ctx.changed.emit(ChangeSet(frozenset({"hands"}), (3,), ()))
    qtbot.waitUntil(lambda: page.queue.entries.rowCount() == count + 1, timeout=5_000)
    settled()
    assert draft_of(page) is draft


def test_the_theme_changes_while_a_hand_is_open(page: AnnotatePage, qapp: QApplication) -> None:
    """The surround of the picture follows at once."""
    from handanat_studio.gui import theme

    corners = []
    for name in ("dark", "light"):
        theme.apply(qapp, name)
        QApplication.processEvents()
        corners.append(page.canvas.viewport().grab().toImage().pixelColor(6, 6).name())
    assert corners == [theme.colour("canvas", dark=dark).name() for dark in (True, False)]
