"""One set of formulas: numpy, torch and autograd agree, and no gradient is ever NaN."""

from typing import Any

import numpy as np
import pytest
import torch

from handanat_studio.hand.batch import batch_from_arrays
from handanat_studio.hand.features import measure

_FIGURES = ("angle", "abduction", "ratio", "attachment", "angle_sigma", "ratio_sigma")


@pytest.fixture(scope="module")
def world(model_hand: Any) -> Any:
    """Eight noisy hands of both sides in float64."""
    rng = np.random.default_rng(5)
    hands = [model_hand(rng.uniform(5, 60, 15), side=1 if i % 2 else -1) for i in range(8)]
    return np.array(hands) + rng.normal(0, 0.002, (8, 21, 3))


def _measure(world: Any, *, side: Any = None) -> Any:
    return measure(batch_from_arrays(world[:, :, :2] * 3000.0, world, None, side), source="mediapipe")


def test_numpy_and_torch_give_the_same_figures(world: Any) -> None:
    """The same lines run on both; float64 agrees to rounding, float32 to a hundredth of a degree."""
    plain, tensors = _measure(world), _measure(torch.from_numpy(world))
    single = _measure(torch.from_numpy(world.astype(np.float32)))
    for name in (*_FIGURES, "angle_assessable", "angle_reason", "ratio_assessable", "side", "basis", "count"):
        np.testing.assert_allclose(getattr(tensors, name).numpy(), getattr(plain, name), atol=1e-9)
    np.testing.assert_allclose(single.angle.numpy(), plain.angle, atol=1e-2)
    assert single.angle.dtype == torch.float32


def test_planar_figures_agree_between_numpy_and_torch(world: Any) -> None:
    """The depth hypotheses are the same lines too, also where only some hands lack depth."""
    mixed = world.copy()
    mixed[::2] = np.nan
    points = world[:, :, :2] * 3000.0
    side = np.ones(len(world), np.int8)
    plain = measure(batch_from_arrays(points, mixed, None, side), source="expert")
    tensors = (torch.from_numpy(a) for a in (points, mixed))
    other = measure(batch_from_arrays(*tensors, None, torch.from_numpy(side)), source="expert")
    for name in ("angle", "angle_low", "angle_high", "s_bend", "ratio", "ratio_sigma", "angle_reason", "basis"):
        np.testing.assert_allclose(getattr(other, name).numpy(), getattr(plain, name), atol=1e-8)


@pytest.mark.parametrize("name", ["angle", "abduction", "ratio", "attachment"])
def test_autograd_agrees_with_finite_differences(world: Any, name: str) -> None:
    """The gradient of a random combination of figures is the slope of that combination."""
    rng = np.random.default_rng(1)
    leaf = torch.from_numpy(world).requires_grad_(True)
    figures = getattr(_measure(leaf), name)
    weights = rng.normal(size=tuple(figures.shape))
    (figures * torch.from_numpy(weights)).sum().backward()
    for _ in range(6):
        step = rng.normal(size=world.shape) * 1e-7
        ahead, behind = (getattr(_measure(world + sign * step), name) for sign in (1, -1))
        slope = ((ahead - behind) * weights).sum() / 2
        assert float((leaf.grad.numpy() * step).sum()) == pytest.approx(slope, rel=1e-3, abs=1e-9)


def test_degenerate_hands_have_finite_figures_and_gradients() -> None:
    """All joints in one place, a straight line, or nothing known: no NaN comes out of the backward pass."""
    line = np.zeros((21, 3))
    line[:, 1] = np.arange(21)
    unknown = np.full((21, 3), np.nan)
    leaf = torch.from_numpy(np.array([np.zeros((21, 3)), line, unknown])).requires_grad_(True)
    features = _measure(leaf)
    (features.angle.sum() + features.ratio.sum() + features.abduction.sum() + features.attachment.sum()).backward()
    assert torch.isfinite(features.angle).all()
    assert torch.isfinite(leaf.grad).all()
    assert not features.angle_assessable[0].any()
    assert not features.angle_assessable[2].any()
