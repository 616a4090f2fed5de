"""One hand under review as values: who said what under which letter, what differs, and what is decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.hand import merging
from handanat_studio.hand.annotation import ACCEPTED, DRAFT, Annotation
from handanat_studio.hand.differences import STATE, STATE_WEIGHT, Difference, differences
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.workflows.consensus import ADJUDICATED, FIXED
from handanat_studio.workflows.review import ReviewView, Submission

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MEAN, MINE = "mean", "mine"
YOU, SOMEBODY = "you", "somebody"
FINDING_TITLES = {
    "angle": "angle",
    "count": "count",
    "ratio": "length",
    "webbing": "web",
    "chirality": "side",
}
KIND_TITLES = {"verdict": "Verdict", "side": "Side", "fusion": "Grown together", "split": "Fork", "digit": "Digit"}


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said, under the letter that stands for her on this hand.

    Attributes:
        letter: "A", "B", …; the order of letters tells nothing about names.
        submission: the revision with its stage.
    """

    letter: str
    submission: Submission

    @property
    def annotation(self) -> Annotation:
        """The revision."""
        return self.submission.annotation

    @property
    def opinion(self) -> Opinion:
        """What it says."""
        return opinion_of(self.annotation)


@dataclass(frozen=True, slots=True)
class Decided(Opinion):
    """A reviewer's result with the word on each difference, so that undo takes both back.

    Attributes:
        taken: (difference key, choice) pairs; a choice is a voice's letter in small, "mean" or "mine".
    """

    taken: tuple[tuple[str, str], ...] = ()

    def choice(self, key: str) -> str:
        """Return what was chosen for a difference, "" = it is open."""
        return dict(self.taken).get(key, "")

    def with_taken(self, choices: Iterable[tuple[str, str]]) -> Decided:
        """Return it with further choices; later ones count."""
        return replace(self, taken=tuple({**dict(self.taken), **dict(choices)}.items()))


def decided(opinion: Opinion, taken: tuple[tuple[str, str], ...]) -> Decided:
    """Return an opinion together with the choices that led to it."""
    return Decided(opinion.pose, opinion.verdict, opinion.findings, opinion.note, opinion.flagged, taken)


def voices_of(view: ReviewView) -> tuple[Voice, ...]:
    """Return who has a word on the hand: what was handed in; drafts that hold a verdict only where nothing was.

    The order is shuffled by a hash of the hand and the name: it is the same every time and tells nothing.
    """
    said = [s for s in view.submissions if s.stage != DRAFT]
    said = said or [s for s in view.submissions if s.annotation.verdict is not None]
    hand_id = view.hand.hand.id
    said.sort(key=lambda s: hashlib.sha256(f"{hand_id}:{s.annotation.annotator}".encode()).digest())
    return tuple(Voice(letter, s) for letter, s in zip(LETTERS, said, strict=False))


def drafts_of(view: ReviewView) -> list[Submission]:
    """Return what is still being worked on and is no voice yet."""
    known = {voice.annotation.id for voice in voices_of(view)}
    return [s for s in view.submissions if s.stage == DRAFT and s.annotation.id not in known]


def merged(a: Opinion, b: Opinion, found: Sequence[Difference]) -> Opinion:
    """Return where an adjudication begins: what both say, the mean where they place a joint apart, no disputed verdict.

    What cannot be averaged (a digit that one of them lacks, a state) stands as A has it until it is decided.
    """
    result = a
    for difference in found:
        if can_average(difference):
            result = merging.take(result, a, b, difference, MEAN)
    verdict = a.verdict if a.verdict == b.verdict else None
    return replace(result, verdict=verdict, note="", flagged=a.flagged or b.flagged)


def can_average(difference: Difference) -> bool:
    """Whether the two sides of a difference have a mean."""
    return difference.kind == "joint"


class Case:
    """A hand under review.

    Args:
        view: as `workflows.review.review_view` returns it.
        viewer: the reviewer's name.
        pair: which two voices are compared, by their place in `voices`.
    """

    def __init__(self, view: ReviewView, viewer: str, pair: tuple[int, int] = (0, 1)) -> None:
        self.view, self.viewer = view, viewer
        self.voices = voices_of(view)
        self.pair = pair if max(pair) < len(self.voices) and pair[0] != pair[1] else (0, 1)

    @classmethod
    def opened(cls, view: ReviewView, viewer: str, pair: tuple[int, int] | None = None) -> Case:
        """Return a hand with the first two voices that differ, or with those that were compared before."""
        case = cls(view, viewer, pair or (0, 1))
        if pair is not None or case.differences:
            return case
        pairs = [case.with_pair(0, place) for place in range(2, len(case.voices))]
        return next((other for other in pairs if other.differences), case)

    @property
    def hand_id(self) -> int:
        """The hand."""
        return self.view.hand.hand.id

    @property
    def left(self) -> Voice | None:
        """The voice that `[` takes."""
        return self.voices[self.pair[0]] if self.voices else None

    @property
    def right(self) -> Voice | None:
        """The voice that `]` takes, None while there is only one."""
        return self.voices[self.pair[1]] if len(self.voices) > 1 else None

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What the two compared voices say differently, largest first."""
        if self.left is None or self.right is None:
            return ()
        return differences(self.left.opinion, self.right.opinion)

    @cached_property
    def is_disputed(self) -> bool:
        """Whether any two voices differ, so that somebody has to decide."""
        first = self.left
        others = [voice for voice in self.voices if voice is not first]
        return first is not None and any(differences(first.opinion, voice.opinion) for voice in others)

    @cached_property
    def needs_decision(self) -> bool:
        """Whether the voices differ in more than where they put joints and how well they see them."""
        first = self.left
        others = [voice for voice in self.voices if voice is not first]
        return first is not None and any(
            needs_word(difference) for voice in others for difference in differences(first.opinion, voice.opinion)
        )

    @property
    def ruled(self) -> Annotation | None:
        """The fix or the adjudication that the hand counts as, None = no reviewer has written one."""
        consensus = self.view.consensus
        return consensus.annotation if consensus.status in (FIXED, ADJUDICATED) else None

    @property
    def is_ruled_by_another(self) -> bool:
        """Whether somebody else has fixed or settled the hand."""
        return self.ruled is not None and self.ruled.annotator != self.viewer

    @property
    def is_accepted(self) -> bool:
        """Whether every voice has been accepted."""
        return bool(self.voices) and all(voice.submission.stage == ACCEPTED for voice in self.voices)

    def with_pair(self, left: int, right: int) -> Case:
        """Return the same hand with two other voices compared."""
        return Case(self.view, self.viewer, (left, right))

    def next_pair(self, side: int) -> tuple[int, int]:
        """Return the pair with the next voice on one side (0 = left, 1 = right), never the same voice twice."""
        other = self.pair[1 - side]
        count = len(self.voices)
        place = (self.pair[side] + 1) % count
        if place == other:
            place = (place + 1) % count
        return (place, other) if side == 0 else (other, place)

    def first_opinion(self) -> Decided:
        """Return where the adjudication begins: the reviewer's own earlier one, else what the two agree on."""
        assert self.left is not None
        assert self.right is not None
        own = self.view.own_adjudication
        if own is not None:
            return decided(opinion_of(own), self._taken_of(own))
        return decided(merged(self.left.opinion, self.right.opinion, self.differences), ())

    def _taken_of(self, own: Annotation) -> tuple[tuple[str, str], ...]:
        # Choices between revisions that have been replaced since say nothing about the new ones.
        basis = own.basis or {}
        same = basis.get("annotations") == self.annotation_ids()
        return tuple((str(key), str(choice)) for key, choice in basis.get("taken", {}).items()) if same else ()

    def annotation_ids(self) -> list[int]:
        """Return the revisions that a decision rests on, in the order of their letters."""
        return [voice.annotation.id for voice in self.voices]

    def name_of(self, name: str, *, is_blind: bool) -> str:
        """Return what to call somebody: "you", her name, or while names are hidden her letter or "somebody"."""
        if name == self.viewer:
            return YOU
        if not is_blind:
            return name
        return next((v.letter for v in self.voices if v.annotation.annotator == name), SOMEBODY)


def basis_of(case: Case, snapshot: Opinion) -> dict[str, Any]:
    """Return what a fix or adjudication rests on, for `NewAnnotation.basis`."""
    taken = dict(snapshot.taken) if isinstance(snapshot, Decided) else {}
    return {"annotations": case.annotation_ids(), "taken": taken}


def choice_words(choice: str) -> str:
    """Return a choice as it is shown: "A", "mean", "mine", "" = open."""
    return choice.upper() if len(choice) == 1 else choice


def needs_word(difference: Difference) -> bool:
    """Whether a difference must be decided before the hand is settled; the others rest as `rest_of` says."""
    return not can_average(difference) and not (difference.kind == STATE and difference.size <= STATE_WEIGHT)


def rest_of(difference: Difference, left: str) -> str:
    """Return the choice on which a difference rests while it is open, "" = it needs a word.

    Args:
        difference: a joint rests at the mean, how well a joint can be seen as the left voice has it.
        left: letter of the left voice.
    """
    if needs_word(difference):
        return ""
    return MEAN if can_average(difference) else left.lower()


def open_ones(found: Sequence[Difference], snapshot: Opinion) -> list[Difference]:
    """Return the differences on which nothing has been said."""
    taken = dict(snapshot.taken) if isinstance(snapshot, Decided) else {}
    return [difference for difference in found if difference.key not in taken]


def difference_title(difference: Difference) -> str:
    """Return what a difference is about: "Index PIP", "Verdict", "Digit: extra"."""
    part = "" if difference.part in ("", "hand") else part_words(difference.part)
    title = KIND_TITLES.get(difference.kind, "")
    if difference.kind == "finding":
        place = part or "whole hand"
        return f"Finding: {place}, {FINDING_TITLES.get(difference.about, difference.about)}"
    if title and part:
        return f"{title}: {part.lower()}" if difference.kind == "digit" else f"{title}: {part}"
    return title or part or "Hand"


def sides_words(difference: Difference, left: str, right: str) -> str:
    """Return what each voice says; of a joint, how far apart they put it."""
    if can_average(difference):
        return f"{difference.size * 100:.0f} % of the hand apart"
    return f"{left} {difference.a}  ·  {right} {difference.b}"
