"""Fitting the constants of the calibrated score on labelled images: numpy, scipy and scikit-learn, for training only.

An image is sound where all its hands are, so evidence is joined over parts and over the hands of an image alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from handanat_studio.scoring.calibrated_score import innocence
from handanat_studio.scoring.calibration import (
    NO_EVIDENCE,
    NO_EVIDENCE_ODDS,
    Calibration,
    FinalMap,
    Isotonic,
    PartMap,
    Platt,
    log_odds,
)

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

ISOTONIC_FROM = 5000
"""With fewer labelled images a logistic curve is fitted, with more a rising line: of few it makes wide steps."""
USUAL = (-2.0, 1.0)
"""Shift and slope of a part of which little is known."""
_PULL = (1.0, 4.0)
"""Strength of the pull towards them."""
_LEAST_LEAK = 1e-4
_ROUNDING = 1e-12
_LEAST_WRONG = 1e-6


@dataclass(frozen=True, eq=False)
class LabelledHands:
    """Raw evidence of H hands of B images that are labelled sound or not.

    Attributes:
        chance: part -> (H, k) from `evidence.raw_evidence`.
        image: (H,) number of each hand's image, 0 .. B - 1; an image without a hand has no evidence.
        implausible: (B,) whether any of the image's hands is not sound.
    """

    chance: dict[str, F64]
    image: I64
    implausible: Flags

    def of_images(self, chosen: Flags) -> LabelledHands:
        """Return the hands of chosen images, (B,) bool, renumbered."""
        number = np.cumsum(chosen) - 1
        hands = chosen[self.image]
        chance = {name: values[hands] for name, values in self.chance.items()}
        return LabelledHands(chance, number[self.image[hands]], self.implausible[chosen])

    def joined(self, parts: dict[str, PartMap]) -> F64:
        """Return (B,) the joined evidence of each image's worst hand, before the last map; 0 = none."""
        calibration = Calibration(parts=parts)
        found = 1.0 - innocence({name: calibration.part(name, chance) for name, chance in self.chance.items()})
        worst = np.zeros(len(self.implausible))
        np.maximum.at(worst, self.image, found)
        return worst


def fit_parts(hands: LabelledHands) -> dict[str, PartMap]:
    """Return the map of every part, fitted together: how much of what was found wrong each part explains.

    The likelihood is that of noisy-OR over all parts of all hands of an image, with a leak for what no part sees.
    Slopes never fall, and constants are pulled towards `USUAL`, so that a part that never speaks keeps them.
    """
    names = list(hands.chance)
    rows = [_rows(name, hands.chance[name]) for name in names]
    image = [hands.image[hand] for hand, _ in rows]
    odds = [values for _, values in rows]
    truth = hands.implausible.astype(float)
    count = len(names)
    usual = np.repeat([*USUAL], count).astype(float)
    pull = np.repeat([*_PULL], count).astype(float)

    def cost(held: F64) -> tuple[float, F64]:
        shift, slope, leak = held[:count], held[count:-1], held[-1]
        total = np.full(len(truth), np.exp(leak))
        slopes: list[tuple[F64, F64]] = []
        for k in range(count):
            excess, by_shift, by_slope = _excess(shift[k], slope[k], odds[k])
            np.add.at(total, image[k], excess)
            slopes.append((by_shift, by_slope))
        # The chance of something wrong is 1 - exp(-total).
        wrong = -np.expm1(-total)
        loss = -(truth * np.log(np.maximum(wrong, _LEAST_WRONG)) - (1.0 - truth) * total).sum()
        weight = (1.0 - truth) - truth * np.exp(-total) / np.maximum(wrong, _LEAST_WRONG)
        gradient = np.empty_like(held)
        for k, (by_shift, by_slope) in enumerate(slopes):
            gradient[k] = weight[image[k]] @ by_shift
            gradient[count + k] = weight[image[k]] @ by_slope
        gradient[-1] = weight.sum() * np.exp(leak)
        away = held[:-1] - usual
        gradient[:-1] += 2.0 * pull * away
        return float(loss + (pull * away**2).sum()), gradient

    bounds = [(-12.0, 6.0)] * count + [(0.0, 6.0)] * count + [(np.log(_LEAST_LEAK), 2.0)]
    start = np.append(usual, np.log(0.05))
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x
    return {name: PartMap(float(found[k]), float(found[count + k])) for k, name in enumerate(names)}


def _rows(name: str, chance: F64) -> tuple[I64, F64]:
    """Return the hand and the log-odds of every piece of evidence of a part; of the length ratios the worst only."""
    if name == "ratio":
        chance = chance.max(axis=1, keepdims=True)
    hand, column = np.nonzero(chance > NO_EVIDENCE)
    return hand, np.asarray(log_odds(chance[hand, column]), np.float64)


def _excess(shift: float, slope: float, odds: F64) -> tuple[F64, F64, F64]:
    """Return minus the log of innocence as in `PartMap`, and its slopes by both constants."""
    u, u0 = shift + slope * odds, shift + slope * NO_EVIDENCE_ODDS
    s, s0 = 1.0 / (1.0 + np.exp(-u)), 1.0 / (1.0 + np.exp(-u0))
    return np.logaddexp(0.0, u) - np.logaddexp(0.0, u0), s - s0, odds * s - NO_EVIDENCE_ODDS * s0


def fit_final(joined: F64, implausible: Flags) -> FinalMap:
    """Return the last map: logistic for fewer than `ISOTONIC_FROM` labels, else isotonic.

    Args:
        joined: (B,) evidence of images that the parts were not fitted on.
        implausible: (B,) their labels, both kinds.
    """
    if len(joined) < ISOTONIC_FROM:
        odds = log_odds(joined)[:, None]
        fitted = LogisticRegression(C=1e3).fit(odds, implausible)
        return Platt(float(fitted.intercept_[0]), max(0.0, float(fitted.coef_[0, 0])))
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(joined, implausible)
    chances, places = np.unique(fitted.X_thresholds_, return_index=True)
    return Isotonic(tuple(chances.tolist()), tuple(np.maximum.accumulate(fitted.y_thresholds_[places]).tolist()))


def cross_joined(hands: LabelledHands, groups: I64, *, folds: int, seed: int) -> F64:
    """Return (B,) the joined evidence of each image from maps fitted without its group.

    Args:
        hands: labelled hands of B images.
        groups: (B,) images of one group are never split.
        folds: how many parts the groups are split into.
        seed: of the split.
    """
    names = np.unique(groups)
    fold_of = dict(
        zip(np.random.default_rng(seed).permutation(names).tolist(), np.arange(len(names)) % folds, strict=True)
    )
    fold = np.array([fold_of[group] for group in groups.tolist()])
    joined = np.zeros(len(groups))
    for k in range(folds):
        parts = fit_parts(hands.of_images(fold != k))
        joined[fold == k] = hands.of_images(fold == k).joined(parts)
    return joined


def bound_for(chances: F64, budget: float, weights: F64 | None = None) -> float:
    """Return the least bound at which no more than a share of these sound images lies at it or above.

    Args:
        chances: (B,) calibrated probabilities.
        budget: the share, 0..1.
        weights: (B,) what each image counts; None = all the same.
    """
    counted = np.ones(len(chances)) if weights is None else weights
    order = np.argsort(chances)[::-1]
    used = np.cumsum(counted[order]) / counted.sum()
    refused = np.flatnonzero(used > budget + _ROUNDING)
    return float(min(1.0, np.nextafter(chances[order[refused[0]]], 2.0))) if len(refused) else 0.0
