"""How fast a network learns at which step of a run, and from images of which size."""

from __future__ import annotations

import math
from collections.abc import Sequence

_COOL_FROM = 0.7


def learning_rate(step: int, highest: float, *, warm_up: int, slow: float, steps: int) -> float:
    """Return the learning rate of a step: it rises, falls slowly, and at the end to nothing (a cosine).

    Args:
        step: from 0.
        highest: rate after warming up.
        warm_up: steps over which it rises.
        slow: steps after which it has fallen by the square root of two.
        steps: at which the run is to end; it cools over the last three tenths. 0 = it never cools.
    """
    rate = highest * min(1.0, (step + 1) / warm_up) / math.sqrt(1.0 + step / slow)
    if not steps:
        return rate
    done = (step / steps - _COOL_FROM) / (1.0 - _COOL_FROM)
    return rate * 0.5 * (1.0 + math.cos(math.pi * min(max(done, 0.0), 1.0)))


def size_at(step: int, plan: Sequence[tuple[int, tuple[int, ...]]]) -> int:
    """Return the side, in pixels, of a step's images.

    Args:
        step: from 0.
        plan: from which step on which sides are taken in turn, the first from step 0.
    """
    sizes = next(sides for begin, sides in reversed(plan) if step >= begin)
    return sizes[step % len(sizes)]
