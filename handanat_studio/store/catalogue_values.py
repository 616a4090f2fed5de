"""What the catalogue is made of: tables of arrays, and words that are kept as small numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.annotation import KINDS, STAGES
from handanat_studio.hand.values import VERDICTS

Array = NDArray[Any]


class Words:
    """Gives every value a small number that never changes; 0 stands for `known[0]`, usually for nothing."""

    def __init__(self, known: Iterable[Any] = ("",)) -> None:
        self.values: list[Any] = []
        self._codes: dict[Any, int] = {}
        self.codes(known)

    def codes(self, values: Iterable[Any]) -> NDArray[np.int32]:
        """Return the numbers of values, giving new ones where needed."""
        return np.array([self.code(value) for value in values], np.int32)

    def code(self, value: Any) -> int:
        """Return the number of one value."""
        code = self._codes.setdefault(value, len(self._codes))
        if code == len(self.values):
            self.values.append(value)
        return code


class Vocabulary:
    """The words of every column that holds some."""

    def __init__(self) -> None:
        self.verdicts = Words((None, *VERDICTS))
        self.stages = Words(("", *STAGES))
        self.kinds = Words(KINDS)
        self.generators, self.families, self.detectors, self.sides, self.batches = (Words() for _ in range(5))
        self.findings = Words((frozenset(),))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows in ascending order of key.

    Attributes:
        keys: (n,) int64 ids of images or of hands; they may repeat.
        columns: name -> (n,) array.
    """

    keys: NDArray[np.int64]
    columns: dict[str, Array]

    def with_rows(self, replaced: NDArray[np.int64], rows: Table) -> Table:
        """Return the table with the rows of some keys replaced; itself if nothing differs.

        Args:
            replaced: ascending keys; those of `rows` are among them.
            rows: what takes their place.
        """
        begin, end = np.searchsorted(self.keys, replaced, "left"), np.searchsorted(self.keys, replaced, "right")
        gone = np.concatenate([np.empty(0, np.int64), *(np.arange(*pair) for pair in zip(begin, end, strict=True))])
        if np.array_equal(self.keys[gone], rows.keys):
            changed = {
                name: _put(column, gone, rows.columns[name])
                for name, column in self.columns.items()
                if not _same(column[gone], rows.columns[name])
            }
            return Table(self.keys, self.columns | changed) if changed else self
        keys = np.concatenate([np.delete(self.keys, gone), rows.keys])
        order = np.argsort(keys, kind="stable")
        columns = {
            name: np.concatenate([np.delete(column, gone), rows.columns[name]])[order]
            for name, column in self.columns.items()
        }
        return Table(keys[order], columns)


def _put(column: Array, places: NDArray[np.int64], values: Array) -> Array:
    copy = column.copy()
    copy[places] = values
    return copy


def _same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
