"""Taking over what the detector predicted, all of it or one digit, and never where a person has placed a joint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.joint_angles import digit_of_row
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand
from handanat_studio.hand.merging import accept_prediction, placed_rows
from handanat_studio.hand.topology import JOINTS_PER_DIGIT
from handanat_studio.hand.values import HandPose
from handanat_studio.workflows.provenance import Deed

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


def placed_by_hand(pose: HandPose, predictions: Sequence[HandPose]) -> frozenset[int]:
    """Return the rows that a person placed or gave a state: no prediction of the hand has them like that."""
    placed = placed_rows(pose, None)
    for predicted in predictions:
        placed &= placed_rows(pose, predicted)
    return placed


def rows_of_digit(pose: HandPose, digit_id: int) -> range:
    """Return the point rows of a digit."""
    start = 1 + JOINTS_PER_DIGIT * pose.digit_index(digit_id)
    return range(start, start + JOINTS_PER_DIGIT)


class Predictions(QObject):
    """Accepts the prediction of the open hand.

    Args:
        page: the page.
    """

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self._draft: Draft | None = None
        self._predicted: tuple[HandPose, ...] = ()
        self._known_pose: HandPose | None = None
        self._known: dict[int | None, HandPose] = {}
        page.editing.selected.connect(lambda _: self.show_choice())
        page.inspector.prediction.all_pressed.connect(self.accept_all)
        page.inspector.prediction.digit_pressed.connect(self.accept_digit)

    def rows(self) -> list[Command]:
        """Return its command rows."""
        return [
            Command(
                "annotate.accept_prediction",
                "Accept all predicted joints",
                self.accept_all,
                "Shift+G",
                when=self._why_not_all,
                scope=SCOPE,
                group="Hand",
                icon="ghost-accept",
            ),
            Command(
                "annotate.accept_digit",
                "Accept the chosen digit's prediction",
                self.accept_digit,
                "Ctrl+G",
                when=self._why_not_digit,
                scope=SCOPE,
                group="Hand",
            ),
        ]

    def open(self, draft: Draft | None) -> None:
        """Follow another hand."""
        if self._draft is not None:
            self._draft.committed.disconnect(self.show_choice)
        self._draft, self._predicted, self._known_pose = draft, (), None
        if draft is not None:
            draft.committed.connect(self.show_choice)
        self.show_choice()

    def learn(self, deeds: Sequence[Deed]) -> None:
        """Take every earlier prediction too: a joint that one of them put there was not placed by hand."""
        found = [deed for deed in deeds if deed.kind == "prediction" and deed.opinion is not None]
        self._predicted = tuple(deed.opinion.pose for deed in found if deed.opinion is not None)
        basis = (self._draft.basis if self._draft is not None else None) or {}
        for deed in found:
            began = (deed.who, deed.version) == (basis.get("detector"), basis.get("version"))
            if began and self._draft is not None and deed.opinion is not None:
                self._draft.judge_against(deed.opinion.pose)
        self.refresh()

    def refresh(self) -> None:
        """Compare anew, as after the detector has run again."""
        self._known_pose = None
        self.show_choice()

    # ---- accepting -----------------------------------------------------------------------------------------------

    def accept_all(self) -> None:
        """Take every predicted joint that nobody placed, as one step."""
        draft = self._draft
        if draft is None:
            return
        pose = self._accepted()
        if pose is None or pose == draft.snapshot.pose:
            draft.affirm("Accepted the prediction")
        else:
            self._page.editing.finish()
            draft.edit(pose, "Accepted the prediction")
        self.show_choice()

    def accept_digit(self) -> None:
        """Take the predicted joints of the chosen digit that nobody placed, as one step."""
        draft, digit_id = self._draft, self._digit()
        if draft is None or digit_id is None:
            return
        pose = self._accepted(digit_id)
        if pose is not None:
            name = self._digit_name(draft.snapshot.pose, digit_id)
            draft.edit(pose, f"Accepted the predicted {name}")

    def _accepted(self, digit_id: int | None = None) -> HandPose | None:
        """Return the pose after accepting, None = nothing was predicted or may be shown."""
        draft = self._draft
        if draft is None or draft.detection is None or draft.is_blind:
            return None
        pose, predicted = draft.snapshot.pose, draft.detection.pose
        if pose == predicted:
            return pose
        if self._known_pose is not pose:
            self._known_pose, self._known = pose, {}
        if digit_id not in self._known:
            placed = placed_by_hand(pose, (predicted, *self._predicted))
            if digit_id is not None:
                placed |= set(range(len(pose.points))) - set(rows_of_digit(pose, digit_id))
            self._known[digit_id] = accept_prediction(pose, predicted, placed=placed)
        return self._known[digit_id]

    def _digit(self) -> int | None:
        draft, row = self._draft, self._page.editing.row
        if draft is None or not 0 < row < len(draft.snapshot.pose.points):
            return None
        return digit_of_row(draft.snapshot.pose, row)

    @staticmethod
    def _digit_name(pose: HandPose, digit_id: int) -> str:
        return pose.row_name(rows_of_digit(pose, digit_id)[0]).partition("_")[0]

    # ---- showing -------------------------------------------------------------------------------------------------

    def show_choice(self) -> None:
        """Say in the inspector what could be accepted."""
        box, draft = self._page.inspector.prediction, self._draft
        if draft is None or self._why_not_all():
            box.show_prediction("", digit="")
            return
        assert draft.detection is not None
        pose, wanted = draft.snapshot.pose, self._accepted()
        source = f"{draft.detection.detector} {draft.detection.version}".strip()
        changed = 0 if wanted is None else changed_joints(pose, wanted)
        words = f"{source} puts {changed} joint{'s' if changed != 1 else ''} elsewhere that nobody placed."
        if not changed:
            words = f"These joints are what {source} predicted; nobody has confirmed them yet."
        digit_id = None if self._why_not_digit() else self._digit()
        box.show_prediction(words, digit="" if digit_id is None else self._digit_name(pose, digit_id))

    def _why_not_all(self) -> str:
        draft = self._draft
        if draft is None:
            return why_no_hand(self._page) or "Open a hand first."
        if draft.is_blind:
            return "Predictions are hidden in a blind round."
        if draft.detection is None:
            return "Nothing was predicted for this hand."
        if self._accepted() == draft.snapshot.pose and (draft.parent_id is not None or not draft.is_settled):
            return "Every joint is the predicted one, or was placed by hand."
        return ""

    def _why_not_digit(self) -> str:
        draft, digit_id = self._draft, self._digit()
        if draft is None or draft.is_blind or draft.detection is None:
            return self._why_not_all()
        if digit_id is None:
            return "Choose a joint of a digit first."
        if self._accepted(digit_id) == draft.snapshot.pose:
            return "This digit is the predicted one, or was placed by hand."
        return ""


def changed_joints(before: HandPose, after: HandPose) -> int:
    """Return how many joints of one pose another places elsewhere or gives another state, or has besides."""
    return len(placed_rows(after, before))
