"""Many hands as arrays with a leading N, projected onto the ordinary 21 points. No geometry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

from handanat_studio.hand.evidence import DigitEvidence
from handanat_studio.hand.evidence_arrays import evidence_arrays, without_evidence
from handanat_studio.hand.phalanges import graft_ids, grafts_on, is_present
from handanat_studio.hand.topology import CANONICAL_DIGITS, CANONICAL_POINTS, JOINTS_PER_DIGIT, JointState, Level, Side
from handanat_studio.hand.values import HandPose


@dataclass(frozen=True, slots=True)
class PoseBatch:
    """N hands in one array namespace (numpy, torch, ...).

    Attributes:
        points: (N, 21, 2) float, pixels, NaN = unknown.
        world: (N, 21, 3) float, metres (see `topology`), NaN = unknown.
        states: (N, 21) uint8 of `JointState`.
        side: (N,) int8 of `Side`, as claimed by whoever made the pose.
        digit_count: (N,) int32, digits that are there in the free-topology pose; a surplus phalanx is no digit.
        digit_resolved: (N,) bool, every digit's state is known.
        fusion_extent: (N, 4) float, between neighbouring canonical digits, 0 = none.
        fused: (N,) int32, fusions of digits that are there in the free-topology pose.
        splits: (N,) int32, forks of digits that are there.
        extra: (N,) int32, digits that are there and have no place among the canonical five.
        phalanx_excess: (N, 5) int8, phalanges beyond the ordinary number of each canonical digit, negative = too few.
        count_chance: (N, 13) float 0..1, how likely the digit network finds 0 .. 12 digits; this and the chances below
            are NaN where it has not looked.
        sight_chance: (N, 2) float 0..1, of a hand at all, and of every digit being seen.
        seen_chances: (N, 2) float 0..1, of digits grown together, and of a fork.
        flaw_chance: (N, 8) float 0..1, of each of `evidence.FLAWS`.
        count_seen: (N,) bool, the network may say the number.
    """

    points: Any
    world: Any
    states: Any
    side: Any
    digit_count: Any
    digit_resolved: Any
    fusion_extent: Any
    fused: Any
    splits: Any
    extra: Any
    phalanx_excess: Any
    count_chance: Any
    sight_chance: Any
    seen_chances: Any
    flaw_chance: Any
    count_seen: Any

    def __len__(self) -> int:
        return int(self.points.shape[0])


def is_resolved(states: Any) -> bool:
    """Say whether it is known of a digit that it is there, or that it is absent."""
    known = [int(state) for state in states]
    if JointState.UNSURE in known:
        return False
    return is_present(known) or all(state == JointState.ABSENT for state in known)


def graft_places(pose: HandPose) -> frozenset[int]:
    """Return the places of the digits that are surplus phalanges."""
    return frozenset(pose.digit_index(digit_id) for digit_id in graft_ids(pose)) if pose.splits else frozenset()


def canonical_places(pose: HandPose) -> list[int | None]:
    """Return, for thumb to little, the place of the digit that stands for it: the first present one of its kind.

    A digit that is not there at all still stands for its kind; None means the pose has no digit of the kind.
    """
    places: list[int | None] = [None] * len(CANONICAL_DIGITS)
    present = [False] * len(CANONICAL_DIGITS)
    grafts = graft_places(pose)
    digit_states = pose.states[1:].reshape(-1, JOINTS_PER_DIGIT).tolist()
    for place, (kind, states) in enumerate(zip(pose.digit_kind.tolist(), digit_states, strict=True)):
        if kind >= len(CANONICAL_DIGITS) or present[kind] or place in grafts:
            continue
        present[kind] = is_present(states)
        if places[kind] is None or present[kind]:
            places[kind] = place
    return places


def batch_of(poses: Sequence[HandPose], evidence: Sequence[DigitEvidence | None] | None = None) -> PoseBatch:
    """Project hands of any topology onto numpy arrays; a digit that a pose lacks is absent.

    Args:
        poses: N hands.
        evidence: what the digit network saw of each of them, None where it has not looked; None = it saw none of them.

    Returns:
        A numpy batch in the order of `poses`.

    Raises:
        ValueError: if there is not one piece of evidence for each pose.
    """
    n = len(poses)
    if evidence is not None and len(evidence) != n:
        raise ValueError(f"{n} poses need as many pieces of evidence, not {len(evidence)}")
    points = np.full((n, CANONICAL_POINTS, 2), np.nan, np.float32)
    world = np.full((n, CANONICAL_POINTS, 3), np.nan, np.float32)
    states = np.full((n, CANONICAL_POINTS), JointState.ABSENT, np.uint8)
    numbers = np.zeros((n, 6), np.int32)
    extent = np.zeros((n, len(CANONICAL_DIGITS) - 1), np.float32)
    surplus = np.zeros((n, len(CANONICAL_DIGITS)), np.int8)
    for i, pose in enumerate(poses):
        places = canonical_places(pose)
        rows, source = [0], [0]
        for kind, place in enumerate(places):
            if place is not None:
                rows += range(1 + JOINTS_PER_DIGIT * kind, 1 + JOINTS_PER_DIGIT * (kind + 1))
                source += range(1 + JOINTS_PER_DIGIT * place, 1 + JOINTS_PER_DIGIT * (place + 1))
        points[i, rows], states[i, rows] = pose.points[source], pose.states[source]
        if pose.world is not None:
            world[i, rows] = pose.world[source]
        present = _present(pose)
        numbers[i] = _topology(pose, places, present)
        extent[i] = _neighbour_fusions(pose, places, present)
        if pose.splits:
            surplus[i] = _surplus(pose, places)
    side, count, resolved, fused, splits, extra = numbers.T
    digits = states[:, 1:].reshape(n, len(CANONICAL_DIGITS), JOINTS_PER_DIGIT)
    missing = (digits == JointState.ABSENT).sum(axis=2)
    here = ((digits != JointState.ABSENT) & (digits != JointState.UNLABELLED)).any(axis=2)
    return PoseBatch(
        points=points,
        world=world,
        states=states,
        side=side.astype(np.int8),
        digit_count=count.copy(),
        digit_resolved=resolved.astype(bool),
        fusion_extent=extent,
        fused=fused,
        splits=splits,
        extra=extra,
        phalanx_excess=np.where(here, surplus - missing, 0).astype(np.int8),
        **evidence_arrays(evidence if evidence is not None else [None] * n),
    )


def _present(pose: HandPose) -> list[bool]:
    """Say of each place whether a digit is there; a surplus phalanx is none."""
    grafts = graft_places(pose)
    digits = pose.states[1:].reshape(-1, JOINTS_PER_DIGIT).tolist()
    return [place not in grafts and is_present(states) for place, states in enumerate(digits)]


def _surplus(pose: HandPose, places: list[int | None]) -> list[int]:
    """Count the phalanges that grow out of the tips of thumb to little."""
    found = []
    for place in places:
        grafts = () if place is None else grafts_on(pose, int(pose.digit_id[place]))
        tips = [JOINTS_PER_DIGIT * (pose.digit_index(graft) + 1) for graft in grafts]
        found.append(sum(is_present(pose.states[tip : tip + 1]) for tip in tips))
    return found


def _topology(pose: HandPose, places: list[int | None], present: list[bool]) -> tuple[int, ...]:
    grafts = graft_places(pose)
    digits = pose.states[1:].reshape(-1, JOINTS_PER_DIGIT).tolist()
    resolved = all(is_resolved(states) for place, states in enumerate(digits) if place not in grafts)
    extra = sum(there for place, there in enumerate(present) if place not in places)
    forks = [(s.digit_id, s.branch_id) for s in pose.splits if s.level != Level.TIP]
    fused = [(f.first_id, f.second_id) for f in pose.fusions]
    both = [sum(all(present[pose.digit_index(i)] for i in pair) for pair in pairs) for pairs in (fused, forks)]
    return int(pose.side), sum(present), int(resolved), *both, extra


def _neighbour_fusions(pose: HandPose, places: list[int | None], present: list[bool]) -> list[float]:
    extents = [0.0] * (len(CANONICAL_DIGITS) - 1)
    for fusion in pose.fusions:
        pair = (pose.digit_index(fusion.first_id), pose.digit_index(fusion.second_id))
        first, second = sorted(places.index(p) if p in places and present[p] else -9 for p in pair)
        if first >= 0 and second == first + 1:
            extents[first] = max(extents[first], fusion.extent)
    return extents


def _over_joints(combine: Callable[[Any, Any], Any], values: Any) -> Any:
    """Combine (D, 4, N) into (D, N); a reduction along so short an axis is several times slower."""
    return reduce(combine, (values[:, level, :] for level in range(JOINTS_PER_DIGIT)))


def batch_from_arrays(points: Any, world: Any = None, states: Any = None, side: Any = None) -> PoseBatch:
    """Make a batch of ordinary five-digit hands from arrays of any namespace, without a loop.

    Args:
        points: (N, 21, 2) float, pixels, NaN = unknown.
        world: (N, 21, 3) float, metres; None = no depth anywhere.
        states: (N, 21) uint8; None = visible where a coordinate exists, else unlabelled.
        side: (N,) int8 claimed side; None = unknown.

    Returns:
        A batch in the namespace of `points`.

    Raises:
        ValueError: if a shape is wrong.
    """
    xp, where = array_namespace(points), device(points)
    n = points.shape[0]
    if tuple(points.shape) != (n, CANONICAL_POINTS, 2):
        raise ValueError(f"points must have shape (N, {CANONICAL_POINTS}, 2), not {tuple(points.shape)}")
    if world is None:
        world = xp.full((n, CANONICAL_POINTS, 3), float("nan"), dtype=points.dtype, device=where)
    if tuple(world.shape) != (n, CANONICAL_POINTS, 3):
        raise ValueError(f"world must have shape (N, {CANONICAL_POINTS}, 3), not {tuple(world.shape)}")
    if states is None:
        states = xp.astype(xp.isfinite(points[:, :, 0] + points[:, :, 1]), xp.uint8)
    if side is None:
        side = xp.full((n,), int(Side.UNKNOWN), dtype=xp.int8, device=where)
    # Hands last: every step then runs along contiguous memory.
    rows = xp.reshape(xp.permute_dims(states, (1, 0))[1:, :], (len(CANONICAL_DIGITS), JOINTS_PER_DIGIT, n))
    absent = rows == int(JointState.ABSENT)
    here = _over_joints(or_, ~absent & (rows != int(JointState.UNLABELLED)))
    known = (here | _over_joints(and_, absent)) & ~_over_joints(or_, rows == int(JointState.UNSURE))
    none = xp.zeros((n,), dtype=xp.int32, device=where)
    missing = xp.sum(xp.astype(absent, xp.int32), axis=1)
    excess = xp.astype(xp.where(here, -missing, xp.zeros_like(missing)), xp.int8)
    return PoseBatch(
        points=points,
        world=world,
        states=states,
        side=side,
        digit_count=xp.astype(xp.sum(xp.astype(here, xp.int32), axis=0), xp.int32),
        digit_resolved=xp.all(known, axis=0),
        fusion_extent=xp.zeros((n, len(CANONICAL_DIGITS) - 1), dtype=points.dtype, device=where),
        fused=none,
        splits=none,
        extra=none,
        phalanx_excess=xp.permute_dims(excess, (1, 0)),
        **without_evidence(n, points),
    )
