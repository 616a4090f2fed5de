"""One joint on many hands: the same joint is placed or confirmed on hand after hand of the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.gui.editor.place_tools import JointTool
from handanat_studio.gui.editor.tool import Modifiers
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, DigitKind, joint_name
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.editor.editing import Editing

CONFIRM = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class JointAddress:
    """A joint by what it is, so that it can be found on any hand.

    Attributes:
        kind: of its digit, None = the wrist.
        nth: which of the hand's digits of that kind, from 0.
        level: in its digit.
    """

    kind: DigitKind | None
    nth: int = 0
    level: int = 0

    @property
    def words(self) -> str:
        """Its name inside a sentence."""
        if self.kind is None:
            return "wrist"
        words = part_words(joint_name(self.kind, self.level))
        return f"{words[0].lower()}{words[1:]}" + (f" of extra digit {self.nth + 1}" if self.nth else "")


def address_of(pose: HandPose, row: int) -> JointAddress:
    """Return a joint's address."""
    if row == WRIST:
        return JointAddress(None)
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    kind = DigitKind(int(pose.digit_kind[place]))
    return JointAddress(kind, tools.digit_rows_of_kind(pose, kind).index(row) // JOINTS_PER_DIGIT, level)


def row_at(pose: HandPose, address: JointAddress) -> int:
    """Return the joint at an address, -1 if the hand has none."""
    if address.kind is None:
        return WRIST
    rows = tools.digit_rows_of_kind(pose, address.kind)
    place = address.nth * JOINTS_PER_DIGIT + address.level
    return rows[place] if place < len(rows) else -1


class JointWalk(JointTool):
    """A click places the joint and goes to the next hand; Return goes on and leaves it as it is.

    Args:
        editing: with the hand and the joint to begin with.
        can_go_on: whether there is a next hand.
        go_on: opens it.
    """

    stays = True

    def __init__(self, editing: Editing, can_go_on: Callable[[], bool], go_on: Callable[[], object]) -> None:
        super().__init__(editing)
        self._can_go_on, self._go_on = can_go_on, go_on
        self._address = JointAddress(None)
        self._is_between = False

    def begin(self) -> None:
        """Take the selected joint."""
        assert self.draft is not None
        self._is_between = False
        self._address = address_of(self.draft.pose, max(self.editing.row, WRIST))

    def prompt(self) -> str:
        """Name the joint that is looked for."""
        draft = self.draft
        if draft is None or row_at(draft.pose, self._address) < 0:
            return f"No {self._address.words} here. Return goes on to the next hand, Esc ends."
        return f"Click the {self._address.words}; the next hand follows. Return keeps it, Esc ends."

    def resume(self) -> None:
        """Select the joint on the hand that has come."""
        self._is_between = False
        if self.draft is not None:
            row = row_at(self.draft.pose, self._address)
            if row >= 0:
                self.editing.select(row)

    def chosen(self, row: int) -> bool:
        """Walk with whichever joint is chosen."""
        if self._is_held or row < 0:
            return True
        if self.draft is not None:
            self._address = address_of(self.draft.pose, row)
        return False

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """Take no click while the next hand is on its way."""
        return True if self._is_between else super().press(at, modifiers)

    def placed(self, row: int) -> None:
        """Go to the next hand."""
        self._step()

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        return key in CONFIRM and not modifiers & ~Modifiers.KeypadModifier

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        if not self.wants(key, modifiers):
            return False
        if not self._is_between and not self._is_held:
            self._step()
        return True

    def _step(self) -> None:
        if self._can_go_on():
            self._is_between = True
            self._go_on()
        else:
            self.editing.use(None)
            self.editing.hint.emit("That was the last hand of the queue.")
