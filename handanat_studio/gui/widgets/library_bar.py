"""The bar above the thumbnails: filter chips with counts, search, order, size. Says what the library should list."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.widgets.entry_grid import SIZES
from handanat_studio.gui.widgets.filter_chips import FilterChips
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE
from handanat_studio.store.library import LibraryFilter

SEARCH_PAUSE_MS = 200
SEARCH_PX = 180
CHIPS: tuple[tuple[str, str], ...] = (
    ("all", "All"),
    ("needs_work", "Needs work"),
    (PLAUSIBLE, "Plausible"),
    (IMPLAUSIBLE, "Implausible"),
    (UNSURE, "Unsure"),
    ("no_hand", "No hand"),
    ("errors", "Errors"),
)
SORTS = (
    ("Order of import", "imported", False),
    ("Highest score first", "score", True),
    ("Lowest score first", "score", False),
    ("Name", "name", False),
)
SIZE_NAMES = dict(zip(SIZES, ("Small", "Medium", "Large"), strict=True))
CHIP_STATUSES = {"needs_work": ("detected", "in_progress"), "no_hand": ("no_hand",)}


def chip_counts(counts: dict[str, int]) -> dict[str, int]:
    """Return what each chip shows, from the counts of `store.library.counts`."""
    own = {"all": "entries", "errors": "error"}
    result = {name: counts[own.get(name, name)] for name, _ in CHIPS if name != "needs_work"}
    return {**result, "needs_work": counts["detected"] + counts["in_progress"]}


class LibraryBar(QFrame):
    """Emits `wanted_changed` when another listing is asked for, `side_chosen(px)` for another size.

    Args:
        side: size of the thumbnails that is on.
    """

    wanted_changed = Signal()
    side_chosen = Signal(int)

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.style_as(self, card="bar")
        self.chips = FilterChips(CHIPS)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names")
        self.search.setAccessibleName("Search names")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(SEARCH_PX)
        self.sort = QComboBox()
        self.sort.setAccessibleName("Sort by")
        self.sort.addItems([title for title, *_ in SORTS])
        self._sizes = QButtonGroup(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S16, theme.S8, theme.S12, theme.S8)
        row.setSpacing(theme.S8)
        row.addWidget(self.chips)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addWidget(self.sort)
        for size in SIZES:
            row.addWidget(self._size_button(size, size == side))
        self._wire()

    def wanted(self, *, scorer: str, annotator: str) -> LibraryFilter:
        """Return what should be listed.

        Args:
            scorer: whose score counts.
            annotator: whose verdicts count, "" = whoever came last.
        """
        chip = self.chips.current
        _, sort, descending = SORTS[self.sort.currentIndex()]
        return LibraryFilter(
            text=self.search.text().strip(),
            verdicts=(chip,) if chip in (PLAUSIBLE, IMPLAUSIBLE, UNSURE) else (),
            statuses=CHIP_STATUSES.get(chip, ()),
            errors_only=chip == "errors",
            scorer=scorer,
            annotator=annotator,
            sort=sort,
            descending=descending,
        )

    def show_all(self) -> None:
        """Take search and filter away; emits `wanted_changed` once at least."""
        self.search.clear()
        self.chips.choose("all")

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
        self.chips.chosen.connect(lambda _name: self.wanted_changed.emit())
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.sort.currentIndexChanged.connect(lambda _place: self.wanted_changed.emit())
        self._pause.timeout.connect(self.wanted_changed)
        self._sizes.idClicked.connect(self.side_chosen)
