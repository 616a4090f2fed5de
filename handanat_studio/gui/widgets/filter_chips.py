"""A row of chips with counts, one of them on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from handanat_studio.gui import theme


class FilterChips(QWidget):
    """Emits `chosen(name)` when the user takes another chip.

    Args:
        chips: (name, title) in order; the first one is on.
    """

    chosen = Signal(str)

    def __init__(self, chips: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = dict(chips)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S8)
        for name, title in self._titles.items():
            button = QPushButton(title)
            button.setCheckable(True)
            button.setFont(theme.font(tabular=True))
            theme.style_as(button, kind="chip")
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            row.addWidget(button)
            self._buttons[name] = button
        self._buttons[next(iter(self._titles))].setChecked(True)

    @property
    def current(self) -> str:
        """The name of the chip that is on, "" = none."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "")

    def text(self, name: str) -> str:
        """Return what a chip shows."""
        return self._buttons[name].text()

    def choose(self, name: str) -> None:
        """Turn a chip on as if it had been clicked."""
        self._buttons[name].click()

    def show_current(self, name: str) -> None:
        """Show which chip is on, "" = none; nothing is chosen by that."""
        self._group.setExclusive(False)
        for own, button in self._buttons.items():
            button.setChecked(own == name)
        self._group.setExclusive(bool(name))

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show how many entries each chip stands for; names that are missing show none."""
        for name, button in self._buttons.items():
            title = self._titles[name]
            count = counts.get(name)
            button.setText(title if count is None else f"{title}  {count:,}")
            button.setAccessibleName(title if count is None else f"{title}, {count:,} entries")
