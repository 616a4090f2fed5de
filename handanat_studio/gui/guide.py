"""The guided tour: a six-fingered hand is labelled in five steps. It goes on when the step is really done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.project_actions import ProjectActions
from handanat_studio.gui.widgets.guide_card import GuideCard
from handanat_studio.hand.topology import Level, point_row
from handanat_studio.hand.values import IMPLAUSIBLE, HandPose
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import sample

if TYPE_CHECKING:
    from handanat_studio.gui.editor.draft import Draft
    from handanat_studio.gui.main_window import MainWindow

LOOK_MS = 150
LEAST_MOVE_PX = 2.0
END_TITLE = "That is the whole job"
END_TEXT = (
    "The hand waits for a reviewer now. In the library it is shown as submitted, and its history holds every step."
)


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step: what to do, and how the guide knows that it is done.

    Attributes:
        title, text: shown on the card; "{add}" and the like stand for the keys that apply.
        keys: name in the text -> command id.
        is_done: asked again and again until it says yes.
    """

    title: str
    text: str
    keys: dict[str, str]
    is_done: Callable[[Guide], bool]


class Guide(QObject):
    """Leads through the steps.

    Signals:
        moved(int): another step is shown, counted from 1; 0 = the tour is over.

    Args:
        ctx: the context.
        window: shows pages; the card lies over it.
        actions: opens the sample project.
    """

    moved = Signal(int)

    def __init__(self, ctx: Context, window: MainWindow, actions: ProjectActions) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._actions = actions
        self._step = 0
        self._waits_for_project = False
        self._has_pointed = False
        self._target = (0, 0)
        self._first: HandPose | None = None
        self._is_submitted = False
        self._card = GuideCard(window.pages)
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._card.left.connect(self.leave)
        self._card.wanted.connect(self._on_wanted)
        ctx.project_opened.connect(self._on_opened)
        ctx.project_closed.connect(self._on_closed)
        ctx.changed.connect(self._on_changed)

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        return [
            Command("help.tour", "Label a six-fingered hand (tour)", self.start, group="Help", icon="tour"),
            Command("help.skip_tour", "Skip the tour", self.leave, when=self._why_not_leave, group="Help"),
        ]

    @property
    def step(self) -> int:
        """Which step is shown, from 1; one more than there are = the end; 0 = no tour."""
        return self._step

    @property
    def card(self) -> GuideCard:
        """What is shown."""
        return self._card

    @property
    def target(self) -> tuple[int, int]:
        """Image and hand id of the hand the tour is about."""
        return self._target

    @property
    def draft(self) -> Draft | None:
        """The target's draft, if the Annotate page has it open."""
        page = self._window.page_of("annotate")
        draft = getattr(page, "draft", None)
        return draft if draft is not None and draft.hand_id == self._target[1] else None

    @property
    def is_in_view(self) -> bool:
        """Whether the Annotate page is shown with the target open."""
        return self.draft is not None and self._window.page is self._window.page_of("annotate")

    @property
    def first_pose(self) -> HandPose | None:
        """The target's pose when it was opened."""
        return self._first

    @property
    def is_submitted(self) -> bool:
        """Whether the target was handed in since the tour began."""
        return self._is_submitted

    def start(self) -> None:
        """Begin the tour on the sample project, which is built first if it is not there."""
        self.leave()
        project = self._ctx.project
        if project is not None and sample.has_truth(project.root):
            self._find()
            return
        self._waits_for_project = True
        self._actions.open_sample()

    def leave(self) -> None:
        """End the tour; what was done stays."""
        self._waits_for_project = False
        self._clock.stop()
        self._card.hide()
        if self._step:
            self._step = 0
            self.moved.emit(0)

    def look(self) -> None:
        """Go on to the next step if this one is done."""
        if not 1 <= self._step <= len(STEPS):
            return
        if self._step == 1 and not self._has_pointed:
            self._point()
        draft = self.draft
        if draft is not None and self._first is None:
            self._first = draft.snapshot.pose
        if STEPS[self._step - 1].is_done(self):
            self._go_to(self._step + 1)

    def _find(self) -> None:
        self._ctx.read(sample.six_fingered_hand, annotator=self._ctx.annotator, done=self._on_found)

    def _on_found(self, target: tuple[int, int]) -> None:
        self._target = target
        self._first, self._is_submitted, self._has_pointed = None, False, False
        self._window.show_page("library")
        self._go_to(1)
        self._clock.start()

    def _point(self) -> None:
        """Select the hand in the library, once its listing is there."""
        library = self._window.page_of("library")
        if library is not None and library.is_listed:  # type: ignore[attr-defined]
            self._has_pointed = library.select(*self._target)  # type: ignore[attr-defined]

    def _go_to(self, step: int) -> None:
        self._step = step
        if step <= len(STEPS):
            row = STEPS[step - 1]
            keys = {name: self._key(command) for name, command in row.keys.items()}
            self._card.say(f"Step {step} of {len(STEPS)}", row.title, row.text.format(**keys))
        else:
            self._clock.stop()
            self._card.say("Done", END_TITLE, END_TEXT, button="Show it", leave="Close")
        self.moved.emit(step)

    def _key(self, command: str) -> str:
        text = self._ctx.commands.get(command).key_text() if command in self._ctx.commands else ""
        return text or "its button"

    def _on_wanted(self) -> None:
        self.leave()
        library = self._window.show_page("library")
        library.select(*self._target)  # type: ignore[attr-defined]

    def _on_opened(self, project: object) -> None:
        if self._waits_for_project:
            self._waits_for_project = False
            if sample.has_truth(project.root):  # type: ignore[attr-defined]
                self._find()

    def _on_closed(self) -> None:
        if self._step:
            self.leave()

    def _on_changed(self, change: ChangeSet) -> None:
        if self._step and change.touches("reviews") and self._target[1] in change.hand_ids:
            self._is_submitted = True

    def _why_not_leave(self) -> str:
        return "" if self._step else "There is no tour."


def _is_open(guide: Guide) -> bool:
    return guide.is_in_view


def _tip_moved(guide: Guide) -> bool:
    draft, first = guide.draft, guide.first_pose
    if draft is None or first is None:
        return False
    now = draft.snapshot.pose
    digits = min(len(first.digit_kind), len(now.digit_kind))
    rows = [point_row(place, Level.TIP) for place in range(digits)]
    return any(math.dist(now.points[row], first.points[row]) > LEAST_MOVE_PX for row in rows)


def _has_six_digits(guide: Guide) -> bool:
    draft = guide.draft
    return draft is not None and len(draft.snapshot.pose.digit_kind) >= sample.FINGERS


def _is_implausible(guide: Guide) -> bool:
    draft = guide.draft
    return draft is not None and draft.snapshot.verdict == IMPLAUSIBLE


def _is_submitted(guide: Guide) -> bool:
    return guide.is_submitted


STEPS = (
    GuideStep(
        "Open the hand",
        "The hand that is chosen in the grid was drawn with six fingers. Press {open}, or double-click it.",
        {"open": "library.open"},
        _is_open,
    ),
    GuideStep(
        "Drag a fingertip",
        "The detector placed these joints. Drag the tip of any finger (a triangle) and watch the angles "
        "at its joints follow, on the image and in the table at the right.",
        {},
        _tip_moved,
    ),
    GuideStep(
        "Add the sixth digit",
        "The detector always finds five. Press {add}, then click the four joints of the finger that it missed, "
        "from its base to its tip.",
        {"add": "annotate.add_digit"},
        _has_six_digits,
    ),
    GuideStep(
        "Give your verdict",
        "Could this be a real hand? Press {implausible} for implausible. The findings at the right are suggestions; "
        "the verdict is yours.",
        {"implausible": "annotate.implausible"},
        _is_implausible,
    ),
    GuideStep(
        "Hand it in",
        "Press {submit} to submit the hand and go on to the next. Everything was saved already: {undo} still takes "
        "any step back.",
        {"submit": "annotate.submit_next", "undo": "annotate.undo"},
        _is_submitted,
    ),
)
