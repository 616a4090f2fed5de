"""Which digits of a crop belong to the hand the crop is about: every digit says where its wrist is. Numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handanat_studio.vision.digit_assembly import DigitSet

_ONE_WRIST = 0.2
"""Two digits are of one hand if the wrists they name are nearer, in shares of the crop's side."""
_CENTRAL = 0.35


def own_hand(digits: DigitSet, side: int) -> NDArray[np.bool_]:
    """Return (N, K) which digits belong to each crop's own hand: the one with most digits near the crop's middle.

    Args:
        digits: what was found.
        side: pixels of the crops.
    """
    apart = np.linalg.norm(digits.wrists[:, :, None] - digits.wrists[:, None], axis=-1)
    together = np.nan_to_num(apart, nan=np.inf) < _ONE_WRIST * side
    from_middle = np.linalg.norm(digits.joints[:, :, 0] - side / 2, axis=-1) / (_CENTRAL * side)
    weight = digits.confidence * np.exp(-(np.nan_to_num(from_middle, nan=9.0) ** 2))
    support = (together * weight[:, None]).sum(axis=2)
    best = support.argmax(axis=1)
    chosen = np.take_along_axis(together, best[:, None, None], axis=1)[:, 0]
    return np.asarray(chosen & (digits.confidence > 0))
