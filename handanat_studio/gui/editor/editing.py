"""What mouse and keys mean on the open hand: selection, drag, nudge, states, digits. From canvas signals to edits."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.gui.editor.tools import DigitPlacement
from handanat_studio.hand import edits
from handanat_studio.hand.topology import WRIST, DigitKind, JointState
from handanat_studio.hand.values import HandPose


class Editing(QObject):
    """Edits one draft at a time.

    Signals:
        selected(row): another joint is selected, -1 = none.
        hint(str): what to do next, "" = nothing.
        navigate(int): arrows without a selection ask for the hand before or after.
        mode_changed(): placing began or ended.
    """

    selected = Signal(int)
    hint = Signal(str)
    navigate = Signal(int)
    mode_changed = Signal()

    def __init__(self, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._draft: Draft | None = None
        self._row = -1
        self._goal: tuple[int, float, float] | None = None
        self._placement: DigitPlacement | None = None
        # Mouse moves that arrive together are worth one judgement: the last one.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._wire()

    def _wire(self) -> None:
        canvas = self._canvas
        self._soon.timeout.connect(self._apply_goal)
        canvas.joint_pressed.connect(self.select)
        canvas.joint_dragged.connect(self._on_dragged)
        canvas.joint_dropped.connect(self._on_dropped)
        canvas.drag_cancelled.connect(self._on_cancelled)
        canvas.joint_context.connect(self.cycle_state)
        canvas.empty_pressed.connect(lambda: self.select(-1))
        canvas.placed.connect(self._on_placed)
        canvas.tabbed.connect(self.step_joint)
        canvas.nudged.connect(self.nudge)
        canvas.nudge_ended.connect(self.end_nudge)
        canvas.escaped.connect(self.escape)

    # ---- what is open --------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft | None:
        """The draft being edited."""
        return self._draft

    @property
    def row(self) -> int:
        """The selected joint, -1 = none."""
        return self._row

    @property
    def is_adding_digit(self) -> bool:
        """Whether clicks place a new digit."""
        return self._placement is not None

    def open(self, draft: Draft | None) -> None:
        """Edit another draft; what was half done on the one before is dropped, what was committed stays."""
        self.finish()
        self._draft = draft
        self.select(-1)

    def finish(self) -> None:
        """End what is under way without a step: a drag, a placement."""
        self._goal = None
        self._placement = None
        if self._draft is not None:
            self._draft.drop_preview()
        self._show_mode()

    def check(self) -> None:
        """Drop a selection that the pose no longer has, as after an undo."""
        if self._draft is not None and self._row >= len(self._draft.pose.points):
            self.select(-1)

    # ---- selection -----------------------------------------------------------------------------------------------

    def select(self, row: int) -> None:
        """Select a joint, -1 = none. One without a place waits for a click."""
        if self._placement is not None:
            return
        self._row = row
        self._show_mode()
        self.selected.emit(row)

    def select_digit(self, kind: DigitKind) -> None:
        """Select a digit's base; again: its next joint, then the next digit of the kind."""
        if self._draft is None:
            return
        rows = tools.digit_rows_of_kind(self._draft.pose, kind)
        if not rows:
            self.hint.emit(f"This hand has no {kind.name.lower()} digit. + adds one.")
            return
        place = rows.index(self._row) + 1 if self._row in rows else 0
        self._select_and_show(rows[place % len(rows)])

    def select_wrist(self) -> None:
        """Select the wrist."""
        if self._draft is not None:
            self._select_and_show(WRIST)

    def step_joint(self, step: int) -> None:
        """Select the joint after (or before) the selected one."""
        if self._draft is not None:
            count = len(self._draft.pose.points)
            start = -1 if self._row < 0 and step > 0 else self._row
            self._select_and_show((start + step) % count if start >= 0 or step > 0 else count - 1)

    def _select_and_show(self, row: int) -> None:
        self.select(row)
        assert self._draft is not None
        if tools.is_located(self._draft.pose, row):
            self._canvas.reveal(*self._draft.pose.points[row].tolist())

    def _show_mode(self) -> None:
        draft = self._draft
        waiting = draft is not None and self._row >= 0 and not tools.is_located(draft.pose, self._row)
        self._canvas.set_placing(self._placement is not None or waiting)
        if self._placement is not None:
            self.hint.emit(self._placement.prompt())
        elif waiting and draft is not None:
            self.hint.emit(tools.place_prompt(draft.pose, self._row))
        else:
            self.hint.emit("")
        self.mode_changed.emit()

    # ---- drag and nudge ------------------------------------------------------------------------------------------

    def _on_dragged(self, row: int, x: float, y: float) -> None:
        self._goal = (row, x, y)
        self._soon.start()

    def _apply_goal(self) -> None:
        if self._goal is None or self._draft is None:
            return
        row, x, y = self._goal
        self._goal = None
        self._draft.preview(edits.move(self._draft.snapshot.pose, row, (x, y)))

    def _on_dropped(self, row: int) -> None:
        self._apply_goal()
        if self._draft is not None:
            self._draft.commit_preview(f"Move {row_words(self._draft.pose, row)}")

    def _on_cancelled(self) -> None:
        self._goal = None
        if self._draft is not None:
            self._draft.drop_preview()

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected joint by image pixels; one step for as long as the key is held."""
        draft = self._draft
        if draft is None or self._row < 0 or not tools.is_located(draft.pose, self._row):
            if dx and self._placement is None:
                self.navigate.emit(1 if dx > 0 else -1)
            return
        x, y = draft.pose.points[self._row].tolist()
        draft.preview(edits.move(draft.pose, self._row, (x + dx, y + dy)))

    def end_nudge(self) -> None:
        """Commit what the arrow keys did."""
        if self._draft is not None and self._row >= 0 and self._placement is None:
            self._draft.commit_preview(f"Nudge {row_words(self._draft.pose, self._row)}")

    # ---- states --------------------------------------------------------------------------------------------------

    def set_state(self, state: JointState) -> None:
        """Give the selected joint a state; one without a place must be placed first."""
        draft = self._draft
        if draft is None or self._row < 0:
            return
        if state != JointState.ABSENT and not tools.is_located(draft.pose, self._row):
            self.hint.emit(tools.place_prompt(draft.pose, self._row))
            return
        self._commit(edits.set_state(draft.snapshot.pose, self._row, state), state.name.lower().replace("_", "-"))

    def cycle_state(self, row: int) -> None:
        """Go to a joint's next state."""
        if self._draft is not None and self._placement is None:
            self.select(row)
            self.set_state(tools.next_state(JointState(int(self._draft.pose.states[row]))))

    def delete_point(self) -> None:
        """Take the selected joint's place away, or the last click of a new digit."""
        if self._placement is not None:
            assert self._draft is not None
            self._draft.preview(self._placement.take_back())
            self._show_mode()
        elif self._draft is not None and self._row >= 0:
            self._commit(edits.set_state(self._draft.snapshot.pose, self._row, JointState.UNLABELLED), "deleted")

    def _commit(self, pose: HandPose, word: str) -> None:
        assert self._draft is not None
        name = row_words(self._draft.pose, self._row)
        self._draft.edit(pose, f"{name[0].upper()}{name[1:]} {word}")
        self._show_mode()

    # ---- placing -------------------------------------------------------------------------------------------------

    def add_digit(self) -> None:
        """Begin (or stop) placing a new digit by four clicks."""
        draft = self._draft
        if draft is None:
            return
        if self._placement is not None:
            self.finish()
            return
        self.select(-1)
        self._placement = DigitPlacement(draft.snapshot.pose, draft.next_digit_id())
        self._show_mode()

    def _on_placed(self, x: float, y: float) -> None:
        draft, placement = self._draft, self._placement
        if draft is None:
            return
        if placement is None:
            row = self._row
            draft.edit(edits.move(draft.snapshot.pose, row, (x, y)), f"Place {row_words(draft.pose, row)}")
            follower = tools.next_unlocated(draft.pose, row)
            self.select(follower if follower >= 0 else row)
            return
        draft.preview(placement.place(x, y))
        if placement.is_complete:
            self._placement = None
            draft.commit_preview(f"Add {placement.kind.name.lower()} digit")
        self._show_mode()

    def escape(self) -> None:
        """Stop placing, or clear the selection."""
        if self._placement is not None:
            self.finish()
        else:
            self.select(-1)
