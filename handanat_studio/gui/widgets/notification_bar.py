"""The bar under the mode bar: what happened, what was kept, what to do. One sentence at a time, never modal."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Notice

INFO_MS = 8000
LEVEL_ROLES = {"info": "accent", "warning": "doubtful", "error": "violated"}


class NotificationBar(QFrame):
    """Shows the newest notice; information goes away by itself, warnings and errors stay until they are read.

    It never takes the keyboard by itself. Escape dismisses what is shown while the keyboard is in the bar, and gives
    the keyboard back to where it was.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Notice] = []
        self._notice: Notice | None = None
        self._before: QWidget | None = None
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QLabel()
        self._more.setFont(theme.font("caption", tabular=True))
        theme.style_as(self._more, quiet=True)
        self._action = QPushButton()
        self._action.setAccessibleName("Act on this message")
        self._copy = _tool("copy", "Copy", "Copy this message")
        self._close = _tool("close", "Dismiss", "Dismiss this message")
        theme.style_as(self, card="bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S16, theme.S8, theme.S8, theme.S8)
        row.setSpacing(theme.S12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        for widget in (self._more, self._action, self._copy, self._close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._wire()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown, or None."""
        return self._notice

    @property
    def waiting(self) -> int:
        """How many notices wait behind it."""
        return len(self._waiting)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; an error or warning that is not dismissed yet stays first and this one waits."""
        same = [n for n in (self._notice, *self._waiting) if n is not None and _words(n) == _words(notice)]
        if same:
            return
        if self._notice is not None and self._notice.level != "info":
            self._waiting.append(notice)
            self._count()
        else:
            self._present(notice)

    def dismiss(self) -> None:
        """Go on to the next notice, or hide."""
        self._timer.stop()
        had_keyboard = self._has_keyboard()
        self._notice = None
        if self._waiting:
            self._present(self._waiting.pop(0))
            return
        self.hide()
        if had_keyboard and self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self.dismiss()

    def take_keyboard(self) -> None:
        """Bring the keyboard to the button that acts, or to the one that dismisses."""
        if self._notice is not None:
            self._before = QApplication.focusWidget()
            (self._action if self._notice.action else self._close).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        """Wait while somebody reads with the mouse on it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        if self._notice is not None and self._notice.level == "info":
            self._timer.start(INFO_MS)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._notice is not None:
            self._paint_icon(self._notice)

    def _wire(self) -> None:
        self._close.clicked.connect(self.dismiss)
        self._copy.clicked.connect(self._on_copy)
        self._action.clicked.connect(self._on_action)
        self._timer.timeout.connect(self.dismiss)

    def _present(self, notice: Notice) -> None:
        self._notice = notice
        self._paint_icon(notice)
        self._text.setText(_words(notice))
        self._action.setText(notice.action)
        self._action.setAccessibleName(notice.action)
        self._action.setVisible(bool(notice.action))
        self._copy.setVisible(notice.level != "info")
        self._count()
        self.setAccessibleName(f"{notice.level}: {self._text.text()}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if notice.level == "info":
            self._timer.start(INFO_MS)

    def _count(self) -> None:
        self._more.setText(f"{len(self._waiting)} more" if self._waiting else "")

    def _paint_icon(self, notice: Notice) -> None:
        drawn = icons.icon(notice.level, LEVEL_ROLES[notice.level])
        self._icon.setPixmap(drawn.pixmap(QSize(20, 20), self.devicePixelRatioF()))

    def _has_keyboard(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.text())

    def _on_action(self) -> None:
        notice = self._notice
        self.dismiss()
        if notice is not None and notice.run is not None:
            notice.run()


def _words(notice: Notice) -> str:
    return f"{notice.message} {notice.hint}".strip()


def _tool(icon_name: str, tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon_name))
    button.setIconSize(QSize(16, 16))
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
