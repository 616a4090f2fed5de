"""What stands under a verdict that does not go with the findings: a quiet line, or a question before submitting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.text_field import TextField
from handanat_studio.gui.theme import S4, S8, S12, font, style_as

REASONS = (
    "The image shows it clearly",
    "The measurement is wrong here",
    "Too little of the hand can be seen",
)
"""Reasons that are one press away."""


class ContradictionBox(QWidget):
    """Hidden while everything agrees.

    Signals:
        answered(str): submit with this reason. dismissed(): go back to the hand.
    """

    answered = Signal(str)
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentences: tuple[str, ...] = ()
        self._sign, self._line = QLabel(), QLabel()
        self._line.setWordWrap(True)
        self._line.setFont(font("body"))
        self._card = QFrame()
        style_as(self._card, card="true")
        self.reason = TextField("Reason", "Why does the verdict stand?", 52)
        self.chips = [QPushButton(text) for text in REASONS]
        self.answer = QPushButton("Submit with this reason")
        self.back = QPushButton("Back")
        self._lay_out()
        self._wire()
        self.show_sentences(())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(S8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._line, 1)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(S12, S12, S12, S12)
        column.setSpacing(S8)
        question = QLabel("Say why, and it is submitted as it is.")
        style_as(question, quiet=True)
        column.addWidget(question)
        column.addWidget(self.reason)
        chips = QVBoxLayout()
        chips.setSpacing(S4)
        for chip in self.chips:
            style_as(chip, kind="link")
            chip.setIcon(icons.icon("plus", "secondary"))
            chips.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(chips)
        style_as(self.answer, kind="primary")
        self.answer.setToolTip("Submit with this reason  (Ctrl+Return)")
        buttons = QHBoxLayout()
        buttons.setSpacing(S8)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        buttons.addWidget(self.answer)
        column.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S8)
        layout.addLayout(row)
        layout.addWidget(self._card)

    def _wire(self) -> None:
        for chip, text in zip(self.chips, REASONS, strict=True):
            chip.clicked.connect(lambda _=False, text=text: self._take(text))
        self.reason.textChanged.connect(self._check)
        self.reason.sent.connect(self._answer)
        self.reason.escaped.connect(self._dismiss)
        self.answer.clicked.connect(self._answer)
        self.back.clicked.connect(self._dismiss)

    # ---- showing -------------------------------------------------------------------------------------------------

    @property
    def sentences(self) -> tuple[str, ...]:
        """What does not agree."""
        return self._sentences

    @property
    def is_asking(self) -> bool:
        """Whether a reason is being asked for."""
        return not self._card.isHidden()

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show what does not agree as a quiet line; a question that is no longer one goes away."""
        self._sentences = tuple(sentences)
        self._line.setText("\n".join(self._sentences))
        self.setAccessibleName(" ".join(self._sentences))
        self.setVisible(bool(self._sentences))
        if not self._sentences:
            self.close_question()
        self._paint()

    def ask(self) -> None:
        """Ask for a reason."""
        self.reason.clear()
        self._check()
        self._card.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_question(self) -> None:
        """Stop asking."""
        self._card.hide()
        self.reason.clear()

    def _take(self, text: str) -> None:
        self.reason.setPlainText(text)
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        self.answer.setEnabled(bool(self.reason.toPlainText().strip()))

    def _answer(self) -> None:
        reason = self.reason.toPlainText().strip()
        if reason:
            self.close_question()
            self.answered.emit(reason)

    def _dismiss(self) -> None:
        self.close_question()
        self.dismissed.emit()

    def _paint(self) -> None:
        sign = icons.icon("warning", "doubtful")
        self._sign.setPixmap(sign.pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Paint the sign anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()
