"""What a tool of the canvas is: it takes mouse and keys while it is chosen, and may paint above the image."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QPainter, QTransform

Modifiers = Qt.KeyboardModifier


class Tool:
    """One way of working on the canvas. Every hook does nothing unless a tool says otherwise.

    A tool changes the hand only through the draft: what is half done is a preview, what is whole is one step.

    Attributes:
        cursor: the cursor over the image.
        stays: whether it goes on after an undo and on the next hand, as a mode does; others end there.
    """

    cursor: Qt.CursorShape | QCursor = Qt.CursorShape.CrossCursor
    stays = False

    def prompt(self) -> str:
        """Say what the next click or key does."""
        return ""

    def begin(self) -> None:
        """It has just been chosen."""

    def leave(self) -> None:
        """Something else begins: keep what is whole as a step, drop what is half done."""

    def resume(self) -> None:
        """Another hand is open, and this tool stayed."""

    def refreshed(self) -> None:
        """The hand took a step, by this tool or by anything else."""

    def chosen(self, row: int) -> bool:
        """A joint is about to be selected, -1 = none; return True to keep the selection as it is."""
        return False

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """The left button went down at an image point; return True to be given the rest of the gesture."""
        return False

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        """The mouse moved with the button held."""

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        """The button went up."""

    def hover(self, at: QPointF) -> None:
        """The mouse moved without a button."""

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        """A key went down; return True if it was meant for this tool."""
        return False

    def key_up(self, key: Qt.Key) -> None:
        """A key went up."""

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        """Whether `key` would take this key, so that it runs no command."""
        return False

    def take_back(self) -> bool:
        """Backspace: take the last click back; return False to let it delete the selected joint."""
        return False

    def escape(self) -> bool:
        """Escape: give the gesture under way up; return False to be ended."""
        return False

    def cursor_at(self, at: QPointF) -> Qt.CursorShape | QCursor:
        """Return the cursor over an image point."""
        return self.cursor

    def paint(self, painter: QPainter, view: QTransform) -> None:
        """Paint in screen pixels; `view` maps image points there."""
