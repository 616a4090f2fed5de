"""Judging: findings, predictions, comments, flag, stage and submitting, as a part of the Annotate page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.activity import ActivityWatch
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.finding_walk import FindingWalk
from handanat_studio.gui.editor.focus import EnterPresses
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand
from handanat_studio.gui.editor.part import Part
from handanat_studio.gui.editor.predictions import Predictions
from handanat_studio.gui.editor.remarks import Remarks
from handanat_studio.gui.editor.stage_line import STAGE_WORDS
from handanat_studio.gui.editor.submitting import Submitting
from handanat_studio.gui.editor.times import duration_words
from handanat_studio.hand.annotation import ANNOTATION, DRAFT
from handanat_studio.project import Project
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import comments, provenance
from handanat_studio.workflows.browse import ImageView
from handanat_studio.workflows.comments import Comment
from handanat_studio.workflows.provenance import Deed

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

READ_AFTER_MS = 60
"""Whoever steps quickly from hand to hand does not wait for what is only read here."""
COUNT_AFTER_MS = 1500
"""The count of returned hands waits until nothing has been handed in for so long."""
TIME_EVERY_MS = 5000


@dataclass(frozen=True, slots=True)
class Case:
    """What was done to a hand and said of it, as one person may see it."""

    deeds: tuple[Deed, ...]
    comments: tuple[Comment, ...]


def read_case(project: Project, hand_id: int, *, viewer: str) -> Case:
    """Read a hand's history and comments."""
    return Case(
        tuple(provenance.history(project, hand_id, viewer=viewer)),
        tuple(comments.of_hand(project, hand_id, viewer=viewer)),
    )


class Judging(Part):
    """Joins what belongs to judging the open hand; see the module."""

    tools = (("annotate.comment",),)

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self.submitting = Submitting(page)
        self.predictions = Predictions(page)
        self.findings = FindingWalk(page)
        self.remarks = Remarks(page)
        self._draft: Draft | None = None
        self._ticket: Ticket | None = None
        self._is_count_stale = self._are_kinds_stale = True
        self._soon = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._counting = QTimer(self, singleShot=True, interval=COUNT_AFTER_MS)
        self._clock = QTimer(self, interval=TIME_EVERY_MS)
        EnterPresses(page)
        self._wire()
        self._wire_panels()

    def _wire(self) -> None:
        page = self.page
        page.draft_opened.connect(self._on_draft)
        page.image_opened.connect(self._on_image)
        page.ctx.changed.connect(self._on_changed)
        page.ctx.project_opened.connect(self._on_project)
        page.ctx.settings_changed.connect(self._on_settings)
        page.ctx.commands.refreshed.connect(self._show_keys)
        self.submitting.stage_changed.connect(self._on_stage)
        self.remarks.stale.connect(self.read)
        self._soon.timeout.connect(self._catch_up)
        self._counting.timeout.connect(self._count)
        self._clock.timeout.connect(self._show_time)

    def _wire_panels(self) -> None:
        page, line = self.page, self.page.inspector.stage
        line.submit_pressed.connect(lambda: page.ctx.commands.trigger("annotate.submit_next"))
        line.withdraw_pressed.connect(lambda: page.ctx.commands.trigger("annotate.withdraw"))
        line.flag_pressed.connect(lambda: page.ctx.commands.trigger("annotate.flag"))
        page.feed.returned_counted.connect(
            lambda count, is_open: page.queue_panel.show_returned(count, is_open=is_open)
        )
        page.queue_panel.returned_pressed.connect(page.feed.show_returned)
        page.queue_panel.all_pressed.connect(page.feed.show_all)
        inspector = page.inspector
        # Keys that a text field takes never reach the panel around it.
        fields = (
            inspector.note,
            inspector.comments.field,
            inspector.contradictions.reason,
            inspector.finding_form.words,
        )
        ActivityWatch(page.clock, self).follow(*fields)

    def rows(self) -> list[Command]:
        """Return the command rows of everything that belongs to judging."""
        flag = Command(
            "annotate.flag",
            "Flag for a second look",
            self.toggle_flag,
            "Shift+F",
            when=lambda: why_no_hand(self.page),
            scope=SCOPE,
            group="Hand",
            icon="flag",
            checked=lambda: self._draft is not None and self._draft.snapshot.flagged,
        )
        parts = (self.submitting, self.predictions, self.findings, self.remarks)
        return [*(row for part in parts for row in part.rows()), flag]

    def bars(self) -> list[QWidget]:
        """Return the bar of a returned hand."""
        return [self.remarks.bar]

    def toggle_flag(self) -> None:
        """Mark the hand for a second look, or take the mark away."""
        if self._draft is not None:
            self._draft.set_flagged(not self._draft.snapshot.flagged)

    # ---- following the page --------------------------------------------------------------------------------------

    def _on_draft(self, draft: Draft | None) -> None:
        if self._draft is not None:
            self._draft.committed.disconnect(self._show_flag)
        self._draft = draft
        self._cancel()
        if draft is not None:
            draft.committed.connect(self._show_flag)
            self._clock.start()
            self._soon.start()
        else:
            self._clock.stop()
        for part in (self.submitting, self.predictions, self.remarks):
            part.open(draft)
        self._show_flag()

    def _on_image(self, view: ImageView) -> None:
        hand_id = 0 if self._draft is None else self._draft.hand_id
        found = next((hand for hand in view.hands if hand.hand.id == hand_id), None)
        if found is not None:
            self.submitting.learn(found.stage or DRAFT)
            self.predictions.refresh()
            self._on_stage()

    def _on_project(self, _project: object) -> None:
        self._is_count_stale = self._are_kinds_stale = True

    def _on_settings(self, _settings: object) -> None:
        self._is_count_stale = True

    def _on_changed(self, change: ChangeSet) -> None:
        draft = self._draft
        if change.touches("labels"):
            self._are_kinds_stale = True
        if change.touches("reviews", "hands", "images", "labels"):
            self._is_count_stale = True
            self._counting.start()
            self._soon.start()
        concerned = draft is not None and (not change.hand_ids or draft.hand_id in change.hand_ids)
        if concerned and change.touches("comments"):
            self._soon.start()

    def _on_stage(self) -> None:
        self.remarks.show_bar(self.submitting.stage)

    def _show_flag(self) -> None:
        flagged = self._draft is not None and self._draft.snapshot.flagged
        self.page.inspector.stage.show_flag(flagged)
        self._show_time()

    def _show_time(self) -> None:
        draft, inspector = self._draft, self.page.inspector
        if draft is not None:
            seconds = inspector.earlier_seconds + draft.seconds + self.page.clock.seconds
            inspector.spent.setText(f"{duration_words(seconds)} on this hand, pauses left out")

    def _show_keys(self) -> None:
        names = ("annotate.submit_next", "annotate.withdraw", "annotate.flag")
        submit, withdraw, flag = (self.page.ctx.commands.action(name).toolTip() for name in names)
        self.page.inspector.stage.show_keys(submit, withdraw, flag)

    # ---- the case ------------------------------------------------------------------------------------------------

    def _cancel(self) -> None:
        self._soon.stop()
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def _catch_up(self) -> None:
        self.read()
        if self._are_kinds_stale and self.page.ctx.project is not None:
            self._are_kinds_stale = False
            self.findings.learn_kinds()
        if self._is_count_stale and not self._counting.isActive():
            self._counting.start()

    def _count(self) -> None:
        # Over a large project this takes longer than a step: it must not stand before the next hand in the line.
        if self._is_count_stale:
            self._is_count_stale = False
            self.page.feed.count_returned()

    def read(self) -> None:
        """Read what was done to the open hand and said of it."""
        draft, ctx = self._draft, self.page.ctx
        self._cancel()
        if draft is not None and ctx.project is not None:
            self._ticket = ctx.read(
                read_case, draft.hand_id, viewer=ctx.annotator, done=lambda case: self._on_case(draft, case)
            )

    def _on_case(self, draft: Draft, case: Case) -> None:
        if draft is not self._draft:
            return
        self.page.inspector.show_deeds(draft, case.deeds)
        self.predictions.learn(case.deeds)
        self.submitting.learn(self.submitting.stage, self._since(case.deeds))
        self.remarks.learn(case.comments)

    def _since(self, deeds: tuple[Deed, ...]) -> str:
        """Return since when the hand is in its stage, "" = not known."""
        own = {d.annotation_id for d in deeds if d.kind == ANNOTATION and d.who == self.page.ctx.annotator}
        word = STAGE_WORDS[self.submitting.stage]
        times = [d.at for d in deeds if d.kind == "review" and d.annotation_id in own and d.what.startswith(word)]
        return times[-1] if times else ""
