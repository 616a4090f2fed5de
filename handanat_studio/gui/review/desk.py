"""The Review page's layout: queues, toolbar, canvas, case or history, and the cards over them. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.conflict_bar import ConflictBar
from handanat_studio.gui.editor.hint_pill import HintPill
from handanat_studio.gui.editor.toolbar import Toolbar
from handanat_studio.gui.review import page_commands
from handanat_studio.gui.review.actions import ActionBar
from handanat_studio.gui.review.beside import Beside
from handanat_studio.gui.review.canvas import ReviewCanvas
from handanat_studio.gui.review.case_panel import CasePanel
from handanat_studio.gui.review.history_panel import HistoryPanel
from handanat_studio.gui.review.queue_panel import WIDTH_PX as QUEUE_PX
from handanat_studio.gui.review.queue_panel import QueuePanel, QueueRow
from handanat_studio.gui.review.reason_card import ReasonCard
from handanat_studio.gui.theme import S8, S12, S16, font, style_as
from handanat_studio.gui.widgets.empty_state import EmptyState
from handanat_studio.store.library import EntryIndex, LibraryFilter

CASE_PX = 340
PROGRESS_PX = 160
NOT_FOR_YOU = "Reviewing is for reviewers and leads. You see only your own work, so that your judgement stays your own."


class Desk(QStackedWidget):
    """All widgets of the page.

    Signals:
        queue_chosen(key), order_chosen(sort), refresh_pressed(): see `QueuePanel`.
        annotate_pressed(): somebody who may not review wants to go on annotating.

    Args:
        ctx: for reads, settings and the command table.
        word_of: what was done with a hand in this session.
    """

    queue_chosen = Signal(str)
    order_chosen = Signal(str)
    refresh_pressed = Signal()
    annotate_pressed = Signal()

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.queue_panel = QueuePanel(ctx, word_of)
        self.hands = self.queue_panel.hands
        self.canvas = ReviewCanvas()
        self.hint = HintPill(self.canvas)
        self.beside = Beside(self.canvas)
        self.card = ReasonCard(self.canvas)
        self.panel = CasePanel()
        self.history = HistoryPanel()
        self.conflict_bar = ConflictBar()
        self._message = QLabel()
        self._progress, self._progress_words = QProgressBar(), QLabel()
        self._empty, self._refused = EmptyState(), EmptyState()
        self._middle, self._right = QStackedWidget(), QStackedWidget()
        self._queues: list[QueueRow] = []
        self.buttons: ActionBar | None = None
        self.queue_panel.queue_chosen.connect(self.queue_chosen)
        self.queue_panel.order_chosen.connect(self.order_chosen)
        self.queue_panel.refresh_pressed.connect(self.refresh_pressed)
        self._empty.pressed.connect(self.refresh_pressed)
        self._refused.pressed.connect(self.annotate_pressed)
        self.canvas.installEventFilter(self)

    def build(self, word: Callable[[str], str]) -> None:
        """Lay everything out; the page's commands must be in the table.

        Args:
            word: returns what to write on a command's button, by its name.
        """
        table = self._ctx.commands
        self.buttons = ActionBar(table, word)
        self._middle.addWidget(self.canvas)
        self._middle.addWidget(self._empty)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Toolbar(table, page_commands.TOOLS_LEFT, page_commands.TOOLS_RIGHT))
        column.addWidget(self.conflict_bar)
        column.addWidget(self._middle, 1)
        column.addWidget(self._progress_bar())
        case = QWidget()
        side = QVBoxLayout(case)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addWidget(self.panel, 1)
        side.addWidget(self.buttons)
        self._right.addWidget(case)
        self._right.addWidget(self.history)
        self._right.setMinimumWidth(CASE_PX)
        self._right.setMaximumWidth(CASE_PX + 140)
        panels = QSplitter(Qt.Orientation.Horizontal)
        panels.setHandleWidth(1)
        panels.setChildrenCollapsible(False)
        for place, (widget, stretch) in enumerate(((self.queue_panel, 0), (centre, 1), (self._right, 0))):
            panels.addWidget(widget)
            panels.setStretchFactor(place, stretch)
        panels.setSizes([QUEUE_PX, 1440 - QUEUE_PX - CASE_PX, CASE_PX])
        self._ctx.layout.keep("review", panels)
        self.addWidget(panels)
        self.addWidget(self._refused)
        self._refused.say("user", NOT_FOR_YOU, "Go to Annotate")

    def _progress_bar(self) -> QFrame:
        foot = QFrame()
        style_as(foot, card="bar")
        self._progress_words.setFont(font("caption", tabular=True))
        style_as(self._progress_words, quiet=True)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(PROGRESS_PX)
        self._progress.setAccessibleName("Reviewed in this session")
        row = QHBoxLayout(foot)
        row.setContentsMargins(S16, S8, S16, S8)
        row.setSpacing(S12)
        row.addWidget(self._progress)
        row.addWidget(self._progress_words)
        row.addStretch(1)
        row.addWidget(self._message)
        return foot

    # ---- showing -------------------------------------------------------------------------------------------------

    @property
    def message(self) -> str:
        """What is said below the canvas, "" = nothing."""
        return self._message.text()

    def say(self, text: str) -> None:
        """Say something below the canvas, where it moves nothing; "" = nothing."""
        self._message.setText(text)

    def show_role(self, *, may_review: bool) -> None:
        """Show the page, or say that it is not for this annotator."""
        self.setCurrentIndex(0 if may_review else 1)

    @property
    def is_refused(self) -> bool:
        """Whether the page says that it is not for this annotator."""
        return self.currentIndex() == 1

    def show_queues(self, rows: Sequence[QueueRow]) -> None:
        """Show queues and views."""
        self._queues = list(rows)
        self.queue_panel.queues.show_rows(rows)

    def show_list(self, index: EntryIndex, wanted: LibraryFilter, key: str) -> None:
        """Show the hands of a queue."""
        self.queue_panel.queues.set_current(key)
        self.hands.entries.set_index(index, wanted)
        self._middle.setCurrentWidget(self.canvas)

    def say_empty(self, key: str) -> None:
        """Say that a queue holds no hand."""
        row = next((row for row in self._queues if row.key == key), None)
        title = row.title if row is not None else "This queue"
        self._empty.say("check", f"“{title}” is empty: no hand is waiting here.", "Read the queue again")
        self._middle.setCurrentWidget(self._empty)

    @property
    def empty_words(self) -> str:
        """What is said in the place of the canvas, "" = the canvas is shown."""
        return self._empty.sentence if self._middle.currentWidget() is self._empty else ""

    def show_canvas(self) -> None:
        """Show the canvas, as when a hand is opened."""
        self._middle.setCurrentWidget(self.canvas)

    def show_mode(self, mode: str) -> None:
        """Show the buttons of a mode; see `actions.ROWS`."""
        if self.buttons is not None:
            self.buttons.show_mode(mode)

    def show_history(self, on: bool) -> None:
        """Show the history in the place of the case."""
        self._right.setCurrentIndex(int(on))

    def show_position(self, text: str) -> None:
        """Say which row is open, of how many."""
        self.queue_panel.set_position(text)

    def show_progress(self, done: int, total: int) -> None:
        """Say how many hands were reviewed in this session."""
        self._progress.setRange(0, max(total, done, 1))
        self._progress.setValue(done)
        self._progress.setVisible(total > 0)
        self._progress_words.setText(f"{done:,} of {total:,} reviewed in this session" if total else "")

    # ---- asking --------------------------------------------------------------------------------------------------

    def ask_return(self, place: str, letters: str) -> None:
        """Ask why a hand goes back.

        Args:
            place: the joint it is about, in words.
            letters: the voices it may go back to.
        """
        self.card.ask(
            "Return with a reason",
            place,
            self._ctx.settings.quick_reasons,
            letters,
            placeholder="What should be looked at again?",
        )

    def ask_comment(self, place: str) -> None:
        """Ask for a comment."""
        self.card.ask("Comment", place, (), placeholder="What should others know?")

    def ask_why(self, against: str) -> None:
        """Ask why a result stands.

        Args:
            against: what does not fit together.
        """
        self.card.ask("Why does this stand?", against, (), placeholder="The answer is kept as the note of the result.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the card at the foot of the canvas."""
        if event.type() == QEvent.Type.Resize and self.card.isVisible():
            self.card.place_over()
        return super().eventFilter(watched, event)
