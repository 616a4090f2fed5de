"""Submitting a hand: in which stage it is, the question where verdict and findings contradict each other, taking back.

The next hand opens at once; the store hears of the submission as soon as the last step is on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handanat_studio.errors import UserError
from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand
from handanat_studio.gui.editor.times import short_time
from handanat_studio.hand.annotation import ACCEPTED, DRAFT, SUBMITTED
from handanat_studio.hand.contradictions import contradictions
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import review

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

NO_VERDICT = "Choose a verdict first: P, I or U."


class Submitting(QObject):
    """Knows the stage of the open hand and changes it.

    Signals:
        stage_changed(): the open hand has come to another stage.

    Args:
        page: the page.
    """

    stage_changed = Signal()

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self._draft: Draft | None = None
        self._stage, self._since = DRAFT, ""
        self._under_way: set[int] = set()
        self._goes_on = False
        box = page.inspector.contradictions
        box.answered.connect(self._on_reason)
        box.dismissed.connect(page.canvas.setFocus)
        page.ctx.project_closed.connect(self._under_way.clear)

    def rows(self) -> list[Command]:
        """Return its command rows."""
        group, review_group = "Hand", "Review"
        return [
            Command(
                "annotate.submit_next",
                "Submit and go to the next hand",
                self.submit_and_go_on,
                "Return; Enter",
                when=self._why_not_go_on,
                scope=SCOPE,
                group=group,
                icon="stage-submitted",
            ),
            Command(
                "annotate.submit",
                "Submit",
                self.submit,
                "Ctrl+Return; Ctrl+Enter",
                when=self._why_not_submit,
                scope=SCOPE,
                group=group,
            ),
            Command(
                "annotate.withdraw",
                "Take a submitted hand back",
                self.withdraw,
                "Ctrl+Shift+Return",
                when=self._why_not_withdraw,
                scope=SCOPE,
                group=review_group,
                icon="undo",
            ),
        ]

    # ---- the stage -----------------------------------------------------------------------------------------------

    @property
    def stage(self) -> str:
        """How far the open hand has come."""
        return self._stage

    def open(self, draft: Draft | None) -> None:
        """Follow another hand."""
        if self._draft is not None:
            self._draft.committed.disconnect(self._on_committed)
        self._draft = draft
        self._stage, self._since = DRAFT, ""
        self._page.inspector.contradictions.close_question()
        if draft is not None:
            draft.committed.connect(self._on_committed)
        self._check()
        self._show()

    def learn(self, stage: str, since: str | None = None) -> None:
        """Take the stage that the store knows, unless something newer is under way.

        Args:
            stage: one of `hand.annotation.STAGES`.
            since: UTC, ISO 8601; None = not known.
        """
        draft = self._draft
        if draft is not None and draft.is_settled and draft.hand_id not in self._under_way:
            self._set(stage, self._since if since is None and stage == self._stage else since or "")

    def _set(self, stage: str, since: str) -> None:
        if (stage, since) != (self._stage, self._since):
            self._stage, self._since = stage, since
            self._show()
            self._page.ctx.commands.refresh_soon()
            self.stage_changed.emit()

    def _show(self) -> None:
        draft = self._draft
        begun = draft is not None and (draft.parent_id is not None or not draft.is_settled)
        since = short_time(self._since) if self._stage != DRAFT else ""
        self._page.inspector.stage.show_stage(self._stage, since, is_begun=begun)

    def _on_committed(self) -> None:
        # The store does the same: what was handed in and is changed is a draft again.
        self._set(DRAFT if self._stage in (SUBMITTED, ACCEPTED) else self._stage, "")
        self._show()
        self._check()

    def _check(self) -> None:
        """Say live whether verdict and findings agree."""
        draft = self._draft
        self._page.inspector.contradictions.show_sentences(() if draft is None else contradictions(draft.snapshot))

    # ---- submitting ----------------------------------------------------------------------------------------------

    def submit_and_go_on(self) -> None:
        """Submit the hand and open the next one; a hand that is submitted already is only left."""
        if self._is_handed_in():
            self._page.step(1)
        else:
            self._try(goes_on=True)

    def submit(self) -> None:
        """Submit the hand and stay."""
        self._try(goes_on=False)

    def withdraw(self) -> None:
        """Take the submission back."""
        draft = self._draft
        if draft is not None:
            hand_id = draft.hand_id
            self._page.ctx.save(
                review.withdraw,
                hand_id,
                annotator=self._page.ctx.annotator,
                done=lambda _: self._on_done(hand_id, DRAFT),
            )

    def _is_handed_in(self) -> bool:
        return self._stage in (SUBMITTED, ACCEPTED) or (
            self._draft is not None and self._draft.hand_id in self._under_way
        )

    def _try(self, *, goes_on: bool, reason: str = "") -> None:
        page = self._page
        page.inspector.note.flush()
        page.editing.finish()
        draft, box = self._draft, page.inspector.contradictions
        if draft is None or draft.snapshot.verdict is None:
            page.ctx.status("hint", NO_VERDICT)
            return
        if contradictions(draft.snapshot) and not reason:
            self._goes_on = goes_on
            page.inspector.show()
            box.ask()
            page.inspector.reveal(box)
            return
        is_last = not page.loader.can_step(1)
        hand_in = self._handing_in(draft, reason)
        if goes_on and not is_last:
            # Before the submission: the store answers in order, and reading the next hand waits for nothing then.
            page.step(1)
        hand_in()
        page.canvas.setFocus()
        if goes_on and is_last:
            page.ctx.status("hint", "Submitted. This was the last hand of the queue.")

    def _on_reason(self, reason: str) -> None:
        self._try(goes_on=self._goes_on, reason=reason)

    def _handing_in(self, draft: Draft, reason: str) -> Callable[[], None]:
        """Note that a hand is being handed in, and return what sends it once its last step is on disk."""
        view = self._page.loader.view
        image_id = 0 if view is None else view.image.id
        self._under_way.add(draft.hand_id)
        self._page.ctx.commands.refresh_soon()
        wish = _Wish(draft, self)
        wish.settled.connect(partial(self._send, draft.hand_id, image_id, reason))
        wish.failed.connect(partial(self._on_failed, draft.hand_id, image_id))
        return wish.start

    def _send(self, hand_id: int, image_id: int, reason: str) -> None:
        self._page.ctx.save(
            review.submit,
            hand_id,
            annotator=self._page.ctx.annotator,
            reason=reason,
            done=lambda _: self._on_done(hand_id, SUBMITTED),
            failed=partial(self._on_failed, hand_id, image_id),
        )

    def _on_done(self, hand_id: int, stage: str, _change: ChangeSet | None = None) -> None:
        self._under_way.discard(hand_id)
        draft = self._draft
        if draft is not None and draft.hand_id == hand_id and draft.is_settled:
            self._set(stage, datetime.now(UTC).isoformat())

    def _on_failed(self, hand_id: int, image_id: int, error: BaseException) -> None:
        self._under_way.discard(hand_id)
        self._page.ctx.commands.refresh_soon()
        if not isinstance(error, UserError):
            self._page.ctx.report(error)
            return
        self._page.ctx.notify(
            f"A hand was not submitted: {error.message}",
            f"What you did on it is kept. {error.hint}".strip(),
            "warning",
            action="Open the hand",
            run=partial(self._page.show_hand, image_id, hand_id),
        )

    # ---- when ----------------------------------------------------------------------------------------------------

    def _why_not_go_on(self) -> str:
        return "" if self._is_handed_in() else self._why_not_submit()

    def _why_not_submit(self) -> str:
        reason = why_no_hand(self._page)
        if reason or self._draft is None:
            return reason
        if self._is_handed_in():
            return f"This hand is {self._stage if self._stage != DRAFT else 'being submitted'} already."
        return "" if self._draft.snapshot.verdict is not None else NO_VERDICT

    def _why_not_withdraw(self) -> str:
        return "" if self._stage == SUBMITTED else "This hand is not submitted."


class _Wish(QObject):
    """Waits until every step of a draft is on disk.

    Signals:
        settled(): it is. failed(error): a step could not be saved.
    """

    settled = Signal()
    failed = Signal(object)

    def __init__(self, draft: Draft, parent: QObject) -> None:
        super().__init__(parent)
        self._draft = draft

    def start(self) -> None:
        """Begin to wait; it may be over at once."""
        self._draft.save_state_changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        if self._draft.is_settled:
            self._end()
            self.settled.emit()
        elif self._draft.save_state in (SaveState.FAILED, SaveState.CONFLICT):
            self._end()
            self.failed.emit(UserError("its last steps are not saved.", hint="Save them, then submit again."))

    def _end(self) -> None:
        self._draft.save_state_changed.disconnect(self._look)
        self.deleteLater()
