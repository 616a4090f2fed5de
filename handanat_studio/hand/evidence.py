"""What the digit network saw of one hand: how many digits, how sure, and what grows together. Kept beside the pose.

A pose says what is most likely; this says how likely, so that the judge can weigh it or abstain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

MOST_COUNTED = 12
"""A hand with more digits counts as one with so many."""
LEAST_HAND, LEAST_ASSESSABLE = 0.5, 0.6
"""Where the network is less sure that there is a hand, or that all its digits can be seen, no number is said."""
FLAW_WORDS = {
    "extra": "a digit too many",
    "missing": "a digit missing",
    "fused": "digits grown together",
    "forked": "a forked digit",
    "overbent": "a joint bent too far",
    "proportion": "lengths out of proportion",
    "detached": "a digit that comes loose",
    "melted": "skin that melts or tangles",
}
FLAWS = tuple(FLAW_WORDS)
"""What may be wrong with a hand, as the network names it; the words are for people."""


@dataclass(frozen=True, slots=True)
class DigitEvidence:
    """The network's word on a hand; chances are 0..1.

    Attributes:
        hand: chance that there is a hand at all.
        assessable: chance that every digit which exists can be seen.
        counts: chance of 0, 1, .. `MOST_COUNTED` digits.
        assessed: whether the number may be said: a hand, all digits to be seen, one number likely enough.
        digits: chance that each digit of the combined pose exists, in the pose's order; NaN = the network says nothing.
        fused: chance that any two digits are grown together.
        forked: chance that any digit forks.
        flaws: chance of each of `FLAWS` in the hand as a whole; empty = this network does not say.
        version: of the network.
    """

    hand: float
    assessable: float
    counts: tuple[float, ...]
    assessed: bool
    digits: tuple[float, ...]
    fused: float
    forked: float
    flaws: tuple[float, ...] = ()
    version: str = ""

    def __post_init__(self) -> None:
        if len(self.counts) != MOST_COUNTED + 1:
            raise ValueError(f"counts must have {MOST_COUNTED + 1} chances, not {len(self.counts)}")
        if self.flaws and len(self.flaws) != len(FLAWS):
            raise ValueError(f"flaws must have {len(FLAWS)} chances or none, not {len(self.flaws)}")

    @property
    def number(self) -> int:
        """The likeliest number of digits."""
        return max(range(len(self.counts)), key=self.counts.__getitem__)


def evidence_to_dict(evidence: DigitEvidence) -> dict[str, Any]:
    """Return JSON-ready values; NaN becomes null."""
    return {
        "hand": evidence.hand,
        "assessable": evidence.assessable,
        "counts": list(evidence.counts),
        "assessed": evidence.assessed,
        "digits": [_told(chance) for chance in evidence.digits],
        "fused": evidence.fused,
        "forked": evidence.forked,
        "flaws": {name: _told(chance) for name, chance in zip(FLAWS, evidence.flaws, strict=True)}
        if evidence.flaws
        else {},
        "version": evidence.version,
    }


def evidence_from_dict(data: dict[str, Any]) -> DigitEvidence:
    """Rebuild evidence from `evidence_to_dict`."""
    return DigitEvidence(
        hand=float(data["hand"]),
        assessable=float(data["assessable"]),
        counts=tuple(float(chance) for chance in data["counts"]),
        assessed=bool(data["assessed"]),
        digits=tuple(_chance(chance) for chance in data["digits"]),
        fused=float(data["fused"]),
        forked=float(data["forked"]),
        flaws=tuple(_chance(data["flaws"].get(name)) for name in FLAWS) if data["flaws"] else (),
        version=str(data["version"]),
    )


def _told(chance: float) -> float | None:
    return None if math.isnan(chance) else chance


def _chance(held: float | None) -> float:
    """Return a stored chance; NaN where nothing was said, as of a flaw that an older network did not know."""
    return math.nan if held is None else float(held)
