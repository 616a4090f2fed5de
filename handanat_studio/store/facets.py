"""The fields that take several values at once: which entries have one of them, and how many have each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from handanat_studio.store import label_schemas
from handanat_studio.store.catalogue_values import Array
from handanat_studio.store.library import STATUSES
from handanat_studio.store.viewpoint import Mask, Viewpoint

Value = str | int


class Facet(Protocol):
    """A field of every entry."""

    def passes(self, values: Iterable[Value]) -> Mask:
        """Return which entries have one of these values."""
        ...

    def counts(self, among: Mask) -> dict[Value, int]:
        """Return how many of these entries have each value; values that none has are left out."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class CodedFacet:
    """A field kept as small numbers.

    Attributes:
        codes: (n,) the number of each entry.
        values: number -> the values it stands for.
    """

    codes: Array
    values: Sequence[frozenset[Value]]

    def passes(self, values: Iterable[Value]) -> Mask:
        """Return which entries have one of these values."""
        wanted = set(values)
        return np.array([not wanted.isdisjoint(own) for own in self.values], bool)[self.codes]

    def counts(self, among: Mask) -> dict[Value, int]:
        """Return how many of these entries have each value; values that none has are left out."""
        found: dict[Value, int] = {}
        for own, number in zip(self.values, np.bincount(self.codes[among], minlength=len(self.values)), strict=True):
            for value in own if number else ():
                found[value] = found.get(value, 0) + int(number)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class PeopleFacet:
    """Who has annotated each entry, as far as the viewer may know."""

    view: Viewpoint

    def passes(self, values: Iterable[Value]) -> Mask:
        """Return which entries one of these people has annotated."""
        ids = [self.view.people.get(str(name), -1) for name in values]
        return self.view.any_label(np.isin(self.view.labels("annotator"), ids) & self.view.labels("is_own"))

    def counts(self, among: Mask) -> dict[Value, int]:
        """Return how many of these entries each person has annotated."""
        own = self.view.labels("is_own") & self.view.open_labels
        who = self.view.labels("annotator")[own][among[self.view.label_rows[own]]]
        numbers = {name: int(np.count_nonzero(who == person)) for name, person in self.view.people.items()}
        return {name: number for name, number in numbers.items() if number}


def facet(view: Viewpoint, name: str) -> Facet:
    """Return a field by the name that it has in `LibraryFilter`."""
    return _FACETS[name](view)


def _words(values: Iterable[Hashable]) -> list[frozenset[Value]]:
    """Return one value for each code, none for None."""
    return [frozenset() if value is None else frozenset([value]) for value in values]  # type: ignore[list-item]


def _of_table(table: str, column: str) -> Callable[[Viewpoint], Facet]:
    def make(view: Viewpoint) -> Facet:
        words = getattr(view.catalogue.words, f"{column}s" if column != "family" else "families")
        return CodedFacet(view.catalogue.column(table, column, 0), _words(words.values))

    return make


def _stages(view: Viewpoint) -> Facet:
    return CodedFacet(view.shown("stage"), _words(stage or None for stage in view.catalogue.words.stages.values))


def _findings(view: Viewpoint) -> Facet:
    schema = label_schemas.current(view.catalogue.session)
    codes = view.findings
    kinds = [frozenset(map(schema.resolve, kinds)) for kinds in view.catalogue.words.findings.values]
    return CodedFacet(codes, kinds)


def _digits(view: Viewpoint) -> Facet:
    counts = np.maximum(view.digits, 0)
    return CodedFacet(counts, _words(number or None for number in range(int(counts.max(initial=0)) + 1)))


_FACETS: dict[str, Callable[[Viewpoint], Facet]] = {
    "statuses": lambda view: CodedFacet(view.status, _words(STATUSES)),
    "verdicts": lambda view: CodedFacet(view.shown("verdict"), _words(view.catalogue.words.verdicts.values)),
    "score_verdicts": lambda view: CodedFacet(view.score_verdict, _words(view.catalogue.words.verdicts.values)),
    "stages": _stages,
    "generators": _of_table("names", "generator"),
    "families": _of_table("names", "family"),
    "detectors": _of_table("detections", "detector"),
    "sides": _of_table("detections", "side"),
    "finding_kinds": _findings,
    "digit_counts": _digits,
    "labelled_by": PeopleFacet,
}
NAMES = tuple(_FACETS)
