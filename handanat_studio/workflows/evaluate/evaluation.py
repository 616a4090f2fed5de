"""Measure the judge on labelled images: the front door of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import ImageLabel
from handanat_studio.progress import SILENT, Progress
from handanat_studio.workflows.evaluate.cases import ImageCase, case_of, row_of
from handanat_studio.workflows.evaluate.figures import figures_of
from handanat_studio.workflows.evaluate.matching import Place, place_of
from handanat_studio.workflows.score_files import score_files

DRAWS = 2000


def evaluate(
    folder: Path,
    labels: Path,
    *,
    scorer: str = "calibrated",
    workers: int = 1,
    device: str = "auto",
    draws: int = DRAWS,
    seed: int = 0,
    pictures: Path | None = None,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Judge the labelled images of a folder and compare.

    Args:
        folder: what the paths of the labels are relative to.
        labels: a file of `formats.labels_jsonl`.
        scorer: registry name of the scorer whose verdict is compared.
        workers: processes that find hands.
        device: where hands are scored: "auto", "cpu", "cuda" or "mps".
        draws: bootstrap draws of whole images, for the intervals of areas and kappa.
        seed: of the draws.
        pictures: folder that takes sheets of the worst cases; None = none are made.
        progress: is told of every image.

    Returns:
        {"folder", "labels", "scorer", "draws", "seed", "missing": paths without a file, "unreadable": [{"image",
        "error"}], "all": figures of all images, "sources": {source: figures} (`figures.figures_of`), "pictures": files
        written, "images": a row for each image that could be read}; JSON-ready.

    Raises:
        UserError: if the labels cannot be read, no labelled image is there, or the scorer is unknown.
    """
    said = labels_jsonl.read(labels)
    missing = [label.image for label in said if not (folder / label.image).is_file()]
    present = [label for label in said if (folder / label.image).is_file()]
    if not present:
        raise UserError(
            f"None of the {len(said)} labelled images is in {folder}.", hint=f"The first is {said[0].image}."
        )
    scoring = {"scorer": scorer, "workers": workers, "device": device}
    cases, unreadable = _cases(folder, present, scoring, progress)
    sources = dict.fromkeys(case.label.source for case in cases if case.label.source)
    return {
        "folder": str(folder),
        "labels": str(labels),
        "scorer": scorer,
        "draws": draws,
        "seed": seed,
        "missing": missing,
        "unreadable": unreadable,
        "all": figures_of(cases, draws=draws, seed=seed),
        "sources": {
            source: figures_of([case for case in cases if case.label.source == source], draws=draws, seed=seed)
            for source in sources
        },
        "pictures": [str(path) for path in _sheets(folder, cases, pictures, progress)],
        "images": [row_of(case) for case in cases],
    }


def _cases(
    folder: Path, labels: Sequence[ImageLabel], scoring: dict[str, Any], progress: Progress
) -> tuple[list[ImageCase], list[dict[str, str]]]:
    """Return the images that could be read, judged and matched with their labels, and those that could not."""
    paths = [folder / label.image for label in labels]
    records = list(score_files(paths, progress=progress, **scoring))
    plain = _plain_places(list(zip(labels, paths, strict=True)), progress)
    cases, unreadable = [], []
    for label, record in zip(labels, records, strict=True):
        if record["error"]:
            unreadable.append({"image": label.image, "error": record["error"]})
            continue
        places = [place_of(hand) for hand in record["hands"]]
        cases.append(case_of(label, record, places, plain.get(label.image)))
    return cases, unreadable


def _plain_places(labelled: Sequence[tuple[ImageLabel, Path]], progress: Progress) -> dict[str, list[Place]]:
    """Return where MediaPipe alone finds hands, for the images whose labels have joints."""
    wanted = [(label, path) for label, path in labelled if any(hand.points is not None for hand in label.hands)]
    if not wanted:
        return {}
    from handanat_studio.vision.images import read_image
    from handanat_studio.vision.mediapipe_hands import create

    progress.start("Joints of MediaPipe alone", len(wanted))
    found: dict[str, list[Place]] = {}
    with closing(create()) as detector:
        for label, path in wanted:
            try:
                hands = detector.detect(read_image(path).pixels)
            except UserError:
                # It is told as unreadable by the record of the same file.
                hands = []
            found[label.image] = [Place(hand.box, hand.pose.points) for hand in hands]
            progress.step(note=path.name)
    return found


def _sheets(folder: Path, cases: Sequence[ImageCase], out: Path | None, progress: Progress) -> list[Path]:
    if out is None:
        return []
    from handanat_studio.workflows.evaluate.sheets import write_sheets

    return write_sheets(folder, cases, out, progress=progress)
