"""Judging hands again: the detector chain and the digit network look at them anew, and every scorer judges the answer.

Boxes that a person drew stay, and nothing that a person said is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Detection
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import hands, images, scores, sight
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.hands import StoredHand
from handanat_studio.store.matching import match
from handanat_studio.workflows import ingest
from handanat_studio.workflows.detect_box import REVISION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from handanat_studio.vision.detectors import DetectorChain

SCORER = "calibrated"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the chain says of one hand now, and the version under which it is kept; detection None = nothing."""

    detection: Detection | None
    version: str


def rejudge(
    project: Project,
    hand_ids: Sequence[int],
    *,
    annotator: str = "",
    scorer: str = SCORER,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Detect and judge some hands again.

    A hand is looked for in its whole image first, as an import does, then in its box, last by the digit network alone.
    Where nothing is found its detection stays as it was, and is judged by the present scorers.

    Args:
        project: where they are.
        hand_ids: the hands.
        annotator: who asks; she is not told the verdict on a hand that she is to annotate blind.
        scorer: whose verdicts are returned.
        progress: is told of every hand.

    Returns:
        "hands": for each hand its "hand_id", "image_id", "found" (bool), "detector" ("" = none), "verdict" ("" = none
        or kept from the annotator), "digits" (their number where the digit network says one, else None), "error" ("" or
        why its image could not be looked at).

    Raises:
        UserError: if a hand is unknown, or no image of the hands can be looked at.
    """
    from handanat_studio.vision.detectors import DetectorChain

    wanted = list(dict.fromkeys(hand_ids))
    by_image = _by_image(project, wanted)
    errors: dict[int, str] = {}
    found: set[int] = set()
    progress.start("Judge again", len(wanted))
    chain = DetectorChain()
    try:
        for image_id, mine in by_image.items():
            try:
                answers = _look(project, image_id, mine, chain)
            except UserError as error:
                if len(errors) + len(mine) == len(wanted):
                    raise
                errors |= dict.fromkeys(mine, error.message)
                progress.step(len(mine))
                continue
            found |= _store(project, image_id, answers, annotator, progress)
    finally:
        chain.close()
    ingest.score_hands(project, [i for i in wanted if i not in errors], progress=progress)
    return {"hands": _told(project, wanted, found, errors, annotator, scorer)}


def _by_image(project: Project, hand_ids: Sequence[int]) -> dict[int, list[int]]:
    with project.store.read() as session:
        stored = hands.get_many(session, hand_ids)
        for missing in (i for i in hand_ids if i not in stored):
            hands.get(session, missing)
    by_image: dict[int, list[int]] = {}
    for hand_id in hand_ids:
        by_image.setdefault(stored[hand_id].image_id, []).append(hand_id)
    return by_image


def _look(project: Project, image_id: int, hand_ids: Sequence[int], chain: DetectorChain) -> dict[int, _Answer]:
    from handanat_studio.vision.images import read_image

    with project.store.read() as session:
        uri = images.get(session, image_id).uri
        known = hands.of_image(session, image_id)
    pixels = read_image(project.image_path(uri)).pixels
    seen = chain.detect(pixels)
    places = match([hand.box for hand in known], [detection.box for detection in seen])
    whole = {known[place].id: seen[i] for i, place in places.items()}
    return {
        hand.id: _Answer(whole[hand.id], chain.version) if hand.id in whole else _in_box(pixels, hand, chain)
        for hand in known
        if hand.id in hand_ids
    }


def _in_box(pixels: NDArray[np.uint8], hand: StoredHand, chain: DetectorChain) -> _Answer:
    from handanat_studio.vision.box_look import find_in_box

    found = find_in_box(pixels, hand.box, chain) or chain.seen_alone(pixels, hand.box)
    if found is not None:
        reasons = [part for part in (found.fallback_reason, "seen inside its box") if part]
        found = replace(found, fallback_reason="; ".join(reasons))
    return _Answer(found, f"{chain.version}+{REVISION}")


def _store(
    project: Project, image_id: int, answers: dict[int, _Answer], annotator: str, progress: Progress
) -> set[int]:
    """Keep what was found of one image's hands and return which were."""
    found = {hand_id: answer for hand_id, answer in answers.items() if answer.detection is not None}
    with project.store.write() as session:
        for hand_id, answer in found.items():
            assert answer.detection is not None
            hands.set_detection(session, hand_id, answer.detection, answer.version, annotator=annotator)
    if found:
        progress.publish(ChangeSet(frozenset({"hands"}), (image_id,), tuple(found)))
    progress.step(len(answers))
    return set(found)


def _told(
    project: Project, hand_ids: Sequence[int], found: set[int], errors: dict[int, str], annotator: str, scorer: str
) -> list[dict[str, Any]]:
    with project.store.read() as session:
        stored = hands.get_many(session, hand_ids)
        open_to_her = sight.of_scores(session, hand_ids, annotator)
        judged = scores.of_hands(session, sorted(open_to_her))
    rows = []
    for hand_id in hand_ids:
        detection = stored[hand_id].detection
        score = judged.get(hand_id, {}).get(scorer)
        evidence = detection.evidence if detection is not None and hand_id in open_to_her else None
        rows.append(
            {
                "hand_id": hand_id,
                "image_id": stored[hand_id].image_id,
                "found": hand_id in found,
                "detector": "" if detection is None else detection.detector,
                "verdict": "" if score is None else score.verdict,
                "digits": evidence.number if evidence is not None and evidence.assessed else None,
                "error": errors.get(hand_id, ""),
            }
        )
    return rows
