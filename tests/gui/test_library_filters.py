"""Filters, queues, views and selection on the library page, driven by mouse and keys on real projects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui import theme
from handanat_studio.gui.app import Studio
from handanat_studio.gui.pages.library import LibraryPage
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.store import annotators
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import assign, browse, comments, people

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def library(studio: Studio, own_project: Path, qtbot: QtBot) -> LibraryPage:
    """The library of a project of its own: 12 hands, one image without a hand, one that cannot be read."""
    studio.ctx.open_project(own_project)
    qtbot.waitUntil(lambda: studio.library is not None and studio.library.is_settled, timeout=10_000)
    assert studio.library is not None
    settle(studio.library, qtbot)
    return studio.library


def settle(library: LibraryPage, qtbot: QtBot) -> None:
    """Wait until listing, pictures and counts are those of the filter."""
    qtbot.waitUntil(lambda: library.is_settled and library.is_counted, timeout=10_000)


def click(widget: QWidget) -> None:
    """Click into the middle of a widget."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())


def rows(library: LibraryPage) -> int:
    """Return how many entries are listed."""
    return library.grid.model().rowCount()


def names(library: LibraryPage) -> list[str]:
    """Return what is listed, by name."""
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    found = [model.entry(row) for row in range(model.rowCount())]
    return [entry.uri.rsplit("/", 1)[-1] for entry in found if entry is not None]


def test_a_tick_narrows_and_its_count_is_kept(library: LibraryPage, qtbot: QtBot) -> None:
    """A ticked value lists as many as its figure says; a second one of the same field adds to it."""
    section = library.panel.fields["score_verdicts"]
    figures = {value: int(section.row(value).figure) for value in ("plausible", "implausible")}
    click(section.row("implausible"))
    settle(library, qtbot)
    assert rows(library) == figures["implausible"] > 0
    assert int(section.row("plausible").figure) == figures["plausible"]
    click(section.row("plausible"))
    settle(library, qtbot)
    assert rows(library) == sum(figures.values())
    click(section.row("plausible"))
    click(section.row("implausible"))
    settle(library, qtbot)
    assert rows(library) == 14


def test_counts_follow_the_other_filters(library: LibraryPage, qtbot: QtBot) -> None:
    """What stands beside a value is what ticking it would leave of the present listing."""
    click(library.panel.fields["score_verdicts"].row("implausible"))
    settle(library, qtbot)
    left = rows(library)
    figure = int(library.panel.fields["statuses"].row("detected").figure)
    click(library.panel.fields["statuses"].row("detected"))
    settle(library, qtbot)
    assert rows(library) == figure < left


def test_every_section_lists_as_many_as_it_says(library: LibraryPage, qtbot: QtBot) -> None:
    """For each value of each field the figure and the listing agree."""
    for section in library.panel.fields.values():
        section.fold(True)
    library.panel.marks.fold(True)
    settle(library, qtbot)
    checked = 0
    for section in library.panel.fields.values():
        for value in section.values:
            figure = int(section.row(value).figure)
            click(section.row(value))
            settle(library, qtbot)
            assert rows(library) == figure, (section.title, value)
            click(section.row(value))
            settle(library, qtbot)
            checked += 1
    assert checked > 15


def test_what_is_filtered_is_said_and_can_be_taken_away(library: LibraryPage, qtbot: QtBot) -> None:
    """One chip for each field; pressing it leaves the field open; the last one takes the row away."""
    assert not library.active.isVisible()
    click(library.panel.fields["score_verdicts"].row("implausible"))
    library.panel.bounds[0].setValue(0.6)
    settle(library, qtbot)
    assert library.active.texts == ["Score says: Implausible", "Score: from 0.60"]
    library.active.press(0)
    settle(library, qtbot)
    assert library.active.texts == ["Score: from 0.60"]
    assert not library.panel.fields["score_verdicts"].row("implausible").isChecked()
    library.active.press(0)
    settle(library, qtbot)
    assert not library.active.isVisible()
    assert rows(library) == 14


def test_the_score_can_be_bounded(library: LibraryPage, qtbot: QtBot) -> None:
    """Both bounds count, and hands without a score are out."""
    low, high = library.panel.bounds
    low.setValue(0.25)
    high.setValue(0.75)
    settle(library, qtbot)
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    values = [entry.score_value for row in range(rows(library)) if (entry := model.entry(row)) is not None]
    assert values
    assert all(0.25 <= value <= 0.75 for value in values)


def test_clearing_takes_the_search_too(library: LibraryPage, qtbot: QtBot) -> None:
    """Ctrl+Backspace shows everything again, also what was typed but not yet searched; the order stays."""
    library.sort_field.setCurrentText("Score")
    click(library.panel.fields["score_verdicts"].row("implausible"))
    settle(library, qtbot)
    QTest.keyClicks(library.search_field, "hand-0")
    library.grid.setFocus()
    QTest.keyClick(library.grid, Qt.Key.Key_Backspace, CONTROL)
    settle(library, qtbot)
    assert (rows(library), library.search_field.text()) == (14, "")
    qtbot.wait(300)
    assert rows(library) == 14
    assert library.sort_field.currentText() == "Score"


def test_the_order_can_be_turned_round(library: LibraryPage, qtbot: QtBot) -> None:
    """Ctrl+R and the button turn the order; entries without the value come last either way."""
    library.sort_field.setCurrentText("Name")
    settle(library, qtbot)
    upward = names(library)
    assert upward == sorted(upward)
    QTest.keyClick(library.grid, Qt.Key.Key_R, CONTROL)
    settle(library, qtbot)
    assert names(library) == upward[::-1]
    click(library.direction_button)
    settle(library, qtbot)
    assert names(library) == upward


def test_a_queue_shows_what_waits(library: LibraryPage, qtbot: QtBot) -> None:
    """A queue lists as many as its figure says, explains itself, and only one is on at a time."""
    queues = library.panel.queues
    assert queues.values == list(browse.QUEUES)
    figure = int(queues.row("near_threshold").figure)
    assert figure > 0
    assert queues.row("near_threshold").toolTip() == browse.QUEUE_WORDS["near_threshold"][1]
    click(queues.row("near_threshold"))
    settle(library, qtbot)
    assert rows(library) == figure
    click(queues.row("low_confidence"))
    settle(library, qtbot)
    assert [name for name in queues.values if queues.row(name).isChecked()] == ["low_confidence"]
    click(queues.row("low_confidence"))
    settle(library, qtbot)
    assert rows(library) == 14


def test_the_annotate_queue_follows_the_filter(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """What is listed when a hand is opened is what D walks through."""
    click(library.panel.fields["score_verdicts"].row("implausible"))
    settle(library, qtbot)
    expected = rows(library)
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    page = studio.annotate
    assert page is not None
    qtbot.waitUntil(lambda: page.queue.entries.rowCount() == expected)


def test_the_panel_can_be_put_away_and_every_row_is_reached_by_keys(library: LibraryPage, qtbot: QtBot) -> None:
    """Ctrl+Shift+F hides it; its rows take the focus, have names with figures, and Space ticks them."""
    row = library.panel.fields["statuses"].row("done")
    row.setFocus()
    assert row.hasFocus()
    assert row.accessibleName() == "Done, 2 entries"
    QTest.keyClick(row, Qt.Key.Key_Space)
    settle(library, qtbot)
    assert rows(library) == 2
    assert row.hasFocus()
    QTest.keyClick(library.grid, Qt.Key.Key_F, CONTROL | SHIFT)
    assert not library.panel.isVisible()
    QTest.keyClick(library.grid, Qt.Key.Key_F, CONTROL | SHIFT)
    assert library.panel.isVisible()
    assert min(row.height() for row in library.panel.findChildren(type(row)) if row.isVisible()) >= 24


def test_a_tick_is_seen_without_colour(library: LibraryPage, qtbot: QtBot) -> None:
    """A ticked row differs from an open one even when all colours are made grey, in both themes."""
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    row = library.panel.fields["score_verdicts"].row("implausible")
    for choice in ("light", "dark"):
        theme.apply(app, choice)
        shots = []
        for is_on in (False, True):
            row.setChecked(is_on)
            settle(library, qtbot)
            shots.append(row.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8))
        assert shots[0] != shots[1]


def test_a_view_is_saved_taken_renamed_and_deleted(
    studio: Studio, library: LibraryPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view keeps filter and order under a name, in the project; what is shown when it goes stays shown."""

    def answer(text: str) -> Callable[..., tuple[str, bool]]:
        return lambda *_args, **_more: (text, True)

    click(library.panel.fields["score_verdicts"].row("implausible"))
    library.sort_field.setCurrentText("Certainty")
    settle(library, qtbot)
    expected = names(library)
    monkeypatch.setattr(QInputDialog, "getText", answer("doubtful ones"))
    QTest.keyClick(library.grid, Qt.Key.Key_S, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: library.views.current == "doubtful ones")
    library.show_all()
    library.sort_field.setCurrentText("Name")
    settle(library, qtbot)
    assert library.views.current == ""
    library.views.menu().aboutToShow.emit()
    library.views.menu().actions()[0].trigger()
    settle(library, qtbot)
    assert names(library) == expected
    monkeypatch.setattr(QInputDialog, "getText", answer("mine"))
    library.views.rename("doubtful ones")
    qtbot.waitUntil(lambda: library.views.names == ["mine"])
    assert library.views.current == "mine"
    with qtbot.waitSignal(studio.ctx.noticed) as noticed:
        library.views.delete("mine")
    qtbot.waitUntil(lambda: library.views.names == [])
    assert names(library) == expected
    noticed.args[0].run()
    qtbot.waitUntil(lambda: library.views.names == ["mine"])


def test_several_hands_are_selected_by_shift_and_control(library: LibraryPage, qtbot: QtBot) -> None:
    """Shift takes everything between in reading order, Ctrl single ones, Ctrl+A all; the hand stays current."""
    grid = library.grid

    def press(row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        spot = grid.visualRect(grid.model().index(row, 0)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, spot)

    press(2)
    press(6, SHIFT)
    assert grid.selected_rows() == [2, 3, 4, 5, 6]
    press(4, SHIFT)
    assert grid.selected_rows() == [2, 3, 4]
    press(7, CONTROL)
    assert grid.selected_rows() == [2, 3, 4, 7]
    press(1)
    assert grid.selected_rows() == [1]
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    assert grid.selected_rows() == [1, 2, 3]
    QTest.keyClick(grid, Qt.Key.Key_Left, SHIFT)
    assert grid.selected_rows() == [1, 2]
    QTest.keyClick(grid, Qt.Key.Key_A, CONTROL)
    assert grid.selected_count() == 14
    assert library.selected_hands() == list(range(1, 13))


def test_a_selection_of_several_survives_a_refresh(library: LibraryPage, qtbot: QtBot) -> None:
    """When something is written and the listing stays the same, what was selected stays selected."""
    library.grid.setFocus()
    for _ in range(3):
        QTest.keyClick(library.grid, Qt.Key.Key_Right, SHIFT)
    before = library.grid.selected_rows()
    library.refresh()
    settle(library, qtbot)
    assert library.grid.selected_rows() == before == [0, 1, 2, 3]


def test_a_click_that_slips_selects_one_hand(library: LibraryPage) -> None:
    """Moving the mouse while the button is down drags nothing along."""
    grid = library.grid
    first, last = (grid.visualRect(grid.model().index(row, 0)).center() for row in (0, 5))
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    QTest.mouseMove(grid.viewport(), last)
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, last)
    assert grid.selected_rows() == [0]


def test_the_grid_walks_by_lines_and_pages(library: LibraryPage) -> None:
    """Down goes to the line below, from above an empty place to the last hand; Home and End to the ends."""
    grid = library.grid
    columns = grid.columns()
    grid.go_to(0)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert library.queue[1] == columns
    QTest.keyClick(grid, Qt.Key.Key_Up)
    QTest.keyClick(grid, Qt.Key.Key_Up)
    assert library.queue[1] == 0
    last_line = 13 // columns * columns
    grid.go_to(last_line - 1)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert library.queue[1] == 13
    QTest.keyClick(grid, Qt.Key.Key_Home)
    assert library.queue[1] == 0
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    assert library.queue[1] > 0
    assert grid.indexAt(QPoint(-5, 3)).row() == -1


def make_lead(studio: Studio, name: str) -> None:
    """Give the project a lead, so that everybody else is an annotator."""
    with studio.ctx.project.store.write() as session:
        annotators.ensure(session, name)
    people.set_role(studio.ctx.project, name, "lead", by=name)


def test_an_annotator_is_offered_only_what_is_hers(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """With a lead in the project an annotator sees two queues, and the rest says why not."""
    make_lead(studio, "Dora")
    library.refresh()
    settle(library, qtbot)
    assert library.panel.queues.values == ["assigned", "returned"]
    assert not studio.ctx.commands.trigger("library.everyone")
    assert not studio.ctx.commands.trigger("library.queue_disagreement")
    assert "reviewer" in studio.ctx.commands.get("library.everyone").when()
    library.grid.go_to(0)
    assert "lead" in studio.ctx.commands.get("library.assign").when()


def test_asking_for_what_is_not_hers_is_told_and_undone(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """A saved view with a reviewer's queue gives an annotator a sentence and the whole listing, not a crash."""
    make_lead(studio, "Dora")
    with qtbot.waitSignal(studio.ctx.noticed) as noticed:
        library.state.take(LibraryFilter(queue="disagreement"))
    assert "for reviewers" in noticed.args[0].message
    settle(library, qtbot)
    assert rows(library) == 14


def test_a_blind_batch_shows_no_score(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """The hands of a blind batch have no score in grid, filter and details, and come in the order of the task."""
    ctx = studio.ctx
    assign.create_batch(ctx.project, "first round", [3, 5, 9], annotators=["annotator"], blind=True, by="annotator")
    library.refresh()
    library.panel.batches.fold(True)
    settle(library, qtbot)
    click(library.panel.batches.row("first round"))
    settle(library, qtbot)
    model = library.grid.model()
    assert isinstance(model, EntryModel)
    assert rows(library) == 3
    assert all(entry.score_verdict is None for row in range(3) if (entry := model.entry(row)) is not None)
    assert library.panel.fields["score_verdicts"].row("plausible").figure == "0"
    view: list[Any] = []
    ctx.read(browse.image_view, 3, annotator="annotator", done=view.append)
    qtbot.waitUntil(lambda: bool(view))
    assert view[0].hands[0].is_blind
    assert view[0].hands[0].scores == {}


def test_badges_tell_stage_flag_and_comment(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """An open comment shows on the picture and is said in words."""
    shot = library.grid.viewport().grab(library.grid.visualRect(library.grid.model().index(3, 0))).toImage()
    studio.ctx.save(comments.write, 4, author="annotator", text="Look at the thumb.")
    qtbot.waitUntil(lambda: "open comment" in str(library.grid.model().index(3, 0).data(Qt.ItemDataRole.ToolTipRole)))
    settle(library, qtbot)
    after = library.grid.viewport().grab(library.grid.visualRect(library.grid.model().index(3, 0))).toImage()
    assert after != shot


def test_selected_hands_are_handed_to_the_assignment(studio: Studio, library: LibraryPage, qtbot: QtBot) -> None:
    """Ctrl+Shift+A opens the dialog for just the hands that are selected; images without a hand are left out."""
    from handanat_studio.gui.dialogs.assign import AssignDialog

    library.grid.setFocus()
    library.grid.go_to(10)
    for _ in range(3):
        QTest.keyClick(library.grid, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(library.grid, Qt.Key.Key_A, CONTROL | SHIFT)
    dialog = studio.window.findChild(AssignDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Assign 2 hands"
    dialog.close()
