"""The library page: every hand of the project as a thumbnail, with filters, search and details."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.project_actions import ProjectActions
from handanat_studio.gui.widgets.empty_state import EmptyState
from handanat_studio.gui.widgets.entry_details import EntryDetails
from handanat_studio.gui.widgets.entry_grid import SIZES, EntryGrid
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.gui.widgets.filter_chips import FilterChips
from handanat_studio.gui.widgets.library_bar import CHIPS, LibraryBar, chip_counts
from handanat_studio.project import Project
from handanat_studio.settings import Settings
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import browse

REFRESH_PAUSE_MS = 400
DETAILS_PX = 300
KINDS = ("images", "hands", "annotations", "scores")


class LibraryPage(QWidget):
    """Shows what the project holds.

    Signals:
        open_hand(image_id, hand_id): the user wants to annotate; hand id 0 = an image without a hand.
    """

    title = "Library"
    icon_name = "library"
    scope = "library"
    open_hand = Signal(int, int)

    def __init__(self, ctx: Context, actions: ProjectActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._actions = actions
        self._total = 0
        self._is_stale = True
        self._is_reading = True
        self._shows_everyone = False
        self._shown_for = (ctx.settings.scorer, ctx.settings.annotator)
        self._ticket: Ticket | None = None
        self._index: EntryIndex | None = None
        self.setAcceptDrops(True)
        self._model = EntryModel(ctx, self)
        self._grid = EntryGrid(self._model, ctx.settings.thumbnail_px)
        self._details = EntryDetails(ctx)
        self._empty = EmptyState()
        self._bar = LibraryBar(self._grid.side)
        self._refresh_pause = QTimer(self, singleShot=True, interval=REFRESH_PAUSE_MS)
        self._stack = QStackedWidget()
        self._lay_out()
        self._wire()

    @property
    def grid(self) -> EntryGrid:
        """The thumbnail grid."""
        return self._grid

    @property
    def chips(self) -> FilterChips:
        """The filter chips."""
        return self._bar.chips

    @property
    def search_field(self) -> QLineEdit:
        """Where names are searched."""
        return self._bar.search

    @property
    def sort_field(self) -> QComboBox:
        """Where the order is chosen."""
        return self._bar.sort

    @property
    def is_stale(self) -> bool:
        """Whether something was written that is not shown yet."""
        return self._is_stale

    @property
    def is_listed(self) -> bool:
        """Whether the listing has arrived and the entries in view are read."""
        return not self._is_reading and self._grid.is_read

    @property
    def is_settled(self) -> bool:
        """Whether what is in view is complete: entries read, pictures made."""
        return not self._is_reading and self._grid.is_complete

    @property
    def queue(self) -> tuple[EntryIndex | None, int]:
        """What is listed now and the row that is current, -1 = none."""
        return self._index, self._grid.currentIndex().row()

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        needs_row = self._needs_selection
        return [
            _row("import", "Import images…", self._choose_files, "Ctrl+I", group="File", icon="import"),
            _row("import_folder", "Import a folder…", self._choose_folder, "Ctrl+Shift+I", group="File", icon="folder"),
            _row("complete", "Detect and score what is missing", lambda: self._actions.import_paths([]), group="File"),
            _row("open", "Open in Annotate", self._open_current, "Return; Enter", when=needs_row, group="Hand"),
            _row("find", "Search names", self._focus_search, "Ctrl+F", icon="search"),
            _row("smaller", "Smaller thumbnails", lambda: self._step_size(-1), "Ctrl+-", when=self._cannot_shrink),
            _row("larger", "Larger thumbnails", lambda: self._step_size(1), "Ctrl+=; Ctrl++", when=self._cannot_grow),
            _row("everyone", "Show everybody's verdicts", self._toggle_everyone, checked=lambda: self._shows_everyone),
            *(
                _row(f"show_{name}", f"Show: {title}", partial(self._bar.chips.choose, name), f"Alt+{number}")
                for number, (name, title) in enumerate(CHIPS, start=1)
            ),
        ]

    def on_changed(self, change: ChangeSet) -> None:
        """Note that something was written; read again soon if it concerns this page."""
        if any(change.touches(kind) for kind in KINDS):
            self._is_stale = True
            if self.isVisible() and not self._refresh_pause.isActive():
                self._refresh_pause.start()

    def shown(self) -> None:
        """Read again if something was written meanwhile."""
        if self._is_stale:
            self.refresh()
        self._grid.setFocus()
        self._show_position()

    def refresh(self) -> None:
        """Read the index and the counts that the filters ask for."""
        if self._ctx.project is None:
            return
        self._is_stale = False
        if self._ticket is not None:
            self._ticket.cancel()
        self._is_reading = True
        wanted = self._wanted()
        self._ticket = self._ctx.read(_read_listing, wanted, done=lambda answer: self._on_listing(wanted, *answer))

    def select(self, image_id: int, hand_id: int) -> bool:
        """Make an entry current; return whether it is listed."""
        row = self._model.row_of(image_id, hand_id)
        if row >= 0:
            self._grid.go_to(row)
        return row >= 0

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._actions.take_dropped([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    # layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._stack.addWidget(self._grid)
        self._stack.addWidget(self._empty)
        self._stack.setContentsMargins(0, 0, 0, 0)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._stack)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._details)
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        split.setSizes([1000, DETAILS_PX])
        self._details.setMinimumWidth(DETAILS_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(split, 1)

    def _wire(self) -> None:
        ctx = self._ctx
        ctx.project_opened.connect(self._on_project)
        ctx.settings_changed.connect(self._on_settings)
        ctx.project_closed.connect(self._on_closed)
        self._bar.wanted_changed.connect(self.refresh)
        self._bar.side_chosen.connect(self._set_size)
        self._refresh_pause.timeout.connect(self.refresh)
        self._grid.current_row.connect(self._on_current)
        self._grid.opened.connect(lambda row: self.open_hand.emit(*self._model.key(row)))
        self._model.dataChanged.connect(self._on_data)
        self._details.open_pressed.connect(self._open_current)
        self._empty.pressed.connect(self._on_empty_button)

    # reading ---------------------------------------------------------------------------------------------------

    def _wanted(self) -> LibraryFilter:
        annotator = "" if self._shows_everyone else self._ctx.annotator
        return self._bar.wanted(scorer=self._ctx.settings.scorer, annotator=annotator)

    def _on_project(self, _project: Project) -> None:
        self._index = None
        self._bar.show_all()

    def _on_closed(self) -> None:
        self._index = None
        self._model.clear()
        self._details.show_entry(None)

    def _on_settings(self, settings: Settings) -> None:
        shown_for = (settings.scorer, settings.annotator)
        if shown_for != self._shown_for:
            self._shown_for = shown_for
            self.refresh()

    def _on_listing(self, wanted: LibraryFilter, index: EntryIndex, counts: dict[str, int]) -> None:
        self._is_reading = False
        row = self._grid.currentIndex().row()
        before = self._model.key(row) if row >= 0 else None
        self._index = index
        self._model.set_index(index, wanted)
        self._total = counts["entries"]
        self._bar.chips.set_counts(chip_counts(counts))
        count = self._model.rowCount()
        if count:
            self._stack.setCurrentWidget(self._grid)
            if before is None or not self.select(*before):
                self._grid.go_to(0)
        else:
            self._say_empty()
            self._details.show_entry(None)
        self._show_position()
        self._ctx.commands.refresh_soon()

    def _say_empty(self) -> None:
        if self._total == 0 and not self._bar.search.text():
            self._empty.say("import", "This project has no images yet. Drop a folder here.", "Import a folder…")
        else:
            self._empty.say("filter", "No hand passes these filters.", "Show all")
        self._stack.setCurrentWidget(self._empty)

    def _on_empty_button(self) -> None:
        if self._total == 0 and not self._bar.search.text():
            self._choose_folder()
        else:
            self._bar.show_all()

    def _on_current(self, row: int) -> None:
        self._details.show_entry(self._model.entry(row) if row >= 0 else None)
        self._show_position()
        self._ctx.commands.refresh_soon()

    def _on_data(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        row = self._grid.currentIndex().row()
        if not roles and first.row() <= row <= last.row():
            self._details.show_entry(self._model.entry(row))

    def _show_position(self) -> None:
        row, count = self._grid.currentIndex().row(), self._model.rowCount()
        self._ctx.status("position", f"{row + 1:,} / {count:,}" if row >= 0 else f"{count:,}")

    # commands --------------------------------------------------------------------------------------------------

    def _needs_selection(self) -> str:
        return "" if self._grid.currentIndex().isValid() else "Select a hand first."

    def _open_current(self) -> None:
        row = self._grid.currentIndex().row()
        if row >= 0:
            self.open_hand.emit(*self._model.key(row))

    def _focus_search(self) -> None:
        self._bar.search.setFocus()
        self._bar.search.selectAll()

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Import images", str(Path.home()))
        if names:
            self._actions.import_paths([Path(name) for name in names])

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Import a folder of images", str(Path.home()))
        if folder:
            self._actions.import_paths([Path(folder)])

    def _cannot_shrink(self) -> str:
        return "" if self._grid.side > SIZES[0] else "These are the smallest thumbnails."

    def _cannot_grow(self) -> str:
        return "" if self._grid.side < SIZES[-1] else "These are the largest thumbnails."

    def _toggle_everyone(self) -> None:
        self._shows_everyone = not self._shows_everyone
        self.refresh()

    def _step_size(self, step: int) -> None:
        self._bar.choose_size(SIZES[SIZES.index(self._grid.side) + step])

    def _set_size(self, side: int) -> None:
        self._grid.set_side(side)
        self._ctx.change_settings(thumbnail_px=side)
        self._ctx.commands.refresh_soon()


def _row(name: str, title: str, run: Callable[[], object], key: str = "", **more: Any) -> Command:
    return Command(f"{LibraryPage.scope}.{name}", title, run, key, scope=LibraryPage.scope, **more)


def _read_listing(project: Project, wanted: LibraryFilter) -> tuple[EntryIndex, dict[str, int]]:
    return browse.index(project, wanted), browse.counts(project, wanted)
