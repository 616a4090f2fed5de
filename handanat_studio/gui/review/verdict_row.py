"""The reviewer's verdict on the result: three buttons in one row, readable while nothing may be changed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.theme import RADIUS, S4, VERDICT_ICONS, VERDICT_ROLES, colour, font
from handanat_studio.hand.values import VERDICTS

HEIGHT_PX = 36
KEYS = {"plausible": "Shift+P", "implausible": "Shift+I", "unsure": "Shift+U"}


class VerdictButton(QRadioButton):
    """One verdict: icon and word; the chosen one is filled and outlined."""

    def __init__(self, verdict: str, parent: QWidget | None = None) -> None:
        super().__init__(verdict.capitalize(), parent)
        self.verdict = verdict
        self.setAutoExclusive(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{verdict.capitalize()}  ({KEYS[verdict]})")
        self.setAccessibleName(f"Verdict {verdict}, key {KEYS[verdict]}")

    def sizeHint(self) -> QSize:
        """Return the size of a button."""
        return QSize(96, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a button."""
        return QSize(80, HEIGHT_PX)

    def hitButton(self, pos: object) -> bool:
        """Take a click anywhere on the button."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen, role = self.isChecked(), VERDICT_ROLES[self.verdict]
        painter.setBrush(colour(role, alpha=0.18) if chosen else colour("raised"))
        edge = colour(role) if chosen else colour("secondary" if self.underMouse() and self.isEnabled() else "line")
        painter.setPen(QPen(edge, 2.0 if chosen else 1.0))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        ink = colour("text" if chosen or self.isEnabled() else "disabled")
        painter.setFont(font("body"))
        width = painter.fontMetrics().horizontalAdvance(self.text())
        left = rect.center().x() - (16 + S4 + width) / 2
        sign = QRectF(left, rect.center().y() - 8, 16, 16)
        icons.paint(painter, VERDICT_ICONS[self.verdict], sign, colour(role) if chosen else colour("secondary"))
        painter.setPen(ink)
        words = QRectF(sign.right() + S4, rect.top(), width + 2, rect.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), RADIUS, RADIUS)


class VerdictRow(QWidget):
    """Three verdicts.

    Signals:
        chosen(object): a verdict, or None when the chosen one was clicked again.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict: str | None = None
        self._buttons = {verdict: VerdictButton(verdict) for verdict in VERDICTS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S4)
        for verdict, button in self._buttons.items():
            row.addWidget(button)
            button.clicked.connect(lambda _=False, verdict=verdict: self._on_clicked(verdict))

    @property
    def verdict(self) -> str | None:
        """What is shown."""
        return self._verdict

    def button(self, verdict: str) -> VerdictButton:
        """Return a verdict's button."""
        return self._buttons[verdict]

    def set_verdict(self, verdict: str | None, *, is_open: bool) -> None:
        """Show a verdict, None = undecided.

        Args:
            verdict: from `VERDICTS`.
            is_open: whether it can be changed now.
        """
        self._verdict = verdict
        for name, button in self._buttons.items():
            button.setChecked(name == verdict)
            button.setEnabled(is_open)

    def _on_clicked(self, verdict: str) -> None:
        wanted = None if verdict == self._verdict else verdict
        self.set_verdict(self._verdict, is_open=True)
        self.chosen.emit(wanted)
