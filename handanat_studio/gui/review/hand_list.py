"""The hands of the chosen queue as a virtual list; says what was done with each, and no name while names are hidden."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.theme import RADIUS, S4, S8, S12, VERDICT_ICONS, VERDICT_ROLES, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel
from handanat_studio.gui.widgets.entry_view import EntryView
from handanat_studio.store.library import Entry

ROW_PX = 56
THUMB_PX = 44
SCORE_ROOM_PX = 56
DONE_ICONS = {"accepted": "check", "fixed": "annotate", "settled": "check", "returned": "reply"}


class ReviewEntries(EntryModel):
    """Entries whose words tell no file name: it may name the generator.

    Args:
        ctx: for reads and thumbnails.
        word_of: what was done with a hand in this session.
    """

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self._word_of = word_of

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row's words for tool tips and screen readers."""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            entry = self.entry(index.row())
            return "Loading" if entry is None else ", ".join(self.words(entry))
        return super().data(index, role)

    def words(self, entry: Entry) -> list[str]:
        """Return which hand it is, what was done with it, and its score."""
        said = [f"Hand {entry.hand_id}", self.word(entry)]
        if not math.isnan(entry.score_value):
            said.append(f"score {entry.score_value:.2f}")
        return [word for word in said if word]

    def word(self, entry: Entry) -> str:
        """Return what was done with a hand in this session, else its verdict."""
        return self._word_of(entry.hand_id) or entry.verdict or ""

    def done_word(self, hand_id: int) -> str:
        """Return what was done with a hand in this session, "" = nothing."""
        return self._word_of(hand_id)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        view: HandList = self.parent()  # type: ignore[assignment]
        entry = view.entries.entry(index.row())
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, rect)
        picture = QRect(rect.left() + S12, rect.center().y() - THUMB_PX // 2, THUMB_PX, THUMB_PX)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(picture), RADIUS, RADIUS)
        painter.fillPath(shape, colour("raised"))
        if entry is not None:
            self._paint_picture(painter, view, index.row(), entry, picture, shape)
            self._paint_words(painter, view, entry, rect.adjusted(THUMB_PX + S12 + S8, S8, -S12, -S8))
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, view: HandList, row: int, entry: Entry, rect: QRect, shape: QPainterPath
    ) -> None:
        image = view.entries.thumbnail(row, entry, round(THUMB_PX * view.devicePixelRatioF()))
        if image is None:
            return
        if image.isNull():
            icons.paint(painter, "image-broken", rect.adjusted(12, 12, -12, -12), colour("secondary"))
            return
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        target = QRect(QPoint(0, 0), size)
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        painter.setClipping(False)

    def _paint_words(self, painter: QPainter, view: HandList, entry: Entry, rect: QRect) -> None:
        done = view.entries.done_word(entry.hand_id)
        middle = Qt.AlignmentFlag.AlignVCenter
        upper, lower = QRect(rect), QRect(rect)
        upper.setHeight(rect.height() // 2)
        lower.setTop(rect.top() + rect.height() // 2)
        painter.setFont(font("body", tabular=True))
        painter.setPen(colour("secondary" if done else "text"))
        painter.drawText(upper, middle, f"Hand {entry.hand_id}")
        painter.setFont(font("caption", tabular=True))
        word, left = view.entries.word(entry), lower.left()
        name = DONE_ICONS.get(done) or VERDICT_ICONS.get(entry.verdict or "")
        if name:
            role = "secondary" if done else VERDICT_ROLES[entry.verdict or ""]
            icons.paint(painter, name, QRect(left, lower.center().y() - 7, 14, 14), colour(role))
            left += 14 + S4
        painter.setPen(colour("secondary"))
        painter.drawText(QRect(left, lower.top(), lower.right() - left, lower.height()), middle, word)
        is_wide = lower.width() > SCORE_ROOM_PX + painter.fontMetrics().horizontalAdvance(word)
        if not math.isnan(entry.score_value) and is_wide:
            painter.drawText(lower, middle | Qt.AlignmentFlag.AlignRight, f"{entry.score_value:.2f}")


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


class HandList(EntryView):
    """Rows of the queue with thumbnails; only what is visible is loaded.

    Signals:
        chosen(row): a row was clicked or reached by keys.
    """

    chosen = Signal(int)

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = ReviewEntries(ctx, word_of, self)
        self.setModel(self.entries)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Hands of the queue")
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
