"""The library page on real projects: listing, filters, details, opening, staying fresh, and many entries."""

import sys
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.context import Context
from handanat_studio.gui.pages.library import LibraryPage
from handanat_studio.gui.widgets.empty_state import EmptyState
from handanat_studio.gui.widgets.entry_details import EntryDetails, finding_text
from handanat_studio.gui.widgets.entry_grid import SIZES, EntryGrid
from handanat_studio.gui.widgets.entry_model import EntryModel, describe
from handanat_studio.gui.widgets.library_bar import CHIPS, chip_counts
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import IMPLAUSIBLE, Finding, HandPose
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import EntryIndex, LibraryFilter
from handanat_studio.workflows import annotate, browse


@pytest.fixture
def library(opened: Studio) -> LibraryPage:
    """The library of the filled project: 12 hands, one image without a hand, one that cannot be read."""
    assert opened.library is not None
    return opened.library


def entries(library: LibraryPage) -> list[str]:
    """Return what is listed, by name."""
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    found = [model.entry(row) for row in range(model.rowCount())]
    return [entry.uri.rsplit("/", 1)[-1] for entry in found if entry is not None]


def settle(library: LibraryPage, qtbot: QtBot) -> None:
    """Wait until the library is complete."""
    qtbot.waitUntil(lambda: library.is_settled, timeout=10_000)


def test_everything_is_listed_and_counted(library: LibraryPage) -> None:
    """14 entries; the chips show how many each stands for."""
    assert len(entries(library)) == 14
    texts = {name: library.chips.text(name) for name, _ in CHIPS}
    assert texts["all"] == "All  14"
    assert texts["needs_work"] == "Needs work  10"
    assert texts["plausible"] == "Plausible  1"
    assert texts["no_hand"] == "No hand  1"
    assert texts["errors"] == "Errors  1"


@pytest.mark.parametrize(
    ("chip", "count"),
    [("needs_work", 10), ("plausible", 1), ("implausible", 1), ("unsure", 0), ("no_hand", 1), ("errors", 1)],
)
def test_a_chip_lists_as_many_as_it_says(library: LibraryPage, qtbot: QtBot, chip: str, count: int) -> None:
    """Count on the chip and rows in the grid agree for every filter."""
    library.chips.choose(chip)
    settle(library, qtbot)
    assert library.grid.model().rowCount() == count
    assert library.chips.text(chip).endswith(f"  {count}")


def test_the_search_narrows_by_name(library: LibraryPage, qtbot: QtBot) -> None:
    """Typing lists what matches, after a short pause and without Enter."""
    library.search_field.setText("hand-003")
    qtbot.waitUntil(lambda: library.grid.model().rowCount() == 1)
    settle(library, qtbot)
    assert entries(library) == ["hand-003.png"]


def test_the_highest_score_comes_first_when_asked(library: LibraryPage, qtbot: QtBot) -> None:
    """Sorted by score, the first entry has the highest, and those without a score come last."""
    library.sort_field.setCurrentText("Score")
    qtbot.waitUntil(lambda: library.queue[1] >= 0 and entries(library)[:1] != ["hand-000.png"])
    settle(library, qtbot)
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    values = [entry.score_value for row in range(model.rowCount()) if (entry := model.entry(row)) is not None]
    known = [value for value in values if value == value]
    assert known == sorted(known, reverse=True)
    assert all(value != value for value in values[len(known) :])


def test_nothing_found_offers_to_show_all(library: LibraryPage, qtbot: QtBot) -> None:
    """The empty state is one sentence and one button, and the button works."""
    library.chips.choose("unsure")
    settle(library, qtbot)
    empty = library.findChild(EmptyState)
    assert empty is not None
    assert empty.isVisible()
    assert empty.sentence == "No hand passes these filters."
    empty.pressed.emit()
    qtbot.waitUntil(lambda: library.grid.model().rowCount() == 14)
    assert library.grid.isVisible()


def test_a_project_without_images_asks_for_a_folder(
    studio: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new project says what to do first."""
    studio.ctx.open_project(tmp_path / "new", create=True)
    qtbot.waitUntil(lambda: studio.library is not None and studio.library.is_settled)
    assert studio.library is not None
    empty = studio.library.findChild(EmptyState)
    assert empty is not None
    assert "no images yet" in empty.sentence


def test_the_details_follow_the_selection(library: LibraryPage, qtbot: QtBot) -> None:
    """Name, verdict, status and score of the entry that is current."""
    library.grid.go_to(1)
    settle(library, qtbot)
    details = library.findChild(EntryDetails)
    assert details is not None
    assert details.value("Verdict") == "implausible"
    assert details.value("Status") == "done"
    assert details.value("Score").startswith("0.58")
    library.grid.go_to(13)
    settle(library, qtbot)
    qtbot.waitUntil(lambda: details.value("Status") == "The file is not an image.")
    assert details.value("Verdict") == "–"


def test_arrow_keys_walk_the_grid(library: LibraryPage) -> None:
    """Right goes to the next entry, End to the last."""
    library.grid.go_to(0)
    library.grid.setFocus()
    QTest.keyClick(library.grid, Qt.Key.Key_Right)
    assert library.queue[1] == 1
    QTest.keyClick(library.grid, Qt.Key.Key_End)
    assert library.queue[1] == 13


def test_enter_and_double_click_open_the_hand(opened: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """Both say which image and which hand."""
    library.grid.go_to(2)
    with qtbot.waitSignal(library.open_hand) as opened_by_key:
        QTest.keyClick(library.grid, Qt.Key.Key_Return)
    assert opened_by_key.args == [3, 3]
    assert opened.window.page is opened.annotate
    opened.window.show_page("library")
    index = library.grid.model().index(4, 0)
    spot = library.grid.visualRect(index).center()
    with qtbot.waitSignal(library.open_hand) as opened_by_mouse:
        QTest.mouseClick(library.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        QTest.mouseDClick(library.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert opened_by_mouse.args == [5, 5]


def test_a_saved_verdict_shows_when_the_library_is_next_seen(studio: Studio, own_project: Path, qtbot: QtBot) -> None:
    """Flow is one way: a write, a change set, and the page reads again; the current entry stays current."""
    studio.ctx.open_project(own_project)
    qtbot.waitUntil(lambda: studio.library is not None and studio.library.is_settled)
    library = studio.library
    assert library is not None
    library.grid.go_to(5)
    pose = HandPose.ordinary(np.full((21, 2), 40.0))
    studio.ctx.save(annotate.save, NewAnnotation(6, "annotator", pose, verdict=IMPLAUSIBLE))
    qtbot.waitUntil(lambda: library.chips.text("implausible") == "Implausible  2", timeout=5000)
    settle(library, qtbot)
    assert library.queue[1] == 5
    entry = library.grid.entry(5)
    assert entry is not None
    assert (entry.verdict, entry.status) == (IMPLAUSIBLE, "done")


def test_a_change_of_something_else_is_not_read_again(library: LibraryPage, qtbot: QtBot) -> None:
    """Only what the page shows makes it stale."""
    library.on_changed(ChangeSet(frozenset({"annotators"})))
    assert not library.is_stale
    library.on_changed(ChangeSet(frozenset({"scores"})))
    assert library.is_stale


def test_other_peoples_verdicts_are_shown_only_on_request(studio: Studio, own_project: Path, qtbot: QtBot) -> None:
    """By default an annotator sees their own verdicts, so that a second opinion stays one."""
    studio.ctx.change_settings(annotator="somebody else")
    studio.ctx.open_project(own_project)
    qtbot.waitUntil(lambda: studio.library is not None and studio.library.is_settled)
    library = studio.library
    assert library is not None
    assert library.chips.text("plausible") == "Plausible  0"
    studio.ctx.commands.trigger("library.everyone")
    qtbot.waitUntil(lambda: library.chips.text("plausible") == "Plausible  1")


def test_sizes_change_and_are_kept(opened: Studio, library: LibraryPage) -> None:
    """Three sizes by key, remembered in the settings, and the ends say that they are ends."""
    assert library.grid.side == 192
    opened.ctx.commands.trigger("library.larger")
    assert (library.grid.side, opened.ctx.settings.thumbnail_px) == (256, 256)
    assert not opened.ctx.commands.trigger("library.larger")
    opened.ctx.commands.trigger("library.smaller")
    opened.ctx.commands.trigger("library.smaller")
    assert library.grid.side == SIZES[0]


def test_an_entry_is_described_in_words(library: LibraryPage) -> None:
    """Tooltips and screen readers get the badges as words."""
    entry = library.grid.entry(0)
    assert entry is not None
    assert describe(entry) == "hand-000.png, done, verdict plausible, score 0.00"


def test_a_thumbnail_shows_the_hand_and_not_the_image(library: LibraryPage) -> None:
    """Crops are as large as the grid asks at most, and never larger than the file gives."""
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    entry = model.entry(0)
    assert entry is not None
    image = model.thumbnail(0, entry, 64)
    assert image is None or image.width() <= 64


def test_state_is_never_shown_by_colour_alone(library: LibraryPage) -> None:
    """The picture of a cell differs between verdicts and between states even when all colours are made grey."""
    greys = []
    for row in (0, 1, 2, 12, 13):
        rect = library.grid.visualRect(library.grid.model().index(row, 0))
        greys.append(library.grid.viewport().grab(rect).toImage().convertToFormat(QImage.Format.Format_Grayscale8))
    assert all(a != b for i, a in enumerate(greys) for b in greys[:i])


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("angle", "index_pip", 131.4, 110, "deg", 3.0, 0.9, ""), "index pip 131° (limit 110°)"),
        (Finding("ratio", "thumb", 0.351, 0.7, "ratio", 3.0, 0.9, ""), "thumb ratio 0.35 (limit 0.70)"),
        (Finding("count", "hand", 6, 5, "digits", 9.0, 1.0, ""), "hand count 6 digits (limit 5 digits)"),
        (Finding("chirality", "hand", float("nan"), float("nan"), "", 9.0, 1.0, ""), "hand chirality"),
    ],
)
def test_a_finding_is_one_short_line(finding: Finding, text: str) -> None:
    """Part, figure, limit; nothing where nothing was measured."""
    assert finding_text(finding) == text


def test_chip_counts_come_from_the_store() -> None:
    """Needs work is what is not done and has a hand."""
    counts = dict.fromkeys(("entries", "error", "plausible", "implausible", "unsure", "no_hand"), 1)
    assert chip_counts(counts | {"detected": 4, "in_progress": 3})["needs_work"] == 7


# many entries ---------------------------------------------------------------------------------------------------

MANY = 100_000


@pytest.fixture
def large_grid(ctx: Context, filled_project: Path, qtbot: QtBot) -> EntryGrid:
    """A grid over 100,000 rows that all point at the same few entries."""
    with qtbot.waitSignal(ctx.project_opened):
        ctx.open_project(filled_project)
    found: list[EntryIndex] = []
    ctx.read(browse.index, LibraryFilter(), done=found.append)
    qtbot.waitUntil(lambda: bool(found))
    repeat = MANY // len(found[0]) + 1
    model = EntryModel(ctx)
    grid = EntryGrid(model, 128)
    qtbot.addWidget(grid)
    grid.resize(1100, 760)
    grid.show()
    large = EntryIndex(np.tile(found[0].image_ids, repeat)[:MANY], np.tile(found[0].hand_ids, repeat)[:MANY])
    model.set_index(large, LibraryFilter())
    return grid


def test_only_what_is_in_view_is_read(large_grid: EntryGrid, qtbot: QtBot) -> None:
    """Of 100,000 rows the pages in view are read, and scrolling to the end reads those there."""
    model = large_grid.model()
    assert isinstance(model, EntryModel)
    qtbot.waitUntil(lambda: large_grid.is_complete, timeout=10_000)
    assert model.pages_held <= 2
    large_grid.verticalScrollBar().setValue(large_grid.verticalScrollBar().maximum())
    large_grid.viewport().repaint()
    qtbot.waitUntil(lambda: large_grid.is_complete, timeout=10_000)
    assert model.pages_held <= 4
    assert large_grid.visible_rows()[1] == MANY - 1


def test_data_that_arrives_does_not_lay_out_the_list_again(large_grid: EntryGrid, qtbot: QtBot) -> None:
    """A layout asks the model about every row; a thumbnail that arrives must not bring one about."""
    qtbot.waitUntil(lambda: large_grid.is_complete, timeout=10_000)
    model = large_grid.model()
    asked = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal asked
        asked += event == "call" and frame.f_code is EntryModel.rowCount.__code__

    sys.setprofile(count)
    try:
        for row in range(3):
            model.dataChanged.emit(model.index(row, 0), model.index(row, 0), [Qt.ItemDataRole.DecorationRole])
            large_grid.visualRect(model.index(row, 0))
    finally:
        sys.setprofile(None)
    assert asked < MANY


def test_rows_fill_the_width(large_grid: EntryGrid) -> None:
    """Columns are spread evenly: no empty column is left at the right."""
    cell = large_grid.cell()
    columns = large_grid.viewport().width() // cell.width()
    row_of = [large_grid.visualRect(large_grid.model().index(number, 0)).top() for number in range(columns + 1)]
    assert len(set(row_of[:columns])) == 1
    assert row_of[columns] > row_of[0]
    assert large_grid.viewport().width() - columns * cell.width() <= columns
