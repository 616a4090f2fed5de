"""The paper's score, literally: S_anat = 0.3 [count] + 0.4 product of 15 [angle in range] + 0.3 sim.

Implausible below 0.5. What cannot be assessed counts as not violated, and the bounds say what it could change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.feature_values import FeatureBatch, Features
from handanat_studio.hand.limits import ANGLE_LIMITS, RATIO_REFERENCES
from handanat_studio.hand.values import Finding
from handanat_studio.scoring.findings import angle_finding, count_finding, worst_first
from handanat_studio.scoring.scores import IMPLAUSIBLE_CODE, PLAUSIBLE_CODE, UNSURE_CODE, ScoreBatch

WEIGHTS = (0.3, 0.4, 0.3)
THRESHOLD = 0.5
EXPECTED_COUNT = 5
SIMS = ("mahalanobis", "cosine")
"""The paper names no `sim`. "mahalanobis" = exp(-D^2 / 8) over the four free log ratios; "cosine" is hardly below 1."""

_FREE = (0, 1, 3, 4)


@dataclass(frozen=True, slots=True)
class PaperScores:
    """The paper's parts for N hands.

    Attributes:
        count: (N,) 1 if the count is five, else 0; NaN = not assessable.
        angles: (N,) 1 if every assessable angle is in its core range, else 0; NaN = none assessable.
        ratios: (N,) sim in 0..1; NaN = none assessable.
        s_anat: (N,) the score, parts that are not assessable taken as not violated.
        implausible: (N,) bool, s_anat below the threshold.
        bounds: (N, 2) the least and the greatest score the unassessed parts allow.
        angle_violated: (N, 15) bool.
        assessable: (N,) bool, something could be assessed.
    """

    count: Any
    angles: Any
    ratios: Any
    s_anat: Any
    implausible: Any
    bounds: Any
    angle_violated: Any
    assessable: Any


def paper_scores(features: FeatureBatch, *, sim: str = "mahalanobis") -> PaperScores:
    """Compute the paper's score of N hands.

    Args:
        features: N measured hands in any array namespace.
        sim: one of `SIMS`.

    Returns:
        The parts and the score, in the namespace of the features.

    Raises:
        UserError: if `sim` is unknown.
    """
    if sim not in SIMS:
        raise UserError(f"Unknown similarity '{sim}'.", hint=f"Known: {', '.join(SIMS)}.")
    xp = array_namespace(features.angle)
    one, nan = xp.ones_like(features.ratio[:, 0]), xp.full_like(features.ratio[:, 0], float("nan"))
    violated, known = _angle_states(features)
    five = xp.astype(features.count == EXPECTED_COUNT, one.dtype)
    in_range = xp.astype(~xp.any(violated, axis=1), one.dtype)
    similarity = _mahalanobis(features) if sim == "mahalanobis" else _cosine(features)
    free = xp.stack([features.ratio_assessable[:, digit] for digit in _FREE], axis=1)
    rated, all_rated = xp.any(free, axis=1), xp.all(free, axis=1)
    some_angle, all_angles = xp.any(known, axis=1), xp.all(known, axis=1)
    counted = features.count_assessable
    zero = xp.zeros_like(one)
    best = _sum(xp.where(counted, five, one), in_range, xp.where(rated, similarity, one))
    least = xp.where(counted, five, zero), xp.where(all_angles, in_range, zero), xp.where(all_rated, similarity, zero)
    return PaperScores(
        count=xp.where(counted, five, nan),
        angles=xp.where(some_angle, in_range, nan),
        ratios=xp.where(rated, similarity, nan),
        s_anat=best,
        implausible=best < THRESHOLD,
        bounds=xp.stack([_sum(*least), best], axis=1),
        angle_violated=violated,
        assessable=counted | some_angle | rated,
    )


def _sum(count: Any, angles: Any, ratios: Any) -> Any:
    return WEIGHTS[0] * count + WEIGHTS[1] * angles + WEIGHTS[2] * ratios


def _constant(values: Any, like: Any) -> Any:
    return array_namespace(like).asarray(values, dtype=like.dtype, device=device(like))


def _angle_states(features: FeatureBatch) -> tuple[Any, Any]:
    """Return (N, 15) bools: surely outside the core range, and surely known to be inside or outside."""
    low = _constant([limit.core_low for limit in ANGLE_LIMITS], features.angle)[None, :]
    high = _constant([limit.core_high for limit in ANGLE_LIMITS], features.angle)[None, :]
    outside = (features.angle_high < low) | (features.angle_low > high)
    violated = outside & features.angle_assessable
    if features.angle_low is features.angle_high:
        return violated, features.angle_assessable
    inside = (features.angle_low >= low) & (features.angle_high <= high)
    return violated, (outside | inside) & features.angle_assessable


def _log_deviation(features: FeatureBatch) -> tuple[list[Any], list[Any]]:
    """Return the four free log ratios about their reference and their weights 1 / own variance, 0 if not assessable."""
    xp = array_namespace(features.ratio)
    reference = RATIO_REFERENCES[features.source]
    deviations, weights = [], []
    for digit in _FREE:
        ratio, known = features.ratio[:, digit], features.ratio_assessable[:, digit]
        safe = xp.where(known & (ratio > 0), ratio, xp.full_like(ratio, reference.ratio[digit]))
        own = features.ratio_sigma[:, digit] ** 2 - reference.common_sd**2
        weights.append(xp.where(known, 1.0 / own, xp.zeros_like(own)))
        deviations.append(xp.log(safe / reference.ratio[digit]))
    return deviations, weights


def _mahalanobis(features: FeatureBatch) -> Any:
    return array_namespace(features.ratio).exp(-ratio_distance(features) / 8.0)


def ratio_distance(features: FeatureBatch) -> Any:
    """Return (N,) D^2 of the four free log ratios, those that are not assessable left out.

    The covariance is diagonal plus one shared variance, inverted in closed form.
    """
    deviations, weights = _log_deviation(features)
    shared = RATIO_REFERENCES[features.source].common_sd ** 2
    total, mixed, square = weights[0] * 0.0, weights[0] * 0.0, weights[0] * 0.0
    for x, w in zip(deviations, weights, strict=True):
        total, mixed, square = total + w, mixed + w * x, square + w * x * x
    return square - shared * mixed * mixed / (1.0 + shared * total)


def _cosine(features: FeatureBatch) -> Any:
    xp = array_namespace(features.ratio)
    reference = _constant(RATIO_REFERENCES[features.source].ratio, features.ratio)[None, :]
    known = features.ratio_assessable
    ratio = xp.where(known, features.ratio, xp.zeros_like(features.ratio))
    usual = xp.where(known, reference + xp.zeros_like(ratio), xp.zeros_like(ratio))
    size = xp.sum(ratio * ratio, axis=1) * xp.sum(usual * usual, axis=1)
    safe = xp.where(size > 0, size, xp.ones_like(size))
    return xp.sum(ratio * usual, axis=1) / safe**0.5


def _explain(features: Features, details: dict[str, NDArray[Any]]) -> tuple[Finding, ...]:
    found = [] if not features.count_assessable else count_finding(features, EXPECTED_COUNT, 1.0)
    for joint in details["angle_violated"].nonzero()[0].tolist():
        found.append(angle_finding(features, joint, core=True, probability=1.0))
    return worst_first(found)


@dataclass(frozen=True, slots=True)
class PaperScorer:
    """The paper's score as a scorer; `sim` names the similarity."""

    sim: str = "mahalanobis"
    name: str = "paper"

    @property
    def version(self) -> str:
        """Return the version, which names the similarity."""
        return f"1-{self.sim}"

    def score(self, features: FeatureBatch) -> ScoreBatch:
        """Judge N hands; a hand of which nothing can be assessed is unsure."""
        xp = array_namespace(features.angle)
        found = paper_scores(features, sim=self.sim)
        code = xp.where(found.implausible, IMPLAUSIBLE_CODE, PLAUSIBLE_CODE)
        code = xp.astype(xp.where(found.assessable, code, UNSURE_CODE), xp.uint8)
        parts = {
            "count": found.count,
            "angles": found.angles,
            "ratios": found.ratios,
            "s_anat": found.s_anat,
            "s_anat_low": found.bounds[:, 0],
            "s_anat_high": found.bounds[:, 1],
        }
        details = {"angle_violated": found.angle_violated}
        return ScoreBatch(self.name, self.version, found.s_anat, code, parts, features, details, _explain)


SCORER = PaperScorer()
