"""How large the parts of a drawn hand are: population figures with their sources, and one person's draw from them.

The palm frame used throughout this room: millimetres, origin at the wrist, x towards the thumb (radial),
y towards the fingers (distal), z out of the palm (palmar). A left hand is the mirror image of a right one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F64 = NDArray[np.float64]

MIDDLE_LENGTH_MM = 92.3
"""Middle finger, bones and pulp; Buryanov & Kotiuk 2010, n = 66. Its figures here and below are quoted from memory; the
length ratios they give (.639 .886 1 .956 .764) agree with a secondary copy, the single bones were not checked."""

HAND_SIZE_SD = 0.055
"""Relative SD of hand size; ANSUR hand length 19.4 +- 1.0 cm (men), 18.0 +- 1.0 cm (women), from memory;
pooling is judgement."""

RATIO_MEAN = np.array([0.635, 0.90, 1.0, 0.945, 0.765])
RATIO_SD = np.array([0.045, 0.03, 0.0, 0.03, 0.04])
"""Digit length over middle finger length, thumb to little: Chilean adults (n = 598) with Buryanov & Kotiuk 2010; the
SDs are judgement, near the spread that published 2D:4D percentiles imply."""

PHALANX_MM = np.array(
    [[31.57, 27.34, 0.0], [39.78, 22.38, 19.66], [44.63, 26.33, 21.35], [41.37, 25.65, 21.25], [32.74, 18.11, 19.69]]
)
"""Proximal, middle and distal (with pulp) phalanx, thumb to little; Buryanov & Kotiuk 2010. The thumb has two."""

PHALANX_SHARE_SD = 0.03
"""Relative SD of one phalanx's share in its digit. Judgement: the source's SDs (8-14 %) mostly follow hand size."""

THUMB_METACARPAL_MM = 46.2
"""Buryanov & Kotiuk 2010."""

FINGER_BASE_MM = np.array([[25.5, 88.5, -1.0], [4.5, 92.0, -2.5], [-15.5, 87.5, -2.0], [-33.5, 78.5, 0.5]])
"""Knuckle centres, index to little. Judgement, from hand breadth 84 mm (ANSUR men) and the metacarpal lengths of
Buryanov & Kotiuk 2010 on a carpus of 27 mm."""

THUMB_BASE_MM = np.array([30.5, 23.0, 7.5])
"""Centre of the thumb's saddle joint. Judgement."""

FINGER_RADIUS_MM = np.array(
    [[12.0, 10.6, 10.0, 8.0], [9.7, 9.4, 8.0, 6.9], [9.9, 9.6, 8.2, 7.0], [9.4, 9.0, 7.8, 6.6], [8.5, 7.9, 6.9, 5.9]]
)
"""Half widths at base, middle, distal joint and in the tip; breadths at PIP and DIP after ANSUR (from memory), the rest
judgement."""

THICKNESS_SD = 0.06
"""Relative SD of digit thickness at equal length. Judgement."""


@dataclass(frozen=True)
class Build:
    """One person's measures, for the ordinary five digits in order thumb to little.

    Attributes:
        scale: hand size over the population mean.
        lengths: (5, 3) mm, base-middle, middle-distal, distal-tip; the thumb's first is its metacarpal.
        radii: (5, 4) mm, half widths at the four joints.
        bases: (5, 3) mm, base joints in the palm frame.
        ratios: (5,) digit length over middle finger length.
    """

    scale: float
    lengths: F64
    radii: F64
    bases: F64
    ratios: F64


def draw_build(rng: Generator) -> Build:
    """Draw one person's measures from the population figures above.

    Args:
        rng: source of chance.

    Returns:
        The measures; every length ratio lies within two SDs of its mean.
    """
    scale = 1.0 + HAND_SIZE_SD * _clipped_normal(rng, ())
    ratios = RATIO_MEAN + RATIO_SD * _clipped_normal(rng, (5,))
    shares = PHALANX_MM * (1.0 + PHALANX_SHARE_SD * _clipped_normal(rng, (5, 3)))
    shares /= shares.sum(axis=1, keepdims=True)
    phalanges = MIDDLE_LENGTH_MM * scale * ratios[:, None] * shares
    metacarpal = THUMB_METACARPAL_MM * scale * (1.0 + 0.04 * float(_clipped_normal(rng, ())))
    lengths = phalanges.copy()
    lengths[0] = [metacarpal, phalanges[0, 0], phalanges[0, 1]]
    thickness = scale * (1.0 + THICKNESS_SD * float(_clipped_normal(rng, ())))
    bases = np.concatenate([THUMB_BASE_MM[None], FINGER_BASE_MM]) * scale
    return Build(float(scale), lengths, FINGER_RADIUS_MM * thickness, bases, ratios)


def _clipped_normal(rng: Generator, shape: tuple[int, ...]) -> F64:
    return np.clip(rng.standard_normal(shape), -2.0, 2.0)
