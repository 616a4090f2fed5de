"""From pixels through the digit network to the soft score: counts cool down to whole numbers, gradients are true."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.scoring.differentiable import SoftScore
from handanat_studio.scoring.soft_digits import peaks, read_maps
from handanat_studio.vision.digit_maps import COARSE, FINE, GLOBAL
from handanat_studio.vision.digit_network import DigitNetwork
from handanat_studio.workflows.soft_judge import PLACES, SoftJudge

CELLS = 48
WRIST = (48.0, 88.0)
# Nothing lies on the border of two cells, where the nearest one jumps.
BASES = ((34.6, 72.6), (36.6, 52.6), (46.6, 50.6), (56.6, 52.6), (66.6, 56.6))
TIPS = ((16.6, 54.6), (28.6, 14.6), (46.6, 8.6), (64.6, 14.6), (82.6, 26.6))
MORE = ((20.6, 34.6), (38.6, 26.6), (76.6, 52.6))


def _maps(tips: tuple[tuple[float, float], ...], *, clear: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """Return what a network says that sees straight digits with these tips (pixels of a crop of 96), float64."""
    side = 2.0 * CELLS
    heat = np.zeros((CELLS, CELLS))
    y, x = np.mgrid[:CELLS, :CELLS] + 0.5
    coarse = np.zeros((len(COARSE), CELLS // 2, CELLS // 2))
    for tip, base in zip(tips, BASES * 2, strict=False):
        away = (x - tip[0] / 2) ** 2 + (y - tip[1] / 2) ** 2
        heat = np.maximum(heat, np.exp(-away / (2 * 1.35**2)))
        row, column = int(tip[1] / 4), int(tip[0] / 4)
        middle = np.array([column + 0.5, row + 0.5]) * 4
        for k, share in enumerate((0.3, 0.6, 1.0)):
            joint = np.array(tip) + share * (np.array(base) - np.array(tip))
            coarse[2 + 2 * k : 4 + 2 * k, row, column] = (joint - middle) / side
        row, column = int(base[1] / 4), int(base[0] / 4)
        coarse[10:12, row, column] = (np.array(WRIST) - (np.array([column, row]) + 0.5) * 4) / side
    fine = np.full((len(FINE), CELLS, CELLS), -6.0)
    held = np.clip(heat, 1e-3, 1 - 1e-3)
    fine[0] = np.log(held / (1 - held))
    whole = np.full(len(GLOBAL), -4.0)
    whole[:2] = 4.0 if clear else -4.0
    return tuple(torch.from_numpy(array[None]) for array in (fine, coarse, whole))  # type: ignore[return-value]


def test_five_straight_digits_are_read_off_the_maps() -> None:
    """Joints within a pixel, thumb first, and the parts of a sound hand."""
    seen = read_maps(*_maps(TIPS), PLACES, temperature=0.1)
    assert float(seen.number) == pytest.approx(5.0, abs=0.1)
    points = seen.points[0]
    np.testing.assert_allclose(points[0], WRIST, atol=0.5)
    np.testing.assert_allclose(points[[4, 8, 12, 16, 20]], TIPS, atol=1.0)
    np.testing.assert_allclose(points[[1, 5, 9, 13, 17]], BASES, atol=0.5)
    soft = SoftScore(0.1).score_maps(*_maps(TIPS), PLACES)
    assert soft.known.all()
    assert float(soft.count) > 0.8


@pytest.mark.parametrize("digits", [0, 3, 4, 5, 6, 8])
def test_the_cold_count_is_the_number_of_tips(digits: int) -> None:
    """Whole numbers, and the count part is the paper's one or zero."""
    soft = SoftScore(1e-3).score_maps(*_maps((*TIPS, *MORE)[:digits]), PLACES)
    assert float(soft.expected_count) == pytest.approx(digits, abs=0.01)
    assert float(soft.count) == pytest.approx(float(digits == 5), abs=1e-3)


@given(heights=st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6))
def test_a_cold_peak_counts_if_it_is_high_enough(heights: list[float]) -> None:
    """Peaks far apart: as many as reach one half, off that bound."""
    heights = [h for h in heights if abs(h - 0.5) > 0.02]
    heat = torch.zeros((1, 8, 8 * max(1, len(heights))), dtype=torch.float64)
    for k, height in enumerate(heights):
        heat[0, 4, 8 * k + 4] = height
    assert float(peaks(heat, 1e-3).sum()) == pytest.approx(sum(h > 0.5 for h in heights), abs=0.02)


def test_a_hidden_hand_is_not_counted() -> None:
    """Where the network cannot assess the digits, the count costs nothing and has no gradient."""
    fine, coarse, whole = _maps(TIPS[:3], clear=False)
    soft = SoftScore(0.5).score_maps(fine.requires_grad_(True), coarse, whole, PLACES)
    assert not soft.known[0, 0]
    assert float(soft.log_count.detach()) == 0.0
    (gradient,) = torch.autograd.grad(soft.log_count.sum(), fine)
    assert (gradient == 0).all()


def test_the_gradient_in_the_maps_is_the_slope() -> None:
    """Autograd against central differences, float64, for tips one too many and for five."""
    rng = np.random.default_rng(2)
    for tips in (TIPS, (*TIPS, MORE[0])):
        leaves = [leaf.requires_grad_(True) for leaf in _maps(tips)]

        def loss(*maps: Tensor) -> Tensor:
            return SoftScore(1.0).score_maps(*maps, PLACES).loss.sum()

        gradients = torch.autograd.grad(loss(*leaves), leaves, materialize_grads=True)
        assert all(torch.isfinite(gradient).all() for gradient in gradients)
        assert gradients[0].abs().max() > 0
        for _ in range(3):
            steps = [torch.from_numpy(rng.normal(size=tuple(leaf.shape))) * 1e-7 for leaf in leaves]
            with torch.no_grad():
                ahead, behind = (
                    loss(*(leaf + sign * step for leaf, step in zip(leaves, steps, strict=True))) for sign in (1, -1)
                )
            along = sum(float((g * s).sum()) for g, s in zip(gradients, steps, strict=True))
            assert along == pytest.approx(float(ahead - behind) / 2, rel=2e-3, abs=1e-9)


class _SmallNetwork(nn.Module):
    """Smooth, random, of the digit network's shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Conv2d(3, len(FINE), 5, stride=2, padding=2)
        self.coarse = nn.Conv2d(3, len(COARSE), 5, stride=4, padding=2)
        self.whole = nn.Linear(3, len(GLOBAL))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = torch.tanh(2.0 * crops - 1.0)
        whole = self.whole(x.mean(dim=(2, 3)))
        # Sure that a hand is there and can be assessed.
        whole = torch.cat([whole[:, :2] + 6.0, whole[:, 2:]], dim=1)
        return 3.0 * self.fine(x), 0.2 * torch.tanh(self.coarse(x)), whole


def test_the_gradient_in_the_picture_is_the_slope() -> None:
    """From pixels to the loss, float64, through a small random network."""
    torch.manual_seed(4)
    judge = SoftJudge(_SmallNetwork().double(), temperature=1.0)  # type: ignore[arg-type]
    rng = np.random.default_rng(1)
    crop = torch.from_numpy(rng.uniform(0, 1, (2, 3, 64, 64))).requires_grad_(True)
    soft = judge.judge(crop)
    assert soft.known[:, 0].all()
    (gradient,) = torch.autograd.grad(soft.loss.sum(), crop)
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0
    for _ in range(3):
        step = torch.from_numpy(rng.normal(size=tuple(crop.shape))) * 1e-8
        with torch.no_grad():
            slope = float(judge.judge(crop + step).loss.sum() - judge.judge(crop - step).loss.sum()) / 2
        assert float((gradient * step).sum()) == pytest.approx(slope, rel=2e-3, abs=1e-8)


def test_the_real_networks_gradient_is_the_slope() -> None:
    """The digit network as it is built, random weights, float64: pixels get a finite and true gradient."""
    torch.manual_seed(0)
    network = DigitNetwork().double()
    nn.init.constant_(network.fine.bias, 0.0)  # type: ignore[arg-type]
    nn.init.constant_(network.whole[-1].bias[:2], 6.0)  # type: ignore[index,arg-type]
    judge = SoftJudge(network, temperature=1.0)
    rng = np.random.default_rng(6)
    crop = torch.from_numpy(rng.uniform(0, 1, (1, 3, 64, 64))).requires_grad_(True)
    soft = judge.judge(crop)
    (gradient,) = torch.autograd.grad(soft.loss.sum(), crop)
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0
    step = torch.from_numpy(rng.normal(size=tuple(crop.shape))) * 1e-8
    with torch.no_grad():
        slope = float(judge.judge(crop + step).loss.sum() - judge.judge(crop - step).loss.sum()) / 2
    assert float((gradient * step).sum()) == pytest.approx(slope, rel=1e-2, abs=1e-8)
    assert soft.flaws.shape == (1, len(FLAWS))
