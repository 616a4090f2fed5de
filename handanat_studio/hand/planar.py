"""The honest reading of a hand without depth: every way it may stand in space, and the turns that survive projection.

A projected angle bounds nothing. So the bones are given plausible lengths, each is tilted towards or away from the
viewer, and only what all of these hypotheses share is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

from array_api_compat import array_namespace, device

from handanat_studio.hand.geometry import Axes, dot, minus, norm, rows, safe_sqrt, spatial_angles, unit
from handanat_studio.hand.limits import ANGLE_LIMITS, BONE_SHARES, KNUCKLE_ROW

_ACROSS = 0.68
_SCALES = (1.0, 1.08)  # over the least size: the longest-looking of twenty bones is seldom shortened by more
_SEEN_SHARE = 0.4  # a bone shorter than this share of its length points at the viewer; its direction is noise
_STRAIGHT_SHARE = 0.97
_PARALLEL_COS = math.cos(math.radians(20.0))


@dataclass(frozen=True, slots=True)
class PlanarAngles:
    """What two coordinates per joint can say about the angles of N hands.

    Attributes:
        angle: (15, N) degrees, the hypothesis closest to the permissive range.
        low, high: (15, N) degrees, range of the hypotheses; where all are illegal, of those on the side of `angle`.
        s_bend: (4, N) degrees, index to little: the smaller of two opposite turns at the middle and distal joint;
            0 = none.
        s_bend_seen: (4, N) bool, the finger's bones are long enough in the picture for its turns to be read.
    """

    angle: Any
    low: Any
    high: Any
    s_bend: Any
    s_bend_seen: Any


def planar_angles(joints: Axes, claimed: Any) -> PlanarAngles:
    """Try every depth sign of every bone at several sizes of the hand.

    Args:
        joints: two arrays (21, N), any unit, no NaN.
        claimed: (N,) +1 right, -1 left, 0 unknown, in the dtype of the coordinates.

    Returns:
        The range of each angle over 64 hypotheses, and the S-bends.
    """
    xp = array_namespace(joints[0])
    size = hand_size(joints)
    depth = _depths(joints, size)
    lifted = tuple(xp.broadcast_to(x[:, None, :], depth.shape) for x in joints)
    count = depth.shape[1]
    side = xp.broadcast_to(claimed[None, :], (count, claimed.shape[0]))
    angle = spatial_angles((*lifted, depth), side, needed_deg=math.inf).angle
    best, low, high = _hull(angle)
    s_bend, seen = _s_bends(joints, size)
    return PlanarAngles(best, low, high, s_bend, seen)


def hand_size(joints: Axes) -> Any:
    """Return (N,) the least middle-finger length with which no bone looks too long, in the unit of `joints`."""
    xp = array_namespace(joints[0])
    seen = _seen_bones(joints)
    usual = _constant(xp, [list(row) for row in BONE_SHARES], joints[0])[:, :, None]
    return xp.max(xp.reshape(seen / usual, (20, -1)), axis=0)


def _constant(xp: Any, values: Any, like: Any) -> Any:
    return xp.asarray(values, dtype=like.dtype, device=device(like))


def _seen_bones(joints: Axes) -> Any:
    """Return (5, 4, N): the ray from the wrist and the three bones of each digit, as long as they look."""
    xp = array_namespace(joints[0])
    chains = tuple(xp.reshape(x[1:, :], (5, 4, -1)) for x in joints)
    rays = minus(rows(chains, slice(None), slice(0, 1)), rows(joints, slice(0, 1)))
    bones = minus(rows(chains, slice(None), slice(1, 4)), rows(chains, slice(None), slice(0, 3)))
    return xp.concat([norm(rays), norm(bones)], axis=1)


def _depths(joints: Axes, size: Any) -> Any:
    """Return (21, H, N) depths for every combination of palm tilt, palm roll, three bone signs and size."""
    xp = array_namespace(size)
    scales = _constant(xp, _SCALES, size)[:, None] * size
    usual = _constant(xp, [list(row) for row in BONE_SHARES], size)[:, :, None, None]
    seen = _seen_bones(joints)[:, :, None, :]
    square = (usual * scales) ** 2 - seen**2
    rise = safe_sqrt(xp.where(square > 0, square, xp.zeros_like(square)))
    across = norm(minus(rows(joints, 5), rows(joints, 17)))
    square = (_ACROSS * scales) ** 2 - across**2
    roll = safe_sqrt(xp.where(square > 0, square, xp.zeros_like(square)))
    place = _constant(xp, KNUCKLE_ROW, size)[:, None, None, None]
    signs = _constant(xp, list(product((1.0, -1.0), repeat=5)), size)
    tilt, lean = signs[:, 0][:, None, None], signs[:, 1][:, None, None]
    knuckles = tilt * rise[2, 0, ...] + lean * place * roll
    levels = [xp.concat([(tilt * rise[0, 0, ...])[None, ...], knuckles], axis=0)]
    for level in (1, 2, 3):
        levels.append(levels[-1] + signs[:, 1 + level][:, None, None] * rise[:, level, ...][:, None, ...])
    chain = xp.reshape(xp.stack(levels, axis=1), (20, len(_SCALES) * signs.shape[0], -1))
    return xp.concat([xp.zeros_like(chain[:1, ...]), chain], axis=0)


def _hull(angle: Any) -> tuple[Any, Any, Any]:
    xp = array_namespace(angle)
    low_limit = _constant(xp, [limit.low for limit in ANGLE_LIMITS], angle)[:, None, None]
    high_limit = _constant(xp, [limit.high for limit in ANGLE_LIMITS], angle)[:, None, None]
    under, over = low_limit - angle, angle - high_limit
    excess = xp.where(under > over, under, over)
    best = xp.argmin(excess, axis=1)
    chosen = best[:, None, :] == xp.arange(angle.shape[1], device=device(angle))[None, :, None]
    closest = xp.sum(xp.where(chosen, angle, xp.zeros_like(angle)), axis=1)
    all_illegal = xp.min(excess, axis=1) > 0
    same_side = (angle > high_limit) == (closest[:, None, :] > high_limit)
    counted = same_side | ~all_illegal[:, None, :]
    far = xp.full_like(angle, math.inf)
    low = xp.min(xp.where(counted, angle, far), axis=1)
    high = xp.max(xp.where(counted, angle, -far), axis=1)
    return closest, low, high


def _s_bends(joints: Axes, size: Any) -> tuple[Any, Any]:
    """Return the S-bend of each finger: the order of turns survives any view of a flat finger."""
    xp = array_namespace(size)
    chains = tuple(xp.reshape(x[5:, :], (4, 4, -1)) for x in joints)
    bones = minus(rows(chains, slice(None), slice(1, 4)), rows(chains, slice(None), slice(0, 3)))
    before, after = rows(bones, slice(None), slice(0, 2)), rows(bones, slice(None), slice(1, 3))
    turn = before[0] * after[1] - before[1] * after[0]
    along = dot(before, after)
    defined = (turn != 0) | (along != 0)
    angle = xp.atan2(turn, xp.where(defined, along, xp.ones_like(along))) * (180.0 / math.pi)
    first, second = angle[:, 0, :], angle[:, 1, :]
    opposite = first * second < 0
    smaller = xp.where(xp.abs(first) < xp.abs(second), xp.abs(first), xp.abs(second))
    usual = _constant(xp, [list(row[1:]) for row in BONE_SHARES[1:]], size)[:, :, None]
    seen = xp.all(norm(bones) >= _SEEN_SHARE * usual * size, axis=1)
    return xp.where(opposite, smaller, xp.zeros_like(smaller)), seen


def comparable_lengths(joints: Axes) -> Any:
    """Say which digits' lengths may be compared with the middle finger's in a picture.

    Args:
        joints: two arrays (21, N), any unit, no NaN.

    Returns:
        (5, N) bool: the digit and the middle finger are straight and parallel, so a tilted view shortens both alike.
    """
    xp = array_namespace(joints[0])
    chains = tuple(xp.reshape(x[1:, :], (5, 4, -1)) for x in joints)
    bones = minus(rows(chains, slice(None), slice(1, 4)), rows(chains, slice(None), slice(0, 3)))
    thumb_end = minus(rows(chains, slice(0, 1), 3), rows(chains, slice(0, 1), 1))
    finger_end = minus(rows(chains, slice(1, 5), 3), rows(chains, slice(1, 5), 0))
    chord = tuple(xp.concat([t, f], axis=0) for t, f in zip(thumb_end, finger_end, strict=True))
    bone = norm(bones)
    path = xp.concat([bone[:1, 1, :] + bone[:1, 2, :], xp.sum(bone[1:, ...], axis=1)], axis=0)
    straight = norm(chord) > _STRAIGHT_SHARE * path
    direction = unit(chord)
    parallel = dot(direction, rows(direction, slice(2, 3))) > _PARALLEL_COS
    return straight & straight[2:3, :] & parallel
