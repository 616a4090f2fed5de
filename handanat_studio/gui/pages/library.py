"""The library page: every hand of the project as a thumbnail, with queues, filters, search and details."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.pages.library_commands import SCOPE, choose_folder, library_commands, offer_menu
from handanat_studio.gui.pages.library_feed import LibraryFeed
from handanat_studio.gui.project_actions import ProjectActions
from handanat_studio.gui.rejudging import Rejudging
from handanat_studio.gui.widgets.empty_state import EmptyState
from handanat_studio.gui.widgets.entry_details import EntryDetails
from handanat_studio.gui.widgets.entry_grid import SIZES, EntryGrid
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.gui.widgets.filter_active import ActiveFilters
from handanat_studio.gui.widgets.filter_chips import FilterChips
from handanat_studio.gui.widgets.filter_panel import PANEL_PX, FilterPanel
from handanat_studio.gui.widgets.filter_state import FilterState
from handanat_studio.gui.widgets.filter_words import pieces
from handanat_studio.gui.widgets.library_bar import LibraryBar, chip_counts
from handanat_studio.gui.widgets.saved_views import SavedViews
from handanat_studio.project import Project
from handanat_studio.settings import Settings
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.facets import Value
from handanat_studio.store.library import OWN_QUEUES, EntryIndex, LibraryFilter
from handanat_studio.workflows.browse import Listing

DETAILS_PX = 300
KINDS = ("images", "hands", "annotations", "scores", "reviews", "comments", "batches", "labels")


class LibraryPage(QWidget):
    """Shows what the project holds.

    Signals:
        open_hand(image_id, hand_id): the user wants to annotate; hand id 0 = an image without a hand.
    """

    title = "Library"
    icon_name = "library"
    scope = SCOPE
    open_hand = Signal(int, int)

    def __init__(self, ctx: Context, actions: ProjectActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.project_actions = actions
        self._total = 0
        self._is_stale = True
        self.shows_everyone = False
        self._queues: dict[str, int] | None = None
        self._shown_for = (ctx.settings.scorer, ctx.settings.annotator)
        self._index: EntryIndex | None = None
        self.setAcceptDrops(True)
        self.state = FilterState(self)
        self.views = SavedViews(ctx)
        self.panel = FilterPanel(self.state)
        self._model = EntryModel(ctx, self)
        self._grid = EntryGrid(self._model, ctx.settings.thumbnail_px)
        self._details = EntryDetails(ctx)
        self._empty = EmptyState()
        self._bar = LibraryBar(self.state, self.views, self._grid.side)
        self._active = ActiveFilters()
        self._feed = LibraryFeed(
            ctx, self._wanted, fields=self._counted_fields, is_free=lambda: self._grid.is_read, parent=self
        )
        self._stack = QStackedWidget()
        self._lay_out()
        self.rejudging = Rejudging(ctx, self.selected_hands, self)
        ctx.commands.add(library_commands(self), self)
        offer_menu(self, ctx.commands)
        self._bar.panel_button.setDefaultAction(ctx.commands.action("library.filters"))
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
        return not self._feed.is_reading and self._grid.is_read

    @property
    def is_settled(self) -> bool:
        """Whether what is in view is complete: entries read, pictures made."""
        return not self._feed.is_reading and self._grid.is_complete

    @property
    def queue(self) -> tuple[EntryIndex | None, int]:
        """What is listed now and the row that is current, -1 = none."""
        return self._index, self._grid.currentIndex().row()

    @property
    def direction_button(self) -> QToolButton:
        """What turns the order round."""
        return self._bar.direction

    @property
    def active(self) -> ActiveFilters:
        """The row of chips that say what is filtered."""
        return self._active

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked for but an order."""
        value = self.state.value
        return value != LibraryFilter(sort=value.sort, descending=value.descending)

    @property
    def is_counted(self) -> bool:
        """Whether the counts of the filter panel are those of the listing."""
        return self._feed.is_counted

    def commands(self) -> list[Command]:
        """Return no rows: the page has added its own, since its bar shows some of them."""
        return []

    def on_changed(self, change: ChangeSet) -> None:
        """Note that something was written; read again soon if it concerns this page."""
        if change.touches("views"):
            self.views.read()
        if any(change.touches(kind) for kind in KINDS):
            self._is_stale = True
            if self.isVisible():
                self._feed.read_soon()

    def shown(self) -> None:
        """Read again if something was written meanwhile."""
        if self._is_stale:
            self.refresh()
        self._grid.setFocus()
        self._show_position()

    def refresh(self) -> None:
        """Read the index and the counts that the filters ask for; the counts of the panel follow."""
        self._is_stale = False
        self._feed.read()

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
        self.project_actions.take_dropped(
            [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        )

    # layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._stack.addWidget(self._grid)
        self._stack.addWidget(self._empty)
        self._stack.setContentsMargins(0, 0, 0, 0)
        middle = QWidget()
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self._active)
        inner.addWidget(self._stack, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.panel, middle, self._details):
            split.addWidget(widget)
        split.setStretchFactor(1, 1)
        split.setCollapsible(1, False)
        split.setSizes([PANEL_PX, 1000, DETAILS_PX])
        self._details.setMinimumWidth(DETAILS_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(split, 1)
        self._ctx.layout.keep(SCOPE, split)

    def _wire(self) -> None:
        ctx = self._ctx
        ctx.project_opened.connect(self._on_project)
        ctx.settings_changed.connect(self._on_settings)
        ctx.project_closed.connect(self._on_closed)
        self.state.changed.connect(self._on_state)
        self.views.chosen.connect(self.state.take)
        self.panel.counts_wanted.connect(self._feed.count_soon)
        self._active.removed.connect(self.state.leave_open)
        self._active.cleared.connect(self.show_all)
        self._bar.side_chosen.connect(self._set_size)
        self._feed.listed.connect(self._on_listing)
        self._feed.counted.connect(self._on_counts)
        self._feed.refused.connect(self._on_refused)
        self._grid.current_row.connect(self._on_current)
        self._grid.selected.connect(lambda _count: self._show_position())
        self._grid.opened.connect(lambda row: self.open_hand.emit(*self._model.key(row)))
        self._model.dataChanged.connect(self._on_data)
        self._details.open_pressed.connect(self.open_current)
        self._empty.pressed.connect(self._on_empty_button)

    # reading ---------------------------------------------------------------------------------------------------

    def _wanted(self) -> LibraryFilter:
        viewer = self._ctx.annotator
        annotator = "" if self.shows_everyone else viewer
        return replace(self.state.value, scorer=self._ctx.settings.scorer, annotator=annotator, viewer=viewer)

    def _on_project(self, _project: Project) -> None:
        self._index = None
        self._queues = None
        self.panel.forget()
        self.views.read()
        if self.is_filtered:
            self.show_all()
        else:
            self.refresh()

    def _on_state(self) -> None:
        value = self.state.value
        self.views.show_filter(value)
        self._active.show_pieces(pieces(value, self.panel.kinds))
        self.refresh()

    def _on_closed(self) -> None:
        self._index = None
        self._model.clear()
        self._details.show_entry(None)

    def _on_settings(self, settings: Settings) -> None:
        shown_for = (settings.scorer, settings.annotator)
        if shown_for != self._shown_for:
            self._shown_for = shown_for
            self.shows_everyone = False
            self._queues = None
            self.refresh()

    def _on_listing(self, wanted: LibraryFilter, listing: Listing) -> None:
        row = self._grid.currentIndex().row()
        before = self._model.key(row) if row >= 0 else None
        self._index = listing.index
        self._model.set_index(listing.index, wanted, listing.first)
        self._total = listing.counts["entries"]
        self._bar.chips.set_counts(chip_counts(listing.counts))
        if self._model.rowCount():
            self._stack.setCurrentWidget(self._grid)
            self._keep_current(before)
        else:
            self._say_empty()
            self._details.show_entry(None)
        self._show_position()
        self._ctx.commands.refresh_soon()

    def _keep_current(self, before: tuple[int, int] | None) -> None:
        """Stay with the entry that was current; a selection of several stays if the listing did."""
        row = self._grid.currentIndex().row()
        if before is not None and row >= 0 and self._model.key(row) == before and self._grid.selected_count():
            return
        if before is None or not self.select(*before):
            self._grid.go_to(0)

    def _on_refused(self, error: BaseException) -> None:
        """Show everything again when the filter asks for what this annotator may not see."""
        self._ctx.report(error)
        if self.shows_everyone:
            self.shows_everyone = False
            self.refresh()
        elif self.is_filtered or self.state.value != LibraryFilter():
            self.state.take(LibraryFilter())

    def _counted_fields(self) -> list[str]:
        return self.panel.wanted_counts() if self.panel.isVisibleTo(self) else []

    def _on_counts(self, facets: dict[str, dict[Value, int]], queues: dict[str, int], kinds: dict[str, str]) -> None:
        self._queues = queues
        self.panel.show_counts(facets, queues, kinds)
        self._ctx.commands.refresh_soon()

    def _say_empty(self) -> None:
        if self._total == 0 and not self.is_filtered:
            self._empty.say("import", "This project has no images yet. Drop a folder here.", "Import a folder…")
        else:
            self._empty.say("filter", "No hand passes these filters.", "Show all")
        self._stack.setCurrentWidget(self._empty)

    def _on_empty_button(self) -> None:
        if self._total == 0 and not self.is_filtered:
            choose_folder(self)
        else:
            self.show_all()

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
        chosen = self._grid.selected_count()
        place = f"{row + 1:,} / {count:,}" if row >= 0 else f"{count:,}"
        self._ctx.status("position", f"{place} · {chosen:,} selected" if chosen > 1 else place)

    # commands --------------------------------------------------------------------------------------------------

    def selected_hands(self) -> list[int]:
        """Return the ids of the selected hands, in order; images without a hand are left out."""
        keys = (self._model.key(row) for row in self._grid.selected_rows())
        return [hand_id for _, hand_id in keys if hand_id]

    def show_all(self) -> None:
        """Take every filter and the search away; the order stays."""
        self._bar.clear_search()
        self.state.clear()

    def toggle_filters(self) -> None:
        """Show or hide the filter panel."""
        self.panel.setVisible(not self.panel.isVisibleTo(self))
        self._feed.count_soon()

    def toggle_everyone(self) -> None:
        """Show everybody's verdicts, or only one's own."""
        self.shows_everyone = not self.shows_everyone
        self.refresh()

    def assign(self) -> None:
        """Give the selected hands to people."""
        from handanat_studio.gui.dialogs.assign import AssignDialog  # loaded when it is first wanted

        AssignDialog(self._ctx, self.selected_hands(), self.window()).show()

    def open_current(self) -> None:
        """Open the current entry for annotation."""
        row = self._grid.currentIndex().row()
        if row >= 0:
            self.open_hand.emit(*self._model.key(row))

    def focus_search(self) -> None:
        """Go to the search field."""
        self._bar.search.setFocus()
        self._bar.search.selectAll()

    def step_size(self, step: int) -> None:
        """Make thumbnails larger (1) or smaller (-1)."""
        self._bar.choose_size(SIZES[SIZES.index(self._grid.side) + step])

    @property
    def may_review(self) -> bool:
        """Whether the annotator is a reviewer or lead, as far as is known."""
        return self._queues is None or len(self._queues) > len(OWN_QUEUES)

    def _set_size(self, side: int) -> None:
        self._grid.set_side(side)
        self._ctx.change_settings(thumbnail_px=side)
        self._ctx.commands.refresh_soon()
