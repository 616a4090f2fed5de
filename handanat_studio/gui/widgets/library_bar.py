"""The bar above the thumbnails: filter chips with counts, saved views, search, order, size."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.widgets.entry_grid import SIZES
from handanat_studio.gui.widgets.filter_chips import FilterChips
from handanat_studio.gui.widgets.filter_state import FilterState
from handanat_studio.gui.widgets.filter_words import SORT_TITLES
from handanat_studio.gui.widgets.saved_views import SavedViews
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE
from handanat_studio.store.library import DETECTED, IN_PROGRESS, NO_HAND, SORTS, LibraryFilter

SEARCH_PAUSE_MS = 200
SEARCH_PX = 160
CHIPS: tuple[tuple[str, str], ...] = (
    ("all", "All"),
    ("needs_work", "Needs work"),
    (PLAUSIBLE, "Plausible"),
    (IMPLAUSIBLE, "Implausible"),
    (UNSURE, "Unsure"),
    ("no_hand", "No hand"),
    ("errors", "Errors"),
)
_NOTHING: dict[str, object] = {"statuses": (), "verdicts": (), "errors_only": False}
CHIP_FIELDS: dict[str, dict[str, object]] = {
    "all": _NOTHING,
    "needs_work": _NOTHING | {"statuses": (DETECTED, IN_PROGRESS)},
    **{verdict: _NOTHING | {"verdicts": (verdict,)} for verdict in (PLAUSIBLE, IMPLAUSIBLE, UNSURE)},
    "no_hand": _NOTHING | {"statuses": (NO_HAND,)},
    "errors": _NOTHING | {"errors_only": True},
}
"""What each chip sets in the filter; it is on while the filter says just that."""
SIZE_NAMES = dict(zip(SIZES, ("Small", "Medium", "Large"), strict=True))


def chip_counts(counts: dict[str, int]) -> dict[str, int]:
    """Return what each chip shows, from the counts of `workflows.browse.counts`."""
    own = {"all": "entries", "errors": "error"}
    result = {name: counts[own.get(name, name)] for name, _ in CHIPS if name != "needs_work"}
    return {**result, "needs_work": counts["detected"] + counts["in_progress"]}


def chip_of(wanted: LibraryFilter) -> str:
    """Return the chip that stands for a filter's status and verdict, "" = none."""
    said = {name: getattr(wanted, name) for name in _NOTHING}
    return next((chip for chip, fields in CHIP_FIELDS.items() if fields == said), "")


class LibraryBar(QFrame):
    """Shows a `FilterState` and changes it; emits `side_chosen(px)` for another size of thumbnails.

    Args:
        state: what is filtered.
        views: the saved views, which stand in the bar.
        side: size of the thumbnails that is on.
    """

    side_chosen = Signal(int)

    def __init__(self, state: FilterState, views: SavedViews, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.style_as(self, card="bar")
        self._state = state
        self.chips = FilterChips(CHIPS)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names")
        self.search.setAccessibleName("Search names")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(96)
        self.search.setMaximumWidth(SEARCH_PX)
        self.sort = QComboBox()
        self.sort.setAccessibleName("Sort by")
        for name in SORTS:
            self.sort.addItem(SORT_TITLES[name][0], name)
        self.direction = QToolButton()
        self.direction.setIconSize(QSize(16, 16))
        self.panel_button = QToolButton()
        self._sizes = QButtonGroup(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S8, theme.S8, theme.S12, theme.S8)
        row.setSpacing(theme.S8)
        row.addWidget(self.panel_button)
        row.addWidget(self.chips)
        row.addStretch(1)
        for widget in (views, self.search, self.sort, self.direction):
            row.addWidget(widget)
        for size in SIZES:
            row.addWidget(self._size_button(size, size == side))
        self._wire()
        self.show_state()

    def show_state(self) -> None:
        """Show what the filter says."""
        wanted = self._state.value
        self.chips.show_current(chip_of(wanted))
        if self.search.text().strip() != wanted.text and not self._pause.isActive():
            self.search.blockSignals(True)
            self.search.setText(wanted.text)
            self.search.blockSignals(False)
        self.sort.blockSignals(True)
        self.sort.setCurrentIndex(SORTS.index(wanted.sort))
        self.sort.blockSignals(False)
        word = "Largest or last first" if wanted.descending else "Smallest or first first"
        self.direction.setIcon(icons.icon("sort-down" if wanted.descending else "sort"))
        self.direction.setToolTip(f"{word}. Press to turn the order round.")
        self.direction.setAccessibleName(f"Turn the order round; now: {word.lower()}")

    def clear_search(self) -> None:
        """Forget what was typed, also what has not been searched yet."""
        self._pause.stop()
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)

    def choose_size(self, side: int) -> None:
        """Take a size as if its button had been clicked."""
        self._sizes.button(side).click()

    def _size_button(self, side: int, is_on: bool) -> QToolButton:
        name = SIZE_NAMES[side]
        button = QToolButton()
        button.setCheckable(True)
        button.setChecked(is_on)
        button.setIcon(icons.icon(f"size-{name.lower()}"))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(f"{name} thumbnails")
        button.setAccessibleName(f"{name} thumbnails")
        self._sizes.addButton(button, side)
        return button

    def _wire(self) -> None:
        self._state.changed.connect(self.show_state)
        self.chips.chosen.connect(lambda name: self._state.set(**CHIP_FIELDS[name]))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.sort.currentIndexChanged.connect(self._on_sort)
        self.direction.clicked.connect(lambda: self._state.set(descending=not self._state.value.descending))
        self._pause.timeout.connect(lambda: self._state.set(text=self.search.text().strip()))
        self._sizes.idClicked.connect(self.side_chosen)

    def _on_sort(self, place: int) -> None:
        name = SORTS[place]
        self._state.set(sort=name, descending=SORT_TITLES[name][1])
