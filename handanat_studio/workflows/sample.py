"""Finds a hand of the sample project that the guided tour can be taken on: one that was drawn with six fingers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import hands, images
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import browse

TRUTH_FILE = "truth.jsonl"
FINGERS = 6
LEAST_OVERLAP = 0.3


def has_truth(root: Path) -> bool:
    """Tell whether a project was generated together with its truth, as the sample is."""
    return (root / TRUTH_FILE).is_file()


def six_fingered_hand(project: Project, *, annotator: str) -> tuple[int, int]:
    """Return image and hand id of the first six-fingered hand that this annotator has not labelled yet.

    Raises:
        UserError: if there is none: the project is no sample, or she has labelled them all.
    """
    drawn = _drawn(project.root)
    listing = browse.index(project, LibraryFilter(annotator=annotator))
    with project.store.read() as session:
        found = images.get_many(session, sorted({int(number) for number in listing.image_ids}))
        for image in sorted(found.values(), key=lambda image: image.uri.rpartition("/")[2]):
            own = hands.of_image(session, image.id) if image.uri in drawn else []
            done = revisions.newest_of_hands(session, [hand.id for hand in own], annotator)
            for hand in own:
                fits = any(hand.box.overlap(box) >= LEAST_OVERLAP for box in drawn[image.uri])
                if fits and hand.id not in done:
                    return image.id, hand.id
    raise UserError(
        "There is no six-fingered hand here that you have not labelled yet.",
        hint="Choose another annotator's name in the preferences, or build a new sample project.",
    )


def _drawn(root: Path) -> dict[str, list[Box]]:
    """Return the boxes of all hands that were drawn with six fingers, by image."""
    file = root / TRUTH_FILE
    if not file.is_file():
        raise UserError("The tour needs the sample project.", hint="Choose 'Open sample project' on the start page.")
    result: dict[str, list[Box]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        scene: dict[str, Any] = json.loads(line)
        boxes = [Box(*hand["box"]) for hand in scene["hands"] if hand["count"] == FINGERS]
        if boxes:
            result[scene["image"]] = boxes
    return result
