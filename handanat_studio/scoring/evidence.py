"""The raw evidence of N hands against themselves, part by part: chances 0..1 before anyone has calibrated them.

Joints speak in units of their uncertainty, the digit network in chances. What cannot be assessed is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device

from handanat_studio.hand import limits
from handanat_studio.hand.evidence import FLAWS, LEAST_HAND
from handanat_studio.hand.feature_values import Basis, FeatureBatch
from handanat_studio.hand.reasons import Reason

EXPECTED_COUNT = 5
VIOLATION_Z = 3.0
"""An excess of three standard deviations is a violation at even odds; two are worth a look (4 %)."""
CERTAIN = 0.99

_PLAIN = 0.5
"""A flaw that the network sees at such a chance is something to judge by, even where nothing else is."""
_DIMMED = 0.125
"""Power of the chance that all digits can be seen, by which the network's word on a hand's flaws is lessened: without
it more sound hands amid clutter were called implausible, with the whole of it hardly any hand with hidden tips."""
_STEEPNESS = 8
_Z_CAP = 50.0

FLAW_PARTS = tuple(f"flaw_{name}" for name in FLAWS)
SEEN_PARTS = ("surplus", "seen_fused", "seen_forked", *FLAW_PARTS)
"""Parts that only the digit network can speak of."""
POSE_PARTS = ("angle", "abduction", "s_bend", "ratio", "web", "attachment", "topology", "phalanx")
"""Parts that the joints speak of."""
PARTS = ("count", *POSE_PARTS, *SEEN_PARTS)


@dataclass(frozen=True, slots=True)
class RawEvidence:
    """Chances per part for N hands.

    Attributes:
        chance: name of `PARTS` -> (N, k) 0..1, zero where not assessable.
        known: name -> (N, k) bool, whether it could be assessed.
        ratio_z: (N, 5) deviation of the log ratio in standard deviations.
        assessable: (N,) bool, something could be assessed that shows a sound hand to be sound, or a flaw is plain.
    """

    chance: dict[str, Any]
    known: dict[str, Any]
    ratio_z: Any
    assessable: Any


def violation_probability(z: Any) -> Any:
    """Return the probability that an excess of z standard deviations is a violation: 0 at 0, 0.04 at 2, 0.5 at 3."""
    xp = array_namespace(z)
    power = xp.clip(z, 0.0, _Z_CAP) ** _STEEPNESS
    return power / (power + VIOLATION_Z**_STEEPNESS)


def raw_evidence(features: FeatureBatch) -> RawEvidence:
    """Collect the evidence of N hands, differentiable wherever the features are."""
    ratio_z = _ratio_z(features)
    parts = _joint_parts(features, ratio_z) | _stated_parts(features) | _seen_parts(features)
    chance = {name: _where(known, value) for name, (value, known) in parts.items()}
    return RawEvidence(
        chance=chance,
        known={name: known for name, (_, known) in parts.items()},
        ratio_z=ratio_z,
        assessable=_assessable(features, chance),
    )


def _joint_parts(features: FeatureBatch, ratio_z: Any) -> dict[str, tuple[Any, Any]]:
    turn = (features.s_bend - limits.S_BEND_LIMIT_DEG) / limits.S_BEND_SIGMA[features.source]
    farthest = _constant(limits.ATTACHMENT_LIMIT, features.attachment)[None, :]
    away = (features.attachment - farthest) / _attachment_sigma(features)
    return {
        "angle": (violation_probability(_angle_z(features)), _decided(features)),
        "abduction": (violation_probability(_abduction_z(features)), features.abduction_assessable),
        "s_bend": (violation_probability(turn), features.s_bend_assessable),
        "ratio": (violation_probability(ratio_z), features.ratio_assessable),
        "attachment": (violation_probability(away), features.attachment_assessable),
    }


def _stated_parts(features: FeatureBatch) -> dict[str, tuple[Any, Any]]:
    """Return what a person or a drawing says of the digits; where the network looked, its own parts speak instead."""
    xp = array_namespace(features.angle)
    stated = ~_looked(features)
    web_known = xp.isfinite(features.web_depth)
    depth = xp.where(web_known, features.web_depth, xp.zeros_like(features.web_depth))
    beyond = features.fused > xp.sum(xp.astype(depth > 0, xp.int32), axis=1)
    grown = (beyond | (features.splits > 0))[:, None]
    dtype = features.angle.dtype
    return {
        "web": (violation_probability((depth - limits.FUSION_LIMIT) / limits.FUSION_SIGMA), web_known),
        "topology": (CERTAIN * xp.astype(grown, dtype), stated[:, None]),
        "phalanx": (CERTAIN * xp.astype(features.phalanx_excess != 0, dtype), stated[:, None]),
    }


def _looked(features: FeatureBatch) -> Any:
    return array_namespace(features.angle).isfinite(features.count_chance[:, 0])


def _seen_parts(features: FeatureBatch) -> dict[str, tuple[Any, Any]]:
    """Return the count, whosever word it is, and what only the network says."""
    xp = array_namespace(features.angle)
    wrong = xp.astype(features.count != EXPECTED_COUNT, features.angle.dtype)
    hand, clear = features.sight_chance[:, :1], features.sight_chance[:, 1:]
    there = _looked(features)[:, None] & (hand >= LEAST_HAND)
    seen = features.count_seen[:, None]
    other = clear * (1.0 - features.count_chance[:, EXPECTED_COUNT : EXPECTED_COUNT + 1])
    count = xp.where(seen, other, (CERTAIN * features.count_confidence * wrong)[:, None])
    surplus = xp.sum(features.count_chance[:, EXPECTED_COUNT + 1 :], axis=1)[:, None]
    found = {
        "count": (count, features.count_assessable[:, None]),
        # Where digits hide or clutter lies before them, what the network sees of their number is worth less.
        "surplus": (clear**_DIMMED * surplus, there),
        "seen_fused": (features.seen_chances[:, :1], there & seen),
        "seen_forked": (features.seen_chances[:, 1:], there & seen),
    }
    for column, name in enumerate(FLAW_PARTS):
        chance = features.flaw_chance[:, column : column + 1]
        found[name] = (clear**_DIMMED * chance, there & xp.isfinite(chance))
    return found


def _assessable(features: FeatureBatch, chance: dict[str, Any]) -> Any:
    xp = array_namespace(features.angle)
    return (
        features.count_assessable
        | xp.any(_decided(features), axis=1)
        | xp.any(features.ratio_assessable[:, 3:], axis=1)
        | xp.any(features.ratio_assessable[:, :2], axis=1)
        | xp.any(features.s_bend_assessable, axis=1)
        | (chance["topology"][:, 0] > 0)
        | xp.any(chance["phalanx"] > 0, axis=1)
        | xp.any(xp.concat([chance[name] for name in SEEN_PARTS], axis=1) >= _PLAIN, axis=1)
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
