"""Decides hands: accepts, fixes, settles, goes on to the next one and back to the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.deeds import FIXED, SETTLED, Done
from handanat_studio.hand.annotation import ACCEPTED, RETURNED
from handanat_studio.hand.contradictions import contradictions

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage

LATER = {
    ACCEPTED: "R returns it, E changes it.",
    RETURNED: "P accepts it after all, E changes it.",
    FIXED: "E goes on with the fix, R returns it.",
    SETTLED: "Ctrl+Z steps back in what was decided.",
}


class Ruling:
    """Acts on the hand that is open.

    Args:
        page: gives case, draft and walk.
    """

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self._going_back_to: Done | None = None

    def on_opened(self, case: Case) -> None:
        """Say what was done with a hand that was gone back to."""
        done, self._going_back_to = self._going_back_to, None
        if done is not None and done.hand_id == case.hand_id:
            self._page.desk.say(f"{done.word.capitalize()}. {LATER[done.word]} The later word counts; N goes on.")

    def accept(self) -> None:
        """Accept the hand as it is and go on."""
        page = self._page
        if page.case is not None:
            page.deeds.accept(page.case)
            self.go_on()

    def begin_fix(self) -> None:
        """Make the hand changeable."""
        page = self._page
        if page.case is not None:
            page.past.close()
            kept = page.decisions
            page.open_case(page.case, (kept.adjudication if page.case.is_disputed else kept.fix)(page.case))
            page.canvas.setFocus()
            if not page.case.is_disputed:
                page.desk.say("Change what is wrong. Return saves and accepts; Esc leaves without accepting.")

    def leave_fix(self) -> None:
        """Look at the hand again without accepting; what was changed stays as a fix of one's own."""
        page = self._page
        if page.draft is not None and not page.draft.is_adjudication:
            page.open_case(page.case, None)
            page.desk.say("")

    def finish(self) -> None:
        """Accept the fix or settle the adjudication, and go on; a fix that changed nothing accepts what was there."""
        page = self._page
        draft = page.draft
        if draft is None:
            return
        page.editing.finish()
        if not draft.is_adjudication and draft.parent_id is None and draft.is_settled:
            self.accept()
            return
        against = "" if draft.snapshot.note.strip() else " ".join(contradictions(draft.snapshot))
        if against:
            page.asking.ask_why(against)
            return
        if draft.is_adjudication:
            draft.close_open()
        page.deeds.finish(draft)
        self.go_on()

    def go_on(self) -> None:
        """Open the next hand, without waiting for what is being written about this one."""
        page = self._page
        page.canvas.setFocus()
        if page.walk.can_step(1):
            page.walk.step(1)
            return
        self.leave_fix()
        page.desk.say("That was the last hand of this queue. F5 reads it again.")

    def set_verdict(self, verdict: str | None) -> None:
        """Give the result a verdict; the one it has is taken back."""
        page = self._page
        if page.draft is not None and not page.past.is_open:
            page.draft.set_verdict(None if verdict == page.draft.snapshot.verdict else verdict)

    def undo(self) -> None:
        """Take back the last step on this hand; without one, go back to the hand that was reviewed last."""
        page = self._page
        page.editing.finish()
        if page.draft is not None and page.draft.history.can_undo:
            page.draft.undo()
            return
        done = page.deeds.before(0 if page.case is None else page.case.hand_id)
        if done is not None:
            self._going_back_to = done
            page.show_hand(done.image_id, done.hand_id)

    def redo(self) -> None:
        """Do again what was undone."""
        page = self._page
        page.editing.finish()
        if page.draft is not None:
            page.draft.redo()
