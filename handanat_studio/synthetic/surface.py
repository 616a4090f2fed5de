"""From a distance field on a grid to a closed mesh (naive surface nets). Knows nothing of hands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

_CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if int(np.abs(_CORNERS[a] - _CORNERS[b]).sum()) == 1]


def extract(field: F32, axes: tuple[F32, F32, F32]) -> tuple[NDArray[np.float64], I64]:
    """Return the zero surface of a field as vertices and quads.

    Args:
        field: (X, Y, Z) float32, negative inside, positive on the whole border.
        axes: coordinates of the grid planes along x, y and z; spacing may vary.

    Returns:
        vertices (V, 3) float64 and quads (Q, 4) int64, counter-clockwise seen from outside.
    """
    inside = field < 0
    count = np.zeros(tuple(n - 1 for n in field.shape), np.uint8)
    views = inside.view(np.uint8)
    for i, j, k in _CORNERS:
        count += views[i : i + count.shape[0], j : j + count.shape[1], k : k + count.shape[2]]
    cells = np.flatnonzero((count > 0) & (count < 8))
    vertices = _place(field, cells, count.shape, axes)
    number = np.full(count.size, -1, np.int64)
    number[cells] = np.arange(len(cells))
    return vertices, _quads(inside, number.reshape(count.shape))


def _place(field: F32, cells: I64, shape: tuple[int, ...], axes: tuple[F32, F32, F32]) -> NDArray[np.float64]:
    index = np.stack(np.unravel_index(cells, shape), axis=1)
    strides = np.array([field.shape[1] * field.shape[2], field.shape[2], 1])
    corner = field.ravel()[(index @ strides)[:, None] + (_CORNERS @ strides)[None]].astype(np.float64)
    total = np.zeros((len(cells), 3))
    crossings = np.zeros(len(cells))
    for a, b in _EDGES:
        va, vb = corner[:, a], corner[:, b]
        crosses = (va < 0) != (vb < 0)
        step = np.where(crosses, va / np.where(crosses, va - vb, 1.0), 0.0)
        total += crosses[:, None] * (_CORNERS[a] + step[:, None] * (_CORNERS[b] - _CORNERS[a]))
        crossings += crosses
    place = index + total / crossings[:, None]
    return np.stack([np.interp(place[:, d], np.arange(len(axes[d])), axes[d]) for d in range(3)], axis=1)


def _quads(inside: NDArray[np.bool_], number: I64) -> I64:
    found = []
    for axis in range(3):
        u, v = [(1, 2), (2, 0), (0, 1)][axis]
        low, high = [slice(1, -1)] * 3, [slice(1, -1)] * 3
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        first = inside[tuple(low)]
        at = np.stack(np.unravel_index(np.flatnonzero(first != inside[tuple(high)]), first.shape), axis=1)
        leaving = first[at[:, 0], at[:, 1], at[:, 2]]
        at[:, [u, v]] += 1
        ring = []
        for du, dv in ((-1, -1), (0, -1), (0, 0), (-1, 0)):
            cell = at.copy()
            cell[:, u] += du
            cell[:, v] += dv
            ring.append(number[cell[:, 0], cell[:, 1], cell[:, 2]])
        # Seen from outside the ring runs the other way where the surface is crossed inwards.
        second, fourth = np.where(leaving, ring[1], ring[3]), np.where(leaving, ring[3], ring[1])
        found.append(np.stack([ring[0], second, ring[2], fourth], axis=1))
    return np.concatenate(found)


def vertex_normals(vertices: NDArray[np.float64], quads: I64) -> NDArray[np.float64]:
    """Return (V, 3) unit outward normals, smoothed over each vertex's quads."""
    a, b, c, d = (vertices[quads[:, k]] for k in range(4))
    flat = np.cross(c - a, d - b)
    normals = _gather(flat, quads, len(vertices))
    around = _gather(_ring_sum(normals, quads), quads, len(vertices))
    length = np.sqrt((around * around).sum(axis=1, keepdims=True))
    return np.asarray(around / np.maximum(length, 1e-12))


def smoothed(vertices: NDArray[np.float64], quads: I64) -> NDArray[np.float64]:
    """Return vertices moved half way to the centre of their quads, which takes the grid's steps out."""
    share = np.bincount(quads.ravel(), minlength=len(vertices))[:, None]
    centre = _gather(0.25 * _ring_sum(vertices, quads), quads, len(vertices)) / np.maximum(share, 1)
    return np.asarray(np.where(share > 0, 0.5 * vertices + 0.5 * centre, vertices))


def _ring_sum(per_vertex: NDArray[np.float64], quads: I64) -> NDArray[np.float64]:
    a, b, c, d = (per_vertex[quads[:, k]] for k in range(4))
    return np.asarray((a + b) + (c + d))


def _gather(per_quad: NDArray[np.float64], quads: I64, count: int) -> NDArray[np.float64]:
    ring = quads.ravel()
    return np.stack(
        [np.bincount(ring, np.repeat(per_quad[:, d], 4), minlength=count) for d in range(3)],
        axis=1,
    )
