"""Both scorers run on numpy, torch and autograd alike."""

from typing import Any

import numpy as np
import pytest
import torch

from handanat_studio.hand.batch import batch_from_arrays
from handanat_studio.hand.features import measure
from handanat_studio.scoring.calibrated_score import calibrated_scores
from handanat_studio.scoring.paper_score import SCORER as PAPER
from handanat_studio.scoring.paper_score import paper_scores


@pytest.fixture(scope="module")
def world(model_hand: Any) -> Any:
    """Ten hands between ordinary and wrong, so that no score sits at an end of its range."""
    rng = np.random.default_rng(3)
    hands = []
    for i in range(10):
        angles = rng.uniform(5, 40, 15)
        angles[4 + 3 * (i % 4)] = -38.0 - i
        hands.append(model_hand(angles, lengths=rng.uniform(0.9, 1.15, 5), side=1 if i % 2 else -1))
    return np.array(hands)


def _scored(world: Any, score: Any) -> Any:
    side = [1 if i % 2 else -1 for i in range(len(world))]
    side = torch.tensor(side, dtype=torch.int8) if isinstance(world, torch.Tensor) else np.array(side, np.int8)
    return score(measure(batch_from_arrays(world[:, :, :2] * 3000.0, world, None, side), source="expert"))


_SCORES = {
    "paper mahalanobis": lambda features: paper_scores(features).s_anat,
    "paper cosine": lambda features: paper_scores(features, sim="cosine").s_anat,
    "calibrated": lambda features: calibrated_scores(features).p_implausible,
}


@pytest.mark.parametrize("name", _SCORES)
def test_numpy_and_torch_give_the_same_scores(world: Any, name: str) -> None:
    """The same lines, to rounding."""
    plain, tensors = _scored(world, _SCORES[name]), _scored(torch.from_numpy(world), _SCORES[name])
    np.testing.assert_allclose(tensors.numpy(), plain, atol=1e-10)
    assert np.std(plain) > 0


@pytest.mark.parametrize("name", _SCORES)
def test_the_gradient_is_the_slope_of_the_score(world: Any, name: str) -> None:
    """Autograd against central differences, along random directions, in float64; never NaN."""
    rng = np.random.default_rng(4)
    leaf = torch.from_numpy(world).requires_grad_(True)
    _scored(leaf, _SCORES[name]).sum().backward()
    assert torch.isfinite(leaf.grad).all()
    assert leaf.grad.abs().max() > 0
    for _ in range(5):
        step = rng.normal(size=world.shape) * 1e-8
        ahead, behind = (_scored(world + sign * step, _SCORES[name]).sum() for sign in (1, -1))
        assert float((leaf.grad.numpy() * step).sum()) == pytest.approx((ahead - behind) / 2, rel=2e-3, abs=1e-12)


def test_what_is_not_assessable_has_no_gradient(world: Any) -> None:
    """A joint without a place neither gets nor spreads a gradient."""
    broken = world.copy()
    broken[:, 8] = np.nan
    leaf = torch.from_numpy(broken).requires_grad_(True)
    _scored(leaf, _SCORES["calibrated"]).sum().backward()
    assert torch.isfinite(leaf.grad).all()
    assert (leaf.grad[:, 8] == 0).all()


def test_a_row_of_a_torch_batch_is_an_ordinary_score(world: Any) -> None:
    """Findings and parts are plain numbers wherever they were computed, also with a gradient attached."""
    leaf = torch.from_numpy(world).requires_grad_(True)
    on_torch, on_numpy = _scored(leaf, PAPER.score).row(0), _scored(world, PAPER.score).row(0)
    assert on_torch.verdict == on_numpy.verdict
    assert [f.part for f in on_torch.findings] == [f.part for f in on_numpy.findings]
    assert on_torch.value == pytest.approx(on_numpy.value)
