"""Triangles to pixels: a depth-buffered rasteriser in plain numpy. Knows nothing of hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_DEPTH_STEPS = 1 << 26
_CHUNK = 400_000


@dataclass(frozen=True)
class Fragments:
    """What is seen at each covered pixel of one mesh.

    Attributes:
        pixel: (P,) flat pixel numbers, increasing.
        corners: (P, 3) vertex numbers of the triangle seen there.
        shares: (P, 3) float32 barycentric weights.
    """

    pixel: I64
    corners: I64
    shares: NDArray[np.float32]

    def blend(self, attribute: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return (P, K) values of a (V, K) vertex attribute at the pixels."""
        values = attribute.astype(np.float32)
        a, b, c = (values[self.corners[:, k]] * self.shares[:, k, None] for k in range(3))
        return np.asarray((a + b) + c)


def rasterise(screen: F64, depth: F64, quads: I64, size: tuple[int, int]) -> Fragments:
    """Return the nearest surface at each pixel.

    Args:
        screen: (V, 2) pixels, x right, y down; a pixel is sampled at its centre.
        depth: (V,) any unit, smaller is nearer.
        quads: (Q, 4) vertex numbers, counter-clockwise seen from outside; only outsides are drawn.
        size: (height, width).
    """
    height, width = size
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    p, q, r = (screen[triangles[:, k]] for k in range(3))
    edge1, edge2 = q - p, r - p
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    # y points down, so counter-clockwise on the screen has a negative area.
    front = np.flatnonzero(area < -1e-9)
    triangles, p, q, r = triangles[front], p[front], q[front], r[front]
    low = np.maximum(np.ceil(np.minimum(np.minimum(p, q), r) - 0.5).astype(np.int64), 0)
    high = np.floor(np.maximum(np.maximum(p, q), r) - 0.5).astype(np.int64)
    high = np.minimum(high, [width - 1, height - 1])
    kept = np.flatnonzero((high[:, 0] >= low[:, 0]) & (high[:, 1] >= low[:, 1]))
    triangles, low, high = triangles[kept], low[kept], high[kept]
    shape = _Shape(p[kept], edge1[front][kept], edge2[front][kept], 1.0 / area[front][kept])
    span = high - low + 1
    cells = span[:, 0] * span[:, 1]
    near, far = float(depth.min()), float(depth.max())
    level = (depth - near) / max(far - near, 1e-9)
    ends = np.cumsum(cells)
    found: list[tuple[I64, I64, F64, F64, F64]] = []
    start = 0
    while start < len(triangles):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), start + 1)
        found.append(_cover(np.arange(start, stop), shape, level[triangles[start:stop]], low, span, width))
        start = stop
    if not found:
        return Fragments(np.empty(0, np.int64), np.empty((0, 3), np.int64), np.empty((0, 3), np.float32))
    pixel, triangle, u, v, z = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _nearest(pixel, triangle, (u, v, z), triangles, height * width)


@dataclass(frozen=True)
class _Shape:
    """Triangles on the screen: a corner, two edges from it, and one over twice the signed area."""

    origin: F64
    edge1: F64
    edge2: F64
    inverse: F64


def _cover(chosen: I64, shape: _Shape, level: F64, low: I64, span: I64, width: int) -> tuple[I64, I64, F64, F64, F64]:
    spans = span[chosen]
    cells = spans[:, 0] * spans[:, 1]
    which = np.repeat(np.arange(len(chosen)), cells)
    order = np.arange(len(which)) - np.repeat(np.cumsum(cells) - cells, cells)
    across = spans[which, 0]
    row = order // across
    column = order - row * across
    # u and v are linear in the pixel: one value at the box's corner and two steps for each triangle.
    edge1, edge2, inverse = shape.edge1[chosen], shape.edge2[chosen], shape.inverse[chosen]
    from_corner = low[chosen] + 0.5 - shape.origin[chosen]
    ux, uy = edge2[:, 1] * inverse, -edge2[:, 0] * inverse
    vx, vy = -edge1[:, 1] * inverse, edge1[:, 0] * inverse
    u0 = from_corner[:, 0] * ux + from_corner[:, 1] * uy
    v0 = from_corner[:, 0] * vx + from_corner[:, 1] * vy
    u = u0[which] + column * ux[which] + row * uy[which]
    v = v0[which] + column * vx[which] + row * vy[which]
    inside = np.flatnonzero((u >= 0) & (v >= 0) & (u + v <= 1.0))
    u, v, which, row, column = u[inside], v[inside], which[inside], row[inside], column[inside]
    depth = level[which, 0] + u * (level[:, 1] - level[:, 0])[which] + v * (level[:, 2] - level[:, 0])[which]
    corner = low[chosen]
    pixel = (corner[:, 1][which] + row) * width + corner[:, 0][which] + column
    return pixel, chosen[which], u, v, depth


def _nearest(pixel: I64, triangle: I64, place: tuple[F64, F64, F64], triangles: I64, pixels: int) -> Fragments:
    u, v, z = place
    # Depth in the high bits and the candidate's number in the low ones: one minimum settles both, ties included.
    key = (np.clip(z * _DEPTH_STEPS, 0, _DEPTH_STEPS).astype(np.int64) << 32) + np.arange(len(pixel))
    best = np.full(pixels, np.iinfo(np.int64).max)
    np.minimum.at(best, pixel, key)
    covered = np.flatnonzero(best != np.iinfo(np.int64).max)
    chosen = best[covered] & 0xFFFFFFFF
    shares = np.stack([1.0 - u[chosen] - v[chosen], u[chosen], v[chosen]], axis=1).astype(np.float32)
    return Fragments(covered, triangles[triangle[chosen]], shares)
