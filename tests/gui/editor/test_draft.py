"""A draft: every committed step is one revision on disk, in order, and nothing that was done is ever lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.gui.editor.draft_shelf import DraftShelf
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation, NewAnnotation
from handanat_studio.hand.values import Finding, HandPose
from handanat_studio.workflows import annotate, browse

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]


def view_of(ctx: Context, image_id: int = 1) -> browse.HandView:
    """Read the first hand of an image as its annotator sees it."""
    return browse.image_view(ctx.project, image_id, annotator=ctx.annotator).hands[0]


@pytest.fixture
def draft(ctx: Context) -> Draft:
    """The first hand's draft."""
    return Draft(ctx, view_of(ctx), ActiveClock(), ctx)


def moved(pose: HandPose, row: int, by: float) -> HandPose:
    """Move a joint to the right."""
    x, y = pose.points[row].tolist()
    return edits.move(pose, row, (x + by, y))


def test_each_step_is_one_revision_and_names_the_one_before_as_its_parent(
    draft: Draft, settled: Settled, revisions: Revisions
) -> None:
    """Steps that come faster than they are saved still arrive one by one, in order."""
    for step in range(4):
        draft.edit(moved(draft.pose, 8, 1.0), f"step {step}")
    assert draft.save_state is SaveState.SAVING
    settled()
    stored = revisions(draft.hand_id)
    assert [r.action for r in stored] == ["step 0", "step 1", "step 2", "step 3"]
    assert [r.parent_id for r in stored] == [None, *(r.id for r in stored[:-1])]
    assert stored[-1].pose == draft.pose
    assert draft.save_state is SaveState.SAVED
    assert draft.is_settled


def test_undo_and_redo_after_a_save_are_just_more_revisions(
    draft: Draft, settled: Settled, revisions: Revisions
) -> None:
    """Nothing is overwritten: going back is written down too."""
    first = draft.pose
    draft.edit(moved(first, 8, 5.0), "move")
    second = draft.pose
    settled()
    draft.undo()
    draft.redo()
    draft.undo()
    settled()
    stored = revisions(draft.hand_id)
    assert [r.pose for r in stored] == [second, first, second, first]
    assert draft.history.can_redo


def test_undo_takes_verdicts_notes_and_topology_back_too(draft: Draft, settled: Settled) -> None:
    """Every kind of step can be undone, without a limit."""
    start = draft.snapshot
    draft.set_verdict("implausible")
    draft.set_note("six?")
    for _ in range(60):
        draft.edit(moved(draft.pose, 4, 1.0), "move")
    draft.edit(edits.fuse(draft.pose, 1, 2), "fuse")
    while draft.history.can_undo:
        draft.undo()
    settled()
    assert draft.snapshot == start
    assert len(draft.steps()) == 64


def test_a_preview_is_shown_and_judged_but_not_saved(draft: Draft, settled: Settled, revisions: Revisions) -> None:
    """What is being dragged is no step until it is committed."""
    before = draft.judgement
    draft.preview(moved(draft.pose, 8, 60.0))
    assert draft.judgement is not before
    assert draft.pose != draft.snapshot.pose
    draft.drop_preview()
    assert draft.pose == draft.snapshot.pose
    draft.edit(draft.pose, "nothing")
    settled()
    assert revisions(draft.hand_id) == []
    assert draft.save_state is SaveState.UNTOUCHED


def test_only_touched_joints_count_as_the_experts(draft: Draft) -> None:
    """A verdict alone is no correction; a moved joint makes the digit count evidence; undo takes that back."""
    draft.set_verdict("plausible")
    untouched = draft.judgement.features
    draft.edit(moved(draft.pose, 8, 5.0), "move")
    assert draft.judgement.features.count_assessable
    draft.undo()
    assert draft.judgement.features.count_assessable == untouched.count_assessable


def test_a_failed_save_keeps_every_step_and_the_next_try_sends_them_all(
    draft: Draft, root: Path, settled: Settled, revisions: Revisions
) -> None:
    """The disk refuses; the steps wait, in order, and arrive when it gives way."""
    block(root, True)
    draft.edit(moved(draft.pose, 8, 5.0), "one")
    settled()
    assert draft.save_state is SaveState.FAILED
    draft.edit(moved(draft.pose, 8, 5.0), "two")
    settled()
    assert draft.save_state is SaveState.FAILED
    assert not draft.is_settled
    block(root, False)
    draft.retry()
    settled()
    assert [r.action for r in revisions(draft.hand_id)] == ["one", "two"]
    assert draft.save_state is SaveState.SAVED


def block(root: Path, on: bool) -> None:
    """Make the database refuse annotations, or let it take them again."""
    connection = sqlite3.connect(root / "project.sqlite")
    connection.execute("DROP TRIGGER IF EXISTS test_block")
    if on:
        connection.execute(
            "CREATE TRIGGER test_block BEFORE INSERT ON annotations BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    connection.commit()
    connection.close()


def write_elsewhere(ctx: Context, draft: Draft) -> HandPose:
    """Save another revision of the hand past the draft, as a second window would."""
    other = moved(draft.snapshot.pose, 12, 9.0)
    annotate.save(ctx.project, NewAnnotation(draft.hand_id, ctx.annotator, other, action="elsewhere"))
    return other


def run_into_conflict(ctx: Context, draft: Draft, settled: Settled) -> HandPose:
    """Edit a hand that was changed elsewhere, and learn what is on disk."""
    other = write_elsewhere(ctx, draft)
    draft.edit(moved(draft.pose, 8, 5.0), "mine")
    settled()
    assert draft.save_state is SaveState.CONFLICT
    draft.show_theirs(draft.newest_among(annotate.history(ctx.project, draft.hand_id)))
    assert draft.theirs == other
    return other


def test_a_conflict_keeps_both_and_keeping_mine_goes_on_after_theirs(
    ctx: Context, draft: Draft, settled: Settled, revisions: Revisions
) -> None:
    """Nothing is overwritten: theirs stays as the revision before mine."""
    run_into_conflict(ctx, draft, settled)
    draft.edit(moved(draft.pose, 8, 5.0), "mine again")
    draft.keep_mine()
    settled()
    stored = revisions(draft.hand_id)
    assert [r.action for r in stored] == ["elsewhere", "mine", "mine again"]
    assert stored[1].parent_id == stored[0].id
    assert draft.save_state is SaveState.SAVED
    assert draft.theirs is None


def test_taking_theirs_leaves_mine_to_be_undone_into(
    ctx: Context, draft: Draft, settled: Settled, revisions: Revisions
) -> None:
    """Their version counts, and one undo brings mine back."""
    other = run_into_conflict(ctx, draft, settled)
    mine = draft.pose
    draft.take_theirs()
    assert draft.pose == other
    draft.undo()
    settled()
    assert draft.pose == mine
    assert [r.action for r in revisions(draft.hand_id)] == ["elsewhere", "Undo Took the saved version"]


def test_the_experts_word_on_a_finding_is_saved_and_can_be_taken_back(
    draft: Draft, settled: Settled, revisions: Revisions
) -> None:
    """Agreeing, rejecting and reopening are steps like any other."""
    finding = Finding("angle", "index_pip", 131.0, 110.0, "deg", 3.2, 0.8, "AAOS")
    draft.judge_finding(finding, True)
    draft.judge_finding(finding, False)
    draft.judge_finding(finding, None)
    settled()
    words = [[f.accepted for f in r.findings] for r in revisions(draft.hand_id)]
    assert words == [[True], [False], []]


def test_ids_of_digits_are_never_used_twice(draft: Draft, settled: Settled) -> None:
    """A digit that was removed or undone takes its id with it."""
    points = [(10, 10), (12, 12), (14, 14), (16, 16)]
    first = draft.next_digit_id()
    draft.edit(edits.add_digit(draft.pose, 5, points, digit_id=first), "add")
    draft.undo()
    assert draft.next_digit_id() > first
    settled()


def test_idle_time_is_not_counted() -> None:
    """Gaps of more than half a minute add nothing; a pause ends the count."""
    moment = [0.0]
    clock = ActiveClock(now=lambda: moment[0])
    for at in (0, 5, 12, 100, 110):
        moment[0] = float(at)
        clock.touch()
    clock.pause()
    moment[0] = 115.0
    clock.touch()
    assert clock.take() == 22.0
    assert clock.take() == 0.0


def test_active_seconds_go_into_the_revision_they_were_spent_on(
    ctx: Context, settled: Settled, revisions: Revisions
) -> None:
    """Each step carries the time since the step before."""
    moment = [0.0]
    clock = ActiveClock(now=lambda: moment[0])
    draft = Draft(ctx, view_of(ctx), clock, ctx)
    for at in (0.0, 4.0):
        moment[0] = at
        clock.touch()
    draft.set_verdict("plausible")
    moment[0] = 10.0
    clock.touch()
    draft.set_verdict("unsure")
    settled()
    assert [r.active_seconds for r in revisions(draft.hand_id)] == [4.0, 6.0]


def test_a_draft_is_found_again_with_its_undo_after_other_hands_were_open(ctx: Context, settled: Settled) -> None:
    """Navigation neither drops the history nor saves anything."""
    shelf = DraftShelf(ctx, ActiveClock(), QObject(ctx), lambda hand_id: None)
    draft = shelf.draft_of(view_of(ctx))
    draft.edit(moved(draft.pose, 8, 3.0), "move")
    settled()
    shelf.draft_of(view_of(ctx, 2))
    again = shelf.draft_of(view_of(ctx))
    assert again is draft
    assert again.history.can_undo


def test_a_settled_draft_gives_way_to_what_is_newer_on_disk(ctx: Context, settled: Settled) -> None:
    """A hand that was changed elsewhere meanwhile is opened as it is on disk."""
    shelf = DraftShelf(ctx, ActiveClock(), QObject(ctx), lambda hand_id: None)
    draft = shelf.draft_of(view_of(ctx))
    other = write_elsewhere(ctx, draft)
    again = shelf.draft_of(view_of(ctx))
    assert again is not draft
    assert again.pose == other


def test_steps_that_are_not_saved_keep_their_draft_on_the_shelf_and_are_told(
    ctx: Context, root: Path, settled: Settled, qtbot: QtBot
) -> None:
    """A hand that was left while its save fails is named in a notice, and its draft is the same when it is opened."""
    shelf = DraftShelf(ctx, ActiveClock(), QObject(ctx), lambda hand_id: None)
    view = view_of(ctx)
    draft = shelf.draft_of(view)
    block(root, True)
    with qtbot.waitSignal(ctx.noticed, timeout=5_000) as notice:
        draft.edit(moved(draft.pose, 8, 3.0), "move")
    settled()
    assert "not saved" in notice.args[0].message
    assert shelf.unsaved() == [draft]
    assert shelf.draft_of(view) is draft
