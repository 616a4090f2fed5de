"""What a reviewer does with hands: accept, return, save a fix, settle. Written in order, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from PySide6.QtCore import QObject, Signal

from handanat_studio.errors import UserError
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.draft import SaveState
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.decision import Decision
from handanat_studio.hand.annotation import ACCEPTED, RETURNED, SUBMITTED
from handanat_studio.project import Project
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import comments, review

FIXED, SETTLED = "fixed", "settled"


@dataclass(frozen=True, slots=True)
class Done:
    """A deed of this session, so that it can be gone back to.

    Attributes:
        image_id, hand_id: the hand.
        word: "accepted", "returned", "fixed" or "settled".
    """

    image_id: int
    hand_id: int
    word: str


class Deeds(QObject):
    """Writes deeds and remembers those of this session.

    Signals:
        marked(hand_id): the session's word on a hand is another one.

    Args:
        ctx: gives the store thread.
        open_hand: opens a hand by image and hand id, for a deed that could not be written.
    """

    marked = Signal(int)

    def __init__(self, ctx: Context, open_hand: Callable[[int, int], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._open_hand = ctx, open_hand
        self._done: list[Done] = []

    @property
    def count(self) -> int:
        """How many hands were reviewed in this session."""
        return len({done.hand_id for done in self._done})

    def word_of(self, hand_id: int) -> str:
        """Return what was done with a hand in this session, "" = nothing."""
        return next((done.word for done in reversed(self._done) if done.hand_id == hand_id), "")

    def last(self) -> Done | None:
        """Return the newest deed, None if there is none."""
        return self._done[-1] if self._done else None

    def before(self, hand_id: int) -> Done | None:
        """Return the deed before the one on a hand; the newest if nothing was done with that hand."""
        places = [place for place, done in enumerate(self._done) if done.hand_id == hand_id]
        if not places:
            return self.last()
        return self._done[places[-1] - 1] if places[-1] > 0 else None

    def clear(self) -> None:
        """Forget the session, as when the project is closed."""
        self._done.clear()

    # ---- the deeds -----------------------------------------------------------------------------------------------

    def accept(self, case: Case) -> None:
        """Accept every voice on a hand that was handed in; they agree."""
        ids = [voice.annotation.id for voice in case.voices if voice.submission.stage in (SUBMITTED, RETURNED)]
        self._write(case, ACCEPTED, partial(_accept_all, ids=ids, reviewer=self._ctx.annotator))

    def give_back(self, case: Case, annotation_ids: Sequence[int], reason: str, part: str) -> None:
        """Return annotations to their annotators with a reason at a joint, "" = the whole hand."""
        work = partial(_give_back_all, ids=list(annotation_ids), reviewer=self._ctx.annotator, reason=reason, part=part)
        self._write(case, RETURNED, work)

    def comment(self, case: Case, text: str, part: str) -> None:
        """Write a comment at a joint; the hand stays where it is.

        Where there is one voice the comment is about it, so that its annotator sees it too.
        """
        only = case.left.annotation.id if case.left is not None and case.right is None else None
        self._ctx.save(
            comments.write, case.hand_id, author=self._ctx.annotator, text=text, part=part, annotation_id=only
        )

    def resolve(self, comment_id: int) -> None:
        """Close a comment."""
        self._ctx.save(comments.resolve, comment_id, author=self._ctx.annotator)

    def finish(self, draft: Decision) -> None:
        """Accept a fix or settle an adjudication as soon as its last step is on disk."""
        word = SETTLED if draft.is_adjudication else FIXED
        done = self._note(draft.case, word)
        if draft.is_settled:
            self._send(draft, done)
            return

        def on_state() -> None:
            if draft.save_state in (SaveState.FAILED, SaveState.CONFLICT):
                draft.save_state_changed.disconnect(on_state)
                problem = draft.problem or "Somebody else changed the same result meanwhile."
                self._on_failed(done, UserError("The last steps on this hand are not saved.", hint=problem))
            elif draft.is_settled:
                draft.save_state_changed.disconnect(on_state)
                self._send(draft, done)

        draft.save_state_changed.connect(on_state)

    def _send(self, draft: Decision, done: Done) -> None:
        name, failed = self._ctx.annotator, partial(self._on_failed, done)
        if draft.is_adjudication:
            self._ctx.save(review.settle, draft.parent_id, adjudicator=name, failed=failed)
        else:
            self._ctx.save(review.accept_fix, draft.parent_id, reviewer=name, failed=failed)

    def _write(self, case: Case, word: str, work: Callable[..., Any]) -> None:
        done = self._note(case, word)
        self._ctx.save(work, failed=partial(self._on_failed, done))

    def _note(self, case: Case, word: str) -> Done:
        done = Done(case.view.image.id, case.hand_id, word)
        self._done.append(done)
        self.marked.emit(done.hand_id)
        return done

    def _on_failed(self, done: Done, error: BaseException) -> None:
        if done in self._done:
            self._done.remove(done)
        self.marked.emit(done.hand_id)
        if not isinstance(error, UserError):
            self._ctx.report(error)
            return
        self._ctx.notify(
            error.message,
            error.hint,
            "error",
            action="Open the hand",
            run=partial(self._open_hand, done.image_id, done.hand_id),
        )


def _accept_all(project: Project, *, ids: Sequence[int], reviewer: str) -> ChangeSet:
    return _together([review.accept(project, annotation_id, reviewer=reviewer) for annotation_id in ids])


def _give_back_all(project: Project, *, ids: Sequence[int], reviewer: str, reason: str, part: str) -> ChangeSet:
    return _together([review.give_back(project, one, reviewer=reviewer, reason=reason, part=part) for one in ids])


def _together(changes: Sequence[ChangeSet]) -> ChangeSet:
    return reduce(ChangeSet.merged, changes, ChangeSet())
