"""The left panel: which queue is walked, how many hands each holds, in which order, and the hands themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.review.hand_list import HandList
from handanat_studio.gui.theme import HIT, S4, S8, S12, S16, colour, font, style_as
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.gui.widgets.hand_rows import paint_ground
from handanat_studio.gui.widgets.row_model import RowModel, RowRole

WIDTH_PX = 232
ROW_PX = 26
VISIBLE_ROWS = 12
ORDERS = (
    ("", "As the queue has it"),
    ("disagreement", "Largest disagreement first"),
    ("score", "Least plausible first"),
    ("certainty", "Least certain first"),
    ("changed", "Changed last first"),
    ("name", "By name"),
)
"""Sort of the library -> title; "" = the queue's own order."""
DESCENDING = ("disagreement", "score", "changed")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue or a saved view.

    Attributes:
        key: "queue:NAME" or "view:NAME".
        title: what it is called.
        sentence: why a hand is in it.
        count: how many hands, None = not counted.
    """

    key: str
    title: str
    sentence: str = ""
    count: int | None = None


def row_text(row: QueueRow) -> str:
    """Return a row for screen readers: its title and how many hands it holds."""
    return row.title if row.count is None else f"{row.title}, {row.count:,} hands"


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: QueueRow = index.data(RowRole)
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, rect)
        middle = Qt.AlignmentFlag.AlignVCenter
        inner = rect.adjusted(S12 + S4, 0, -S12, 0)
        if row.key.startswith("view:"):
            icons.paint(painter, "filter", QRect(inner.left(), inner.center().y() - 7, 14, 14), colour("secondary"))
            inner.setLeft(inner.left() + 14 + S8)
        painter.setFont(font("body", tabular=True))
        painter.setPen(colour("secondary"))
        if row.count is not None:
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, f"{row.count:,}")
        painter.setPen(colour("disabled" if row.count == 0 else "text"))
        room = inner.adjusted(0, 0, -48, 0)
        short = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, short)
        painter.restore()


class QueueChoice(QListView):
    """The queues with their counts, then the saved views.

    Signals:
        chosen(key): another row became current.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowModel(self, row_text, tip=lambda row: row.sentence or row.title, key=lambda row: row.key)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Queues")
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.chosen.emit(index.data(RowRole).key))

    def show_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show queues and views; the current one stays."""
        current = self.current_key()
        self._model.show(rows)
        self.set_current(current)
        self.updateGeometry()

    def rows(self) -> list[QueueRow]:
        """Return what is shown."""
        return list(self._model.rows)

    def current_key(self) -> str:
        """Return the key of the current row, "" = none."""
        index = self.currentIndex()
        return index.data(RowRole).key if index.isValid() else ""

    def set_current(self, key: str) -> None:
        """Make a row current without choosing it."""
        for place, row in enumerate(self._model.rows):
            if row.key == key:
                self.setCurrentIndex(self._model.index(place))

    def sizeHint(self) -> QSize:
        """Return room for all rows; many of them scroll."""
        return QSize(200, ROW_PX * min(max(self._model.rowCount(), 1), VISIBLE_ROWS))

    def minimumSizeHint(self) -> QSize:
        """Give way in a low window."""
        return QSize(160, ROW_PX * 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the row they reach; letters are commands."""
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        before = self.current_key()
        super().keyPressEvent(event)
        if self.current_key() != before:
            self.chosen.emit(self.current_key())


class QueuePanel(QWidget):
    """Queues above, the hands of the chosen one below.

    Signals:
        queue_chosen(key), order_chosen(sort): see `QueueRow` and `ORDERS`.
        refresh_pressed(): the reviewer wants the queue read again.
    """

    queue_chosen = Signal(str)
    order_chosen = Signal(str)
    refresh_pressed = Signal()

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queues = QueueChoice()
        self.hands = HandList(ctx, word_of)
        self.order = QComboBox()
        self._figure = QLabel()
        self._refresh = QToolButton()
        self._build()
        self.queues.chosen.connect(self.queue_chosen)
        self.order.activated.connect(lambda place: self.order_chosen.emit(ORDERS[place][0]))
        self._refresh.clicked.connect(self.refresh_pressed)

    def _build(self) -> None:
        self.order.setAccessibleName("Order of the queue")
        self.order.setToolTip("Order of the queue")
        for _, title in ORDERS:
            self.order.addItem(title)
        self._refresh.setIcon(icons.icon("reload"))
        self._refresh.setIconSize(QSize(16, 16))
        self._refresh.setFixedSize(HIT, HIT)
        self._refresh.setToolTip("Read the queue again")
        self._refresh.setAccessibleName("Read the queue again")
        self._figure.setFont(font("body", tabular=True))
        style_as(self._figure, quiet=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_heading("Review", None))
        layout.addSpacing(S4)
        layout.addWidget(self.queues)
        layout.addSpacing(S8)
        order = QHBoxLayout()
        order.setContentsMargins(S12, 0, S8, S8)
        order.setSpacing(S4)
        order.addWidget(self.order, 1)
        order.addWidget(self._refresh)
        layout.addLayout(order)
        layout.addWidget(_heading("Hands", self._figure))
        layout.addWidget(self.hands, 1)
        self.setMinimumWidth(160)
        self.setMaximumWidth(360)

    def set_position(self, text: str) -> None:
        """Say which row is open, of how many."""
        self._figure.setText(text)


def _heading(title: str, figure: QLabel | None) -> QFrame:
    bar = QFrame()
    style_as(bar, card="bar")
    bar.setFixedHeight(40 if figure is None else HIT + S4)
    words = QLabel(title)
    words.setFont(font("section" if figure is None else "body", bold=True))
    row = QHBoxLayout(bar)
    row.setContentsMargins(S16 if figure is None else S12, 0, S12, 0)
    row.addWidget(words)
    row.addStretch(1)
    if figure is not None:
        row.addWidget(figure)
    return bar
