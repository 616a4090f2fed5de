"""Walking a queue on the Review page by real key events: accept, fix, return, go back; read back from the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.context import Context
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.hand.annotation import ACCEPTED, FIX, RETURNED, SUBMITTED, Annotation, NewAnnotation
from handanat_studio.hand.values import Box
from handanat_studio.store import hands
from handanat_studio.workflows import annotate, comments, review
from handanat_studio.workflows.review import ReviewView

Press = Callable[..., None]
Stored = Callable[[int], ReviewView]
Revisions = Callable[[int, str], list[Annotation]]
K, M = Qt.Key, Qt.KeyboardModifier
BEA, INDEX_TIP = "bea-longname", 8


def test_queues_stand_with_their_counts_and_the_first_hand_is_open(page: ReviewPage) -> None:
    """Each queue says how many hands it holds and why; the first one with a hand is open."""
    rows = {row.key: row for row in page.desk.queue_panel.queues.rows()}
    assert rows["queue:submitted"].count == 8
    assert rows["queue:disagreement"].count == 2
    assert all(row.sentence for row in rows.values())
    assert page.case is not None
    assert page.case.hand_id == 1
    assert page.desk.hands.entries.rowCount() == 8


def test_accept_is_on_disk_and_the_next_hand_is_open(page: ReviewPage, press: Press, stored: Stored) -> None:
    """P accepts the one annotation of a hand and goes on; the hand keeps its row and says what was done."""
    press(K.Key_P)
    assert page.case is not None
    assert page.case.hand_id == 2
    seen = stored(1)
    assert [s.stage for s in seen.submissions] == [ACCEPTED]
    assert seen.consensus.status == "accepted"
    assert page.desk.hands.entries.rowCount() == 8
    assert page.deeds.word_of(1) == "accepted"


def test_accept_takes_all_annotations_that_agree(
    page: ReviewPage, press: Press, open_hand: Callable[[int], None], stored: Stored
) -> None:
    """Where two people said the same, one key accepts both."""
    open_hand(8)
    press(K.Key_P)
    assert [s.stage for s in stored(8).submissions] == [ACCEPTED, ACCEPTED]


def test_fix_and_accept_keeps_the_annotation_and_adds_the_reviewers_own(
    page: ReviewPage, press: Press, stored: Stored, revisions: Revisions
) -> None:
    """E, a choice of joint, an arrow, Return: the fix is the reviewer's and rests on the annotation, which stays."""
    before = stored(1).submissions[0].annotation
    press(K.Key_E)
    press(K.Key_2)
    for _ in range(3):
        press(K.Key_Tab)
    assert page.editing.row == INDEX_TIP
    press(K.Key_Right, M.ShiftModifier)
    press(K.Key_Return)
    (fix,) = revisions(1, FIX)
    assert fix.annotator == "rosa"
    assert fix.basis is not None
    assert fix.basis["annotations"] == [before.id]
    assert np.allclose(fix.pose.points[INDEX_TIP] - before.pose.points[INDEX_TIP], (10, 0), atol=1e-3)
    seen = stored(1)
    assert seen.submissions[0].annotation == before
    assert (seen.consensus.status, seen.consensus.by) == ("fixed", "rosa")
    assert page.case is not None
    assert page.case.hand_id == 2


def test_a_fix_that_changed_nothing_accepts_what_was_there(
    page: ReviewPage, press: Press, stored: Stored, revisions: Revisions
) -> None:
    """E and Return without a step between them write no revision."""
    press(K.Key_E)
    press(K.Key_Return)
    assert revisions(1, FIX) == []
    assert stored(1).submissions[0].stage == ACCEPTED


def test_leaving_a_fix_accepts_nothing_and_keeps_its_steps(
    page: ReviewPage, press: Press, stored: Stored, revisions: Revisions
) -> None:
    """Escape clears the selection, then leaves; what was changed is found again at the next E."""
    press(K.Key_E)
    press(K.Key_I, M.ShiftModifier)
    press(K.Key_Escape)
    assert page.draft is None
    assert stored(1).submissions[0].stage == SUBMITTED
    press(K.Key_E)
    assert page.draft is not None
    assert page.draft.snapshot.verdict == "implausible"
    assert [fix.verdict for fix in revisions(1, FIX)] == ["implausible"]


def test_a_result_that_contradicts_itself_asks_why(page: ReviewPage, press: Press, stored: Stored) -> None:
    """Implausible without a finding: the answer becomes the fix's note, and only then it is accepted."""
    press(K.Key_E)
    press(K.Key_I, M.ShiftModifier)
    press(K.Key_Return)
    assert page.desk.card.isVisible()
    assert page.case is not None
    assert page.case.hand_id == 1
    QTest.keyClicks(QApplication.focusWidget(), "The thumb is glass")
    press(K.Key_Return, M.ControlModifier)
    seen = stored(1)
    assert seen.fix is not None
    assert seen.fix.note == "The thumb is glass"
    assert seen.consensus.status == "fixed"


def test_return_with_a_quick_reason_at_a_joint(page: ReviewPage, press: Press, stored: Stored) -> None:
    """2, Tab, R, a number, Return: the annotation goes back and the reason stands at the joint that was chosen."""
    press(K.Key_2)
    for _ in range(3):
        press(K.Key_Tab)
    press(K.Key_R)
    assert page.desk.card.isVisible()
    press(K.Key_1)
    press(K.Key_Return)
    seen = stored(1)
    assert seen.submissions[0].stage == RETURNED
    (comment,) = seen.comments
    assert (comment.kind, comment.part) == ("return", "index_tip")
    assert comment.text == page.ctx.settings.quick_reasons[0]
    assert page.case is not None
    assert page.case.hand_id == 2


def test_return_needs_a_word_and_escape_sends_nothing(page: ReviewPage, press: Press, stored: Stored) -> None:
    """Without a reason the card stays; Escape closes it and the hand is as it was."""
    press(K.Key_R)
    press(K.Key_Return)
    assert page.desk.card.isVisible()
    press(K.Key_Escape)
    assert not page.desk.card.isVisible()
    assert stored(1).submissions[0].stage == SUBMITTED


def test_return_in_own_words_by_keys_only(page: ReviewPage, press: Press, stored: Stored) -> None:
    """Tab reaches the text; letters and digits are text there; Ctrl+Return sends."""
    press(K.Key_R)
    press(K.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "p5 is off by 2")
    press(K.Key_Return, M.ControlModifier)
    assert stored(1).comments[0].text == "p5 is off by 2"


def test_undo_after_a_deed_goes_back_and_a_later_word_counts(page: ReviewPage, press: Press, stored: Stored) -> None:
    """Ctrl+Z opens the hand that was accepted; R returns it, and that is what counts."""
    press(K.Key_P)
    press(K.Key_Z, M.ControlModifier)
    assert page.case is not None
    assert page.case.hand_id == 1
    assert page.desk.message.startswith("Accepted.")
    press(K.Key_R)
    press(K.Key_3)
    press(K.Key_Return)
    assert stored(1).submissions[0].stage == RETURNED
    press(K.Key_Z, M.ControlModifier)
    press(K.Key_P)
    assert stored(1).submissions[0].stage == ACCEPTED


def test_a_comment_stands_at_its_joint_and_can_be_resolved(page: ReviewPage, press: Press, stored: Stored) -> None:
    """Ctrl+M writes at the chosen joint; the hand stays open and unreviewed."""
    page.editing.select(INDEX_TIP)
    press(K.Key_M, M.ControlModifier)
    QTest.keyClicks(QApplication.focusWidget(), "Look at the nail")
    press(K.Key_Return, M.ControlModifier)
    (comment,) = stored(1).comments
    assert (comment.kind, comment.part, comment.text) == ("comment", "index_tip", "Look at the nail")
    assert page.case is not None
    assert page.case.hand_id == 1
    (row,) = page.panel.comments.rows()
    page.panel.comment_resolved.emit(row.comment_id)
    press(K.Key_F)
    assert stored(1).comments[0].resolved_by == "rosa"


def test_a_comment_on_the_one_annotation_reaches_its_annotator(page: ReviewPage, press: Press, root: Path) -> None:
    """She sees it although she is no reviewer; of a hand she has not annotated she sees nothing."""
    press(K.Key_M, M.ControlModifier)
    QTest.keyClicks(QApplication.focusWidget(), "Look again")
    press(K.Key_Return, M.ControlModifier)
    project = projects.open_project(root)
    seen = {name: [c.text for c in comments.of_hand(project, 1, viewer=name)] for name in (BEA, "cal-longname")}
    project.close()
    assert seen == {BEA: ["Look again"], "cal-longname": []}


def test_what_cannot_be_written_is_told_and_the_hand_is_not_marked(
    page: ReviewPage, root: Path, press: Press, qtbot: QtBot
) -> None:
    """If the annotation was withdrawn meanwhile, accepting fails: a notice offers to open the hand again."""
    project = projects.open_project(root)
    review.withdraw(project, 1, annotator=BEA)
    project.close()
    with qtbot.waitSignal(page.ctx.noticed, timeout=10_000) as told:
        press(K.Key_P)
    assert told.args is not None
    assert told.args[0].action == "Open the hand"
    assert page.deeds.word_of(1) == ""


def test_a_reviewer_walks_the_queue_without_the_mouse(
    page: ReviewPage, press: Press, stored: Stored, settled: Callable[[], None]
) -> None:
    """Five hands: accept, return, fix, accept, skip; then the two in dispute are settled and the last one accepted."""
    press(K.Key_P)
    for key in (K.Key_R, K.Key_4, K.Key_Return):
        press(key)
    for key in (K.Key_E, K.Key_1, K.Key_Down, K.Key_Return):
        press(key)
    press(K.Key_P)
    press(K.Key_N)
    for _ in range(2):
        press(K.Key_BracketRight)
        press(K.Key_Return)
        if page.desk.card.isVisible():
            QTest.keyClicks(QApplication.focusWidget(), "so it is")
            press(K.Key_Return, M.ControlModifier)
    press(K.Key_P)
    status = [stored(hand_id).consensus.status for hand_id in range(1, 9)]
    assert status == ["accepted", "open", "fixed", "accepted", "single", "adjudicated", "adjudicated", "accepted"]
    assert page.deeds.count == 7
    assert page.desk.message.startswith("That was the last hand")
    press(K.Key_F5)
    assert page.desk.hands.entries.rowCount() == 1


@pytest.mark.parametrize("queue", ["flagged", "fallback"])
def test_an_empty_queue_says_so(page: ReviewPage, ctx: Context, queue: str, settled: Callable[[], None]) -> None:
    """A queue without a hand shows a sentence instead of the hand that was open before."""
    page.desk.queue_panel.queues.chosen.emit(f"queue:{queue}")
    settled()
    assert page.case is None
    assert "is empty" in page.desk.empty_words
    assert not page.panel.body.isVisible()


def test_every_command_has_a_reason_or_runs(page: ReviewPage, ctx: Context) -> None:
    """No key of this page clashes with another, and each row that is not available says why."""
    from handanat_studio.gui.commands import conflicts

    rows = ctx.commands.in_scope("review")
    assert conflicts(rows) == []
    assert all(row.when() == "" or row.when().endswith(".") for row in rows)


def test_a_hand_that_nobody_annotated_can_be_fixed_from_the_prediction(
    page: ReviewPage, press: Press, root: Path, stored: Stored, settled: Callable[[], None]
) -> None:
    """In a queue of the detector's hands: P says why not, E begins with the prediction, a verdict and Return accept."""
    project = projects.open_project(root)
    with project.store.write() as session:
        found = hands.get(session, 1).detection
        assert found is not None
        elsewhere = replace(found, box=Box(0, 0, 12, 12), pose=replace(found.pose, points=found.pose.points / 20))
        (hand_id,) = hands.add_detections(session, 1, [elsewhere], "again")
    project.close()
    page.show_hand(1, hand_id)
    settled()
    assert not page.ctx.commands.trigger("review.accept")
    press(K.Key_E)
    press(K.Key_P, M.ShiftModifier)
    press(K.Key_Return)
    seen = stored(hand_id)
    assert (seen.consensus.status, seen.consensus.verdict) == ("fixed", "plausible")
    assert seen.fix is not None
    assert seen.fix.pose == elsewhere.pose


def test_a_draft_is_shown_and_not_accepted(
    page: ReviewPage, root: Path, press: Press, settled: Callable[[], None]
) -> None:
    """Work in progress of a second person stands beside what was handed in, and takes no part."""
    project = projects.open_project(root)
    pose = review.review_view(project, 2, viewer="rosa").submissions[0].annotation.pose
    annotate.save(project, NewAnnotation(2, "eve-longname", pose, verdict="implausible"))
    project.close()
    page.show_hand(2, 2)
    page.walk.reload()
    settled()
    assert [row.stage for row in page.panel.voices.rows()] == ["handed in", "still a draft"]
    assert page.draft is None
    press(K.Key_P)
    project = projects.open_project(root)
    stages = {s.annotation.annotator: s.stage for s in review.review_view(project, 2, viewer="rosa").submissions}
    project.close()
    assert stages == {BEA: "accepted", "eve-longname": "draft"}
