"""From joint angles and bone lengths to joint positions and bone frames, in the palm frame. No drawing here.

Angles follow `hand`: flexion +, extension -. A finger's base flexion is measured in the plane through its
metacarpal (wrist to knuckle) and the palm normal; middle and distal joints are hinges about the finger's own side axis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, cos, degrees, radians, sin

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import DigitKind
from handanat_studio.synthetic.plan import DigitPlan, HandPlan

F64 = NDArray[np.float64]

_THUMB_CURL = np.array([-0.75, -0.10, 0.60])
_THUMB_PRONATION = np.array([-0.10, -0.15, -0.95])
"""Direction in which a thumb's tip bends, in the palm frame, and how it changes with the sine of the metacarpal's lift.
Judgement: a flat thumb bends across the palm and out of it, a lifted (opposed) one across and back towards it."""

_REST_FORK_DEG = 30.0
_REST_FAN_DEG = 36.0
_REST_FAN_FORKED_DEG = 54.0


@dataclass(frozen=True)
class Chain:
    """One digit in space.

    Attributes:
        joints: (4, 3) mm.
        frames: (3, 3, 3) per bone: rows are the bone's direction, its palmar and its side direction, all unit.
    """

    joints: F64
    frames: F64


def unit(vector: F64) -> F64:
    """Return a vector of length one."""
    return np.asarray(vector / np.sqrt((vector * vector).sum()))


def palm_normal(plan: HandPlan) -> F64:
    """Return the (3,) palmar direction, from wrist, index, middle and little knuckle as `hand.geometry` defines it.

    Where one of those digits does not exist, the nearest digit of the row stands in.
    """
    row = plan.row()
    if len(row) < 2:
        return np.array([0.0, 0.0, 1.0])
    base = {d.kind: d.base for d in row}
    middle = base.get(DigitKind.MIDDLE, row[len(row) // 2].base)
    forward = unit(middle)
    first, last = base.get(DigitKind.INDEX, row[0].base), base.get(DigitKind.LITTLE, row[-1].base)
    if first[0] <= last[0]:
        # The little finger is the first of the row, or the index finger the last.
        first, last = row[0].base, row[-1].base
    across = first - last
    across = unit(across - forward * (across @ forward))
    return np.cross(across, forward)


def chains(plan: HandPlan) -> dict[int, Chain]:
    """Return every digit's joints and frames, by digit id."""
    normal = palm_normal(plan)
    found: dict[int, Chain] = {}
    for digit in plan.digits:
        found[digit.digit_id] = (
            _trunk(digit, normal) if digit.trunk_id is None else _branch(digit, found[digit.trunk_id])
        )
    return found


def straightened(plan: HandPlan) -> HandPlan:
    """Return the hand with all digits straight and fanned out, the pose in which its body is built."""
    row = plan.row()
    width = _REST_FAN_FORKED_DEG if any(d.trunk_id is not None for d in plan.digits) else _REST_FAN_DEG
    fan = {d.digit_id: width * (0.5 - k / max(len(row) - 1, 1)) for k, d in enumerate(row)}
    for fusion in plan.fusions:
        middle = (fan[fusion.first_id] + fan[fusion.second_id]) / 2
        fan[fusion.first_id] = fan[fusion.second_id] = middle
    digits, thumb_yaw = [], 44.0
    for digit in plan.digits:
        flat = replace(digit, flexion=np.zeros(3))
        if digit.is_thumb:
            digits.append(replace(flat, lift=14.0, yaw=thumb_yaw))
            thumb_yaw += 36.0
        elif digit.trunk_id is not None:
            digits.append(replace(flat, fork_yaw=float(np.copysign(_REST_FORK_DEG, digit.fork_yaw))))
        else:
            digits.append(replace(flat, yaw=fan[digit.digit_id]))
    return replace(plan, digits=tuple(digits), wrist_flexion=0.0, wrist_deviation=0.0)


def abduction(digit: DigitPlan, normal: F64) -> float:
    """Return a finger's sideways angle at the knuckle in degrees, from its metacarpal's line, thumb side +."""
    forward, palmar, side = _base_frame(digit.base, normal)
    wanted = np.array([sin(radians(digit.yaw)), cos(radians(digit.yaw)), 0.0])
    wanted = wanted - palmar * (wanted @ palmar)
    return degrees(atan2(float(wanted @ side), float(wanted @ forward)))


def _base_frame(base: F64, normal: F64) -> tuple[F64, F64, F64]:
    forward = unit(base)
    palmar = unit(normal - forward * (normal @ forward))
    return forward, palmar, np.cross(forward, palmar)


def _trunk(digit: DigitPlan, normal: F64) -> Chain:
    if digit.is_thumb:
        yaw, lift = radians(digit.yaw), radians(digit.lift)
        direction = np.array([sin(yaw) * cos(lift), cos(yaw) * cos(lift), sin(lift)])
        curl = _THUMB_CURL + sin(lift) * _THUMB_PRONATION
        palmar = unit(curl - direction * (curl @ direction))
        bends = (0.0, float(digit.flexion[1]), float(digit.flexion[2]))
        base = digit.base
    else:
        forward, up, side = _base_frame(digit.base, normal)
        flexion, sideways = radians(float(digit.flexion[0])), radians(abduction(digit, normal))
        within = cos(flexion) * forward + sin(flexion) * up
        direction = cos(sideways) * within + sin(sideways) * side
        palmar = cos(flexion) * up - sin(flexion) * forward
        bends = (0.0, float(digit.flexion[1]), float(digit.flexion[2]))
        # Moving along the metacarpal's own line keeps every measured angle what the plan says.
        base = digit.base + digit.gap * forward
    return _extend(base[None], np.empty((0, 3, 3)), (direction, palmar), digit, bends)


def _branch(digit: DigitPlan, trunk: Chain) -> Chain:
    level = digit.fork_level
    frame = trunk.frames[level]
    turn = radians(digit.fork_yaw)
    direction = cos(turn) * frame[0] + sin(turn) * frame[2]
    bends = tuple(0.0 if k <= level else float(digit.flexion[k]) for k in range(3))
    return _extend(trunk.joints[: level + 1], trunk.frames[:level], (direction, frame[1]), digit, bends)


def _extend(joints: F64, frames: F64, start: tuple[F64, F64], digit: DigitPlan, bends: tuple[float, ...]) -> Chain:
    points, bones = list(joints), list(frames)
    direction, palmar = start
    side = np.cross(direction, palmar)
    for bone in range(len(bones), 3):
        turn = radians(bends[bone])
        direction, palmar = (
            cos(turn) * direction + sin(turn) * palmar,
            cos(turn) * palmar - sin(turn) * direction,
        )
        bones.append(np.stack([direction, palmar, side]))
        points.append(points[-1] + direction * digit.lengths[bone])
    return Chain(np.stack(points), np.stack(bones))
