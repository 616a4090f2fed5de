"""What two voices say differently, largest first, with what was chosen; the list that is walked by J and K."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handanat_studio.gui.review.case import (
    can_average,
    choice_words,
    difference_title,
    needs_word,
    rest_of,
    sides_words,
)
from handanat_studio.gui.theme import RADIUS, S4, S8, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.gui.widgets.row_model import RowModel, RowRole
from handanat_studio.hand.differences import Difference

ROW_PX = 40
CHOICE_PX = 46
BAR_PX = 36


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of the list.

    Attributes:
        difference: what differs.
        choice: "a", "b", …, "mean", "mine", "" = open.
        left, right: letters of the two voices.
    """

    difference: Difference
    choice: str
    left: str
    right: str


def row_text(row: DifferenceRow) -> str:
    """Return a row in one sentence, for screen readers and tool tips."""
    word = row.difference
    state = f"taken: {choice_words(row.choice)}" if row.choice else "open"
    rest = f", rests on {choice_words(rest_of(word, row.left))}" if not needs_word(word) and not row.choice else ""
    sides = sides_words(word, row.left, row.right)
    return f"{difference_title(word)}: {sides}. {state.capitalize()}{rest}."


def largest_size(rows: Sequence[DifferenceRow]) -> float:
    """Return the largest distance in a list, to which bars are drawn; 1 if there is none."""
    return max((row.difference.size for row in rows if can_average(row.difference)), default=1.0) or 1.0


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: DifferenceRow = index.data(RowRole)
        model = index.model()
        assert isinstance(model, RowModel)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", alpha=0.20) if selected else colour("raised"))
            painter.drawRoundedRect(rect, S4, S4)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), S4, S4)
        self._paint_choice(painter, row, QRectF(rect.left() + S4, rect.top(), CHOICE_PX, rect.height()))
        self._paint_words(painter, row, rect.adjusted(CHOICE_PX + S8, 3, -BAR_PX - S8, -3))
        self._paint_size(painter, row.difference, largest_size(model.rows), rect)
        painter.restore()

    def _paint_choice(self, painter: QPainter, row: DifferenceRow, rect: QRectF) -> None:
        chip = QRectF(rect.left(), rect.center().y() - 10, rect.width(), 20)
        painter.setFont(font("caption", bold=True))
        if row.choice:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(chip, RADIUS, RADIUS)
            painter.setPen(colour("accent_text"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, choice_words(row.choice))
            return
        pen = QPen(colour("doubtful" if needs_word(row.difference) else "disabled"), 1.2)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(colour("secondary"))
        painter.setFont(font("caption"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, choice_words(rest_of(row.difference, row.left)) or "open")

    def _paint_words(self, painter: QPainter, row: DifferenceRow, rect: QRectF) -> None:
        upper, lower = QRectF(rect), QRectF(rect)
        upper.setHeight(rect.height() / 2)
        lower.setTop(rect.top() + rect.height() / 2)
        word = row.difference
        sides = sides_words(word, row.left, row.right)
        for box, face, role, text in (
            (upper, font("body", bold=True), "text", difference_title(word)),
            (lower, font("caption", tabular=True), "secondary", sides),
        ):
            painter.setFont(face)
            painter.setPen(colour(role))
            short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)

    def _paint_size(self, painter: QPainter, word: Difference, largest: float, rect: QRectF) -> None:
        if not can_average(word):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line"))
        track = QRectF(rect.right() - BAR_PX - S4, rect.center().y() - 2, BAR_PX, 4)
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(colour("secondary"))
        track.setWidth(max(4.0, BAR_PX * min(word.size / largest, 1.0)))
        painter.drawRoundedRect(track, 2, 2)


class DifferenceList(QListView):
    """The differences as a list as high as its rows.

    Signals:
        chosen(place): a row was clicked or reached by keys.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowModel(self, row_text, key=lambda row: row.difference.key)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Differences")
        self.setAccessibleDescription("J and K walk. Square brackets take a side, M the mean, backslash keeps yours.")
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))

    def show_rows(self, rows: Sequence[DifferenceRow], current: int) -> None:
        """Show differences; `current` is the one in question, -1 = none."""
        before = len(self._model.rows)
        self._model.show(rows)
        self.set_current(current)
        if len(rows) != before:
            self.updateGeometry()

    def set_current(self, place: int) -> None:
        """Mark the one in question."""
        self.setCurrentIndex(self._model.index(place) if place >= 0 else QModelIndex())

    def rows(self) -> list[DifferenceRow]:
        """Return what is shown."""
        return list(self._model.rows)

    def row_rect(self, place: int) -> QRectF:
        """Return where a row lies inside the list."""
        return QRectF(0, place * ROW_PX, self.width(), ROW_PX)

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(200, ROW_PX * self._model.rowCount())

    def minimumSizeHint(self) -> QSize:
        """Never scroll inside the panel."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the row they reach; letters are commands."""
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.currentIndex().row() not in (before, -1):
            self.chosen.emit(self.currentIndex().row())

    def event(self, event: QEvent) -> bool:
        """Let the panel around it scroll."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return False
        return super().event(event)
