"""COCO-keypoints import. Everything is checked before anything is returned, and what is wrong is named by its entry."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.formats.coco_schema import (
    ANNOTATIONS,
    KEYPOINT_ALIASES,
    SIDECAR,
    STATE_OF_VISIBILITY,
    VISIBILITY,
)
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.codec import finding_from_dict, pose_from_dict
from handanat_studio.hand.topology import CANONICAL_NAMES, CANONICAL_POINTS, JointState, Side
from handanat_studio.hand.values import VERDICTS, Box, Finding, HandPose

_LARGEST = 1_000_000
_SAME_PX = 0.05


@dataclass(frozen=True, slots=True)
class CocoContent:
    """What a COCO-keypoints file holds.

    Attributes:
        images: all images of the file.
        hands: all annotations that are hands, in the file's order; `hand_id` is the one that was exported, or else the
            annotation's id.
        notes: plain sentences on what was in the file and was not read.
    """

    images: tuple[ExportImage, ...]
    hands: tuple[ExportHand, ...]
    notes: tuple[str, ...]


def read(path: Path) -> CocoContent:
    """Read a COCO-keypoints file, with the free topology of its sidecar if topology.jsonl lies beside it.

    A hand whose keypoints were changed after the export is taken from the keypoints, and a note says so.

    Args:
        path: the JSON file, or the folder of an export.

    Raises:
        UserError: if anything in the file is wrong; the message names the entry.
    """
    file = Path(path) / ANNOTATIONS if Path(path).is_dir() else Path(path)
    whole = _Entry(_load(file), f"'{file.name}'")
    images = _images(whole)
    order = _hand_categories(whole)
    notes: Counter[str] = Counter()
    hands: dict[int, ExportHand] = {}
    for entry in whole.entries("annotations"):
        number = entry.integer("id")
        entry.require(number not in hands, "id", "is used twice")
        hand = _hand(entry, images, order, notes)
        if hand is not None:
            hands[number] = hand
    sidecar = file.with_name(SIDECAR)
    if sidecar.is_file():
        hands |= _free_topology(sidecar, hands, notes)
    told = tuple(f"{count} {'annotation' if count == 1 else 'annotations'}: {note}" for note, count in notes.items())
    return CocoContent(tuple(images.values()), tuple(hands.values()), told)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A piece of the file that knows its own name, so that every complaint can say where it is."""

    values: Any
    where: str

    def fail(self, key: str, told: str) -> UserError:
        place = f"{self.where}: {key} {told}" if key else f"{self.where} {told}"
        return UserError(f"{place}.", hint="Nothing was imported. Correct the file and try again.")

    def require(self, holds: bool, key: str, told: str) -> None:
        if not holds:
            raise self.fail(key, told)

    def entries(self, key: str) -> list[_Entry]:
        self.require(isinstance(self.values, dict), "", "is not a COCO file")
        found = self.values.get(key)
        self.require(isinstance(found, list), key, "must be a list")
        named = []
        for place, values in enumerate(found):
            label = f" (id {values['id']})" if isinstance(values, dict) and isinstance(values.get("id"), int) else ""
            named.append(_Entry(values, f"{key}[{place}]{label}"))
            named[-1].require(isinstance(values, dict), "", "must be an object")
        return named

    def integer(self, key: str) -> int:
        found = self.values.get(key)
        good = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**63
        self.require(good, key, "must be a whole number of 0 or more")
        return int(found)

    def text(self, key: str, default: str | None = None) -> str:
        found = self.values.get(key, default)
        self.require(isinstance(found, str), key, "must be a text")
        return str(found)

    def numbers(self, key: str, count: int) -> list[float]:
        found = self.values.get(key)
        self.require(isinstance(found, list), key, f"must be a list of {count} numbers")
        self.require(len(found) == count, key, f"holds {len(found)} numbers where {count} are needed")
        for place, value in enumerate(found):
            good = isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST < value < _LARGEST
            self.require(good, f"{key}[{place}]", f"must be a number between -{_LARGEST} and {_LARGEST}")
        return [float(value) for value in found]

    def attributes(self) -> _Entry:
        found = self.values.get("attributes") or {}
        self.require(isinstance(found, dict), "attributes", "must be an object")
        return _Entry(found, f"{self.where}: attributes")


def _load(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"'{file}' cannot be read: {error.strerror}.", hint="Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"'{file.name}' is not valid JSON: {error}.", hint="Nothing was imported.") from error


def _images(whole: _Entry) -> dict[int, ExportImage]:
    images: dict[int, ExportImage] = {}
    for entry in whole.entries("images"):
        number, extra = entry.integer("id"), entry.attributes()
        entry.require(number not in images, "id", "is used twice")
        name = entry.text("file_name")
        entry.require(bool(name) and "\0" not in name, "file_name", "must name a file")
        seed = extra.values.get("seed")
        extra.require(seed is None or type(seed) is int, "seed", "must be a whole number")
        images[number] = ExportImage(
            image_id=number,
            uri=name,
            width=entry.integer("width") or None,
            height=entry.integer("height") or None,
            seed=seed,
            **{key: extra.text(key, "") for key in ("sha256", "generator", "family", "prompt", "error")},
        )
    return images


def _hand_categories(whole: _Entry) -> dict[int, list[int] | None]:
    """Return category id -> the canonical row of each of its keypoints; None = not a category of hands."""
    found: dict[int, list[int] | None] = {}
    for entry in whole.entries("categories"):
        number, names = entry.integer("id"), entry.values.get("keypoints")
        entry.require(number not in found, "id", "is used twice")
        known = [KEYPOINT_ALIASES.get(name) if isinstance(name, str) else None for name in names or []]
        is_hand = set(known) == set(CANONICAL_NAMES) and len(known) == CANONICAL_POINTS
        found[number] = [CANONICAL_NAMES.index(str(name)) for name in known] if is_hand else None
    if not any(order is not None for order in found.values()):
        hint = f"A hand has the keypoints {', '.join(CANONICAL_NAMES)}."
        raise UserError(f"{whole.where} has no category with the 21 keypoints of a hand.", hint=hint)
    return found


def _hand(
    entry: _Entry, images: dict[int, ExportImage], order: dict[int, list[int] | None], notes: Counter[str]
) -> ExportHand | None:
    category, image_id = entry.integer("category_id"), entry.integer("image_id")
    entry.require(category in order, "category_id", f"{category} is not among the categories")
    entry.require(image_id in images, "image_id", f"{image_id} is not among the images")
    rows = order[category]
    if rows is None or entry.values.get("iscrowd"):
        notes["not read, because it is not a single hand."] += 1
        return None
    if entry.values.get("segmentation"):
        notes["outline not read; only box and keypoints are."] += 1
    image, extra = images[image_id], entry.attributes()
    x, y, width, height = entry.numbers("bbox", 4)
    entry.require(width >= 0 and height >= 0, "bbox", "must not have a negative size")
    verdict, agreed = _verdict(extra, "verdict"), _verdict(extra, "consensus_verdict")
    side = extra.text("side", "unknown")
    extra.require(side.upper() in Side.__members__, "side", "must be left, right or unknown")
    scores = extra.values.get("scores") or {}
    good = isinstance(scores, dict) and all(isinstance(score, dict) for score in scores.values())
    extra.require(good, "scores", "must be an object of objects")
    return ExportHand(
        hand_id=extra.integer("hand_id") if "hand_id" in extra.values else entry.integer("id"),
        image_id=image_id,
        image_uri=image.uri,
        image_sha256=image.sha256,
        width=image.width,
        height=image.height,
        box=Box(x, y, width, height),
        pose=_pose(entry, rows, Side[side.upper()]),
        side=Side[side.upper()],
        source=extra.text("source", "coco"),
        verdict=verdict,
        scores=scores,
        annotator=extra.text("annotator", ""),
        annotation_id=extra.integer("annotation_id") if extra.values.get("annotation_id") is not None else None,
        note=extra.text("note", ""),
        generator=image.generator,
        family=image.family,
        kind=extra.text("kind", ""),
        stage=extra.text("stage", ""),
        consensus=extra.text("consensus", ""),
        consensus_verdict=agreed,
        consensus_by=extra.text("consensus_by", ""),
    )


def _verdict(extra: _Entry, key: str) -> str | None:
    found = extra.values.get(key)
    extra.require(found is None or found in VERDICTS, key, f"must be one of {', '.join(VERDICTS)}")
    return None if found is None else str(found)


def _pose(entry: _Entry, rows: list[int], side: Side) -> HandPose:
    flat = entry.numbers("keypoints", 3 * CANONICAL_POINTS)
    points = np.full((CANONICAL_POINTS, 2), np.nan, np.float32)
    states = np.zeros(CANONICAL_POINTS, np.uint8)
    for place, row in enumerate(rows):
        x, y, visibility = flat[3 * place : 3 * place + 3]
        entry.require(visibility in STATE_OF_VISIBILITY, f"keypoints[{3 * place + 2}]", "must be 0, 1 or 2")
        states[row] = STATE_OF_VISIBILITY[int(visibility)]
        if visibility:
            points[row] = x, y
    if "num_keypoints" in entry.values:
        labelled = int(np.count_nonzero(states))
        told = f"is not the number of labelled keypoints, {labelled}"
        entry.require(entry.integer("num_keypoints") == labelled, "num_keypoints", told)
    return HandPose.ordinary(points, states=states, side=side)


def _free_topology(file: Path, hands: dict[int, ExportHand], notes: Counter[str]) -> dict[int, ExportHand]:
    found: dict[int, ExportHand] = {}
    seen: set[int] = set()
    with file.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, 1):
            entry = _Entry(_parse(line, f"{file.name} line {place}"), f"{file.name} line {place}")
            entry.require(isinstance(entry.values, dict), "", "must be an object")
            number = entry.integer("id")
            entry.require(number in hands, "id", f"{number} is not among the annotations")
            entry.require(number not in seen, "id", f"{number} is used twice")
            seen.add(number)
            pose, findings, features = _whole_hand(entry)
            if _is_same(pose, hands[number].pose):
                found[number] = replace(hands[number], pose=pose, findings=findings, features=features)
            else:
                notes["keypoints were changed after the export, so its free topology was not used."] += 1
    if len(seen) < len(hands):
        notes[f"not in {file.name}, so read as five digits."] += len(hands) - len(seen)
    return found


def _parse(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not valid JSON: {error}.", hint="Nothing was imported.") from error


def _whole_hand(entry: _Entry) -> tuple[HandPose, tuple[Finding, ...], dict[str, Any] | None]:
    features = entry.values.get("features")
    entry.require(features is None or isinstance(features, dict), "features", "must be an object")
    try:
        # A number too large for float32 is caught below by its value, so numpy need not warn of it.
        with np.errstate(over="ignore"):
            pose = pose_from_dict(entry.values["pose"])
        findings = tuple(finding_from_dict(finding) for finding in entry.values.get("findings", []))
    except (UserError, ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise entry.fail("pose", f"is not the description of a hand ({error})") from error
    entry.require(not bool((np.abs(pose.points) >= _LARGEST).any()), "pose", "has coordinates out of range")
    return pose, findings, features


def _is_same(whole: HandPose, flat: HandPose) -> bool:
    """Say whether a hand of the sidecar still is the one that the keypoints show."""
    own, _ = canonical21(whole)
    located = np.isfinite(own.points).all(axis=1)
    seen = [VISIBILITY[JointState(state)] if there else 0 for state, there in zip(own.states, located, strict=True)]
    if seen != [VISIBILITY[JointState(state)] for state in flat.states]:
        return False
    labelled = np.asarray(seen) > 0
    return bool((np.abs(own.points[labelled] - flat.points[labelled]) <= _SAME_PX).all())
