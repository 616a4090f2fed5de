"""Who found a hand and what the digit network saw of it: sentences, and how likely each number of digits is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.evidence_words import number_words, seen_words
from handanat_studio.gui.theme import S4, colour, font, style_as
from handanat_studio.hand.values import Detection

ORDINARY = 5
BAR_PX, FOOT_PX, STEP_PX = 30, 15, 20


class CountBars(QWidget):
    """How likely each number of digits is, as bars over the numbers; pale where the network does not commit itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[float, ...] = ()
        self._is_assessed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How likely each number of digits is")

    def sizeHint(self) -> QSize:
        """Return room for bars and numbers."""
        return QSize(STEP_PX * 13, BAR_PX + FOOT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the height, whatever the width."""
        return QSize(0, BAR_PX + FOOT_PX)

    def show_counts(self, counts: Sequence[float], *, is_assessed: bool) -> None:
        """Show other chances, of 0, 1, … digits."""
        self._counts, self._is_assessed = tuple(counts), is_assessed
        said = [f"{number_words(n)} {chance:.2f}" for n, chance in enumerate(counts) if chance >= 0.01]
        self.setAccessibleDescription(", ".join(said))
        self.setToolTip("Chance of each number of digits: " + ", ".join(said))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar over each number; five, which is usual, stands on a thicker line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("caption", tabular=True))
        step = min(STEP_PX + 4.0, self.width() / max(len(self._counts), 1))
        likeliest = max(range(len(self._counts)), key=self._counts.__getitem__, default=-1)
        for number, chance in enumerate(self._counts):
            slot = QRectF(number * step, 0, step, BAR_PX).adjusted(2, 0, -2, 0)
            high = chance * (BAR_PX - 2)
            if high >= 0.5:
                self._paint_bar(painter, QRectF(slot.left(), BAR_PX - high, slot.width(), high), number == likeliest)
            is_usual = number == ORDINARY
            painter.setPen(QPen(colour("secondary" if is_usual else "line"), 2.0 if is_usual else 1.0))
            painter.drawLine(slot.bottomLeft(), slot.bottomRight())
            painter.setPen(colour("text" if number == likeliest else "secondary"))
            last = f"{number}+" if number == len(self._counts) - 1 else str(number)
            painter.drawText(QRectF(number * step, BAR_PX, step, FOOT_PX), Qt.AlignmentFlag.AlignCenter, last)

    def _paint_bar(self, painter: QPainter, bar: QRectF, is_likeliest: bool) -> None:
        tint = colour("accent" if is_likeliest and self._is_assessed else "secondary")
        painter.setPen(Qt.PenStyle.NoPen)
        if self._is_assessed:
            painter.fillRect(bar, tint)
        else:
            painter.setPen(QPen(tint, 1.0))
            painter.setBrush(colour("secondary", alpha=0.25))
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()


class EvidenceBox(QWidget):
    """Shows one detection and offers to have the hand judged again.

    Signals:
        rejudge_pressed(): the hand is to be judged again.
    """

    rejudge_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found, self.reason, self.digits, self.flaws = (QLabel() for _ in range(4))
        self.bars = CountBars()
        self.again = QPushButton("Judge again")
        self.again.setIcon(icons.icon("rejudge"))
        self.again.setToolTip("Let the detectors, the digit network and the scorers look at this hand again")
        self.again.clicked.connect(self.rejudge_pressed)
        for label in (self.found, self.reason, self.digits, self.flaws):
            label.setWordWrap(True)
            label.setFont(font("body", tabular=True))
        for label in (self.reason, self.flaws):
            style_as(label, quiet=True)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S4)
        for widget in (self.found, self.reason, self.digits, self.bars, self.flaws):
            column.addWidget(widget)
        column.addLayout(row)

    def show_detection(self, detection: Detection | None) -> None:
        """Show another detection, None = nobody has found the hand."""
        words = seen_words(detection)
        for label, text in (
            (self.found, words.found),
            (self.reason, words.reason),
            (self.digits, words.digits),
            (self.flaws, words.flaws),
        ):
            label.setText(text)
            label.setToolTip(words.tip)
            label.setVisible(bool(text))
        evidence = None if detection is None else detection.evidence
        self.bars.setVisible(evidence is not None)
        if evidence is not None:
            self.bars.show_counts(evidence.counts, is_assessed=evidence.assessed)
