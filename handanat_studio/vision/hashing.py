"""Perceptual hashes: images that look alike get hashes that differ in few bits. No files here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NEAR_DUPLICATE_BITS = 8
"""Images whose hashes differ in at most this many bits are taken for copies of one another."""

_SAMPLE = 32
_LOW = 8
# Rows are the lowest frequencies of the DCT-II over `_SAMPLE` points.
_WAVES = np.cos(np.pi * np.outer(np.arange(_LOW), 2 * np.arange(_SAMPLE) + 1) / (2 * _SAMPLE))


def perceptual_hash(pixels: NDArray[np.uint8]) -> int:
    """Hash how an image looks (pHash): the signs of its lowest spatial frequencies against their median.

    Args:
        pixels: (H, W, 3) uint8 RGB.

    Returns:
        A 64-bit number whose top bit is always 0, so that it also fits a signed column. Rescaling, recompression
        and mild changes of brightness flip few bits.
    """
    grey = Image.fromarray(pixels).convert("L").resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    strengths = (_WAVES @ np.asarray(grey, dtype=np.float64) @ _WAVES.T).ravel()
    # The first coefficient is the mean brightness, which says nothing of what the picture shows. The margin of one
    # grey level in one sample keeps rounding from deciding the bits of plain surfaces.
    bits = strengths > np.median(strengths[1:]) + 1.0
    bits[0] = False
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hash_distance(first: int, second: int) -> int:
    """Return in how many of the 64 bits two hashes differ."""
    return (first ^ second).bit_count()


def hash_distances(hashes: NDArray[np.uint64], to: int) -> NDArray[np.int64]:
    """Return the distance of each of (n,) uint64 hashes to one hash, as (n,) int64 of bits."""
    different = np.bitwise_xor(hashes.astype(np.uint64), np.uint64(to))
    bits = np.unpackbits(different.view(np.uint8).reshape(-1, 8), axis=1)
    return np.asarray(bits.sum(axis=1), dtype=np.int64)
