"""What is normal for a hand: joint limits, digit length references and landmark uncertainty, each with its source.

Numbers only; how they are used is decided in `features` and in the scorers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from handanat_studio.errors import UserError
from handanat_studio.hand.topology import ANGLE_NAMES, CANONICAL_DIGITS

SOURCES = ("mediapipe", "expert", "synthetic")
"""Where landmarks come from; every uncertainty is stated per landmark source."""

EXPERT_SHARE = 1 / 3
"""Uncertainty of expert-corrected landmarks as a share of MediaPipe's. Our own proposal: one third to one half."""

_MEASURED_DEG = {"cmc": 23.0, "thumb_mcp": 17.0, "ip": 18.0, "mcp": 22.0, "pip": 21.0, "dip": 22.0, "abduction": 12.0}
SIGMA_SOURCE = (
    "MediaPipe 0.10.21 world landmarks against measured 3-D joints, 192 photos of one left hand: 95th percentile of "
    "the absolute angle error / 1.96, averaged over the joints of a kind; 12 for abduction is our own proposal, as "
    "6 to 11 were measured there and hands that hold things are worse"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The range of one angle in degrees, flexion positive.

    Attributes:
        name: one of `topology.ANGLE_NAMES`, or "<digit>_abduction".
        core_low, core_high: textbook active range; the paper's interval.
        low, high: permissive range, which healthy and hypermobile hands reach actively or passively.
        sigma: landmark source -> standard deviation of the measured angle, degrees.
        source: where the range comes from, in words.
        sigma_source: where MediaPipe's uncertainty comes from; an expert's is `EXPERT_SHARE` of it.
    """

    name: str
    core_low: float
    core_high: float
    low: float
    high: float
    sigma: dict[str, float]
    source: str
    sigma_source: str = SIGMA_SOURCE


@dataclass(frozen=True, slots=True)
class RatioReference:
    """Digit lengths over the middle finger's, as one landmark source measures them on ordinary hands.

    Attributes:
        ratio: (5,) thumb to little.
        population_sd: (5,) of the log ratio, between people.
        measurement_sd: (5,) of the log ratio, from the landmarks of the digit itself.
        common_sd: of the log ratio, shared by all digits because all are divided by the same middle finger.
        bent_sd: (5,) of the log ratio, added where the digit or the middle finger is bent by `BENT_FULLY_DEG` in all.
        source: where the figures come from, in words.
    """

    ratio: tuple[float, ...]
    population_sd: tuple[float, ...]
    measurement_sd: tuple[float, ...]
    common_sd: float
    bent_sd: tuple[float, ...]
    source: str

    @property
    def own_sd(self) -> tuple[float, ...]:
        """Return (5,) the spread of the log ratio that digits do not share."""
        pairs = zip(self.population_sd, self.measurement_sd, strict=True)
        return tuple(math.hypot(people, landmarks) for people, landmarks in pairs)


BENT_FREELY_DEG, BENT_FULLY_DEG = 40.0, 100.0
"""Sum of a digit's three bends from which its measured length gets worse, and at which it is at its worst."""

_CMC = (
    "our own proposal around the 21 to 30 degrees observed between wrist, CMC and MCP landmarks; "
    "AAOS (20 extension, 15 flexion) and MyoHand (-45 to 40) count from another zero"
)
_THUMB_MCP = "AAOS 0 to 50, Eaton 10 hyperextension to 55; MyoHand 40 extension, KNOWN-Hand 100 flexion"
_MCP = "AAOS 45 extension, 90 flexion; passive extension of 70 to 80 'not unusual'"
_PIP = "AAOS 100, examination texts about 110 flexion; the margins are our own proposal"
_DIP = (
    "AAOS 90; KNOWN-Hand extension 45/20/10/40 from index to little, flexion 80 to 90; the margins are our own proposal"
)
_ABDUCTION = "AAOS 20, Lin and MyoHand 15; KNOWN-Hand for the wider range"

_RANGES: dict[str, tuple[float, float, float, float, str]] = {
    "thumb_cmc": (0, 55, -20, 75, _CMC),
    "thumb_mcp": (-10, 60, -40, 90, _THUMB_MCP),
    "thumb_ip": (-20, 80, -45, 95, "AAOS 20 extension, 80 flexion; KNOWN-Hand -45 to 90"),
    "index_mcp": (-45, 90, -75, 105, _MCP),
    "middle_mcp": (-45, 90, -60, 110, _MCP + "; KNOWN-Hand -20 to 100"),
    "ring_mcp": (-45, 90, -60, 110, _MCP + "; KNOWN-Hand -20 to 90"),
    "little_mcp": (-45, 95, -60, 115, "KNOWN-Hand -30 to 100; the margins are our own proposal"),
    "index_pip": (0, 110, -20, 125, _PIP),
    "middle_pip": (0, 110, -20, 125, _PIP),
    "ring_pip": (0, 110, -20, 125, _PIP),
    "little_pip": (0, 110, -20, 135, _PIP + "; 135 flexion from Chen Chen 2013"),
    "index_dip": (0, 90, -40, 100, _DIP),
    "middle_dip": (0, 90, -30, 100, _DIP),
    "ring_dip": (0, 90, -30, 100, _DIP),
    "little_dip": (0, 90, -40, 100, _DIP),
    "index_abduction": (-20, 20, -35, 35, _ABDUCTION),
    "middle_abduction": (-20, 20, -35, 35, _ABDUCTION),
    "ring_abduction": (-20, 20, -35, 35, _ABDUCTION),
    "little_abduction": (-20, 20, -45, 45, _ABDUCTION),
}

ABDUCTION_NAMES = tuple(f"{kind.name.lower()}_abduction" for kind in CANONICAL_DIGITS[1:])
"""The four sideways angles at the finger bases."""


def _sigma(name: str) -> dict[str, float]:
    mediapipe = _MEASURED_DEG.get(name) or _MEASURED_DEG[name.split("_")[1]]
    return {"mediapipe": mediapipe, "expert": EXPERT_SHARE * mediapipe, "synthetic": 2.0}


def _limit(name: str) -> Limit:
    core_low, core_high, low, high, source = _RANGES[name]
    return Limit(name, core_low, core_high, low, high, _sigma(name), source)


ANGLE_LIMITS = tuple(_limit(name) for name in ANGLE_NAMES)
"""The 15 joints in the order of `topology.ANGLE_NAMES`."""

ABDUCTION_LIMITS = tuple(_limit(name) for name in ABDUCTION_NAMES)
"""Index to little; positive = towards the thumb."""

_ANATOMICAL = (0.635, 0.90, 1.0, 0.945, 0.765)
_POPULATION_SD = tuple(
    math.log1p(sd / ratio) for sd, ratio in zip((0.045, 0.03, 0.0, 0.03, 0.04), _ANATOMICAL, strict=True)
)
_ANATOMICAL_SOURCE = (
    "segment lengths of 598 Chilean adults and Buryanov & Kotiuk 2010 (66 adults), rounded; "
    "the spread between people is our own proposal"
)

RATIO_REFERENCES = {
    "mediapipe": RatioReference(
        (0.70, 0.865, 1.0, 0.87, 0.715),
        _POPULATION_SD,
        (0.145, 0.06, 0.0, 0.08, 0.055),
        0.04,
        (0.20, 0.13, 0.0, 0.10, 0.20),
        "MediaPipe 0.10.21 world landmarks of 833 real hands in five sets of photographs: mean log ratios, every set "
        "weighted alike; spread of the digits bent less than 60 degrees in all, and of those bent more, in the set "
        "where it is widest (hands holding things)",
    ),
    "expert": RatioReference(
        _ANATOMICAL,
        _POPULATION_SD,
        (0.05, 0.03, 0.0, 0.03, 0.04),
        0.03,
        (0.06, 0.045, 0.0, 0.035, 0.07),
        _ANATOMICAL_SOURCE + "; landmark spread between a third and two thirds of MediaPipe's",
    ),
    "synthetic": RatioReference(
        _ANATOMICAL, _POPULATION_SD, (0.01, 0.01, 0.0, 0.01, 0.01), 0.01, (0.0,) * 5, _ANATOMICAL_SOURCE
    ),
}
"""Landmark source -> what it measures on ordinary hands."""

BONE_SHARES = (
    (0.36, 0.36, 0.36, 0.30),
    (0.95, 0.38, 0.24, 0.26),
    (0.90, 0.44, 0.29, 0.27),
    (0.86, 0.40, 0.28, 0.24),
    (0.82, 0.29, 0.22, 0.20),
)
"""Usual bone lengths over the middle finger's: the ray from the wrist, then the three bones of each digit, thumb to
little. Between measured 3-D joints of one hand and MediaPipe's medians over 833 real hands; good to about 15 %."""

KNUCKLE_ROW = (0.36, 0.0, -0.31, -0.64)
"""Where the bases of index to little lie in their row, in steps of which index to little makes one; middle = 0."""

FUSION_LIMIT = 0.35
"""Share of the shorter digit's length up to which ordinary skin may join two digits. Our own proposal."""

FUSION_SOURCE = "an ordinary web ends within the first third of the digit; the bound of 35 % is our own proposal"

ATTACHMENT_RATIO = {
    "mediapipe": (0.40, 1.035, 1.0, 0.975, 0.87),
    "expert": (0.40, 1.03, 1.0, 0.955, 0.92),
    "synthetic": (0.40, 1.0, 1.0, 0.94, 0.90),
}
"""Landmark source -> wrist to digit base over wrist to the middle finger's base, thumb to little."""

ATTACHMENT_LIMIT = (1.40, 1.12, 1.12, 1.12, 1.12)
"""How many times its usual distance from the wrist a digit's base may have before it counts as detached."""

ATTACHMENT_SIGMA = {
    "mediapipe": (0.16, 0.07, 0.07, 0.07, 0.07),
    "expert": (0.07, 0.03, 0.03, 0.03, 0.03),
    "synthetic": (0.02, 0.01, 0.01, 0.01, 0.01),
}
ATTACHMENT_PLANAR_FACTOR = 6.0
"""How much less certain that distance is where the picture gives no depth. Our own proposal."""

ATTACHMENT_SOURCE = (
    "distance from the wrist: medians of MediaPipe on 833 real hands and of measured 3-D joints of one hand, whose "
    "99th percentile is 1.20 times the median; the bound is our own proposal"
)

FUSION_SIGMA = 0.04
"""Spread of a stated fusion extent. Our own proposal."""

S_BEND_LIMIT_DEG = 20.0
"""Opposite turns up to this much occur in hypermobile hands and swan necks. Our own proposal."""

S_BEND_SIGMA = {"mediapipe": 20.0, "expert": 6.0, "synthetic": 2.0}
S_BEND_SOURCE = (
    "the order of turns of a flat finger survives any view; 20 degrees allowed for swan necks, our own proposal"
)


def landmark_source(detector: str) -> str:
    """Return whose landmark uncertainty a detector's joints carry; all but drawn ones count as MediaPipe's."""
    return "synthetic" if detector == "synthetic" else "mediapipe"


def check_source(source: str) -> str:
    """Return the landmark source if it is known.

    Raises:
        UserError: if it is not one of `SOURCES`.
    """
    if source not in SOURCES:
        raise UserError(f"Unknown landmark source '{source}'.", hint=f"Known: {', '.join(SOURCES)}.")
    return source
