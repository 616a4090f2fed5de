"""The bar above the canvas that appears while a hand is not saved: what happened, what is kept, what to do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.draft import Draft, SaveState
from handanat_studio.gui.theme import S8, S12, style_as


class ConflictBar(QFrame):
    """Offers both sides of a conflict, or another try after a failure.

    Signals:
        mine(), theirs(), again(): what the user chose.
    """

    mine = Signal()
    theirs = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_as(self, card="bar")
        self._sign, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._buttons = {name: QPushButton(text) for name, text in _BUTTONS.items()}
        for name, signal in (("mine", self.mine), ("theirs", self.theirs), ("again", self.again)):
            self._buttons[name].clicked.connect(signal)
        style_as(self._buttons["mine"], kind="primary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S12, S8, S12, S8)
        layout.setSpacing(S8)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        for button in self._buttons.values():
            layout.addWidget(button)
        self.hide()

    def show_draft(self, draft: Draft | None) -> None:
        """Appear if the draft needs a word, disappear if not."""
        state = None if draft is None else draft.save_state
        conflict, failed = state is SaveState.CONFLICT, state is SaveState.FAILED
        self.setVisible(conflict or failed)
        self._buttons["mine"].setVisible(conflict)
        self._buttons["theirs"].setVisible(conflict)
        self._buttons["again"].setVisible(failed)
        if conflict:
            self._text.setText(
                "This hand was changed elsewhere while you worked on it. Both versions are kept; "
                "theirs is drawn dashed. Which one counts?"
            )
        elif failed and draft is not None:
            self._text.setText(
                f"The last steps on this hand are not saved: {draft.problem} "
                "They are kept here; the next step sends them again."
            )
        if self.isVisible():
            sign = icons.icon("warning", "doubtful" if conflict else "violated")
            self._sign.setPixmap(sign.pixmap(QSize(20, 20), self.devicePixelRatioF()))
            self.setAccessibleName(self._text.text())

    def button(self, name: str) -> QPushButton:
        """Return the button "mine", "theirs" or "again"."""
        return self._buttons[name]


_BUTTONS = {"mine": "Keep mine", "theirs": "Take theirs", "again": "Save again"}
