"""A field that waits for one key, with its modifiers, and tells which it was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
WAITING = "Press the new key; Escape leaves it as it is"
SEPARATOR = ";"


class KeyField(QLineEdit):
    """Takes the next key that is pressed.

    Signals:
        pressed_key(QKeySequence): this one. left(): Escape, or the focus went elsewhere.
        refused(str): not this one, and why.
    """

    pressed_key = Signal(object)
    left = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setPlaceholderText(WAITING)
        self.setAccessibleName(WAITING)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def event(self, event: QEvent) -> bool:
        # Shortcuts of the window and Tab must come here as keys.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        key = Qt.Key(event.key())
        if key in MODIFIERS or key == Qt.Key.Key_unknown:
            return
        if key == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.left.emit()
            return
        if key == Qt.Key.Key_Backtab:
            self.pressed_key.emit(QKeySequence("Shift+Tab"))
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        sequence = QKeySequence(event.keyCombination().fromCombined(key.value | modifiers.value))
        if SEPARATOR in sequence.toString():
            self.refused.emit("The semicolon cannot be a key here: it separates keys in the settings file.")
            return
        self.pressed_key.emit(sequence)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
