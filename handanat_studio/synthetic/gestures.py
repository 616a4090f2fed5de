"""Natural poses of a hand: joint angles drawn around everyday gestures, always inside comfortable ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F64 = NDArray[np.float64]

# Mean flexion at base, middle and distal joint in degrees. Judgement, inside the active ranges of the limits table.
_CURLS = {
    "straight": (3.0, 5.0, 4.0),
    "slight": (10.0, 15.0, 9.0),
    "relaxed": (22.0, 33.0, 19.0),
    "half": (38.0, 58.0, 34.0),
    "fist": (84.0, 103.0, 68.0),
    "pinch": (46.0, 50.0, 30.0),
    "grasp": (30.0, 48.0, 28.0),
}
# Yaw and lift of the metacarpal, flexion of MCP and IP.
_THUMBS = {
    "open": (45.0, 16.0, 5.0, 4.0),
    "relaxed": (40.0, 26.0, 14.0, 16.0),
    "beside": (31.0, 10.0, 8.0, 6.0),
    "folded": (18.0, 35.0, 40.0, 44.0),
    "locked": (22.0, 37.0, 40.0, 42.0),
    "pinch": (25.0, 48.0, 22.0, 26.0),
    "up": (46.0, 4.0, 2.0, -2.0),
    "grasp": (34.0, 46.0, 12.0, 20.0),
}
# Name: how often, thumb, curl of index to little, spread from..to.
_GESTURES: dict[str, tuple[float, str, tuple[str, str, str, str], tuple[float, float]]] = {
    "open": (5.0, "open", ("straight",) * 4, (0.25, 0.8)),
    "spread": (3.0, "open", ("straight",) * 4, (0.85, 1.25)),
    "flat": (2.0, "beside", ("straight",) * 4, (0.0, 0.25)),
    "relaxed": (4.5, "relaxed", ("slight", "slight", "relaxed", "relaxed"), (0.15, 0.6)),
    "soft": (3.0, "relaxed", ("relaxed", "relaxed", "relaxed", "half"), (0.1, 0.5)),
    "grasp": (1.5, "grasp", ("grasp",) * 4, (0.1, 0.5)),
    "one": (1.5, "locked", ("straight", "fist", "fist", "fist"), (0.1, 0.5)),
    "pointing": (1.5, "relaxed", ("straight", "half", "half", "half"), (0.1, 0.4)),
    "two": (2.0, "locked", ("straight", "straight", "fist", "fist"), (0.3, 1.0)),
    "three": (1.5, "folded", ("straight", "straight", "straight", "fist"), (0.3, 0.9)),
    "four": (1.5, "folded", ("straight",) * 4, (0.2, 0.9)),
    "fist": (1.0, "locked", ("fist",) * 4, (0.0, 0.3)),
    "thumb_up": (0.8, "up", ("fist",) * 4, (0.0, 0.2)),
    "pinch": (1.5, "pinch", ("pinch", "slight", "slight", "slight"), (0.2, 0.7)),
}
GESTURE_NAMES = tuple(_GESTURES)

# Yaw of index to little with closed fingers, and what full spread adds.
_CLOSED_YAW = np.array([1.5, 0.2, -1.5, -4.0])
_SPREAD_YAW = np.array([10.0, 1.5, -7.0, -16.0])
_FINGER_RANGE = np.array([[-12.0, 1.0, 1.0], [88.0, 108.0, 84.0]])
_THUMB_RANGE = np.array([[12.0, -2.0, -6.0, -12.0], [51.0, 52.0, 54.0, 68.0]])


@dataclass(frozen=True)
class Gesture:
    """Joint angles of the ordinary five digits.

    Attributes:
        name: one of `GESTURE_NAMES`.
        flexion: (5, 3) degrees, thumb to little; the thumb's first is unused.
        yaw: (5,) degrees, see `DigitPlan`.
        thumb_lift: degrees.
        wrist_flexion: degrees.
        wrist_deviation: degrees.
    """

    name: str
    flexion: F64
    yaw: F64
    thumb_lift: float
    wrist_flexion: float
    wrist_deviation: float


def draw_gesture(rng: Generator, *, name: str | None = None) -> Gesture:
    """Draw a natural pose.

    Args:
        rng: source of chance.
        name: one of `GESTURE_NAMES`; None = as often as each occurs.
    """
    often = np.array([row[0] for row in _GESTURES.values()])
    drawn = GESTURE_NAMES[int(np.searchsorted(np.cumsum(often) / often.sum(), rng.random()))]
    chosen = name or drawn
    _, thumb, curls, spread = _GESTURES[chosen]
    mean = np.array([_CURLS[c] for c in curls])
    together, alone = rng.standard_normal(3), rng.standard_normal((4, 3))
    bend = mean + (0.10 * mean + 2.0) * 0.6 * together + (0.08 * mean + 2.0) * alone
    fingers = np.clip(bend, *_FINGER_RANGE)
    metacarpal = np.clip(np.array(_THUMBS[thumb]) + rng.standard_normal(4) * [3.5, 4.0, 5.0, 6.0], *_THUMB_RANGE)
    yaw = _CLOSED_YAW + _SPREAD_YAW * rng.uniform(*spread) + rng.standard_normal(4) * 0.8
    return Gesture(
        chosen,
        np.concatenate([[[0.0, metacarpal[2], metacarpal[3]]], fingers]),
        np.concatenate([[metacarpal[0]], yaw]),
        float(metacarpal[1]),
        float(np.clip(rng.normal(0.0, 12.0), -30.0, 30.0)),
        float(np.clip(rng.normal(0.0, 6.0), -14.0, 14.0)),
    )
