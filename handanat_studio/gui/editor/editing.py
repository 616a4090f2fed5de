"""What mouse and keys mean on the open hand: selection, drag, nudge, states, tools. From canvas signals to edits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.gui.editor.place_tools import AddDigit, PlaceJoint
from handanat_studio.gui.editor.tool import Tool
from handanat_studio.hand import edits
from handanat_studio.hand.topology import WRIST, DigitKind, JointState
from handanat_studio.hand.values import HandPose


class Editing(QObject):
    """Edits one draft at a time.

    Signals:
        selected(row): another joint is selected, -1 = none.
        hint(str): what to do next, "" = nothing.
        navigate(int): arrows without a selection ask for the hand before or after.
        mode_changed(): another tool, or the tool says something else.
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
        self._part: tuple[int | None, int] = (None, 0)
        self._goal: Callable[[], HandPose] | None = None
        self._is_nudging = False
        self._tool: Tool | None = None
        self._waiting = PlaceJoint(self)
        # Mouse moves that arrive together are worth one judgement: the last one.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._wire()

    def _wire(self) -> None:
        canvas = self._canvas
        self._soon.timeout.connect(self.preview_now)
        canvas.joint_pressed.connect(self.select)
        canvas.joint_dragged.connect(self._on_dragged)
        canvas.joint_dropped.connect(self._on_dropped)
        canvas.drag_cancelled.connect(self.drop_preview)
        canvas.joint_context.connect(self.cycle_state)
        canvas.empty_pressed.connect(lambda: self.select(-1))
        canvas.tabbed.connect(self.step_joint)
        canvas.nudged.connect(self.nudge)
        canvas.nudge_ended.connect(self.end_nudge)
        canvas.escaped.connect(self.escape)

    # ---- what is open --------------------------------------------------------------------------------------------

    @property
    def canvas(self) -> Canvas:
        """Where it is edited."""
        return self._canvas

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
        return isinstance(self._tool, AddDigit)

    def open(self, draft: Draft | None) -> None:
        """Edit another draft; what was half done on the one before is dropped, what was committed stays.

        A mode that stays goes on at the next `resume`.
        """
        self.finish()
        self._draft = draft
        self._row = -1
        self.show_mode()
        self.selected.emit(-1)

    def resume(self) -> None:
        """Let the mode that stayed go on with the hand that is open and shown now."""
        if self._tool is not None:
            self._tool.resume()
            self.show_mode()

    def finish(self) -> None:
        """End what is under way: a drag, a placement. Only what is whole already becomes a step."""
        self._is_nudging = False
        tool = self._tool
        if tool is not None:
            if not tool.stays:
                self._tool = None
            tool.leave()
        self.drop_preview()
        self.show_mode()

    def check(self) -> None:
        """After a step: keep the selection on its joint, wherever its row has gone, and tell the tool."""
        if self._draft is not None and self._row >= 0:
            row = tools.row_of_part(self._draft.snapshot.pose, self._part)
            if row != self._row:
                self._row = row
                self.selected.emit(row)
        if self._tool is not None:
            self._tool.refreshed()
        if self._tool is not None or self._canvas.tool is not self._tool_now():
            self.show_mode()

    # ---- tools ---------------------------------------------------------------------------------------------------

    @property
    def tool(self) -> Tool | None:
        """The chosen tool, None = joints are selected and dragged."""
        return self._tool

    def use(self, tool: Tool | None) -> None:
        """Choose another tool; the one before keeps what is whole."""
        before, self._tool = self._tool, None
        self._is_nudging = False
        if before is not None:
            before.leave()
        self.drop_preview()
        self._tool = tool
        if tool is not None:
            tool.begin()
        self.show_mode()

    def toggle(self, tool: Tool) -> None:
        """Choose a tool, or put it away if it is chosen."""
        self.use(None if self._tool is tool else tool)

    def done(self, pose: HandPose | None, action: str = "") -> None:
        """End the chosen tool with its result as one step; None = without a trace."""
        self._tool = None
        self.drop_preview()
        if self._draft is not None and pose is not None:
            self._draft.edit(pose, action)
        self.show_mode()

    def show_mode(self) -> None:
        """Say anew what the next click does."""
        tool = self._tool_now()
        self._canvas.set_tool(tool)
        self.hint.emit("" if tool is None else tool.prompt())
        self.mode_changed.emit()

    def _tool_now(self) -> Tool | None:
        draft = self._draft
        waits = draft is not None and self._row >= 0 and not tools.is_located(draft.pose, self._row)
        return self._tool or (self._waiting if waits else None)

    # ---- selection -----------------------------------------------------------------------------------------------

    def select(self, row: int) -> None:
        """Select a joint, -1 = none. One without a place waits for a click."""
        if self._tool is not None and self._tool.chosen(row):
            return
        self._row = row
        if self._draft is not None and row >= 0:
            self._part = tools.part_of_row(self._draft.pose, row)
        self.show_mode()
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
            count = len(self._draft.snapshot.pose.points)
            start = -1 if self._row < 0 and step > 0 else self._row
            self._select_and_show((start + step) % count if start >= 0 or step > 0 else count - 1)

    def _select_and_show(self, row: int) -> None:
        self.select(row)
        assert self._draft is not None
        if tools.is_located(self._draft.pose, row):
            self._canvas.reveal(*self._draft.pose.points[row].tolist())

    # ---- drag and nudge ------------------------------------------------------------------------------------------

    def preview_soon(self, make: Callable[[], HandPose]) -> None:
        """Show what `make` returns when the event loop has a moment; of several, only the last."""
        self._goal = make
        self._soon.start()

    def preview_now(self) -> None:
        """Show what `preview_soon` was told last."""
        make, self._goal = self._goal, None
        if make is not None and self._draft is not None:
            self._draft.preview(make())

    def drop_preview(self) -> None:
        """Go back to the committed pose."""
        self._goal = None
        if self._draft is not None:
            self._draft.drop_preview()

    def _on_dragged(self, row: int, x: float, y: float) -> None:
        draft = self._draft
        if draft is not None:
            self.preview_soon(lambda: edits.move(draft.snapshot.pose, row, (x, y)))

    def _on_dropped(self, row: int) -> None:
        self.preview_now()
        if self._draft is not None:
            self._draft.commit_preview(f"Move {row_words(self._draft.pose, row)}")

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected joint by image pixels; one step for as long as the key is held."""
        draft = self._draft
        if self._tool is not None and not self._tool.stays:
            return
        if draft is None or self._row < 0 or not tools.is_located(draft.pose, self._row):
            if dx:
                self.navigate.emit(1 if dx > 0 else -1)
            return
        self._is_nudging = True
        x, y = draft.pose.points[self._row].tolist()
        draft.preview(edits.move(draft.pose, self._row, (x + dx, y + dy)))

    def end_nudge(self) -> None:
        """Commit what the arrow keys did."""
        was_nudging, self._is_nudging = self._is_nudging, False
        if was_nudging and self._draft is not None and self._row >= 0:
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
        if self._draft is not None and not self.is_adding_digit:
            self.select(row)
            self.set_state(tools.next_state(JointState(int(self._draft.pose.states[row]))))

    def delete_point(self) -> None:
        """Take the selected joint's place away, or the tool's last click."""
        if self._tool is not None and self._tool.take_back():
            self.show_mode()
        elif self._draft is not None and self._row >= 0:
            self._commit(edits.set_state(self._draft.snapshot.pose, self._row, JointState.UNLABELLED), "deleted")

    def _commit(self, pose: HandPose, word: str) -> None:
        assert self._draft is not None
        name = row_words(self._draft.pose, self._row)
        self._draft.edit(pose, f"{name[0].upper()}{name[1:]} {word}")
        self.show_mode()

    # ---- placing -------------------------------------------------------------------------------------------------

    def add_digit(self) -> None:
        """Begin (or stop) placing a new digit by four clicks."""
        if self.is_adding_digit:
            self.finish()
        elif self._draft is not None:
            self.use(None)
            self.select(-1)
            self.use(AddDigit(self))

    def escape(self) -> None:
        """Give up what the tool is in the middle of, put the tool away, or clear the selection."""
        tool = self._tool
        if tool is not None and tool.escape():
            self.drop_preview()
            self.show_mode()
        elif tool is not None:
            self.done(None)
        else:
            self.select(-1)
