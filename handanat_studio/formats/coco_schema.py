"""What our COCO-keypoints files look like: category, keypoint names, visibility, file names."""

from __future__ import annotations

from typing import Any

from handanat_studio.hand.topology import CANONICAL_DIGITS, CANONICAL_NAMES, JointState, Level, point_row

COCO_VERSION = "1"
ANNOTATIONS = "annotations.json"
SIDECAR = "topology.jsonl"

VISIBILITY = {
    JointState.UNLABELLED: 0,
    JointState.ABSENT: 0,
    JointState.VISIBLE: 2,
    JointState.OCCLUDED: 1,
    JointState.SELF_OCCLUDED: 1,
    JointState.OUTSIDE: 1,
    JointState.UNSURE: 1,
}
"""COCO's v: 0 = not labelled (x = y = 0), 1 = labelled but not visible, 2 = visible. Without coordinates it is 0."""

STATE_OF_VISIBILITY = {0: JointState.UNLABELLED, 1: JointState.OCCLUDED, 2: JointState.VISIBLE}

SKELETON = [
    [a + 1, b + 1]
    for digit in range(len(CANONICAL_DIGITS))
    for a, b in [
        (0, point_row(digit, Level.BASE)),
        *((point_row(digit, level), point_row(digit, level) + 1) for level in list(Level)[:3]),
    ]
]
"""20 bones as COCO writes them: pairs of keypoint numbers that begin at 1."""

CATEGORY: dict[str, Any] = {
    "id": 1,
    "name": "hand",
    "supercategory": "person",
    "keypoints": list(CANONICAL_NAMES),
    "skeleton": SKELETON,
}

_FOREIGN_DIGITS = {
    "thumb": "thumb",
    "forefinger": "index",
    "middle_finger": "middle",
    "ring_finger": "ring",
    "pinky_finger": "little",
}
_LEVELS = {"thumb": ("cmc", "mcp", "ip", "tip")}


def _aliases() -> dict[str, str]:
    known = {name: name for name in CANONICAL_NAMES}
    for foreign, digit in _FOREIGN_DIGITS.items():
        levels = _LEVELS.get(digit, ("mcp", "pip", "dip", "tip"))
        known |= {f"{foreign}{number}": f"{digit}_{level}" for number, level in enumerate(levels, 1)}
    return known


KEYPOINT_ALIASES = _aliases()
"""Our keypoint names and those of the COCO-WholeBody hand data sets ("forefinger1"), to our names."""
