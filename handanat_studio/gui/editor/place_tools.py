"""Tools that put a joint where the mouse is: a joint that waits for its place, a new digit, and quick relocation.

Pressing shows the joint, dragging refines it, letting go makes it a step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.gui.editor.tool import Modifiers, Tool
from handanat_studio.hand import edits
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.editor.draft import Draft
    from handanat_studio.gui.editor.editing import Editing


class JointTool(Tool, ABC):
    """Puts the selected joint where the mouse is.

    Args:
        editing: whose selected joint it is.
    """

    def __init__(self, editing: Editing) -> None:
        self.editing = editing
        self._is_held = False

    @property
    def draft(self) -> Draft | None:
        """The hand that is open."""
        return self.editing.draft

    def leave(self) -> None:
        self._is_held = False

    def chosen(self, row: int) -> bool:
        """Keep the joint while it is held."""
        return self._is_held

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        if self.draft is None or self.editing.row < 0:
            return False
        self._is_held = True
        self.drag(at, modifiers)
        return True

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        draft, row = self.draft, self.editing.row
        if self._is_held and draft is not None:
            self.editing.preview_soon(lambda: edits.move(draft.snapshot.pose, row, (at.x(), at.y())))

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        draft, row = self.draft, self.editing.row
        if not self._is_held or draft is None:
            return
        self._is_held = False
        self.editing.preview_now()
        word = "Move" if tools.is_located(draft.snapshot.pose, row) else "Place"
        draft.commit_preview(f"{word} {row_words(draft.pose, row)}")
        self.placed(row)

    def escape(self) -> bool:
        was_held, self._is_held = self._is_held, False
        if was_held:
            self.editing.drop_preview()
        return was_held

    @abstractmethod
    def placed(self, row: int) -> None:
        """A joint has been placed; choose what is next."""


class PlaceJoint(JointTool):
    """In force by itself while the selected joint has no place."""

    def prompt(self) -> str:
        """Name the joint that waits."""
        return "" if self.draft is None else tools.place_prompt(self.draft.pose, self.editing.row)

    def placed(self, row: int) -> None:
        """Go on to the next joint that waits."""
        assert self.draft is not None
        follower = tools.next_unlocated(self.draft.pose, row)
        self.editing.select(follower if follower >= 0 else row)


class Quick(JointTool):
    """A click anywhere moves the selected joint there."""

    stays = True

    def prompt(self) -> str:
        """Name the joint that a click moves."""
        draft, row = self.draft, self.editing.row
        if draft is None or not 0 <= row < len(draft.pose.points):
            return "Quick: choose a joint by Tab or 0 to 6; a click then moves it there. Esc ends."
        return f"Quick: a click moves the {row_words(draft.pose, row)} there. Tab goes to the next joint, Esc ends."

    def placed(self, row: int) -> None:
        """Keep the joint, for another try."""
        self.editing.show_mode()


class AddDigit(Tool):
    """Four clicks, base to tip, add a digit in one step.

    Args:
        editing: with the hand that grows.
    """

    def __init__(self, editing: Editing) -> None:
        assert editing.draft is not None
        self._editing = editing
        self._placement = tools.DigitPlacement(editing.draft.snapshot.pose, editing.draft.next_digit_id())
        self._is_held = False

    def prompt(self) -> str:
        """Name the joint of the new digit that comes next."""
        return self._placement.prompt()

    def chosen(self, row: int) -> bool:
        """Keep the selection: the joints that are clicked are nobody's yet."""
        return True

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        self._show(self._placement.place(at.x(), at.y()))
        self._is_held = True
        return True

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        self._placement.take_back()
        self._show(self._placement.place(at.x(), at.y()))

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        self._is_held = False
        if self._placement.is_complete:
            self._editing.done(self._placement.pose(), f"Add {self._placement.kind.name.lower()} digit")
        else:
            self._editing.show_mode()

    def take_back(self) -> bool:
        self._show(self._placement.take_back())
        return True

    def escape(self) -> bool:
        """Take back the click that is held; otherwise the digit is given up."""
        was_held, self._is_held = self._is_held, False
        if was_held:
            self._show(self._placement.take_back())
        return was_held

    def refreshed(self) -> None:
        """Show the half digit again after a verdict or a note; another pose ends it."""
        draft = self._editing.draft
        assert draft is not None
        if draft.snapshot.pose != self._placement.base:
            self._editing.done(None)
        elif not self._placement.is_empty:
            self._show(self._placement.pose())

    def _show(self, pose: HandPose) -> None:
        assert self._editing.draft is not None
        self._editing.draft.preview(pose)
