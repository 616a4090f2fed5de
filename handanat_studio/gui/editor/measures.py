"""From features and scores to what the inspector writes: rows, findings and short sentences. No widgets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from handanat_studio.gui.editor.bars import NO_RANGE, BarRow
from handanat_studio.gui.editor.joint_angles import (
    JointAngle,
    Standing,
    finding_standing,
    part_words,
    reason_text,
)
from handanat_studio.gui.theme import DIGIT_COLOURS
from handanat_studio.hand.batch import canonical_places
from handanat_studio.hand.feature_values import Features
from handanat_studio.hand.limits import RATIO_REFERENCES
from handanat_studio.hand.topology import RATIO_NAMES, DigitKind, Level, point_row
from handanat_studio.hand.values import Finding, HandPose
from handanat_studio.workflows.annotate import Judgement

ANGLE_SCALE = (-90.0, 150.0)
RATIO_SCALE = (0.3, 1.4)
EXPERT = "expert"


def merged_findings(found: Sequence[Finding], judged: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the scorer's findings with the expert's word on them, then the expert's own."""
    words = {(f.kind, f.part): f for f in judged}
    merged = []
    for finding in found:
        mine = words.pop((finding.kind, finding.part), None)
        merged.append(finding if mine is None else replace(finding, accepted=mine.accepted))
    return (*merged, *(f for f in words.values() if f.accepted))


def own_findings(judged: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that the expert added herself, as in a blind round where the scorer's are hidden."""
    return tuple(f for f in judged if f.origin == EXPERT and f.accepted)


def without_limits(rows: Sequence[BarRow]) -> list[BarRow]:
    """Return rows that measure but do not judge: no ranges, no standing, no limit in their tips."""
    bare = []
    for row in rows:
        known = row.standing is not Standing.UNKNOWN
        standing = Standing.IN_RANGE if known else Standing.UNKNOWN
        name = f"{row.group} {row.name}".strip()
        tip = f"{name}: {row.text if known else 'not assessable'}. Ranges are hidden in a blind round."
        bare.append(replace(row, core=NO_RANGE, outer=NO_RANGE, standing=standing, tip=tip))
    return bare


def angle_bar_rows(angles: Sequence[JointAngle]) -> list[BarRow]:
    """Return the 15 joints as rows grouped by digit."""
    rows = []
    for angle in angles:
        digit, _, level = angle.name.partition("_")
        text = "–"
        if math.isfinite(angle.value):
            text = angle.text
        limit = angle.limit
        rows.append(
            BarRow(
                key=angle.row,
                group=digit.capitalize(),
                tint=DIGIT_COLOURS[DigitKind[digit.upper()]],
                name=level.upper(),
                value=angle.value,
                text=text,
                low=angle.low,
                high=angle.high,
                sigma=angle.sigma,
                core=(limit.core_low, limit.core_high),
                outer=(limit.low, limit.high),
                standing=angle.standing,
                tip=_angle_tip(angle, text),
            )
        )
    return rows


def _angle_tip(angle: JointAngle, text: str) -> str:
    limit = angle.limit
    ranges = f"core {limit.core_low:.0f} to {limit.core_high:.0f}°, permissive {limit.low:.0f} to {limit.high:.0f}°"
    if angle.standing is Standing.UNKNOWN:
        return f"{part_words(angle.name)}: not assessable. {angle.reason}\n{ranges}\nSource: {limit.source}"
    standing = angle.standing.value.replace("_", " ")
    if angle.standing is Standing.IN_RANGE and not limit.low <= angle.value <= limit.high:
        standing = "outside, but within its uncertainty"
    return f"{part_words(angle.name)}: {text} ±{angle.sigma:.0f}°, {standing}\n{ranges}\nSource: {limit.source}"


def ratio_bar_rows(pose: HandPose, judgement: Judgement, source: str) -> list[BarRow]:
    """Return the five digit lengths over the middle finger's as rows; bands are 2 and 3 standard deviations."""
    features, reference = judgement.features, RATIO_REFERENCES[source]
    worst = {f.part: f for f in reversed(judgement.calibrated.findings) if f.kind == "ratio"}
    places = canonical_places(pose)
    rows = []
    for place, name in enumerate(RATIO_NAMES):
        value, normal = float(features.ratios[place]), reference.ratio[place]
        spread = math.hypot(reference.own_sd[place], reference.common_sd)
        known = math.isfinite(value)
        standing = Standing.IN_RANGE if known else Standing.UNKNOWN
        if known and name in worst:
            standing = finding_standing(worst[name])
        digit_place = places[place]
        key = point_row(digit_place, Level.MIDDLE) if digit_place is not None else -1 - place
        sigma = value * math.hypot(reference.measurement_sd[place], reference.common_sd) if known else math.nan
        reason = "" if known else "not assessable. " + reason_text(int(features.ratio_reason[place]))
        rows.append(
            BarRow(
                key=key,
                group=name.capitalize(),
                tint=DIGIT_COLOURS[place],
                name="",
                value=value,
                text=f"{value:.2f}" if known else "–",
                low=value,
                high=value,
                sigma=sigma,
                core=(normal * math.exp(-2 * spread), normal * math.exp(2 * spread)),
                outer=(normal * math.exp(-3 * spread), normal * math.exp(3 * spread)),
                standing=standing,
                tip=f"{name.capitalize()}: {reason or f'{value:.2f} of the middle finger'}\n"
                f"usual {normal:.2f}\nSource: {reference.source}",
            )
        )
    return rows


def count_words(features: Features, *, blind: bool = False) -> str:
    """Return the digit count and whether it is evidence; in a blind round only the count."""
    count = int(features.count)
    if blind:
        return f"{count} digits"
    if not features.count_assessable:
        return f"{count}, not assessable"
    return f"{count} digits" if count == 5 else f"{count} digits, expected 5"


def assessed_words(angles: Sequence[JointAngle]) -> str:
    """Return how many joints could be assessed."""
    known = sum(angle.standing is not Standing.UNKNOWN for angle in angles)
    return f"{known} of 15 assessed"


def no_findings_words(angles: Sequence[JointAngle]) -> str:
    """Return what an empty list of findings means."""
    if any(angle.standing is not Standing.UNKNOWN for angle in angles):
        return "Nothing is out of range."
    return "No joint of this hand can be assessed yet."
