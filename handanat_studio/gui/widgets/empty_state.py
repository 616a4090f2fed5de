"""What a page shows when it has nothing to show: one sentence and one button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme

ICON_PX = 48


class EmptyState(QWidget):
    """An icon, a sentence, a button; emits `pressed`."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = "image"
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setFont(theme.font("section"))
        self._text.setWordWrap(True)
        self._button = QPushButton("Go on")
        theme.style_as(self._button, kind="primary")
        column = QVBoxLayout(self)
        column.setSpacing(theme.S16)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addWidget(self._text)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._button.clicked.connect(self.pressed)

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._text.text()

    def say(self, icon_name: str, sentence: str, button: str) -> None:
        """Set what is shown."""
        self._name = icon_name
        self._text.setText(sentence)
        self._button.setText(button)
        self._button.setAccessibleDescription(sentence)
        self._paint_icon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()

    def _paint_icon(self) -> None:
        tint = icons.icon(self._name, "secondary")
        self._icon.setPixmap(tint.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))
