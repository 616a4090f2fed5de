"""The command palette: type a few letters of what you want. Reads the command table and runs its rows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.commands import Command, CommandTable

WIDTH = 560
ROWS_SHOWN, ROW_PX, HEAD_PX = 11, 31, 64
_NAVIGATION = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def fuzzy_score(needle: str, text: str) -> float | None:
    """Rate how well letters typed in order match a text; None if they do not all occur in that order.

    Runs of letters and starts of words count more; shorter texts win ties.
    """
    needle, lower = needle.lower().replace(" ", ""), text.lower()
    score, place, last = 0.0, 0, -2
    for letter in needle:
        starts = [i for i in range(place, len(lower)) if lower[i] == letter]
        if not starts:
            return None
        at = next((i for i in starts if i == last + 1 or i == 0 or not lower[i - 1].isalnum()), starts[0])
        score += 3.0 if at in (0, last + 1) or not lower[at - 1].isalnum() else 1.0
        place, last = at + 1, at
    return score - len(text) / 1000


def ranked(commands: list[Command], needle: str) -> list[Command]:
    """Return the commands that match, best first; all in their order if nothing is typed."""
    rated = [(fuzzy_score(needle, f"{row.title} {row.group}"), row) for row in commands if row.run is not None]
    if not needle.strip():
        return [row for _, row in rated]
    return [row for score, row in sorted(rated, key=lambda pair: -(pair[0] or 0)) if score is not None]


class CommandPalette(QDialog):
    """Lists what can be done on the page that is open."""

    def __init__(self, table: CommandTable, scope: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        theme.style_as(self, kind="popup")
        self._table = table
        self._commands = table.in_scope(scope)
        self._field = QLineEdit(placeholderText="Search commands")
        self._field.setAccessibleName("Search commands")
        self._field.setFont(theme.font("section"))
        self._field.installEventFilter(self)
        self._model = QStandardItemModel(0, 2, self)
        self._list = QTreeView()
        theme.style_as(self._list, kind="palette")
        self._list.setModel(self._model)
        self._list.setAccessibleName("Matching commands")
        self._list.setRootIsDecorated(False)
        self._list.setHeaderHidden(True)
        self._list.setUniformRowHeights(True)
        self._list.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S8, theme.S8, theme.S8, theme.S8)
        column.setSpacing(theme.S8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self._field.textChanged.connect(self._refresh)
        self._list.clicked.connect(lambda index: self._run(index.row()))
        self._refresh("")

    @property
    def field(self) -> QLineEdit:
        """Where one types."""
        return self._field

    def open_over(self, window: QWidget) -> None:
        """Show near the top of a window."""
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 48)))
        self.show()
        self._field.setFocus()

    def titles(self) -> list[str]:
        """Return what is listed, best first."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _NAVIGATION:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentIndex().row())
                return True
        return super().eventFilter(watched, event)

    def _refresh(self, text: str) -> None:
        self._model.removeRows(0, self._model.rowCount())
        for row in ranked(self._commands, text):
            reason = row.when()
            title = QStandardItem(row.title)
            title.setData(row.id, Qt.ItemDataRole.UserRole)
            if row.icon:
                title.setIcon(icons.icon(row.icon))
            note = QStandardItem(reason or row.key_text() or row.group)
            note.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for item in (title, note):
                item.setEnabled(not reason)
            self._model.appendRow([title, note])
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self.setFixedSize(WIDTH, HEAD_PX + ROW_PX * min(ROWS_SHOWN, max(1, self._model.rowCount())))

    def _run(self, row: int) -> None:
        if not 0 <= row < self._model.rowCount():
            return
        name = self._model.item(row).data(Qt.ItemDataRole.UserRole)
        self.close()
        self._table.trigger(name)
