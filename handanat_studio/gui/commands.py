"""The command table: one row per thing a user can do. Menus, toolbars, keys, palette, F1 sheet and tests read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from handanat_studio.gui import icons

GLOBAL = "global"
GROUPS = ("File", "Edit", "View", "Hand", "Review", "Help")


def always() -> str:
    """Say that a command is always available."""
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table.

    Attributes:
        id: stable name, "library.import"; settings refer to it.
        title: what it is called in menus; "…" at the end if it asks for more.
        run: does it; None for a key that acts while it is held (shown in the F1 sheet, handled by the widget).
        key: key sequences in portable text, separated by "; "; the first one is shown. "" = none.
        when: returns "" if the command is available, else the reason why not, as a short sentence.
        scope: `GLOBAL`, or the scope of the page it belongs to.
        group: menu it stands in, one of `GROUPS`.
        icon: icon name, "" = none.
        checked: for a switch, tells whether it is on.
        hidden: keep it out of the menus (it still has its key and its place in palette and F1 sheet).
    """

    id: str
    title: str
    run: Callable[[], object] | None
    key: str = ""
    when: Callable[[], str] = always
    scope: str = GLOBAL
    group: str = "View"
    icon: str = ""
    checked: Callable[[], bool] | None = None
    hidden: bool = False

    def sequences(self) -> list[QKeySequence]:
        """Return its key sequences."""
        return [QKeySequence.fromString(part.strip()) for part in self.key.split(";") if part.strip()]

    def key_text(self) -> str:
        """Return its first key as people read it, "" if none."""
        keys = self.sequences()
        return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


def meet(first: Command, second: Command) -> bool:
    """Tell whether two commands are ever in force at the same time, so that they cannot share a key."""
    return GLOBAL in (first.scope, second.scope) or first.scope == second.scope


def rivals(commands: Iterable[Command], command: Command, sequence: QKeySequence) -> list[Command]:
    """Return the other commands that have a key where `command` is in force."""
    wanted = sequence.toString()
    return [
        row
        for row in commands
        if row.id != command.id and meet(row, command) and any(s.toString() == wanted for s in row.sequences())
    ]


def conflicts(commands: Iterable[Command]) -> list[str]:
    """Return one sentence for each key that two commands share where both are in force."""
    seen: dict[str, list[Command]] = {}
    result = []
    for command in commands:
        for sequence in command.sequences():
            key = sequence.toString()
            for other in seen.setdefault(key, []):
                if meet(command, other):
                    result.append(f"{key}: {other.id} and {command.id}")
            seen[key].append(command)
    return result


class CommandTable(QObject):
    """All commands of the window, with their live keys and actions.

    Args:
        overrides: command id -> key text from the settings; "" takes a command's key away.
    """

    refused = Signal(str)
    refreshed = Signal()

    def __init__(self, overrides: dict[str, str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._overrides = dict(overrides or {})
        self._rows: dict[str, Command] = {}
        self._owners: dict[str, QWidget] = {}
        self._actions: dict[str, QAction] = {}
        self._shown: dict[str, tuple[str, str, bool]] = {}
        self._shortcuts: dict[str, list[QShortcut]] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)

    def add(self, commands: Iterable[Command], owner: QWidget) -> None:
        """Add rows; their keys work while `owner` (the window or a page) is visible.

        Raises:
            ValueError: if an id is there already.
        """
        for command in commands:
            if command.id in self._rows:
                raise ValueError(f"command '{command.id}' exists already")
            self._owners[command.id] = owner
            self._rows[command.id] = command
            self._bind(command)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def set_overrides(self, overrides: dict[str, str]) -> None:
        """Take new keys from the settings, at once."""
        before, self._overrides = self._overrides, dict(overrides)
        moved = [name for name in {*before, *overrides} if before.get(name) != overrides.get(name)]
        for name in moved:
            if name in self._rows:
                self._bind(self._rows[name])
        if moved:
            self.refresh_soon()

    def all(self) -> list[Command]:
        """Return every row with the keys that apply."""
        return [self.get(name) for name in self._rows]

    def get(self, name: str) -> Command:
        """Return a row with the key that applies."""
        row = self._rows[name]
        return replace(row, key=self._overrides[name]) if name in self._overrides else row

    def first_key(self, name: str) -> str:
        """Return the key text that a command has of itself, whatever the settings say."""
        return self._rows[name].key

    def in_scope(self, scope: str) -> list[Command]:
        """Return the rows that are in force on a page: its own first, then the global ones."""
        rows = self.all()
        own = [row for row in rows if row.scope == scope and scope != GLOBAL]
        return own + [row for row in rows if row.scope == GLOBAL]

    def trigger(self, name: str) -> bool:
        """Run a command if it is available; otherwise emit `refused` with the reason.

        Returns:
            whether it ran.
        """
        row = self._rows[name]
        reason = row.when()
        if reason or row.run is None:
            self.refused.emit(reason or f"Hold {self.get(name).key_text()} for this.")
            return False
        row.run()
        self.refresh_soon()
        return True

    def action(self, name: str) -> QAction:
        """Return the command's action for a menu or a tool button (`QToolButton.setDefaultAction`).

        Its key is shown but not bound; keys have shortcuts of their own, so that an action which is greyed out
        since the last `refresh` never swallows a key.
        """
        if name not in self._actions:
            row = self._rows[name]
            action = QAction(row.title, self)
            if row.icon:
                action.setIcon(icons.icon(row.icon))
            action.setCheckable(row.checked is not None)
            action.triggered.connect(lambda _checked=False, name=name: self.trigger(name))
            self._actions[name] = action
            self._update(name)
        return self._actions[name]

    def refresh_soon(self) -> None:
        """Refresh once when the event loop has a moment, however often this is called; a step to the next hand asks
        five times, and none of it may delay the picture.
        """
        self._soon.start()

    def refresh(self) -> None:
        """Ask every command again whether it is available and on."""
        self._soon.stop()
        for name in self._actions:
            self._update(name)
        self.refreshed.emit()

    def _update(self, name: str) -> None:
        row, action = self.get(name), self._actions[name]
        reason = row.when()
        state = (row.key, reason, row.checked is not None and row.checked())
        if self._shown.get(name) == state:
            return
        self._shown[name] = state
        action.setText(f"{row.title}\t{row.key_text()}" if row.key else row.title)
        action.setIconText(row.title)
        action.setEnabled(not reason)
        if row.checked is not None:
            action.setChecked(state[2])
        tip = row.title.rstrip("…") + (f"  ({row.key_text()})" if row.key else "")
        action.setToolTip(f"{tip}\n{reason}" if reason else tip)

    def _bind(self, command: Command) -> None:
        for shortcut in self._shortcuts.pop(command.id, []):
            shortcut.deleteLater()
            shortcut.setKey(QKeySequence())
        if command.run is None:
            return
        made = []
        for sequence in self.get(command.id).sequences():
            shortcut = QShortcut(sequence, self._owners[command.id])
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda name=command.id: self.trigger(name))
            shortcut.activatedAmbiguously.connect(lambda name=command.id, key=sequence: self._say_shared(name, key))
            made.append(shortcut)
        self._shortcuts[command.id] = made

    def _say_shared(self, name: str, sequence: QKeySequence) -> None:
        """Say why a key does nothing that a settings file gave to two commands."""
        others = " and ".join(f"'{row.title.rstrip('…')}'" for row in rivals(self.all(), self.get(name), sequence))
        title = self._rows[name].title.rstrip("…")
        self.refused.emit(f"{sequence.toString()} is a key of '{title}' and {others}; change one in the preferences.")
