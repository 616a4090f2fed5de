"""The card beside a drawn box: find the hand there, begin with an empty one, or with a template."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui.editor.floating_card import FloatingCard
from handanat_studio.gui.theme import S4, S8, S12, font, style_as
from handanat_studio.hand.values import Box

FIND, EMPTY, TEMPLATE = "find", "empty", "template"
CHOICES = (
    (FIND, "Find the hand here", "Look for a hand inside the box with the detector"),
    (EMPTY, "Empty hand", "Make a hand here and place its joints one by one"),
    (TEMPLATE, "Template", "Make a hand here with every joint at an ordinary place"),
)
CONFIRM = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
CARD_KEYS = (*CONFIRM, Qt.Key.Key_Left, Qt.Key.Key_Right)
GAP_PX = S8


class _Choice(QPushButton):
    """A button whose arrow keys and Return are the card's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in CARD_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class BoxCard(FloatingCard):
    """Asks what to do with a box.

    Signals:
        chosen(str, Box): one of `FIND`, `EMPTY`, `TEMPLATE`.

    Args:
        over: the canvas.
    """

    chosen = Signal(str, object)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, CARD_KEYS)
        self._box = Box(0, 0, 0, 0)
        self._size, self._taken = QLabel(), QLabel("There is a hand here already.")
        self.buttons: dict[str, QPushButton] = {}
        self.setAccessibleName("What to do with the box")
        self._lay_out()

    def _lay_out(self) -> None:
        for label in (self._size, self._taken):
            label.setFont(font("caption", tabular=True))
            style_as(label, quiet="true")
        row = QHBoxLayout()
        row.setSpacing(S4)
        for word, title, tip in CHOICES:
            button = _Choice(title)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            button.clicked.connect(lambda _=False, word=word: self.chosen.emit(word, self._box))
            row.addWidget(button)
            self.buttons[word] = button
        style_as(self.buttons[FIND], kind="primary")
        head = QHBoxLayout()
        head.addWidget(self._size)
        head.addStretch(1)
        head.addWidget(self._taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(S12, S8, S12, S12)
        column.setSpacing(S8)
        column.addLayout(head)
        column.addLayout(row)

    def ask(self, box: Box, corner: QPoint, *, is_taken: bool) -> None:
        """Ask for a box whose lower left corner is at `corner`; `is_taken` = another hand is there already."""
        self._box = box
        self._size.setText(f"{box.width:.0f} × {box.height:.0f} px")
        self._taken.setVisible(is_taken)
        self.show_at(corner + QPoint(0, GAP_PX))
        self.buttons[FIND].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the focused choice, left and right go from one to the next."""
        buttons = list(self.buttons.values())
        focused = self.focusWidget()
        place = buttons.index(focused) if isinstance(focused, QPushButton) and focused in buttons else 0
        if event.key() in CONFIRM:
            buttons[place].click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            buttons[(place + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
