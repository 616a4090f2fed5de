"""What the calibrated score is fitted on: labelled images with the hands found in them, looked at once and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.formats.labels_jsonl import ImageLabel
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.codec import pose_from_dict, pose_to_dict
from handanat_studio.hand.evidence import evidence_from_dict, evidence_to_dict
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import CANONICAL_POINTS
from handanat_studio.hand.values import Box, Detection
from handanat_studio.progress import Progress
from handanat_studio.scoring.calibration_fit import LabelledHands
from handanat_studio.scoring.evidence import PARTS, raw_evidence
from handanat_studio.vision.detectors import chain_version
from handanat_studio.workflows.composed import compose_labelled
from handanat_studio.workflows.evaluate.drawn import draw_labelled
from handanat_studio.workflows.evaluate.matching import Place, match
from handanat_studio.workflows.pool import look_at
from handanat_studio.workflows.training_material import photographed_hands, place_photographs

LOOKS = "looks.jsonl"
DETECTED = "mediapipe"
"""The landmark source that is calibrated."""
DRAWN_FROM = 3_000_000
"""Scenes from this number on are fitted on; the evaluation draws others."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """One judged thing: a labelled hand, or an image with one word on all its hands.

    Attributes:
        image: where it is.
        source: group that results are told by.
        implausible: what the label says.
        hands: what was found of it; empty = missed.
    """

    image: str
    source: str
    implausible: bool
    hands: tuple[Detection, ...]


@dataclass(frozen=True)
class Sources:
    """Where labelled hands come from.

    Attributes:
        labels: files of `formats.labels_jsonl`; what they do not call plausible or not is left out.
        images: the folder that their paths are relative to; None = each file's own.
        drawn: hands to draw besides, every second one defective.
        composed: photographed hands to set amid clutter besides, every second one altered.
        real: folders of photographs of sound hands before plain grounds, to cut them out of.
        photos: a folder of photographs without hands, to put behind them.
    """

    labels: Sequence[Path] = ()
    images: Path | None = None
    drawn: int = 400
    composed: int = 0
    real: Sequence[Path] = ()
    photos: Path | None = None


@dataclass(frozen=True, eq=False)
class Material:
    """What was collected.

    Attributes:
        units: everything labelled.
        drawn: paths of drawn images.
        unreadable: files that cannot be read.
    """

    units: list[Labelled]
    drawn: set[str]
    unreadable: int


def collect(folder: Path, sources: Sources, *, seed: int, workers: int, progress: Progress) -> Material:
    """Return all labelled units after making and looking at what is missing.

    Args:
        folder: takes what is made and what was found.
        sources: where from.
        seed: of what is made.
        workers: processes that look.
        progress: is told of every image.

    Raises:
        UserError: if files cannot be read, or no photographed hand can be cut out or altered.
    """
    given = [(sources.images or file.parent, file) for file in sources.labels]
    if sources.composed:
        given.append(_composed(folder, sources, seed, progress))
    drawn = []
    if sources.drawn:
        first = DRAWN_FROM + 100_000 * seed
        file = draw_labelled(folder / "drawn", count=sources.drawn, seed=first, progress=progress)
        drawn = _paths(file.parent, file)
    said = [pair for place, file in given for pair in _paths(place, file)] + drawn
    paths = list(dict.fromkeys(path for path, _ in said))
    looks, errors = looked_at(folder, paths, chain=chain_version(), workers=workers, progress=progress)
    units = gather([(path, label) for path, label in said if str(path) in looks], looks)
    return Material(units, {str(path) for path, _ in drawn}, len(errors))


def _composed(folder: Path, sources: Sources, seed: int, progress: Progress) -> tuple[Path, Path]:
    hands = photographed_hands(folder / "photographed", sources.real, progress)
    if hands is None:
        raise UserError("Hands cannot be composed without photographs.", hint="Name folders of them with --real.")
    photos = place_photographs(sources.photos)
    place = folder / "composed"
    return place, compose_labelled(place, hands, photos, count=sources.composed, seed=seed, progress=progress)


def _paths(folder: Path, file: Path) -> list[tuple[Path, ImageLabel]]:
    return [(folder / label.image, label) for label in labels_jsonl.read(file)]


def gather(labels: Sequence[tuple[Path, ImageLabel]], looks: dict[str, list[Detection]]) -> list[Labelled]:
    """Return everything that is labelled sound or not, with what was found of it, in order.

    Args:
        labels: each image's path and label.
        looks: path -> what was found there.
    """
    units = []
    for path, label in labels:
        found = looks[str(path)]
        said = [hand for hand in label.hands if hand.plausible is not None]
        source = label.source or path.parent.name
        if said:
            partners = match(label.hands, [_place(hand) for hand in found])
            for hand, number in zip(label.hands, partners, strict=True):
                if hand.plausible is not None:
                    own = () if number is None else (found[number],)
                    units.append(Labelled(str(path), source, not hand.plausible, own))
        elif label.plausible is not None:
            units.append(Labelled(str(path), source, not label.plausible, tuple(found)))
    return units


def _place(hand: Detection) -> Place:
    batch = batch_of([hand.pose])
    return Place(hand.box, np.asarray(batch.points[0, :CANONICAL_POINTS]))


def evidence_of_units(units: Sequence[Labelled]) -> LabelledHands:
    """Return the raw evidence of all hands of the units, as the calibrated score collects it."""
    hands = [hand for unit in units for hand in unit.hands]
    batch = batch_of([hand.pose for hand in hands], [hand.evidence for hand in hands])
    raw = raw_evidence(measure(batch, source=DETECTED))
    number: NDArray[np.int64] = np.repeat(np.arange(len(units)), [len(unit.hands) for unit in units])
    chance = {name: np.asarray(raw.chance[name], np.float64) for name in PARTS}
    return LabelledHands(chance, number, np.array([unit.implausible for unit in units], bool))


def looked_at(
    folder: Path, paths: Sequence[Path], *, chain: str, workers: int, progress: Progress
) -> tuple[dict[str, list[Detection]], dict[str, str]]:
    """Find the hands of images, each image once: FOLDER/looks.jsonl keeps what was found.

    Args:
        folder: holds what was found before.
        paths: the images.
        chain: version of the detectors; what others found is not used.
        workers: processes.
        progress: is told of every image.

    Returns:
        path -> detections, and path -> why it could not be read.
    """
    kept = folder / LOOKS
    held = dict(_kept(kept, chain))
    missing = [path for path in paths if _key(path) not in held]
    progress.start("Look at images", len(missing))
    errors: dict[str, str] = {}
    with kept.open("a", encoding="utf-8") as lines:
        for look in look_at(missing, workers=max(1, min(workers, len(missing)))):
            progress.step(note=look.path.name)
            if look.error:
                errors[str(look.path)] = look.error
                continue
            found = [_to_dict(hand) for hand in look.detections]
            held[_key(look.path)] = found
            lines.write(json.dumps({"key": _key(look.path), "chain": chain, "hands": found}) + "\n")
            lines.flush()
    read = [path for path in paths if str(path) not in errors]
    return {str(path): [_from_dict(hand) for hand in held[_key(path)]] for path in read}, errors


def _key(path: Path) -> str:
    try:
        known = path.stat()
    except OSError:
        return str(path)
    return f"{path}|{known.st_size}|{known.st_mtime_ns}"


def _kept(path: Path, chain: str) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            data = json.loads(line)
        except json.JSONDecodeError:
            # The last line of a run that was killed.
            continue
        if data["chain"] == chain:
            yield data["key"], data["hands"]


def _to_dict(hand: Detection) -> dict[str, Any]:
    return {
        "box": hand.box.as_list(),
        "pose": pose_to_dict(hand.pose),
        "detector": hand.detector,
        "version": hand.version,
        "score": hand.score,
        "evidence": None if hand.evidence is None else evidence_to_dict(hand.evidence),
    }


def _from_dict(data: dict[str, Any]) -> Detection:
    evidence = data["evidence"]
    return Detection(
        box=Box(*data["box"]),
        pose=pose_from_dict(data["pose"]),
        detector=data["detector"],
        version=data["version"],
        score=data["score"],
        evidence=None if evidence is None else evidence_from_dict(evidence),
    )
