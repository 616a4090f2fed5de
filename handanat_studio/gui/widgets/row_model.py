"""A short list of values as a model: rows are replaced as a whole, each has a text and a tool tip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from handanat_studio.gui.widgets.entry_model import AnyIndex

RowRole = Qt.ItemDataRole.UserRole + 1
"""Role of the value itself."""


class RowModel(QAbstractListModel):
    """Rows of any value.

    Args:
        text: what a screen reader says of a row.
        tip: its tool tip; None = the text.
        key: what makes a row the same one after a change. While all keys stay, so do selection and scroll position;
            None = every change is a new list.

    Attributes:
        rows: what is listed.
    """

    def __init__(
        self,
        parent: QObject | None,
        text: Callable[[Any], str],
        *,
        tip: Callable[[Any], str] | None = None,
        key: Callable[[Any], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._tip, self._key = text, tip or text, key
        self.rows: list[Any] = []

    def show(self, rows: Sequence[Any]) -> None:
        """List other rows, or the same ones changed."""
        key = self._key
        if key is not None and rows and [key(row) for row in rows] == [key(row) for row in self.rows]:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row)
        return self._tip(row) if role == Qt.ItemDataRole.ToolTipRole else None
