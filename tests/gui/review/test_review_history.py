"""The history of a hand on the Review page: who did what, stepping through states, restoring one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.hand.annotation import ADJUDICATION, FIX, Annotation
from handanat_studio.workflows import browse
from handanat_studio.workflows.review import ReviewView

Press = Callable[..., None]
Stored = Callable[[int], ReviewView]
Revisions = Callable[[int, str], list[Annotation]]
K, M = Qt.Key, Qt.KeyboardModifier
INDEX_TIP = 8


def test_history_says_who_did_what_when_and_by_which_version(page: ReviewPage, press: Press) -> None:
    """The detector with its version, the annotation, its submission: oldest first, the newest is looked at."""
    press(K.Key_H, M.ControlModifier)
    rows = page.desk.history.rows()
    assert [row.deed.kind for row in rows] == ["prediction", "annotation", "review"]
    assert rows[0].deed.version == "1"
    assert all(row.detail() for row in rows)
    assert page.desk.history.current() is rows[-1].deed


def test_left_and_right_step_through_the_states_on_the_canvas(
    page: ReviewPage, press: Press, open_hand: Callable[[int], None]
) -> None:
    """Stepping back shows what the detector said; Escape shows the result again."""
    open_hand(6)
    result = page.show_case.pose
    press(K.Key_H, M.ControlModifier)
    for _ in page.desk.history.rows():
        press(K.Key_Left)
    detection = page.case.view.hand.hand.detection if page.case is not None else None
    assert detection is not None
    assert page.show_case.pose == detection.pose
    assert page.desk.history.slider.value() == 0
    press(K.Key_Right)
    assert page.show_case.pose != detection.pose
    press(K.Key_Escape)
    assert not page.past.is_open
    assert page.show_case.pose == result


def test_a_state_is_restored_as_a_new_revision(
    page: ReviewPage, press: Press, stored: Stored, revisions: Revisions
) -> None:
    """Ctrl+R on a state begins a fix with it; the annotation stays, undo takes the step back."""
    before = stored(1).submissions[0].annotation
    press(K.Key_E)
    press(K.Key_2)
    press(K.Key_Down, M.ShiftModifier)
    press(K.Key_Escape)
    press(K.Key_Escape)
    press(K.Key_H, M.ControlModifier)
    rows = page.desk.history.rows()
    place = next(place for place, row in enumerate(rows) if row.deed.annotation_id == before.id)
    for _ in range(len(rows) - 1 - place):
        press(K.Key_Left)
    while page.desk.history.current() is not None and page.desk.history.current().kind != "annotation":  # type: ignore[union-attr]
        press(K.Key_Left)
    press(K.Key_R, M.ControlModifier)
    newest = revisions(1, FIX)[-1]
    assert newest.action.startswith("Restored: ")
    assert newest.pose == before.pose
    assert stored(1).submissions[0].annotation == before
    press(K.Key_Z, M.ControlModifier)
    assert not np.array_equal(revisions(1, FIX)[-1].pose.points, before.pose.points)


def test_restoring_in_a_dispute_is_a_step_of_the_adjudication(
    page: ReviewPage, press: Press, open_hand: Callable[[int], None], revisions: Revisions
) -> None:
    """What is restored goes into the adjudication, and what it changes there counts as the reviewer's own."""
    open_hand(6)
    press(K.Key_H, M.ControlModifier)
    for _ in page.desk.history.rows():
        press(K.Key_Left)
    press(K.Key_R, M.ControlModifier)
    newest = revisions(6, ADJUDICATION)[-1]
    assert newest.action == "Restored: Detected"
    choices = {row.difference.part: row.choice for row in page.panel.differences.rows()}
    assert choices["ring_tip"] == "mine"


def test_saved_views_stand_under_the_queues_and_can_be_walked(page: ReviewPage, settled: Callable[[], None]) -> None:
    """A filter saved in the library is a queue of its own."""
    wanted = browse.LibraryFilter(verdicts=("implausible",))
    page.ctx.save(browse.save_view, "Odd ones", wanted, author="rosa")
    settled()
    page.feed.refresh_counts()
    settled()
    keys = [row.key for row in page.desk.queue_panel.queues.rows()]
    assert keys[-1] == "view:Odd ones"
    page.desk.queue_panel.queues.chosen.emit("view:Odd ones")
    settled()
    entries = page.desk.hands.entries
    assert sorted(entries.key(row)[1] for row in range(entries.rowCount())) == [6, 7]


def test_another_order_reads_the_queue_again(page: ReviewPage, settled: Callable[[], None]) -> None:
    """Choosing an order sorts the same hands."""
    order: QComboBox = page.desk.queue_panel.order
    place = order.findText("Changed last first")
    order.setCurrentIndex(place)
    order.activated.emit(place)
    settled()
    entries = page.desk.hands.entries
    assert entries.key(0)[1] == 8


def test_every_control_has_a_name_and_room_for_a_finger(page: ReviewPage, open_hand: Callable[[int], None]) -> None:
    """Buttons and fields that can be seen have an accessible name and are at least 24 px high and wide."""
    open_hand(6)
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QAbstractButton | QComboBox):
            continue
        assert widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()), widget
        assert min(widget.width(), widget.height()) >= 24, widget
