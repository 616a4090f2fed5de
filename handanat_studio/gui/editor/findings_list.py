"""What is wrong with a hand, as a list: value, limit, certainty and source, and the expert's word on each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.joint_angles import Standing, finding_standing, part_words, signed
from handanat_studio.gui.theme import S4, S8, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.hand.values import Finding

ROW_PX = 44
BUTTON_PX = 24
FindingRole = Qt.ItemDataRole.UserRole + 1


def finding_title(finding: Finding) -> str:
    """Return the finding in one line: "AnyIndex PIP 131° > 125°"."""
    if finding.kind == "count" and math.isfinite(finding.value):
        return f"{finding.value:.0f} digits instead of {finding.limit:.0f}"
    parts = [_subject(finding)]
    unit = "°" if finding.unit == "deg" else ""
    digits = 2 if finding.unit == "ratio" else 0
    if math.isfinite(finding.value):
        parts.append(f"{signed(finding.value, digits)}{unit}")
        if math.isfinite(finding.limit):
            sign = ">" if finding.value > finding.limit else "<"
            parts.append(f"{sign} {signed(finding.limit, digits)}{unit}")
    return " ".join(parts)


def _subject(finding: Finding) -> str:
    first, _, second = finding.part.partition("_")
    digit = first.capitalize()
    if finding.part == "hand":
        return {"count": "Digits", "chirality": "Not the side stated"}.get(finding.kind, "Forked or grown together")
    if finding.kind == "ratio":
        return f"{digit} length"
    if finding.kind == "webbing":
        return f"{digit}–{second} web" if second else f"{digit} base away from palm"
    if second == "abduction":
        return f"{digit} sideways"
    return part_words(finding.part) if second else f"{digit} S-bend"


def finding_detail(finding: Finding) -> str:
    """Return certainty and source in one line."""
    said = [f"{finding.probability * 100:.0f} % sure"]
    if finding.kind == "ratio" and math.isfinite(finding.limit):
        said.append(f"usual {finding.limit:.2f}")
    excess = abs(finding.value - finding.limit)
    if math.isfinite(finding.z) and finding.z > 0 and math.isfinite(excess) and finding.unit == "deg":
        said.append(f"±{excess / finding.z:.0f}°")
    if finding.source:
        said.append(finding.source)
    return " · ".join(said)


class FindingModel(QAbstractListModel):
    """The findings of the hand that is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Finding, ...] = ()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings; rows that stay keep their selection."""
        rows = tuple(findings)
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def findings(self) -> tuple[Finding, ...]:
        """Return what is shown."""
        return self._rows

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """Return the number of findings."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a finding, its text, or its full story as a tool tip."""
        if not index.isValid():
            return None
        finding = self._rows[index.row()]
        if role == FindingRole:
            return finding
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return finding_title(finding)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{finding_title(finding)}\n{finding_detail(finding)}"
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a finding: shape and colour for certainty, two lines of text, agree and reject."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        finding: Finding = index.data(FindingRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent", alpha=0.20) if selected else colour("raised"))
            painter.drawRoundedRect(rect, S4, S4)
        draw_standing(painter, finding_standing(finding), QPointF(rect.left() + 14, rect.center().y()))
        self._paint_text(painter, finding, rect.adjusted(30, 4, -2 * BUTTON_PX - S8, -4))
        for word, icon in ((True, "check"), (False, "cross")):
            box = button_rect(option.rect, word)
            chosen = finding.accepted is word
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("accent"))
                painter.drawRoundedRect(QRectF(box).adjusted(2, 2, -2, -2), S4, S4)
            tint = colour("accent_text" if chosen else "secondary")
            painter.drawPixmap(
                box.topLeft() + QPoint(5, 5), _sign(icon, tint.rgb(), painter.device().devicePixelRatio())
            )
        painter.restore()

    def _paint_text(self, painter: QPainter, finding: Finding, rect: QRectF) -> None:
        upper, lower = QRectF(rect), QRectF(rect)
        upper.setHeight(rect.height() / 2)
        lower.setTop(rect.top() + rect.height() / 2)
        title = font("body", bold=True, tabular=True)
        title.setStrikeOut(finding.accepted is False)
        for box, face, role, text in (
            (upper, title, "text", finding_title(finding)),
            (lower, font("caption", tabular=True), "secondary", finding_detail(finding)),
        ):
            painter.setFont(face)
            painter.setPen(colour(role))
            short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)


@lru_cache(maxsize=64)
def _sign(icon: str, rgb: int, ratio: float) -> QPixmap:
    return icons.pixmap(icon, BUTTON_PX - 10, QColor.fromRgb(rgb), ratio)


def button_rect(row: QRect, agree: bool) -> QRect:
    """Return where the agree (or reject) button of a row lies."""
    x = row.right() - BUTTON_PX * (2 if agree else 1)
    return QRect(x, row.center().y() - BUTTON_PX // 2, BUTTON_PX, BUTTON_PX)


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


class FindingsList(QListView):
    """The findings as a list as high as its rows.

    Signals:
        chosen(Finding): a row was clicked, or Enter pressed on it.
        judged(Finding, object): the expert agrees (True), rejects (False) or takes the word back (None).
    """

    chosen = Signal(object)
    judged = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = FindingModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Findings")
        self.setAccessibleDescription("Enter shows the joint. Plus agrees, minus rejects.")
        self.viewport().setAutoFillBackground(False)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings."""
        before = len(self._model.findings())
        self._model.set_findings(findings)
        if len(findings) != before:
            self.updateGeometry()

    def findings(self) -> tuple[Finding, ...]:
        """Return what is shown."""
        return self._model.findings()

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(200, ROW_PX * self._model.rowCount())

    def minimumSizeHint(self) -> QSize:
        """Never scroll inside the panel."""
        return self.sizeHint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked: a row, or its agree or reject button."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        finding: Finding = index.data(FindingRole)
        for word in (True, False):
            if button_rect(self.visualRect(index), word).contains(event.position().toPoint()):
                self.judged.emit(finding, None if finding.accepted is word else word)
                return
        self.chosen.emit(finding)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the joint; plus agrees, minus rejects."""
        index = self.currentIndex()
        finding = index.data(FindingRole) if index.isValid() else None
        if finding is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(finding)
        elif finding is not None and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            word = event.key() == Qt.Key.Key_Plus
            self.judged.emit(finding, None if finding.accepted is word else word)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Let the panel around it scroll."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return False
        return super().event(event)
