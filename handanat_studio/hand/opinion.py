"""Everything one person (or one detector) says about one hand at one moment: pose, verdict, findings, note, flag."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import Finding, HandPose


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an annotator can change about one hand; the state that is undone and redone.

    Attributes:
        pose: joints and digits.
        verdict: one of `hand.values.VERDICTS`, None = undecided.
        findings: accepted, rejected and added findings.
        note: free text.
        flagged: marked by hand for a second look.
    """

    pose: HandPose
    verdict: str | None = None
    findings: tuple[Finding, ...] = ()
    note: str = ""
    flagged: bool = False


def opinion_of(annotation: NewAnnotation) -> Opinion:
    """Return what a revision says."""
    return Opinion(annotation.pose, annotation.verdict, annotation.findings, annotation.note, annotation.flagged)
