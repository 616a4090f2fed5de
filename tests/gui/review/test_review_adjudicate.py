"""Deciding between two annotations by real key events: sides, mean, one's own, undo; read back from the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from handanat_studio import project as projects
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.decision import LEFT, RIGHT
from handanat_studio.hand.annotation import ADJUDICATION, Annotation, NewAnnotation
from handanat_studio.hand.values import HandPose
from handanat_studio.workflows import annotate, people, review
from handanat_studio.workflows.review import ReviewView

Press = Callable[..., None]
Stored = Callable[[int], ReviewView]
Revisions = Callable[[int, str], list[Annotation]]
K, M = Qt.Key, Qt.KeyboardModifier
INDEX_TIP, RING_TIP, DISPUTED = 8, 16, 6


@pytest.fixture
def disputed(page: ReviewPage, open_hand: Callable[[int], None]) -> ReviewPage:
    """The page with a hand on which two people differ: the verdict, the index tip, the ring tip."""
    open_hand(DISPUTED)
    return page


def case_of(page: ReviewPage) -> Case:
    """Return the case that is open."""
    assert page.case is not None
    return page.case


def poses(page: ReviewPage) -> tuple[HandPose, HandPose]:
    """Return what the left and the right voice say."""
    case = case_of(page)
    assert case.left is not None
    assert case.right is not None
    return case.left.annotation.pose, case.right.annotation.pose


def parts(page: ReviewPage) -> list[tuple[str, str]]:
    """Return kind and part of each difference, in order."""
    return [(d.kind, d.part) for d in case_of(page).differences]


def go_to(page: ReviewPage, press: Press, part: str) -> None:
    """Walk to a difference by J."""
    for _ in case_of(page).differences:
        difference = page.show_case.difference
        if difference is not None and part in (difference.part, difference.kind):
            return
        press(K.Key_J)
    raise AssertionError(f"no difference at {part}")


def test_a_dispute_opens_by_itself_with_the_largest_difference_first(disputed: ReviewPage) -> None:
    """Both voices lie behind the result, the verdict is open, the joints rest at their mean, nothing is on disk."""
    assert parts(disputed) == [("verdict", "hand"), ("joint", "index_tip"), ("joint", "ring_tip")]
    assert disputed.draft is not None
    assert disputed.draft.is_adjudication
    assert disputed.draft.snapshot.verdict is None
    a, b = poses(disputed)
    mean = (a.points[INDEX_TIP] + b.points[INDEX_TIP]) / 2
    assert np.allclose(disputed.draft.pose.points[INDEX_TIP], mean, atol=1e-3)
    assert [ghost.letter for ghost in disputed.canvas.ghosts() if ghost is not None] == ["A", "B"]
    assert disputed.panel.verdict.verdict is None


def test_accept_is_refused_with_a_reason_while_they_differ(disputed: ReviewPage, press: Press, stored: Stored) -> None:
    """P does nothing, and says what to do instead."""
    refused: list[str] = []
    disputed.ctx.commands.refused.connect(refused.append)
    press(K.Key_P)
    assert refused == ["The annotations differ. Take a side, then press Return."]
    assert stored(DISPUTED).consensus.status == "disputed"


def test_sides_mean_and_mine_are_taken_and_settled(
    disputed: ReviewPage, press: Press, stored: Stored, revisions: Revisions
) -> None:
    """Verdict from the right, index tip from the left, ring tip one's own by arrow keys; the basis tells all three."""
    a, b = poses(disputed)
    right = case_of(disputed).right
    assert right is not None
    press(K.Key_BracketRight)
    go_to(disputed, press, "index_tip")
    press(K.Key_BracketLeft)
    go_to(disputed, press, "ring_tip")
    press(K.Key_M)
    press(K.Key_Down, M.ShiftModifier)
    press(K.Key_Return)
    if disputed.desk.card.isVisible():
        QTest.keyClicks(QApplication.focusWidget(), "It is so")
        press(K.Key_Return, M.ControlModifier)
    seen = stored(DISPUTED)
    assert (seen.consensus.status, seen.consensus.by) == ("adjudicated", "rosa")
    result = revisions(DISPUTED, ADJUDICATION)[-1]
    assert result.verdict == right.annotation.verdict
    assert np.array_equal(result.pose.points[INDEX_TIP], a.points[INDEX_TIP])
    mean = (a.points[RING_TIP] + b.points[RING_TIP]) / 2
    assert np.allclose(result.pose.points[RING_TIP] - mean, (0, 10), atol=1e-3)
    assert result.basis is not None
    choices = {key.split(":")[1] if ":" in key else key: choice for key, choice in result.basis["taken"].items()}
    assert choices == {"verdict": "b", "index_tip": "a", "ring_tip": "mine"}
    assert sorted(result.basis["annotations"]) == sorted(s.annotation.id for s in seen.submissions)


def test_nothing_of_the_annotators_is_overwritten(disputed: ReviewPage, press: Press, stored: Stored) -> None:
    """After an adjudication both annotations are what they were."""
    before = stored(DISPUTED).submissions
    press(K.Key_BracketLeft, M.ShiftModifier)
    press(K.Key_Return)
    after = stored(DISPUTED).submissions
    assert [s.annotation for s in after] == [s.annotation for s in before]


@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_all_of_one_side_is_one_step(disputed: ReviewPage, press: Press, revisions: Revisions, side: int) -> None:
    """Shift and a bracket take everything from one side; one undo takes all of it back."""
    draft = disputed.draft
    assert draft is not None
    first = draft.snapshot
    press((K.Key_BracketLeft, K.Key_BracketRight)[side], M.ShiftModifier)
    pose = poses(disputed)[side]
    assert np.array_equal(draft.pose.points, pose.points)
    letter = "ab"[side]
    assert {row.choice for row in disputed.panel.differences.rows()} == {letter}
    press(K.Key_Z, M.ControlModifier)
    assert draft.snapshot == first
    assert {row.choice for row in disputed.panel.differences.rows()} == {""}
    actions = [revision.action for revision in revisions(DISPUTED, ADJUDICATION)]
    assert actions == [f"Took {letter.upper()}: everything", f"Undo Took {letter.upper()}: everything"]


def test_undo_and_redo_take_the_mark_along(disputed: ReviewPage, press: Press, revisions: Revisions) -> None:
    """A taken side and its mark go and come together, and the basis on disk follows."""
    go_to(disputed, press, "index_tip")
    press(K.Key_BracketRight)
    press(K.Key_Z, M.ControlModifier)
    rows = {row.difference.part: row.choice for row in disputed.panel.differences.rows()}
    assert rows["index_tip"] == ""
    press(K.Key_Z, M.ControlModifier | M.ShiftModifier)
    bases = [(revision.basis or {})["taken"] for revision in revisions(DISPUTED, ADJUDICATION)]
    assert [list(taken.values()) for taken in bases] == [["b"], [], ["b"]]


def test_a_drag_in_dispute_counts_as_mine(disputed: ReviewPage, press: Press) -> None:
    """Moving a joint by the mouse marks its difference as the reviewer's own."""
    draft, canvas = disputed.draft, disputed.canvas
    assert draft is not None
    press(K.Key_F)
    start = canvas.mapFromScene(*draft.pose.points[INDEX_TIP].tolist())
    port = canvas.viewport()
    QTest.mouseMove(port, start)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, M.NoModifier, start)
    for step in (4, 8, 12):
        QTest.mouseMove(port, start + QPoint(step, step))
        QApplication.processEvents()
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, M.NoModifier, start + QPoint(12, 12))
    rows = {row.difference.part: row.choice for row in disputed.panel.differences.rows()}
    assert rows == {"hand": "", "index_tip": "mine", "ring_tip": ""}


def test_settling_needs_a_verdict(disputed: ReviewPage, press: Press, stored: Stored) -> None:
    """Return without a verdict is refused with the reason; Shift+U gives one, and Return settles."""
    press(K.Key_Return)
    assert stored(DISPUTED).consensus.status == "disputed"
    press(K.Key_U, M.ShiftModifier)
    press(K.Key_Return)
    seen = stored(DISPUTED)
    assert (seen.consensus.status, seen.consensus.verdict) == ("adjudicated", "unsure")


def test_a_settled_hand_can_be_taken_up_again(disputed: ReviewPage, press: Press, stored: Stored) -> None:
    """Ctrl+Z comes back to the hand with its choices, and again takes the settling step back: it is open on disk."""
    press(K.Key_U, M.ShiftModifier)
    press(K.Key_Return)
    press(K.Key_Z, M.ControlModifier)
    assert case_of(disputed).hand_id == DISPUTED
    assert disputed.draft is not None
    assert disputed.draft.snapshot.verdict == "unsure"
    press(K.Key_Z, M.ControlModifier)
    assert stored(DISPUTED).consensus.status == "disputed"


def test_return_goes_to_the_one_that_is_meant(disputed: ReviewPage, press: Press, stored: Stored) -> None:
    """In a dispute a letter says whose annotation goes back; the other stays handed in."""
    press(K.Key_R)
    press(K.Key_B)
    press(K.Key_2)
    press(K.Key_Return)
    seen = stored(DISPUTED)
    stages = sorted(s.stage for s in seen.submissions)
    assert stages == ["returned", "submitted"]


def test_an_adjudication_goes_on_after_the_page_was_left(
    disputed: ReviewPage, press: Press, open_hand: Callable[[int], None]
) -> None:
    """What was decided is there again when the hand is opened later, with its marks."""
    press(K.Key_BracketLeft)
    open_hand(1)
    disputed.decisions.clear()
    open_hand(DISPUTED)
    assert [row.choice for row in disputed.panel.differences.rows()] == ["a", "", ""]


def test_side_by_side_shows_one_voice_alone_and_follows_the_canvas(disputed: ReviewPage, press: Press) -> None:
    """Ctrl and backslash: the right voice in a view of its own, zoomed together; another voice by its button."""
    press(K.Key_Backslash, M.ControlModifier)
    beside = disputed.desk.beside
    assert beside.isVisible()
    assert beside.chosen == "B"
    assert beside.view.shown_pose(1) == poses(disputed)[RIGHT]
    press(K.Key_J)
    assert abs(beside.view.zoom - disputed.canvas.zoom) < 1e-6
    beside.choose("A")
    assert beside.view.shown_pose(1) == poses(disputed)[LEFT]
    press(K.Key_Backslash, M.ControlModifier)
    assert not beside.isVisible()


class TestThree:
    """Three people annotated one hand."""

    @pytest.fixture
    def root(self, root: Path) -> Path:
        """A third person says something else again."""
        project = projects.open_project(root)
        pose = review.review_view(project, DISPUTED, viewer="rosa").hand.pose
        annotate.save(project, NewAnnotation(DISPUTED, "dot-longname", pose, verdict="unsure"))
        review.submit(project, DISPUTED, annotator="dot-longname")
        project.close()
        return root

    def test_each_can_be_compared_and_nothing_is_lost(
        self, disputed: ReviewPage, press: Press, stored: Stored, revisions: Revisions
    ) -> None:
        """Shift+B puts the third on the right; what was taken before stays, and the basis names all three."""
        press(K.Key_J)
        press(K.Key_BracketLeft)
        taken = disputed.draft.snapshot if disputed.draft is not None else None
        press(K.Key_B, M.ShiftModifier)
        assert case_of(disputed).right is not None
        assert [row.side for row in disputed.panel.voices.rows()] == [0, -1, 1]
        assert disputed.draft is not None
        assert disputed.draft.snapshot == taken
        go_to(disputed, press, "verdict")
        press(K.Key_BracketRight)
        right = case_of(disputed).right
        assert right is not None
        newest = revisions(DISPUTED, ADJUDICATION)[-1]
        assert newest.verdict == right.annotation.verdict
        assert newest.basis is not None
        assert len(newest.basis["annotations"]) == 3
        assert set(newest.basis["taken"].values()) == {"a", "c"}


def test_what_another_reviewer_settled_is_shown_and_can_be_decided_anew(
    page: ReviewPage, root: Path, press: Press, open_hand: Callable[[int], None], stored: Stored
) -> None:
    """Her result lies on the canvas and P says so; E begins one's own adjudication, and the later one counts."""
    project = projects.open_project(root)
    people.set_role(project, "another-lead", "lead", by="rosa")
    pose = review.review_view(project, DISPUTED, viewer="rosa").hand.pose
    made, _ = annotate.save(project, NewAnnotation(DISPUTED, "another-lead", pose, verdict="unsure", kind=ADJUDICATION))
    review.settle(project, made.id, adjudicator="another-lead")
    project.close()
    open_hand(DISPUTED)
    assert page.draft is None
    assert page.show_case.pose == pose
    assert not page.ctx.commands.trigger("review.accept")
    press(K.Key_E)
    press(K.Key_BracketLeft)
    press(K.Key_Return)
    if page.desk.card.isVisible():
        QTest.keyClicks(QApplication.focusWidget(), "It is so")
        press(K.Key_Return, M.ControlModifier)
    assert stored(DISPUTED).consensus.by == "rosa"
