"""The row of tool buttons above the canvas; every button is a command of the table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from handanat_studio.gui.commands import CommandTable
from handanat_studio.gui.theme import HIT, S4, S8, colour, style_as

HEIGHT_PX = 40


class Toolbar(QFrame):
    """Buttons in groups at the left, more buttons at the right.

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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S8, 0, S8, 0)
        layout.setSpacing(S4)
        for place, group in enumerate(left):
            if place:
                layout.addWidget(_Line())
            for name in group:
                layout.addWidget(_button(table, name))
        layout.addStretch(1)
        for name in right:
            layout.addWidget(_button(table, name))


def _button(table: CommandTable, name: str) -> QToolButton:
    button = QToolButton()
    action = table.action(name)
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setFixedSize(HIT + 4, HIT + 2)
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
