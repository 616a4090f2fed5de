"""What is to be drawn: a hand as a list of digits with sizes and joint angles, however many. No chance, no pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.topology import DigitKind, Side

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class DigitPlan:
    """One digit, in the palm frame of `anatomy` (mm, degrees).

    Attributes:
        digit_id: stable id, 0..4 for the ordinary digits, 5 and up for extras.
        kind: what the digit is.
        base: (3,) base joint.
        lengths: (3,) bone lengths.
        radii: (4,) half widths at the joints.
        flexion: (3,) flexion + / extension - at base, middle, distal; the thumb's first is unused.
        yaw: direction of the straight digit (thumb: of its metacarpal) in the palm plane, from +y towards the thumb.
        lift: thumbs only: how far the metacarpal leaves the palm plane, palmar +.
        is_thumb: whether it is built like a thumb.
        gap: how far the digit is detached from its base.
        trunk_id: digit this one grows out of; None = grows out of the palm.
        fork_level: joint of the trunk at which it forks.
        fork_yaw: angle between branch and trunk in degrees, signed like `yaw`.
    """

    digit_id: int
    kind: DigitKind
    base: F64
    lengths: F64
    radii: F64
    flexion: F64
    yaw: float
    lift: float = 0.0
    is_thumb: bool = False
    gap: float = 0.0
    trunk_id: int | None = None
    fork_level: int = 0
    fork_yaw: float = 0.0


@dataclass(frozen=True)
class FusionPlan:
    """Two neighbouring digits grown together up to `extent` (0..1] of the shorter one."""

    first_id: int
    second_id: int
    extent: float


@dataclass(frozen=True)
class HandPlan:
    """One hand to be drawn.

    Attributes:
        side: the subject's own side.
        scale: hand size over the population mean.
        digits: the digits that exist, thumb first, then across the palm from index to little, branches last.
        absent: ordinary digits that do not exist.
        fusions: digits grown together.
        wrist_flexion: degrees, palmar +.
        wrist_deviation: degrees, towards the thumb +.
    """

    side: Side
    scale: float
    digits: tuple[DigitPlan, ...]
    absent: tuple[DigitKind, ...] = ()
    fusions: tuple[FusionPlan, ...] = ()
    wrist_flexion: float = 0.0
    wrist_deviation: float = 0.0

    def digit(self, digit_id: int) -> DigitPlan:
        """Return the digit with this id.

        Raises:
            KeyError: if the hand has no such digit.
        """
        for digit in self.digits:
            if digit.digit_id == digit_id:
                return digit
        raise KeyError(f"no digit {digit_id}")

    def row(self) -> tuple[DigitPlan, ...]:
        """Return the digits that stand side by side on the palm, thumb side first."""
        return tuple(d for d in self.digits if not d.is_thumb and d.trunk_id is None)
