"""Hands that lose their shape: it is told that they do, where, and nothing else is asked there."""

import numpy as np
import pytest

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.digit_maps import COARSE_STRIDE, FINE_STRIDE
from handanat_studio.vision.training.hand_cache import NOTHING, PALM_CODE, CachedHand, HandCache, wrong_map
from handanat_studio.vision.training.melting import melted
from handanat_studio.vision.training.targets import targets_of
from handanat_studio.vision.training.views import Stock, draw_view

MELTED = FLAWS.index("melted")


def melts(hand: CachedHand) -> np.ndarray:
    """Return (S, S) bool where a hand melts."""
    return (hand.wrong >> MELTED & 1).astype(bool)


@pytest.mark.parametrize("seed", range(6))
def test_what_melts_is_told_and_lies_on_the_hand(hands: HandCache, seed: int) -> None:
    """A flaw is claimed where, and only where, pixels say so; the picture differs there."""
    whole = hands[seed]
    changed = melted(whole, np.random.default_rng(seed))
    where = melts(changed)
    assert bool(changed.flaws[MELTED]) == bool(where.any())
    assert not (where & (changed.digits == NOTHING)).any()
    if where.any():
        assert np.abs(changed.colour[where].astype(int) - whole.colour[where]).mean() > 1.0
        at = changed.joints[changed.states == JointState.VISIBLE].astype(int).clip(0, len(where) - 1)
        assert not where[at[:, 1], at[:, 0]].any()


def test_some_of_many_melt_and_the_same_chance_melts_alike(hands: HandCache) -> None:
    """Most do; chance alone decides."""
    flawed = [melted(hands[k % len(hands)], np.random.default_rng(k)).flaws[MELTED] for k in range(24)]
    assert sum(flawed) > 12
    first, second = (melted(hands[0], np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first.colour, second.colour)


def test_no_peak_is_asked_for_where_a_hand_melts(hands: HandCache) -> None:
    """Weights are zero there, and the flaw's own map is one."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        view = draw_view(Stock(hands), rng, 128)
        assert view.wrong is not None or not view.hands
        if view.wrong is None or not (view.wrong >> MELTED & 1).any() or np.isnan(_targets(view).flaws).any():
            continue
        targets = _targets(view)
        fine = (view.wrong[FINE_STRIDE // 2 :: FINE_STRIDE, FINE_STRIDE // 2 :: FINE_STRIDE] >> MELTED & 1) > 0
        assert (targets.fine_weight[:, fine] == 0).all()
        coarse = (view.wrong[COARSE_STRIDE // 2 :: COARSE_STRIDE, COARSE_STRIDE // 2 :: COARSE_STRIDE] >> MELTED) & 1
        assert (targets.wrong[MELTED] == 1).sum() == coarse.sum()
        return
    pytest.fail("no crop of 200 shows a hand that melts")


def test_flaws_have_their_places_and_a_wrong_number_is_all_over() -> None:
    """A digit out of proportion is that digit; a missing one cannot be pointed at."""
    digits = np.full((8, 8), NOTHING, np.uint8)
    digits[4:, :], digits[:4, 0], digits[:4, 3] = PALM_CODE, 1, 2
    flaws = np.isin(FLAWS, ["missing", "proportion"]).astype(np.uint8)
    concerned = np.zeros(12, np.uint8)
    concerned[2] = 1 << FLAWS.index("proportion")
    wrong = wrong_map(digits, flaws, concerned)
    of = {name: (wrong >> FLAWS.index(name) & 1) > 0 for name in FLAWS}
    assert np.array_equal(of["proportion"], digits == 2)
    assert np.array_equal(of["missing"], digits != NOTHING)
    assert not of["fused"].any()


def test_what_is_hidden_is_not_asked_for() -> None:
    """Off the hands, and where nobody could say, places are unknown."""
    digit_map = np.zeros((64, 64), np.uint8)
    digit_map[20:40, 20:40] = 1
    assert np.isnan(targets_of(digit_map, []).wrong).all()


def _targets(view):  # type: ignore[no-untyped-def]
    return targets_of(view.digit_map, view.hands, view.wrong)
