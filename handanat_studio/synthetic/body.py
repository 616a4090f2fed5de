"""The flesh of a hand: a distance field around the straightened hand, and the mesh taken from it.

Units are millimetres in the palm frame of `anatomy`. All sizes of flesh here are judgement, tuned by eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handanat_studio.synthetic.kinematics import Chain, chains, straightened, unit
from handanat_studio.synthetic.plan import DigitPlan, HandPlan
from handanat_studio.synthetic.surface import extract, smoothed

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

VOXEL_MM = 2.25
FOREARM_MM = 330.0
_FAR = 1e3


@dataclass(frozen=True)
class Profile:
    """Half width of a digit along its straight axis.

    Attributes:
        at: (K,) mm from the digit's root joint, increasing.
        radius: (K,) mm.
        joints: (4,) mm, where the four joints lie; a branch's trunk joints are negative.
    """

    at: F64
    radius: F64
    joints: F64


@dataclass(frozen=True)
class Body:
    """A hand's mesh in the straightened pose.

    Attributes:
        plan: the straightened plan.
        rest: its chains by digit id.
        vertices: (V, 3) mm.
        quads: (Q, 4) vertex numbers, counter-clockwise from outside.
        profiles: by digit id.
    """

    plan: HandPlan
    rest: dict[int, Chain]
    vertices: F64
    quads: NDArray[np.int64]
    profiles: dict[int, Profile]


def build_body(plan: HandPlan, *, sleeve_mm: float | None = None) -> Body:
    """Return the mesh of a hand.

    Args:
        plan: the hand; its angles do not matter here.
        sleeve_mm: where a sleeve begins, mm below the wrist; None = a bare forearm.
    """
    straight = straightened(plan)
    rest = chains(straight)
    profiles = {d.digit_id: profile(d) for d in straight.digits}
    field = _Field(straight, rest, sleeve_mm)
    field.add_palm(straight, rest)
    field.add_forearm(straight.scale)
    for digit in straight.digits:
        field.add_digit(digit, rest[digit.digit_id], profiles[digit.digit_id])
    for fusion in straight.fusions:
        field.add_fusion(straight, rest, fusion.first_id, fusion.second_id, fusion.extent)
    vertices, quads = extract(field.values, field.axes)
    return Body(straight, rest, smoothed(vertices, quads), quads, profiles)


def profile(digit: DigitPlan) -> Profile:
    """Return the half width of a digit along its axis, tip pad included."""
    a, b, c = (float(x) for x in digit.lengths)
    r0, r1, r2, r3 = (float(x) for x in digit.radii)
    if digit.is_thumb:
        end = a + b + c
        at = [0.0, 0.5 * a, a, a + 0.5 * b, a + b, a + b + 0.42 * c, end - 0.8 * r3]
        radius = [r0, 0.98 * r0, 1.03 * r1, 0.93 * r1, r2, 0.98 * r2, r3]
    else:
        end = a + b + c
        at = [-8.0, 0.0, 0.45 * a, 0.8 * a, a, a + 0.5 * b, a + b, a + b + 0.42 * c, end - 0.8 * r3]
        radius = [0.9 * r0, r0, 0.98 * r0, 0.95 * r1, r1, 0.5 * (r1 + r2) * 0.97, r2, 0.985 * r2, r3]
    joints = np.array([0.0, a, a + b, end])
    if digit.trunk_id is not None:
        root = joints[digit.fork_level]
        kept = [(s - root, r) for s, r in zip(at, radius, strict=True) if s > root + 2.0]
        at, radius = [0.0, *(s for s, _ in kept)], [r1 if digit.fork_level == 1 else r2, *(r for _, r in kept)]
        joints = joints - root
    return Profile(np.array(at), np.array(radius), joints)


def root_of(digit: DigitPlan, chain: Chain) -> tuple[F64, F64]:
    """Return the point (3,) and the frame (3, 3) that a digit's straight axis starts from."""
    level = digit.fork_level if digit.trunk_id is not None else 0
    return chain.joints[level], chain.frames[level]


class _Field:
    def __init__(self, plan: HandPlan, rest: dict[int, Chain], sleeve_mm: float | None) -> None:
        points = np.concatenate([c.joints for c in rest.values()])
        low, high = points.min(axis=0) - 18.0, points.max(axis=0) + 18.0
        width = 58.0 * plan.scale
        low = np.minimum(low, [-width, -16.0, -44.0])
        high = np.maximum(high, [width, 40.0, 44.0])
        fine = [np.arange(low[d], high[d] + VOXEL_MM, VOXEL_MM) for d in range(3)]
        # The forearm is smooth along y: a coarse grid there costs nothing that shows.
        coarse = low[1] - np.cumsum(np.linspace(2.5, 22.0, 30))[::-1]
        fine[1] = np.concatenate([coarse, fine[1]])
        x, y, z = (a.astype(np.float32) for a in fine)
        self.axes = (x, y, z)
        self.values: F32 = np.full(tuple(len(a) for a in fine), _FAR, np.float32)
        self.scale = plan.scale
        self.sleeve_mm = sleeve_mm

    def _block(self, low: F64, high: F64) -> tuple[tuple[slice, ...], tuple[F32, F32, F32]]:
        cut = tuple(
            slice(int(np.searchsorted(a, lo)), int(np.searchsorted(a, hi, side="right")))
            for a, lo, hi in zip(self.axes, low, high, strict=True)
        )
        x, y, z = (a[c] for a, c in zip(self.axes, cut, strict=True))
        return cut, (x[:, None, None], y[None, :, None], z[None, None, :])

    def _unite(self, cut: tuple[slice, ...], distance: F32, blend: F32 | float) -> None:
        held = self.values[cut]
        near = np.maximum(blend - np.abs(held - distance), 0.0)
        self.values[cut] = np.minimum(held, distance) - near * near / (4.0 * blend)

    def cone(
        self, start: ArrayLike, end: ArrayLike, radii: tuple[float, float], *, blend: float, flat: float = 1.0
    ) -> None:
        """Unite with a round cone; `flat` > 1 squeezes it along z."""
        a, b = np.asarray(start, float), np.asarray(end, float)
        margin = max(radii) + blend + 1.0
        cut, (x, y, z) = self._block(np.minimum(a, b) - margin, np.maximum(a, b) + margin)
        axis = (b - a) * [1.0, 1.0, flat]
        x, y, z = x - np.float32(a[0]), y - np.float32(a[1]), (z - np.float32(a[2])) * np.float32(flat)
        ax, ay, az = (np.float32(v) for v in axis)
        length2 = np.float32(max(float((axis * axis).sum()), 1e-6))
        along = np.clip(((x * ax + y * ay) + z * az) / length2, 0, 1)
        square = ((x - along * ax) ** 2 + (y - along * ay) ** 2) + (z - along * az) ** 2
        distance = np.sqrt(square) - (np.float32(radii[0]) + np.float32(radii[1] - radii[0]) * along)
        self._unite(cut, distance, blend)

    def add_palm(self, plan: HandPlan, rest: dict[int, Chain]) -> None:
        """Unite with metacarpals, pads, webs and the ball of the thumb."""
        s = self.scale
        row = plan.row()
        bases = [d.base for d in row]
        low = np.array([0.0, -9.0 * s, 1.0])
        for base in bases:
            self.cone(
                [0.5 * base[0], 0.0, -1 * s], base + np.array([0, -4 * s, 1 * s]), (12.6 * s, 10.6 * s), blend=7.0
            )
        for first, second in pairwise(bases):
            self.cone(first + low, second + low, (10.2 * s, 10.2 * s), blend=6.0)
            self.cone(0.62 * first + [0, 0, 1], 0.62 * second + [0, 0, 1], (11.5 * s, 11.5 * s), blend=6.0)
        self._add_webs(plan, rest)
        if bases:
            little = bases[-1]
            self.cone(
                [0.5 * little[0], 14 * s, 4 * s],
                [0.92 * little[0], 0.72 * little[1], 3 * s],
                (13.0 * s, 10.0 * s),
                blend=8.0,
            )
        for thumb in (d for d in plan.digits if d.is_thumb):
            self._add_thenar(thumb, rest[thumb.digit_id], bases)

    def _add_webs(self, plan: HandPlan, rest: dict[int, Chain]) -> None:
        s = self.scale
        row = [d for d in plan.row() if d.gap == 0]
        for digit in row:
            chain = rest[digit.digit_id]
            reach = 0.30 * digit.lengths[0]
            self.cone(
                chain.joints[0] + [0, -6 * s, 3.5 * s],
                chain.joints[0] + chain.frames[0][0] * reach + [0, 0, 2.5 * s],
                (8.6 * s, 8.0 * s),
                blend=5.0,
            )
        for first, second in pairwise(row):
            a, b = rest[first.digit_id], rest[second.digit_id]
            root = (a.joints[0] + b.joints[0]) / 2
            reach = 0.36 * min(first.lengths[0], second.lengths[0])
            ahead = unit(a.frames[0][0] + b.frames[0][0])
            self.cone(root, root + ahead * reach + [0, 0, 1.5 * s], (7.4 * s, 4.6 * s), blend=5.0)

    def _add_thenar(self, thumb: DigitPlan, chain: Chain, bases: list[F64]) -> None:
        s = self.scale
        root, knuckle = chain.joints[0], chain.joints[1]
        ball = root + 0.45 * (knuckle - root) + np.array([-5.0, -1.0, 5.0]) * s
        self.cone([6 * s, 12 * s, 5 * s], ball, (12.0 * s, 13.5 * s), blend=9.0)
        self.cone(ball, root + 0.95 * (knuckle - root) + np.array([-2.0, 0, 2.0]) * s, (13.0 * s, 9.6 * s), blend=8.0)
        self.cone([12 * s, 10 * s, 1 * s], root, (13.0 * s, 12.0 * s), blend=9.0)
        if bases:
            index = bases[0]
            for along, across, radius in ((0.55, 0.55, 8.0), (0.8, 0.74, 6.0), (0.97, 0.86, 4.2)):
                self.cone(root + along * (knuckle - root), across * index, (radius * s, radius * s), blend=8.0)

    def add_forearm(self, scale: float) -> None:
        """Unite with wrist, forearm and, if wanted, a sleeve."""
        s = scale
        cut, (x, y, z) = self._block(np.array([-120.0, -FOREARM_MM - 8.0, -120.0]), np.array([120.0, 36.0 * s, 120.0]))
        knots = np.array([-30.0, -12.0, 4.0, 20.0, 64.0, 150.0, FOREARM_MM]) * s
        ys = y.ravel().astype(float)
        wide = np.interp(-ys, knots, np.array([9.0, 22.0, 26.5, 27.0, 30.0, 37.0, 43.0]) * s)
        deep = np.interp(-ys, knots, np.array([6.0, 14.0, 17.0, 18.5, 22.0, 29.0, 36.0]) * s)
        if self.sleeve_mm is not None:
            cuff = np.clip((-ys - self.sleeve_mm) / 3.0, 0.0, 1.0)
            wide, deep = wide + cuff * 9.0 * s, deep + cuff * 11.0 * s
        wide, deep = wide.astype(np.float32)[None, :, None], deep.astype(np.float32)[None, :, None]
        ring = np.sqrt((x / wide) ** 2 + (z / deep) ** 2) - np.float32(1.0)
        distance = ring * deep
        ends = np.maximum(y - np.float32(34.0 * s), -np.float32(FOREARM_MM) - y)
        self._unite(cut, np.maximum(distance, ends), 9.0)

    def add_digit(self, digit: DigitPlan, chain: Chain, shape: Profile) -> None:
        """Unite with one digit; the fillet is wide at the root and narrow beyond it."""
        root, frame = root_of(digit, chain)
        end = root + frame[0] * shape.at[-1]
        margin = float(shape.radius.max()) + 8.0
        cut, (x, y, z) = self._block(np.minimum(root, end) - margin, np.maximum(root, end) + margin)
        x, y, z = x - np.float32(root[0]), y - np.float32(root[1]), z - np.float32(root[2])
        f = frame.astype(np.float32)
        along = (x * f[0, 0] + y * f[0, 1]) + z * f[0, 2]
        palmar = (x * f[1, 0] + y * f[1, 1]) + z * f[1, 2]
        side = (x * f[2, 0] + y * f[2, 1]) + z * f[2, 2]
        first = shape.at[0] if digit.gap == 0 else 2.0
        place = np.clip(along, np.float32(first), np.float32(shape.at[-1]))
        radius, lift = _tube(place, shape)
        square = (along - place) ** 2 + side**2 + ((palmar - lift) * np.float32(1.09)) ** 2
        distance = np.sqrt(square) - radius
        wide = 5.5 if digit.trunk_id is None and digit.gap == 0 else 2.5
        blend = np.clip(
            np.float32(wide) - (along - np.float32(6.0)) * np.float32(0.18), np.float32(1.4), np.float32(wide)
        )
        self._unite(cut, distance, blend)

    def add_fusion(self, plan: HandPlan, rest: dict[int, Chain], first_id: int, second_id: int, extent: float) -> None:
        """Unite with the flesh between two digits that are grown together."""
        a, b = rest[first_id], rest[second_id]
        reach = extent * min(plan.digit(first_id).lengths.sum(), plan.digit(second_id).lengths.sum())
        radius = 0.86 * float(min(plan.digit(first_id).radii[1], plan.digit(second_id).radii[1]))
        tip = 0.86 * float(min(plan.digit(first_id).radii[3], plan.digit(second_id).radii[3]))
        for share in (0.35, 0.5, 0.65):
            start = a.joints[0] + share * (b.joints[0] - a.joints[0])
            ahead = unit((1 - share) * a.frames[0][0] + share * b.frames[0][0])
            end = start + ahead * (reach - tip)
            self.cone(start, end, (radius, radius + (tip - radius) * extent), blend=2.5)


def _tube(place: F32, shape: Profile) -> tuple[F32, F32]:
    """Return half width and palmar lift of the axis at each place; pads between the joints lie on the palmar side."""
    table = np.linspace(shape.at[0], shape.at[-1], 128)
    radius = np.interp(table, shape.at, shape.radius)
    radius = np.convolve(np.pad(radius, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    joints = [j for j in shape.joints if j > 1.0]
    pad = np.zeros_like(table)
    edges = [0.0, *joints]
    for low, high in pairwise(edges):
        middle = np.clip((table - low) / (high - low), 0.0, 1.0)
        pad = np.maximum(pad, 4.0 * middle * (1.0 - middle) * 1.1)
    step = (place - np.float32(table[0])) * np.float32(127.0 / (table[-1] - table[0]))
    nearest = np.clip(step + np.float32(0.5), 0, 127).astype(np.int32)
    return radius.astype(np.float32)[nearest], pad.astype(np.float32)[nearest]
