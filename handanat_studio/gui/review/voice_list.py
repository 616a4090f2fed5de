"""Who said what: one line for each voice, with letter, verdict and stage, and names only where they may be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.review.ghosts import DASHES, TINTS
from handanat_studio.gui.theme import RADIUS, S8, VERDICT_ICONS, VERDICT_ROLES, colour, font, is_dark, style_as

ROW_PX = 32
BADGE_PX = 22
REMARK_LEFT = BADGE_PX + S8


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """One voice as it is shown.

    Attributes:
        letter: stands for her.
        name: "" while names are hidden.
        verdict: None = undecided.
        stage: how far it has come, in words.
        side: 0 = drawn as the left ghost, 1 = as the right one, -1 = not compared now.
        remark: why it was handed in although it contradicts itself, "" = it does not.
    """

    letter: str
    name: str
    verdict: str | None
    stage: str
    side: int
    remark: str = ""

    def text(self) -> str:
        """Return the row in words."""
        said = [self.letter, self.name, self.verdict or "no verdict", self.stage, self.remark]
        return ", ".join(word for word in said if word)


class _Line(QWidget):
    def __init__(self, row: VoiceRow) -> None:
        super().__init__()
        self._row = row
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(row.text())
        self.setToolTip(row.text())

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(200, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint letter, verdict, name and stage."""
        painter, row = QPainter(self), self._row
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(0, 0, self.width(), ROW_PX)
        badge = QRectF(1, rect.center().y() - BADGE_PX / 2, BADGE_PX, BADGE_PX)
        _paint_badge(painter, row, badge)
        left = badge.right() + S8
        if row.verdict is not None:
            sign = QRectF(left, rect.center().y() - 8, 16, 16)
            icons.paint(painter, VERDICT_ICONS[row.verdict], sign, colour(VERDICT_ROLES[row.verdict]))
            left = sign.right() + 6
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font("caption"))
        stage_width = painter.fontMetrics().horizontalAdvance(row.stage) + S8
        painter.setPen(colour("secondary"))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, row.stage)
        painter.setFont(font("body"))
        painter.setPen(colour("text"))
        words = "  ·  ".join(word for word in (row.verdict or "no verdict", row.name) if word)
        room = QRectF(left, 0, rect.width() - left - stage_width, rect.height())
        short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, middle, short)


def _paint_badge(painter: QPainter, row: VoiceRow, badge: QRectF) -> None:
    painter.setBrush(colour("raised"))
    ink = colour("secondary") if row.side < 0 else QColor(TINTS[row.side])
    if not is_dark() and row.side >= 0:
        ink = ink.darker(180)
    pen = QPen(ink, 1.8, c=Qt.PenCapStyle.RoundCap)
    if row.side >= 0:
        pen.setDashPattern(list(DASHES[row.side]))
    painter.setPen(pen)
    painter.drawRoundedRect(badge.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    painter.setPen(colour("text"))
    painter.setFont(font("body", bold=True))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, row.letter)


def _remark(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font("caption"))
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setContentsMargins(REMARK_LEFT, 0, 0, S8)
    style_as(label, quiet=True)
    return label


class VoiceList(QWidget):
    """The voices of the hand that is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[VoiceRow, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setAccessibleName("Who said what")

    def show_rows(self, rows: Sequence[VoiceRow]) -> None:
        """Show other voices."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in rows:
            self._layout.addWidget(_Line(row))
            if row.remark:
                self._layout.addWidget(_remark(row.remark))
        self.setAccessibleDescription("; ".join(row.text() for row in rows))
        self.updateGeometry()

    def rows(self) -> tuple[VoiceRow, ...]:
        """Return what is shown."""
        return self._rows

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
