"""A measured figure with its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the benchmark.

    Attributes:
        name: stable, for programs.
        text: what was measured, for people.
        value: the figure; None = not measured here, `note` says why.
        unit: "x", "s", "ms" or "MB".
        target: what it is to reach; None = shown for information.
        at_least: the figure is to be no smaller than the target (else no larger).
        note: how it was measured, or why not.
    """

    name: str
    text: str
    value: float | None
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None if there is no target or no value."""
        if self.value is None or self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "comparison": None if self.target is None else (">=" if self.at_least else "<="),
            "ok": self.is_met,
            "text": self.text,
            "note": self.note,
        }


def ratios_first(figures: list[Figure]) -> list[Figure]:
    """Return the figures, ratios before plain times: those can be compared between machines."""
    return sorted(figures, key=lambda figure: figure.unit != "x")
