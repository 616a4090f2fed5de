"""The 15 measured joints as the editor shows them: which rows they lie between, and how they stand to their limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QColor

from handanat_studio.gui.theme import colour
from handanat_studio.hand.batch import canonical_places
from handanat_studio.hand.limits import ANGLE_LIMITS, Limit
from handanat_studio.hand.reasons import REASON_TEXT, Reason
from handanat_studio.hand.topology import ANGLE_NAMES, JOINTS_PER_DIGIT, WRIST, DigitKind, Level, level_name, point_row
from handanat_studio.hand.values import Finding, HandPose
from handanat_studio.workflows.annotate import Judgement

CERTAIN_Z = 3.0
"""An excess of more than this many standard deviations is a violation, less is doubtful (science: review 2 to 3)."""


class Standing(Enum):
    """How a measured value stands to its limits."""

    IN_RANGE = "in_range"
    DOUBTFUL = "doubtful"
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    def colour(self) -> QColor:
        """Return its colour on the image, the same in both themes."""
        return colour("secondary" if self is Standing.UNKNOWN else self.value, dark=True)

    def ink(self) -> QColor:
        """Return its colour on the chrome."""
        return colour("secondary" if self is Standing.UNKNOWN else self.value)


@dataclass(frozen=True, slots=True)
class JointAngle:
    """One measured joint of a pose.

    Attributes:
        name: one of `ANGLE_NAMES`.
        rows: point rows of the joint before, the joint, and the joint after it.
        value: degrees, NaN = not assessable.
        low, high: the angle lies between these (equal where depth is known).
        sigma: standard deviation in degrees.
        limit: the range it is held against.
        standing: see `Standing`.
        z: excess over the limit in units of sigma, 0 = none.
        reason: why it could not be assessed, in words; "" where it was.
    """

    name: str
    rows: tuple[int, int, int]
    value: float
    low: float
    high: float
    sigma: float
    limit: Limit
    standing: Standing
    z: float
    reason: str

    @property
    def row(self) -> int:
        """The joint's own point row."""
        return self.rows[1]

    @property
    def is_range(self) -> bool:
        """Whether depth is unknown, so that only a range is."""
        return self.high - self.low >= 1.0

    @property
    def text(self) -> str:
        """The degrees as people read them: a range where depth is unknown."""
        if self.is_range:
            return f"{signed(self.low)} to {signed(self.high)}°"
        return f"{signed(self.value)}°"

    @property
    def live_text(self) -> str:
        """The degrees with their uncertainty and the permissive range they are held against."""
        figure = self.text if self.is_range else f"{signed(self.value)} ± {self.sigma:.0f}°"
        return f"{figure}  ({signed(self.limit.low)} to {signed(self.limit.high)}°)"

    @property
    def severity(self) -> float:
        """Larger is worse; for the order in which pills are placed."""
        return {Standing.VIOLATED: 200.0, Standing.DOUBTFUL: 100.0}.get(self.standing, 0.0) + self.z


def signed(value: float, digits: int = 0) -> str:
    """Return a number with a real minus sign, and no minus before a zero."""
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


def finding_standing(finding: Finding) -> Standing:
    """Say whether a finding is certain or doubtful."""
    certain = finding.z > CERTAIN_Z if math.isfinite(finding.z) else finding.probability >= 0.5
    return Standing.VIOLATED if certain else Standing.DOUBTFUL


def angle_rows(pose: HandPose) -> dict[str, tuple[int, int, int]]:
    """Return for each measured joint the rows before, at and after it, where the hand has the digit."""
    rows = {}
    for kind, place in enumerate(canonical_places(pose)):
        if place is None:
            continue
        for level in (Level.BASE, Level.MIDDLE, Level.DISTAL):
            row = point_row(place, level)
            before = WRIST if level == Level.BASE else row - 1
            rows[ANGLE_NAMES[3 * kind + level]] = (before, row, row + 1)
    return rows


def joint_angles(pose: HandPose, judgement: Judgement) -> tuple[JointAngle, ...]:
    """Return what was measured at the joints of a pose, in the order of `ANGLE_NAMES`."""
    features = judgement.features
    worst = {f.part: f for f in reversed(judgement.calibrated.findings) if f.kind == "angle"}
    rows = angle_rows(pose)
    result = []
    for place, (name, limit) in enumerate(zip(ANGLE_NAMES, ANGLE_LIMITS, strict=True)):
        if name not in rows:
            continue
        value = float(features.angles[place])
        reason = Reason(int(features.angle_reason[place]))
        decided = bool(features.angle_assessable[place]) and math.isfinite(value) and reason != Reason.DEPTH_UNKNOWN
        standing, z = _standing(worst, name) if decided else (Standing.UNKNOWN, 0.0)
        result.append(
            JointAngle(
                name=name,
                rows=rows[name],
                value=value,
                low=float(features.angle_low[place]),
                high=float(features.angle_high[place]),
                sigma=float(features.angle_sigma[place]),
                limit=limit,
                standing=standing,
                z=z,
                reason="" if decided else REASON_TEXT[reason],
            )
        )
    return tuple(result)


def _standing(worst: Mapping[str, Finding], name: str) -> tuple[Standing, float]:
    finding = worst.get(name)
    if finding is None:
        return Standing.IN_RANGE, 0.0
    return finding_standing(finding), finding.z if math.isfinite(finding.z) else 0.0


def reason_text(code: int) -> str:
    """Return why something could not be assessed, in words."""
    return REASON_TEXT[Reason(code)]


def part_words(part: str) -> str:
    """Return a part's name as people read it: "index_pip" -> "Index PIP", "ring" -> "Ring", "hand" -> "Hand"."""
    digit, _, level = part.partition("_")
    return f"{digit.capitalize()} {level.upper() if level != 'tip' else 'tip'}".strip()


def row_words(pose: HandPose, row: int) -> str:
    """Return a joint's name inside a sentence: "index PIP", "wrist"."""
    words = part_words(pose.row_name(row))
    return words[0].lower() + words[1:]


def part_row(pose: HandPose, part: str) -> int:
    """Return the joint that a finding's part is about: the joint itself, else a joint of its digit, -1 for the hand."""
    names = [pose.row_name(row) for row in range(len(pose.points))]
    if part in names:
        return names.index(part)
    digit, _, rest = part.partition("_")
    level = Level.MIDDLE if not rest else Level.BASE
    wanted = f"{digit}_{level_name(DigitKind.THUMB if digit == 'thumb' else DigitKind.INDEX, level)}"
    return names.index(wanted) if wanted in names else -1


def digit_of_row(pose: HandPose, row: int) -> int | None:
    """Return the id of the digit that a row belongs to, None for the wrist."""
    return None if row <= WRIST else int(pose.digit_id[(row - 1) // JOINTS_PER_DIGIT])
