"""What the detector predicted for this hand, in one line, and the buttons that accept it where nobody placed joints."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui.theme import S4, S8, font, style_as


class PredictionBox(QWidget):
    """Hidden while there is nothing to accept.

    Signals:
        all_pressed(), digit_pressed(): accept the whole prediction, or the chosen digit's.
    """

    all_pressed = Signal()
    digit_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QLabel()
        self._line.setWordWrap(True)
        self._line.setFont(font("body"))
        style_as(self._line, quiet=True)
        self.accept_all = QPushButton("Accept all")
        self.accept_digit = QPushButton("Accept digit")
        row = QHBoxLayout()
        row.setSpacing(S8)
        row.addWidget(self.accept_all)
        row.addWidget(self.accept_digit)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S4)
        layout.addWidget(self._line)
        layout.addLayout(row)
        self.accept_all.clicked.connect(self.all_pressed)
        self.accept_digit.clicked.connect(self.digit_pressed)
        self.hide()

    @property
    def text(self) -> str:
        """What the line says."""
        return self._line.text()

    def show_prediction(self, sentence: str, *, digit: str) -> None:
        """Say what could be accepted.

        Args:
            sentence: one sentence; "" hides the box.
            digit: name of the chosen digit whose joints could be accepted, "" = none.
        """
        self._line.setText(sentence)
        self.accept_digit.setEnabled(bool(digit))
        self.accept_digit.setText(f"Accept {digit}" if digit else "Accept digit")
        self.accept_digit.setAccessibleName(self.accept_digit.text())
        self.setVisible(bool(sentence))
