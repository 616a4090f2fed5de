"""What the calibrated score found, as findings: every part that is worth a look, worst first. Nothing is weighed."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from handanat_studio.hand import limits
from handanat_studio.hand.evidence import FLAW_WORDS, FLAWS, MOST_COUNTED
from handanat_studio.hand.feature_values import GAP_NAMES, Basis, Features
from handanat_studio.hand.topology import RATIO_NAMES
from handanat_studio.hand.values import Finding
from handanat_studio.scoring.evidence import EXPECTED_COUNT
from handanat_studio.scoring.findings import (
    abduction_finding,
    angle_finding,
    count_finding,
    one_each,
    phalanx_finding,
    ratio_finding,
    worst_first,
)

_CONFLICT = 0.2
_REPORTED, _REPORTED_FLAW = 0.03, 0.15
"""Least probability at which a part is told; a flaw of the whole hand, which shows no place, needs more."""
_SEEN_FLAW = 0.25
"""Nor is a flaw told that the network hardly sees, however much its word counts."""
_WEAK, _WEAK_TOGETHER = 0.05, 0.3
"""Least probability of a flaw that is told with others only, and of all of those together."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FLAW_KINDS = {
    "extra": "count",
    "missing": "count",
    "fused": "webbing",
    "forked": "webbing",
    "overbent": "angle",
    "proportion": "ratio",
    "detached": "webbing",
    "melted": "webbing",
}
"""Flaw as the network names it -> kind of the finding."""


def explain(features: Features, details: dict[str, NDArray[Any]]) -> tuple[Finding, ...]:
    """Report every part that is at least worth a look, worst first; of two findings about one thing the surer one."""

    def shown(name: str, least: float = _REPORTED) -> list[tuple[int, float]]:
        return [(i, p) for i, p in enumerate(details[name].tolist()) if p >= least]

    found = [angle_finding(features, i, core=False, probability=p) for i, p in shown("angle")]
    found += [abduction_finding(features, i, p) for i, p in shown("abduction")]
    found += [ratio_finding(features, i, float(details["ratio_z"][i]), p) for i, p in shown("ratio")]
    found += [_s_bend_finding(features, i, p) for i, p in shown("s_bend")]
    found += [_web_finding(features, i, p) for i, p in shown("web")]
    found += [_attachment_finding(features, i, p) for i, p in shown("attachment")]
    found += [phalanx_finding(features, i, p) for i, p in shown("phalanx")]
    for name in ("count", "surplus"):
        for _, p in shown(name):
            found += _counted(features, p)
    for _, p in shown("topology"):
        source = "the digits of an ordinary hand neither fork nor grow together"
        found.append(_of_the_hand("webbing", p, source))
    for column, flaw in enumerate(("fused", "forked")):
        found += [_seen_finding(flaw, float(features.seen_chances[column]), p) for _, p in shown(f"seen_{flaw}")]
    for column, flaw in enumerate(FLAWS):
        found += [
            _seen_finding(flaw, float(features.flaw_chance[column]), p)
            for _, p in shown(f"flaw_{flaw}", _REPORTED_FLAW)
            if features.flaw_chance[column] >= _SEEN_FLAW
        ]
    if features.chirality_conflict:
        source = "the bends show the other side than the one stated; angles were measured for the side they show"
        found.append(_of_the_hand("chirality", _CONFLICT, source))
    return worst_first(one_each(found)) or _weak_signs(features, details)


def _of_the_hand(kind: str, p: float, source: str) -> Finding:
    return Finding(kind, "hand", math.nan, math.nan, "", math.nan, p, source)


def _counted(features: Features, p: float) -> list[Finding]:
    chance = float(features.count_chance[min(features.count, MOST_COUNTED)])
    if not math.isfinite(chance):
        return count_finding(features, EXPECTED_COUNT, p)
    seen = f"the digit network sees {_NUMBERS[features.count]} digits (chance {chance:.2f})"
    return count_finding(features, EXPECTED_COUNT, p, seen=seen)


def _seen_finding(flaw: str, chance: float, p: float) -> Finding:
    words = f"the digit network sees {FLAW_WORDS[flaw]} (chance {chance:.2f})"
    return _of_the_hand(_FLAW_KINDS[flaw], p, words)


def _weak_signs(features: Features, details: dict[str, NDArray[Any]]) -> tuple[Finding, ...]:
    """Return what makes a hand doubtful of which nothing can be said singly: several flaws that might be there."""
    signs = sorted(((float(details[f"flaw_{flaw}"][0]), column) for column, flaw in enumerate(FLAWS)), reverse=True)
    told = [(p, column) for p, column in signs if p >= _WEAK]
    together = 1.0 - math.prod(1.0 - p for p, _ in told)
    if len(told) < 2 or together < _WEAK_TOGETHER:
        return ()
    words = ", ".join(f"{FLAW_WORDS[FLAWS[k]]} ({float(features.flaw_chance[k]):.2f})" for _, k in told)
    return (_of_the_hand(_FLAW_KINDS[FLAWS[told[0][1]]], together, f"several weak signs together: {words}"),)


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
