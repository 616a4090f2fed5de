"""The soft score falls together with the paper's as it cools, and its gradient is finite and true everywhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose
from handanat_studio.scoring.differentiable import SoftParts, SoftScore
from handanat_studio.scoring.paper_score import SCORER, paper_scores

COLD = SoftScore(1e-4)


def _tensor(world: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(world, np.float64))


def _pose(world: torch.Tensor, states: Any = None, *, score: SoftScore, source: str = "expert") -> SoftParts:
    side = torch.ones(len(world), dtype=torch.int8)
    return score.score_pose(world[:, :, :2] * 3000.0, world, states, side, source=source)


def _off_the_bounds(features: Any) -> bool:
    """Whether every angle is clearly inside or outside, in units of its uncertainty."""
    low = np.array([limit.core_low for limit in ANGLE_LIMITS])
    high = np.array([limit.core_high for limit in ANGLE_LIMITS])
    for bound, angle in ((low, features.angle_high), (high, features.angle_low)):
        away = np.abs(angle.numpy() - bound) / features.angle_sigma.numpy()
        if (away[features.angle_assessable.numpy()] < 0.01).any():
            return False
    return True


@given(seed=st.integers(0, 10**6), absent=st.sampled_from([(), (4,), (2, 3)]), spread=st.floats(5.0, 70.0))
def test_the_cold_score_is_the_papers(model_hand: Any, seed: int, absent: tuple[int, ...], spread: float) -> None:
    """For any hand off the bounds: count, angles, lengths and score, whatever is missing."""
    rng = np.random.default_rng(seed)
    world = _tensor([model_hand(rng.normal(20.0, spread, 15), lengths=rng.uniform(0.8, 1.2, 5))])
    states = torch.full((1, 21), int(JointState.VISIBLE), dtype=torch.uint8)
    for digit in absent:
        states[:, 1 + 4 * digit : 5 + 4 * digit] = int(JointState.ABSENT)
    features = measure(batch_from_arrays(world[:, :, :2] * 3000.0, world, states, None), source="expert")
    assume(_off_the_bounds(features))
    hard, soft = paper_scores(features), COLD.score_features(features)
    assert float(soft.score) == pytest.approx(float(hard.s_anat), abs=1e-6)
    for name in ("count", "angles", "ratios"):
        expected = getattr(hard, name)
        assert float(getattr(soft, name)) == pytest.approx(float(expected.nan_to_num(1.0)), abs=1e-6)


@given(seed=st.integers(0, 10**6))
def test_without_depth_the_cold_score_is_the_papers_too(model_hand: Any, seed: int) -> None:
    """Where several depths are possible, only what all of them break counts."""
    rng = np.random.default_rng(seed)
    world = _tensor([model_hand(rng.normal(20.0, 40.0, 15))])
    features = measure(batch_from_arrays(world[:, :, :2] * 3000.0), source="expert")
    assume(_off_the_bounds(features))
    assert float(COLD.score_features(features).score) == pytest.approx(float(paper_scores(features).s_anat), abs=1e-6)


@given(warm=st.floats(0.05, 3.0), seed=st.integers(0, 1000))
def test_the_loss_is_minus_the_logarithm_of_every_part(model_hand: Any, warm: float, seed: int) -> None:
    """Parts lie in 0..1, the score is their weighted sum, and the loss never loses sight of a part near zero."""
    rng = np.random.default_rng(seed)
    soft = _pose(_tensor([model_hand(rng.normal(20.0, 30.0, 15))]), score=SoftScore(warm))
    parts = [float(part) for part in (soft.count, soft.angles, soft.ratios)]
    assert all(0.0 <= part <= 1.0 for part in parts)
    assert float(soft.score) == pytest.approx(0.3 * parts[0] + 0.4 * parts[1] + 0.3 * parts[2])
    assert torch.isfinite(soft.loss).all()
    if min(parts) > 1e-6:
        assert float(soft.loss) == pytest.approx(-sum(np.log(parts)), rel=1e-6)


def _check_slope(score: Callable[[torch.Tensor], torch.Tensor], leaf: torch.Tensor, size: float) -> None:
    """Compare autograd with central differences along random directions, float64."""
    (gradient,) = torch.autograd.grad(score(leaf), leaf)
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0
    rng = np.random.default_rng(3)
    for _ in range(4):
        step = torch.from_numpy(rng.normal(size=tuple(leaf.shape))) * size
        with torch.no_grad():
            slope = float(score(leaf + step) - score(leaf - step)) / 2.0
        assert float((gradient * step).sum()) == pytest.approx(slope, rel=2e-3, abs=1e-10)


@pytest.mark.parametrize("what", ["score", "loss"])
@pytest.mark.parametrize("warm", [0.3, 1.0])
def test_the_gradient_in_space_is_the_slope(model_hand: Any, what: str, warm: float) -> None:
    """Of score and loss, in the world coordinates of several hands at once."""
    rng = np.random.default_rng(8)
    world = _tensor([model_hand(rng.uniform(-10, 70, 15), lengths=rng.uniform(0.9, 1.1, 5)) for _ in range(4)])
    world.requires_grad_(True)
    _check_slope(lambda w: getattr(_pose(w, score=SoftScore(warm)), what).sum(), world, 1e-8)


def test_the_gradient_in_the_picture_is_the_slope(model_hand: Any) -> None:
    """Without depth the pixels carry it."""
    points = _tensor([model_hand(np.full(15, 30.0))[:, :2] * 3000.0 + 400.0]).requires_grad_(True)
    _check_slope(lambda p: SoftScore(1.0).score_pose(p).loss.sum(), points, 1e-6)


def test_what_abstains_has_no_gradient(model_hand: Any) -> None:
    """A joint that is not labelled, and a hand of which nothing is known, get none and cost nothing."""
    world = _tensor([model_hand(np.full(15, 50.0)), np.full((21, 3), np.nan)]).requires_grad_(True)
    states = torch.full((2, 21), int(JointState.VISIBLE), dtype=torch.uint8)
    states[0, 8] = int(JointState.UNLABELLED)
    states[1] = int(JointState.UNLABELLED)
    soft = _pose(world, states, score=SoftScore(1.0))
    (gradient,) = torch.autograd.grad(soft.loss.sum(), world)
    assert torch.isfinite(gradient).all()
    assert (gradient[0, 8] == 0).all()
    assert (gradient[1] == 0).all()
    assert gradient[0].abs().max() > 0
    assert soft.known.tolist() == [[True, True, True], [False, False, False]]
    assert float(soft.loss[1].detach()) == 0.0


@pytest.mark.parametrize("warm", [1e-4, 0.5])
def test_degenerate_hands_have_finite_scores_and_gradients(warm: float) -> None:
    """All joints in one place, in a line, or half of them unknown."""
    line = np.zeros((21, 3))
    line[:, 1] = np.arange(21)
    half = np.random.default_rng(0).normal(size=(21, 3))
    half[::2] = np.nan
    world = _tensor([np.zeros((21, 3)), line, half]).requires_grad_(True)
    for soft in (_pose(world, score=SoftScore(warm)), SoftScore(warm).score_pose(world[:, :, :2])):
        (gradient,) = torch.autograd.grad(soft.loss.sum(), world)
        assert torch.isfinite(gradient).all()
        assert torch.isfinite(soft.score).all()


def test_a_detectors_five_digits_are_no_count(model_hand: Any) -> None:
    """MediaPipe's number abstains, an expert's counts."""
    world = _tensor([model_hand()])
    assert not _pose(world, score=COLD, source="mediapipe").known[0, 0]
    assert _pose(world, score=COLD, source="expert").known[0, 0]


def test_a_temperature_must_be_above_zero() -> None:
    """At zero there is no gradient, and the paper's score is there already."""
    with pytest.raises(ValueError, match="above 0"):
        SoftScore(0.0)


def test_the_papers_scorer_is_unchanged_by_its_soft_sibling(model_hand: Any) -> None:
    """The shared distance gives the literal similarity."""
    world = model_hand(lengths=[1, 1, 1, 1, 1.2])
    pose = HandPose.ordinary(world[:, :2] * 3000, world=world)
    parts = SCORER.score(measure(batch_of([pose]), source="expert")).row(0).parts
    soft = _pose(_tensor([world]), score=COLD)
    assert float(soft.ratios) == pytest.approx(parts["ratios"], abs=1e-6)
