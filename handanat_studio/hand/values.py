"""The values of the domain: frozen, over read-only arrays, shapes checked once at construction.

Nothing here measures or edits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.evidence import DigitEvidence
from handanat_studio.hand.topology import (
    CANONICAL_DIGITS,
    JOINTS_PER_DIGIT,
    DigitKind,
    JointState,
    Side,
    joint_name,
)

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


def _frozen(array: Any, dtype: Any, shape: tuple[int, ...], name: str) -> NDArray[Any]:
    copy = np.array(array, dtype=dtype)
    if copy.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, not {copy.shape}")
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box in pixels of the upright image; (x, y) is its top-left corner."""

    x: float
    y: float
    width: float
    height: float

    def as_list(self) -> list[float]:
        """Return [x, y, width, height]."""
        return [self.x, self.y, self.width, self.height]

    def overlap(self, other: Box) -> float:
        """Return the intersection over union with another box, 0..1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True, slots=True)
class Fusion:
    """Two digits grown together, from their bases up to `extent` (0..1) of the shorter digit."""

    first_id: int
    second_id: int
    extent: float = 1.0

    def __post_init__(self) -> None:
        if self.first_id == self.second_id or not 0.0 < self.extent <= 1.0:
            raise ValueError("a fusion needs two digits and an extent in (0, 1]")


@dataclass(frozen=True, slots=True)
class Split:
    """A digit that forks at one of its joints; `branch_id` is the digit that grows out of it.

    At the tip (level 3) nothing forks: there the branch is a phalanx too many, see `phalanges`.
    """

    digit_id: int
    level: int
    branch_id: int

    def __post_init__(self) -> None:
        if self.digit_id == self.branch_id or not 0 <= self.level < JOINTS_PER_DIGIT:
            raise ValueError("a split needs two digits and one of the four joints")


@dataclass(frozen=True, slots=True, eq=False)
class HandPose:
    """A wrist and D digits of four joints each, whatever D is.

    Attributes:
        points: (1+4D, 2) float32, pixels, NaN = no coordinate.
        states: (1+4D,) uint8 of `JointState`.
        digit_kind: (D,) uint8 of `DigitKind`.
        digit_id: (D,) int32, unique and stable for the life of the hand.
        world: (1+4D, 3) float32, metres (see `topology`), NaN = unknown; None when no depth exists.
        fusions: digits grown together.
        splits: digits that fork.
        side: the subject's own side.
        confidence: 0..1, of the hand as a whole; NaN = not stated.
    """

    points: F32
    states: U8
    digit_kind: U8
    digit_id: NDArray[np.int32]
    world: F32 | None = None
    fusions: tuple[Fusion, ...] = ()
    splits: tuple[Split, ...] = ()
    side: Side = Side.UNKNOWN
    confidence: float = float("nan")

    def __post_init__(self) -> None:
        digits = len(np.asarray(self.digit_kind))
        rows = 1 + JOINTS_PER_DIGIT * digits
        put = object.__setattr__
        put(self, "digit_kind", _frozen(self.digit_kind, np.uint8, (digits,), "digit_kind"))
        put(self, "digit_id", _frozen(self.digit_id, np.int32, (digits,), "digit_id"))
        put(self, "points", _frozen(self.points, np.float32, (rows, 2), "points"))
        put(self, "states", _frozen(self.states, np.uint8, (rows,), "states"))
        if self.world is not None:
            put(self, "world", _frozen(self.world, np.float32, (rows, 3), "world"))
        put(self, "side", Side(self.side))
        put(self, "confidence", float(self.confidence))
        if digits and (self.digit_kind.max() > DigitKind.EXTRA or len(set(self.digit_id.tolist())) != digits):
            raise ValueError("digit kinds must be known and digit ids unique")
        if self.states.max() > JointState.UNSURE:
            raise ValueError("unknown joint state")
        known = set(self.digit_id.tolist())
        linked = [i for f in self.fusions for i in (f.first_id, f.second_id)]
        linked += [i for s in self.splits for i in (s.digit_id, s.branch_id)]
        if not known.issuperset(linked):
            raise ValueError("a fusion or split names a digit that the hand does not have")

    @classmethod
    def ordinary(
        cls,
        points: Any,
        *,
        world: Any = None,
        states: Any = None,
        side: Side = Side.UNKNOWN,
        confidence: float = float("nan"),
    ) -> HandPose:
        """Make a five-digit hand from 21 points in MediaPipe order; joints without coordinates are unlabelled."""
        points = np.asarray(points, dtype=np.float32)
        if states is None:
            seen = np.isfinite(points).all(axis=1)
            states = np.where(seen, JointState.VISIBLE, JointState.UNLABELLED)
        return cls(
            points=points,
            states=states,
            digit_kind=np.array(CANONICAL_DIGITS, np.uint8),
            digit_id=np.arange(len(CANONICAL_DIGITS), dtype=np.int32),
            world=world,
            side=side,
            confidence=confidence,
        )

    @property
    def digit_count(self) -> int:
        """Number of digits in the array, absent ones included."""
        return len(self.digit_kind)

    def digit_index(self, digit_id: int) -> int:
        """Return the place of a digit in the arrays.

        Raises:
            KeyError: if the hand has no such digit.
        """
        found = np.flatnonzero(self.digit_id == digit_id)
        if not len(found):
            raise KeyError(f"no digit {digit_id}")
        return int(found[0])

    def row_name(self, row: int) -> str:
        """Return the name of a point row, e.g. "wrist" or "index_pip"."""
        if row == 0:
            return "wrist"
        digit, level = divmod(row - 1, JOINTS_PER_DIGIT)
        return joint_name(int(self.digit_kind[digit]), level)

    def box(self) -> Box | None:
        """Return the tight box of all located points, or None."""
        located = self.points[np.isfinite(self.points).all(axis=1)]
        if not len(located):
            return None
        (x0, y0), (x1, y1) = located.min(axis=0).tolist(), located.max(axis=0).tolist()
        return Box(x0, y0, x1 - x0, y1 - y0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HandPose):
            return NotImplemented
        if (self.world is None) != (other.world is None):
            return False
        worlds = self.world is None or np.array_equal(self.world, other.world, equal_nan=True)  # type: ignore[arg-type]
        return bool(
            worlds
            and np.array_equal(self.points, other.points, equal_nan=True)
            and np.array_equal(self.states, other.states)
            and np.array_equal(self.digit_kind, other.digit_kind)
            and np.array_equal(self.digit_id, other.digit_id)
            and (self.fusions, self.splits, self.side) == (other.fusions, other.splits, other.side)
            and np.array_equal(self.confidence, other.confidence, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash((self.points.tobytes(), self.states.tobytes(), self.digit_id.tobytes()))


@dataclass(frozen=True, slots=True)
class Detection:
    """A hand that a detector found.

    Attributes:
        box: where the hand is (may be wider than its joints).
        pose: its joints.
        detector: registry name of the detector that answered.
        version: that detector's version.
        score: 0..1, the detector's own confidence.
        fallback_reason: why an earlier detector of the chain did not answer; "" if the first one did.
        evidence: what the digit network saw; None = it has not looked.
    """

    box: Box
    pose: HandPose
    detector: str
    version: str
    score: float
    fallback_reason: str = ""
    evidence: DigitEvidence | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One thing that is anatomically wrong, or may be; NaN equals NaN when two are compared.

    Attributes:
        kind: "count" | "angle" | "ratio" | "webbing" | "chirality".
        part: what it is about: "hand", a joint name ("index_pip") or a digit name ("ring").
        value: the measured figure, in `unit`.
        limit: the bound it broke, in `unit`; NaN = none.
        unit: "deg", "ratio", "digits", "phalanges" or "".
        z: excess over the limit in units of its uncertainty; NaN = not a measured excess.
        probability: 0..1 that this part is violated.
        source: where the limit comes from.
        origin: "scorer" or "expert".
        accepted: the expert's word on it; None = not judged.
    """

    kind: str
    part: str
    value: float
    limit: float
    unit: str
    z: float
    probability: float
    source: str
    origin: str = "scorer"
    accepted: bool | None = None

    def _key(self) -> tuple[object, ...]:
        numbers = (self.value, self.limit, self.z, self.probability)
        known = tuple(None if math.isnan(number) else number for number in numbers)
        return (self.kind, self.part, *known, self.unit, self.source, self.origin, self.accepted)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Finding) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


PLAUSIBLE, IMPLAUSIBLE, UNSURE = "plausible", "implausible", "unsure"
VERDICTS = (PLAUSIBLE, IMPLAUSIBLE, UNSURE)


@dataclass(frozen=True, slots=True)
class Score:
    """What one scorer says of one hand.

    Attributes:
        scorer: registry name.
        version: the scorer's version.
        value: the scorer's own figure (paper: S_anat; calibrated: p_implausible).
        verdict: one of `VERDICTS`.
        parts: named subscores, NaN = not assessable.
        findings: what was found, worst first.
    """

    scorer: str
    version: str
    value: float
    verdict: str
    parts: dict[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
