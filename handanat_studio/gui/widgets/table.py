"""A plain table for dialogs: one line a row, read only, chosen by mouse or arrows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from handanat_studio.gui import theme


class Table(QTreeView):
    """Shows rows of texts.

    Signals:
        row_changed(int): another row is current, -1 = none.

    Args:
        name: what a screen reader calls it.
        columns: titles.
        numbers: which columns hold numbers: they are set to the right, in figures of one width.
        wide: the column that takes the room that is left.
    """

    row_changed = Signal(int)

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        *,
        numbers: Collection[int] = (),
        wide: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = list(columns)
        self._numbers = frozenset(numbers)
        self._rows = QStandardItemModel(0, len(self._columns), self)
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setAllColumnsShowFocus(True)
        theme.style_as(self, kind="table")
        header = self.header()
        header.setStretchLastSection(False)
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setFont(theme.font("caption"))
        header.setAccessibleName(f"Columns of: {name}")
        self._wide = wide
        self._set_titles()
        self.selectionModel().currentChanged.connect(lambda now, _before: self.row_changed.emit(now.row()))

    @property
    def row(self) -> int:
        """The current row, -1 = none."""
        return self.currentIndex().row()

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows; the current place stays where it is, if it is still there."""
        before = max(0, self.row)
        self._rows.removeRows(0, self._rows.rowCount())
        for texts in rows:
            self._rows.appendRow([self._item(place, text) for place, text in enumerate(texts)])
        if rows:
            self.setCurrentIndex(self._rows.index(min(before, len(rows) - 1), 0))

    def texts(self, row: int) -> list[str]:
        """Return what a row says, column by column."""
        return [self._rows.item(row, column).text() for column in range(self._rows.columnCount())]

    def count(self) -> int:
        """Return how many rows there are."""
        return self._rows.rowCount()

    def choose(self, row: int) -> None:
        """Make a row current."""
        self.setCurrentIndex(self._rows.index(row, 0))

    def put_widget(self, row: int, column: int, widget: QWidget) -> None:
        """Let a widget stand in a cell instead of its text."""
        self.setIndexWidget(self._rows.index(row, column), widget)

    def _set_titles(self) -> None:
        header = self.header()
        for place, title in enumerate(self._columns):
            item = QStandardItem(title)
            item.setTextAlignment(_side(place in self._numbers))
            self._rows.setHorizontalHeaderItem(place, item)
            mode = QHeaderView.ResizeMode.Stretch if place == self._wide else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(place, mode)

    def _item(self, column: int, text: str) -> QStandardItem:
        item = QStandardItem(text)
        item.setTextAlignment(_side(column in self._numbers))
        if column in self._numbers:
            item.setFont(theme.font(tabular=True))
        return item


def _side(is_number: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
