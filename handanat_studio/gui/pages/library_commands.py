"""What can be done on the library page, as rows for the command table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from handanat_studio.gui.commands import Command, CommandTable
from handanat_studio.gui.widgets.entry_grid import SIZES
from handanat_studio.gui.widgets.library_bar import CHIPS
from handanat_studio.store.library import OWN_QUEUES, QUEUES
from handanat_studio.workflows.browse import QUEUE_WORDS

if TYPE_CHECKING:
    from handanat_studio.gui.pages.library import LibraryPage

SCOPE = "library"
MENU = ("open", "rejudge", "assign", "select_all")


def library_commands(page: LibraryPage) -> list[Command]:
    """Return every row of the page."""
    return [*_files(page), *_hands(page), *_view(page), *_filters(page)]


def offer_menu(page: LibraryPage, table: CommandTable) -> None:
    """Offer what can be done with the selected hands by a right click on the grid."""
    page.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
    page.grid.addActions([table.action(f"{SCOPE}.{name}") for name in MENU])


def choose_files(page: LibraryPage) -> None:
    """Ask for image files to import."""
    names, _ = QFileDialog.getOpenFileNames(page, "Import images", str(Path.home()))
    if names:
        page.project_actions.import_paths([Path(name) for name in names])


def choose_folder(page: LibraryPage) -> None:
    """Ask for a folder to import."""
    folder = QFileDialog.getExistingDirectory(page, "Import a folder of images", str(Path.home()))
    if folder:
        page.project_actions.import_paths([Path(folder)])


def _files(page: LibraryPage) -> list[Command]:
    complete = partial(page.project_actions.import_paths, [])
    files, folder = partial(choose_files, page), partial(choose_folder, page)
    return [
        _row("import", "Import images…", files, "Ctrl+I", group="File", icon="import"),
        _row("import_folder", "Import a folder…", folder, "Ctrl+Shift+I", group="File", icon="folder"),
        _row("complete", "Detect and score what is missing", complete, group="File"),
    ]


def _hands(page: LibraryPage) -> list[Command]:
    def needs_row() -> str:
        return "" if page.grid.currentIndex().isValid() else "Select a hand first."

    def needs_entries() -> str:
        return "" if page.grid.model().rowCount() else "Nothing is listed."

    def cannot_assign() -> str:
        if not page.may_review:
            return "Only a lead can assign hands."
        return "" if page.grid.selected_count() else "Select hands first."

    return [
        _row("open", "Open in Annotate", page.open_current, "Return; Enter", when=needs_row, group="Hand"),
        page.rejudging.command(SCOPE, "Judge the selected hands again"),
        _row("select_all", "Select all hands", page.grid.selectAll, "Ctrl+A", when=needs_entries, group="Edit"),
        _row("assign", "Assign…", page.assign, "Ctrl+Shift+A", when=cannot_assign, group="Hand", icon="assign"),
    ]


def _view(page: LibraryPage) -> list[Command]:
    def shows_everyone() -> bool:
        return page.shows_everyone

    def cannot_show_everyone() -> str:
        return "" if page.may_review else "Only a reviewer can see what others said."

    def cannot_shrink() -> str:
        return "" if page.grid.side > SIZES[0] else "These are the smallest thumbnails."

    def cannot_grow() -> str:
        return "" if page.grid.side < SIZES[-1] else "These are the largest thumbnails."

    return [
        _row("find", "Search names", page.focus_search, "Ctrl+F", icon="search"),
        _row("smaller", "Smaller thumbnails", lambda: page.step_size(-1), "Ctrl+-", when=cannot_shrink),
        _row("larger", "Larger thumbnails", lambda: page.step_size(1), "Ctrl+=; Ctrl++", when=cannot_grow),
        _row(
            "everyone",
            "Show everybody's verdicts",
            page.toggle_everyone,
            when=cannot_show_everyone,
            checked=shows_everyone,
        ),
    ]


def _filters(page: LibraryPage) -> list[Command]:
    state = page.state

    def needs_filter() -> str:
        return "" if page.is_filtered else "Nothing is filtered."

    def cannot_queue(name: str) -> str:
        return "" if name in OWN_QUEUES or page.may_review else "This queue is for reviewers."

    def show_queue(name: str) -> None:
        state.set(queue="" if state.value.queue == name else name)

    def turn_round() -> None:
        state.set(descending=not state.value.descending)

    return [
        _row(
            "filters",
            "Filters",
            page.toggle_filters,
            "Ctrl+Shift+F",
            icon="filter",
            checked=lambda: page.panel.isVisibleTo(page),
        ),
        _row("clear_filters", "Clear all filters", page.show_all, "Ctrl+Backspace", when=needs_filter),
        _row("turn_round", "Turn the order round", turn_round, "Ctrl+R", icon="sort"),
        _row("views", "Saved views", page.views.open_menu, "Ctrl+Shift+V", icon="saved-view"),
        _row("save_view", "Save this view…", page.views.ask_name, "Ctrl+Shift+S", icon="saved-view"),
        *(
            _row(f"show_{name}", f"Show: {title}", partial(page.chips.choose, name), f"Alt+{number}")
            for number, (name, title) in enumerate(CHIPS, start=1)
        ),
        *(
            _row(
                f"queue_{name}",
                f"Queue: {QUEUE_WORDS[name][0]}",
                partial(show_queue, name),
                when=partial(cannot_queue, name),
                checked=lambda name=name: state.value.queue == name,
                hidden=True,
            )
            for name in QUEUES
        ),
    ]


def _row(name: str, title: str, run: Callable[[], object], key: str = "", **more: Any) -> Command:
    return Command(f"{SCOPE}.{name}", title, run, key, scope=SCOPE, **more)
