"""How one cell of the thumbnail grid is painted: the crop, its badges, and the ring around what is selected."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from handanat_studio.gui import icons, theme
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel, status_of
from handanat_studio.hand.values import PLAUSIBLE
from handanat_studio.store.library import Entry

STATUS_ROLES = {
    "detected": "secondary",
    "in_progress": "doubtful",
    "done": "in_range",
    "no_hand": "secondary",
    "waiting": "secondary",
    "error": "violated",
}
BADGE_HEIGHT = 20
WORDS_FROM = 192


class EntryDelegate(QStyledItemDelegate):
    """Paints entries; `side` is the crop's side and `cell` the room it gets, in logical pixels."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.side = WORDS_FROM
        self.cell = QSize(self.side + theme.S12, self.side + theme.S12)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return self.cell

    def picture_rect(self, cell: QRect) -> QRect:
        """Return where the crop goes inside a cell."""
        rect = QRect(0, 0, self.side, self.side)
        rect.moveCenter(cell.center())
        return rect

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        assert isinstance(model, EntryModel)
        row = index.row()
        rect = self.picture_rect(option.rect)
        state = option.state
        entry = model.entry(row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(rect), theme.RADIUS, theme.RADIUS)
        painter.fillPath(shape, theme.colour("raised"))
        if entry is not None:
            ratio = painter.device().devicePixelRatio()
            image = model.thumbnail(row, entry, round(self.side * ratio))
            painter.setClipPath(shape)
            self._paint_picture(painter, rect, image)
            painter.setClipping(False)
            self._paint_badges(painter, rect, entry)
        self._paint_ring(painter, rect, state)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, image: QImage | None) -> None:
        if image is None:
            return
        if image.isNull():
            place = QRect(0, 0, 40, 40)
            place.moveCenter(rect.center() - QPoint(0, 8))
            icons.paint(painter, "image-broken", place, theme.colour("secondary"))
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font("caption"))
            below = QRect(rect.left(), place.bottom() + theme.S4, rect.width(), 20)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "Cannot be read")
            return
        size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(QPoint(0, 0), size)
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.size() != image.size())
        painter.drawImage(target, image)

    def _paint_badges(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setFont(theme.font("caption", tabular=True))
        metrics = QFontMetrics(painter.font())
        inner = rect.adjusted(6, 6, -6, -6)
        dot = QRect(inner.right() - BADGE_HEIGHT + 1, inner.top(), BADGE_HEIGHT, BADGE_HEIGHT)
        status = status_of(entry)
        _pill(painter, dot)
        icons.paint(painter, f"status-{status}", dot.adjusted(4, 4, -4, -4), theme.colour(STATUS_ROLES[status]))
        if entry.verdict:
            word = entry.verdict if self.side >= WORDS_FROM else ""
            wide = BADGE_HEIGHT + 2 + (metrics.horizontalAdvance(word) + 6 if word else 0)
            pill = QRect(inner.left(), inner.bottom() - BADGE_HEIGHT + 1, wide, BADGE_HEIGHT)
            _pill(painter, pill)
            mark = QRect(pill.left() + 3, pill.top() + 2, 16, 16)
            icons.paint(painter, f"{entry.verdict}", mark, theme.colour(theme.VERDICT_ROLES[entry.verdict]))
            painter.setPen(theme.colour("text"))
            painter.drawText(pill.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word)
        if not math.isnan(entry.score_value):
            _paint_score(painter, metrics, inner, entry)

    def _paint_ring(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            pen = QPen(theme.colour("accent"), 3)
        elif state & QStyle.StateFlag.State_HasFocus:
            pen = QPen(theme.colour("accent"), 1, Qt.PenStyle.DashLine)
        elif state & QStyle.StateFlag.State_MouseOver:
            pen = QPen(theme.colour("secondary"), 1)
        else:
            return
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), theme.RADIUS + 2, theme.RADIUS + 2)


def _paint_score(painter: QPainter, metrics: QFontMetrics, inner: QRect, entry: Entry) -> None:
    """Paint the scorer's figure; one that is not plausible carries its mark, so that it stands out in the grid."""
    text = f"{entry.score_value:.2f}"
    verdict = entry.score_verdict if entry.score_verdict != PLAUSIBLE else None
    room = 18 if verdict else 0
    wide = metrics.horizontalAdvance(text) + 14 + room
    pill = QRect(inner.right() - wide + 1, inner.bottom() - BADGE_HEIGHT + 1, wide, BADGE_HEIGHT)
    _pill(painter, pill)
    if verdict:
        mark = QRect(pill.left() + 4, pill.top() + 3, 14, 14)
        icons.paint(painter, theme.VERDICT_ICONS[verdict], mark, theme.colour(theme.VERDICT_ROLES[verdict]))
    painter.setPen(theme.colour("text"))
    painter.drawText(pill.adjusted(room, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, text)


def _pill(painter: QPainter, rect: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("panel", alpha=0.92))
    painter.drawRoundedRect(QRectF(rect), BADGE_HEIGHT / 2, BADGE_HEIGHT / 2)
