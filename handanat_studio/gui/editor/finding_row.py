"""Paints one finding: shape and colour for certainty, what is wrong, and the buttons for the expert's word on it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from handanat_studio.gui import icons
from handanat_studio.gui.editor.finding_words import finding_detail, finding_story, finding_title, is_own
from handanat_studio.gui.editor.joint_angles import Standing, finding_standing
from handanat_studio.gui.theme import S4, S8, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.hand.values import Finding

ROW_PX = 44
BUTTON_PX = 24
TEXT_LEFT = 30
STORY_TOP = 28
FindingRole = Qt.ItemDataRole.UserRole + 1
_WRAP = Qt.TextFlag.TextWordWrap


def button_rect(row: QRect, agree: bool) -> QRect:
    """Return where the agree (or reject) button of a row lies; one's own finding has only the second, to remove it."""
    x = row.right() - BUTTON_PX * (2 if agree else 1)
    down = 2 if row.height() > ROW_PX else (ROW_PX - BUTTON_PX) // 2
    return QRect(x, row.top() + down, BUTTON_PX, BUTTON_PX)


class FindingDelegate(QStyledItemDelegate):
    """One row: two lines of text; the current row tells the whole story."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, self.height(index, self._view.viewport().width()))

    def height(self, index: AnyIndex, width: int) -> int:
        """Return how high a row is at a width."""
        if index.row() != self._view.currentIndex().row():
            return ROW_PX
        room = QRect(0, 0, max(width - TEXT_LEFT - S8, 80), 1000)
        text = finding_story(index.data(FindingRole))
        return STORY_TOP + QFontMetrics(font("caption")).boundingRect(room, _WRAP, text).height() + S8

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        finding: Finding = index.data(FindingRole)
        is_current = index.row() == self._view.currentIndex().row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if is_current or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(colour("accent"), 1.5) if self._view.hasFocus() and is_current else Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", alpha=0.20) if is_current else colour("raised"))
            painter.drawRoundedRect(rect.adjusted(1, 0, -1, 0), S4, S4)
        draw_standing(painter, finding_standing(finding), QPointF(rect.left() + 14, rect.top() + ROW_PX / 2 - 1))
        self._paint_text(painter, finding, rect, is_current=is_current)
        self._paint_buttons(painter, finding, option.rect)
        painter.restore()

    def _paint_text(self, painter: QPainter, finding: Finding, rect: QRectF, *, is_current: bool) -> None:
        upper = QRectF(rect.left() + TEXT_LEFT, rect.top() + 4, rect.width() - TEXT_LEFT - 2 * BUTTON_PX - S8, 17)
        title = font("body", bold=True, tabular=True)
        title.setStrikeOut(finding.accepted is False)
        painter.setFont(title)
        painter.setPen(colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = finding_title(finding)
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(upper.width()))
        painter.drawText(upper, middle, short)
        painter.setFont(font("caption", tabular=True))
        painter.setPen(colour("secondary"))
        if is_current:
            below = QRectF(upper.left(), rect.top() + STORY_TOP, rect.width() - TEXT_LEFT - S8, 1000)
            painter.drawText(below, _WRAP, finding_story(finding))
            return
        lower = QRectF(upper.left(), upper.bottom(), upper.width(), 17)
        detail = finding_detail(finding)
        painter.drawText(
            lower, middle, painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, int(lower.width()))
        )

    def _paint_buttons(self, painter: QPainter, finding: Finding, row: QRect) -> None:
        own = is_own(finding)
        for word, icon in ((False, "trash"),) if own else ((True, "check"), (False, "cross")):
            box = button_rect(row, word)
            chosen = not own and finding.accepted is word
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("accent"))
                painter.drawRoundedRect(QRectF(box).adjusted(2, 2, -2, -2), S4, S4)
            tint = colour("accent_text" if chosen else "secondary")
            ratio = painter.device().devicePixelRatio()
            painter.drawPixmap(box.topLeft() + QPoint(5, 5), _sign(icon, tint.rgb(), ratio))


@lru_cache(maxsize=64)
def _sign(icon: str, rgb: int, ratio: float) -> QPixmap:
    return icons.pixmap(icon, BUTTON_PX - 10, QColor.fromRgb(rgb), ratio)


def draw_standing(painter: QPainter, standing: Standing, at: QPointF) -> None:
    """Draw the sign of a standing: filled triangle = violated, hollow diamond = doubtful, ring = in range."""
    path, tint = QPainterPath(), standing.ink()
    if standing is Standing.VIOLATED:
        corners = [QPointF(0, -7), QPointF(7.5, 6), QPointF(-7.5, 6)]
    elif standing is Standing.DOUBTFUL:
        corners = [QPointF(0, -7), QPointF(7, 0), QPointF(0, 7), QPointF(-7, 0)]
    else:
        path.addEllipse(at, 5.5, 5.5)
        corners = []
    for place, corner in enumerate(corners):
        (path.lineTo if place else path.moveTo)(at + corner)
    path.closeSubpath()
    painter.setBrush(tint if standing is Standing.VIOLATED else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tint, 1.8, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)
