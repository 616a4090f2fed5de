"""The Annotate page: queue, canvas, filmstrip and inspector around one draft. It joins parts that do not know it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor import page_commands
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.activity import ActivityWatch
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.canvas_menu import build_menu
from handanat_studio.gui.editor.conflict_bar import ConflictBar
from handanat_studio.gui.editor.conflicts import Conflicts
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.draft_shelf import DraftShelf
from handanat_studio.gui.editor.editing import Editing
from handanat_studio.gui.editor.filmstrip import Filmstrip
from handanat_studio.gui.editor.hint_pill import HintPill
from handanat_studio.gui.editor.judging import Judging
from handanat_studio.gui.editor.loader import Loader
from handanat_studio.gui.editor.part import Part
from handanat_studio.gui.editor.placing import NO_HAND, Placing
from handanat_studio.gui.editor.presenter import Presenter
from handanat_studio.gui.editor.queue_feed import QueueFeed
from handanat_studio.gui.editor.queue_list import QueuePanel
from handanat_studio.gui.editor.seeing import Seeing
from handanat_studio.gui.editor.side_panel import WIDTH_PX, Inspector
from handanat_studio.gui.editor.toolbar import Toolbar
from handanat_studio.gui.editor.viewing import Viewing
from handanat_studio.gui.widgets.empty_state import EmptyState
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.opinion import opinion_of
from handanat_studio.hand.values import Finding
from handanat_studio.settings import Settings
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex
from handanat_studio.workflows import annotate
from handanat_studio.workflows.browse import ImageView

QUEUE_PX = 232
FIRST_ZOOM_MAX = 3.0
SMALL_HAND = 0.4
"""A hand below this share of its image is zoomed to when it is opened: its joints would crowd each other."""


class AnnotatePage(QWidget):
    """Corrects one hand after the other.

    Signals:
        draft_opened(Draft | None): another hand is open, or none.
        image_opened(ImageView): an image has been read, again or for the first time.

    Args:
        ctx: the context; the page registers its commands there.
    """

    title = "Annotate"
    icon_name = "annotate"
    scope = page_commands.SCOPE
    draft_opened = Signal(object)
    image_opened = Signal(object)

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.clock = ActiveClock()
        self.shelf = DraftShelf(ctx, self.clock, self, self._open_left_hand)
        self.queue_panel = QueuePanel(ctx)
        self.queue = self.queue_panel.list
        self.canvas = Canvas()
        self.hint = HintPill(self.canvas)
        self.inspector = Inspector()
        self.filmstrip = Filmstrip(ctx)
        self.conflict_bar = ConflictBar()
        self.editing = Editing(self.canvas, self)
        self.loader = Loader(ctx, self.queue.entries, self)
        self.feed = QueueFeed(ctx, self.queue.entries, self.loader, lambda: self.canvas.is_dragging, self)
        self.presenter = Presenter(ctx, self.canvas, self.inspector, self.filmstrip, self.shelf, self)
        self.conflicts = Conflicts(ctx, self.conflict_bar, self.presenter, self)
        self._empty = EmptyState()
        self._draft: Draft | None = None
        self._without_history: Draft | None = None
        self._image_id = 0
        self._annotator = ctx.annotator
        self.placing, self.viewing, self.judging = Placing(self), Viewing(self), Judging(self)
        self.seeing = Seeing(self)
        self._parts: tuple[Part, ...] = (self.placing, self.viewing, self.seeing, self.judging)
        ctx.commands.add(self.commands(), self)
        tools = (*page_commands.TOOLS_LEFT, *(group for part in self._parts for group in part.tools))
        self.toolbar = Toolbar(ctx.commands, tools, page_commands.TOOLS_RIGHT)
        self._lay_out()
        self._wire()
        self._show_empty()

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        return [*page_commands.rows(self), *(row for part in self._parts for row in part.rows())]

    @property
    def ctx(self) -> Context:
        """The context."""
        return self._ctx

    @property
    def draft(self) -> Draft | None:
        """The hand that is open."""
        return self._draft

    # ---- layout --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._middle = QStackedWidget()
        self._middle.addWidget(self.canvas)
        self._middle.addWidget(self._empty)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.conflict_bar)
        for bar in (bar for part in self._parts for bar in part.bars()):
            column.addWidget(bar)
        column.addWidget(self._middle, 1)
        column.addWidget(self.filmstrip)
        self._panels = QSplitter(Qt.Orientation.Horizontal)
        self._panels.setHandleWidth(1)
        self._panels.setChildrenCollapsible(False)
        for place, (widget, stretch) in enumerate(((self.queue_panel, 0), (centre, 1), (self.inspector, 0))):
            self._panels.addWidget(widget)
            self._panels.setStretchFactor(place, stretch)
        self._panels.setSizes([QUEUE_PX, 1440 - QUEUE_PX - WIDTH_PX, WIDTH_PX])
        self._ctx.layout.keep(self.scope, self._panels)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panels)

    def _wire(self) -> None:
        ctx, canvas, inspector = self._ctx, self.canvas, self.inspector
        self.loader.opened.connect(self._on_opened)
        self.loader.pictured.connect(self._on_pictured)
        self.loader.moved.connect(self._on_moved)
        self.queue.chosen.connect(self._on_row_chosen)
        self.filmstrip.chosen.connect(self._on_hand_chosen)
        canvas.hand_pressed.connect(self._on_hand_chosen)
        canvas.menu_requested.connect(self._on_menu)
        canvas.zoom_changed.connect(lambda zoom: ctx.status("zoom", f"{zoom:.0%}".replace("%", " %")))
        canvas.pointer_moved.connect(lambda x, y: ctx.status("cursor", f"x {x:.0f} y {y:.0f}"))
        self.editing.selected.connect(self.presenter.select)
        self.editing.selected.connect(ctx.commands.refresh_soon)
        self.editing.hint.connect(self.hint.say)
        self.editing.navigate.connect(self.step)
        self.editing.mode_changed.connect(ctx.commands.refresh_soon)
        inspector.verdict_chosen.connect(self.set_verdict)
        inspector.finding_chosen.connect(self._on_finding)
        inspector.finding_judged.connect(lambda finding, word: self._with_draft("judge_finding", finding, word))
        inspector.joint_chosen.connect(self.editing.select)
        inspector.note_written.connect(lambda text: self._with_draft("set_note", text))
        inspector.step_chosen.connect(lambda position: self._with_draft("go_to", position))
        inspector.revision_chosen.connect(self._on_revision)
        self._empty.pressed.connect(lambda: self.step(1))
        ctx.project_closed.connect(self._on_project_closed)
        ctx.settings_changed.connect(self._on_settings)
        ActivityWatch(self.clock, self).follow(canvas.viewport(), canvas, inspector.body, self.queue.viewport())

    # ---- the page protocol ---------------------------------------------------------------------------------------

    def set_queue(self, index: EntryIndex, position: int) -> None:
        """Take the library's listing as the queue; `position` is the row that is about to be opened."""
        self.feed.give(index)
        self.queue.set_current(position)

    def show_hand(self, image_id: int, hand_id: int) -> None:
        """Open a hand; hand id 0 = an image without one."""
        self.feed.cancel()
        self.inspector.note.flush()
        self.loader.open(image_id, hand_id)

    def shown(self) -> None:
        """Catch up with what changed, or open the first hand if none was asked for."""
        self._show_position()
        self.canvas.zoom_changed.emit(self.canvas.zoom)
        if self._ctx.project is None:
            return
        self.feed.wake()
        self.canvas.setFocus()

    def on_changed(self, change: ChangeSet) -> None:
        """Read again what a write concerns; this page's own revisions are known already."""
        self.feed.note(change, is_seen=self.isVisible())

    def _on_settings(self, settings: Settings) -> None:
        self.presenter.show_look()
        if settings.annotator != self._annotator:
            self._annotator = settings.annotator
            self._open(None, None)
            self.shelf.forget_settled()
            self.loader.reload()
            self.feed.refresh()

    def _on_project_closed(self) -> None:
        self.feed.clear()
        self._open(None, None)
        self.shelf.clear()
        self.loader.clear()
        self._image_id = 0
        self._show_empty()

    # ---- opening -------------------------------------------------------------------------------------------------

    def _on_opened(self, view: ImageView, hand_id: int) -> None:
        self.inspector.note.flush()
        found = next((hand for hand in view.hands if hand.hand.id == hand_id), None)
        draft = None if found is None else self.shelf.draft_of(found)
        other_image = view.image.id != self._image_id
        other_hand = draft is not self._draft
        self._image_id = view.image.id
        if other_image:
            self.canvas.show_image(None, view.image.width or 1, view.image.height or 1)
        self._open(view, draft)
        self.image_opened.emit(view)
        self._without_history = draft if other_hand else None
        if other_image and not self.presenter.switches.sticky:
            self._fit_first(view)
        elif other_hand and not self.presenter.is_hand_in_view():
            self.presenter.zoom_to_hand(limit=FIRST_ZOOM_MAX)
        if view.image.error or found is None:
            self._show_empty()

    def _open(self, view: ImageView | None, draft: Draft | None) -> None:
        before, self._draft = self._draft, draft
        self.shelf.current = draft
        if before is not draft:
            if before is not None:
                before.committed.disconnect(self._on_committed)
            self.clock.pause()
            self.clock.take()
            self.editing.open(draft)
            if draft is not None:
                draft.committed.connect(self._on_committed)
        self._middle.setCurrentWidget(self.canvas)
        self.presenter.open(view, draft)
        self.conflicts.follow(draft)
        if before is not draft:
            self.draft_opened.emit(draft)
        self._ctx.commands.refresh_soon()

    def _fit_first(self, view: ImageView) -> None:
        box = self.presenter.hand_box()
        width, height = view.image.width or 1, view.image.height or 1
        if box is not None and max(box.width, box.height) < SMALL_HAND * max(width, height):
            self.presenter.zoom_to_hand(limit=FIRST_ZOOM_MAX)
        else:
            self.canvas.fit_image()

    def _on_pictured(self, image: QImage, final: bool) -> None:
        view = self.loader.view
        if view is None:
            return
        width, height = view.image.width or image.width(), view.image.height or image.height()
        self.canvas.show_image(image, width, height)
        if final:
            # The picture is what everybody waits for: it is painted before the panels beside it.
            self.canvas.viewport().repaint()
        if image.isNull() and not view.image.error:
            self._ctx.notify("The picture of this hand cannot be read.", f"Is {view.path.name} still there?", "warning")

    def _read_history(self) -> None:
        draft, self._without_history = self._without_history, None
        if draft is not None:
            self._ctx.read(
                annotate.history,
                draft.hand_id,
                viewer=self._ctx.annotator,
                done=lambda rows: self._on_history(draft, rows),
            )

    def _on_history(self, draft: Draft, revisions: list[Annotation]) -> None:
        if draft is self._draft:
            first = draft.first_id
            mine = [r for r in revisions if r.annotator == self._ctx.annotator and first is not None and r.id < first]
            self.inspector.show_earlier(draft, mine)

    def _on_moved(self, row: int) -> None:
        # The picture is there: what is read now no longer takes the processor from it.
        self._read_history()
        self.queue.set_current(row)
        self._show_position()

    def _show_position(self) -> None:
        row, count = self.loader.row, self.queue.entries.rowCount()
        text = f"{row + 1:,} / {count:,}" if row >= 0 else f"{count:,}" if count else ""
        self._ctx.status("position", text)
        self.queue_panel.set_position(text)

    def _show_empty(self) -> None:
        view = self.loader.view
        if view is not None and view.image.error:
            self._empty.say("image-broken", f"This image cannot be read: {view.image.error}", "Next hand")
        elif view is not None:
            self.hint.say(NO_HAND)
            return
        else:
            self._empty.say(
                "annotate", "No hand is open yet. Import images on the Library page.", "Open the first hand"
            )
        self._middle.setCurrentWidget(self._empty)

    # ---- what happens --------------------------------------------------------------------------------------------

    def _with_draft(self, method: str, *values: object) -> None:
        if self._draft is not None:
            getattr(self._draft, method)(*values)

    def _on_committed(self) -> None:
        self.editing.check()
        self._ctx.commands.refresh_soon()

    def _on_row_chosen(self, row: int) -> None:
        self.loader.open_row(row)
        self.canvas.setFocus()

    def _open_left_hand(self, hand_id: int) -> None:
        row = self.feed.row_of_hand(hand_id)
        if row >= 0:
            self._on_row_chosen(row)

    def _on_hand_chosen(self, hand_id: int) -> None:
        if self._image_id:
            self.show_hand(self._image_id, hand_id)
            self.canvas.setFocus()

    def _on_finding(self, finding: Finding) -> None:
        row = self.presenter.zoom_to_finding(finding)
        self.editing.select(row)

    def _on_revision(self, revision: Annotation) -> None:
        self._with_draft("commit", opinion_of(revision), f"Restored: {revision.action or 'earlier version'}")

    def _on_menu(self, at: QPoint, x: float, y: float) -> None:
        menu = build_menu(self, x, y)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # ---- what the commands run -----------------------------------------------------------------------------------

    def undo(self) -> None:
        """Go one step back."""
        self.editing.finish()
        self._with_draft("undo")

    def redo(self) -> None:
        """Go one step forward."""
        self.editing.finish()
        self._with_draft("redo")

    def set_verdict(self, verdict: str | None) -> None:
        """Commit a verdict, None = undecided."""
        self._with_draft("set_verdict", verdict)

    def step(self, step: int) -> None:
        """Open the hand that many places on in the queue."""
        self.inspector.note.flush()
        self.loader.step(step)

    def toggle_actual_size(self) -> None:
        """Go to 100 %, or from there to the whole image."""
        if abs(self.canvas.zoom - 1.0) < 1e-3:
            self.canvas.fit_image()
        else:
            self.canvas.set_zoom(1.0)

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle."""
        self.canvas.set_zoom(self.canvas.zoom * factor)

    def switch(self, name: str) -> None:
        """Switch a panel or a part of the overlay."""
        panels = {"queue": self.queue_panel, "inspector": self.inspector}
        if name in panels:
            panels[name].setVisible(panels[name].isHidden())
        else:
            self.presenter.set_switch(name, not self.is_on(name))

    def is_on(self, name: str) -> bool:
        """Tell whether a panel or a part of the overlay is shown."""
        panels = {"queue": self.queue_panel, "inspector": self.inspector}
        return not panels[name].isHidden() if name in panels else bool(getattr(self.presenter.switches, name))
