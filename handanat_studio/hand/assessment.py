"""Which figures of a hand may be reported, and why the others may not. Nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device

from handanat_studio.hand.completion import BASES
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.reasons import Reason
from handanat_studio.hand.topology import JointState

_BENT_DEG = 60.0
_SHORT_BONE = 0.02  # of the longest bone; no direction can be read from less
_KNUCKLES = (3, 6, 9, 12)  # the four finger bases among the 15 angles


@dataclass(frozen=True, slots=True)
class Shape:
    """Figures of one basis, joints first: angles (15, N), abduction (4, N), and so on."""

    angle: Any
    low: Any
    high: Any
    abduction: Any
    s_bend: Any
    s_bend_seen: Any
    length: Any
    reach: Any
    comparable: Any
    evidence: Any


def constant(values: Any, like: Any) -> Any:
    """Return numbers as an array in the namespace, dtype and place of another."""
    return array_namespace(like).asarray(values, dtype=like.dtype, device=device(like))


def digit_lengths(bones: Any) -> Any:
    """Return (5, N) from (5, 3, N) bones: the thumb from its MCP, the fingers from theirs."""
    xp = array_namespace(bones)
    return xp.concat([(bones[0, 1, :] + bones[0, 2, :])[None, :], xp.sum(bones[1:, ...], axis=1)], axis=0)


def row_reasons(states: Any) -> Any:
    """Return (21, N) uint8: why a joint cannot be used, going by its state."""
    xp = array_namespace(states)
    reasons = xp.zeros_like(states)
    for state, reason in (
        (JointState.UNLABELLED, Reason.UNLABELLED),
        (JointState.UNSURE, Reason.UNSURE),
        (JointState.ABSENT, Reason.ABSENT),
    ):
        reasons = xp.where(states == int(state), xp.full_like(states, int(reason)), reasons)
    return reasons


def over_three(by_row: Any, combine: Any) -> Any:
    """Combine (21, N) into (5, 3, N): each joint with its two neighbours on the chain from the wrist."""
    xp = array_namespace(by_row)
    chains = xp.reshape(by_row[1:, :], (5, 4, -1))
    wrist = xp.broadcast_to(by_row[:1, :][None, ...], (5, 1, by_row.shape[1]))
    whole = xp.concat([wrist, chains], axis=1)
    return combine(combine(whole[:, 0:3, :], whole[:, 1:4, :]), whole[:, 2:5, :])


def worse(a: Any, b: Any) -> Any:
    """Return the greater of each pair; of two reasons the one that is kept."""
    return array_namespace(a).where(a > b, a, b)


def has_palm(known: Any) -> Any:
    """Return (N,) bool from (21, N): the wrist and at least two finger bases."""
    xp = array_namespace(known)
    bases = xp.stack([xp.astype(known[row, :], xp.uint8) for row in BASES])
    return known[0, :] & (xp.sum(bases, axis=0) >= 2)


def reason_code(like: Any, reason: Reason) -> Any:
    """Return one reason in the shape of another array."""
    xp = array_namespace(like)
    return xp.full(tuple(like.shape), int(reason), dtype=xp.uint8, device=device(like))


def angle_reasons(reasons: Any, palm: Any, shape: Shape) -> Any:
    """Return (15, N) uint8."""
    xp = array_namespace(reasons)
    joint = worse(over_three(reasons, worse), palm)
    least = _SHORT_BONE * xp.max(xp.max(shape.length, axis=0), axis=0)
    short = shape.length <= least
    before = xp.concat([short[:, :1, :], short[:, :2, :]], axis=1)
    joint = xp.where((joint == 0) & (short | before), reason_code(joint, Reason.DEGENERATE), joint)
    joint = xp.reshape(joint, (15, -1))
    if shape.low is not shape.high:
        low = constant([limit.low for limit in ANGLE_LIMITS], shape.angle)[:, None]
        high = constant([limit.high for limit in ANGLE_LIMITS], shape.angle)[:, None]
        legal, illegal = (shape.low >= low) & (shape.high <= high), (shape.high < low) | (shape.low > high)
        open_ = (shape.low < shape.high) & ~legal & ~illegal & (joint == 0)
        joint = xp.where(open_, reason_code(joint, Reason.DEPTH_UNKNOWN), joint)
    return joint


def ratio_reasons(reasons: Any, shape: Shape) -> Any:
    """Return (5, N) uint8: a digit needs its own joints and the middle finger's."""
    xp = array_namespace(reasons)
    chains = xp.reshape(reasons[1:, :], (5, 4, -1))
    worst = worse(worse(chains[:, 1, :], chains[:, 2, :]), chains[:, 3, :])
    fingers = worse(worst[1:, :], chains[1:, 0, :])
    digit = xp.concat([worst[:1, :], fingers], axis=0)
    digit = worse(digit, digit[2:3, :])
    digit = xp.where((digit == 0) & ~shape.comparable, reason_code(digit, Reason.FORESHORTENED), digit)
    length = digit_lengths(shape.length)
    empty = (length <= 0) | (length[2:3, :] <= 0)
    return xp.where((digit == 0) & empty, reason_code(digit, Reason.DEGENERATE), digit)


def sideways_known(joint: Any, planar: Any, shape: Shape) -> Any:
    """Return (4, N) bool: a finger's sideways angle means something while its base is not bent far."""
    xp = array_namespace(joint)
    bent = xp.abs(xp.stack([shape.angle[row, :] for row in _KNUCKLES])) > _BENT_DEG
    return (xp.stack([joint[row, :] for row in _KNUCKLES]) == 0) & ~planar & ~bent


def s_bend_known(reasons: Any, planar: Any, shape: Shape) -> Any:
    """Return (4, N) bool: a finger without depth whose joints are all known and whose bones can be seen."""
    xp = array_namespace(reasons)
    chains = xp.max(xp.reshape(reasons[5:, :], (4, 4, -1)), axis=1)
    return shape.s_bend_seen & planar & (chains == 0)


def attachment_known(reasons: Any, palm: Any, planar: Any) -> Any:
    """Return (5, N) bool; without depth the thumb's place says nothing."""
    xp = array_namespace(reasons)
    known = worse(xp.stack([reasons[row, :] for row in (1, *BASES)]), palm) == 0
    finger = xp.asarray([False, True, True, True, True], device=device(planar))[:, None]
    return known & (finger | ~planar)
