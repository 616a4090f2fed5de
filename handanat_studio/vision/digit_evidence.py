"""How much a peak is worth: from the height of a tip's or base's peak and its partner to the probability of a digit.

The constants are fitted on drawn hands that were not trained on, and live beside the weights.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_ROUNDS = 60
_PULL = 1.0
"""Strength of the pull of fitted constants towards their usual values, in observations."""


@dataclass(frozen=True)
class Evidence:
    """Log-odds that a digit exists.

    Attributes:
        tip: of a seen tip: constant, per `logit` of its peak's height, per support 0..1 (how well its base answers it),
            per flesh 0..1 (how much of the way between them is hand).
        base: of a base without a tip: constant, per `logit` of its peak's height.
    """

    tip: tuple[float, float, float, float] = (-0.1, 2.6, 1.8, 1.5)
    base: tuple[float, float] = (0.5, 1.9)

    def of_tips(self, height: F32, support: F32, flesh: F32) -> F32:
        """Return probabilities of digits whose tips are seen; 0 where the height is 0."""
        odds = self.tip[0] + self.tip[1] * logit(height) + self.tip[2] * support + self.tip[3] * flesh
        return np.asarray(np.where(height > 0, 1.0 / (1.0 + np.exp(-odds)), 0.0), np.float32)

    def of_bases(self, height: F32) -> F32:
        """Return probabilities of digits that show only their bases; 0 where the height is 0."""
        odds = self.base[0] + self.base[1] * logit(height)
        return np.asarray(np.where(height > 0, 1.0 / (1.0 + np.exp(-odds)), 0.0), np.float32)


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
    return Evidence(tuple(float(v) for v in held["tip"]), tuple(float(v) for v in held["base"]))  # type: ignore[arg-type]
