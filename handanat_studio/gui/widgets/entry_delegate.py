"""How one cell of the thumbnail grid is painted: the crop, its badges, and the ring around what is selected."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from handanat_studio.gui import icons, theme
from handanat_studio.gui.editor.stage_line import STAGE_ROLES, stage_icon
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel, status_of
from handanat_studio.hand.annotation import DRAFT
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
        self._is_dark = True
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
        # Asking the application for its palette costs more than painting a badge; here it is asked once a cell.
        self._is_dark = theme.is_dark()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(rect), theme.RADIUS, theme.RADIUS)
        painter.fillPath(shape, self._ink("raised"))
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
            icons.paint(painter, "image-broken", place, self._ink("secondary"))
            painter.setPen(self._ink("secondary"))
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
        for name, role in _signs(entry):
            self._pill(painter, dot)
            icons.paint(painter, name, dot.adjusted(3, 3, -3, -3), self._ink(role))
            dot.translate(-BADGE_HEIGHT - theme.S4, 0)
        if entry.verdict:
            word = entry.verdict if self.side >= WORDS_FROM else ""
            wide = BADGE_HEIGHT + 2 + (metrics.horizontalAdvance(word) + 6 if word else 0)
            pill = QRect(inner.left(), inner.bottom() - BADGE_HEIGHT + 1, wide, BADGE_HEIGHT)
            self._pill(painter, pill)
            mark = QRect(pill.left() + 3, pill.top() + 2, 16, 16)
            icons.paint(painter, f"{entry.verdict}", mark, self._ink(theme.VERDICT_ROLES[entry.verdict]))
            painter.setPen(self._ink("text"))
            painter.drawText(pill.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word)
        if not math.isnan(entry.score_value):
            self._paint_score(painter, metrics, inner, entry)

    def _paint_ring(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            pen = QPen(self._ink("accent"), 3)
        elif state & QStyle.StateFlag.State_HasFocus:
            pen = QPen(self._ink("accent"), 1, Qt.PenStyle.DashLine)
        elif state & QStyle.StateFlag.State_MouseOver:
            pen = QPen(self._ink("secondary"), 1)
        else:
            return
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), theme.RADIUS + 2, theme.RADIUS + 2)

    def _paint_score(self, painter: QPainter, metrics: QFontMetrics, inner: QRect, entry: Entry) -> None:
        """Paint the scorer's figure; one that is not plausible carries its mark, so that it stands out in the grid."""
        text = f"{entry.score_value:.2f}"
        verdict = entry.score_verdict if entry.score_verdict != PLAUSIBLE else None
        room = 18 if verdict else 0
        wide = metrics.horizontalAdvance(text) + 14 + room
        pill = QRect(inner.right() - wide + 1, inner.bottom() - BADGE_HEIGHT + 1, wide, BADGE_HEIGHT)
        self._pill(painter, pill)
        if verdict:
            mark = QRect(pill.left() + 4, pill.top() + 3, 14, 14)
            icons.paint(painter, theme.VERDICT_ICONS[verdict], mark, self._ink(theme.VERDICT_ROLES[verdict]))
        painter.setPen(self._ink("text"))
        painter.drawText(pill.adjusted(room, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, text)

    def _pill(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink("panel", alpha=0.92))
        painter.drawRoundedRect(QRectF(rect), BADGE_HEIGHT / 2, BADGE_HEIGHT / 2)

    def _ink(self, role: str, *, alpha: float = 1.0) -> QColor:
        return theme.colour(role, alpha=alpha, dark=self._is_dark)


def _signs(entry: Entry) -> Iterator[tuple[str, str]]:
    """Give icon and colour of what stands in the upper corner, from the right: how far it has come, and marks."""
    if entry.stage in ("", DRAFT) or entry.status == "error":
        status = status_of(entry)
        yield f"status-{status}", STATUS_ROLES[status]
    else:
        yield stage_icon(entry.stage), STAGE_ROLES[entry.stage]
    if entry.is_flagged:
        yield "flag", "doubtful"
    if entry.is_commented:
        yield "comment", "text"
