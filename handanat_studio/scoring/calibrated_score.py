"""Probability that a hand is implausible: calibrated evidence per part, joined by noisy-OR and calibrated once more.

One certain violation is enough; what cannot be assessed says nothing; where nothing can be assessed it abstains.
Length ratios share the middle finger and so are one piece of evidence: only the worst of them counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace

from handanat_studio.hand.feature_values import FeatureBatch
from handanat_studio.scoring.calibration import UNCALIBRATED, Calibration, installed_calibration
from handanat_studio.scoring.evidence import (
    EXPECTED_COUNT,
    PARTS,
    SEEN_PARTS,
    VIOLATION_Z,
    raw_evidence,
    violation_probability,
)
from handanat_studio.scoring.explanation import explain
from handanat_studio.scoring.scores import IMPLAUSIBLE_CODE, PLAUSIBLE_CODE, UNSURE_CODE, ScoreBatch

__all__ = [
    "EXPECTED_COUNT",
    "SCORER",
    "VIOLATION_Z",
    "CalibratedScorer",
    "CalibratedScores",
    "calibrated_scores",
    "violation_probability",
]

IMPLAUSIBLE_FROM, UNSURE_FROM = UNCALIBRATED.implausible_from, UNCALIBRATED.unsure_from
"""Verdict bounds for joints that a person placed or that are known; those for detected hands are calibrated."""


@dataclass(frozen=True, slots=True)
class CalibratedScores:
    """Evidence per part for N hands, all probabilities 0..1 and zero where not assessable.

    Attributes:
        p_implausible: (N,), NaN = nothing could be assessed.
        count: (N,); angle: (N, 15); abduction: (N, 4); s_bend: (N, 4); ratio: (N, 5);
        web: (N, 4); attachment: (N, 5); topology: (N,) forks, and fusions beyond neighbouring digits;
        phalanx: (N, 5) digits with a phalanx too many or too few.
        seen: name of `evidence.SEEN_PARTS` -> (N,), what only the digit network says.
        ratio_z: (N, 5) deviation of the log ratio in standard deviations.
        assessable: (N,) bool.
        assessed: (N,) 0..1 share of the parts that could be assessed, each in whole or in part.
    """

    p_implausible: Any
    count: Any
    angle: Any
    abduction: Any
    s_bend: Any
    ratio: Any
    web: Any
    attachment: Any
    topology: Any
    phalanx: Any
    seen: dict[str, Any]
    ratio_z: Any
    assessable: Any
    assessed: Any


def calibration_for(features: FeatureBatch) -> Calibration:
    """Return what the installed calibration was fitted for: joints of a detector. Others count as they come."""
    return installed_calibration() if features.source == "mediapipe" else UNCALIBRATED


def calibrated_scores(features: FeatureBatch, calibration: Calibration | None = None) -> CalibratedScores:
    """Weigh the evidence of N hands.

    Args:
        features: N measured hands in any array namespace.
        calibration: None = the one that fits the landmark source.

    Returns:
        Probabilities per part and joined, differentiable wherever the features are.
    """
    xp = array_namespace(features.angle)
    constants = calibration or calibration_for(features)
    raw = raw_evidence(features)
    parts = {name: constants.part(name, chance) for name, chance in raw.chance.items()}
    joined = constants.joined(1.0 - innocence(parts))
    known = [xp.astype(xp.any(raw.known[name], axis=1), joined.dtype) for name in PARTS]
    single = {name: parts[name][:, 0] for name in ("count", "topology")}
    several = {name: parts[name] for name in ("angle", "abduction", "s_bend", "ratio", "web", "attachment", "phalanx")}
    return CalibratedScores(
        p_implausible=xp.where(raw.assessable, joined, xp.full_like(joined, math.nan)),
        seen={name: parts[name][:, 0] for name in SEEN_PARTS},
        ratio_z=raw.ratio_z,
        assessable=raw.assessable,
        assessed=sum(known) / len(PARTS),
        **single,
        **several,
    )


def innocence(parts: dict[str, Any]) -> Any:
    """Return (N,) the probability that no part is violated; of the length ratios only the worst one counts."""
    xp = array_namespace(parts["angle"])
    innocent = 1.0 - xp.max(parts["ratio"], axis=1)
    for name, part in parts.items():
        if name == "ratio":
            continue
        innocent = innocent * (1.0 - part[:, 0] if part.shape[1] == 1 else xp.prod(1.0 - part, axis=1))
    return innocent


@dataclass(frozen=True, slots=True)
class CalibratedScorer:
    """The calibrated score as a scorer; `calibration` = None takes the installed one where it fits."""

    name: str = "calibrated"
    calibration: Calibration | None = None

    @property
    def version(self) -> str:
        """Return the version, which changes with the constants."""
        digest = (self.calibration or installed_calibration()).digest
        return f"1.0-{digest}" if digest else "1.0"

    def score(self, features: FeatureBatch) -> ScoreBatch:
        """Judge N hands; unsure where nothing can be assessed or the evidence is worth a look only."""
        xp = array_namespace(features.angle)
        constants = self.calibration or calibration_for(features)
        found = calibrated_scores(features, constants)
        p = found.p_implausible
        code = xp.where(p >= constants.implausible_from, IMPLAUSIBLE_CODE, PLAUSIBLE_CODE)
        code = xp.where((p >= constants.unsure_from) & (p < constants.implausible_from), UNSURE_CODE, code)
        code = xp.astype(xp.where(found.assessable, code, UNSURE_CODE), xp.uint8)
        details = {name: getattr(found, name) for name in _DETAILS}
        details |= {name: array[:, None] for name, array in found.seen.items()}
        details |= {"count": found.count[:, None], "topology": found.topology[:, None]}
        parts = {"p_implausible": p} | {name: _joined(name, getattr(found, name)) for name in _JOINED}
        parts |= {"seen": 1.0 - _product([1.0 - array for array in found.seen.values()]), "assessed": found.assessed}
        return ScoreBatch(self.name, self.version, p, code, parts, features, details, explain)


_DETAILS = ("angle", "abduction", "s_bend", "ratio", "web", "attachment", "phalanx", "ratio_z")
_JOINED = ("count", "angle", "ratio", "web", "attachment", "phalanx")


def _product(arrays: list[Any]) -> Any:
    result = arrays[0]
    for array in arrays[1:]:
        result = result * array
    return result


def _joined(name: str, part: Any) -> Any:
    xp = array_namespace(part)
    if part.ndim == 1:
        return part
    return xp.max(part, axis=1) if name == "ratio" else 1.0 - xp.prod(1.0 - part, axis=1)


SCORER = CalibratedScorer()
