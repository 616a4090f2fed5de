"""Where the viewer stands: turns the palm frame into camera millimetres, and those into pixels."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from handanat_studio.hand.topology import Side

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """How a hand is turned towards the viewer, in degrees.

    Attributes:
        turn: about the hand's long axis; 0 shows the palm, 180 the back, 90 and -90 an edge.
        tilt: fingertips towards (-) or away from (+) the viewer.
        roll: in the image plane; 0 = fingers up.
    """

    turn: float
    tilt: float
    roll: float


@dataclass(frozen=True)
class Camera:
    """A weak perspective.

    Attributes:
        rotation: (3, 3) palm frame to camera axes (x right, y down, z away), mirrored for left hands.
        centre: (3,) mm in camera axes, the point shown at `middle`.
        middle: (2,) pixels.
        scale: pixels per mm at the centre's depth.
        distance: mm from the viewer to the centre.
    """

    rotation: F64
    centre: F64
    middle: F64
    scale: float
    distance: float

    def turned(self, points: F64) -> F64:
        """Return (N, 3) mm in camera axes, centred."""
        r = self.rotation
        columns = [points[:, 0] * r[k, 0] + points[:, 1] * r[k, 1] + points[:, 2] * r[k, 2] for k in range(3)]
        return np.asarray(np.stack(columns, axis=1) - self.centre)

    def project(self, turned: F64) -> F64:
        """Return (N, 2) pixels of centred camera points."""
        grow = self.scale * self.distance / (self.distance + turned[:, 2:])
        return np.asarray(self.middle + turned[:, :2] * grow)


def draw_view(rng: Generator, *, inward: float | None = None) -> View:
    """Draw a view: mostly palm or back, some edges, usually fingers up.

    Args:
        rng: source of chance.
        inward: roll in degrees that the fingers should roughly point to; None = anywhere, mostly up.
    """
    kind = rng.random()
    if kind < 0.46:
        turn = rng.normal(0.0, 22.0)
    elif kind < 0.84:
        turn = 180.0 + rng.normal(0.0, 22.0)
    else:
        turn = (1.0 if rng.random() < 0.6 else -1.0) * rng.normal(68.0, 14.0) + (180.0 if rng.random() < 0.4 else 0.0)
    tilt = float(np.clip(rng.normal(0.0, 14.0), -32.0, 32.0))
    wild = rng.random() < 0.2
    roll = rng.uniform(-120.0, 120.0) if wild else rng.normal(0.0, 24.0)
    if inward is not None:
        roll = inward + float(np.clip(rng.normal(0.0, 6.0), -10.0, 10.0))
    return View(float(turn), tilt, float(roll))


def rotation_of(view: View, side: Side) -> F64:
    """Return the (3, 3) matrix from the palm frame to camera axes; its determinant is -1 for left hands."""
    turn, tilt, roll = radians(view.turn), radians(view.tilt), radians(view.roll)
    about_y = np.array([[cos(turn), 0, sin(turn)], [0, 1, 0], [-sin(turn), 0, cos(turn)]])
    about_x = np.array([[1, 0, 0], [0, cos(tilt), -sin(tilt)], [0, sin(tilt), cos(tilt)]])
    about_z = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
    # A right palm that faces the viewer with fingers up has its thumb on the viewer's right.
    facing = np.diag([1.0 if side is Side.RIGHT else -1.0, -1.0, -1.0])
    # Rounding takes out the last bits in which maths libraries differ.
    return np.asarray(np.round(about_z @ about_x @ about_y @ facing, 12))


def aim(points: F64, rotation: F64, *, middle: F64, extent: float, distance: float) -> Camera:
    """Return the camera that shows points as large as `extent` pixels around `middle`.

    Args:
        points: (N, 3) mm in the palm frame that must be seen.
        rotation: see `rotation_of`.
        middle: (2,) pixels.
        extent: pixels of the longer side of the points' box.
        distance: mm, 500 is close, 1500 is flat.
    """
    turned = np.asarray((points[:, None, :] * rotation[None]).sum(axis=2))
    low, high = turned.min(axis=0), turned.max(axis=0)
    centre = (low + high) / 2
    scale = extent / float((high - low)[:2].max())
    return Camera(rotation, centre, np.asarray(middle, float), scale, distance)
