"""Poses and findings as plain JSON values, with names instead of slots.

Used by the store, the formats and the generator's truth.
"""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Side, level_name
from handanat_studio.hand.values import Finding, Fusion, HandPose, Split

_STATES = tuple(state.name.lower() for state in JointState)
_KINDS = tuple(kind.name.lower() for kind in DigitKind)
_LEVELS = tuple(tuple(level_name(kind, level) for level in range(JOINTS_PER_DIGIT)) for kind in DigitKind)


def number(value: float) -> float | None:
    """Return a JSON number; NaN and infinities become null."""
    value = float(value)
    return value if math.isfinite(value) else None


def _joints(pose: HandPose) -> list[dict[str, Any]]:
    joints: list[dict[str, Any]] = [{"state": _STATES[state]} for state in pose.states.tolist()]
    arrays = [("xy", pose.points)] if pose.world is None else [("xy", pose.points), ("xyz_m", pose.world)]
    for key, array in arrays:
        known = np.isfinite(array).all(axis=1).tolist()
        for joint, is_known, value in zip(joints, known, array.tolist(), strict=True):
            if is_known:
                joint[key] = value
    return joints


def pose_to_dict(pose: HandPose) -> dict[str, Any]:
    """Return a lossless JSON-ready description of a pose, joints by name; half a coordinate is no coordinate."""
    joints = _joints(pose)
    digits = []
    for index, (kind, digit_id) in enumerate(zip(pose.digit_kind.tolist(), pose.digit_id.tolist(), strict=True)):
        first = 1 + JOINTS_PER_DIGIT * index
        chain = dict(zip(_LEVELS[kind], joints[first : first + JOINTS_PER_DIGIT], strict=True))
        digits.append({"id": digit_id, "kind": _KINDS[kind], "joints": chain})
    return {
        "side": pose.side.name.lower(),
        "confidence": number(pose.confidence),
        "has_world": pose.world is not None,
        "wrist": joints[0],
        "digits": digits,
        "fusions": [asdict(f) for f in pose.fusions],
        "splits": [asdict(s) for s in pose.splits],
    }


def pose_from_dict(data: dict[str, Any]) -> HandPose:
    """Rebuild a pose from `pose_to_dict`.

    Raises:
        UserError: if the description is incomplete or contradicts itself.
    """
    try:
        kinds = [DigitKind[d["kind"].upper()] for d in data["digits"]]
        joints = [data["wrist"]]
        for kind, digit in zip(kinds, data["digits"], strict=True):
            joints += [digit["joints"][level_name(kind, level)] for level in range(JOINTS_PER_DIGIT)]
        nan = float("nan")
        world = [j.get("xyz_m", [nan] * 3) for j in joints] if data["has_world"] else None
        confidence = data["confidence"]
        return HandPose(
            points=[j.get("xy", [nan, nan]) for j in joints],  # type: ignore[arg-type]
            states=[JointState[j["state"].upper()] for j in joints],  # type: ignore[arg-type]
            digit_kind=kinds,  # type: ignore[arg-type]
            digit_id=[d["id"] for d in data["digits"]],  # type: ignore[arg-type]
            world=world,  # type: ignore[arg-type]
            fusions=tuple(Fusion(**f) for f in data["fusions"]),
            splits=tuple(Split(**s) for s in data["splits"]),
            side=Side[data["side"].upper()],
            confidence=nan if confidence is None else confidence,
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise UserError(f"This is not the description of a hand: {error!r}.", hint="Export the hand again.") from error


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """Return a JSON-ready finding."""
    return {k: number(v) if isinstance(v, float) else v for k, v in asdict(finding).items()}


def finding_from_dict(data: dict[str, Any]) -> Finding:
    """Rebuild a finding; null numbers become NaN."""
    numbers = {f.name for f in fields(Finding) if f.type == "float"}
    values: dict[str, Any] = {k: float("nan") if v is None and k in numbers else v for k, v in data.items()}
    return Finding(**values)
