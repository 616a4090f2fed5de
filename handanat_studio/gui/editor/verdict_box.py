"""The expert's verdict as three radio buttons, with what the scorers say beside it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.theme import S4, S8, VERDICT_ICONS, VERDICT_ROLES, colour, font, style_as
from handanat_studio.hand.values import VERDICTS, Score
from handanat_studio.workflows.annotate import Judgement

KEYS = {"plausible": "P", "implausible": "I", "unsure": "U"}


class VerdictButton(QRadioButton):
    """One verdict as a tile: icon, word and key."""

    def __init__(self, verdict: str, parent: QWidget | None = None) -> None:
        super().__init__(verdict.capitalize(), parent)
        self.verdict = verdict
        self.setAutoExclusive(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{verdict.capitalize()}  ({KEYS[verdict]})")
        self.setAccessibleName(f"Verdict {verdict}, key {KEYS[verdict]}")

    def sizeHint(self) -> QSize:
        """Return the size of a tile."""
        return QSize(96, 56)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a tile."""
        return QSize(80, 56)

    def hitButton(self, pos: object) -> bool:
        """Take a click anywhere on the tile."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tile; the chosen one is filled, outlined and says so by a filled dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        tint = colour(VERDICT_ROLES[self.verdict])
        chosen = self.isChecked()
        painter.setBrush(colour(VERDICT_ROLES[self.verdict], alpha=0.18) if chosen else colour("raised"))
        edge = tint if chosen else colour("secondary" if self.underMouse() else "line")
        painter.setPen(QPen(edge, 2.0 if chosen else 1.0))
        painter.drawRoundedRect(rect, S4, S4)
        icon = QRectF(rect.center().x() - 9, rect.top() + 8, 18, 18)
        icons.paint(painter, VERDICT_ICONS[self.verdict], icon, tint if chosen else colour("secondary"))
        painter.setFont(font("body"))
        painter.setPen(colour("text"))
        painter.drawText(rect.adjusted(0, 26, 0, -4), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setFont(font("caption", bold=True))
        painter.setPen(colour("secondary"))
        key = rect.adjusted(0, 4, -7, 0)
        painter.drawText(key, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, KEYS[self.verdict])
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), S4, S4)


class VerdictBox(QWidget):
    """Three verdicts and two scores.

    Signals:
        chosen(object): a verdict, or None when the chosen one was clicked again.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = {verdict: VerdictButton(verdict) for verdict in VERDICTS}
        self._verdict: str | None = None
        self._judgement: Judgement | None = None
        row = QHBoxLayout()
        row.setSpacing(S4)
        for verdict, button in self._buttons.items():
            row.addWidget(button)
            button.clicked.connect(lambda _=False, verdict=verdict: self._on_clicked(verdict))
        self._scores = {name: (QLabel(), QLabel()) for name in ("calibrated", "paper")}
        self._blind = QLabel("Blind round: the program's opinion is hidden.")
        style_as(self._blind, quiet=True)
        self._blind.hide()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(S8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for line, (name, (sign, text)) in enumerate(self._scores.items()):
            title = QLabel({"calibrated": "Calibrated score", "paper": "Paper score"}[name])
            style_as(title, quiet=True)
            text.setFont(font("body", tabular=True))
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, widget in enumerate((title, text, sign)):
                grid.addWidget(widget, line, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S8)
        layout.addLayout(row)
        layout.addWidget(self._grid)
        layout.addWidget(self._blind)

    def _on_clicked(self, verdict: str) -> None:
        wanted = None if verdict == self._verdict else verdict
        self.set_verdict(self._verdict)
        self.chosen.emit(wanted)

    def set_verdict(self, verdict: str | None) -> None:
        """Show a verdict, None = undecided."""
        self._verdict = verdict
        for name, button in self._buttons.items():
            button.setChecked(name == verdict)

    def button(self, verdict: str) -> VerdictButton:
        """Return a verdict's button."""
        return self._buttons[verdict]

    def set_blind(self, blind: bool) -> None:
        """Hide what the scorers say, or show it."""
        self._grid.setVisible(not blind)
        self._blind.setVisible(blind)

    def show_scores(self, judgement: Judgement | None) -> None:
        """Show what the scorers say of the pose right now."""
        self._judgement = judgement
        for name, (sign, text) in self._scores.items():
            score: Score | None = getattr(judgement, name) if judgement is not None else None
            text.setText("–" if score is None else score_words(score))
            if score is not None and score.verdict == sign.accessibleName():
                continue
            if score is None:
                sign.clear()
                sign.setAccessibleName("")
                continue
            ratio = self.devicePixelRatioF()
            sign.setPixmap(icons.pixmap(VERDICT_ICONS[score.verdict], 16, colour(VERDICT_ROLES[score.verdict]), ratio))
            sign.setAccessibleName(score.verdict)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the signs anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for sign, _ in self._scores.values():
                sign.setAccessibleName("")
            self.show_scores(self._judgement)


def score_words(score: Score) -> str:
    """Return a score in words: "12 % implausible" or "S = 0.60 plausible"; "cannot tell" where it abstains."""
    if not math.isfinite(score.value):
        return "cannot tell"
    if score.scorer == "calibrated":
        word = "" if score.verdict != "unsure" else ", unsure"
        return f"{score.value * 100:.0f} % implausible{word}"
    return f"S = {score.value:.2f}, {score.verdict}"
