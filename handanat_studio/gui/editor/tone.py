"""Brightness, contrast and gamma of the shown picture: one curve over the 256 levels. The file is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

GAMMA_MIN, GAMMA_MAX = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Tone:
    """How the picture is shown.

    Attributes:
        brightness: -1..1, added after the contrast; 1 = half the range.
        contrast: -1..1, about the middle grey; -1 = flat, 1 = very steep.
        gamma: 0.2..5; above 1 lightens the shadows.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0

    @property
    def is_neutral(self) -> bool:
        """Whether the picture is shown as it is."""
        return self == Tone()


@lru_cache(maxsize=64)
def curve(tone: Tone) -> bytes:
    """Return the new level of each of the 256 levels; it never falls."""
    level = np.arange(256) / 255.0
    gamma = min(max(tone.gamma, GAMMA_MIN), GAMMA_MAX)
    contrast = min(max(tone.contrast, -1.0), 1.0)
    slope = 1.0 + contrast if contrast < 0 else 1.0 / max(1.0 - contrast, 1 / 255)
    shown = (level ** (1.0 / gamma) - 0.5) * slope + 0.5 + tone.brightness / 2.0
    return bytes(np.round(np.clip(shown, 0.0, 1.0) * 255.0).astype(np.uint8))


def toned(image: QImage, tone: Tone) -> QImage:
    """Return an opaque picture with its levels changed; the same picture if nothing is to be changed.

    Args:
        image: any picture.
        tone: how it is to be shown.
    """
    if tone.is_neutral or image.isNull():
        return image
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    result = QImage(plain.size(), QImage.Format.Format_RGB32)
    result.setDevicePixelRatio(image.devicePixelRatio())
    before, after = (np.frombuffer(part, np.uint8) for part in (plain.constBits(), result.bits()))
    np.take(np.frombuffer(curve(tone), np.uint8), before, out=after, mode="clip")
    after[3::4] = 255
    return result
