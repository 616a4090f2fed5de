"""What can be done to the topology of the open hand: digits go, come, fuse, fork, grow, shrink and change names.

Every deed is one step; those that need a second place or digit begin a tool.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from handanat_studio.gui.editor import tools
from handanat_studio.gui.editor.digit_menu import digit_words, fork_tip, swapped_names
from handanat_studio.gui.editor.digit_tools import Extent, FuseDrag, PickDigit, PointTo
from handanat_studio.gui.editor.editing import Editing
from handanat_studio.gui.editor.extent_card import ExtentCard
from handanat_studio.gui.editor.joint_angles import digit_of_row
from handanat_studio.hand import edits
from handanat_studio.hand.phalanges import grafts_on, trunk_of
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose


class Topology:
    """Acts on the digit of the selected joint.

    Args:
        editing: with the open hand.
    """

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self.card = ExtentCard(editing.canvas)
        self.card.escaped.connect(editing.escape)
        editing.canvas.add_gesture(FuseDrag(editing, self._ask_extent))

    # ---- what is chosen ------------------------------------------------------------------------------------------

    @property
    def digit_id(self) -> int | None:
        """The digit of the selected joint, None = none."""
        draft, row = self._editing.draft, self._editing.row
        if draft is None or not 0 <= row < len(draft.snapshot.pose.points):
            return None
        return digit_of_row(draft.snapshot.pose, row)

    @property
    def _pose(self) -> HandPose:
        assert self._editing.draft is not None
        return self._editing.draft.snapshot.pose

    def why_no_digit(self) -> str:
        """Say why there is no digit to work on, "" if there is."""
        return "" if self.digit_id is not None else "Choose a joint of the digit first."

    def why_no_pair(self) -> str:
        """Say why the digit cannot be paired with another, "" if it can."""
        return self.why_no_digit() or ("" if self._pose.digit_count > 1 else "The hand has only one digit.")

    def why_no_fusion(self) -> str:
        """Say why nothing can be unfused, "" if something can."""
        return self.why_no_digit() or ("" if self._fused() else "This digit is not fused with another.")

    def why_no_fork(self) -> str:
        """Say why the digit cannot fork at the selected joint, "" if it can."""
        if self.digit_id is None or fork_tip(self._pose, self._editing.row) is None:
            return "Choose a placed joint below a fingertip first."
        return ""

    def why_no_branch(self) -> str:
        """Say why no fork can be taken back, "" if one can."""
        return self.why_no_digit() or ("" if self._branch() is not None else "This digit has no fork.")

    def why_no_cut(self) -> str:
        """Say why the digit cannot be cut at the selected joint, "" if it can."""
        reason = self.why_no_digit()
        if not reason and self._pose.states[self._editing.row] == JointState.ABSENT:
            return "This joint is absent already."
        return reason

    def why_no_graft(self) -> str:
        """Say why the digit cannot grow, "" if it can."""
        reason = self.why_no_digit()
        return reason or ("" if self._graft_start() is not None else "Place the digit's last joint first.")

    def _fused(self) -> list[int]:
        digit_id = self.digit_id
        pairs = [(f.first_id, f.second_id) for f in self._pose.fusions]
        return [a if b == digit_id else b for a, b in pairs if digit_id in (a, b)]

    def _branch(self) -> int | None:
        """Return the branch that the digit is, else the last that grows out of it."""
        splits, digit_id = self._pose.splits, self.digit_id
        if any(split.branch_id == digit_id for split in splits):
            return digit_id
        return next((split.branch_id for split in reversed(splits) if split.digit_id == digit_id), None)

    def _end(self, action: str, pose: HandPose) -> None:
        self._editing.use(None)
        assert self._editing.draft is not None
        self._editing.draft.edit(pose, action)

    # ---- at once -------------------------------------------------------------------------------------------------

    def remove(self) -> None:
        """Take the digit out of the hand, as if nobody had said that there is one."""
        digit_id = self.digit_id
        if digit_id is not None:
            name = digit_words(self._pose, digit_id)
            pose = edits.remove_digit(self._pose, digit_id)
            self._editing.use(None)
            self._editing.select(-1)
            self._end(f"Remove {name}", pose)

    def toggle_absent(self) -> None:
        """Say that the digit is anatomically absent, or take that back."""
        digit_id = self.digit_id
        if digit_id is None:
            return
        name, rows = digit_words(self._pose, digit_id).capitalize(), edits.digit_rows(self._pose, digit_id)
        if (self._pose.states[rows] == JointState.ABSENT).all():
            pose = edits.set_digit_state(self._pose, digit_id, JointState.UNLABELLED)
            self._commit(pose, f"{name} not absent")
        else:
            self._commit(edits.set_digit_state(self._pose, digit_id, JointState.ABSENT), f"{name} absent")

    def _commit(self, pose: HandPose, action: str) -> None:
        """Commit while a mode that stays goes on, as with a joint's state."""
        assert self._editing.draft is not None
        self._editing.draft.edit(pose, action)
        self._editing.show_mode()

    def set_kind(self, kind: DigitKind) -> None:
        """Change what the digit is."""
        digit_id = self.digit_id
        if digit_id is not None:
            name = digit_words(self._pose, digit_id).capitalize()
            self._commit(edits.relabel_digit(self._pose, digit_id, kind), f"{name} is {kind.name.lower()}")

    def unfuse(self) -> None:
        """Take every fusion of the digit back."""
        digit_id, pose = self.digit_id, self._pose
        if digit_id is not None:
            for other in self._fused():
                pose = edits.unfuse(pose, digit_id, other)
            self._end(f"Unfuse {digit_words(pose, digit_id)}", pose)

    def unsplit(self) -> None:
        """Take the digit's branch off, or the digit itself if it is one."""
        branch = self._branch()
        if branch is not None:
            name, pose = digit_words(self._pose, branch), edits.unsplit(self._pose, branch)
            if branch == self.digit_id:
                self._editing.use(None)
                self._editing.select(-1)
            self._end(f"Take {name} off", pose)

    def cut(self) -> None:
        """Say that the digit ends before the selected joint."""
        digit_id = self.digit_id
        if digit_id is not None:
            level = Level((self._editing.row - 1) % JOINTS_PER_DIGIT)
            name = digit_words(self._pose, digit_id)
            self._end(f"Cut {name}", edits.cut_phalanx(self._pose, digit_id, level))

    # ---- by a tool -----------------------------------------------------------------------------------------------

    def fuse(self) -> None:
        """Choose the digit to fuse with, then how far."""
        self._pick("fuse", self._ask_extent)

    def swap(self) -> None:
        """Choose the digit to swap names with."""
        self._pick("swap", self._swap)

    def _pick(self, verb: str, picked: Callable[[int, int], object]) -> None:
        digit_id = self.digit_id
        if digit_id is not None:
            self._editing.use(PickDigit(self._editing, digit_id, verb, picked))

    def _ask_extent(self, digit_id: int, other_id: int) -> None:
        self._editing.use(Extent(self._editing, digit_id, other_id, self.card))

    def _swap(self, digit_id: int, other_id: int) -> None:
        names = " and ".join(digit_words(self._pose, i) for i in (digit_id, other_id))
        self._editing.done(swapped_names(self._pose, digit_id, other_id), f"Swap {names}")

    def split(self) -> None:
        """Point to where the branch at the selected joint ends."""
        digit_id, row, draft = self.digit_id, self._editing.row, self._editing.draft
        tip = None if draft is None else fork_tip(self._pose, row)
        if digit_id is None or draft is None or tip is None:
            return
        level, name = Level((row - 1) % JOINTS_PER_DIGIT), digit_words(self._pose, digit_id)
        branch_id = draft.next_digit_id()
        self._editing.use(
            PointTo(
                self._editing,
                digit_id,
                prompt=f"Click where the branch of the {name} ends.",
                action=f"Fork {name}",
                make=lambda pose, end: edits.split(pose, digit_id, level, end, branch_id=branch_id),
                start=tip,
            )
        )

    def graft(self) -> None:
        """Point to where the digit's new phalanx ends."""
        digit_id, draft = self.digit_id, self._editing.draft
        start = None if draft is None else self._graft_start()
        if digit_id is None or draft is None or start is None:
            return
        grown = trunk_of(self._pose, digit_id)
        name, branch_id = digit_words(self._pose, grown), draft.next_digit_id()
        self._editing.use(
            PointTo(
                self._editing,
                grown,
                prompt=f"Click where the new phalanx of the {name} ends.",
                action=f"Graft {name}",
                make=partial(_grafted, digit_id=grown, branch_id=branch_id),
                start=start,
            )
        )

    def _graft_start(self) -> tuple[float, float] | None:
        """Return a place for a new end: as far beyond the last joint as that is beyond the one before."""
        digit_id = self.digit_id
        if digit_id is None:
            return None
        pose, trunk = self._pose, trunk_of(self._pose, digit_id)
        rows = edits.digit_rows(pose, trunk)
        chain = [row for row in range(rows.start, rows.stop) if pose.states[row] != JointState.ABSENT]
        chain += [edits.digit_rows(pose, graft).stop - 1 for graft in grafts_on(pose, trunk)]
        if not chain or not tools.is_located(pose, chain[-1]):
            return None
        last = pose.points[chain[-1]].astype(np.float64)
        before = pose.points[chain[-2] if len(chain) > 1 else 0].astype(np.float64)
        x, y = (last + (last - before if np.isfinite(before).all() else 0.0)).tolist()
        return x, y


def _grafted(pose: HandPose, end: tuple[float, float], *, digit_id: int, branch_id: int) -> HandPose:
    return edits.graft_phalanx(pose, digit_id, end, branch_id=branch_id)
