"""The Review page: hands that were handed in or stand out, one after the other, and what is decided about them.

It joins parts that do not know it: queues at the left, canvas in the middle, the case at the right.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.activity import ActivityWatch
from handanat_studio.gui.editor.conflicts import Conflicts
from handanat_studio.gui.editor.editing import Editing
from handanat_studio.gui.editor.evidence_layer import EvidenceLayer
from handanat_studio.gui.rejudging import Rejudging
from handanat_studio.gui.review import page_commands
from handanat_studio.gui.review.actions import ADJUDICATE, FIX, WALK
from handanat_studio.gui.review.asking import Asking
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.choosing import Choosing
from handanat_studio.gui.review.decision import Decision
from handanat_studio.gui.review.decisions import Decisions
from handanat_studio.gui.review.deeds import Deeds
from handanat_studio.gui.review.desk import Desk
from handanat_studio.gui.review.feed import ANNOTATOR, Feed
from handanat_studio.gui.review.past import Past
from handanat_studio.gui.review.ruling import Ruling
from handanat_studio.gui.review.show import Show
from handanat_studio.gui.review.walk import Walk
from handanat_studio.gui.review.weighing import Weighing
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.values import Finding
from handanat_studio.settings import Settings
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows.review import ReviewView


class ReviewPage(QWidget):
    """Walks queues of hands.

    Signals:
        open_hand(image_id, hand_id): the reviewer wants to see the hand on the Annotate page.

    Args:
        ctx: the context; the page registers its commands there.
    """

    title = "Review"
    icon_name = "review"
    scope = page_commands.SCOPE
    open_hand = Signal(int, int)

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._clock = ActiveClock()
        self._reviewer = (ctx.annotator, ctx.settings.scorer, ctx.settings.blind_review)
        self._listed = ""
        self.case: Case | None = None
        self.draft: Decision | None = None
        self.deeds = Deeds(ctx, self.show_hand, self)
        self.desk = Desk(ctx, self.deeds.word_of)
        self.canvas, self.panel = self.desk.canvas, self.desk.panel
        # Before the editing: whether Escape has something to clear is known only until it has.
        self.canvas.escaped.connect(self._on_escape)
        self.editing = Editing(self.canvas, self)
        self.feed = Feed(ctx, self)
        self.walk = Walk(ctx, self.desk.hands.entries, self)
        self.show_case = Show(ctx, self.canvas, self.panel, self)
        self.past = Past(ctx, self.desk.history, self.show_case, lambda: self.case, self)
        self.decisions = Decisions(ctx, self._clock, self, self.show_hand)
        self._conflicts = Conflicts(ctx, self.desk.conflict_bar, self.show_case, self)  # type: ignore[arg-type]
        self.ruling, self.weighing, self.asking = Ruling(self), Weighing(self), Asking(self)
        self.choosing = Choosing(self)
        self.layer = EvidenceLayer(ctx, self.canvas, self)
        self.rejudging = Rejudging(ctx, lambda: [] if self.case is None else [self.case.hand_id], self)
        ctx.commands.add(self.commands(), self)
        self.desk.build(partial(page_commands.button_word, self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.desk)
        self._wire()

    @property
    def ctx(self) -> Context:
        """The context."""
        return self._ctx

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        return page_commands.rows(self)

    def _wire(self) -> None:
        ctx, canvas, panel, desk = self._ctx, self.canvas, self.panel, self.desk
        self.feed.role_known.connect(self._on_role)
        self.feed.rows_changed.connect(desk.show_queues)
        self.feed.listed.connect(self._on_listed)
        desk.queue_chosen.connect(self.feed.choose)
        desk.order_chosen.connect(self.feed.set_order)
        desk.refresh_pressed.connect(self.feed.refresh_list)
        desk.annotate_pressed.connect(lambda: ctx.commands.trigger("view.page_annotate"))
        desk.hands.chosen.connect(self._on_row_chosen)
        self.walk.opened.connect(self._on_opened)
        self.walk.pictured.connect(self._on_pictured)
        self.walk.moved.connect(self._on_moved)
        self.deeds.marked.connect(self._on_marked)
        canvas.zoom_changed.connect(lambda zoom: ctx.status("zoom", f"{zoom:.0%}".replace("%", " %")))
        self.editing.selected.connect(self.show_case.select)
        self.editing.selected.connect(ctx.commands.refresh_soon)
        self.editing.hint.connect(desk.hint.say)
        self.editing.navigate.connect(self.step)
        panel.verdict_chosen.connect(self.ruling.set_verdict)
        panel.finding_judged.connect(self._on_finding_judged)
        panel.finding_chosen.connect(lambda finding: self.look_at(finding.part))
        panel.part_chosen.connect(self.look_at)
        panel.difference_chosen.connect(self.weighing.go_to)
        panel.comment_resolved.connect(self.deeds.resolve)
        panel.seen.rejudge_pressed.connect(lambda: ctx.commands.trigger("review.rejudge"))
        self.layer.webs_changed.connect(self._on_webs)
        self.past.toggled.connect(self._on_past)
        self.past.restored.connect(self._on_restored)
        ctx.project_closed.connect(self._on_project_closed)
        ctx.settings_changed.connect(self._on_settings)
        ActivityWatch(self._clock, self).follow(canvas.viewport(), canvas, panel.body, desk.hands.viewport())

    # ---- the page protocol ---------------------------------------------------------------------------------------

    def shown(self) -> None:
        """Catch up with what changed, or open the first queue that holds a hand."""
        self._show_position()
        if self._ctx.project is not None:
            self.feed.wake()
            self.canvas.setFocus()

    def on_changed(self, change: ChangeSet) -> None:
        """Read again what a write concerns; the list stays as it is while it is walked."""
        self.walk.note(change)
        self.feed.note(change, is_seen=self.isVisible())
        # A step of one's own changes nothing that others said: it is shown already.
        if self.draft is not None and change.kinds == {"annotations"}:
            return
        case = self.case
        is_concerned = case is not None and (not change.hand_ids or case.hand_id in change.hand_ids)
        if is_concerned and change.touches("reviews", "comments", "annotations", "scores"):
            self.walk.reload()

    def show_hand(self, image_id: int, hand_id: int) -> None:
        """Open a hand; it need not be in the queue."""
        self.walk.open(image_id, hand_id)

    def _on_project_closed(self) -> None:
        self.walk.clear()
        self.feed.clear()
        self.deeds.clear()
        self.open_case(None, None)
        self.decisions.clear()
        self.desk.hands.entries.clear()
        self.desk.show_queues([])

    def _on_settings(self, settings: Settings) -> None:
        before, self._reviewer = self._reviewer, (settings.annotator, settings.scorer, settings.blind_review)
        self.show_case.show_look()
        if before[:2] != self._reviewer[:2]:
            self.walk.clear()
            self.open_case(None, None)
            self.decisions.clear()
            self.feed.clear()
            if self.isVisible():
                self.feed.wake()
        elif before != self._reviewer:
            self.past.close()
            self.show_case.show_words()
        self._ctx.commands.refresh_soon()

    # ---- opening -------------------------------------------------------------------------------------------------

    def _on_role(self, role: str) -> None:
        self.desk.show_role(may_review=role != ANNOTATOR)
        if role == ANNOTATOR:
            self.open_case(None, None)

    def _on_listed(self, index: EntryIndex, wanted: LibraryFilter) -> None:
        same_queue, self._listed = self._listed == self.feed.key, self.feed.key
        self.desk.show_list(index, wanted, self.feed.key)
        if len(index):
            if not same_queue or not self._stays_open():
                self.walk.open_row(0)
            self.canvas.setFocus()
        else:
            self.walk.clear()
            self.open_case(None, None)
            self.desk.say_empty(self.feed.key)
        self._show_position()

    def _stays_open(self) -> bool:
        """Look the open hand up in a queue that was read again; whether it is there and waits for a word."""
        self.walk.find_row()
        return self.case is not None and self.walk.row >= 0 and not self.deeds.word_of(self.case.hand_id)

    def _on_opened(self, view: ReviewView) -> None:
        before = self.case
        same_hand = before is not None and before.hand_id == view.hand.hand.id
        other_image = before is None or before.view.image.id != view.image.id
        if not same_hand:
            self.past.close()
            self.desk.card.close_card()
            self.desk.say("")
        case = Case.opened(view, self._ctx.annotator, before.pair if before is not None and same_hand else None)
        if other_image:
            self.canvas.show_image(None, view.image.width or 1, view.image.height or 1)
        self.open_case(case, self._draft_for(case, keeps=same_hand))
        if not same_hand:
            self.show_case.fit_first()
        self.ruling.on_opened(case)

    def _draft_for(self, case: Case, *, keeps: bool) -> Decision | None:
        if case.is_disputed and (not case.is_ruled_by_another or (keeps and self.draft is not None)):
            return self.decisions.adjudication(case)
        if keeps and self.draft is not None and not self.draft.is_adjudication:
            return self.decisions.fix(case)
        return None

    def open_case(self, case: Case | None, draft: Decision | None) -> None:
        """Show a case, with the draft that may be changed, if any."""
        before, self.case, self.draft = self.draft, case, draft
        self.decisions.current = draft
        if before is not draft:
            if before is not None:
                before.committed.disconnect(self._on_committed)
            self._clock.pause()
            self._clock.take()
            self.editing.open(draft)
            if draft is not None:
                draft.committed.connect(self._on_committed)
        self.desk.show_mode(WALK if draft is None else ADJUDICATE if draft.is_adjudication else FIX)
        self.show_case.open(case, draft)
        self.desk.beside.show_case(case)
        self.layer.open(0 if case is None else case.hand_id, is_blind=case is not None and case.view.hand.is_blind)
        self._conflicts.follow(draft)
        self._ctx.commands.refresh_soon()

    def _on_pictured(self, image: QImage, final: bool) -> None:
        view = self.walk.view
        if view is None:
            return
        self.canvas.show_image(image, view.image.width or image.width(), view.image.height or image.height())
        if image.isNull():
            self._ctx.notify("The picture of this hand cannot be read.", level="warning")

    def _on_moved(self, row: int) -> None:
        self.desk.hands.set_current(row)
        self._show_position()

    def _show_position(self) -> None:
        row, count = self.walk.row, self.desk.hands.entries.rowCount()
        text = f"{row + 1:,} / {count:,}" if row >= 0 else f"{count:,}" if count else ""
        self._ctx.status("position", text)
        self.desk.show_position(text)
        self.desk.show_progress(self.deeds.count, count)

    def _on_marked(self, hand_id: int) -> None:
        self.desk.hands.viewport().update()
        self._show_position()

    def _on_committed(self) -> None:
        self.editing.check()
        self._ctx.commands.refresh_soon()

    def _on_row_chosen(self, row: int) -> None:
        self.walk.open_row(row)
        self.canvas.setFocus()

    # ---- what happens --------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Go that many hands on."""
        if not self.past.is_open:
            self.walk.step(by)

    def compare(self, pair: tuple[int, int]) -> None:
        """Compare two other voices of the hand."""
        if self.case is not None:
            case = self.case.with_pair(*pair)
            if self.draft is not None:
                self.draft.case = case
            self.show_case.place = 0
            self.open_case(case, self.draft)

    def open_in_annotate(self) -> None:
        """Show the hand on the Annotate page."""
        if self.case is not None:
            self.open_hand.emit(self.case.view.image.id, self.case.hand_id)

    def look_at(self, part: str) -> None:
        """Bring a joint or digit close and choose it."""
        self.editing.select(self.show_case.zoom_to_part(part))

    def _on_escape(self) -> None:
        if self.editing.row >= 0 or self.editing.tool is not None:
            return
        if self.past.is_open:
            self.past.close()
        else:
            self.ruling.leave_fix()

    def _on_finding_judged(self, finding: Finding, word: bool | None) -> None:
        if self.draft is not None:
            self.draft.judge_finding(finding, word)
        else:
            self._ctx.status("hint", "Press E to change this hand.")

    def _on_past(self, is_open: bool) -> None:
        self.editing.open(None if is_open else self.draft)
        self.desk.show_history(is_open)
        self._ctx.commands.refresh_soon()
        if not is_open:
            self.canvas.setFocus()

    def _on_webs(self) -> None:
        self.show_case.show_seen_webs(self.layer.webs if self.layer.shows_webs else None)

    def _on_restored(self, opinion: Opinion, what: str) -> None:
        if self.draft is None:
            self.ruling.begin_fix()
        if self.draft is not None:
            self.draft.commit(opinion, f"Restored: {what}")
