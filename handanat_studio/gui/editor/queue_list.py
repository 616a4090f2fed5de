"""The queue: which hands come before and after, as a virtual list over the library's index."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.theme import RADIUS, S4, S8, S12, VERDICT_ICONS, VERDICT_ROLES, colour, font, style_as
from handanat_studio.gui.widgets.entry_model import STATUS_WORDS, AnyIndex, EntryModel
from handanat_studio.gui.widgets.entry_view import EntryView
from handanat_studio.store.library import Entry

ROW_PX = 64
HEADING_PX = 40
THUMB_PX = 52


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        view: QueueList = self.parent()  # type: ignore[assignment]
        entry = view.entries.entry(index.row())
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_row(painter, option, rect)
        picture = QRect(rect.left() + S12, rect.center().y() - THUMB_PX // 2, THUMB_PX, THUMB_PX)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(picture), RADIUS, RADIUS)
        painter.fillPath(shape, colour("raised"))
        if entry is not None:
            self._paint_picture(painter, view, index.row(), entry, picture, shape)
            self._paint_words(painter, entry, rect.adjusted(THUMB_PX + S12 + S8, S8, -S8, -S8))
        painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
        inner = QRectF(rect).adjusted(4, 1, -4, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(colour("accent", alpha=0.20))
            painter.drawRoundedRect(inner, RADIUS, RADIUS)
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(QRectF(inner.left(), inner.top() + 8, 3, inner.height() - 16), 1.5, 1.5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(inner, RADIUS, RADIUS)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawRoundedRect(inner, RADIUS, RADIUS)

    def _paint_picture(
        self, painter: QPainter, view: QueueList, row: int, entry: Entry, rect: QRect, shape: QPainterPath
    ) -> None:
        image = view.entries.thumbnail(row, entry, round(THUMB_PX * view.devicePixelRatioF()))
        if image is None:
            return
        if image.isNull():
            icons.paint(painter, "image-broken", rect.adjusted(14, 14, -14, -14), colour("secondary"))
            return
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        target = QRect(QPoint(0, 0), size)
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        painter.setClipping(False)

    def _paint_words(self, painter: QPainter, entry: Entry, rect: QRect) -> None:
        line = rect.height() // 2
        upper, lower = QRect(rect.left(), rect.top(), rect.width(), line), QRect(rect)
        lower.setTop(rect.top() + line)
        painter.setFont(font("body"))
        painter.setPen(colour("text"))
        name = entry.uri.replace("\\", "/").rsplit("/", 1)[-1]
        middle = Qt.AlignmentFlag.AlignVCenter
        short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, upper.width())
        painter.drawText(upper, middle, short)
        painter.setFont(font("caption", tabular=True))
        text_left = lower.left()
        if entry.verdict:
            mark = QRect(lower.left(), lower.center().y() - 7, 14, 14)
            icons.paint(painter, VERDICT_ICONS[entry.verdict], mark, colour(VERDICT_ROLES[entry.verdict]))
            text_left = mark.right() + S4 + 1
        painter.setPen(colour("secondary"))
        word = entry.verdict or STATUS_WORDS.get(entry.status, entry.status)
        painter.drawText(QRect(text_left, lower.top(), lower.right() - text_left, lower.height()), middle, word)
        if entry.score_value == entry.score_value and entry.score_value is not None:
            painter.drawText(lower, middle | Qt.AlignmentFlag.AlignRight, f"{entry.score_value:.2f}")


class QueuePanel(QWidget):
    """The queue with its heading.

    Args:
        ctx: for reads and thumbnails.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QueueList(ctx)
        self._figure = QLabel()
        self._figure.setFont(font("body", tabular=True))
        style_as(self._figure, quiet=True)
        title = QLabel("Queue")
        title.setFont(font("section", bold=True))
        bar = QFrame()
        style_as(bar, card="bar")
        bar.setFixedHeight(HEADING_PX)
        row = QHBoxLayout(bar)
        row.setContentsMargins(S12, 0, S12, 0)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self._figure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.list, 1)
        self.setMinimumWidth(160)
        self.setMaximumWidth(360)

    def set_position(self, text: str) -> None:
        """Say which row is open, of how many."""
        self._figure.setText(text)


class QueueList(EntryView):
    """Rows of the queue with thumbnails; only what is visible is loaded.

    Signals:
        chosen(row): a row was clicked or reached by keys.
    """

    chosen = Signal(int)

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = EntryModel(ctx, self)
        self.setModel(self.entries)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Queue of hands")
        # An opaque ground lets Qt move the rows when it scrolls, instead of painting each again.
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.viewport().setAutoFillBackground(True)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))

    def set_current(self, row: int) -> None:
        """Show which row is open."""
        index = self.entries.index(row)
        if not index.isValid():
            self.setCurrentIndex(QModelIndex())
        elif index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down open the row they reach; letters are commands, not a search."""
        if event.text() and event.text().isprintable():
            event.ignore()
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.currentIndex().row() not in (before, -1):
            self.chosen.emit(self.currentIndex().row())
