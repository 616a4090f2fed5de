"""The command table: keys, availability, overrides, palette, sheet."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.commands import GLOBAL, GROUPS, Command, CommandTable, conflicts
from handanat_studio.gui.dialogs.key_sheet import KeySheet, rows_by_group
from handanat_studio.gui.widgets.palette import CommandPalette, fuzzy_score, ranked


def nothing() -> None:
    """Do nothing."""


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window that has the keyboard."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitExposed(widget)
    return widget


def test_no_key_does_two_things(opened: Studio) -> None:
    """On every page that exists, each key stands for one command."""
    opened.window.show_page("annotate")
    opened.window.show_page("library")
    rows = opened.ctx.commands.all()
    assert {row.scope for row in rows} == {GLOBAL, "library", "annotate"}
    assert conflicts(rows) == []


def test_a_shared_key_is_found() -> None:
    """The check above can fail: within a scope, and against a global key, but not between two pages."""
    one = Command("a", "A", nothing, "Ctrl+J", scope="x")
    assert conflicts([one, Command("b", "B", nothing, "Ctrl+J", scope="y")]) == []
    assert conflicts([one, Command("b", "B", nothing, "F2; Ctrl+J", scope="x")]) == ["Ctrl+J: a and b"]
    assert conflicts([one, Command("b", "B", nothing, "Ctrl+J")]) == ["Ctrl+J: a and b"]


def test_every_command_stands_in_a_known_menu_and_has_a_title(opened: Studio) -> None:
    """Rows are complete: a group that exists, a title, a key that Qt understands."""
    opened.window.show_page("annotate")
    for row in opened.ctx.commands.all():
        assert row.group in GROUPS, row.id
        assert row.title.strip(), row.id
        assert all(sequence.toString() for sequence in row.sequences()), row.id


def test_a_key_runs_its_command(window: QWidget) -> None:
    """Either of a command's keys runs it."""
    ran: list[int] = []
    table = CommandTable()
    table.add([Command("a", "A", lambda: ran.append(1), "Ctrl+J; F7")], window)
    QTest.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_F7)
    assert ran == [1, 1]


def test_a_key_that_is_not_available_says_why(window: QWidget, qtbot: QtBot) -> None:
    """The reason is told, and the command does not run, however old the last refresh is."""
    ran: list[int] = []
    table = CommandTable()
    table.add([Command("a", "A", lambda: ran.append(1), "F7", when=lambda: "Select a hand first.")], window)
    with qtbot.waitSignal(table.refused) as refused:
        QTest.keyClick(window, Qt.Key.Key_F7)
    assert refused.args == ["Select a hand first."]
    assert ran == []


def test_an_override_replaces_the_key(window: QWidget) -> None:
    """Settings move a key, at once, and the old one is free; an empty override takes it away."""
    ran: list[int] = []
    table = CommandTable({"a": "F8"})
    table.add([Command("a", "A", lambda: ran.append(1), "F7")], window)
    QTest.keyClick(window, Qt.Key.Key_F7)
    assert ran == []
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert ran == [1]
    table.set_overrides({"a": ""})
    QTest.keyClick(window, Qt.Key.Key_F8)
    assert ran == [1]
    assert table.get("a").key_text() == ""


def test_an_action_shows_key_state_and_reason(window: QWidget) -> None:
    """Menus and tool buttons follow the row: key in the text, greyed out with the reason, ticked when on."""
    state = {"reason": "", "on": False}
    table = CommandTable()
    row = Command("a", "Thing", nothing, "F7", when=lambda: str(state["reason"]), checked=lambda: bool(state["on"]))
    table.add([row], window)
    action = table.action("a")
    assert (action.text(), action.isEnabled(), action.isChecked()) == ("Thing\tF7", True, False)
    state.update(reason="Not now.", on=True)
    table.refresh()
    assert (action.isEnabled(), action.isChecked()) == (False, True)
    assert "Not now." in action.toolTip()


def test_an_id_is_taken_once(window: QWidget) -> None:
    """Two rows with one id are a mistake in the program and are refused."""
    table = CommandTable()
    table.add([Command("a", "A", nothing)], window)
    with pytest.raises(ValueError):
        table.add([Command("a", "B", nothing)], window)


@pytest.mark.parametrize(
    ("needle", "first"),
    [("thumb", "Larger thumbnails"), ("lt", "Light theme"), ("imp", "Import images…"), ("kop", "Keys on this page")],
)
def test_a_few_letters_find_a_command(opened: Studio, needle: str, first: str) -> None:
    """Letters in order find a command; runs and starts of words count most."""
    assert ranked(opened.ctx.commands.in_scope("library"), needle)[0].title == first


def test_letters_out_of_order_find_nothing() -> None:
    """Every typed letter has to occur, in order."""
    assert fuzzy_score("zx", "Export") is None
    assert fuzzy_score("xe", "Export") is None
    assert fuzzy_score("ex", "Export") is not None


def test_the_palette_runs_what_is_chosen(opened: Studio, qtbot: QtBot) -> None:
    """Ctrl+K, a few letters, Enter."""
    opened.ctx.commands.trigger("view.palette")
    palette = opened.window.findChild(CommandPalette)
    assert palette is not None
    QTest.keyClicks(palette.field, "light the")
    assert palette.titles()[0] == "Light theme"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.ctx.settings.theme == "light"


def test_the_sheet_lists_the_keys_of_the_page_and_says_why_one_is_off(opened: Studio) -> None:
    """F1 shows the open page's keys, not another page's, and the reason of one that is not available."""
    rows = rows_by_group(opened.ctx.commands.in_scope("library"))
    titles = [row.title for group in rows.values() for row in group]
    assert "Open in Annotate" in titles
    assert "Undo" not in titles
    assert opened.library is not None
    opened.library.grid.set_side(128)
    opened.ctx.commands.trigger("help.keys")
    sheet = opened.window.findChild(KeySheet)
    assert sheet is not None
    assert "These are the smallest thumbnails." in sheet.texts()
    assert "Ctrl+K" in sheet.texts()
    sheet.close()


def test_held_keys_are_listed_and_not_run(window: QWidget) -> None:
    """A key that acts while it is held stands in the sheet, but the table never runs it."""
    table = CommandTable()
    table.add([Command("hold", "Pan", None, "Space", group="View")], window)
    said: list[str] = []
    table.refused.connect(said.append)
    assert not table.trigger("hold")
    assert said == ["Hold Space for this."]
    assert [row.id for row in rows_by_group(table.in_scope("any"))["View"]] == ["hold"]


def test_menus_hold_what_the_page_can_do(opened: Studio, qtbot: QtBot) -> None:
    """The File menu lists the page's rows before the global ones, with their keys."""
    read: Callable[[str], list[str]] = opened.window.menu_texts
    library = read("File")
    assert library[0] == "Import images…\tCtrl+I"
    assert "Quit\tCtrl+Q" in library
    opened.window.show_page("annotate")
    assert "Import images…\tCtrl+I" not in read("File")
