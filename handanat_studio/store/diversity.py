"""Which images look least like one another: farthest-first choice by the distance of their perceptual hashes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PAIRS, _NIBBLES, _BYTES, _SUM = (
    np.uint64(word) for word in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x0101010101010101)
)


def distances(hashes: NDArray[np.uint64], one: np.uint64) -> NDArray[np.uint8]:
    """Return the Hamming distance of each hash to one, 0..64.

    Args:
        hashes: (n,) uint64.
        one: the hash to compare with.

    Source: bits counted in parallel, Wegner (1960).
    """
    bits = hashes ^ one
    bits -= (bits >> np.uint64(1)) & _PAIRS
    bits = (bits & _NIBBLES) + ((bits >> np.uint64(2)) & _NIBBLES)
    bits = (bits + (bits >> np.uint64(4))) & _BYTES
    return ((bits * _SUM) >> np.uint64(56)).astype(np.uint8)


def farthest_first(hashes: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """Choose images that differ: first the lowest hash, then always the one farthest from all that are chosen.

    Args:
        hashes: (n,) uint64; equal ones count as one image.
        count: how many to choose at most.

    Returns:
        places in `hashes`, in the order of choice; fewer than `count` if there are fewer different hashes.

    Source: Gonzalez (1985), Clustering to minimize the maximum intercluster distance: within twice the best spread.
    """
    if not len(hashes) or count < 1:
        return np.empty(0, np.int64)
    chosen = [int(hashes.argmin())]
    nearest = distances(hashes, hashes[chosen[0]])
    while len(chosen) < count:
        place = int(nearest.argmax())
        if not nearest[place]:
            break
        chosen.append(place)
        nearest = np.minimum(nearest, distances(hashes, hashes[place]))
    return np.array(chosen, np.int64)
