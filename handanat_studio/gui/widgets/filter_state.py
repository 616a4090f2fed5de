"""The one value that says what the library lists; every control changes it and shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from handanat_studio.store.facets import Value
from handanat_studio.store.library import LibraryFilter

ORDER = ("sort", "descending")


class FilterState(QObject):
    """Holds a filter; emits `changed` when it has become another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._value = LibraryFilter()

    @property
    def value(self) -> LibraryFilter:
        """What is asked for; who looks and the scorer are added by the page."""
        return self._value

    def take(self, value: LibraryFilter) -> None:
        """Ask for something else altogether."""
        if value != self._value:
            self._value = value
            self.changed.emit()

    def set(self, **changes: Any) -> None:
        """Change some fields."""
        self.take(replace(self._value, **changes))

    def toggle(self, name: str, value: Value) -> None:
        """Add a value to a field, or take it away."""
        values = getattr(self._value, name)
        self.set(**{name: tuple(v for v in values if v != value) if value in values else (*values, value)})

    def leave_open(self, names: Iterable[str]) -> None:
        """Ask for nothing in some fields."""
        plain = LibraryFilter()
        self.set(**{name: getattr(plain, name) for name in names})

    def clear(self) -> None:
        """Ask for everything; the order stays."""
        self.leave_open(f.name for f in fields(LibraryFilter) if f.name not in ORDER)
