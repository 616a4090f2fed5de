"""Comments on the open hand: in the inspector, as pins on the canvas, and in the bar of a returned hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.comment_pins import CommentPins
from handanat_studio.gui.editor.comments_panel import RETURN
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand
from handanat_studio.gui.editor.returned_bar import ReturnedBar
from handanat_studio.hand.annotation import RETURNED
from handanat_studio.workflows import comments
from handanat_studio.workflows.comments import Comment

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


class Remarks(QObject):
    """Shows, writes and settles comments. What somebody began to write stays with its hand until it is sent.

    Signals:
        stale(): a comment was written or settled.

    Args:
        page: the page.
    """

    stale = Signal()

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self._panel = page.inspector.comments
        self._draft: Draft | None = None
        self._comments: tuple[Comment, ...] = ()
        self._stage = ""
        self._begun: dict[int, tuple[str, str]] = {}
        self.bar = ReturnedBar()
        self.pins = CommentPins(page.canvas, self)
        self._wire()

    def _wire(self) -> None:
        panel = self._panel
        panel.written.connect(self._write)
        panel.left.connect(self._page.canvas.setFocus)
        for source in (panel, self.bar):
            source.shown.connect(self._show)
            source.done.connect(self._settle)
        self.pins.pressed.connect(self._on_pin)
        self._page.ctx.project_opened.connect(self._forget)

    def rows(self) -> list[Command]:
        """Return its command rows."""
        return [
            Command(
                "annotate.comment",
                "Comment at the joint…",
                self.begin,
                "Ctrl+M",
                when=lambda: why_no_hand(self._page),
                scope=SCOPE,
                group="Hand",
                icon="comment",
            ),
        ]

    # ---- what is open --------------------------------------------------------------------------------------------

    def open(self, draft: Draft | None) -> None:
        """Follow another hand."""
        if self._draft is not None:
            self._draft.changed.disconnect(self._follow)
            self._keep()
        self._draft = draft
        self._panel.restore(*self._begun.get(draft.hand_id if draft is not None else 0, ("", "")))
        if draft is not None:
            draft.changed.connect(self._follow)
        self.learn(())
        self._follow()

    def learn(self, known: Sequence[Comment]) -> None:
        """Show what is said of the hand."""
        if tuple(known) == self._comments and known:
            return
        self._comments = tuple(known)
        waiting = [comment for comment in self._comments if not comment.resolved_by]
        self._panel.show_comments(self._comments)
        self._page.inspector.show_comment_count(len(waiting))
        self.pins.show_comments(waiting)
        self.show_bar(self._stage)

    def show_bar(self, stage: str) -> None:
        """Show why the hand came back, if it has and nobody has settled it."""
        self._stage = stage
        reasons = [c for c in self._comments if c.kind == RETURN and not c.resolved_by]
        self.bar.show_reasons(reasons if stage == RETURNED else ())

    def _keep(self) -> None:
        assert self._draft is not None
        text = self._panel.field.toPlainText()
        if text.strip():
            self._begun[self._draft.hand_id] = (text, self._panel.part)
        else:
            self._begun.pop(self._draft.hand_id, None)

    def _forget(self, _project: object) -> None:
        self._begun.clear()

    def _follow(self) -> None:
        draft = self._draft
        self.pins.follow(None if draft is None else draft.pose, None if draft is None else draft.box)

    # ---- what the user does --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a comment at the selected joint."""
        draft, row = self._draft, self._page.editing.row
        if draft is not None:
            self._page.inspector.show()
            self._panel.set_part(draft.pose.row_name(row) if 0 <= row < len(draft.pose.points) else "")
            self._page.inspector.reveal(self._panel)
            self._panel.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _write(self, text: str, part: str) -> None:
        draft = self._draft
        if draft is None:
            return
        self._panel.restore("", "")
        self._page.canvas.setFocus()
        self._page.ctx.save(
            comments.write,
            draft.hand_id,
            author=self._page.ctx.annotator,
            text=text,
            part=part,
            annotation_id=draft.parent_id,
            done=lambda _: self.stale.emit(),
            failed=partial(self._on_failed, draft.hand_id, text, part),
        )

    def _on_failed(self, hand_id: int, text: str, part: str, error: BaseException) -> None:
        self._begun[hand_id] = (text, part)
        if self._draft is not None and self._draft.hand_id == hand_id:
            self._panel.restore(text, part)
        self._page.ctx.report(error)

    def _settle(self, comment: Comment) -> None:
        self._page.ctx.save(
            comments.resolve, comment.id, author=self._page.ctx.annotator, done=lambda _: self.stale.emit()
        )

    def _show(self, comment: Comment) -> None:
        row = self._page.presenter.zoom_to_part(comment.part)
        self._page.editing.select(row)
        self._page.canvas.setFocus()

    def _on_pin(self, comment: Comment) -> None:
        card = next((card for card in self._panel.cards if card.comment.id == comment.id), None)
        if card is not None:
            self._page.inspector.show()
            self._page.inspector.reveal(card)
            card.show_button.setFocus(Qt.FocusReason.MouseFocusReason)
