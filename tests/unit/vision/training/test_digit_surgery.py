"""Photographed hands with one digit made wrong: it is told what is wrong, where, and where its joints are now."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.training.digit_surgery import forked, loosened, operated, straight_digits, stretched
from handanat_studio.vision.training.hand_cache import NOTHING, CachedHand, HandCache

Way = Callable[[CachedHand, int, Generator], CachedHand]


def length(hand: CachedHand, digit: int) -> float:
    """Return how far a digit's tip is from its base, pixels."""
    return float(np.linalg.norm(hand.joints[digit, 3] - hand.joints[digit, 0]))


def shortened(hand: CachedHand, digit: int) -> CachedHand:
    """Return the hand with a digit shortened: a longer one may not fit into the picture."""
    for seed in range(20):
        changed = stretched(hand, digit, np.random.default_rng(seed))
        if length(changed, digit) < length(hand, digit):
            return changed
    raise AssertionError("no seed shortens")


@pytest.mark.parametrize(("way", "flaw"), [(forked, "forked"), (loosened, "detached"), (stretched, "proportion")])
def test_what_is_wrong_is_told_and_lies_on_the_digit(photographed: HandCache, way: Way, flaw: str) -> None:
    """One flaw, seen at pixels of the digits concerned only, all of them hand; the hand given is left as it was."""
    hand = photographed[0]
    before = hand.digits.copy()
    for seed in range(8):
        changed = way(hand, straight_digits(hand)[0], np.random.default_rng(seed))
        where = changed.wrong > 0
        assert set(np.flatnonzero(changed.flaws)) <= {FLAWS.index(flaw)}
        assert bool(changed.flaws.any()) == bool(where.any())
        assert not (changed.digits[where] == NOTHING).any()
    assert np.array_equal(hand.digits, before)


def test_a_fork_is_a_digit_more_that_shares_its_base(photographed: HandCache) -> None:
    """The branch has the trunk's base and a tip of its own, with pixels around it."""
    hand = photographed[0]
    digit = straight_digits(hand)[0]
    changed = forked(hand, digit, np.random.default_rng(2))
    (new,) = np.flatnonzero((changed.states[:, 3] != JointState.ABSENT) & (hand.states[:, 3] == JointState.ABSENT))
    assert np.array_equal(changed.joints[new, 0], changed.joints[digit, 0])
    assert np.linalg.norm(changed.joints[new, 3] - changed.joints[digit, 3]) > 0.15 * length(hand, digit)
    x, y = changed.joints[new, 2:].mean(axis=0).astype(int)
    assert changed.digits[y, x] == new


def test_a_loose_digit_has_a_gap_before_it(photographed: HandCache) -> None:
    """It keeps its length, and nothing of the hand lies at its old root."""
    hand = photographed[0]
    for digit in straight_digits(hand):
        changed = loosened(hand, digit, np.random.default_rng(1))
        if changed.flaws.any():
            break
    assert length(changed, digit) == pytest.approx(length(hand, digit), rel=1e-4)
    root = hand.digits == digit
    assert (changed.digits[root] == NOTHING).mean() > 0.1


def test_a_short_digit_is_shorter_and_keeps_its_base(photographed: HandCache) -> None:
    """Fewer pixels, the same base."""
    hand = photographed[0]
    digit = straight_digits(hand)[0]
    changed = shortened(hand, digit)
    assert length(changed, digit) < 0.85 * length(hand, digit)
    assert np.array_equal(changed.joints[digit, 0], hand.joints[digit, 0])
    assert (changed.digits == digit).sum() < 0.8 * (hand.digits == digit).sum()


def test_some_are_operated_on_and_chance_alone_decides(photographed: HandCache) -> None:
    """Same seed, same hand; some of many are changed, others not."""
    hand = photographed[0]
    first, second = (operated(hand, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first.digits, second.digits)
    changed = [operated(hand, np.random.default_rng(seed)).flaws.any() for seed in range(30)]
    assert 3 < sum(changed) < 27
