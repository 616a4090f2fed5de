"""The F1 sheet: every key that is in force on the page that is open, and why one does nothing right now."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import theme
from handanat_studio.gui.commands import GROUPS, Command, CommandTable

COLUMNS = 3
WIDTH, HEIGHT = 1040, 680
OPENED_BY = "help.keys"
"""The command whose key opens the sheet, and closes it again."""


def rows_by_group(commands: list[Command]) -> dict[str, list[Command]]:
    """Return the commands that have a key, by menu group."""
    result = {group: [row for row in commands if row.group == group and row.key] for group in GROUPS}
    return {group: rows for group, rows in result.items() if rows}


class KeySheet(QDialog):
    """A sheet that may stay open beside the work.

    Args:
        table: the command table.
        scope: of the page that is open.
        title: of that page.
    """

    def __init__(self, table: CommandTable, scope: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Keys on this page: {title}")
        self.resize(WIDTH, HEIGHT)
        theme.style_as(self, kind="sheet")
        closing = QShortcut(QKeySequence(table.get(OPENED_BY).key), self)
        closing.activated.connect(self.close)
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setSpacing(theme.S24)
        stacks = [QVBoxLayout() for _ in range(COLUMNS)]
        heights = [0] * COLUMNS
        groups = rows_by_group(table.in_scope(scope))
        for group in sorted(groups, key=lambda name: -len(groups[name])):
            place = heights.index(min(heights))
            stacks[place].addWidget(_group(group, groups[group]))
            heights[place] += len(groups[group]) + 2
        for stack in stacks:
            stack.addStretch(1)
            columns.addLayout(stack, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        note = QLabel("Keys that are not available now say why. Change keys under [shortcuts] in the settings file.")
        theme.style_as(note, quiet=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(scroll, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(note, 1)
        bottom.addWidget(buttons)
        column.addLayout(bottom)

    def texts(self) -> str:
        """Return everything that is written on the sheet."""
        return "\n".join(label.text() for label in self.findChildren(QLabel))


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
        keys = "  ".join(s.toString() for s in row.sequences())
        key = QLabel(keys)
        key.setFont(theme.font(bold=True, tabular=True))
        text = QLabel(row.title.rstrip("…") + (f"\n{reason}" if reason else ""))
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        if reason:
            theme.style_as(key, quiet=True)
            theme.style_as(text, quiet=True)
        grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, line, 1)
    return box
