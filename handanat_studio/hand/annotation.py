"""What an annotator said of a hand: an append-only revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handanat_studio.hand.values import VERDICTS, Finding, HandPose

ANNOTATION, FIX, ADJUDICATION = "annotation", "fix", "adjudication"
KINDS = (ANNOTATION, FIX, ADJUDICATION)
"""What a revision is for: one's own annotation, a reviewer's correction of another's, a decision between several."""

DRAFT, SUBMITTED, RETURNED, ACCEPTED = "draft", "submitted", "returned", "accepted"
STAGES = (DRAFT, SUBMITTED, RETURNED, ACCEPTED)
"""How far a chain of revisions has come."""


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """A revision that is about to be written.

    Attributes:
        hand_id: the hand it is about.
        annotator: the annotator's name.
        pose: the corrected pose.
        verdict: one of `VERDICTS`, or None while undecided.
        findings: accepted, rejected and added findings.
        note: free text.
        active_seconds: time spent on this revision, idle time excluded.
        parent_id: the annotation this one follows; None = the first of this annotator on this hand and round.
        round: 1 for the first pass; later passes count up.
        action: what the annotator did, for the history ("move index_pip").
        kind: one of `KINDS`; a chain of revisions keeps its kind.
        flagged: marked by hand for a second look.
        basis: what a fix or adjudication rests on, as JSON: {"annotations": [ids], "taken": {difference key: "a" |
            "b" | "mean" | "mine"}}; for an annotation that began with a prediction {"detector", "version"}. None = not
            said.
    """

    hand_id: int
    annotator: str
    pose: HandPose
    verdict: str | None = None
    findings: tuple[Finding, ...] = ()
    note: str = ""
    active_seconds: float = 0.0
    parent_id: int | None = None
    round: int = 1
    action: str = ""
    kind: str = ANNOTATION
    flagged: bool = False
    basis: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}")
        if self.verdict is not None and self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {VERDICTS} or None")


@dataclass(frozen=True, slots=True)
class Annotation(NewAnnotation):
    """A stored revision; `created_at` is UTC in ISO 8601."""

    id: int = 0
    created_at: str = ""
