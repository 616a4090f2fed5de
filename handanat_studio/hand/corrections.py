"""What an expert's corrections change about a detector's figures: her word on the digits counts, and the joints she
placed are known better. Joints she left where they were keep the detector's uncertainty.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.batch import PoseBatch
from handanat_studio.hand.digit_figures import digit_figures
from handanat_studio.hand.feature_values import FeatureBatch
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT

EXPERT = "expert"
SAME_PX = 1e-3
"""A joint this close to the prediction was not moved."""


def placed_joints(batch: PoseBatch, predicted: PoseBatch) -> NDArray[np.bool_]:
    """Return (N, 21) bool: which joints no longer lie where the detector put them."""
    same = np.isclose(batch.points, predicted.points, atol=SAME_PX, equal_nan=True).all(axis=2)
    placed: NDArray[np.bool_] = ~same
    return placed


def with_corrections(features: FeatureBatch, batch: PoseBatch, placed: NDArray[np.bool_]) -> FeatureBatch:
    """Return the detector's features with an expert's uncertainty where she placed joints, and her digit count.

    Args:
        features: N hands as measured with the detector's landmark source; numpy.
        batch: the corrected hands the features were measured on.
        placed: (N, 21) bool, from `placed_joints`.
    """
    return replace(
        features,
        angle_sigma=np.where(_angles_touched(placed), features.angle_sigma * _gain(features), features.angle_sigma),
        **digit_figures(batch, EXPERT, features.angle.dtype),
    )


def _angles_touched(placed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (N, 15) bool: an angle is touched if its own joint or a neighbour along the digit was placed."""
    digits = placed[:, 1:].reshape(-1, len(CANONICAL_DIGITS), JOINTS_PER_DIGIT)
    wrist = np.broadcast_to(placed[:, :1, None], (*digits.shape[:2], 1))
    before = np.concatenate([wrist, digits[:, :, :2]], axis=2)
    touched: NDArray[np.bool_] = (before | digits[:, :, :3] | digits[:, :, 1:]).reshape(len(placed), -1)
    return touched


def _gain(features: FeatureBatch) -> NDArray[Any]:
    shares = [limit.sigma[EXPERT] / limit.sigma[features.source] for limit in ANGLE_LIMITS]
    return np.array(shares, features.angle_sigma.dtype)
