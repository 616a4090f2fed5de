"""Chooses joints by keys whether or not the hand may be changed: a reason needs its joint also while one only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.editor.tools import digit_rows_of_kind, is_located
from handanat_studio.hand.topology import WRIST, DigitKind

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage


class Choosing:
    """Acts on the pose that is shown.

    Args:
        page: gives pose, selection and canvas.
    """

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        page.canvas.tabbed.connect(self._on_tabbed)

    def digit(self, kind: DigitKind) -> None:
        """Choose a digit's base; again: its next joint, then the next digit of the kind."""
        page = self._page
        if page.draft is not None:
            page.editing.select_digit(kind)
            return
        pose = page.show_case.pose
        rows = [] if pose is None else digit_rows_of_kind(pose, kind)
        if not rows:
            page.desk.hint.say(f"This hand has no {kind.name.lower()} digit.")
            return
        place = rows.index(page.editing.row) + 1 if page.editing.row in rows else 0
        self._choose(rows[place % len(rows)])

    def wrist(self) -> None:
        """Choose the wrist."""
        if self._page.show_case.pose is not None:
            self._choose(WRIST)

    def _on_tabbed(self, step: int) -> None:
        pose, row = self._page.show_case.pose, self._page.editing.row
        # With a draft the editing walks the joints itself.
        if self._page.draft is None and pose is not None:
            count = len(pose.points)
            self._choose((row + step) % count if row >= 0 or step > 0 else count - 1)

    def _choose(self, row: int) -> None:
        page, pose = self._page, self._page.show_case.pose
        page.editing.select(row)
        if pose is not None and is_located(pose, row):
            page.canvas.reveal(*pose.points[row].tolist())
