"""Fields to write and choose in beside the canvas: while one of them has the focus, its keys are not commands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CTRL = Qt.KeyboardModifier.ControlModifier


def keeps_key(event: QEvent, *, text: bool = False) -> bool:
    """Whether a shortcut override must be accepted, so that Enter and Escape (and letters) reach the field itself.

    Args:
        event: any event.
        text: keep letters and digits as well.
    """
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    is_letter = bool(event.text()) and event.text().isprintable() and not event.modifiers() & _CTRL
    return event.key() in (*_ENTER, Qt.Key.Key_Escape) or (text and is_letter)


class TextField(QPlainTextEdit):
    """A few lines of text.

    Signals:
        sent(): Ctrl+Enter. escaped(): Escape.
    """

    sent = Signal()
    escaped = Signal()

    def __init__(self, name: str, placeholder: str, height_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFixedHeight(height_px)

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape from being commands."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter sends, Escape leaves; everything else is text."""
        if event.key() in _ENTER and event.modifiers() & _CTRL:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class LineField(QLineEdit):
    """One line of text.

    Signals:
        sent(): Enter, with or without Ctrl. escaped(): Escape.
    """

    sent = Signal()
    escaped = Signal()

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape from being commands."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, Escape leaves."""
        if event.key() in _ENTER:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class ChoiceBox(QComboBox):
    """One of several words, chosen by mouse, arrows or first letters."""

    escaped = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        """Keep letters, Enter and Escape from being commands."""
        if keeps_key(event, text=True):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the list, Escape leaves."""
        if event.key() in _ENTER:
            self.showPopup()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)
