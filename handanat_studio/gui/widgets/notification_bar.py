"""The bar under the mode bar: what happened, what was kept, what to do. One sentence at a time, never modal."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Notice

INFO_MS = 8000
LEVEL_ROLES = {"info": "accent", "warning": "doubtful", "error": "violated"}


class NotificationBar(QFrame):
    """Shows the newest notice; information goes away by itself, warnings and errors stay until they are read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Notice] = []
        self._notice: Notice | None = None
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QLabel()
        self._more.setFont(theme.font("caption", tabular=True))
        theme.style_as(self._more, quiet=True)
        self._action = QPushButton()
        self._action.setAccessibleName("Act on this message")
        self._close = QToolButton()
        self._close.setIcon(icons.icon("close"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setAccessibleName("Dismiss this message")
        self._close.setToolTip("Dismiss")
        theme.style_as(self, card="bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S16, theme.S8, theme.S8, theme.S8)
        row.setSpacing(theme.S12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        for widget in (self._more, self._action, self._close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._wire()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown, or None."""
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; an error or warning that is not dismissed yet stays first and this one waits."""
        current = self._notice
        if current is not None and (current.message, current.hint) == (notice.message, notice.hint):
            return
        if current is not None and current.level != "info":
            self._waiting.append(notice)
        else:
            self._present(notice)
        self._more.setText(f"{len(self._waiting)} more" if self._waiting else "")

    def dismiss(self) -> None:
        """Go on to the next notice, or hide."""
        self._timer.stop()
        self._notice = None
        if self._waiting:
            self._present(self._waiting.pop(0))
            self._more.setText(f"{len(self._waiting)} more" if self._waiting else "")
        else:
            self.hide()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self.dismiss()

    def _wire(self) -> None:
        self._close.clicked.connect(self.dismiss)
        self._action.clicked.connect(self._on_action)
        self._timer.timeout.connect(self.dismiss)

    def _present(self, notice: Notice) -> None:
        self._notice = notice
        role = LEVEL_ROLES[notice.level]
        self._icon.setPixmap(icons.icon(notice.level, role).pixmap(QSize(20, 20), self.devicePixelRatioF()))
        self._text.setText(f"{notice.message} {notice.hint}".strip())
        self._action.setText(notice.action)
        self._action.setAccessibleName(notice.action)
        self._action.setVisible(bool(notice.action))
        self.setAccessibleName(f"{notice.level}: {self._text.text()}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if notice.level == "info":
            self._timer.start(INFO_MS)

    def _on_action(self) -> None:
        notice = self._notice
        self.dismiss()
        if notice is not None and notice.run is not None:
            notice.run()
