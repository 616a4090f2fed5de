"""Photographed hands with a digit that is wrong in itself: too long or too short, come loose, or forked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.hand.topology import JointState, Level
from handanat_studio.vision.training.alterations import (
    FEWEST_PIXELS,
    about,
    cut_off,
    flawed,
    free_rows,
    laid_over,
)
from handanat_studio.vision.training.hand_cache import CachedHand

F64 = NDArray[np.float64]

_OPERATED = 0.45
"""How often a photographed hand has such a digit."""
_WAYS = ("fork", "stretch", "loosen")
_HOW_OFTEN = (0.4, 0.35, 0.25)
_MARGIN = 3
"""Least distance of a moved tip from the picture's edge, pixels."""
_STRAIGHT = 0.95
"""Least distance from base to tip, in shares of the way along the joints, of a digit that is operated on."""


def operated(hand: CachedHand, rng: Generator) -> CachedHand:
    """Return a hand of which one straight digit may have been made wrong.

    Args:
        hand: a photographed hand.
        rng: source of chance.
    """
    straight = straight_digits(hand)
    if not straight or rng.random() >= _OPERATED:
        return hand
    digit = int(rng.choice(straight))
    way = str(rng.choice(_WAYS, p=_HOW_OFTEN))
    return {"fork": forked, "stretch": stretched, "loosen": loosened}[way](hand, digit, rng)


def straight_digits(hand: CachedHand) -> list[int]:
    """Return the rows of the digits that can be operated on: straight, and seen from base to tip."""
    return [digit for digit in range(len(hand.joints)) if _is_straight(hand, digit)]


def _is_straight(hand: CachedHand, digit: int) -> bool:
    chain = hand.joints[digit]
    if not (hand.states[digit, 1:] == JointState.VISIBLE).all() or not np.isfinite(chain).all():
        return False
    way = np.linalg.norm(np.diff(chain, axis=0), axis=1).sum()
    seen = (hand.digits == digit).sum() >= FEWEST_PIXELS
    return bool(seen and np.linalg.norm(chain[3] - chain[0]) > _STRAIGHT * way)


def stretched(hand: CachedHand, digit: int, rng: Generator) -> CachedHand:
    """Return the hand with a digit far too short or too long, as `synthetic.defects` draws it."""
    factor = float(rng.uniform(0.45, 0.62) if rng.random() < 0.5 else rng.uniform(1.4, 1.7))
    base, along = _axis(hand, digit)
    y, x = np.nonzero(hand.digits == digit)
    # It grows from where it leaves the palm, or a gap would open there.
    web = base + along * np.quantile((x + 0.5 - base[0]) * along[0] + (y + 0.5 - base[1]) * along[1], 0.02)
    linear = np.eye(2) + (factor - 1.0) * np.outer(along, along)
    return _moved(hand, digit, np.column_stack([linear, web - linear @ web]), "proportion")


def loosened(hand: CachedHand, digit: int, rng: Generator) -> CachedHand:
    """Return the hand with a gap between a digit and its palm."""
    _, along = _axis(hand, digit)
    length = float(np.linalg.norm(hand.joints[digit, 3] - hand.joints[digit, 0]))
    return _moved(hand, digit, np.column_stack([np.eye(2), along * length * rng.uniform(0.18, 0.32)]), "detached")


def forked(hand: CachedHand, digit: int, rng: Generator) -> CachedHand:
    """Return the hand with a second end to a digit, from its middle or distal joint on."""
    free = free_rows(hand)
    if not len(free):
        return hand
    row, level = int(free[-1]), int(Level.MIDDLE if rng.random() < 0.65 else Level.DISTAL)
    pivot = hand.joints[digit, level].astype(float)
    turn = about(pivot, float(rng.uniform(28.0, 42.0) * rng.choice([-1, 1])), float(rng.uniform(0.85, 1.0)))
    _, along = _axis(hand, digit)
    y, x = np.mgrid[0 : len(hand.digits), 0 : len(hand.digits)]
    beyond = (x + 0.5 - pivot[0]) * along[0] + (y + 0.5 - pivot[1]) * along[1] > 0
    branched = laid_over(hand, row, turn, (hand.digits == digit) & beyond)
    joints, states = branched.joints.copy(), branched.states.copy()
    joints[row] = hand.joints[digit]
    joints[row, level:] = hand.joints[digit, level:] @ turn[:, :2].T + turn[:, 2]
    # The branch lies over its own fork, and hides nothing of it.
    states[row] = states[digit] = hand.states[digit]
    branched = replace(branched, joints=joints, states=states)
    return flawed(branched, "forked", np.isin(branched.digits, (digit, row)))


def _axis(hand: CachedHand, digit: int) -> tuple[F64, F64]:
    """Return (2,) the base of a digit and (2,) its direction, of length one."""
    base, tip = (hand.joints[digit, k].astype(float) for k in (0, 3))
    return base, (tip - base) / max(float(np.hypot(*(tip - base))), 1e-6)


def _moved(hand: CachedHand, digit: int, matrix: F64, flaw: str) -> CachedHand:
    """Return the hand with a digit moved, or as it is where the digit would leave the picture."""
    mask = hand.digits == digit
    tip = matrix[:, :2] @ hand.joints[digit, 3] + matrix[:, 2]
    if tip.min() < _MARGIN or tip.max() > len(mask) - _MARGIN:
        return hand
    moved = laid_over(replace(hand, digits=cut_off(hand, digit)), digit, matrix, mask)
    joints, states = moved.joints.copy(), moved.states.copy()
    joints[digit] = hand.joints[digit] @ matrix[:, :2].T + matrix[:, 2]
    if flaw != "detached":
        joints[digit, 0] = hand.joints[digit, 0]
    states[digit] = hand.states[digit]
    moved = replace(moved, joints=joints.astype(np.float32), states=states)
    return flawed(moved, flaw, moved.digits == digit)
