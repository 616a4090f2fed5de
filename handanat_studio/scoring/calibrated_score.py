"""Probability that a hand is implausible: evidence per part in units of its uncertainty, joined by noisy-OR.

One certain violation is enough; what cannot be assessed says nothing; where nothing can be assessed it abstains.
Length ratios share the middle finger and so are one piece of evidence: only the worst of them counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device
from numpy.typing import NDArray

from handanat_studio.hand import limits
from handanat_studio.hand.feature_values import GAP_NAMES, Basis, FeatureBatch, Features
from handanat_studio.hand.reasons import Reason
from handanat_studio.hand.topology import RATIO_NAMES
from handanat_studio.hand.values import Finding
from handanat_studio.scoring.findings import (
    abduction_finding,
    angle_finding,
    count_finding,
    phalanx_finding,
    ratio_finding,
    worst_first,
)
from handanat_studio.scoring.scores import IMPLAUSIBLE_CODE, PLAUSIBLE_CODE, UNSURE_CODE, ScoreBatch

EXPECTED_COUNT = 5
IMPLAUSIBLE_FROM = 0.5
UNSURE_FROM = 0.25
VIOLATION_Z = 3.0
"""An excess of three standard deviations is a violation at even odds; two are worth a look (4 %)."""

_STEEPNESS = 8
_Z_CAP = 50.0
_CERTAIN = 0.99
_CONFLICT = 0.2
_REPORTED = 0.03


@dataclass(frozen=True, slots=True)
class CalibratedScores:
    """Evidence per part for N hands, all probabilities 0..1 and zero where not assessable.

    Attributes:
        p_implausible: (N,), NaN = nothing could be assessed.
        count: (N,); angle: (N, 15); abduction: (N, 4); s_bend: (N, 4); ratio: (N, 5);
        web: (N, 4); attachment: (N, 5); topology: (N,) forks, and fusions beyond neighbouring digits;
        phalanx: (N, 5) digits with a phalanx too many or too few.
        ratio_z: (N, 5) deviation of the log ratio in standard deviations.
        assessable: (N,) bool.
    """

    p_implausible: Any
    count: Any
    angle: Any
    abduction: Any
    s_bend: Any
    ratio: Any
    web: Any
    attachment: Any
    topology: Any
    phalanx: Any
    ratio_z: Any
    assessable: Any


def violation_probability(z: Any) -> Any:
    """Return the probability that an excess of z standard deviations is a violation: 0 at 0, 0.04 at 2, 0.5 at 3."""
    xp = array_namespace(z)
    power = xp.clip(z, 0.0, _Z_CAP) ** _STEEPNESS
    return power / (power + VIOLATION_Z**_STEEPNESS)


def calibrated_scores(features: FeatureBatch) -> CalibratedScores:
    """Weigh the evidence of N hands.

    Args:
        features: N measured hands in any array namespace.

    Returns:
        Probabilities per part and joined, differentiable wherever the features are.
    """
    xp = array_namespace(features.angle)
    like = features.angle[:, 0]
    angle = _where(_decided(features), violation_probability(_angle_z(features)))
    abduction = _where(features.abduction_assessable, violation_probability(_abduction_z(features)))
    turn = (features.s_bend - limits.S_BEND_LIMIT_DEG) / limits.S_BEND_SIGMA[features.source]
    s_bend = _where(features.s_bend_assessable, violation_probability(turn))
    ratio_z = _ratio_z(features)
    ratio = _where(features.ratio_assessable, violation_probability(ratio_z))
    web_known = xp.isfinite(features.web_depth)
    depth = xp.where(web_known, features.web_depth, xp.zeros_like(features.web_depth))
    web = violation_probability((depth - limits.FUSION_LIMIT) / limits.FUSION_SIGMA)
    farthest = _constant(limits.ATTACHMENT_LIMIT, features.attachment)[None, :]
    away = (features.attachment - farthest) / _attachment_sigma(features)
    attachment = _where(features.attachment_assessable, violation_probability(away))
    wrong = features.count_assessable & (features.count != EXPECTED_COUNT)
    count = _CERTAIN * features.count_confidence * xp.astype(wrong, like.dtype)
    beyond = features.fused > xp.sum(xp.astype(depth > 0, xp.int32), axis=1)
    topology = _CERTAIN * xp.astype(beyond | (features.splits > 0), like.dtype)
    phalanx = _CERTAIN * xp.astype(features.phalanx_excess != 0, like.dtype)
    innocent = (1.0 - count) * (1.0 - topology)
    innocent = innocent * (1.0 - xp.max(ratio, axis=1))
    for part in (angle, abduction, s_bend, web, attachment, phalanx):
        innocent = innocent * xp.prod(1.0 - part, axis=1)
    assessable = (
        features.count_assessable
        | xp.any(_decided(features), axis=1)
        | xp.any(features.ratio_assessable[:, 3:], axis=1)
        | xp.any(features.ratio_assessable[:, :2], axis=1)
        | xp.any(features.s_bend_assessable, axis=1)
        | (topology > 0)
        | xp.any(phalanx > 0, axis=1)
    )
    p = xp.where(assessable, 1.0 - innocent, xp.full_like(like, math.nan))
    return CalibratedScores(
        p, count, angle, abduction, s_bend, ratio, web, attachment, topology, phalanx, ratio_z, assessable
    )


def _constant(values: Any, like: Any) -> Any:
    return array_namespace(like).asarray(values, dtype=like.dtype, device=device(like))


def _where(known: Any, value: Any) -> Any:
    xp = array_namespace(value)
    return xp.where(known, value, xp.zeros_like(value))


def _decided(features: FeatureBatch) -> Any:
    return features.angle_assessable & (features.angle_reason != int(Reason.DEPTH_UNKNOWN))


def _angle_z(features: FeatureBatch) -> Any:
    low = _constant([limit.low for limit in limits.ANGLE_LIMITS], features.angle)[None, :]
    high = _constant([limit.high for limit in limits.ANGLE_LIMITS], features.angle)[None, :]
    under, over = low - features.angle_high, features.angle_low - high
    # Near a full fold the sign of a bend is noise: -170 is as good as 190.
    xp = array_namespace(under)
    under = _less(under, features.angle_high + 360.0 - high)
    over = _less(over, low + 360.0 - features.angle_low)
    return xp.where(under > over, under, over) / features.angle_sigma


def _less(a: Any, b: Any) -> Any:
    return array_namespace(a).where(a < b, a, b)


def _abduction_z(features: FeatureBatch) -> Any:
    rows = limits.ABDUCTION_LIMITS
    low = _constant([limit.low for limit in rows], features.abduction)[None, :]
    high = _constant([limit.high for limit in rows], features.abduction)[None, :]
    sigma = _constant([limit.sigma[features.source] for limit in rows], features.abduction)[None, :]
    under, over = low - features.abduction, features.abduction - high
    return array_namespace(under).where(under > over, under, over) / sigma


def _ratio_z(features: FeatureBatch) -> Any:
    xp = array_namespace(features.ratio)
    usual = _constant(limits.RATIO_REFERENCES[features.source].ratio, features.ratio)[None, :]
    known = features.ratio_assessable & (features.ratio > 0)
    safe = xp.where(known, features.ratio, usual + xp.zeros_like(features.ratio))
    return xp.abs(xp.log(safe / usual)) / features.ratio_sigma


def _attachment_sigma(features: FeatureBatch) -> Any:
    """Return (N, 5); a tilted palm seen without depth shortens some of its rays and not others."""
    xp = array_namespace(features.attachment)
    sigma = _constant(limits.ATTACHMENT_SIGMA[features.source], features.attachment)[None, :]
    planar = (features.basis == int(Basis.PLANAR))[:, None]
    return xp.where(planar, limits.ATTACHMENT_PLANAR_FACTOR * sigma, sigma + xp.zeros_like(features.attachment))


def _explain(features: Features, details: dict[str, NDArray[Any]]) -> tuple[Finding, ...]:
    """Report every part that is at least worth a look, worst first."""

    def shown(name: str) -> list[tuple[int, float]]:
        return [(i, p) for i, p in enumerate(details[name].tolist()) if p >= _REPORTED]

    found = [angle_finding(features, i, core=False, probability=p) for i, p in shown("angle")]
    found += [abduction_finding(features, i, p) for i, p in shown("abduction")]
    found += [ratio_finding(features, i, float(details["ratio_z"][i]), p) for i, p in shown("ratio")]
    found += [_s_bend_finding(features, i, p) for i, p in shown("s_bend")]
    found += [_web_finding(features, i, p) for i, p in shown("web")]
    found += [_attachment_finding(features, i, p) for i, p in shown("attachment")]
    found += [phalanx_finding(features, i, p) for i, p in shown("phalanx")]
    for _, p in shown("count"):
        found += count_finding(features, EXPECTED_COUNT, p)
    for _, p in shown("topology"):
        source = "the digits of an ordinary hand neither fork nor grow together"
        found.append(Finding("webbing", "hand", math.nan, math.nan, "", math.nan, p, source))
    if features.chirality_conflict:
        source = "the bends show the other side than the one stated; angles were measured for the side they show"
        found.append(Finding("chirality", "hand", math.nan, math.nan, "", math.nan, _CONFLICT, source))
    return worst_first(found)


def _s_bend_finding(features: Features, finger: int, p: float) -> Finding:
    value, limit = float(features.s_bend[finger]), limits.S_BEND_LIMIT_DEG
    z = (value - limit) / limits.S_BEND_SIGMA[features.source]
    return Finding("angle", RATIO_NAMES[finger + 1], value, limit, "deg", z, p, limits.S_BEND_SOURCE)


def _web_finding(features: Features, gap: int, p: float) -> Finding:
    value, limit = float(features.web_depth[gap]), limits.FUSION_LIMIT
    z = (value - limit) / limits.FUSION_SIGMA
    return Finding("webbing", GAP_NAMES[gap], value, limit, "ratio", z, p, limits.FUSION_SOURCE)


def _attachment_finding(features: Features, digit: int, p: float) -> Finding:
    value, limit = float(features.attachment[digit]), limits.ATTACHMENT_LIMIT[digit]
    sigma = limits.ATTACHMENT_SIGMA[features.source][digit]
    if features.basis is Basis.PLANAR:
        sigma *= limits.ATTACHMENT_PLANAR_FACTOR
    z = (value - limit) / sigma
    return Finding("webbing", RATIO_NAMES[digit], value, limit, "ratio", z, p, limits.ATTACHMENT_SOURCE)


@dataclass(frozen=True, slots=True)
class CalibratedScorer:
    """The calibrated score as a scorer."""

    name: str = "calibrated"
    version: str = "0.2"

    def score(self, features: FeatureBatch) -> ScoreBatch:
        """Judge N hands; unsure where nothing can be assessed or the evidence is worth a look only."""
        xp = array_namespace(features.angle)
        found = calibrated_scores(features)
        p = found.p_implausible
        code = xp.where(p >= IMPLAUSIBLE_FROM, IMPLAUSIBLE_CODE, PLAUSIBLE_CODE)
        code = xp.where((p >= UNSURE_FROM) & (p < IMPLAUSIBLE_FROM), UNSURE_CODE, code)
        code = xp.astype(xp.where(found.assessable, code, UNSURE_CODE), xp.uint8)
        details = {name: getattr(found, name) for name in _DETAILS}
        details |= {"count": found.count[:, None], "topology": found.topology[:, None]}
        parts = {"p_implausible": p} | {name: _joined(name, getattr(found, name)) for name in _JOINED}
        return ScoreBatch(self.name, self.version, p, code, parts, features, details, _explain)


_DETAILS = ("angle", "abduction", "s_bend", "ratio", "web", "attachment", "phalanx", "ratio_z")
_JOINED = ("count", "angle", "ratio", "web", "attachment", "phalanx")


def _joined(name: str, part: Any) -> Any:
    xp = array_namespace(part)
    if part.ndim == 1:
        return part
    return xp.max(part, axis=1) if name == "ratio" else 1.0 - xp.prod(1.0 - part, axis=1)


SCORER = CalibratedScorer()
