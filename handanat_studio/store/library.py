"""What a library view asks for and what it gets: filters, queues, keys in order, and what a grid shows of each entry.

One entry per hand, and one per image without a hand. How entries are chosen is in `selection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.annotation import STAGES
from handanat_studio.hand.values import VERDICTS, Box

ERROR, NO_HAND, DETECTED, IN_PROGRESS, DONE = "error", "no_hand", "detected", "in_progress", "done"
STATUSES = (ERROR, NO_HAND, DETECTED, IN_PROGRESS, DONE)
SIDES = ("left", "right", "unknown")
SORTS = (
    "imported",
    "score",
    "name",
    "certainty",
    "disagreement",
    "changed",
    "generator",
    "status",
    "verdict",
    "stage",
)
OWN_QUEUES = ("assigned", "returned")
"""Queues of an annotator; the others are for reviewers."""
QUEUES = (
    *OWN_QUEUES,
    "submitted",
    "disagreement",
    "low_confidence",
    "fallback",
    "near_threshold",
    "contradictory",
    "flagged",
    "diverse",
    "random_control",
)
NAN = float("nan")
PERSONAL = ("scorer", "annotator", "viewer")
"""Fields that say who looks, not what is wanted; a saved view leaves them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """What a library view shows, and in which order. Within a field any value will do, and every field must pass.

    Attributes:
        text: words that must all occur in the file's address, the generator, the family or the prompt.
        verdicts: the annotator's verdicts to show; empty = any.
        score_verdicts: the scorer's verdicts to show; empty = any.
        statuses: from `STATUSES`; empty = any.
        stages: from `hand.annotation.STAGES`, of the annotation that is shown; empty = any.
        generators: what made the image, "" = not known; empty = any.
        families: kinds of generators, "" = not known; empty = any.
        detectors: who found the hand, "" = nobody; empty = any.
        sides: from `SIDES`, as detected; empty = any.
        finding_kinds: kinds of findings, by the annotation that is shown, else by the scorer; empty = any.
        digit_counts: numbers of digits, by the annotation that is shown, else as measured; empty = any.
        labelled_by: people who have annotated the hand; empty = anybody or nobody.
        queue: from `QUEUES`; "" = everything.
        batch: name of a batch; "" = everything.
        score_low: smallest score to show; NaN = any, also none.
        score_high: largest score to show; NaN = any, also none.
        flagged: whether the annotation that is shown is marked for a second look; None = either.
        commented: whether a remark is open; None = either.
        fused: whether digits are grown together by the annotation that is shown; None = either.
        errors_only: only images that cannot be read.
        scorer: whose value and verdict count as the score.
        annotator: whose verdicts and progress are shown; "" = whoever came last.
        viewer: who looks, and sees only what she may; "" = `annotator`. If both are "", everything is seen.
        sort: from `SORTS`; entries that lack the value come last either way. "imported" is the order of import; in the
            queue "assigned" and in a batch it is the order of the task.
        descending: largest first.
    """

    text: str = ""
    verdicts: tuple[str, ...] = ()
    score_verdicts: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    finding_kinds: tuple[str, ...] = ()
    digit_counts: tuple[int, ...] = ()
    labelled_by: tuple[str, ...] = ()
    queue: str = ""
    batch: str = ""
    score_low: float = NAN
    score_high: float = NAN
    flagged: bool | None = None
    commented: bool | None = None
    fused: bool | None = None
    errors_only: bool = False
    scorer: str = "calibrated"
    annotator: str = ""
    viewer: str = ""
    sort: str = "imported"
    descending: bool = False

    def __post_init__(self) -> None:
        for name in ("score_low", "score_high"):
            if getattr(self, name) != getattr(self, name):
                object.__setattr__(self, name, NAN)  # one and the same NaN, so that equal filters are equal
        unknown = (
            (set(self.statuses) - set(STATUSES))
            | ({*self.verdicts, *self.score_verdicts} - set(VERDICTS))
            | (set(self.stages) - set(STAGES))
            | ({self.sort} - set(SORTS))
            | ({self.queue} - {"", *QUEUES})
        )
        if unknown:
            raise ValueError(f"unknown in a library filter: {sorted(unknown)}")


def filter_to_dict(wanted: LibraryFilter) -> dict[str, Any]:
    """Return as JSON what a filter asks for, without who looks; only what differs from "everything"."""
    plain = LibraryFilter()
    values = {f.name: getattr(wanted, f.name) for f in fields(LibraryFilter) if f.name not in PERSONAL}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value != getattr(plain, name) and value == value
    }


def filter_from_dict(data: Mapping[str, Any]) -> LibraryFilter:
    """Return the filter that `filter_to_dict` described.

    Raises:
        ValueError: if it asks for something that this program does not know.
    """
    known = {f.name for f in fields(LibraryFilter)} - set(PERSONAL)
    if unknown := set(data) - known:
        raise ValueError(f"unknown in a library filter: {sorted(unknown)}")
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    return LibraryFilter(**values)


@dataclass(frozen=True, slots=True, eq=False)
class EntryIndex:
    """Keys of all matching entries in display order.

    Attributes:
        image_ids: (n,) int64.
        hand_ids: (n,) int64; 0 = an image without a hand.
    """

    image_ids: NDArray[np.int64]
    hand_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.image_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a grid shows of one entry.

    Attributes:
        hand_id: 0 = an image without a hand.
        sha256: None = unknown.
        width: pixels; None = unknown.
        height: pixels; None = unknown.
        box: the hand's box in pixels; None = no hand.
        status: from `STATUSES`.
        is_searched: whether a detector has searched the image; a "no_hand" that is not searched is still waiting.
        verdict: the annotator's; None = undecided.
        score_value: the scorer's figure; NaN = no score.
        score_verdict: None = no score.
        error: why the image cannot be read; "" = it can.
        stage: of the annotation that is shown, from `hand.annotation.STAGES`; "" = none is.
        is_flagged: whether that annotation is marked for a second look.
        is_commented: whether a remark is open.
    """

    image_id: int
    hand_id: int
    uri: str
    sha256: str | None
    width: int | None
    height: int | None
    box: Box | None
    status: str
    is_searched: bool
    verdict: str | None
    score_value: float
    score_verdict: str | None
    error: str
    generator: str
    family: str
    stage: str = ""
    is_flagged: bool = False
    is_commented: bool = False
