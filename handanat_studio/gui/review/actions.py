"""The buttons at the foot of the case: what can be done with the hand now, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from handanat_studio.gui.commands import CommandTable
from handanat_studio.gui.theme import S4, S8, S12, colour, font, style_as

WALK, FIX, ADJUDICATE = "walk", "fix", "adjudicate"
ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    WALK: (("accept", "fix", "give_back"),),
    FIX: (("finish", "leave"),),
    ADJUDICATE: (("take_left", "mean", "take_right", "mine"), ("finish", "give_back")),
}
"""Mode -> lines of command names; the first of the last line is the primary one."""
LEAVE_KEY = "Esc"


class ActionButton(QPushButton):
    """A command as a button: its word, and its key at the right.

    Args:
        table: the command table.
        name: id of the command.
        word: returns what to write on it now.
    """

    def __init__(self, table: CommandTable, name: str, word: Callable[[], str], *, primary: bool = False) -> None:
        super().__init__()
        self._table, self._name, self._word, self._key = table, name, word, ""
        self._primary = primary
        if primary:
            style_as(self, kind="primary")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(32)
        self.clicked.connect(partial(table.trigger, name))
        self.update_state()

    def update_state(self) -> None:
        """Follow the command: its key, its word, whether and why not it is available."""
        row, reason, word = self._table.get(self._name), self._table.get(self._name).when(), self._word()
        self._key = row.key_text() or (LEAVE_KEY if self._name.endswith(".leave") else "")
        self._key = {"Return": "⏎"}.get(self._key, self._key)
        self.setAccessibleName(f"{word}, key {self._key}")
        self.setEnabled(not reason)
        self.setToolTip(reason or row.title.rstrip("…"))
        self.setProperty("word", word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for word and key."""
        width = self.fontMetrics().horizontalAdvance(f"{self.property('word') or ''}  {self._key}")
        return QSize(width + 2 * S8, 32)

    def minimumSizeHint(self) -> QSize:
        """Never cut the word."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint word and key."""
        super().paintEvent(event)
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(S8, 0, -S8, 0)
        word = str(self.property("word") or "")
        painter.setFont(font("body", bold=self._primary))
        width = painter.fontMetrics().horizontalAdvance(word)
        face = font("caption", bold=True)
        room = 6 + (len(self._key) * 8 if self._key else 0)
        left = rect.left() + max(0.0, (rect.width() - width - room) / 2)
        ink = "accent_text" if self._primary else "text"
        painter.setPen(colour(ink if self.isEnabled() else "disabled"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, width + 2, rect.height()), middle, word)
        painter.setFont(face)
        painter.setPen(colour("disabled" if not self.isEnabled() else ink if self._primary else "secondary"))
        painter.drawText(QRectF(left + width + 6, 0, room + 8, rect.height()), middle, self._key)


class ActionBar(QFrame):
    """Shows the buttons of one mode at a time.

    Args:
        table: the command table that holds the ids `review.NAME`.
        word: returns what to write on a command's button, by its name.
    """

    def __init__(self, table: CommandTable, word: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What to do with this hand")
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._buttons: list[ActionButton] = []
        self._pages: dict[str, QWidget] = {}
        for mode, lines in ROWS.items():
            self._pages[mode] = self._make(table, word, lines)
            self._stack.addWidget(self._pages[mode])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S8, S12, S12)
        layout.addWidget(self._stack)
        table.refreshed.connect(self.refresh)
        self.show_mode(WALK)

    def _make(self, table: CommandTable, word: Callable[[str], str], lines: tuple[tuple[str, ...], ...]) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S4)
        for line in lines:
            row = QHBoxLayout()
            row.setSpacing(S4)
            for place, name in enumerate(line):
                primary = line is lines[-1] and place == 0
                button = ActionButton(table, f"review.{name}", partial(word, name), primary=primary)
                self._buttons.append(button)
                row.addWidget(button, 2 if primary else 1)
            column.addLayout(row)
        return page

    @property
    def mode(self) -> str:
        """Which buttons are shown."""
        return next(mode for mode, page in self._pages.items() if page is self._stack.currentWidget())

    def show_mode(self, mode: str) -> None:
        """Show the buttons of a mode."""
        self._stack.setCurrentWidget(self._pages[mode])
        for name, page in self._pages.items():
            policy = QSizePolicy.Policy.Preferred if name == mode else QSizePolicy.Policy.Ignored
            page.setSizePolicy(QSizePolicy.Policy.Expanding, policy)
        self._stack.adjustSize()
        self.refresh()

    def refresh(self) -> None:
        """Ask again what is available."""
        for button in self._buttons:
            button.update_state()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button in self._buttons:
                button.update()
