"""Keeps the reviewer's drafts of hands that were open, so that undo survives navigation and no step is dropped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.draft import SaveState
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.decision import Decision, adjudication_task, fix_task
from handanat_studio.hand.annotation import ADJUDICATION, FIX


class Decisions:
    """Drafts by hand and kind.

    Args:
        ctx, clock: handed to each draft.
        owner: Qt parent of the drafts.
        open_hand: opens a hand by image and hand id.
    """

    def __init__(
        self, ctx: Context, clock: ActiveClock, owner: QObject, open_hand: Callable[[int, int], object]
    ) -> None:
        self._ctx, self._clock, self._owner, self._open_hand = ctx, clock, owner, open_hand
        self._drafts: dict[tuple[int, str], Decision] = {}
        self.current: Decision | None = None

    def adjudication(self, case: Case) -> Decision:
        """Return the draft that decides between the voices of a hand."""
        own = case.view.own_adjudication
        return self._draft(case, ADJUDICATION, None if own is None else own.id)

    def fix(self, case: Case) -> Decision:
        """Return the draft that corrects a hand."""
        fix = case.view.fix
        return self._draft(case, FIX, None if fix is None else fix.id)

    def _draft(self, case: Case, kind: str, stored: int | None) -> Decision:
        key = (case.hand_id, kind)
        kept = self._drafts.get(key)
        if kept is not None and (not kept.is_settled or _still_holds(kept, case, stored)):
            kept.case = case
            return kept
        if kept is not None:
            kept.deleteLater()
        task = adjudication_task(case) if kind == ADJUDICATION else fix_task(case)
        draft = Decision(self._ctx, case, self._clock, self._owner, task=task)
        draft.save_state_changed.connect(partial(self._on_save_state, draft))
        self._drafts[key] = draft
        return draft

    def clear(self) -> None:
        """Forget all drafts, as when the project is closed."""
        for draft in self._drafts.values():
            draft.deleteLater()
        self._drafts.clear()
        self.current = None

    def _on_save_state(self, draft: Decision) -> None:
        # What is open has the conflict bar; of a hand that was left nobody else would tell.
        if draft is self.current or draft.save_state not in (SaveState.FAILED, SaveState.CONFLICT):
            return
        self._ctx.notify(
            "The last steps on a hand that you left are not saved.",
            "They are kept until you close the program: open the hand to save them again.",
            "warning",
            action="Open the hand",
            run=partial(self._open_hand, draft.case.view.image.id, draft.hand_id),
        )


def _still_holds(draft: Decision, case: Case, stored: int | None) -> bool:
    """Whether a draft follows what is on disk, and the voices still say what it was made from."""
    # The view may be older than the draft's last step, never the other way round: ids only grow.
    follows = stored is None or (draft.parent_id is not None and draft.parent_id >= stored)
    return follows and draft.case.annotation_ids() == case.annotation_ids()
