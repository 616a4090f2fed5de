"""Hands cut out of photographs, and digits taken from and given to them."""

from pathlib import Path

import numpy as np
from PIL import Image

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.vision.training.alterations import altered, with_copy, without
from handanat_studio.vision.training.hand_cache import NOTHING, CachedHand, HandCache
from handanat_studio.vision.training.photo_hands import photo_cut_outs


def straight(hand: CachedHand) -> list[int]:
    """Return the rows of digits whose tips are seen."""
    return np.flatnonzero(hand.states[:, 3] == JointState.VISIBLE).tolist()


def test_a_cut_out_holds_its_joints_and_nothing_is_wrong_with_it(photographed: HandCache) -> None:
    """Visible tips lie on skin of their own digit; no flaw is claimed."""
    assert len(photographed)
    for k in range(len(photographed)):
        hand = photographed[k]
        assert not hand.flaws.any()
        tips = [(row, hand.joints[row, 2:].mean(axis=0).astype(int)) for row in straight(hand)]
        own = [hand.digits[y, x] == row for row, (x, y) in tips]
        assert np.mean(own) > 0.7


def test_a_digit_taken_away_is_gone_and_told(photographed: HandCache) -> None:
    """Its pixels show nothing, its joints are absent, the hand is missing one."""
    hand = photographed[0]
    digit = straight(hand)[0]
    less = without(hand, digit)
    assert not (less.digits == digit).any()
    assert (less.states[digit] == JointState.ABSENT).all()
    assert less.flaws.tolist() == [int(name == "missing") for name in FLAWS]
    assert (less.digits != NOTHING).sum() < (hand.digits != NOTHING).sum()


def test_a_copied_digit_stands_on_its_own(photographed: HandCache) -> None:
    """A row more, with pixels and joints away from the digit it was copied from."""
    hand = photographed[0]
    digit = straight(hand)[0]
    more = with_copy(hand, digit, np.random.default_rng(1))
    new = [row for row in straight(more) if row not in straight(hand)]
    assert len(new) == 1
    assert (more.digits == new[0]).sum() > 0.5 * (hand.digits == digit).sum()
    assert np.linalg.norm(more.joints[new[0], 3] - hand.joints[digit, 3]) > 5
    assert more.flaws[FLAWS.index("extra")] == 1


def test_the_same_chance_alters_alike_and_keeps_the_original(photographed: HandCache) -> None:
    """Altering is a function of its seed, and gives a new hand."""
    hand = photographed[0]
    before = hand.digits.copy()
    first, second = (altered(hand, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first.digits, second.digits)
    assert np.array_equal(first.joints, second.joints, equal_nan=True)
    assert np.array_equal(hand.digits, before)


def test_an_image_without_a_hand_gives_no_cut_out(tmp_path: Path) -> None:
    """Nothing is invented."""
    Image.new("RGB", (128, 128), (90, 120, 90)).save(tmp_path / "empty.png")
    assert list(photo_cut_outs([tmp_path / "empty.png"])) == []
