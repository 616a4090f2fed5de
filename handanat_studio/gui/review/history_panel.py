"""The history of a hand: who did what when, by which version; a slider steps through it and any state can come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSlider,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons
from handanat_studio.gui.theme import S4, S8, S12, colour, font, style_as
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.gui.widgets.row_model import RowModel, RowRole
from handanat_studio.workflows.provenance import Deed

ROW_PX = 44
KIND_ICONS = {
    "prediction": "ghost",
    "score": "angle",
    "annotation": "annotate",
    "fix": "annotate",
    "adjudication": "review",
    "review": "check",
    "comment": "comment",
}


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A deed as it is shown.

    Attributes:
        deed: what the store knows.
        who: "you", a name, a letter, or "somebody".
        what: its words, with no name that is hidden.
    """

    deed: Deed
    who: str
    what: str

    def detail(self) -> str:
        """Return who, when and which model version."""
        return "  ·  ".join(word for word in (self.who, when_words(self.deed.at), self.deed.version) if word)


def when_words(at: str) -> str:
    """Return a stored UTC time as local day and time, "" if it is none."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%d %b %Y, %H:%M")
    except ValueError:
        return ""


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: DeedRow = index.data(RowRole)
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
        name = "reply" if row.what.startswith("Returned") else KIND_ICONS.get(row.deed.kind, "info")
        sign = QRectF(rect.left() + S8, rect.center().y() - 8, 16, 16)
        icons.paint(painter, name, sign, colour("secondary"))
        words = rect.adjusted(16 + 2 * S8 + S4, 4, -S8, -4)
        self._paint_words(painter, row, words)
        painter.restore()

    def _paint_words(self, painter: QPainter, row: DeedRow, rect: QRectF) -> None:
        upper, lower = QRectF(rect), QRectF(rect)
        upper.setHeight(rect.height() / 2)
        lower.setTop(rect.top() + rect.height() / 2)
        strong = row.deed.opinion is not None
        for box, face, role, text in (
            (upper, font("body"), "text" if strong else "secondary", row.what),
            (lower, font("caption", tabular=True), "secondary", row.detail()),
        ):
            painter.setFont(face)
            painter.setPen(colour(role))
            short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)


class _List(QListView):
    """Left and Right step like Up and Down: the slider below lies on its side."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step; letters are commands, not a search."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            row = min(max(self.currentIndex().row() + step, 0), self.model().rowCount() - 1)
            self.setCurrentIndex(self.model().index(row, 0))
        elif event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)


class HistoryPanel(QFrame):
    """Takes the place of the case while it is open.

    Signals:
        stepped(Deed): another state is looked at.
        restore_pressed(Deed): it should count again, as a new revision.
        closed().
    """

    stepped = Signal(object)
    restore_pressed = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_as(self, card="side")
        self._model = RowModel(self, lambda row: f"{row.what}\n{row.detail()}")
        self.list = _List()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.restore = QPushButton("Restore as a new revision")
        self._close = QPushButton("Close")
        self._figure = QLabel()
        self._build()
        self.list.selectionModel().currentChanged.connect(self._on_row)
        self.slider.valueChanged.connect(self._on_slider)
        self.restore.clicked.connect(self._on_restore)
        self._close.clicked.connect(self.closed)

    def _build(self) -> None:
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("History")
        self.list.viewport().setAutoFillBackground(False)
        self.slider.setAccessibleName("Step through the history")
        self.slider.setPageStep(1)
        self.slider.setMinimumHeight(24)
        style_as(self.restore, kind="primary")
        style_as(self._figure, quiet=True)
        self._figure.setFont(font("body", tabular=True))
        title = QLabel("History")
        title.setFont(font("section", bold=True))
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self._figure)
        foot.setSpacing(S8)
        foot.addWidget(self.restore, 1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S12, S12, S12)
        layout.setSpacing(S8)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.slider)
        layout.addLayout(foot)

    def show_rows(self, rows: Sequence[DeedRow]) -> None:
        """Show a hand's deeds, oldest first, and look at the newest."""
        self._model.show(rows)
        self.slider.setRange(0, max(len(rows) - 1, 0))
        self.slider.setEnabled(len(rows) > 1)
        if rows:
            self.list.setCurrentIndex(self._model.index(len(rows) - 1))
        else:
            self._figure.clear()
            self.restore.setEnabled(False)

    def rows(self) -> list[DeedRow]:
        """Return what is shown."""
        return list(self._model.rows)

    def current(self) -> Deed | None:
        """Return the deed that is looked at."""
        row = self.list.currentIndex().row()
        return self._model.rows[row].deed if 0 <= row < len(self._model.rows) else None

    def step(self, by: int) -> None:
        """Look at the deed that many places on."""
        self.slider.setValue(self.slider.value() + by)

    def _on_row(self, index: QModelIndex) -> None:
        row, count = index.row(), len(self._model.rows)
        if not 0 <= row < count:
            return
        self.slider.setValue(row)
        self._figure.setText(f"{row + 1} / {count}")
        deed = self._model.rows[row].deed
        self.restore.setEnabled(deed.opinion is not None)
        self.restore.setToolTip("" if deed.opinion is not None else "This deed has no state of its own.")
        self.stepped.emit(deed)

    def _on_slider(self, value: int) -> None:
        if value != self.list.currentIndex().row():
            self.list.setCurrentIndex(self._model.index(value))

    def _on_restore(self) -> None:
        deed = self.current()
        if deed is not None and deed.opinion is not None:
            self.restore_pressed.emit(deed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
