"""The list of steps of a hand: stored revisions, this session's steps, those that were undone, and what became of
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handanat_studio.gui.editor.text_field import keeps_key
from handanat_studio.gui.theme import S4, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.gui.widgets.row_model import RowModel, RowRole
from handanat_studio.hand.annotation import Annotation

ROW_PX = 24
VISIBLE_ROWS = 8


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the list.

    Attributes:
        action: what was done.
        time: when, "" = not known.
        position: step of this session, -1 = something else.
        revision: the stored revision that a click restores; None = a step of this session, or a deed.
    """

    action: str
    time: str
    position: int = -1
    revision: Annotation | None = None

    @property
    def is_deed(self) -> bool:
        """Whether it is no state of the hand but something that was done with one."""
        return self.position < 0 and self.revision is None


class _Model(RowModel):
    """Newest first: what matters is at the top of a long list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, lambda row: f"{row.action}  {row.time}".strip())
        self.current = -1

    def show_steps(self, rows: Sequence[HistoryRow], current: int) -> None:
        """List steps, oldest first in `rows`; `current` is the session step that counts now."""
        self.current = current
        self.show(list(reversed(rows)))


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: HistoryRow = index.data(RowRole)
        model = index.model()
        assert isinstance(model, _Model)
        current = model.current
        now = row.position == current and row.position >= 0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(rect, S4, S4)
        dot = QRectF(rect.left() + 7, rect.center().y() - 3.5, 7, 7)
        painter.setPen(colour("accent" if now else "secondary"))
        painter.setBrush(colour("accent") if now else Qt.BrushStyle.NoBrush)
        if row.is_deed:
            painter.drawLine(QPointF(dot.left(), dot.center().y()), QPointF(dot.right(), dot.center().y()))
        else:
            painter.drawEllipse(dot)
        undone = row.position > current
        painter.setPen(colour("disabled" if undone else "secondary" if row.is_deed else "text"))
        painter.setFont(font("body", bold=now))
        middle = Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(24, 0, -64, 0)
        painter.drawText(
            room, middle, painter.fontMetrics().elidedText(row.action, Qt.TextElideMode.ElideRight, int(room.width()))
        )
        painter.setFont(font("caption", tabular=True))
        painter.setPen(colour("secondary"))
        word = "now" if now else "undone" if undone else row.time
        painter.drawText(rect.adjusted(0, 0, -8, 0), middle | Qt.AlignmentFlag.AlignRight, word)
        painter.restore()


class HistoryList(QListView):
    """Steps, newest first; a click goes back (or forward) to one, which is a new revision on disk.

    Signals:
        step_chosen(position), revision_chosen(Annotation).
    """

    step_chosen = Signal(int)
    revision_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("History")
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)

    def show_rows(self, rows: Sequence[HistoryRow], current: int) -> None:
        """Show steps, oldest first in `rows`; `current` is the session step that counts now."""
        self._model.show_steps(rows, current)
        self.updateGeometry()

    def rows(self) -> list[HistoryRow]:
        """Return what is shown, newest first."""
        return list(self._model.rows)

    def sizeHint(self) -> QSize:
        """Return room for a few rows; more of them scroll."""
        return QSize(200, ROW_PX * min(max(self._model.rowCount(), 1), VISIBLE_ROWS))

    def _on_chosen(self, index: AnyIndex) -> None:
        row: HistoryRow = index.data(RowRole)
        if row.revision is not None:
            self.revision_chosen.emit(row.revision)
        elif not row.is_deed:
            self.step_chosen.emit(row.position)

    def event(self, event: QEvent) -> bool:
        """Keep Enter from being a command; let the panel scroll where the list has nothing to scroll."""
        if keeps_key(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.Wheel and self._model.rowCount() <= VISIBLE_ROWS:
            event.ignore()
            return False
        return super().event(event)
