"""A quiet sentence over the canvas that says what the next click does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from handanat_studio.gui.theme import S12, font, style_as


class HintPill(QLabel):
    """Floats at the top of a widget, in its middle; takes no clicks.

    Args:
        over: the widget it floats on.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setFont(font("body"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(S12, 6, S12, 6)
        style_as(self, card="true")
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, "" hides the pill."""
        self.setText(text)
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the widget changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.width() - 2 * S12
        self.setWordWrap(False)
        self.adjustSize()
        if self.width() > room:
            self.setWordWrap(True)
            self.resize(room, self.heightForWidth(room))
        self.move((self._over.width() - self.width()) // 2, S12)
        self.raise_()
