"""The card that asks how far two digits are fused: a slider, four marks, keep or leave."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from handanat_studio.gui.editor.floating_card import FloatingCard
from handanat_studio.gui.theme import S4, S8, S12, S24, font, style_as

if TYPE_CHECKING:
    from handanat_studio.gui.editor.digit_tools import Extent

MARKS = (0, 25, 50, 75, 100)


class ExtentCard(FloatingCard):
    """Shows and sets how far, for the tool that opened it. It stands below the hand, where it hides no finger.

    Args:
        over: the canvas.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, (Qt.Key.Key_Return, Qt.Key.Key_Enter))
        self._tool: Extent | None = None
        self._title, self._figure = QLabel(), QLabel()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self.marks = [QPushButton("Apart" if mark == 0 else f"{mark} %") for mark in MARKS]
        self.setAccessibleName("How far two digits are fused")
        self._lay_out()

    def _lay_out(self) -> None:
        self._title.setFont(font("body", bold=True))
        self._figure.setFont(font("body", tabular=True))
        self._slider.setRange(0, 100)
        self._slider.setSingleStep(5)
        self._slider.setPageStep(25)
        self._slider.setAccessibleName("Fused up to this share of the shorter digit, in percent")
        self._slider.setMinimumHeight(S24)
        self._slider.valueChanged.connect(self._on_value)
        head, row = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._figure)
        row.setSpacing(S4)
        for mark, button in zip(MARKS, self.marks, strict=True):
            style_as(button, kind="chip")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName("Not fused" if mark == 0 else f"Fused to {mark} percent")
            button.clicked.connect(partial(self._on_mark, mark))
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(S12, S8, S12, S12)
        column.setSpacing(S8)
        column.addLayout(head)
        column.addWidget(self._slider)
        column.addLayout(row)

    def open(self, title: str, extent: float, tool: Extent) -> None:
        """Ask on behalf of a tool; the keyboard stays on the canvas, whose arrows set the extent too."""
        self._tool = tool
        self._title.setText(title)
        self.show_extent(extent)
        room = self._over.size()
        self.adjustSize()
        self.show_at(QPoint((room.width() - self.width()) // 2, room.height()))

    def show_extent(self, extent: float) -> None:
        """Show how far, 0..1."""
        percent = round(100 * extent)
        with QSignalBlocker(self._slider):
            self._slider.setValue(percent)
        self._figure.setText(f"{percent} %" if percent else "apart")
        for mark, button in zip(MARKS, self.marks, strict=True):
            button.setChecked(mark == percent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return keeps what is shown, Escape leaves it as it was."""
        if self._tool is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tool.keep()
        else:
            super().keyPressEvent(event)

    def _on_value(self, percent: int) -> None:
        if self._tool is not None:
            self._tool.set_extent(percent / 100)

    def _on_mark(self, mark: int) -> None:
        if self._tool is not None:
            self._tool.set_extent(mark / 100)
