"""Hands as rows with a thumbnail: the list behind every queue, and how a row looks before its words are written."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.theme import RADIUS, S8, S12, colour
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel
from handanat_studio.gui.widgets.entry_view import EntryView
from handanat_studio.store.library import Entry

BROKEN_INSET = 0.27
"""Share of a thumbnail's side that is left free around the sign of a broken image."""


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
    """Paint what lies behind a row: selection with a bar at its left, the cursor, the keyboard focus."""
    inner = QRectF(rect).adjusted(4, 1, -4, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(colour("accent", alpha=0.20))
        painter.drawRoundedRect(inner, RADIUS, RADIUS)
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(QRectF(inner.left(), inner.top() + 6, 3, inner.height() - 12), 1.5, 1.5)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(inner, RADIUS, RADIUS)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour("accent"), 1.5))
        painter.drawRoundedRect(inner, RADIUS, RADIUS)


class HandRowDelegate(QStyledItemDelegate):
    """Paints ground and thumbnail; what is written beside them is said by `paint_words`.

    Args:
        view: the list.
        row_px: height of a row.
        thumb_px: side of a thumbnail.
    """

    def __init__(self, view: HandRows, row_px: int, thumb_px: int) -> None:
        super().__init__(view)
        self._view = view
        self._row_px, self._thumb_px = row_px, thumb_px

    def paint_words(self, painter: QPainter, entry: Entry, rect: QRect) -> None:
        """Write what there is to say of a hand; by default nothing."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, self._row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        entry, side = self._view.entries.entry(index.row()), self._thumb_px
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, rect)
        picture = QRect(rect.left() + S12, rect.center().y() - side // 2, side, side)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(picture), RADIUS, RADIUS)
        painter.fillPath(shape, colour("raised"))
        if entry is not None:
            self._paint_picture(painter, index.row(), entry, picture, shape)
            self.paint_words(painter, entry, rect.adjusted(side + S12 + S8, S8, -S8, -S8))
        painter.restore()

    def _paint_picture(self, painter: QPainter, row: int, entry: Entry, rect: QRect, shape: QPainterPath) -> None:
        image = self._view.entries.thumbnail(row, entry, round(self._thumb_px * self._view.devicePixelRatioF()))
        if image is None:
            return
        if image.isNull():
            inset = round(self._thumb_px * BROKEN_INSET)
            icons.paint(painter, "image-broken", rect.adjusted(inset, inset, -inset, -inset), colour("secondary"))
            return
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        target = QRect(QPoint(0, 0), size)
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        painter.setClipping(False)


class HandRows(EntryView):
    """Rows of a queue; only what is visible is loaded.

    Signals:
        chosen(row): a row was clicked or reached by keys.

    Args:
        entries: what is listed.
        name: what a screen reader calls the list.
    """

    chosen = Signal(int)

    def __init__(self, entries: EntryModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = entries
        entries.setParent(self)
        self.setModel(entries)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        # An opaque ground lets Qt move the rows when it scrolls, instead of painting each again.
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.viewport().setAutoFillBackground(True)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))

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
