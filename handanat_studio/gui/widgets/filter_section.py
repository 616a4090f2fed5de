"""One foldable part of the filter panel: a heading, and one row with a count for each value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.store.facets import Value

ROWS_SHOWN = 30
BOX_PX = 14


class FacetRow(QCheckBox):
    """A value that can be ticked, with how many entries have it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._figure = ""
        self.setAccessibleName(text)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)

    @property
    def figure(self) -> str:
        """How many entries have the value, as it is shown."""
        return self._figure

    def set_count(self, count: int) -> None:
        """Show how many entries have the value."""
        self._figure = f"{count:,}"
        self.setAccessibleName(f"{self.text()}, {count:,} entries")
        self.update()

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.colour("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("raised") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inner, theme.RADIUS, theme.RADIUS)
        box = QRectF(theme.S8, (self.height() - BOX_PX) / 2, BOX_PX, BOX_PX)
        is_on = self.isChecked()
        painter.setPen(QPen(theme.colour("accent" if is_on else "secondary"), 1.25))
        painter.setBrush(theme.colour("accent") if is_on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if is_on:
            icons.paint(painter, "check", box.adjusted(1, 1, -1, -1), theme.colour("accent_text"))
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        right = self.width() - theme.S8
        painter.setFont(theme.font("caption", tabular=True))
        painter.setPen(theme.colour("secondary"))
        painter.drawText(QRect(0, 0, right, self.height()), middle | Qt.AlignmentFlag.AlignRight, self._figure)
        right -= painter.fontMetrics().horizontalAdvance(self._figure) + theme.S8
        painter.setFont(theme.font())
        is_empty = self._figure == "0" and not self.isChecked()
        painter.setPen(theme.colour("secondary" if is_empty else "text"))
        left = theme.S8 + BOX_PX + theme.S8
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, max(0, right - left))
        painter.drawText(QRect(left, 0, right - left, self.height()), middle, words)


class FilterSection(QWidget):
    """A heading that folds what stands below it.

    Signals:
        unfolded(): it was opened, and what it shows may be wanted now.
    """

    unfolded = Signal()

    def __init__(self, title: str, *, is_open: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._head = QPushButton(title)
        self._head.setFont(theme.font(bold=True))
        self._head.setIconSize(QSize(16, 16))
        self._head.setMinimumHeight(theme.HIT)
        theme.style_as(self._head, kind="link")
        self._mark: QPushButton | None = None
        self._clear: Callable[[], object] = lambda: None
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, theme.S8)
        self.rows.setSpacing(0)
        self._line = QHBoxLayout()
        self._line.addWidget(self._head)
        self._line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._line)
        column.addWidget(self.body)
        self._is_open = not is_open
        self._head.clicked.connect(lambda: self.fold(not self._is_open))
        self.fold(is_open)

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded."""
        return self._is_open

    @property
    def head(self) -> QPushButton:
        """The button that folds."""
        return self._head

    def on_clear(self, run: Callable[[], object]) -> None:
        """Say what the small button at the right does, which shows how many values are chosen."""
        self._clear = run

    def set_chosen(self, count: int) -> None:
        """Show that so many values are chosen, also while folded."""
        if self._mark is None:
            if not count:
                return
            self._mark = self._clear_button()
        self._mark.setText(f"{count} ✕")
        self._mark.setVisible(count > 0)

    def _clear_button(self) -> QPushButton:
        # Made when it is first wanted: there are fifteen sections, and the window should open at once.
        button = QPushButton()
        theme.style_as(button, kind="link")
        button.setFont(theme.font("caption", tabular=True))
        button.setAccessibleName(f"Clear {self.title}")
        button.setToolTip(f"Clear {self.title.lower()}")
        button.clicked.connect(lambda: self._clear())
        self._line.addWidget(button)
        return button

    def fold(self, is_open: bool) -> None:
        """Open it or fold it."""
        if is_open == self._is_open:
            return
        self._is_open = is_open
        self.body.setVisible(is_open)
        self._head.setIcon(icons.icon("chevron-down" if is_open else "chevron-right", "secondary"))
        self._head.setAccessibleName(f"{self.title}, {'open' if is_open else 'folded'}")
        if is_open:
            self.unfolded.emit()


class FacetSection(FilterSection):
    """Values of one field.

    Signals:
        toggled(value): a value was ticked or its tick taken away.
    """

    toggled = Signal(object)

    def __init__(self, title: str, *, is_open: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(title, is_open=is_open, parent=parent)
        self._rows: dict[Value, FacetRow] = {}
        self._none: QLabel | None = None

    def row(self, value: Value) -> FacetRow:
        """Return the row of a value."""
        return self._rows[value]

    @property
    def values(self) -> list[Value]:
        """The values that are shown, from above."""
        return list(self._rows)

    def show_values(
        self, counts: Mapping[Value, int], texts: Mapping[Value, str], order: Sequence[Value], chosen: Sequence[Value]
    ) -> None:
        """Show rows for values in this order; only counts change while the values stay the same."""
        shown = list(order[:ROWS_SHOWN])
        if shown != list(self._rows):
            for row in self._rows.values():
                self.rows.removeWidget(row)
                row.deleteLater()
            self._rows = {value: self._row(value, texts[value]) for value in shown}
        for value, row in self._rows.items():
            row.set_count(counts.get(value, 0))
        self._say_none(not shown)
        self.show_chosen(chosen)

    def show_chosen(self, chosen: Sequence[Value]) -> None:
        """Tick what is chosen, and nothing else."""
        for value, row in self._rows.items():
            row.blockSignals(True)
            row.setChecked(value in chosen)
            row.blockSignals(False)
        self.set_chosen(len(chosen))

    def _say_none(self, is_empty: bool) -> None:
        if self._none is None and is_empty:
            self._none = QLabel("Nothing to choose from.")
            theme.style_as(self._none, quiet=True)
            self._none.setContentsMargins(theme.S8, 0, 0, 0)
            self._none.setMinimumHeight(24)
            self.rows.addWidget(self._none)
        if self._none is not None:
            self._none.setVisible(is_empty)

    def _row(self, value: Value, text: str) -> FacetRow:
        row = FacetRow(text)
        row.toggled.connect(lambda _on: self.toggled.emit(value))
        self.rows.addWidget(row)
        return row
