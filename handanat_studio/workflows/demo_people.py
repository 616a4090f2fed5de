"""The two simulated annotators of the sample project: what they say of each hand, and what became of it in review.

Nobody is behind them and every row says so. The project gets no lead, so that whoever opens it may do everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.topology import ANGLE_NAMES, DigitKind, joint_name
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE, Finding
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import annotators, chains, comments, hands, images, reviews
from handanat_studio.store.hands import StoredHand
from handanat_studio.synthetic.defects import NO_JOINT, Defect
from handanat_studio.synthetic.scenes import HandTruth

SIMULATED = (("simulated-ada", 0.03, 0.02), ("simulated-ben", 0.06, 0.03))
"""(name, share of verdicts turned round, share left unsure)."""

SUBMITTED_SHARE, ACCEPTED_SHARE, RETURNED_SHARE = 0.85, 0.12, 0.04
"""Of all annotations, how many are submitted; of those, how many the other one accepted or returned."""

FLAG_EVERY = 15
"""Every so many annotations one is flagged."""

NOTE = "Simulated: drawn from the generator's truth with seeded errors."
REASON = "Simulated: what looks wrong belongs to a second hand behind this one."
RETURN_REASON = "Simulated: is this joint where the knuckle is?"

KIND_OF_DEFECT = {"fused": "webbing", "overbent": "angle", "proportion": "ratio", "detached": "ratio"}
"""Which kind of finding a defect is, where it is not about the number of digits."""

Match = tuple[StoredHand, HandTruth]


def simulate(
    project: Project, truths: dict[str, tuple[HandTruth, ...]], *, seed: int, progress: Progress = SILENT
) -> int:
    """Write what the simulated annotators say of every found hand, and some reviews; return how many annotations.

    Args:
        project: a project whose hands are found.
        truths: image's address -> the hands that were drawn in it.
        seed: of every chance.
        progress: told about each annotator.
    """
    rng = np.random.default_rng(seed)
    with project.store.read() as session:
        found = [
            (hand, match)
            for image in images.get_many(session, images.all_ids(session)).values()
            for hand in hands.of_image(session, image.id)
            if (match := _truth_of(hand, truths.get(image.uri, ()))) is not None
        ]
    progress.start("Simulate two annotators", len(SIMULATED))
    written: dict[str, list[int]] = {}
    for name, turned, unsure in SIMULATED:
        with project.store.write() as session:
            annotators.ensure(session, name, simulated=True)
            written[name] = _annotate(session, name, found, turned=turned, unsure=unsure, rng=rng)
        progress.step(note=name)
    with project.store.write() as session:
        for name, reviewer in zip(written, reversed(written), strict=True):
            _review(session, written[name], reviewer, rng)
    return sum(len(ids) for ids in written.values())


def _annotate(
    session: Any, name: str, found: list[Match], *, turned: float, unsure: float, rng: np.random.Generator
) -> list[int]:
    ids = []
    overlooked = _first_with_extra_digit(found) if name == SIMULATED[-1][0] else None
    for number, (hand, truth) in enumerate(found):
        draw = rng.random()
        verdict = PLAUSIBLE if truth.plausible != (draw < turned) else IMPLAUSIBLE
        if draw > 1 - unsure:
            verdict = UNSURE
        if hand.id == overlooked:
            verdict = PLAUSIBLE
        revision = NewAnnotation(
            hand_id=hand.id,
            annotator=name,
            pose=truth.pose,
            verdict=verdict,
            findings=_findings(truth) if verdict == IMPLAUSIBLE else (),
            note=NOTE,
            action="simulated",
            flagged=number % FLAG_EVERY == FLAG_EVERY - 1,
        )
        ids.append(revisions.append(session, revision).id)
    return ids


def _findings(truth: HandTruth) -> tuple[Finding, ...]:
    """Return what is wrong on purpose as an expert's findings; where nothing is, what a mistaken one would say."""
    found = dict.fromkeys(map(_finding_of, truth.defects or (Defect("overbent", (1,), 1),)))
    nan = float("nan")
    return tuple(
        Finding(kind, part, nan, nan, "", nan, 1.0, "simulated", origin="expert", accepted=True) for kind, part in found
    )


def _finding_of(defect: Defect) -> tuple[str, str]:
    kind = KIND_OF_DEFECT.get(defect.name, "count")
    if kind == "count":
        return kind, "hand"
    digit = DigitKind(min(defect.digit_ids[-1], DigitKind.EXTRA))
    return kind, digit.name.lower() if defect.joint == NO_JOINT else joint_name(digit, defect.joint)


def _review(session: Any, annotation_ids: list[int], reviewer: str, rng: np.random.Generator) -> None:
    """Submit most annotations of one annotator; the other accepts some and returns a few."""
    for annotation_id in annotation_ids:
        draw, decision, joint = rng.random(), rng.random(), str(rng.choice(ANGLE_NAMES))
        chain = chains.of_annotation(session, annotation_id)
        annotation = chain.annotation
        if draw >= SUBMITTED_SHARE and not chain.contradictory:
            continue
        reason = REASON if chain.contradictory else ""
        reviews.record(session, chain, reviews.SUBMIT, actor=annotation.annotator, reason=reason)
        if chain.contradictory or decision >= ACCEPTED_SHARE + RETURNED_SHARE:
            continue
        if decision < ACCEPTED_SHARE:
            reviews.record(session, chain, reviews.ACCEPT, actor=reviewer)
            continue
        reviews.record(session, chain, reviews.RETURN, actor=reviewer, reason=RETURN_REASON)
        comments.add(
            session,
            annotation.hand_id,
            author=reviewer,
            text=RETURN_REASON,
            part=joint,
            kind=comments.RETURN,
            annotation_id=annotation_id,
        )


def _first_with_extra_digit(found: list[Match]) -> int | None:
    """Return the id of the hand that the second annotator calls plausible all the same."""
    six = (hand.id for hand, truth in found if DigitKind.EXTRA in truth.pose.digit_kind)
    return next(six, None)


def _truth_of(hand: StoredHand, candidates: tuple[HandTruth, ...]) -> HandTruth | None:
    """Return the true hand that a found box covers best, None below an overlap of 0.3."""
    best = max(candidates, key=lambda truth: hand.box.overlap(truth.box), default=None)
    return best if best is not None and hand.box.overlap(best.box) >= 0.3 else None
