"""Pure edits: each takes a pose and returns a new one. Nothing here knows who edits, or why.

A surplus phalanx is a branch at a digit's tip; see `phalanges`. It goes when the digit it grows on goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.forks import same_joint
from handanat_studio.hand.phalanges import graft_ids, grafts_on
from handanat_studio.hand.topology import (
    JOINTS_PER_DIGIT,
    LOCATED_STATES,
    DigitKind,
    JointState,
    Level,
    Side,
    point_row,
)
from handanat_studio.hand.values import Fusion, HandPose, Split


def digit_rows(pose: HandPose, digit_id: int) -> slice:
    """Return the four point rows of a digit."""
    first = point_row(pose.digit_index(digit_id), Level.BASE)
    return slice(first, first + JOINTS_PER_DIGIT)


def pixels_per_metre(pose: HandPose) -> float | None:
    """Fit the scale between world and image by least squares over the located joints; None if there is no depth.

    Source: weak perspective, as MediaPipe's world landmarks are aligned with the image axes.
    """
    if pose.world is None:
        return None
    known = np.isfinite(pose.points).all(axis=1) & np.isfinite(pose.world).all(axis=1)
    if known.sum() < 2:
        return None
    image = pose.points[known] - pose.points[known].mean(axis=0)
    world = pose.world[known, :2] - pose.world[known, :2].mean(axis=0)
    spread = float((world * world).sum())
    scale = float((image * world).sum()) / spread if spread > 0 else 0.0
    return scale if scale > 0 else None


def move(pose: HandPose, row: int, xy: Sequence[float]) -> HandPose:
    """Put one joint at `xy` pixels; an unlabelled or absent joint becomes visible.

    Where a digit forks, the branch's copy of the joint goes along: it is the same joint. The depth of the joint is kept
    and its world position shifted by the same in-plane distance, so that 3-D angles follow a drag. Without a usable
    scale the world position becomes unknown.
    """
    target = np.asarray(xy, dtype=np.float32)
    if target.shape != (2,) or not np.isfinite(target).all():
        raise ValueError("a joint moves to two finite coordinates")
    points, states = pose.points.copy(), pose.states.copy()
    world = None if pose.world is None else pose.world.copy()
    scale = pixels_per_metre(pose)
    for same in same_joint(pose, row):
        if same != row and states[same] not in LOCATED_STATES:
            continue
        if world is not None:
            world[same, :2] = np.nan if scale is None else world[same, :2] + (target - points[same]) / scale
            if not np.isfinite(world[same]).all():
                world[same] = np.nan
        points[same] = target
        if states[same] not in LOCATED_STATES:
            states[same] = JointState.VISIBLE
    return replace(pose, points=points, world=world, states=states)


def set_state(pose: HandPose, rows: int | Sequence[int] | slice, state: JointState) -> HandPose:
    """Set the state of joints; absent and unlabelled joints lose their coordinates."""
    states = pose.states.copy()
    states[rows] = state
    if state in LOCATED_STATES:
        return replace(pose, states=states)
    points = pose.points.copy()
    points[rows] = np.nan
    world = None if pose.world is None else pose.world.copy()
    if world is not None:
        world[rows] = np.nan
    return replace(pose, states=states, points=points, world=world)


def set_digit_state(pose: HandPose, digit_id: int, state: JointState) -> HandPose:
    """Set the state of all four joints of a digit."""
    return set_state(pose, digit_rows(pose, digit_id), state)


def next_digit_id(*poses: HandPose) -> int:
    """Return an id that no digit of these poses has; give every known state of a hand so that no id is used twice."""
    return max((int(p.digit_id.max()) + 1 for p in poses if p.digit_count), default=0)


def add_digit(
    pose: HandPose,
    kind: DigitKind,
    points: NDArray[np.float32] | Sequence[Sequence[float]],
    *,
    digit_id: int | None = None,
) -> HandPose:
    """Append a digit.

    Args:
        pose: the hand.
        kind: what the digit is; EXTRA for a digit beyond the five.
        points: (4, 2) pixels, base to tip, NaN = not placed (unlabelled).
        digit_id: the id to give; None = a new one.
    """
    chain = np.asarray(points, dtype=np.float32)
    if chain.shape != (JOINTS_PER_DIGIT, 2):
        raise ValueError(f"a digit has {JOINTS_PER_DIGIT} points, not {chain.shape}")
    placed = np.isfinite(chain).all(axis=1)
    states = np.where(placed, JointState.VISIBLE, JointState.UNLABELLED).astype(np.uint8)
    blank = np.full((JOINTS_PER_DIGIT, 3), np.nan, np.float32)
    new_id = next_digit_id(pose) if digit_id is None else digit_id
    return replace(
        pose,
        points=np.concatenate([pose.points, chain]),
        states=np.concatenate([pose.states, states]),
        world=None if pose.world is None else np.concatenate([pose.world, blank]),
        digit_kind=np.append(pose.digit_kind, np.uint8(kind)),
        digit_id=np.append(pose.digit_id, np.int32(new_id)),
    )


def remove_digit(pose: HandPose, digit_id: int) -> HandPose:
    """Take a digit out of the hand, with its surplus phalanges and the fusions and splits that name it.

    To say that an ordinary digit is anatomically missing, set its state to ABSENT instead.
    """
    for graft in reversed(grafts_on(pose, digit_id)):
        pose = _without(pose, graft)
    return _without(pose, digit_id)


def _without(pose: HandPose, digit_id: int) -> HandPose:
    index, rows = pose.digit_index(digit_id), digit_rows(pose, digit_id)
    return replace(
        pose,
        points=np.delete(pose.points, rows, axis=0),
        states=np.delete(pose.states, rows),
        world=None if pose.world is None else np.delete(pose.world, rows, axis=0),
        digit_kind=np.delete(pose.digit_kind, index),
        digit_id=np.delete(pose.digit_id, index),
        fusions=tuple(f for f in pose.fusions if digit_id not in (f.first_id, f.second_id)),
        splits=tuple(s for s in pose.splits if digit_id not in (s.digit_id, s.branch_id)),
    )


def relabel_digit(pose: HandPose, digit_id: int, kind: DigitKind) -> HandPose:
    """Change what a digit is; its id stays."""
    kinds = pose.digit_kind.copy()
    kinds[pose.digit_index(digit_id)] = kind
    return replace(pose, digit_kind=kinds)


def reorder(pose: HandPose, kinds: Sequence[DigitKind]) -> HandPose:
    """Give the digits, in the order of the arrays, other kinds; ids, joints and the kinds as a whole stay.

    Raises:
        ValueError: if `kinds` is not a permutation of the kinds that the hand has.
    """
    if sorted(int(kind) for kind in kinds) != sorted(pose.digit_kind.tolist()):
        raise ValueError("reordering deals out the kinds that are there, each as often as before")
    return replace(pose, digit_kind=np.array([int(kind) for kind in kinds], np.uint8))


def fuse(pose: HandPose, first_id: int, second_id: int, extent: float = 1.0) -> HandPose:
    """Say that two digits are grown together up to `extent` (0..1] of the shorter one.

    Replaces an earlier word on the same pair.
    """
    pair = {first_id, second_id}
    others = tuple(f for f in pose.fusions if {f.first_id, f.second_id} != pair)
    low, high = sorted(pair) if len(pair) == 2 else (first_id, second_id)
    return replace(pose, fusions=(*others, Fusion(low, high, extent)))


def unfuse(pose: HandPose, first_id: int, second_id: int) -> HandPose:
    """Take a fusion back."""
    pair = {first_id, second_id}
    return replace(pose, fusions=tuple(f for f in pose.fusions if {f.first_id, f.second_id} != pair))


def split(
    pose: HandPose, digit_id: int, level: Level, branch_tip: Sequence[float], *, branch_id: int | None = None
) -> HandPose:
    """Fork a digit at a joint: a new EXTRA digit shares the rows up to `level` and ends at `branch_tip` (pixels).

    `branch_id` is the id to give to the new digit; None = a new one.
    """
    if level == Level.TIP:
        raise ValueError("a digit forks below its tip")
    if digit_id in graft_ids(pose):
        raise ValueError("a surplus phalanx does not fork")
    chain = pose.points[digit_rows(pose, digit_id)].copy()
    fork, tip = chain[level], np.asarray(branch_tip, np.float32)
    steps = JOINTS_PER_DIGIT - 1 - int(level)
    for k in range(1, steps + 1):
        chain[int(level) + k] = fork + (tip - fork) * (k / steps)
    new_id = next_digit_id(pose) if branch_id is None else branch_id
    grown = add_digit(pose, DigitKind.EXTRA, chain, digit_id=new_id)
    return replace(grown, splits=(*pose.splits, Split(digit_id, int(level), new_id)))


def unsplit(pose: HandPose, branch_id: int) -> HandPose:
    """Take a fork or a surplus phalanx back: the branch goes, the digit it grew out of stays.

    Raises:
        KeyError: if the digit is no branch.
    """
    if branch_id not in {s.branch_id for s in pose.splits}:
        raise KeyError(f"digit {branch_id} is no branch")
    return remove_digit(pose, branch_id)


def cut_phalanx(pose: HandPose, digit_id: int, level: Level) -> HandPose:
    """Say that a digit ends below `level`: that joint and all beyond it become ABSENT, surplus phalanges go.

    Cutting a surplus phalanx takes it away.
    """
    if digit_id in graft_ids(pose):
        return remove_digit(pose, digit_id)
    for graft in reversed(grafts_on(pose, digit_id)):
        pose = _without(pose, graft)
    rows = digit_rows(pose, digit_id)
    return set_state(pose, slice(rows.start + int(level), rows.stop), JointState.ABSENT)


def graft_phalanx(pose: HandPose, digit_id: int, xy: Sequence[float], *, branch_id: int | None = None) -> HandPose:
    """Let a digit grow by one phalanx that ends at `xy` pixels.

    Where the digit's end is ABSENT, the first absent joint is there again. On a complete digit the phalanx is one too
    many: a branch at the tip (of the outermost surplus phalanx, if there is one) with a tip of its own.

    Args:
        pose: the hand.
        digit_id: the digit that grows.
        xy: where the new phalanx ends.
        branch_id: the id to give to a surplus phalanx; None = a new one.
    """
    end = (digit_id, *grafts_on(pose, digit_id))[-1]
    rows = digit_rows(pose, end)
    missing = rows.stop
    while missing > rows.start and pose.states[missing - 1] == JointState.ABSENT:
        missing -= 1
    if missing < rows.stop:
        return move(pose, missing, xy)
    tip = np.asarray(xy, np.float32)
    if tip.shape != (2,) or not np.isfinite(tip).all():
        raise ValueError("a phalanx ends at two finite coordinates")
    chain = np.full((JOINTS_PER_DIGIT, 2), np.nan, np.float32)
    chain[Level.TIP] = tip
    new_id = next_digit_id(pose) if branch_id is None else branch_id
    grown = add_digit(pose, DigitKind.EXTRA, chain, digit_id=new_id)
    states = grown.states.copy()
    first = digit_rows(grown, new_id).start
    states[first : first + Level.TIP] = JointState.ABSENT
    return replace(grown, states=states, splits=(*grown.splits, Split(end, int(Level.TIP), new_id)))


def mirror(pose: HandPose, axis_x: float) -> HandPose:
    """Mirror the hand at the vertical line x = `axis_x` pixels; the side changes too."""
    points = pose.points * np.array([-1, 1], np.float32) + np.array([2 * axis_x, 0], np.float32)
    world = None if pose.world is None else pose.world * np.array([-1, 1, 1], np.float32)
    return replace(pose, points=points, world=world, side=Side(-pose.side))


def transform(
    pose: HandPose,
    *,
    shift: Sequence[float] = (0.0, 0.0),
    angle_deg: float = 0.0,
    scale: float = 1.0,
    centre: Sequence[float] | None = None,
) -> HandPose:
    """Move, turn (clockwise on the screen) and scale the whole hand about `centre`, None = the mean of its joints.

    The world position turns with it; moving and scaling in the image do not change a hand's real size.
    """
    located = np.isfinite(pose.points).all(axis=1)
    if not located.any():
        return pose
    angle = np.deg2rad(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = pose.points[located].mean(axis=0) if centre is None else np.asarray(centre, np.float64)
    points = (pose.points - middle) @ (turn.T * scale) + middle + np.asarray(shift, np.float64)
    world = None if pose.world is None else pose.world.copy()
    if world is not None:
        world[:, :2] = world[:, :2] @ turn.T
    return replace(pose, points=points, world=world)
