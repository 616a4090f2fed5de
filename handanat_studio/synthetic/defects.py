"""What can be wrong with a drawn hand: named, exactly known, combinable. Draws them and applies them to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import DigitKind, Level
from handanat_studio.synthetic.plan import DigitPlan, FusionPlan, HandPlan

F64 = NDArray[np.float64]

DEFECT_NAMES = (
    "extra",
    "missing",
    "duplicated",
    "fused",
    "bifurcated",
    "overbent",
    "proportion",
    "detached",
    "second_thumb",
)
"""What can be asked for by name, besides "none" and "mixed"."""

NO_JOINT = -1
MOST_DIGITS = 8
FEWEST_DIGITS = 3
_FINGERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong on purpose.

    Attributes:
        name: one of `DEFECT_NAMES`.
        digit_ids: the digits concerned; new digits first, then the one they belong to.
        joint: `Level` of the joint concerned, or -1.
        amount: fused: extent 0..1; overbent: degrees beyond the permissive limit, extension negative;
            proportion: length factor; detached: gap in mm; bifurcated: fork angle in degrees; else 1.
    """

    name: str
    digit_ids: tuple[int, ...]
    joint: int = NO_JOINT
    amount: float = 1.0


def read_names(defects: Sequence[str] | str) -> tuple[str, ...]:
    """Return checked defect names; "none" is empty, a string may list several with commas.

    Raises:
        UserError: if a name is unknown, or "mixed" or "none" is combined with others.
    """
    names = [n.strip() for n in defects.split(",")] if isinstance(defects, str) else list(defects)
    names = [n for n in names if n]
    if names in (["none"], []):
        return ()
    if names == ["mixed"]:
        return ("mixed",)
    for name in names:
        if name not in DEFECT_NAMES:
            known = ", ".join(("none", "mixed", *DEFECT_NAMES))
            raise UserError(f"Unknown defect '{name}'.", hint=f"Known: {known}. 'none' and 'mixed' stand alone.")
    return tuple(names)


def choose(names: tuple[str, ...], rng: Generator) -> tuple[str, ...]:
    """Return the defects of one hand; "mixed" leaves about half of all hands whole and gives the others one or two."""
    if names != ("mixed",):
        return names
    if rng.random() < 0.5:
        return ()
    count = 1 if rng.random() < 0.7 else 2
    return tuple(DEFECT_NAMES[i] for i in rng.choice(len(DEFECT_NAMES), count, replace=False))


def afflict(plan: HandPlan, names: tuple[str, ...], rng: Generator) -> tuple[HandPlan, tuple[Defect, ...]]:
    """Return the plan with defects put in, and what was put in.

    Args:
        plan: an ordinary hand.
        names: what to put in; a name may repeat.
        rng: source of chance for digits, joints and amounts.
    """
    found: list[Defect] = []
    # Digits come and go before anything is said about those that stay.
    for name in sorted(names, key=lambda n: DEFECT_NAMES.index(n) if n in _TOPOLOGY else len(DEFECT_NAMES)):
        plan, defect = _MAKERS[name](plan, rng)
        if defect is not None:
            found.append(defect)
    return plan, tuple(found)


def _pick(rng: Generator, choices: Sequence[int]) -> int:
    return int(choices[int(rng.integers(len(choices)))])


def _next_id(plan: HandPlan) -> int:
    return max([d.digit_id for d in plan.digits] + [4]) + 1


def _is_free(plan: HandPlan, digit: DigitPlan) -> bool:
    """Whether a digit is ordinary and not yet part of a fusion, fork or gap."""
    linked = {i for f in plan.fusions for i in (f.first_id, f.second_id)}
    linked |= {i for d in plan.digits if d.trunk_id is not None for i in (d.digit_id, d.trunk_id)}
    return digit.kind is not DigitKind.EXTRA and digit.digit_id not in linked and digit.gap == 0


def _free_fingers(plan: HandPlan) -> list[int]:
    return [d.digit_id for d in plan.row() if _is_free(plan, d)]


def spread_row(plan: HandPlan, before: Sequence[DigitPlan]) -> HandPlan:
    """Return the plan with its row of fingers spaced evenly on the knuckle line of `before`."""
    row = plan.row()
    count, usual = len(row), len(before)
    old = np.stack([d.base for d in before])
    at = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
    knots = np.linspace(0.0, 1.0, usual)
    width = 1.0 + 0.13 * (count - usual)
    thin = float(np.clip(1.0 - 0.075 * (count - usual), 0.72, 1.0))
    placed = {}
    for digit, t in zip(row, at.tolist(), strict=True):
        base = np.array([np.interp(t, knots, old[:, d]) for d in range(3)])
        base[0] = (base[0] - old[:, 0].mean()) * width + old[:, 0].mean()
        placed[digit.digit_id] = replace(digit, base=base, radii=digit.radii * thin)
    return replace(plan, digits=tuple(placed.get(d.digit_id, d) for d in plan.digits))


def _insert(plan: HandPlan, new: DigitPlan, after_id: int) -> HandPlan:
    digits = list(plan.digits)
    digits.insert(1 + [d.digit_id for d in digits].index(after_id), new)
    return replace(plan, digits=tuple(digits))


def _extra(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Add one to three fingers anywhere in the row."""
    before = plan.row()
    room = MOST_DIGITS - len(plan.digits)
    count = min(1 + int(np.searchsorted([0.72, 0.94, 1.0], rng.random())), room)
    if count < 1 or not before:
        return plan, None
    new_ids = []
    for _ in range(count):
        beside = plan.digit(_pick(rng, [d.digit_id for d in plan.row()]))
        size = float(rng.uniform(0.78, 1.05))
        new = replace(
            beside,
            digit_id=_next_id(plan),
            kind=DigitKind.EXTRA,
            lengths=beside.lengths * size,
            flexion=beside.flexion + rng.normal(0.0, 2.0, 3),
            yaw=beside.yaw - float(rng.uniform(1.0, 4.0)),
        )
        plan = _insert(plan, new, beside.digit_id)
        new_ids.append(new.digit_id)
    return spread_row(plan, before), Defect("extra", tuple(new_ids))


def _duplicated(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Add a twin right beside an ordinary finger."""
    before = plan.row()
    free = _free_fingers(plan)
    if not free or len(plan.digits) >= MOST_DIGITS:
        return plan, None
    model = plan.digit(_pick(rng, free))
    twin = replace(model, digit_id=_next_id(plan), kind=DigitKind.EXTRA, yaw=model.yaw - 2.0)
    plan = _insert(plan, twin, model.digit_id)
    return spread_row(plan, before), Defect("duplicated", (twin.digit_id, model.digit_id))


def _missing(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Take one or two ordinary digits away."""
    before = plan.row()
    count = 1 if rng.random() < 0.75 else 2
    gone = []
    for _ in range(count):
        ordinary = [d.digit_id for d in plan.digits if d.kind is not DigitKind.EXTRA]
        if len(plan.digits) <= FEWEST_DIGITS or len(ordinary) <= 2:
            break
        digit = plan.digit(_pick(rng, ordinary))
        gone.append(digit.digit_id)
        plan = replace(
            plan,
            digits=tuple(d for d in plan.digits if d.digit_id != digit.digit_id),
            absent=(*plan.absent, digit.kind),
        )
    if not gone:
        return plan, None
    if any(i in _FINGERS for i in gone):
        plan = spread_row(plan, before)
    return plan, Defect("missing", tuple(gone))


def _second_thumb(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Grow another thumb, beside the first or on the little finger's edge of the palm."""
    thumb = next((d for d in plan.digits if d.is_thumb), None)
    if thumb is None or len(plan.digits) >= MOST_DIGITS or sum(d.is_thumb for d in plan.digits) > 1:
        return plan, None
    step = float(rng.uniform(24.0, 30.0))
    new = replace(
        thumb,
        digit_id=_next_id(plan),
        kind=DigitKind.EXTRA,
        base=thumb.base + np.array([-1.0, -2.0, 2.0]) * plan.scale,
        lengths=thumb.lengths * [0.95, 0.95, 0.95],
        radii=thumb.radii * 0.92,
        yaw=thumb.yaw + step,
        lift=thumb.lift - 4.0,
    )
    return _insert(plan, new, thumb.digit_id), Defect("second_thumb", (new.digit_id, thumb.digit_id))


def _fused(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Grow two neighbouring fingers together; the second takes over the first one's bend."""
    row = plan.row()
    free = set(_free_fingers(plan))
    pairs = [(a.digit_id, b.digit_id) for a, b in pairwise(row) if a.digit_id in free and b.digit_id in free]
    if not pairs:
        return plan, None
    first_id, second_id = pairs[int(rng.integers(len(pairs)))]
    extent = round(float(rng.uniform(0.5, 1.0)), 3)
    first, second = plan.digit(first_id), plan.digit(second_id)
    yaw = (first.yaw + second.yaw) / 2
    changed = {
        first_id: replace(first, yaw=yaw - 0.8),
        second_id: replace(second, yaw=yaw + 0.8, flexion=first.flexion),
    }
    return (
        replace(
            plan,
            digits=tuple(changed.get(d.digit_id, d) for d in plan.digits),
            fusions=(*plan.fusions, FusionPlan(first_id, second_id, extent)),
        ),
        Defect("fused", (first_id, second_id), amount=extent),
    )


def _bifurcated(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Let an ordinary finger fork at its middle or distal joint."""
    free = _free_fingers(plan)
    if not free or len(plan.digits) >= MOST_DIGITS:
        return plan, None
    trunk = plan.digit(_pick(rng, free))
    level = int(Level.MIDDLE if rng.random() < 0.65 else Level.DISTAL)
    turn = round(float(rng.uniform(28.0, 42.0)) * (1.0 if rng.random() < 0.5 else -1.0), 2)
    branch = replace(
        trunk,
        digit_id=_next_id(plan),
        kind=DigitKind.EXTRA,
        lengths=trunk.lengths * 0.94,
        radii=trunk.radii * 0.92,
        trunk_id=trunk.digit_id,
        fork_level=level,
        fork_yaw=turn,
    )
    branch = replace(branch, lengths=np.where(np.arange(3) < level, trunk.lengths, branch.lengths))
    plan = replace(plan, digits=(*plan.digits, branch))
    return plan, Defect("bifurcated", (branch.digit_id, trunk.digit_id), level, turn)


def _overbent(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Bend one joint of an ordinary digit beyond its permissive limit."""
    free = [d.digit_id for d in plan.digits if _is_free(plan, d)]
    if not free:
        return plan, None
    digit = plan.digit(_pick(rng, free))
    level = int(Level.MIDDLE if rng.random() < 0.6 else Level.DISTAL)
    limit = ANGLE_LIMITS[3 * int(digit.kind) + level]
    low, high = limit.low, limit.high
    beyond = round(float(rng.uniform(25.0, 55.0)), 2)
    backwards = rng.random() < (0.9 if level == Level.MIDDLE else 0.75)
    flexion = digit.flexion.copy()
    flexion[level] = low - beyond if backwards else high + beyond
    changed = replace(digit, flexion=flexion)
    plan = replace(plan, digits=tuple(changed if d.digit_id == digit.digit_id else d for d in plan.digits))
    return plan, Defect("overbent", (digit.digit_id,), level, -beyond if backwards else beyond)


def _proportion(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Make one ordinary digit far too short or too long."""
    free = [d.digit_id for d in plan.digits if _is_free(plan, d) and d.kind is not DigitKind.MIDDLE]
    if not free:
        return plan, None
    digit = plan.digit(_pick(rng, free))
    factor = round(float(rng.uniform(0.45, 0.62) if rng.random() < 0.5 else rng.uniform(1.4, 1.7)), 3)
    lengths = digit.lengths * factor
    if digit.is_thumb:
        lengths[0] = digit.lengths[0]
    changed = replace(digit, lengths=lengths)
    plan = replace(plan, digits=tuple(changed if d.digit_id == digit.digit_id else d for d in plan.digits))
    return plan, Defect("proportion", (digit.digit_id,), amount=factor)


def _detached(plan: HandPlan, rng: Generator) -> tuple[HandPlan, Defect | None]:
    """Separate one finger from the palm."""
    free = _free_fingers(plan)
    if not free:
        return plan, None
    digit = plan.digit(_pick(rng, free))
    gap = round(float(rng.uniform(16.0, 26.0)), 2)
    changed = replace(digit, gap=gap)
    plan = replace(plan, digits=tuple(changed if d.digit_id == digit.digit_id else d for d in plan.digits))
    return plan, Defect("detached", (digit.digit_id,), int(Level.BASE), gap)


_TOPOLOGY = ("extra", "missing", "duplicated")
_MAKERS = {
    "extra": _extra,
    "missing": _missing,
    "duplicated": _duplicated,
    "fused": _fused,
    "bifurcated": _bifurcated,
    "overbent": _overbent,
    "proportion": _proportion,
    "detached": _detached,
    "second_thumb": _second_thumb,
}
