"""How much a peak is worth: from the height of a tip's or base's peak and its partner to the probability of a digit,
and from digits and flaws to that of a number.

The constants are fitted on drawn hands that were not trained on, and live beside the weights.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from handanat_studio.hand.evidence import FLAWS

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_ROUNDS = 60
_LEAST = 1e-3
SOUND_COUNT = 5
_PULL = 1.0
"""Strength of the pull of fitted constants towards their usual values, in observations."""


@dataclass(frozen=True)
class Evidence:
    """Log-odds that a digit exists.

    Attributes:
        tip: of a seen tip: constant, per `logit` of its peak's height, per support 0..1 (how well its base answers it),
            per flesh 0..1 (how much of the way between them is hand).
        base: of a base without a tip: constant, per `logit` of its peak's height, per `logit` of the chance that every
            digit shows its tip.
        number: of a number of digits: power of its chance if digits exist independently of each other, per `logit` of
            the chance of an extra or forked digit for numbers above five, of a missing one for numbers below, constant
            of five.
    """

    tip: tuple[float, float, float, float] = (-0.1, 2.6, 1.8, 1.5)
    base: tuple[float, float, float] = (0.5, 1.9, -0.7)
    number: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)

    def of_tips(self, height: F32, support: F32, flesh: F32) -> F32:
        """Return probabilities of digits whose tips are seen; 0 where the height is 0."""
        odds = self.tip[0] + self.tip[1] * logit(height) + self.tip[2] * support + self.tip[3] * flesh
        return np.asarray(np.where(height > 0, 1.0 / (1.0 + np.exp(-odds)), 0.0), np.float32)

    def of_bases(self, height: F32, assessable: F32) -> F32:
        """Return probabilities of digits that show only their bases; 0 where the height is 0."""
        odds = self.base[0] + self.base[1] * logit(height) + self.base[2] * logit(assessable)
        return np.asarray(np.where(height > 0, 1.0 / (1.0 + np.exp(-odds)), 0.0), np.float32)

    def of_numbers(self, independent: F32, flaws: F32) -> F32:
        """Return (N, 13) chances of numbers of digits: what the digits one by one say, and the hand as a whole.

        Args:
            independent: (N, 13) chances if each digit exists on its own.
            flaws: (N, 8) chances of `hand.evidence.FLAWS`.
        """
        odds = self.number @ number_features(independent, flaws)
        chance = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(chance / chance.sum(axis=1, keepdims=True), np.float32)


def number_features(independent: F32, flaws: F32) -> F64:
    """Return (N, 4, 13): what `Evidence.number` weighs."""
    numbers = np.arange(independent.shape[1])
    extra, forked, missing = (np.asarray(flaws[:, FLAWS.index(name)]) for name in ("extra", "forked", "missing"))
    # A branch counts as a digit more.
    more, fewer = (logit(chance)[:, None] for chance in (1.0 - (1.0 - extra) * (1.0 - forked), missing))
    five = np.broadcast_to(numbers == SOUND_COUNT, independent.shape).astype(float)
    alone = np.log(np.asarray(independent, float) + _LEAST)
    return np.stack([alone, more * (numbers > SOUND_COUNT), fewer * (numbers < SOUND_COUNT), five], axis=1)


def fit_number(features: F64, true: NDArray[np.int64], usual: F64) -> F64:
    """Return the constants under which the true numbers are likeliest, pulled towards `usual`.

    Args:
        features: (M, 4, 13) from `number_features`.
        true: (M,) numbers of digits.
        usual: (4,), kept where there is little to learn from.
    """

    def cost(held: F64) -> tuple[float, F64]:
        odds = held @ features
        chance = softmax(odds, axis=1)
        said = np.take_along_axis(odds, true[:, None], axis=1)[:, 0] - logsumexp(odds, axis=1)
        seen = np.take_along_axis(features, true[:, None, None], axis=2)[:, :, 0]
        slope = (seen - (features * chance[:, None]).sum(axis=2)).sum(axis=0)
        return float(_PULL * ((held - usual) ** 2).sum() - said.sum()), 2 * _PULL * (held - usual) - slope

    return np.asarray(minimize(cost, usual, jac=True, method="L-BFGS-B").x)


def logit(height: F32) -> F64:
    """Return log-odds of peak heights, kept finite."""
    h = np.clip(np.asarray(height, float), 1e-3, 1 - 1e-3)
    return np.asarray(np.log(h / (1 - h)))


def fit(features: F64, true: NDArray[np.bool_], usual: F64) -> F64:
    """Return the constants of a logistic regression (Newton's method, pulled towards `usual`).

    Args:
        features: (M, F), the first column all ones.
        true: (M,).
        usual: (F,), kept where there is little to learn from.
    """
    held = usual.copy()
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(features @ held, -30, 30)))
        slope = features.T @ (true - chance) - _PULL * (held - usual)
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + _PULL * np.eye(len(usual))
        step = np.linalg.solve(bend, slope)
        held = held + step
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(held)


def write_evidence(path: Path, evidence: Evidence) -> None:
    """Write the constants as JSON."""
    path.write_text(json.dumps(asdict(evidence), indent=1) + "\n", encoding="utf-8")


def read_evidence(path: Path) -> Evidence:
    """Read the constants; the usual ones where there is no file."""
    if not path.exists():
        return Evidence()
    held = json.loads(path.read_text(encoding="utf-8"))
    return Evidence(**{name: tuple(float(v) for v in values) for name, values in held.items()})  # type: ignore[arg-type]
