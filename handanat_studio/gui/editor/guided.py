"""Guided placement: one joint after the other is asked for, wrist to last tip; each click is one step."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.gui.editor.place_tools import JointTool
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.editor.editing import Editing

NOBODY: frozenset[int] = frozenset()


def asked_rows(pose: HandPose) -> list[int]:
    """Return the joints that are asked for, in order: all but the absent ones."""
    return [row for row in range(len(pose.points)) if pose.states[row] != JointState.ABSENT]


def waiting_rows(pose: HandPose) -> list[int]:
    """Return the joints that have no place yet and are not absent, in order."""
    return [row for row in asked_rows(pose) if not tools.is_located(pose, row)]


def row_after(pose: HandPose, row: int, *, skipped: Set[int] = NOBODY, again: bool = False) -> int:
    """Return which joint comes after `row`, -1 if none is left.

    Args:
        pose: the hand.
        row: the joint now, -1 = before the first.
        skipped: joints that are passed over.
        again: every joint is gone through once more, placed ones too; nothing is left after the last.
    """
    if again:
        return next((other for other in asked_rows(pose) if other > row and other not in skipped), -1)
    left = [other for other in waiting_rows(pose) if other not in skipped and other != row]
    return next((other for other in left if other > row), left[0] if left else -1)


def row_before(pose: HandPose, row: int) -> int:
    """Return which joint comes before `row`, -1 if it is the first."""
    return max((other for other in asked_rows(pose) if other < row), default=-1)


class Guided(JointTool):
    """Asks for joint after joint. It goes on where it stopped; a hand with every joint placed is gone through again.

    Args:
        editing: with the hand that is placed.
    """

    stays = True

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._skipped: dict[int, set[int]] = {}
        self._again = False
        self._left: frozenset[int] = NOBODY

    @property
    def skipped(self) -> set[int]:
        """The joints of the open hand that were skipped."""
        return set() if self.draft is None else self._skipped.setdefault(self.draft.hand_id, set())

    @property
    def is_again(self) -> bool:
        """Whether placed joints are gone through once more."""
        return self._again

    def prompt(self) -> str:
        """Name the joint that the next click places, and how far the hand is."""
        draft, row = self.draft, self.editing.row
        if draft is None:
            return ""
        asked = asked_rows(draft.pose)
        if row not in asked:
            return "Guided placement: choose a joint, or press Esc to end."
        skips, place = ("keeps it" if self._again else "skips"), f"{asked.index(row) + 1} of {len(asked)}"
        return f"Click the {row_words(draft.pose, row)} ({place}). “.” {skips}, “,” goes back, Esc ends."

    def begin(self) -> None:
        """Begin at the selected joint if it waits, else at the first that does."""
        draft = self.draft
        if draft is None:
            return
        waiting = waiting_rows(draft.pose)
        self._again = not waiting
        if not set(waiting) - self.skipped:
            self.skipped.clear()
        first = self.editing.row
        if self._again and first < 0:
            first = row_after(draft.pose, -1, again=True)
        elif not self._again and first not in waiting:
            first = row_after(draft.pose, -1, skipped=self.skipped)
        self._left = frozenset(waiting)
        self.editing.select(first)

    def resume(self) -> None:
        """Go on with a hand that has joints to place; any other ends it, so that no click moves what is right."""
        if self.draft is not None and waiting_rows(self.draft.pose):
            self.begin()
        else:
            self.editing.use(None)

    def chosen(self, row: int) -> bool:
        """Go on from whichever joint is chosen."""
        if not self._is_held:
            self.skipped.discard(row)
        return self._is_held

    def placed(self, row: int) -> None:
        """Ask for the next joint, unless the step itself has led there."""
        if self.editing.tool is self and self.editing.row == row:
            self._go_on()

    def skip(self) -> None:
        """Leave the joint for later."""
        if self.editing.row >= 0 and not self._again:
            self.skipped.add(self.editing.row)
        self._go_on()

    def back(self) -> None:
        """Ask for the joint before once more."""
        draft = self.draft
        if draft is not None:
            row = row_before(draft.pose, self.editing.row if self.editing.row >= 0 else len(draft.pose.points))
            if row >= 0:
                self.editing.select(row)

    def refreshed(self) -> None:
        """Follow what happened to the hand: an undone joint is asked for again, a settled one is not."""
        draft, row = self.draft, self.editing.row
        if draft is None or self._is_held:
            return
        before, self._left = self._left, frozenset(waiting_rows(draft.pose))
        undone = self._left - before - self.skipped
        if undone and not self._again:
            self.editing.select(min(undone))
        elif (row in before and row not in self._left) or _is_absent(draft.pose, row):
            self._go_on()

    def _go_on(self) -> None:
        draft = self.draft
        if draft is None:
            return
        row = row_after(draft.snapshot.pose, self.editing.row, skipped=self.skipped, again=self._again)
        if row >= 0:
            self.editing.select(row)
            return
        count = len(self.skipped & set(waiting_rows(draft.snapshot.pose)))
        self.editing.use(None)
        self.editing.select(-1)
        skipped = f"{count} joint{'s' if count > 1 else ''} skipped. B asks again."
        self.editing.hint.emit(skipped if count else "Every joint has its place.")


def _is_absent(pose: HandPose, row: int) -> bool:
    return 0 <= row < len(pose.points) and bool(pose.states[row] == JointState.ABSENT)
