"""How painted skin is lit: diffuse light that bleeds red, sky light, contact shade, cast shadows, highlights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from handanat_studio.synthetic.styles import Style

F32 = NDArray[np.float32]

_BLEED = np.array([0.34, 0.20, 0.15], np.float32)
_SHADOW_STEPS_MM = (2.5, 4.5, 7.0, 10.0, 14.0, 19.0, 26.0, 35.0, 46.0)


@dataclass(frozen=True)
class Relief:
    """A hand's surface inside its pixel box.

    Attributes:
        mask: (h, w) bool, covered pixels.
        depth: (h, w) mm, smaller is nearer; anything where not covered.
        normal: (h, w, 3) unit, camera axes.
        height: (h, w) mm, small relief from the paint.
        scale: pixels per mm.
    """

    mask: NDArray[np.bool_]
    depth: F32
    normal: F32
    height: F32
    scale: float


def shade(relief: Relief, albedo: F32, gloss: F32, style: Style) -> F32:
    """Return (P, 3) linear light of the covered pixels, in row order.

    Args:
        relief: the surface.
        albedo: (P, 3) linear.
        gloss: (P,).
        style: light colours and direction.
    """
    normal = _bumped(relief)
    light = style.light.astype(np.float32)
    key, fill = style.key.astype(np.float32), style.fill.astype(np.float32)
    facing = (normal[:, 0] * light[0] + normal[:, 1] * light[1]) + normal[:, 2] * light[2]
    lit = _lit(relief, style)[relief.mask]
    diffuse = np.clip((facing[:, None] + _BLEED) / (1.0 + _BLEED), 0.0, 1.0)
    diffuse = diffuse * (lit[:, None] + (1.0 - lit[:, None]) * _BLEED * np.float32(0.35))
    # A surface that turns away is deeper than its neighbours without being in a hollow.
    closed = _closeness(relief)[relief.mask] * np.clip(-np.float32(1.7) * normal[:, 2] - np.float32(0.25), 0.0, 1.0)
    sky = np.float32(0.72) - np.float32(0.28) * normal[:, 1]
    # Light in a hollow has bounced off skin: what is missing is blue first.
    dim = 1.0 - closed[:, None] * np.array([0.86, 1.0, 1.04], np.float32)
    rim = np.clip(1.0 + normal[:, 2], 0.0, 1.0)
    rim = (rim * rim)[:, None]
    around = (sky[:, None] * dim) * (1.0 - np.float32(0.25) * rim)
    colour = albedo * (diffuse * key + around * fill)
    # Light that enters near a grazing edge comes back redder.
    colour = colour * (1.0 + rim * np.array([0.10, -0.02, -0.06], np.float32))
    return np.asarray(colour + _highlight(normal, light, gloss * lit)[:, None] * key, np.float32)


def _bumped(relief: Relief) -> F32:
    """Return (P, 3) unit normals of the covered pixels, tilted by the small relief."""
    height, mask = relief.height, relief.mask
    slope = np.zeros((*height.shape, 2), np.float32)
    slope[:, 1:-1, 0] = (height[:, 2:] - height[:, :-2]) * (mask[:, 2:] & mask[:, :-2])
    slope[1:-1, :, 1] = (height[2:] - height[:-2]) * (mask[2:] & mask[:-2])
    steep = np.clip(slope[relief.mask] * np.float32(0.5 * relief.scale), -0.5, 0.5)
    normal = relief.normal[relief.mask]
    # The surface leans away from where its relief rises; towards the viewer is -z.
    normal[:, :2] -= steep
    length = np.sqrt((normal[:, 0] ** 2 + normal[:, 1] ** 2) + normal[:, 2] ** 2)
    return np.asarray(normal / np.maximum(length, np.float32(1e-6))[:, None])


def _closeness(relief: Relief) -> F32:
    """Return 0..1: how much of the sky nearer parts of the hand take away."""
    weight = relief.mask.astype(np.float32)
    closed = np.zeros_like(relief.depth)
    for reach, strength in ((4.0, 0.45), (13.0, 0.5)):
        width = max(3, 2 * int(reach * relief.scale) + 1)
        held = np.maximum(uniform_filter(weight, width, mode="constant"), 1e-4)
        around = (
            uniform_filter(np.where(relief.mask, relief.depth, 0.0).astype(np.float32), width, mode="constant") / held
        )
        behind = (relief.depth - around) / np.float32(reach)
        closed = closed + np.float32(strength) * np.clip(behind, 0.0, 1.0) * np.minimum(held, 1.0)
    return np.clip(closed, 0.0, 0.85)


def _lit(relief: Relief, style: Style) -> F32:
    """Return 0..1: how much of the key light reaches each pixel, by walking the depth map towards the light."""
    depth = np.where(relief.mask, relief.depth, np.float32(1e6)).astype(np.float32)
    blocked = np.zeros_like(depth)
    x, y, z = (float(v) for v in style.light)
    for step in _SHADOW_STEPS_MM:
        dx, dy = round(x * step * relief.scale), round(y * step * relief.scale)
        if dx == 0 and dy == 0:
            continue
        ray = depth + np.float32(z * step)
        over = ray - _moved(depth, dx, dy)
        hit = (over > 1.6) & (over < 26.0)
        blocked = np.maximum(blocked, hit * np.float32(1.0 - 0.5 * step / 46.0))
    softness = max(3, 2 * int(1.6 * relief.scale) + 1)
    soft = uniform_filter(uniform_filter(blocked, softness), softness)
    return np.asarray(1.0 - np.float32(0.82) * soft)


def _moved(image: F32, dx: int, dy: int) -> F32:
    """Return the image seen dx to the right and dy below each pixel, far away outside."""
    out = np.full_like(image, 1e6)
    h, w = image.shape
    if abs(dx) >= w or abs(dy) >= h:
        return out
    out[max(0, -dy) : h - max(0, dy), max(0, -dx) : w - max(0, dx)] = image[
        max(0, dy) : h - max(0, -dy), max(0, dx) : w - max(0, -dx)
    ]
    return out


def _highlight(normal: F32, light: F32, gloss: F32) -> F32:
    half = light + np.array([0.0, 0.0, -1.0], np.float32)
    half = half / np.sqrt((half * half).sum())
    turn = np.clip((normal[:, 0] * half[0] + normal[:, 1] * half[1]) + normal[:, 2] * half[2], 0.0, 1.0)
    broad = turn * turn
    broad = broad * broad
    broad = broad * broad
    tight = broad * broad
    tight = tight * tight
    return np.asarray(gloss * (0.03 * broad + 0.14 * tight))
