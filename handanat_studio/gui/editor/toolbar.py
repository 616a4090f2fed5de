"""The row of tool buttons above a canvas; each is a command of the table. What does not fit goes into a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.commands import CommandTable
from handanat_studio.gui.theme import HIT, S4, S8, colour, style_as

HEIGHT_PX = 40
BUTTON = QSize(HIT + 4, HIT + 2)


class Toolbar(QFrame):
    """Buttons in groups at the left, more buttons at the right; it asks for no more width than the right ones need.

    Args:
        table: the command table that holds all ids.
        left: groups of command ids.
        right: command ids.
    """

    def __init__(
        self,
        table: CommandTable,
        left: Sequence[Sequence[str]],
        right: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        style_as(self, card="bar")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Tools")
        self._left: list[QWidget] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S8, 0, S8, 0)
        layout.setSpacing(S4)
        for place, group in enumerate(left):
            if place:
                self._left.append(_Line())
            self._left += [_button(table, name) for name in group]
        for widget in self._left:
            layout.addWidget(widget)
        self.more = self._more_button()
        layout.addWidget(self.more)
        layout.addStretch(1)
        self._right = [_button(table, name) for name in right]
        for button in self._right:
            layout.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        """Ask only for the menu and the buttons at the right."""
        return QSize(2 * S8 + (BUTTON.width() + S4) * (len(self._right) + 1), HEIGHT_PX)

    def sizeHint(self) -> QSize:
        """Never ask for the width of every button: the canvas below decides."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the buttons that fit, in their order; the others stand in the menu."""
        super().resizeEvent(event)
        room = self.width() - self.minimumSizeHint().width()
        if sum(widget.width() + S4 for widget in self._left) <= room + BUTTON.width() + S4:
            room += BUTTON.width() + S4
        for widget in self._left:
            room -= widget.width() + S4
            widget.setVisible(room >= 0)
        self.more.setVisible(bool(self.left_out()))

    def left_out(self) -> list[QToolButton]:
        """Return the buttons that found no room."""
        return [widget for widget in self._left if isinstance(widget, QToolButton) and widget.isHidden()]

    def _more_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon("more"))
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(BUTTON)
        button.setToolTip("More tools")
        button.setAccessibleName("More tools")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        button.setMenu(menu)
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        button.hide()
        return button

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for button in self.left_out():
            menu.addAction(button.defaultAction())


def _button(table: CommandTable, name: str) -> QToolButton:
    button = QToolButton()
    action = table.action(name)
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setFixedSize(BUTTON)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(action.text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _Line(QFrame):
    """A thin upright line between groups."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(S8 + 1, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.width() // 2, 0, 1, self.height(), colour("line"))
