"""The thumbnail grid: as many columns as fit, evenly spread, fluent whatever the number of rows."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from handanat_studio.gui import theme
from handanat_studio.gui.widgets.entry_delegate import EntryDelegate
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel
from handanat_studio.gui.widgets.entry_view import EntryView
from handanat_studio.store.library import Entry

SIZES = (128, 192, 256)
SETTLE_MS = 60


class EntryGrid(EntryView):
    """Shows an `EntryModel`.

    Signals:
        current_row(int): another row is current, -1 = none.
        opened(int): a row was double-clicked.
        selected(int): how many rows are selected now.
    """

    current_row = Signal(int)
    opened = Signal(int)
    selected = Signal(int)

    # Qt asks for the geometry while the base class is being made.
    _columns, _cell = 1, QSize(1, 1)

    def __init__(self, model: EntryModel, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = model
        self._delegate = EntryDelegate(self)
        self._delegate.side = side if side in SIZES else SIZES[1]
        self.ground = "canvas"
        self.setAccessibleName("Hands")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._wire()

    def columns(self) -> int:
        """Return how many cells stand in a line."""
        return self._columns

    def cell(self) -> QSize:
        """Return the size of a cell."""
        return self._cell

    @property
    def side(self) -> int:
        """Side of a crop in logical pixels."""
        return self._delegate.side

    def set_side(self, side: int) -> None:
        """Change the size of the crops and keep the current row in view."""
        self._delegate.side = side
        self._fit()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def go_to(self, row: int) -> None:
        """Make a row current, alone selected, and visible."""
        index = self._entries.index(row)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def entry(self, row: int) -> Entry | None:
        """Return a row's entry, or None while it is on its way."""
        return self._entries.entry(row)

    @property
    def is_read(self) -> bool:
        """Whether every row in view is read."""
        first, last = self.visible_rows()
        return all(self._entries.is_fresh(row) for row in range(first, last + 1))

    @property
    def is_complete(self) -> bool:
        """Whether every row in view is read and has its picture."""
        first, last = self.visible_rows()
        side = round(self.side * self.devicePixelRatioF())
        for row in range(first, last + 1):
            entry = self._entries.entry(row)
            if entry is None or not self._entries.is_fresh(row) or self._entries.thumbnail(row, entry, side) is None:
                return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Letters are commands, not a search by name.
        if event.text() and event.text().isprintable() and not event.modifiers():
            event.ignore()
            return
        super().keyPressEvent(event)

    def _wire(self) -> None:
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.verticalScrollBar().valueChanged.connect(self._settle.start)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit(self.selected_count()))
        self._settle.timeout.connect(lambda: self._entries.forget_requests_outside(*self.visible_rows()))

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self.current_row.emit(current.row())

    def _fit(self) -> None:
        width = max(1, self.viewport().width())
        smallest = self._delegate.side + theme.S12
        columns = max(1, width // smallest)
        cell = QSize(width // columns, smallest)
        if cell != self._cell or columns != self._columns:
            anchor = self.indexAt(QPoint(self._cell.width() // 2, self._cell.height() // 2))
            self._columns, self._cell = columns, cell
            self._delegate.cell = cell
            self.updateGeometries()
            self.viewport().update()
            if anchor.isValid() and self.verticalScrollBar().value():
                self.scrollTo(anchor, QAbstractItemView.ScrollHint.PositionAtTop)
