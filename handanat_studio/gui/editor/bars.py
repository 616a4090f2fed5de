"""A table of measured values as bars against their ranges; one widget paints all rows. It measures nothing itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from handanat_studio.gui.editor.joint_angles import Standing
from handanat_studio.gui.theme import colour, font

ROW_PX = 20
GROUP_GAP_PX = 4
GROUP_X, NAME_X, VALUE_RIGHT, BAR_X = 10, 64, 148, 160
NO_RANGE = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class BarRow:
    """One measured value.

    Attributes:
        key: what a click tells.
        group: heading of the rows that belong together, and their colour.
        name: of the value in its group.
        value: the figure, NaN = not assessable.
        text: the figure as written.
        low, high: the value lies between these for certain (both equal the value where it is exact).
        sigma: standard deviation of the figure, NaN = unknown.
        core, outer: the textbook range and the permissive range; `NO_RANGE` = not shown.
        standing: in range, doubtful, violated or unknown.
        tip: what the row says in full.
    """

    key: int
    group: str
    tint: QColor
    name: str
    value: float
    text: str
    low: float
    high: float
    sigma: float
    core: tuple[float, float]
    outer: tuple[float, float]
    standing: Standing
    tip: str


def _looks(row: BarRow) -> tuple[object, ...]:
    spread = [round(v, 1) if math.isfinite(v) else None for v in (row.value, row.low, row.high, row.sigma)]
    return row.text, row.standing, row.group, row.name, row.core, *(round(v or 0.0, 2) for v in spread)


class BarTable(QWidget):
    """Rows of name, value and bar: core range as a band, permissive range thinner, value as a tick with a whisker.

    Signals:
        chosen(key): a row was clicked or reached by the arrow keys.
    """

    chosen = Signal(int)

    def __init__(self, title: str, scale: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[BarRow] = ()
        self._tops: list[int] = []
        self._scale = scale
        self._selected = -1
        self._title = title
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: Sequence[BarRow]) -> None:
        """Show other values."""
        before, self._rows = self._rows, rows
        if [row.key for row in rows] != [row.key for row in before]:
            self._place()
            self.updateGeometry()
            self.update()
            return
        # While a joint is dragged most rows stay: only those that look different are painted.
        for new, old, top in zip(rows, before, self._tops, strict=True):
            if _looks(new) != _looks(old):
                self.update(0, top, self.width(), ROW_PX)

    def set_selected(self, key: int) -> None:
        """Mark the row with this key, -1 = none."""
        if key != self._selected:
            self._selected = key
            self.update()

    def rows(self) -> Sequence[BarRow]:
        """Return what is shown."""
        return self._rows

    def row_centre(self, index: int) -> QPointF:
        """Return where a row lies in the widget."""
        return QPointF(self.width() / 2, self._tops[index] + ROW_PX / 2)

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(300, self._tops[-1] + ROW_PX if self._tops else 0)

    def _place(self) -> None:
        self._tops, y, group = [], 0, ""
        for row in self._rows:
            if self._tops and row.group != group and row.name:
                y += GROUP_GAP_PX
            self._tops.append(y)
            y += ROW_PX
            group = row.group

    def _index_at(self, y: float) -> int:
        return next((i for i, top in enumerate(self._tops) if top <= y < top + ROW_PX), -1)

    # ---- events --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the mouse."""
        index = self._index_at(event.position().y())
        if index >= 0:
            self.chosen.emit(self._rows[index].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the row before or after."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not step or not self._rows:
            super().keyPressEvent(event)
            return
        keys = [row.key for row in self._rows]
        place = keys.index(self._selected) if self._selected in keys else (-1 if step > 0 else len(keys))
        self.chosen.emit(keys[min(max(place + step, 0), len(keys) - 1)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus frame."""
        self.update()
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell the whole story of a row in its tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos().y())
            QToolTip.showText(event.globalPos(), self._rows[index].tip if index >= 0 else "", self)
            return True
        return super().event(event)

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        group = ""
        for row, top in zip(self._rows, self._tops, strict=True):
            first, group = row.group != group, row.group
            rect = QRectF(0, top, self.width(), ROW_PX)
            if not event.region().intersects(rect.toRect()):
                continue
            if row.key == self._selected:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("accent", alpha=0.22))
                painter.drawRoundedRect(rect, 4, 4)
            self._paint_texts(painter, row, rect, first=first)
            self._paint_bar(painter, row, QRectF(BAR_X, top, self.width() - BAR_X - 6, ROW_PX))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_texts(self, painter: QPainter, row: BarRow, rect: QRectF, *, first: bool) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.fillRect(QRectF(0, rect.top() + (2 if first else 0), 3, ROW_PX - (2 if first else 0)), row.tint)
        if first:
            painter.setFont(font("body"))
            painter.setPen(colour("text"))
            painter.drawText(rect.adjusted(GROUP_X, 0, 0, 0), middle, row.group)
        painter.setFont(font("body"))
        painter.setPen(colour("secondary"))
        painter.drawText(rect.adjusted(NAME_X, 0, 0, 0), middle, row.name)
        loud = row.standing in (Standing.DOUBTFUL, Standing.VIOLATED)
        painter.setFont(font("body", bold=loud, tabular=True))
        ink = colour("secondary") if row.standing is Standing.UNKNOWN else colour("text")
        painter.setPen(row.standing.ink() if loud else ink)
        box = QRectF(NAME_X, rect.top(), VALUE_RIGHT - NAME_X, ROW_PX)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, row.text)

    def _x(self, value: float, bar: QRectF) -> float:
        low, high = self._scale
        return bar.left() + min(max((value - low) / (high - low), 0.0), 1.0) * bar.width()

    def _paint_bar(self, painter: QPainter, row: BarRow, bar: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if row.core != NO_RANGE:
            self._paint_ranges(painter, row, bar)
        if math.isfinite(row.value):
            self._paint_value(painter, row, bar)

    def _paint_ranges(self, painter: QPainter, row: BarRow, bar: QRectF) -> None:
        y = bar.center().y()
        painter.setBrush(colour("line"))
        outer = (self._x(row.outer[0], bar), self._x(row.outer[1], bar))
        painter.drawRoundedRect(QRectF(outer[0], y - 1.5, outer[1] - outer[0], 3), 1.5, 1.5)
        core = (self._x(row.core[0], bar), self._x(row.core[1], bar))
        known = row.standing is not Standing.UNKNOWN
        painter.setBrush(colour("in_range", alpha=0.42 if known else 0.16))
        painter.drawRoundedRect(QRectF(core[0], y - 4, core[1] - core[0], 8), 2, 2)

    def _paint_off_scale(self, painter: QPainter, row: BarRow, bar: QRectF, tint: QColor) -> None:
        y, below = bar.center().y(), row.value < self._scale[0]
        edge, back = (bar.left(), 8) if below else (bar.right(), -8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(QPolygonF([QPointF(edge, y), QPointF(edge + back, y - 6), QPointF(edge + back, y + 6)]))

    def _paint_value(self, painter: QPainter, row: BarRow, bar: QRectF) -> None:
        y = bar.center().y()
        tint = colour("text") if row.standing is Standing.IN_RANGE else row.standing.ink()
        if not self._scale[0] <= row.value <= self._scale[1]:
            self._paint_off_scale(painter, row, bar, tint)
            return
        spread = row.sigma if math.isfinite(row.sigma) else 0.0
        left, right = self._x(row.low - spread, bar), self._x(row.high + spread, bar)
        painter.setPen(QPen(tint, 1.2))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        for x in (left, right):
            painter.drawLine(QPointF(x, y - 2.5), QPointF(x, y + 2.5))
        tick = self._x(row.value, bar)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        if row.low < row.high - 1e-6:
            start, end = self._x(row.low, bar), self._x(row.high, bar)
            painter.drawRoundedRect(QRectF(start, y - 2.5, max(end - start, 3), 5), 2, 2)
        else:
            painter.drawRoundedRect(QRectF(tick - 1.5, y - 7, 3, 14), 1.5, 1.5)
