"""The checklist of guided placement: how far each joint of the hand is, and the mode's keys as buttons."""

from __future__ import annotations

from collections.abc import Set
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.digit_menu import digit_words
from handanat_studio.gui.editor.floating_card import FloatingCard
from handanat_studio.gui.editor.guided import asked_rows
from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.gui.theme import S4, S8, S12, font, style_as
from handanat_studio.hand.phalanges import graft_ids
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, JointState
from handanat_studio.hand.values import HandPose

CELL_PX = 26
DONE, SKIPPED, ABSENT, WAITING = "placed", "skipped", "absent", "waiting"
ICONS = {DONE: "check", SKIPPED: "skip", ABSENT: "joint-absent", WAITING: "joint-waiting"}


def joint_progress(pose: HandPose, row: int, skipped: Set[int]) -> str:
    """Return how far a joint is: `DONE`, `SKIPPED`, `ABSENT` or `WAITING`."""
    if pose.states[row] == JointState.ABSENT:
        return ABSENT
    if tools.is_located(pose, row):
        return DONE
    return SKIPPED if row in skipped else WAITING


class GuidedCard(FloatingCard):
    """Shows the checklist; a click on a joint goes there.

    Signals:
        chosen(int): a joint was clicked.
        skip_pressed(), back_pressed(), end_pressed().

    Args:
        over: the canvas.
    """

    chosen = Signal(int)
    skip_pressed = Signal()
    back_pressed = Signal()
    end_pressed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._shape: tuple[object, ...] = ()
        self._count = QLabel()
        self._grid = QGridLayout()
        self._names: list[QLabel] = []
        self.cells: dict[int, QToolButton] = {}
        self.skip_button = QPushButton("Skip  .")
        self.setAccessibleName("Checklist of the joints")
        self._lay_out()

    def _lay_out(self) -> None:
        title = QLabel("Joint by joint")
        title.setFont(font("body", bold=True))
        self._count.setFont(font("caption", tabular=True))
        style_as(self._count, quiet="true")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._count)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(0, 1)
        foot.setSpacing(S4)
        back, end = QPushButton("Back  ,"), QPushButton("End")
        for button, signal, words in (
            (back, self.back_pressed, "Back to the joint before"),
            (self.skip_button, self.skip_pressed, "Skip this joint"),
            (end, self.end_pressed, "End guided placement"),
        ):
            style_as(button, kind="link")
            button.setAccessibleName(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            foot.addWidget(button)
        self.escaped.connect(self.end_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(S12, S8, S8, S8)
        column.setSpacing(S8)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addLayout(foot)

    def show_progress(self, pose: HandPose, row: int, skipped: Set[int], *, is_again: bool) -> None:
        """Show how far each joint is.

        Args:
            pose: the hand.
            row: the joint that is asked for now, -1 = none.
            skipped: joints left for later.
            is_again: placed joints are gone through once more.
        """
        shape = (pose.digit_id.tobytes(), pose.digit_kind.tobytes(), pose.splits)
        if shape != self._shape:
            self._shape = shape
            self._build(pose)
        for place, cell in self.cells.items():
            how = joint_progress(pose, place, skipped)
            words = part_words(pose.row_name(place))
            now = place == row
            cell.setIcon(icons.icon(ICONS[how], "" if how == DONE else "text" if now else "secondary"))
            cell.setChecked(now)
            cell.setToolTip(f"{words}: {'now, ' if now else ''}{how}")
            cell.setAccessibleName(f"{words}, {'now, ' if now else ''}{how}")
        asked = asked_rows(pose)
        done = sum(tools.is_located(pose, place) for place in asked)
        self._count.setText(f"{done} of {len(asked)}")
        self.skip_button.setText("Keep  ." if is_again else "Skip  .")
        if self.isHidden():
            self.show_at(None)

    def _build(self, pose: HandPose) -> None:
        for widget in (*self._names, *self.cells.values()):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._names, self.cells = [], {}
        self._add_row("Wrist", {1: WRIST})
        grafts = graft_ids(pose)
        for place, digit_id in enumerate(pose.digit_id.tolist()):
            first = 1 + JOINTS_PER_DIGIT * place
            levels = range(JOINTS_PER_DIGIT)
            if digit_id in grafts:
                self._add_row("Surplus", {JOINTS_PER_DIGIT: first + JOINTS_PER_DIGIT - 1})
            else:
                self._add_row(digit_words(pose, digit_id).capitalize(), {1 + level: first + level for level in levels})
        if not self.isHidden():
            self.adjustSize()
            self.place()

    def _add_row(self, name: str, rows: dict[int, int]) -> None:
        label = QLabel(name)
        label.setFont(font("caption"))
        label.setMinimumWidth(CELL_PX * 2)
        line = len(self._names)
        self._grid.addWidget(label, line, 0)
        self._names.append(label)
        for column, row in rows.items():
            cell = QToolButton()
            cell.setFixedSize(CELL_PX, CELL_PX)
            cell.setIconSize(QSize(16, 16))
            cell.setCheckable(True)
            cell.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            cell.clicked.connect(partial(self.chosen.emit, row))
            self._grid.addWidget(cell, line, column)
            self.cells[row] = cell
