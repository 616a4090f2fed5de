"""The base of all lists of entries: cells of one size, laid out by arithmetic, quick however many rows there are.

QListView lays out all its rows whenever the model changes: a quarter of a second at 100,000 rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from handanat_studio.gui import theme
from handanat_studio.gui.widgets.entry_model import AnyIndex

Move = QAbstractItemView.CursorAction
Flag = QItemSelectionModel.SelectionFlag
Hint = QAbstractItemView.ScrollHint
KEYS = {
    Qt.Key.Key_Left: Move.MoveLeft,
    Qt.Key.Key_Right: Move.MoveRight,
    Qt.Key.Key_Up: Move.MoveUp,
    Qt.Key.Key_Down: Move.MoveDown,
    Qt.Key.Key_Home: Move.MoveHome,
    Qt.Key.Key_End: Move.MoveEnd,
    Qt.Key.Key_PageUp: Move.MovePageUp,
    Qt.Key.Key_PageDown: Move.MovePageDown,
}


class EntryView(QAbstractItemView):
    """Shows an `EntryModel`, one row per line; a subclass may put several cells in a line.

    With extended selection Shift takes everything between, in reading order, and Ctrl adds single cells.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = -1
        self._anchor = 0
        self._is_extending = False
        self.ground = ""
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)

    # geometry --------------------------------------------------------------------------------------------------

    def columns(self) -> int:
        """Return how many cells stand in a line."""
        return 1

    def cell(self) -> QSize:
        """Return the size of a cell."""
        hint = self.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex())
        return QSize(self.viewport().width(), max(1, hint.height()))

    def visible_rows(self) -> tuple[int, int]:
        """Return the first and last row in view (first > last = none)."""
        return self._rows_between(0, self.viewport().height())

    def row_at(self, point: QPoint) -> int:
        """Return the row under a point of the viewport, -1 = none."""
        cell, columns = self.cell(), self.columns()
        column = point.x() // max(1, cell.width())
        if not 0 <= column < columns:
            return -1
        row = (point.y() + self.verticalOffset()) // cell.height() * columns + column
        return row if 0 <= row < self._count() else -1

    def visualRect(self, index: AnyIndex) -> QRect:
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.row_at(point)
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: AnyIndex) -> bool:
        return False

    def updateGeometries(self) -> None:
        lines = -(-self._count() // self.columns())
        height, room = self.cell().height(), self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(room)
        bar.setSingleStep(max(1, height // 3))
        bar.setRange(0, max(0, lines * height - room))
        super().updateGeometries()

    def scrollTo(self, index: AnyIndex, hint: Hint = Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        self.executeDelayedItemsLayout()
        bar, room, rect = self.verticalScrollBar(), self.viewport().height(), self._rect(index.row())
        top, bottom = rect.top() + bar.value(), rect.bottom() + 1 + bar.value()
        if hint == Hint.PositionAtTop or (hint == Hint.EnsureVisible and top < bar.value()):
            bar.setValue(top)
        elif hint == Hint.PositionAtCenter:
            bar.setValue((top + bottom - room) // 2)
        elif hint == Hint.PositionAtBottom or bottom > bar.value() + room:
            bar.setValue(bottom - room)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def _count(self) -> int:
        model = self.model()
        return 0 if model is None else model.rowCount()

    def _rect(self, row: int) -> QRect:
        cell = self.cell()
        line, column = divmod(row, self.columns())
        return QRect(QPoint(column * cell.width(), line * cell.height() - self.verticalOffset()), cell)

    def _rows_between(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first and last row that meet a band of the viewport."""
        height, columns, offset = self.cell().height(), self.columns(), self.verticalOffset()
        first = max(0, (top + offset) // height) * columns
        last = ((bottom - 1 + offset) // height + 1) * columns - 1
        return first, min(last, self._count() - 1)

    # painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self.ground:
            painter.fillRect(event.rect(), theme.colour(self.ground))
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state | QStyle.StateFlag.State_Enabled
        current = self.currentIndex().row() if self.hasFocus() else -1
        chosen, delegate, model = self.selectionModel(), self.itemDelegate(), self.model()
        first, last = self._rows_between(event.rect().top(), event.rect().bottom() + 1)
        for row in range(first, last + 1):
            index = model.index(row, 0)
            option.rect = self._rect(row)
            option.state = plain
            if chosen.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if row == current:
                option.state |= QStyle.StateFlag.State_HasFocus
            if row == self._hovered:
                option.state |= QStyle.StateFlag.State_MouseOver
            delegate.paint(painter, option, index)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove):
            self._hover(self.row_at(event.position().toPoint()))  # type: ignore[attr-defined]
        elif event.type() in (QEvent.Type.HoverLeave, QEvent.Type.Leave):
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        before, self._hovered = self._hovered, row
        for changed in {before, row} - {-1} if before != row else ():
            self.viewport().update(self._rect(changed))

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:
        if first.row() == last.row():
            self.viewport().update(self._rect(first.row()))
        else:
            self.viewport().update()

    # choosing --------------------------------------------------------------------------------------------------

    def selected_rows(self) -> list[int]:
        """Return the selected rows, in order."""
        return sorted(row for part in self._ranges() for row in part)

    def selected_count(self) -> int:
        """Return how many rows are selected."""
        return sum(map(len, self._ranges()))

    def _ranges(self) -> list[range]:
        model = self.selectionModel()
        return [] if model is None else [range(part.top(), part.bottom() + 1) for part in model.selection().toList()]

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, columns = self._count(), self.columns()
        if not count:
            return QModelIndex()
        row = self.currentIndex().row()
        if row < 0:
            return self.model().index(0, 0)
        page = max(1, self.viewport().height() // self.cell().height()) * columns
        last_line = (count - 1) // columns
        steps = {
            Move.MoveLeft: -1,
            Move.MovePrevious: -1,
            Move.MoveRight: 1,
            Move.MoveNext: 1,
            Move.MoveUp: -columns if row >= columns else 0,
            # From above an empty place of the last line Down goes to the last cell.
            Move.MoveDown: min(columns, count - 1 - row) if row // columns < last_line else 0,
            Move.MovePageUp: -min(page, row // columns * columns),
            Move.MovePageDown: page,
            Move.MoveHome: -row,
            Move.MoveEnd: count,
        }
        return self.model().index(min(max(row + steps[action], 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: Flag) -> None:
        row = self.row_at(rect.center())
        chosen = QItemSelection()
        if row >= 0:
            index = self.model().index(row, 0)
            chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        first, last = self.visible_rows()
        for part in selection.toList():
            for row in range(max(first, part.top()), min(last, part.bottom()) + 1):
                region = region.united(self._rect(row))
        return region

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        if not self._is_extending:
            self._anchor = max(0, current.row())
        for index in (current, previous):
            if index.isValid():
                self.viewport().update(self.visualRect(index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._extends(event.modifiers()) and event.button() == Qt.MouseButton.LeftButton:
            self._extend_to(index)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moving with a button held selects nothing: a click that slips stays a click."""
        if not event.buttons():
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = KEYS.get(Qt.Key(event.key()))
        if action is not None and self._extends(event.modifiers()):
            self._extend_to(self.moveCursor(action, event.modifiers()))
            event.accept()
        else:
            super().keyPressEvent(event)

    def _extends(self, modifiers: Qt.KeyboardModifier) -> bool:
        is_extended = self.selectionMode() == QAbstractItemView.SelectionMode.ExtendedSelection
        return is_extended and bool(modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _extend_to(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        low, high = sorted((min(self._anchor, self._count() - 1), index.row()))
        chosen = QItemSelection(self.model().index(low, 0), self.model().index(high, 0))
        self._is_extending = True
        self.selectionModel().select(chosen, Flag.ClearAndSelect)
        self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        self._is_extending = False
