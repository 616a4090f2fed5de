"""What an annotator said of a hand: an append-only revision."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.hand.values import VERDICTS, Finding, HandPose


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

    def __post_init__(self) -> None:
        if self.verdict is not None and self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {VERDICTS} or None")


@dataclass(frozen=True, slots=True)
class Annotation(NewAnnotation):
    """A stored revision; `created_at` is UTC in ISO 8601."""

    id: int = 0
    created_at: str = ""
