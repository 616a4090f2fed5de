"""What happens while the open hand is not saved: the bar, and both sides of a conflict."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.conflict_bar import ConflictBar
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.gui.editor.presenter import Presenter
from handanat_studio.hand.annotation import Annotation
from handanat_studio.workflows import annotate


class Conflicts(QObject):
    """Follows the save state of one draft at a time.

    Args:
        ctx: for reads.
        bar: offers the choices.
        presenter: draws their version behind ours.
    """

    def __init__(self, ctx: Context, bar: ConflictBar, presenter: Presenter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._bar, self._presenter = ctx, bar, presenter
        self._draft: Draft | None = None
        bar.mine.connect(self._keep_mine)
        bar.theirs.connect(self._take_theirs)
        bar.again.connect(self._save_again)

    def follow(self, draft: Draft | None) -> None:
        """Watch another draft."""
        if self._draft is not None and self._draft is not draft:
            self._draft.save_state_changed.disconnect(self._on_save_state)
        if draft is not None and self._draft is not draft:
            draft.save_state_changed.connect(self._on_save_state)
        self._draft = draft
        self._bar.show_draft(draft)

    def _on_save_state(self) -> None:
        draft = self._draft
        self._bar.show_draft(draft)
        if draft is not None and draft.save_state is SaveState.CONFLICT:
            self._ctx.read(
                annotate.history, draft.hand_id, viewer=self._ctx.annotator, done=partial(self._on_history, draft)
            )

    def _on_history(self, draft: Draft, revisions: list[Annotation]) -> None:
        draft.show_theirs(draft.newest_among(revisions))
        self._presenter.show_look()

    def _keep_mine(self) -> None:
        if self._draft is not None:
            self._draft.keep_mine()
            self._presenter.show_look()

    def _take_theirs(self) -> None:
        if self._draft is not None:
            self._draft.take_theirs()
            self._presenter.show_look()

    def _save_again(self) -> None:
        if self._draft is not None:
            self._draft.retry()
