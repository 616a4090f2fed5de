"""The F1 sheet: every key that is in force on the page that is open, and why one does nothing right now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import theme
from handanat_studio.gui.commands import GROUPS, Command, CommandTable

COLUMNS = 3
WIDTH, HEIGHT = 1120, 720
KEYS_PX = 128
SHORT = 6
OPENED_BY = "help.keys"
"""The command whose key opens the sheet, and closes it again."""
NOTHING = "No key here does that."
_SCROLLING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def rows_by_group(commands: list[Command]) -> dict[str, list[Command]]:
    """Return the commands that have a key, by menu group."""
    result = {group: [row for row in commands if row.group == group and row.key] for group in GROUPS}
    return {group: rows for group, rows in result.items() if rows}


def in_columns(groups: dict[str, list[Command]], count: int = COLUMNS) -> list[list[tuple[str, list[Command]]]]:
    """Share groups out among columns of about one height, in their order; a long group goes on in the next column."""
    lines = sum(len(rows) + 2 for rows in groups.values())
    room = max(1, -(-lines // count))
    columns: list[list[tuple[str, list[Command]]]] = [[] for _ in range(count)]
    place, used = 0, 0
    for group, rows in groups.items():
        left, title = list(rows), group
        while left:
            fits = room - used - 1
            if fits < min(3, len(left)) and place < count - 1:
                place, used = place + 1, 0
                continue
            taken = left[: fits if place < count - 1 else len(left)]
            columns[place].append((title, taken))
            used += len(taken) + 2
            left, title = left[len(taken) :], f"{group}, continued"
    return columns


class KeySheet(QDialog):
    """A sheet that may stay open beside the work.

    Args:
        table: the command table.
        scope: of the page that is open.
        title: of that page.
        edit: opens the shortcut editor; None = no button for it.
    """

    def __init__(
        self,
        table: CommandTable,
        scope: str,
        title: str,
        parent: QWidget | None = None,
        *,
        edit: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._scope = scope
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Keys on this page: {title}")
        self.resize(WIDTH, HEIGHT)
        theme.style_as(self, kind="sheet")
        closing = QShortcut(QKeySequence(table.get(OPENED_BY).key), self)
        closing.activated.connect(self.close)
        self._search = QLineEdit(placeholderText="Search keys and what they do")
        self._search.setAccessibleName("Search keys")
        self._search.setClearButtonEnabled(True)
        self._search.installEventFilter(self)
        self._scroll = QScrollArea()
        theme.style_as(self._scroll, kind="clear")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._edit = QPushButton("Change keys…")
        self._edit.setAutoDefault(False)
        self._edit.setVisible(edit is not None)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        self._lay_out(close)
        self._search.textChanged.connect(lambda _text: self.fill())
        self._edit.clicked.connect(lambda: edit() if edit is not None else None)
        close.clicked.connect(self.close)
        table.refreshed.connect(self.fill)
        self.fill()
        self._search.setFocus()

    @property
    def search(self) -> QLineEdit:
        """Where one types what one looks for."""
        return self._search

    def texts(self) -> str:
        """Return everything that is written on the sheet."""
        return "\n".join(label.text() for label in self.findChildren(QLabel))

    def fill(self) -> None:
        """Write the sheet again: what is available may have changed, or another key is looked for."""
        wanted = [row for row in self._table.in_scope(self._scope) if _matches(row, self._search.text())]
        at = self._scroll.verticalScrollBar().value()
        inside = QWidget()
        theme.style_as(inside, kind="clear")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, theme.S8, 0)
        columns.setSpacing(theme.S24)
        for parts in in_columns(rows_by_group(wanted)):
            stack = QVBoxLayout()
            for title, rows in parts:
                stack.addWidget(_group(title, rows))
            stack.addStretch(1)
            columns.addLayout(stack, 1)
        if not any(row.key for row in wanted):
            columns.insertWidget(0, QLabel(NOTHING))
        self._scroll.setWidget(inside)
        self._scroll.verticalScrollBar().setValue(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            scrolls = event.key() in _SCROLLING
            if scrolls:
                self._scroll.keyPressEvent(event)
            return scrolls
        return super().eventFilter(watched, event)

    def _lay_out(self, close: QPushButton) -> None:
        note = QLabel("A key that is not available now says why.")
        theme.style_as(note, quiet=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S16)
        column.addWidget(self._search)
        column.addWidget(self._scroll, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.S8)
        bottom.addWidget(note, 1)
        bottom.addWidget(self._edit)
        bottom.addWidget(close)
        column.addLayout(bottom)


def _matches(row: Command, typed: str) -> bool:
    text = f"{row.title} {row.group} {row.key}".lower()
    return all(part in text for part in typed.lower().split())


def _keys(row: Command) -> str:
    keys = [sequence.toString() for sequence in row.sequences()]
    return ("  " if all(len(key) <= SHORT for key in keys) else "\n").join(keys)


def _group(name: str, rows: list[Command]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, theme.S16)
    grid.setHorizontalSpacing(theme.S12)
    grid.setVerticalSpacing(theme.S8)
    grid.setColumnStretch(1, 1)
    title = QLabel(name)
    title.setFont(theme.font("section", bold=True))
    grid.addWidget(title, 0, 0, 1, 2)
    for line, row in enumerate(rows, start=1):
        reason = row.when()
        key = QLabel(_keys(row))
        key.setFont(theme.font(bold=True, tabular=True))
        key.setFixedWidth(KEYS_PX)
        text = QLabel(row.title.rstrip("…") + (f"\n{reason}" if reason else ""))
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        if reason:
            theme.style_as(key, quiet=True)
            theme.style_as(text, quiet=True)
        grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, line, 1)
    return box
