"""Findings in the form every scorer reports them: part, value, limit, z, source. The scorer decides which."""

from __future__ import annotations

import math
from collections.abc import Iterable

from handanat_studio.hand.feature_values import Features
from handanat_studio.hand.limits import ABDUCTION_LIMITS, ANGLE_LIMITS, RATIO_REFERENCES, Limit
from handanat_studio.hand.phalanges import ordinary_phalanges
from handanat_studio.hand.topology import CANONICAL_DIGITS, RATIO_NAMES
from handanat_studio.hand.values import Finding


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by probability, then by how far beyond the limit; findings that are no excess come last."""
    return tuple(sorted(findings, key=lambda f: (-f.probability, -f.z if math.isfinite(f.z) else 0.0, f.kind, f.part)))


def one_each(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding of each kind about each part: the surest."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        held = kept.get((finding.kind, finding.part))
        if held is None or finding.probability > held.probability:
            kept[finding.kind, finding.part] = finding
    return list(kept.values())


def _range_finding(limit: Limit, value: float, sigma: float, *, core: bool, probability: float) -> Finding:
    low, high = (limit.core_low, limit.core_high) if core else (limit.low, limit.high)
    bound = high if value - high > low - value else low
    return Finding(
        kind="angle",
        part=limit.name,
        value=value,
        limit=bound,
        unit="deg",
        z=max(0.0, value - high, low - value) / sigma,
        probability=probability,
        source=limit.source,
    )


def angle_finding(features: Features, joint: int, *, core: bool, probability: float) -> Finding:
    """Report joint `joint` (0..14) against its core or permissive range."""
    sigma = float(features.angle_sigma[joint])
    return _range_finding(ANGLE_LIMITS[joint], float(features.angles[joint]), sigma, core=core, probability=probability)


def abduction_finding(features: Features, finger: int, probability: float) -> Finding:
    """Report the sideways angle of a finger (0 = index) against its permissive range."""
    limit = ABDUCTION_LIMITS[finger]
    sigma = limit.sigma[features.source]
    return _range_finding(limit, float(features.abduction[finger]), sigma, core=False, probability=probability)


def ratio_finding(features: Features, digit: int, z: float, probability: float) -> Finding:
    """Report a digit's length over the middle finger's."""
    reference = RATIO_REFERENCES[features.source]
    return Finding(
        kind="ratio",
        part=RATIO_NAMES[digit],
        value=float(features.ratios[digit]),
        limit=reference.ratio[digit],
        unit="ratio",
        z=z,
        probability=probability,
        source=reference.source,
    )


def count_finding(features: Features, expected: int, probability: float, *, seen: str = "") -> list[Finding]:
    """Report a number of digits other than the expected one; `seen` says who counted, and how surely."""
    if features.count == expected:
        return []
    source = "an ordinary hand has five digits" + (f"; {seen}" if seen else "")
    return [Finding("count", "hand", float(features.count), float(expected), "digits", math.nan, probability, source)]


def phalanx_finding(features: Features, digit: int, probability: float) -> Finding:
    """Report a digit (0 = thumb) with a phalanx too many or too few."""
    usual = ordinary_phalanges(CANONICAL_DIGITS[digit])
    value = usual + int(features.phalanx_excess[digit])
    source = "an ordinary thumb has two phalanges, every other finger three"
    return Finding("count", RATIO_NAMES[digit], float(value), float(usual), "phalanges", math.nan, probability, source)
