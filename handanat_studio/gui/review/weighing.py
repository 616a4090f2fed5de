"""Walks the differences of an adjudication and takes a side on each: what J, K, the brackets, M and backslash do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.review.case import difference_title
from handanat_studio.gui.review.decision import Decision, row_of
from handanat_studio.hand.differences import Difference

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage


class Weighing:
    """Acts on the adjudication that is open.

    Args:
        page: gives draft, canvas and what is shown.
    """

    def __init__(self, page: ReviewPage) -> None:
        self._page = page

    def step(self, by: int) -> None:
        """Put the difference that many places on in question; after the last comes the first."""
        count = len(self._page.case.differences) if self._page.case is not None else 0
        if count:
            self.go_to((self._page.show_case.place + by) % count)

    def go_to(self, place: int) -> None:
        """Put a difference in question: the canvas shows it, keys act on its joint."""
        page = self._page
        page.show_case.go_to(place)
        difference, pose = page.show_case.difference, page.show_case.pose
        if difference is not None and pose is not None:
            page.editing.select(row_of(pose, difference))
            page.desk.panel.differences.set_current(place)

    def take(self, side: int) -> None:
        """Take one side of the difference in question."""
        draft, difference = self._in_question()
        if draft is not None and difference is not None:
            draft.take(difference, side)
            self._mark()

    def take_mean(self) -> None:
        """Take the middle between the two sides."""
        draft, difference = self._in_question()
        if draft is not None and difference is not None:
            draft.take_mean(difference)
            self._mark()

    def keep_mine(self) -> None:
        """Say that the result is right as it stands."""
        draft, difference = self._in_question()
        if draft is not None and difference is not None:
            draft.stand_by(difference)
            self._mark()

    def take_all(self, side: int) -> None:
        """Take one side of every difference."""
        draft, _ = self._in_question()
        if draft is not None:
            draft.take_all(side)
            self._mark()

    def change_pair(self, side: int) -> None:
        """Compare another voice; what was decided so far stays."""
        page = self._page
        if page.case is not None:
            page.compare(page.case.next_pair(side))

    def word(self) -> str:
        """Return what is in question, "" = nothing."""
        difference = self._page.show_case.difference
        return "" if difference is None else difference_title(difference)

    def _in_question(self) -> tuple[Decision | None, Difference | None]:
        page = self._page
        page.editing.finish()
        is_deciding = page.draft is not None and page.draft.is_adjudication
        return (page.draft if is_deciding else None), page.show_case.difference

    def _mark(self) -> None:
        """Keep the selection on the joint in question, also where taking a side made it appear."""
        difference, pose = self._page.show_case.difference, self._page.show_case.pose
        if difference is not None and pose is not None:
            self._page.editing.select(row_of(pose, difference))
