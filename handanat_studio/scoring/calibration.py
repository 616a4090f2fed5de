"""From raw evidence to calibrated probabilities: maps with their constants, kept as plain JSON. Nothing is fitted here.

The maps are written against the array API, so that they run on numpy and torch and pass gradients on.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from array_api_compat import array_namespace

from handanat_studio.errors import UserError
from handanat_studio.paths import resource

CALIBRATION_FILE = "calibrated.json"
NO_EVIDENCE = 1e-3
"""Raw chances up to this one are no evidence; the map of a part is zero there."""
NO_EVIDENCE_ODDS = math.log(NO_EVIDENCE) - math.log(1.0 - NO_EVIDENCE)


def log_odds(chance: Any) -> Any:
    """Return the log-odds of chances 0..1, kept finite: `NO_EVIDENCE` and 1 - `NO_EVIDENCE` are the ends."""
    xp = array_namespace(chance)
    held = xp.clip(chance, NO_EVIDENCE, 1.0 - NO_EVIDENCE)
    return xp.log(held) - xp.log(1.0 - held)


def softplus(value: Any) -> Any:
    """Return log(1 + exp(value)) without overflow."""
    xp = array_namespace(value)
    return xp.log1p(xp.exp(-xp.abs(value))) + xp.where(value > 0, value, xp.zeros_like(value))


@dataclass(frozen=True, slots=True)
class PartMap:
    """How much a raw chance of one part is worth: a logistic curve over its log-odds, less what no evidence gives.

    With u = shift + slope * log-odds and u0 the same at `NO_EVIDENCE`, the part is innocent with probability
    (1 - s(u)) / (1 - s(u0)), s the logistic function: zero evidence leaves innocence at one, whatever the constants.
    """

    shift: float = 0.0
    slope: float = 1.0

    def violated(self, chance: Any) -> Any:
        """Return the calibrated probability that the part is violated, in the shape of `chance`."""
        xp = array_namespace(chance)
        # The same steps in the same precision, so that no evidence gives exactly zero.
        nothing = softplus(self.shift + self.slope * log_odds(xp.zeros_like(chance)))
        excess = softplus(self.shift + self.slope * log_odds(chance)) - nothing
        return -xp.expm1(-excess)


@dataclass(frozen=True, slots=True)
class Platt:
    """A logistic curve over log-odds (Platt 1999)."""

    shift: float = 0.0
    slope: float = 1.0

    def __call__(self, chance: Any) -> Any:
        """Return calibrated probabilities in the shape of `chance`."""
        xp = array_namespace(chance)
        return 1.0 / (1.0 + xp.exp(-(self.shift + self.slope * log_odds(chance))))


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A rising line through knots, flat beyond its ends.

    Attributes:
        chances: (k,) rising raw chances, at least one.
        values: (k,) calibrated probabilities there, never falling.
    """

    chances: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.chances or len(self.chances) != len(self.values):
            raise ValueError("an isotonic map needs as many values as chances, at least one")
        if list(self.chances) != sorted(set(self.chances)) or list(self.values) != sorted(self.values):
            raise ValueError("the knots of an isotonic map must rise")

    def __call__(self, chance: Any) -> Any:
        """Return calibrated probabilities in the shape of `chance`."""
        xp = array_namespace(chance)
        result = xp.full_like(chance, self.values[0])
        for k in range(len(self.chances) - 1):
            width = self.chances[k + 1] - self.chances[k]
            share = xp.clip((chance - self.chances[k]) / width, 0.0, 1.0)
            result = result + (self.values[k + 1] - self.values[k]) * share
        return result


FinalMap = Platt | Isotonic


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants of the calibrated score for detected hands.

    Attributes:
        parts: part name -> its map; a part without one counts as it comes.
        final: from the joined parts to the probability that the hand is implausible.
        implausible_from: least calibrated probability of the verdict "implausible".
        unsure_from: least calibrated probability of the verdict "unsure".
        digest: of the constants; "" = nobody has calibrated.
    """

    parts: dict[str, PartMap] = field(default_factory=dict)
    final: FinalMap | None = None
    implausible_from: float = 0.5
    unsure_from: float = 0.25
    digest: str = ""

    def part(self, name: str, chance: Any) -> Any:
        """Return the calibrated probability of a part by its name."""
        held = self.parts.get(name)
        return chance if held is None else held.violated(chance)

    def joined(self, chance: Any) -> Any:
        """Return the calibrated probability of the hand."""
        return chance if self.final is None else self.final(chance)


UNCALIBRATED = Calibration()
"""Evidence counts as it comes: for joints that a person placed or that are known, on which nothing was fitted."""


def calibration_to_dict(calibration: Calibration) -> dict[str, Any]:
    """Return the constants as JSON values."""
    final = calibration.final
    if isinstance(final, Platt):
        told: dict[str, Any] | None = {"kind": "platt", "shift": final.shift, "slope": final.slope}
    elif final is None:
        told = None
    else:
        told = {"kind": "isotonic", "chances": list(final.chances), "values": list(final.values)}
    return {
        "parts": {name: {"shift": part.shift, "slope": part.slope} for name, part in calibration.parts.items()},
        "final": told,
        "implausible_from": calibration.implausible_from,
        "unsure_from": calibration.unsure_from,
    }


def calibration_from_dict(data: dict[str, Any]) -> Calibration:
    """Rebuild a calibration from `calibration_to_dict`.

    Raises:
        ValueError: if the constants are incomplete or contradict each other.
    """
    try:
        final = data["final"]
        held: FinalMap | None = None
        if final is not None and final["kind"] == "platt":
            held = Platt(float(final["shift"]), float(final["slope"]))
        elif final is not None:
            held = Isotonic(*(tuple(float(v) for v in final[name]) for name in ("chances", "values")))
        return Calibration(
            parts={n: PartMap(float(p["shift"]), float(p["slope"])) for n, p in data["parts"].items()},
            final=held,
            implausible_from=float(data["implausible_from"]),
            unsure_from=float(data["unsure_from"]),
            digest=_digest(data),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not the constants of a calibration: {error!r}") from error


def _digest(data: dict[str, Any]) -> str:
    kept = {name: data[name] for name in ("parts", "final", "implausible_from", "unsure_from")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:8]


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write the constants as JSON."""
    path.write_text(json.dumps(calibration_to_dict(calibration), indent=1) + "\n", encoding="utf-8")


def read_calibration(path: Path) -> Calibration:
    """Read the constants.

    Raises:
        UserError: if the file cannot be read or holds something else.
    """
    try:
        return calibration_from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} holds no calibration: {error}.", hint="Run 'handanat train scorer'.") from error


@lru_cache(maxsize=1)
def installed_calibration() -> Calibration:
    """Return the calibration the program came with; where there is none, evidence counts as it comes.

    Raises:
        UserError: if the file that is there cannot be read.
    """
    path = resource("weights", CALIBRATION_FILE)
    return read_calibration(path) if path.exists() else UNCALIBRATED
