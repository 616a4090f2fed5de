"""Mesh extraction and rasterising, checked on shapes whose answer is known."""

import numpy as np
import pytest

from handanat_studio.synthetic.raster import rasterise
from handanat_studio.synthetic.surface import extract, smoothed, vertex_normals


def _ball(radius: float, *, stretch: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    axis = np.arange(-14.0, 14.5, 1.0, dtype=np.float32)
    tall = np.linspace(-14.0, 14.0, 19, dtype=np.float32) * stretch
    x, y, z = axis[:, None, None], tall[None, :, None], axis[None, None, :]
    return extract(np.sqrt(x * x + (y / stretch) ** 2 + z * z) - radius, (axis, tall, axis))


@pytest.mark.parametrize("stretch", [1.0, 2.5])
def test_extracted_ball_lies_on_the_ball(stretch: float) -> None:
    """Vertices lie on the zero surface, also where the grid is uneven."""
    vertices, _ = _ball(9.0, stretch=stretch)
    distance = np.linalg.norm(vertices / [1.0, stretch, 1.0], axis=1)
    assert np.abs(distance - 9.0).max() < 0.15


def test_extracted_mesh_is_closed_and_faces_outwards() -> None:
    """Every edge belongs to two quads in opposite directions, and normals point away from the inside."""
    vertices, quads = _ball(9.0)
    edges = np.concatenate([np.stack([quads[:, k], quads[:, (k + 1) % 4]], axis=1) for k in range(4)])
    forward = {tuple(e) for e in edges.tolist()}
    assert len(forward) == len(edges)
    assert {(b, a) for a, b in forward} == forward
    normals = vertex_normals(vertices, quads)
    assert (np.einsum("vk,vk->v", normals, vertices) / np.linalg.norm(vertices, axis=1)).min() > 0.97
    assert np.linalg.norm(smoothed(vertices, quads), axis=1) == pytest.approx(9.0, abs=0.25)


def test_two_separate_balls_stay_separate() -> None:
    """A gap wider than a cell is never bridged."""
    axis = np.arange(-16.0, 16.5, 1.0, dtype=np.float32)
    x, y, z = axis[:, None, None], axis[None, :, None], axis[None, None, :]
    two = np.minimum(*(np.sqrt((x - c) ** 2 + y * y + z * z) - 6.0 for c in (-8.0, 8.0)))
    vertices, quads = extract(two, (axis, axis, axis))
    left = vertices[:, 0] < 0
    assert (left[quads].all(axis=1) | ~left[quads].any(axis=1)).all()


def _square(x: float, y: float, side: float) -> np.ndarray:
    """Counter-clockwise on a screen whose y points down."""
    return np.array([[x, y], [x, y + side], [x + side, y + side], [x + side, y]])


def test_square_covers_exactly_the_pixels_whose_centres_it_holds() -> None:
    """A square from 2 to 6 covers columns and rows 2 to 5."""
    seen = rasterise(_square(2, 2, 4), np.zeros(4), np.array([[0, 1, 2, 3]]), (8, 8))
    rows, columns = np.divmod(seen.pixel, 8)
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == {(r, c) for r in range(2, 6) for c in range(2, 6)}
    assert seen.shares.sum(axis=1) == pytest.approx(1.0)


def test_nearer_surface_hides_the_farther_one() -> None:
    """Depth decides, whatever the order of the quads."""
    screen = np.concatenate([_square(0, 0, 8), _square(0, 0, 8)])
    depth = np.array([5.0] * 4 + [1.0] * 4)
    quads = np.array([[0, 1, 2, 3], [4, 5, 6, 7]])
    for order in (quads, quads[::-1]):
        seen = rasterise(screen, depth, order, (8, 8))
        assert len(seen.pixel) == 64
        assert (seen.corners >= 4).all()


def test_attributes_are_blended_linearly() -> None:
    """An attribute equal to the screen place comes back as the pixel centre."""
    screen = _square(0, 0, 8)
    seen = rasterise(screen, np.zeros(4), np.array([[0, 1, 2, 3]]), (8, 8))
    rows, columns = np.divmod(seen.pixel, 8)
    assert seen.blend(screen) == pytest.approx(np.stack([columns, rows], axis=1) + 0.5, abs=1e-5)


def test_back_faces_and_surfaces_outside_the_image_are_not_drawn() -> None:
    """A turned-away quad and one beyond the border leave nothing."""
    turned = rasterise(_square(2, 2, 4), np.zeros(4), np.array([[3, 2, 1, 0]]), (8, 8))
    outside = rasterise(_square(20, 2, 4), np.zeros(4), np.array([[0, 1, 2, 3]]), (8, 8))
    assert len(turned.pixel) == 0
    assert len(outside.pixel) == 0
