"""The JSON record of `handanat score`, a line per image. Its keys are a promise: add some, never rename or drop one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from handanat_studio.hand.codec import finding_to_dict
from handanat_studio.hand.evidence import DigitEvidence, evidence_to_dict
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Side
from handanat_studio.hand.values import Box, Detection, HandPose, Score

PAPER_PARTS = ("count", "angles", "ratios")
_STATES = tuple(state.name.lower() for state in JointState)


@dataclass(frozen=True, slots=True)
class HandRecord:
    """One found hand with all that was measured and judged.

    Attributes:
        box: where the hand is.
        side: the subject's own side.
        pose: free topology.
        detector: {"name", "version", "score", "fallback_reason"}.
        features: as `hand.features.features_to_dict` gives them.
        scores: scorer name -> score.
        evidence: what the digit network saw; None = it has not looked.
    """

    box: Box
    side: Side
    pose: HandPose
    detector: Mapping[str, Any]
    features: Mapping[str, Any]
    scores: Mapping[str, Score]
    evidence: DigitEvidence | None = None

    @classmethod
    def of_detection(cls, detection: Detection, features: Mapping[str, Any], scores: Mapping[str, Score]) -> HandRecord:
        """Make the record of a hand that a detector found."""
        detector = {
            "name": detection.detector,
            "version": detection.version,
            "score": detection.score,
            "fallback_reason": detection.fallback_reason,
        }
        pose = detection.pose
        return cls(detection.box, pose.side, pose, detector, features, scores, detection.evidence)


def image_record(
    image: str,
    width: int | None,
    height: int | None,
    error: str | None,
    hands: Sequence[HandRecord] = (),
    *,
    sha256: str | None = None,
) -> dict[str, Any]:
    """Return the record of one image.

    Args:
        image: path or address, as the user gave it.
        width: pixels of the upright image; None = could not be read.
        height: pixels of the upright image; None = could not be read.
        error: why the image could not be read; None or "" = it was.
        hands: what was found.
        sha256: of the file's bytes, hex.

    Returns:
        JSON-ready values without NaN: a number that is not known is null.
    """
    return {
        "image": str(image),
        "width": width,
        "height": height,
        "error": error or None,
        "hands": [hand_to_dict(hand) for hand in hands],
        "sha256": sha256 or None,
    }


def hand_to_dict(hand: HandRecord) -> dict[str, Any]:
    """Return the record of one hand; points are [x, y, state], pixels, in the order base, middle, distal, tip."""
    pose, features = hand.pose, plain(hand.features)
    points = [
        [x if isfinite(x) else None, y if isfinite(y) else None, _STATES[state]]
        for (x, y), state in zip(pose.points.tolist(), pose.states.tolist(), strict=True)
    ]
    digits = [
        {
            "id": int(digit_id),
            "kind": DigitKind(int(kind)).name.lower(),
            "points": points[first : first + JOINTS_PER_DIGIT],
        }
        for digit_id, kind, first in zip(
            pose.digit_id, pose.digit_kind, range(1, len(points), JOINTS_PER_DIGIT), strict=True
        )
    ]
    return {
        "box": plain(hand.box.as_list()),
        "side": hand.side.name.lower(),
        "detector": {key: plain(hand.detector.get(key)) for key in ("name", "version", "score", "fallback_reason")},
        "digits": digits,
        "wrist": points[0],
        "fusions": [asdict(fusion) for fusion in pose.fusions],
        "splits": [asdict(split) for split in pose.splits],
        "finger_count": features.get("finger_count"),
        "angles_deg": features.get("angles_deg"),
        "ratios": features.get("ratios"),
        "webbing": features.get("webbing"),
        "reasons": features.get("reasons"),
        "basis": features.get("basis"),
        "angle_range_deg": features.get("angle_range_deg"),
        "abduction_deg": features.get("abduction_deg"),
        "landmark_source": features.get("source"),
        "measured_side": features.get("side"),
        "chirality_conflict": features.get("chirality_conflict"),
        "features_version": features.get("version"),
        "scores": {name: score_to_dict(score) for name, score in hand.scores.items()},
        "evidence": None if hand.evidence is None else plain(evidence_to_dict(hand.evidence)),
    }


def score_to_dict(score: Score) -> dict[str, Any]:
    """Return a score under the keys of its scorer.

    "paper" is {"count", "angles", "ratios", "s_anat", "verdict"}, "calibrated" is {"p_implausible", "verdict",
    "findings"}, any other scorer {"value", "verdict", "findings"}; all carry "version", and "parts" if they have any.
    """
    findings = [plain(finding_to_dict(finding)) for finding in score.findings]
    parts = plain(score.parts)
    name = {"paper": "s_anat", "calibrated": "p_implausible"}.get(score.scorer, "value")
    parts.pop(name, None)
    if score.scorer == "paper":
        said = {part: parts.pop(part, None) for part in PAPER_PARTS}
        said |= {name: plain(score.value), "verdict": score.verdict}
        said |= {"findings": findings} if findings else {}
    else:
        said = {name: plain(score.value), "verdict": score.verdict, "findings": findings}
    return said | ({"parts": parts} if parts else {}) | {"version": score.version}


def to_line(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON with its line end; plain ASCII, so that any file name passes any console."""
    return json.dumps(record, allow_nan=False, separators=(",", ":")) + "\n"


def plain(value: Any) -> Any:
    """Return JSON-ready values: numpy numbers and arrays become Python's, NaN and infinities become None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(inner) for inner in value]
    return value
