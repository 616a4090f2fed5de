"""What a peak is worth: fitted, kept beside the weights, and honest about what it does not know."""

from pathlib import Path

import numpy as np

from handanat_studio.vision.digit_evidence import Evidence, fit, read_evidence, write_evidence
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
    assert evidence.of_bases(heights)[0] == 0


def test_constants_live_beside_the_weights(tmp_path: Path) -> None:
    """What was written is read; without a file the usual ones hold."""
    path = tmp_path / "digits.json"
    assert read_evidence(path) == Evidence()
    write_evidence(path, Evidence((0.1, 0.2, 0.3, 0.6), (0.4, 0.5)))
    assert read_evidence(path) == Evidence((0.1, 0.2, 0.3, 0.6), (0.4, 0.5))


def test_an_untrained_network_s_peaks_are_worth_little(hands: HandCache) -> None:
    """Fitted on a network that knows nothing, peaks do not count as digits."""
    reader = DigitReader(DigitNetwork())
    evidence = fitted_evidence(reader, single_views(hands, 8, seed=1, all_tips=False))
    assert evidence.of_tips(np.array([0.3], np.float32), *np.zeros((2, 1), np.float32))[0] < 0.5
