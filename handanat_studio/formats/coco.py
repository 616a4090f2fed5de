"""COCO-keypoints export: annotations.json with 21 keypoints a hand, and topology.jsonl that keeps every hand whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from handanat_studio.formats.coco_read import CocoContent, read
from handanat_studio.formats.coco_schema import ANNOTATIONS, CATEGORY, COCO_VERSION, SIDECAR, VISIBILITY
from handanat_studio.formats.records import plain, to_line
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.codec import finding_to_dict, pose_to_dict
from handanat_studio.hand.topology import CANONICAL_NAMES, JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.progress import SILENT, Progress

__all__ = ["CocoContent", "keypoints", "read", "write"]

NOTES = [
    "COCO has five digits of 21 keypoints; every hand in its free topology is in topology.jsonl under the same id.",
    "Only topology.jsonl holds: digit ids, fusions, splits, 3-D coordinates, confidence, exact joint states, findings.",
    "Visibility: 2 = visible; 1 = occluded, self-occluded, outside the image or unsure; 0 = not labelled or absent.",
    "attributes.dropped of each annotation lists what COCO could not hold of that hand.",
    "area is that of the box, since no outline is known. (0, 0) is the top-left corner of the top-left pixel.",
]
_STEP = 200
_INFO = {"description": "HandAnat Studio hands", "version": COCO_VERSION, "notes": NOTES}


def write(
    hands: Iterable[ExportHand], images: Iterable[ExportImage], out: Path, *, progress: Progress = SILENT
) -> dict[str, Any]:
    """Write annotations.json and its sidecar topology.jsonl into the folder `out`, streaming.

    Args:
        hands: read once, after the images; each gets the annotation id 1, 2, ... in order.
        images: read once, first.
        out: an existing folder.
        progress: told of every hand.

    Returns:
        {"format", "format_version", "rows", "hands_with_losses", "notes"} for the manifest.

    Raises:
        ValueError: if two images share an id, or a hand belongs to an image that is not among `images`.
    """
    with (
        (out / ANNOTATIONS).open("w", encoding="utf-8") as file,
        (out / SIDECAR).open("w", encoding="utf-8") as sidecar,
    ):
        file.write(f'{{"info":{_json(_INFO)},"licenses":[],"categories":[{_json(CATEGORY)}],\n"images":[')
        known = _write_images(images, file)
        file.write('],\n"annotations":[')
        progress.start("Writing COCO")
        count = lossy = 0
        for count, hand in enumerate(hands, 1):
            if hand.image_id not in known:
                raise ValueError(f"hand {hand.hand_id} is of image {hand.image_id}, which is not exported")
            lossy += _write_hand(hand, count, file, sidecar)
            if count % _STEP == 0:
                progress.step(_STEP)
        file.write("]}\n")
        progress.step(count % _STEP)
    rows = {"images": len(known), "annotations": count}
    return {
        "format": "coco",
        "format_version": COCO_VERSION,
        "rows": rows,
        "hands_with_losses": lossy,
        "notes": NOTES,
    }


def keypoints(pose: HandPose) -> tuple[list[float], list[str]]:
    """Return COCO's 63 numbers for any hand, and one sentence for each thing they cannot say.

    Args:
        pose: free topology.

    Returns:
        [x, y, v] * 21 in the order of `CANONICAL_NAMES`, and what was dropped.
    """
    flat, dropped = canonical21(pose)
    numbers: list[float] = []
    changed: dict[str, list[str]] = {}
    for name, (x, y), state in zip(CANONICAL_NAMES, flat.points.tolist(), flat.states.tolist(), strict=True):
        located = np.isfinite([x, y]).all()
        visibility = VISIBILITY[JointState(state)] if located else 0
        numbers += [x, y, visibility] if visibility else [0, 0, 0]
        told = _loss(JointState(state), visibility, bool(located))
        if told:
            changed.setdefault(told, []).append(name)
    return numbers, [*dropped, *(f"{told}: {', '.join(names)}." for told, names in changed.items())]


def _loss(state: JointState, visibility: int, located: bool) -> str:
    word = state.name.lower()
    if state in (JointState.ABSENT, JointState.SELF_OCCLUDED, JointState.OUTSIDE, JointState.UNSURE):
        kept = "" if visibility or not located else ", coordinates left out"
        return f"State {word} written as visibility {visibility}{kept}"
    if located and not visibility:
        return f"Coordinates of {word} joints left out"
    if not located and state != JointState.UNLABELLED:
        return f"State {word} without coordinates written as visibility 0"
    return ""


def _write_images(images: Iterable[ExportImage], file: TextIO) -> set[int]:
    known: set[int] = set()
    for image in images:
        if image.image_id in known:
            raise ValueError(f"two images have the id {image.image_id}")
        entry = {
            "id": image.image_id,
            "file_name": image.uri,
            "width": image.width or 0,
            "height": image.height or 0,
            "attributes": {
                "sha256": image.sha256,
                "generator": image.generator,
                "family": image.family,
                "prompt": image.prompt,
                "seed": image.seed,
                "error": image.error,
            },
        }
        file.write((",\n" if known else "\n") + _json(entry))
        known.add(image.image_id)
    return known


def _write_hand(hand: ExportHand, number: int, file: TextIO, sidecar: TextIO) -> bool:
    numbers, dropped = keypoints(hand.pose)
    file.write((",\n" if number > 1 else "\n") + _json(_annotation(hand, number, numbers, dropped)))
    kept = {
        "id": number,
        "hand_id": hand.hand_id,
        "image_id": hand.image_id,
        "pose": pose_to_dict(hand.pose),
        "findings": [finding_to_dict(finding) for finding in hand.findings],
        "features": hand.features,
        "dropped": dropped,
    }
    sidecar.write(to_line(plain(kept)))
    return bool(dropped)


def _annotation(hand: ExportHand, number: int, numbers: list[float], dropped: list[str]) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": hand.image_id,
        "category_id": CATEGORY["id"],
        "bbox": hand.box.as_list(),
        "area": hand.box.width * hand.box.height,
        "iscrowd": 0,
        "num_keypoints": sum(1 for v in numbers[2::3] if v),
        "keypoints": numbers,
        "attributes": {
            "hand_id": hand.hand_id,
            "side": hand.side.name.lower(),
            "source": hand.source,
            "annotator": hand.annotator,
            "annotation_id": hand.annotation_id,
            "kind": hand.kind,
            "stage": hand.stage,
            "verdict": hand.verdict,
            "consensus": hand.consensus,
            "consensus_verdict": hand.consensus_verdict,
            "consensus_by": hand.consensus_by,
            "note": hand.note,
            "finger_count": (hand.features or {}).get("finger_count"),
            "scores": hand.scores,
            "dropped": dropped,
        },
    }


def _json(value: Any) -> str:
    return json.dumps(plain(value), allow_nan=False, separators=(",", ":"))
