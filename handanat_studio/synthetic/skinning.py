"""How the mesh follows the bones: which vertex belongs to which digit and bone, and the posed vertices."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from handanat_studio.synthetic.body import Body, root_of
from handanat_studio.synthetic.kinematics import Chain
from handanat_studio.synthetic.plan import DigitPlan, HandPlan

F64 = NDArray[np.float64]

PALM = -1


@dataclass(frozen=True)
class Skin:
    """The mesh's relation to the digits, in the straightened pose.

    Attributes:
        owner: (V,) place of the owning digit in the plan; `PALM` = palm and forearm.
        weights: (V, B) bone weights, rows sum to one; bones: palm, forearm, then three for each digit.
    """

    owner: NDArray[np.int64]
    weights: F64


def local_place(points: F64, digit: DigitPlan, chain: Chain) -> F64:
    """Return (V, 3) coordinates along, palmar of and beside a straight digit, mm from its root."""
    root, frame = root_of(digit, chain)
    return np.stack([_dot(points - root, frame[row]) for row in range(3)], axis=1)


def bind(body: Body) -> Skin:
    """Return which bone moves which vertex how much."""
    digits = body.plan.digits
    vertices = body.vertices
    pulls = np.zeros((len(vertices), len(digits)))
    places = []
    for column, digit in enumerate(digits):
        shape = body.profiles[digit.digit_id]
        place = local_place(vertices, digit, body.rest[digit.digit_id])
        places.append(place)
        pulls[:, column] = _pull(digit, place, shape.at, shape.radius)
    share = pulls * pulls
    share *= share
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    weights = np.zeros((len(vertices), 2 + 3 * len(digits)))
    for column, digit in enumerate(digits):
        held = share[:, column] * np.minimum(pulls[:, column], 1.0)
        bones = _along_bones(digit, places[column][:, 0], body.profiles[digit.digit_id].joints)
        weights[:, 2 + 3 * column : 5 + 3 * column] = held[:, None] * bones
    rest = 1.0 - weights.sum(axis=1)
    s = body.plan.scale
    arm = _ramp(-vertices[:, 1], -4.0 * s, 26.0 * s)
    weights[:, 0] = rest * (1.0 - arm)
    weights[:, 1] = rest * arm
    best = np.argmax(pulls, axis=1)
    owner = np.where(pulls[np.arange(len(vertices)), best] > 0.5, best, PALM)
    return Skin(owner, weights)


def posed_vertices(body: Body, skin: Skin, plan: HandPlan, pose: dict[int, Chain]) -> F64:
    """Return (V, 3) mm in the palm frame after moving every bone from the straightened to the wanted pose."""
    moves = [np.eye(3, 4), _arm_move(plan)]
    for digit in plan.digits:
        before, after = body.rest[digit.digit_id], pose[digit.digit_id]
        for bone in range(3):
            turn = after.frames[bone].T @ before.frames[bone]
            moves.append(np.column_stack([turn, after.joints[bone] - turn @ before.joints[bone]]))
    blended = np.einsum("vb,bk->vk", skin.weights, np.stack([m.ravel() for m in moves])).reshape(-1, 3, 4)
    return np.asarray(np.stack([_dot(body.vertices, blended[:, r, :3]) + blended[:, r, 3] for r in range(3)], axis=1))


def _dot(points: F64, direction: F64) -> F64:
    return np.asarray(
        points[:, 0] * direction[..., 0] + points[:, 1] * direction[..., 1] + points[:, 2] * direction[..., 2]
    )


def _ramp(value: F64, low: float, high: float) -> F64:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _pull(digit: DigitPlan, place: F64, at: F64, radius: F64) -> F64:
    """Return 0..1: how much a digit claims each vertex."""
    along = place[:, 0]
    nearest = np.clip(along, at[0], at[-1])
    distance = np.sqrt(place[:, 1] ** 2 + place[:, 2] ** 2 + (along - nearest) ** 2) - np.interp(nearest, at, radius)
    if digit.is_thumb:
        claim = np.clip(1.0 - np.maximum(distance - 1.0, 0.0) / 15.0, 0.0, 1.0) * _ramp(along, -2.0, 30.0)
    else:
        claim = np.clip(1.0 - np.maximum(distance - 0.5, 0.0) / 8.0, 0.0, 1.0)
        if digit.gap > 0:
            claim = claim * (along > -6.0)
        else:
            claim = claim * (_ramp(along, 0.0, 6.0) if digit.trunk_id is not None else _ramp(along, -7.0, 13.0))
    return np.asarray(claim)


def _along_bones(digit: DigitPlan, along: F64, joints: F64) -> F64:
    radii = digit.radii
    past_middle = _ramp(along, joints[1] - 0.62 * radii[1], joints[1] + 0.62 * radii[1])
    past_distal = _ramp(along, joints[2] - 0.62 * radii[2], joints[2] + 0.62 * radii[2])
    if digit.trunk_id is not None:
        past_middle = np.ones_like(along) if digit.fork_level >= 1 else past_middle
        past_distal = np.ones_like(along) if digit.fork_level >= 2 else past_distal
    return np.stack([1.0 - past_middle, past_middle * (1.0 - past_distal), past_middle * past_distal], axis=1)


def _arm_move(plan: HandPlan) -> F64:
    """Return the forearm's motion about the wrist; the palm stays, so a bent wrist moves the arm the other way."""
    bend, lean = radians(plan.wrist_flexion), radians(plan.wrist_deviation)
    about_x = np.array([[1, 0, 0], [0, cos(bend), sin(bend)], [0, -sin(bend), cos(bend)]])
    about_z = np.array([[cos(lean), -sin(lean), 0], [sin(lean), cos(lean), 0], [0, 0, 1]])
    return np.column_stack([about_z @ about_x, np.zeros(3)])
