"""Asks for a reason or a comment, at the joint that is chosen, and sends what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.hand.annotation import ACCEPTED, SUBMITTED

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage

RETURN, COMMENT, WHY = "return", "comment", "why"


class Asking:
    """Opens the card and acts on its answer.

    Args:
        page: gives the case, the selection and the card.
    """

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        self._kind = RETURN
        page.desk.card.sent.connect(self._on_sent)
        page.desk.card.closed.connect(page.canvas.setFocus)

    def returnable(self) -> dict[str, int]:
        """Return letter -> revision of what could go back to its annotator."""
        voices = self._page.case.voices if self._page.case is not None else ()
        return {v.letter: v.annotation.id for v in voices if v.submission.stage in (SUBMITTED, ACCEPTED)}

    def ask_reason(self) -> None:
        """Ask why the hand goes back, and to whom where there are several."""
        self._kind = RETURN
        self._page.desk.ask_return(self._place(), "".join(self.returnable()))

    def ask_comment(self) -> None:
        """Ask for a comment."""
        self._kind = COMMENT
        self._page.desk.ask_comment(self._place())

    def ask_why(self, against: str) -> None:
        """Ask why a result stands although it contradicts itself; the answer becomes its note.

        Args:
            against: what does not fit together.
        """
        self._kind = WHY
        self._page.desk.ask_why(against)

    def _part(self) -> str:
        row, pose = self._page.editing.row, self._page.show_case.pose
        return "" if pose is None or not 0 <= row < len(pose.points) else pose.row_name(row)

    def _place(self) -> str:
        row, pose = self._page.editing.row, self._page.show_case.pose
        if pose is None or not 0 <= row < len(pose.points):
            return "About the whole hand. Choose a joint first to show it there."
        return f"About the {row_words(pose, row)}."

    def _on_sent(self, text: str, letters: str) -> None:
        case = self._page.case
        if case is None:
            return
        if self._kind == WHY and self._page.draft is not None:
            self._page.draft.set_note(text)
            self._page.ruling.finish()
            return
        if self._kind == COMMENT:
            self._page.deeds.comment(case, text, self._part())
            self._page.canvas.setFocus()
            return
        open_to = self.returnable()
        self._page.deeds.give_back(
            case, [open_to[letter] for letter in letters if letter in open_to], text, self._part()
        )
        self._page.ruling.go_on()
