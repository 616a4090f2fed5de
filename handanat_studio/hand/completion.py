"""Stand-ins for joints that have no place, so that the others can be measured. What they measure is never reported."""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace, device

from handanat_studio.hand.geometry import Axes, minus, norm, rows, unit
from handanat_studio.hand.limits import BONE_SHARES, KNUCKLE_ROW

BASES = (5, 9, 13, 17)
_THUMB_BASE_SHARE = 0.4


def complete(joints: Axes, usable: Any) -> Axes:
    """Put straight, ordinary digits where joints are missing.

    Bases are placed on the line through the known ones, other joints go straight on from the wrist: stand-ins bend
    nowhere and have usual lengths, so they say nothing of the side, the size or the palm.

    Args:
        joints: C arrays (21, N), finite.
        usable: (21, N) bool, the joint has a place that may be used.

    Returns:
        The same arrays where usable, stand-ins elsewhere. Fewer than two known bases leave no palm to stand on.
    """
    xp = array_namespace(usable)
    bases = _bases(joints, usable)
    wrist = rows(joints, 0)
    size = norm(minus(bases[1], wrist)) / BONE_SHARES[2][0]
    filled = [wrist]
    for digit, shares in enumerate(BONE_SHARES):
        first = 1 + 4 * digit
        if digit:
            base = bases[digit - 1]
        else:
            guess = tuple(w + _THUMB_BASE_SHARE * (b - w) for w, b in zip(wrist, bases[0], strict=True))
            base = _choose(usable[first, :], rows(joints, first), guess)
        ray = unit(minus(base, wrist))
        filled.append(base)
        for level in (1, 2, 3):
            step = tuple(p + shares[level] * size * r for p, r in zip(filled[-1], ray, strict=True))
            filled.append(_choose(usable[first + level, :], rows(joints, first + level), step))
    return tuple(xp.stack([joint[axis] for joint in filled]) for axis in range(len(joints)))


def _choose(known: Any, first: Axes, second: Axes) -> Axes:
    xp = array_namespace(known)
    return tuple(xp.where(known, a, b) for a, b in zip(first, second, strict=True))


def _bases(joints: Axes, usable: Any) -> list[Axes]:
    """Return the four finger bases, missing ones from a line fitted through the known ones."""
    xp = array_namespace(usable)
    weight = xp.astype(xp.stack([usable[row, :] for row in BASES]), joints[0].dtype)
    place = xp.asarray(KNUCKLE_ROW, dtype=joints[0].dtype, device=device(joints[0]))[:, None]
    count, first, second = (xp.sum(weight * place**power, axis=0) for power in (0, 1, 2))
    spread = count * second - first * first
    spread = xp.where(spread > 0, spread, xp.ones_like(spread))
    some = xp.where(count > 0, count, xp.ones_like(count))
    lines = []
    for axis in joints:
        value = weight * xp.stack([axis[row, :] for row in BASES])
        total, moment = xp.sum(value, axis=0), xp.sum(value * place, axis=0)
        slope = (count * moment - first * total) / spread
        lines.append(((total - slope * first) / some, slope))
    return [
        _choose(usable[row, :], rows(joints, row), tuple(start + slope * where for start, slope in lines))
        for row, where in zip(BASES, KNUCKLE_ROW, strict=True)
    ]
