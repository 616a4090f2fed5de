"""Perceptual hashes are close for copies and far for different pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from handanat_studio.vision.hashing import NEAR_DUPLICATE_BITS, hash_distance, hash_distances, perceptual_hash

HASHES = st.integers(0, 2**63 - 1)


def _picture(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    return Image.fromarray(noise).resize((300, 240), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def _hash(image: Image.Image) -> int:
    return perceptual_hash(np.asarray(image))


def _recompressed(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=40)
    return Image.open(buffer)


@pytest.mark.parametrize("seed", range(5))
def test_copies_are_near_duplicates(seed: int) -> None:
    """Rescaling, recompression and a change of brightness stay within the near-duplicate distance."""
    original = _picture(seed)
    copies = [original.resize((150, 120)), _recompressed(original), ImageEnhance.Brightness(original).enhance(0.8)]
    assert max(hash_distance(_hash(original), _hash(copy)) for copy in copies) <= NEAR_DUPLICATE_BITS


def test_different_pictures_are_not_near_duplicates() -> None:
    """Forty unrelated pictures are pairwise farther apart than the near-duplicate distance."""
    hashes = [_hash(_picture(seed)) for seed in range(40)]
    nearest = min(hash_distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i])
    assert nearest > NEAR_DUPLICATE_BITS


def test_a_hash_fits_a_signed_column() -> None:
    """The top bit is never set, and a plain surface hashes to 0 instead of failing."""
    assert all(0 < _hash(_picture(seed)) < 2**63 for seed in range(20))
    assert _hash(Image.new("RGB", (1, 1), "grey")) == 0


@given(HASHES, HASHES, HASHES)
def test_the_distance_is_a_metric(a: int, b: int, c: int) -> None:
    """Zero only for equal hashes, the same both ways, and no detour is shorter."""
    assert (hash_distance(a, b) == 0) == (a == b)
    assert hash_distance(a, b) == hash_distance(b, a)
    assert hash_distance(a, c) <= hash_distance(a, b) + hash_distance(b, c)


@given(st.lists(HASHES, min_size=1, max_size=20), HASHES)
def test_many_distances_agree_with_single_ones(hashes: list[int], to: int) -> None:
    """The vectorised distance gives what the plain one gives."""
    expected = [hash_distance(value, to) for value in hashes]
    assert hash_distances(np.array(hashes, np.uint64), to).tolist() == expected
