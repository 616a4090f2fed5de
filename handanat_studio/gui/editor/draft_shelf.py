"""Keeps the drafts of hands that were open, so that undo survives navigation and no unsaved step is ever dropped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.workflows.browse import HandView

UNTOUCHED_KEPT = 64
"""Drafts without a step of their own that are kept; those with steps are never dropped, so undo has no limit."""


class DraftShelf:
    """Drafts by hand id, least recently used first.

    Args:
        ctx, clock: handed to each draft.
        owner: Qt parent of the drafts.
        open_hand: opens a hand by its id.
    """

    def __init__(self, ctx: Context, clock: ActiveClock, owner: QObject, open_hand: Callable[[int], object]) -> None:
        self._open_hand = open_hand
        self._ctx, self._clock, self._owner = ctx, clock, owner
        self._drafts: OrderedDict[int, Draft] = OrderedDict()
        self._current: Draft | None = None

    @property
    def current(self) -> Draft | None:
        """The draft of the hand that is open."""
        return self._current

    @current.setter
    def current(self, draft: Draft | None) -> None:
        # The time that was spent looking, without a step, belongs to the hand that is left.
        if self._current is not None and self._current is not draft:
            self._current.keep_time()
        self._current = draft

    def draft_of(self, view: HandView) -> Draft:
        """Return the hand's draft: the kept one if it agrees with the store or holds unsaved steps, else a new one."""
        kept = self._drafts.pop(view.hand.id, None)
        stored = view.annotation.id if view.annotation is not None else None
        if kept is None or (kept.is_settled and (kept.parent_id != stored or _is_outdated(kept, view))):
            if kept is not None:
                kept.deleteLater()
            kept = Draft(self._ctx, view, self._clock, self._owner)
            kept.save_state_changed.connect(partial(self._on_save_state, kept))
        kept.see(view)
        self._drafts[view.hand.id] = kept
        self._trim()
        return kept

    def peek(self, hand_id: int) -> Draft | None:
        """Return a hand's draft if there is one."""
        return self._drafts.get(hand_id)

    def open_hand(self, hand_id: int) -> None:
        """Bring a hand back onto the page."""
        self._open_hand(hand_id)

    def unsaved(self) -> list[Draft]:
        """Return the drafts that hold steps which are not on disk."""
        return [draft for draft in self._drafts.values() if not draft.is_settled]

    def clear(self) -> None:
        """Forget all drafts, as when the project is closed."""
        for draft in self._drafts.values():
            draft.deleteLater()
        self._drafts.clear()
        self._current = None

    def forget_settled(self) -> None:
        """Forget the drafts that are wholly on disk, as when somebody else sits down to annotate."""
        for hand_id, draft in list(self._drafts.items()):
            if draft.is_settled and draft is not self.current:
                self._drafts.pop(hand_id).deleteLater()

    def _on_save_state(self, draft: Draft) -> None:
        # The open hand has a bar of its own; of one that was left meanwhile nobody else would tell.
        if draft is self.current or draft.save_state not in (SaveState.FAILED, SaveState.CONFLICT):
            return
        self._ctx.notify(
            "The last steps on a hand that you left are not saved.",
            "They are kept until you close the program: open the hand to save them again.",
            "warning",
            action="Open the hand",
            run=partial(self._open_hand, draft.hand_id),
        )

    def _trim(self) -> None:
        untouched = [hand_id for hand_id, draft in self._drafts.items() if draft.is_settled and len(draft.steps()) == 1]
        for hand_id in untouched[:-UNTOUCHED_KEPT]:
            self._drafts.pop(hand_id).deleteLater()


def _is_outdated(draft: Draft, view: HandView) -> bool:
    """Whether a draft that nobody has touched shows a prediction that another one has replaced."""
    return draft.parent_id is None and len(draft.steps()) == 1 and draft.snapshot.pose != view.pose
