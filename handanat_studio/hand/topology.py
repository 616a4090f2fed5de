"""The names and numbers of a hand's parts. No geometry here, and no vendor.

Conventions used everywhere:
- image coordinates: pixels of the upright image, x right, y down, (0, 0) = top-left corner of the top-left pixel;
- world coordinates: metres, x right, y down, z away from the viewer, origin anywhere in the hand;
- row 0 of every point array is the wrist, then four rows for each digit: base, middle, distal, tip.
"""

from __future__ import annotations

from enum import IntEnum


class DigitKind(IntEnum):
    """What a digit is; EXTRA is a digit beyond the ordinary five."""

    THUMB = 0
    INDEX = 1
    MIDDLE = 2
    RING = 3
    LITTLE = 4
    EXTRA = 5


class Level(IntEnum):
    """A joint's place in its digit: thumb CMC/MCP/IP/tip, fingers MCP/PIP/DIP/tip."""

    BASE = 0
    MIDDLE = 1
    DISTAL = 2
    TIP = 3


class JointState(IntEnum):
    """What is known of a joint. ABSENT (anatomically not there) is never the same as not visible or not labelled."""

    UNLABELLED = 0
    VISIBLE = 1
    OCCLUDED = 2
    SELF_OCCLUDED = 3
    OUTSIDE = 4
    ABSENT = 5
    UNSURE = 6


class Side(IntEnum):
    """The subject's own side, as in "my right hand"."""

    UNKNOWN = 0
    RIGHT = 1
    LEFT = -1


WRIST = 0
JOINTS_PER_DIGIT = 4
CANONICAL_DIGITS = (DigitKind.THUMB, DigitKind.INDEX, DigitKind.MIDDLE, DigitKind.RING, DigitKind.LITTLE)
CANONICAL_POINTS = 1 + JOINTS_PER_DIGIT * len(CANONICAL_DIGITS)
LEVEL_NAMES = {
    True: ("cmc", "mcp", "ip", "tip"),
    False: ("mcp", "pip", "dip", "tip"),
}
LOCATED_STATES = (
    JointState.VISIBLE,
    JointState.OCCLUDED,
    JointState.SELF_OCCLUDED,
    JointState.OUTSIDE,
    JointState.UNSURE,
)
"""States in which a joint may carry coordinates."""


def level_name(kind: DigitKind | int, level: Level | int) -> str:
    """Return the anatomical name of a level, e.g. "pip"."""
    return LEVEL_NAMES[DigitKind(kind) is DigitKind.THUMB][level]


def joint_name(kind: DigitKind | int, level: Level | int) -> str:
    """Return e.g. "index_pip", "thumb_cmc" or "extra_tip"."""
    return f"{DigitKind(kind).name.lower()}_{level_name(kind, level)}"


def point_row(digit_index: int, level: Level | int) -> int:
    """Return the row of a joint in a point array, from the digit's place in the hand."""
    return 1 + JOINTS_PER_DIGIT * digit_index + int(level)


CANONICAL_NAMES = ("wrist", *(joint_name(kind, level) for kind in CANONICAL_DIGITS for level in Level))
"""The 21 point names in MediaPipe order."""

ANGLE_NAMES = tuple(joint_name(kind, level) for kind in CANONICAL_DIGITS for level in list(Level)[:3])
"""The 15 measured joints: thumb cmc, mcp, ip, then mcp, pip, dip of index to little."""

RATIO_NAMES = tuple(kind.name.lower() for kind in CANONICAL_DIGITS)
"""The five digit length ratios, each digit's length over the middle finger's."""
