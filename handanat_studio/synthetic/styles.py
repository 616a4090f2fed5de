"""How a scene looks: skin, light and camera of two simulated generators ("matte" and "soft"). Judgement throughout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F64 = NDArray[np.float64]

FAMILIES = ("matte", "soft")
"""Two looks, so that a sample project can hold images of two simulated generators."""

# sRGB of evenly lit skin from light to dark, in the manner of the ten Monk tones but redder, as photographs show it.
_SKIN_TONES = np.array(
    [
        [243, 212, 196],
        [236, 197, 176],
        [228, 184, 158],
        [214, 165, 135],
        [198, 146, 114],
        [175, 122, 92],
        [146, 98, 72],
        [115, 75, 55],
        [88, 58, 45],
        [66, 45, 37],
    ],
    np.float64,
)


@dataclass(frozen=True)
class Style:
    """Everything about a scene's look that all its hands share, or one hand's own.

    Attributes:
        family: one of `FAMILIES`.
        skin: (3,) linear albedo 0..1.
        nail_length: mm of free nail edge.
        nail_colour: (3,) linear albedo of nail polish, or None.
        roughness: 0..1, strength of folds, pores and mottling.
        gloss: strength of highlights.
        light: (3,) unit vector towards the key light, camera axes.
        key: (3,) linear colour of the key light.
        fill: (3,) linear colour of the surrounding light.
        sleeve_mm: where the sleeve begins below the wrist; None = bare.
        sleeve: (3,) linear albedo of the sleeve.
        blur_px: softness of the lens at 512 pixels.
        grain: noise, in grey levels.
        exposure: factor on all light.
    """

    family: str
    skin: F64
    nail_length: float
    nail_colour: F64 | None
    roughness: float
    gloss: float
    light: F64
    key: F64
    fill: F64
    sleeve_mm: float | None
    sleeve: F64
    blur_px: float
    grain: float
    exposure: float


def linear(srgb: F64) -> F64:
    """Return linear light 0..1 of sRGB values 0..255."""
    return np.asarray(np.round((np.asarray(srgb, float) / 255.0) ** 2.2, 9))


def draw_style(rng: Generator, *, family: str) -> Style:
    """Draw one look of a family."""
    soft = family == "soft"
    tone = rng.random() * (len(_SKIN_TONES) - 1)
    low = int(tone)
    skin = _SKIN_TONES[low] + (tone - low) * (_SKIN_TONES[min(low + 1, len(_SKIN_TONES) - 1)] - _SKIN_TONES[low])
    skin = skin * rng.uniform(0.96, 1.04, 3)
    warmth = rng.normal(0.0, 0.06)
    across, up = rng.uniform(-0.75, 0.75), rng.uniform(0.25, 0.95)
    light = np.array([across, -up, -rng.uniform(0.7, 1.2)])
    light = np.round(light / np.sqrt((light * light).sum()), 12)
    strength = rng.uniform(0.62, 0.86) if soft else rng.uniform(0.85, 1.12)
    around = rng.uniform(0.42, 0.58) if soft else rng.uniform(0.24, 0.4)
    polish = rng.random() < 0.12
    lacquer = linear(np.array([[176, 34, 48], [198, 96, 120], [70, 30, 60], [222, 190, 178]])[int(rng.integers(4))])
    hue = rng.normal(0.0, 0.14)
    cloth = linear(rng.uniform(35, 200) * np.array([1.0 + hue, 1.0 + 0.2 * rng.normal(0.0, 0.14), 1.0 - hue]))
    return Style(
        family=family,
        skin=linear(np.clip(skin, 20, 250)),
        nail_length=float(rng.uniform(0.3, 1.6)),
        nail_colour=lacquer if polish else None,
        roughness=float(rng.uniform(0.35, 0.65) if soft else rng.uniform(0.6, 1.0)),
        gloss=float(rng.uniform(0.25, 0.6) if soft else rng.uniform(0.12, 0.4)),
        light=light,
        key=strength * np.array([1.0 + warmth, 1.0, 1.0 - 1.2 * warmth]),
        fill=around * np.array([1.0 - 0.6 * warmth, 1.0, 1.0 + 0.8 * warmth]),
        sleeve_mm=float(rng.uniform(26.0, 80.0)) if rng.random() < 0.4 else None,
        sleeve=np.clip(cloth, 0.01, 0.85),
        blur_px=float(rng.uniform(0.55, 0.8) if soft else rng.uniform(0.35, 0.55)),
        grain=float(rng.uniform(0.4, 1.0) if soft else rng.uniform(1.0, 2.4)),
        exposure=float(rng.uniform(0.92, 1.1)),
    )
