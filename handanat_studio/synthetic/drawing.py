"""One hand, from its plan to a lit layer of pixels that knows which digit each pixel belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import Side
from handanat_studio.synthetic.body import Body, build_body
from handanat_studio.synthetic.camera import Camera
from handanat_studio.synthetic.kinematics import Chain
from handanat_studio.synthetic.light import Relief, shade
from handanat_studio.synthetic.plan import HandPlan
from handanat_studio.synthetic.raster import Fragments, rasterise
from handanat_studio.synthetic.skin import paint
from handanat_studio.synthetic.skinning import PALM, Skin, bind, local_place, posed_vertices
from handanat_studio.synthetic.styles import Style
from handanat_studio.synthetic.surface import vertex_normals

F32 = NDArray[np.float32]

NO_HAND = -2
_BORDER = 4


@dataclass(frozen=True)
class Layer:
    """A drawn hand inside its pixel box; everything outside the box is empty.

    Attributes:
        top, left: pixels, where the box lies in the image.
        colour: (h, w, 3) linear light.
        mask: (h, w) bool.
        depth: (h, w) float32, mm in camera axes, +inf where empty.
        digit: (h, w) int8, place of the digit in the plan, `PALM` for palm and arm, `NO_HAND` where empty.
    """

    top: int
    left: int
    colour: F32
    mask: NDArray[np.bool_]
    depth: F32
    digit: NDArray[np.int8]


def draw_hand(
    plan: HandPlan,
    pose: dict[int, Chain],
    camera: Camera,
    style: Style,
    *,
    size: int,
    texture: F32,
    body: Body | None = None,
    skin: Skin | None = None,
) -> Layer:
    """Draw one hand.

    Args:
        plan: what to draw.
        pose: its chains by digit id.
        camera: where it is seen from.
        style: how it looks.
        size: pixels, the image is square.
        texture: see `skin.draw_texture`.
        body: the body of this very hand, if it was built before; None = build it.
        skin: its relation to the bones, if known.
    """
    body = body or build_body(plan, sleeve_mm=style.sleeve_mm)
    skin = skin or bind(body)
    moved = camera.turned(posed_vertices(body, skin, plan, pose))
    quads = body.quads if plan.side is Side.RIGHT else body.quads[:, ::-1]
    seen = rasterise(camera.project(moved), moved[:, 2], quads, (size, size))
    if not len(seen.pixel):
        return Layer(
            0,
            0,
            np.empty((0, 0, 3), np.float32),
            np.empty((0, 0), bool),
            np.empty((0, 0), np.float32),
            np.empty((0, 0), np.int8),
        )
    values = seen.blend(np.column_stack([vertex_normals(moved, quads), body.vertices, moved[:, 2]]))
    owner = skin.owner[np.take_along_axis(seen.corners, seen.shares.argmax(axis=1)[:, None], axis=1)[:, 0]]
    rest = values[:, 3:6].astype(np.float64)
    painted = paint(body, style, rest, owner, texture=texture, side=plan.side)
    box = _Box(seen, size)
    relief = Relief(
        mask=box.mask,
        depth=box.fill(values[:, 6]),
        normal=box.fill(values[:, 0:3]),
        height=box.fill(painted.height),
        scale=camera.scale,
    )
    colour = box.fill(shade(relief, painted.albedo, painted.gloss, style))
    depth = np.where(box.mask, relief.depth, np.float32(np.inf))
    digit = np.where(box.mask, box.fill(_free_digit(body, rest, owner)), NO_HAND).astype(np.int8)
    return Layer(box.top, box.left, colour, box.mask, depth, digit)


class _Box:
    """The pixel box around the fragments, with a border for soft edges."""

    def __init__(self, seen: Fragments, size: int) -> None:
        rows, columns = np.divmod(seen.pixel, size)
        self.top, self.left = max(int(rows.min()) - _BORDER, 0), max(int(columns.min()) - _BORDER, 0)
        height = min(int(rows.max()) + _BORDER + 1, size) - self.top
        width = min(int(columns.max()) + _BORDER + 1, size) - self.left
        self._at = (rows - self.top, columns - self.left)
        self.mask = np.zeros((height, width), bool)
        self.mask[self._at] = True

    def fill(self, values: NDArray[np.floating[Any]]) -> F32:
        """Return (h, w[, K]) float32 with the values at their pixels and zero elsewhere."""
        out = np.zeros((*self.mask.shape, *values.shape[1:]), np.float32)
        out[self._at] = values
        return out


def _free_digit(body: Body, rest: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the digit at each pixel, counting only what stands free of the palm."""
    found = owner.astype(np.float32)
    for index, digit in enumerate(body.plan.digits):
        if digit.trunk_id is not None or digit.gap > 0:
            continue
        mine = np.flatnonzero(owner == index)
        begin = 0.7 * digit.lengths[0] if digit.is_thumb else 0.33 * digit.lengths[0]
        along = local_place(rest[mine], digit, body.rest[digit.digit_id])[:, 0]
        found[mine[along < begin]] = PALM
    return found
