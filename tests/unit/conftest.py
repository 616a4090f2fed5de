"""A hand made from joint angles by forward kinematics: tests that measure know the truth without the product's help."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

ModelHand = Callable[..., NDArray[np.float64]]

_BASES = {1: (0.45, 0.30), 5: (0.27, 0.95), 9: (0.0, 0.95), 13: (-0.22, 0.88), 17: (-0.42, 0.78)}
_PHALANGES = {5: (0.40, 0.26, 0.24), 9: (0.45, 0.29, 0.26), 13: (0.42, 0.28, 0.245), 17: (0.335, 0.22, 0.21)}
_THUMB = (0.40, 0.35, 0.285)
_MIDDLE_M = 0.085


def _unit(v: Any) -> NDArray[np.float64]:
    return np.asarray(v / np.linalg.norm(v))


def _right_hand(angles: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Palm to the viewer, fingers up: x right, y down, z away, so the palm looks along -z and the thumb is at +x."""
    palm = np.array([0.0, 0.0, -1.0])
    joints = np.zeros((21, 3))
    for base, (x, up) in _BASES.items():
        joints[base] = (x, -up, 0.0)
    towards = np.array([-1.0, -0.5, 0.0])
    direction = _unit(joints[1])
    for i, (angle, bone) in enumerate(zip(np.radians(angles[:3]), _THUMB, strict=True)):
        across = _unit(towards - (towards @ direction) * direction)
        direction = np.cos(angle) * direction + np.sin(angle) * across
        joints[2 + i] = joints[1 + i] + lengths[0] * bone * direction
    for finger, base in enumerate(_PHALANGES):
        ray = _unit(joints[base])
        total = np.cumsum(np.radians(angles[3 * finger + 3 : 3 * finger + 6]))
        for i, (angle, bone) in enumerate(zip(total, _PHALANGES[base], strict=True)):
            step = np.cos(angle) * ray + np.sin(angle) * palm
            joints[base + i + 1] = joints[base + i] + lengths[finger + 1] * bone * step
    return joints * _MIDDLE_M


@pytest.fixture(scope="session")
def model_hand() -> ModelHand:
    """Return a function that makes (21, 3) world coordinates in metres.

    Its arguments: `angles` (15,) degrees in the order of `ANGLE_NAMES` (default slightly bent), `lengths` (5,) factors,
    `side` +1 right or -1 left, `turn` (3, 3) rotation.
    """

    def make(angles: Any = None, *, lengths: Any = None, side: int = 1, turn: Any = None) -> NDArray[np.float64]:
        angles = np.full(15, 12.0) if angles is None else np.asarray(angles, float)
        factors = np.ones(5) if lengths is None else np.asarray(lengths, float)
        hand = _right_hand(angles, factors) * np.array([float(side), 1.0, 1.0])
        return hand if turn is None else hand @ np.asarray(turn).T

    return make
