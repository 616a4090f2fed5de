"""The shortcut editor: every command by page, its keys, and what else a key would do. Changes apply at once."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QLineEdit, QPushButton, QTreeView, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.commands import GLOBAL, Command, CommandTable, rivals
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.key_field import KeyField
from handanat_studio.settings import Settings

ID_ROLE = Qt.ItemDataRole.UserRole
SCOPE_WORDS = {GLOBAL: "Everywhere"}
HELD = "This key belongs to the image and cannot be changed."


def scope_text(scope: str) -> str:
    """Return where a command is in force, as a title."""
    return SCOPE_WORDS.get(scope, scope.replace("_", " ").capitalize())


def keys_text(row: Command) -> str:
    """Return all keys of a command as people read them."""
    return "   ".join(s.toString(QKeySequence.SequenceFormat.NativeText) for s in row.sequences())


def matches(row: Command, typed: str) -> bool:
    """Tell whether a command's title, page or keys hold what was typed."""
    text = f"{row.title} {scope_text(row.scope)} {row.group} {row.key}".lower()
    return all(part in text for part in typed.lower().split())


class KeyEditor(QWidget):
    """Lists the commands and changes their keys.

    Args:
        ctx: holds the command table; changed keys go into `settings.shortcuts`.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._table: CommandTable = ctx.commands
        self._adds = False
        self._asked: tuple[str, QKeySequence, list[Command]] | None = None
        self._search = QLineEdit(placeholderText="Search by name, page or key")
        self._search.setAccessibleName("Search shortcuts")
        self._search.setClearButtonEnabled(True)
        self._model = QStandardItemModel(0, 2, self)
        self._list = QTreeView()
        self._list.setModel(self._model)
        self._list.setAccessibleName("Commands and their keys")
        self._list.setHeaderHidden(True)
        self._list.setUniformRowHeights(True)
        self._list.setAllColumnsShowFocus(True)
        self._list.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        theme.style_as(self._list, kind="table")
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._field = KeyField()
        self._change = QPushButton("Change key…")
        self._more = QPushButton("Add a key…")
        self._none = QPushButton("No key")
        self._reset = QPushButton(icons.icon("undo"), "Reset")
        self._reset_all = QPushButton("Reset all")
        self._take = QPushButton("Take it")
        self._leave = QPushButton("Leave it")
        self._lay_out()
        self._wire()
        self.fill()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S8)
        for button in (self._change, self._more, self._none, self._reset):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._reset_all)
        asking = QHBoxLayout()
        asking.setSpacing(theme.S8)
        asking.addWidget(self._said, 1)
        for button in (self._take, self._leave, self._reset_all):
            button.setAutoDefault(False)
        asking.addWidget(self._take)
        asking.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S8)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(self._field)
        column.addLayout(buttons)
        column.addLayout(asking)
        self._said.setMinimumHeight(theme.HIT)
        self._field.hide()
        self._show_question(None)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setFocusProxy(self._search)

    def _wire(self) -> None:
        self._search.textChanged.connect(lambda _text: self.fill())
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.activated.connect(lambda _index: self.record())
        self._field.pressed_key.connect(self._on_key)
        self._field.left.connect(self._field.hide)
        self._field.refused.connect(self._said.setText)
        self._change.clicked.connect(lambda: self.record())
        self._more.clicked.connect(lambda: self.record(add=True))
        self._none.clicked.connect(lambda: self._set_keys(""))
        self._reset.clicked.connect(self.reset)
        self._reset_all.clicked.connect(self.reset_all)
        self._take.clicked.connect(self.take)
        self._leave.clicked.connect(lambda: self._show_question(None))
        self._ctx.settings_changed.connect(self._on_settings)

    # what is shown ---------------------------------------------------------------------------------------------

    @property
    def search(self) -> QLineEdit:
        """Where one types what one looks for."""
        return self._search

    @property
    def field(self) -> KeyField:
        """Where a new key is pressed; visible while one is awaited."""
        return self._field

    @property
    def said(self) -> str:
        """What the editor says: what else the key does, or what was done."""
        return self._said.text()

    @property
    def command_id(self) -> str:
        """The command that is chosen, "" = none."""
        return str(self._list.currentIndex().siblingAtColumn(0).data(ID_ROLE) or "")

    def titles(self) -> list[str]:
        """Return the titles that are listed."""
        sections = (self._model.item(row) for row in range(self._model.rowCount()))
        return [section.child(row).text() for section in sections for row in range(section.rowCount())]

    def choose(self, command_id: str) -> None:
        """Make a command current."""
        for row in range(self._model.rowCount()):
            section = self._model.item(row)
            for place in range(section.rowCount()):
                if section.child(place).data(ID_ROLE) == command_id:
                    self._list.setCurrentIndex(section.child(place).index())

    def fill(self) -> None:
        """List the commands again."""
        before = self.command_id
        self._model.removeRows(0, self._model.rowCount())
        rows = [row for row in self._table.all() if matches(row, self._search.text())]
        for scope in dict.fromkeys([GLOBAL, *(row.scope for row in rows)]):
            own = [row for row in rows if row.scope == scope]
            if own:
                self._model.appendRow(self._section(scope, own))
        self._list.expandAll()
        for row in range(self._model.rowCount()):
            self._list.setFirstColumnSpanned(row, QModelIndex(), True)
        self.choose(before)
        if not self.command_id and rows:
            self._list.setCurrentIndex(self._model.item(0).child(0).index())
        self._refresh()

    def _section(self, scope: str, rows: list[Command]) -> QStandardItem:
        section = QStandardItem(scope_text(scope))
        section.setFont(theme.font(bold=True))
        section.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for row in rows:
            is_own = row.key != self._table.first_key(row.id)
            title = QStandardItem(row.title.rstrip("…"))
            title.setData(row.id, ID_ROLE)
            keys = QStandardItem((keys_text(row) or "–") + ("  (changed)" if is_own else ""))
            keys.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if is_own:
                keys.setFont(theme.font(bold=True))
            section.appendRow([title, keys])
        return section

    def _on_current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._field.hide()
        self._show_question(None)
        self._refresh()

    def _refresh(self) -> None:
        name = self.command_id
        row = self._table.get(name) if name else None
        can = row is not None and row.run is not None
        is_own = row is not None and row.key != self._table.first_key(row.id)
        for button in (self._change, self._more):
            button.setEnabled(can)
        self._none.setEnabled(can and row is not None and bool(row.key))
        self._reset.setEnabled(is_own)
        self._reset_all.setEnabled(bool(self._ctx.settings.shortcuts))
        if row is not None and not can:
            self._said.setText(HELD)
        elif self._said.text() == HELD:
            self._said.setText("")

    # changing --------------------------------------------------------------------------------------------------

    def record(self, *, add: bool = False) -> None:
        """Wait for a key.

        Args:
            add: keep the keys that are there; otherwise the new one replaces them.
        """
        name = self.command_id
        if not name or self._table.get(name).run is None:
            return
        self._adds = add
        self._show_question(None)
        self._field.show()
        self._field.setFocus()

    def take(self) -> None:
        """Give the key that was asked about to the chosen command, and take it from those that had it."""
        if self._asked is None:
            return
        name, sequence, others = self._asked
        lost = {row.id: _without(row, sequence) for row in others}
        said = f"{_native(sequence)} was taken from {_titles(others)}."
        self._keep({name: self._with(name, sequence), **lost})
        self._show_question(None)
        self._said.setText(said)

    def reset(self) -> None:
        """Give the chosen command the keys that it has of itself, unless another has taken one of them."""
        name = self.command_id
        if not name:
            return
        row = self._table.get(name)
        first = Command(row.id, row.title, row.run, self._table.first_key(name), scope=row.scope)
        taken = [other for s in first.sequences() for other in rivals(self._table.all(), row, s)]
        if taken:
            self._said.setText(f"Its own key is now used by {_titles(taken)}. Reset or change that first.")
            return
        self._keep({name: None})

    def reset_all(self) -> None:
        """Give every command its own keys."""
        self._ctx.change_settings(shortcuts={})
        self._said.setText("Every command has its own keys again.")

    def _on_key(self, sequence: QKeySequence) -> None:
        name = self.command_id
        row = self._table.get(name)
        self._field.hide()
        self._list.setFocus()
        if any(s == sequence for s in row.sequences()) and self._adds:
            self._said.setText(f"{_native(sequence)} is a key of it already.")
            return
        others = rivals(self._table.all(), row, sequence)
        held = [other for other in others if other.run is None]
        if held:
            self._said.setText(f"{_native(sequence)} is needed: {held[0].title}.")
        elif others:
            self._show_question((name, sequence, others))
        else:
            self._set_keys(self._with(name, sequence))

    def _with(self, name: str, sequence: QKeySequence) -> str:
        keys = [s.toString() for s in self._table.get(name).sequences()] if self._adds else []
        return "; ".join([*keys, sequence.toString()])

    def _set_keys(self, keys: str) -> None:
        name = self.command_id
        if name:
            self._keep({name: keys})

    def _keep(self, changes: dict[str, str | None]) -> None:
        kept = dict(self._ctx.settings.shortcuts)
        for name, keys in changes.items():
            kept.pop(name, None)
            if keys is not None and keys != self._table.first_key(name):
                kept[name] = keys
        self._ctx.change_settings(shortcuts=kept)
        self._said.setText("")

    def _show_question(self, asked: tuple[str, QKeySequence, list[Command]] | None) -> None:
        self._asked = asked
        for button in (self._take, self._leave):
            button.setVisible(asked is not None)
        if asked is not None:
            self._said.setText(f"{_native(asked[1])} is also {_titles(asked[2])}.")
            self._take.setFocus()
        else:
            self._said.setText("")

    def _on_settings(self, _settings: Settings) -> None:
        said = self._said.text()
        self.fill()
        self._said.setText(said)


def _native(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def _titles(rows: list[Command]) -> str:
    names = (f"'{row.title.rstrip('…')}' ({scope_text(row.scope)})" for row in rows)
    return " and ".join(dict.fromkeys(names))


def _without(row: Command, sequence: QKeySequence) -> str:
    return "; ".join(s.toString() for s in row.sequences() if s != sequence)
