"""What the Enter key means where a button has the keyboard focus: the button, not the page's own command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QRadioButton, QWidget

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class EnterPresses(QObject):
    """Lets Enter press the button of a page that has the focus; elsewhere Enter stays a command.

    A radio button does not count: it shows a choice that has been made, and Enter goes on from it.

    Args:
        page: the page; keys that a widget on it ignores come by here.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Enter from being a command, then press the button."""
        if not isinstance(event, QKeyEvent) or event.key() not in _ENTER or event.modifiers() not in _PLAIN:
            return super().eventFilter(watched, event)
        button = self._button()
        if button is None or event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            button.click()
        return True

    def _button(self) -> QAbstractButton | None:
        focused = self._page.focusWidget()
        if isinstance(focused, QAbstractButton) and not isinstance(focused, QRadioButton) and focused.hasFocus():
            return focused
        return None
