"""Promises of the choice of images that look least like one another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.store.diversity import distances, farthest_first

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=30).map(lambda values: np.array(values, np.uint64))


def hamming(a: int, b: int) -> int:
    return bin(a ^ b).count("1")


@given(HASHES, st.integers(0, 2**64 - 1))
def test_the_distance_is_the_number_of_differing_bits(hashes: np.ndarray, one: int) -> None:
    """Compared with counting digits."""
    expected = [hamming(int(value), one) for value in hashes]
    assert distances(hashes, np.uint64(one)).tolist() == expected


@given(HASHES, st.integers(0, 12))
def test_each_choice_is_the_farthest_from_those_before(hashes: np.ndarray, count: int) -> None:
    """No image that was left is farther; no two that are chosen look the same."""
    chosen = farthest_first(hashes, count).tolist()
    assert len(chosen) == min(count, len(set(hashes.tolist())))
    for number, place in enumerate(chosen[1:], start=1):
        before = [int(hashes[other]) for other in chosen[:number]]
        apart = [min(hamming(int(value), one) for one in before) for value in hashes]
        assert apart[place] == max(apart) > 0


def test_the_same_images_give_the_same_choice() -> None:
    """The queue does not change while nobody works on it, whatever the order of the rows."""
    rng = np.random.default_rng(4)
    hashes = rng.integers(0, 2**63, 500, dtype=np.uint64)
    again = rng.permutation(hashes)
    assert set(hashes[farthest_first(hashes, 1)]) == set(again[farthest_first(again, 1)])
