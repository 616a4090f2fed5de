"""A small card that floats on the canvas beside what it is about."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from handanat_studio.gui.theme import S12, style_as

MARGIN_PX = S12


class FloatingCard(QFrame):
    """Keeps inside the widget it floats on, and keeps its own keys from running commands.

    Signals:
        escaped(): Escape was pressed in it.

    Args:
        over: the widget it floats on.
        keys: keys that mean something in it.
    """

    escaped = Signal()

    def __init__(self, over: QWidget, keys: Collection[Qt.Key] = ()) -> None:
        super().__init__(over)
        self._over = over
        self._keys = {Qt.Key.Key_Escape, *keys}
        self._at: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        style_as(self, card="true")
        over.installEventFilter(self)
        self.hide()

    def show_at(self, at: QPoint | None) -> None:
        """Show it with its top left corner there, as far as there is room; None = at the left, in the middle."""
        self._at = at
        self.adjustSize()
        self.show()
        self.place()

    def put_away(self) -> None:
        """Hide it; the keyboard goes back to what it floated on."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.hide()
        if had_focus:
            self._over.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Put it where it belongs, inside the widget."""
        room = self._over.rect().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        at = self._at or QPoint(room.left(), (self._over.height() - self.height()) // 2)
        left = max(room.left(), min(at.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(at.y(), room.bottom() - self.height())))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay inside when the widget changes its size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Keep the card's keys from running commands of the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in self._keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)
