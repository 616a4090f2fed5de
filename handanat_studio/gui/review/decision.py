"""The reviewer's own result on a hand while it is being made: a fix or an adjudication, as a draft with its choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.gui.editor.draft import Draft, Task
from handanat_studio.gui.review.case import (
    MEAN,
    MINE,
    Case,
    Decided,
    basis_of,
    choice_words,
    decided,
    difference_title,
    open_ones,
    rest_of,
)
from handanat_studio.hand import merging
from handanat_studio.hand.annotation import ADJUDICATION, FIX
from handanat_studio.hand.differences import Difference
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.hand.topology import WRIST, point_row
from handanat_studio.hand.values import HandPose

LEFT, RIGHT = 0, 1
TAKEN_WORDS = {MEAN: "Took the mean", MINE: "Kept mine"}


class Decision(Draft):
    """A draft that rests on what others said and remembers each choice; every choice is one step.

    Args:
        ctx: gives the store thread.
        case: the hand.
        clock: counts active time.
        task: a fix or an adjudication.
    """

    def __init__(self, ctx: Context, case: Case, clock: ActiveClock, parent: QObject, *, task: Task) -> None:
        self.case = case
        super().__init__(ctx, case.view.hand, clock, parent, task=task)

    @property
    def basis(self) -> dict[str, Any] | None:
        """What the revisions rest on, as of the step that counts now."""
        return basis_of(self.case, self.snapshot)

    @basis.setter
    def basis(self, value: dict[str, Any] | None) -> None:
        """Take nothing: the basis follows from the case and the choices."""

    @property
    def is_adjudication(self) -> bool:
        """Whether it decides between several voices."""
        return self.task.kind == ADJUDICATION

    def choice(self, difference: Difference) -> str:
        """Return what was chosen, "" = nothing yet."""
        snapshot = self.snapshot
        return snapshot.choice(difference.key) if isinstance(snapshot, Decided) else ""

    def commit(self, snapshot: Opinion, action: str) -> None:
        """Add a step; where it changes something that is in dispute, the choice there is "mine"."""
        before = self.snapshot
        taken = before.taken if isinstance(before, Decided) else ()
        changed = touched(before, snapshot, self.case.differences)
        super().commit(decided(snapshot, taken).with_taken((d.key, MINE) for d in changed), action)

    def take(self, difference: Difference, side: int) -> None:
        """Take one side of a difference."""
        a, b = self._pair()
        result = merging.take(self.snapshot, a, b, difference, "ab"[side])
        self._commit_choices(result, [(difference.key, self._letter(side))], f"{{}}: {_low(difference)}")

    def take_mean(self, difference: Difference) -> None:
        """Take the middle between the two sides."""
        a, b = self._pair()
        result = merging.take(self.snapshot, a, b, difference, MEAN)
        self._commit_choices(result, [(difference.key, MEAN)], f"{{}}: {_low(difference)}")

    def stand_by(self, difference: Difference) -> None:
        """Say that the result is right as it stands."""
        self._commit_choices(self.snapshot, [(difference.key, MINE)], f"{{}}: {_low(difference)}")

    def take_all(self, side: int) -> None:
        """Take one side of every difference."""
        a, b = self._pair()
        result = merging.take_all(self.snapshot, a, b, "ab"[side])
        letter = self._letter(side)
        self._commit_choices(result, [(d.key, letter) for d in self.case.differences], "{}: everything")

    def close_open(self) -> None:
        """Say on what each difference that was left open rests, so that the result tells all that it comes from."""
        left = self._letter(LEFT)
        rest = [(d.key, rest_of(d, left)) for d in open_ones(self.case.differences, self.snapshot)]
        self._commit_choices(self.snapshot, [(key, choice) for key, choice in rest if choice], "Settled")

    def _commit_choices(self, result: Opinion, choices: Sequence[tuple[str, str]], action: str) -> None:
        before = self.snapshot
        taken = before.taken if isinstance(before, Decided) else ()
        word = choice_words(choices[0][1]) if choices else ""
        super().commit(decided(result, taken).with_taken(choices), action.format(TAKEN_WORDS.get(word, f"Took {word}")))

    def _pair(self) -> tuple[Opinion, Opinion]:
        left, right = self.case.left, self.case.right
        assert left is not None
        assert right is not None
        return left.opinion, right.opinion

    def _letter(self, side: int) -> str:
        voice = self.case.left if side == LEFT else self.case.right
        assert voice is not None
        return voice.letter.lower()


def _low(difference: Difference) -> str:
    title = difference_title(difference)
    return title[:1].lower() + title[1:]


def adjudication_task(case: Case) -> Task:
    """Return the task of deciding between the voices of a hand."""
    own = case.view.own_adjudication
    return Task(ADJUDICATION, case.view.adjudication_round, case.first_opinion(), own)


def fix_task(case: Case) -> Task:
    """Return the task of correcting what one person said; an earlier fix of the same revision goes on."""
    fix, left = case.view.fix, case.left
    base = Opinion(case.view.hand.pose) if left is None else left.opinion
    base = base if case.ruled is None else opinion_of(case.ruled)
    same = fix is not None and (fix.basis or {}).get("annotations") == case.annotation_ids()
    first = opinion_of(fix) if fix is not None and same else replace(base, note="")
    return Task(FIX, case.view.fix_round, decided(first, ()), fix)


def touched(before: Opinion, after: Opinion, found: Sequence[Difference]) -> list[Difference]:
    """Return the differences on which an edit has had its own word."""
    return [difference for difference in found if _is_touched(before, after, difference)]


def _is_touched(before: Opinion, after: Opinion, difference: Difference) -> bool:
    old, new = before.pose, after.pose
    match difference.kind:
        case "verdict":
            return before.verdict != after.verdict
        case "finding":
            words = [{(f.kind, f.part, f.accepted) for f in o.findings} for o in (before, after)]
            return any(part == difference.part for _, part, _ in words[0] ^ words[1])
        case "fusion":
            return old.fusions != new.fusions
        case "split":
            return old.splits != new.splits
        case "side":
            return old.side != new.side
        case "digit":
            return sorted(old.digit_kind.tolist()) != sorted(new.digit_kind.tolist())
    rows = row_of(old, difference), row_of(new, difference)
    if min(rows) < 0:
        return rows[0] != rows[1]
    moved = not np.array_equal(old.points[rows[0]], new.points[rows[1]], equal_nan=True)
    return bool(moved or old.states[rows[0]] != new.states[rows[1]])


def row_of(pose: HandPose, difference: Difference, side: int = LEFT) -> int:
    """Return the joint that a difference is about in a pose, -1 if it has none.

    Args:
        pose: one side's pose, or a result that began as the left one.
        side: whose digit ids the pose has.
    """
    if difference.part == "wrist":
        return WRIST
    ids = pose.digit_id.tolist()
    digit_id = difference.digit_a if side == LEFT else difference.digit_b
    if digit_id is not None and digit_id in ids and difference.level is not None:
        return point_row(ids.index(digit_id), difference.level)
    names = [pose.row_name(row) for row in range(len(pose.points))]
    return names.index(difference.part) if difference.part in names else -1
