"""Counts against true counts, abstention included: who says "five" of everything must not look good here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handanat_studio.stats.intervals import Share, share


@dataclass(frozen=True, slots=True)
class CountRow:
    """What was said of all hands of one true count.

    Attributes:
        true: digits there are.
        said: number said -> how often.
        abstained: how often no number was said although a hand was found.
        missed: hands that were not found.
    """

    true: int
    said: dict[int, int]
    abstained: int
    missed: int

    @property
    def total(self) -> int:
        """All hands of this count."""
        return sum(self.said.values()) + self.abstained + self.missed


@dataclass(frozen=True, slots=True)
class Confusion:
    """Said counts against true ones.

    Attributes:
        rows: one for each true count that occurs, ascending.
    """

    rows: tuple[CountRow, ...]

    @property
    def of_all(self) -> Share:
        """Exact among all hands; silence and missed hands count as wrong."""
        return share(sum(r.said.get(r.true, 0) for r in self.rows), sum(r.total for r in self.rows))

    @property
    def of_assessed(self) -> Share:
        """Exact among the hands of which a number was said."""
        return share(sum(r.said.get(r.true, 0) for r in self.rows), sum(sum(r.said.values()) for r in self.rows))

    @property
    def assessed(self) -> Share:
        """How many hands a number was said of, among those that were found."""
        said = sum(sum(r.said.values()) for r in self.rows)
        return share(said, said + sum(r.abstained for r in self.rows))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "hands": sum(row.total for row in self.rows),
            "exact_of_all": self.of_all.to_dict(),
            "exact_of_assessed": self.of_assessed.to_dict(),
            "assessed_of_found": self.assessed.to_dict(),
            "by_true_count": [
                {
                    "digits": row.true,
                    "hands": row.total,
                    "said": {str(number): row.said[number] for number in sorted(row.said)},
                    "abstained": row.abstained,
                    "missed": row.missed,
                    "exact_of_all": share(row.said.get(row.true, 0), row.total).to_dict(),
                    "exact_of_assessed": share(row.said.get(row.true, 0), sum(row.said.values())).to_dict(),
                }
                for row in self.rows
            ],
        }


def confusion(true: Sequence[int], said: Sequence[int | None], found: Sequence[bool]) -> Confusion:
    """Compare counts.

    Args:
        true: (n,) digits that each hand has.
        said: (n,) what was said; None = nothing.
        found: (n,) whether the hand was found at all.
    """
    rows = []
    for count in sorted(set(true)):
        own = [(s, f) for t, s, f in zip(true, said, found, strict=True) if t == count]
        numbers = [s for s, f in own if f and s is not None]
        rows.append(
            CountRow(
                true=count,
                said={number: numbers.count(number) for number in sorted(set(numbers))},
                abstained=sum(f and s is None for s, f in own),
                missed=sum(not f for _, f in own),
            )
        )
    return Confusion(tuple(rows))
