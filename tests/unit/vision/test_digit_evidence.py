"""What a peak is worth: fitted, kept beside the weights, and honest about what it does not know."""

from pathlib import Path

import numpy as np
import pytest

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.vision.digit_evidence import (
    Evidence,
    fit,
    fit_number,
    number_features,
    read_evidence,
    write_evidence,
)
from handanat_studio.vision.digit_network import DigitNetwork
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.measures import fitted_evidence, single_views


def test_a_fit_finds_the_constants_that_made_the_data() -> None:
    """A thousand coin flips with known odds give those odds back."""
    rng = np.random.default_rng(0)
    features = np.column_stack([np.ones(20_000), rng.normal(0, 1, 20_000)])
    true = rng.random(20_000) < 1 / (1 + np.exp(-(features @ [-0.5, 1.5])))
    assert np.allclose(fit(features, true, np.array([0.0, 0.0])), [-0.5, 1.5], atol=0.08)


def test_without_observations_the_usual_constants_stay() -> None:
    """Nothing seen, nothing changed."""
    assert fit(np.empty((0, 2)), np.empty(0, bool), np.array([0.3, 0.9])).tolist() == [0.3, 0.9]


def test_a_higher_peak_is_worth_more_and_no_peak_nothing() -> None:
    """Probabilities rise with height and support."""
    evidence = Evidence()
    heights = np.array([0.0, 0.1, 0.3, 0.9], np.float32)
    worth = evidence.of_tips(heights, np.zeros(4, np.float32), np.zeros(4, np.float32))
    assert worth[0] == 0
    assert (np.diff(worth) > 0).all()
    assert (evidence.of_tips(heights[1:], np.ones(3, np.float32), np.zeros(3, np.float32)) > worth[1:]).all()
    assert evidence.of_bases(heights, np.full_like(heights, 0.5))[0] == 0


def test_constants_live_beside_the_weights(tmp_path: Path) -> None:
    """What was written is read; without a file the usual ones hold."""
    path = tmp_path / "digits.json"
    assert read_evidence(path) == Evidence()
    write_evidence(path, Evidence((0.1, 0.2, 0.3, 0.6), (0.4, 0.5, -0.6)))
    assert read_evidence(path) == Evidence((0.1, 0.2, 0.3, 0.6), (0.4, 0.5, -0.6))


def test_an_untrained_network_s_peaks_are_worth_little(hands: HandCache) -> None:
    """Fitted on a network that knows nothing, peaks do not count as digits."""
    reader = DigitReader(DigitNetwork())
    evidence = fitted_evidence(reader, single_views(hands, 8, seed=1, all_tips=False))
    assert evidence.of_tips(np.array([0.3], np.float32), *np.zeros((2, 1), np.float32))[0] < 0.5


def flaws(**known: float) -> np.ndarray:
    """Return (1, 8) chances of flaws; even odds of those not named."""
    return np.array([[known.get(name, 0.5) for name in FLAWS]], np.float32)


def test_by_itself_a_number_is_as_likely_as_its_digits_are() -> None:
    """The usual constants leave the chances as they are, but for a small floor."""
    alone = np.zeros((1, 13), np.float32)
    alone[0, [4, 5, 6]] = 0.3, 0.5, 0.2
    assert np.abs(Evidence().of_numbers(alone, flaws()) - alone).max() < 0.01


def test_what_the_whole_hand_says_moves_the_number() -> None:
    """Six against five, by the chance of an extra or forked digit; four by that of a missing one."""
    evidence = Evidence(number=(0.5, 1.0, 1.0, 0.0))
    alone = np.zeros((1, 13), np.float32)
    alone[0, [4, 5, 6]] = 0.3, 0.4, 0.3
    assert evidence.of_numbers(alone, flaws(extra=0.9)).argmax() == 6
    assert evidence.of_numbers(alone, flaws(missing=0.9)).argmax() == 4
    assert evidence.of_numbers(alone, flaws(forked=0.9, extra=0.1, missing=0.1)).argmax() == 6
    assert evidence.of_numbers(alone, flaws(forked=0.1, extra=0.1, missing=0.1)).argmax() == 5
    assert evidence.of_numbers(alone, flaws()).sum() == pytest.approx(1.0)


def test_the_fit_finds_whom_to_believe() -> None:
    """Where the digits are noise and the whole hand is right, the whole hand gets the weight."""
    rng = np.random.default_rng(0)
    true = rng.choice([4, 5, 6], 300)
    alone = rng.dirichlet(np.ones(13), 300).astype(np.float32)
    said = np.full((300, len(FLAWS)), 0.5, np.float32)
    said[:, FLAWS.index("extra")] = np.where(true > 5, 0.9, 0.1)
    said[:, FLAWS.index("missing")] = np.where(true < 5, 0.9, 0.1)
    held = fit_number(number_features(alone, said), true, np.array(Evidence().number))
    assert held[0] < 0.2
    assert min(held[1:3]) > 0.4
    unseen = fit_number(np.empty((0, 4, 13)), np.empty(0, np.int64), np.array(Evidence().number))
    assert unseen == pytest.approx(np.array(Evidence().number))
