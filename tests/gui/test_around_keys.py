"""The shortcut editor, the field that takes a key, the F1 sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from handanat_studio import settings as settings_store
from handanat_studio.gui.app import Studio
from handanat_studio.gui.commands import GROUPS, Command, CommandTable
from handanat_studio.gui.dialogs.key_editor import HELD, KeyEditor
from handanat_studio.gui.dialogs.key_field import KeyField
from handanat_studio.gui.dialogs.key_sheet import NOTHING, KeySheet, in_columns
from handanat_studio.settings import Settings

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(opened: Studio) -> KeyEditor:
    """The editor as the preferences show it, with every page's commands."""
    dialog = opened.frame.open_keys()
    assert dialog.keys is not None
    return dialog.keys


def press(editor: KeyEditor, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press the key that the editor waits for."""
    assert editor.field.isVisible()
    QTest.keyClick(editor.field, key, modifiers)


def button(editor: KeyEditor, text: str) -> QPushButton:
    """Return a button of the editor."""
    return next(b for b in editor.findChildren(QPushButton) if b.text() == text)


def test_every_page_is_listed_although_none_but_the_library_was_shown(opened: Studio, editor: KeyEditor) -> None:
    """Commands of pages that were not opened yet can be changed too, under their page's name."""
    assert {"Undo", "Import images", "Preferences"} <= set(editor.titles())
    assert len(editor.titles()) == len(opened.ctx.commands.all())


def test_a_key_is_changed_by_pressing_another_and_works_at_once(
    opened: Studio, editor: KeyEditor, qtbot: QtBot
) -> None:
    """The old key is free, the new one runs the command, and the settings file holds only the difference."""
    editor.choose("view.theme_light")
    editor.record()
    press(editor, Qt.Key.Key_F7)
    assert opened.ctx.settings.shortcuts == {"view.theme_light": "F7"}
    editor.window().close()
    with qtbot.waitActive(opened.window):
        opened.window.activateWindow()
    QTest.keyClick(opened.window, Qt.Key.Key_F7)
    assert opened.ctx.settings.theme == "light"


def test_a_command_can_have_several_keys(opened: Studio, editor: KeyEditor) -> None:
    """Adding keeps those that are there; the same one twice is said."""
    editor.choose("view.palette")
    editor.record(add=True)
    press(editor, Qt.Key.Key_F9)
    assert opened.ctx.settings.shortcuts == {"view.palette": "Ctrl+K; F9"}
    editor.record(add=True)
    press(editor, Qt.Key.Key_F9)
    assert editor.said == "F9 is a key of it already."


def test_a_key_of_another_command_is_not_taken_in_silence(opened: Studio, editor: KeyEditor) -> None:
    """The other command and its page are named; nothing changes until the key is taken, and then both follow."""
    editor.choose("view.theme_dark")
    editor.record()
    press(editor, Qt.Key.Key_K, CTRL)
    assert editor.said == "Ctrl+K is also 'Search commands' (Everywhere)."
    assert opened.ctx.settings.shortcuts == {}
    QTest.mouseClick(button(editor, "Take it"), Qt.MouseButton.LeftButton)
    assert opened.ctx.settings.shortcuts == {"view.theme_dark": "Ctrl+K", "view.palette": ""}
    assert opened.ctx.commands.get("view.palette").key_text() == ""


def test_a_key_that_is_left_stays_with_its_command(opened: Studio, editor: KeyEditor) -> None:
    """The question can be answered with no."""
    editor.choose("view.theme_dark")
    editor.record()
    press(editor, Qt.Key.Key_K, CTRL)
    QTest.mouseClick(button(editor, "Leave it"), Qt.MouseButton.LeftButton)
    assert opened.ctx.settings.shortcuts == {}
    assert editor.said == ""


def test_two_pages_may_use_one_key(opened: Studio, editor: KeyEditor) -> None:
    """A key of the library is no conflict for a command of the Annotate page: they are never in force together."""
    editor.choose("library.find")
    editor.record()
    press(editor, Qt.Key.Key_Z, CTRL)
    assert opened.ctx.settings.shortcuts == {"library.find": "Ctrl+Z"}


def test_a_key_that_the_image_needs_is_refused(opened: Studio, editor: KeyEditor) -> None:
    """Held keys are part of the canvas: they can neither be taken nor changed."""
    editor.choose("annotate.undo")
    editor.record()
    press(editor, Qt.Key.Key_H)
    assert "is needed: Hide the overlay while held" in editor.said
    assert opened.ctx.settings.shortcuts == {}
    editor.choose("annotate.hold_hide")
    assert editor.said == HELD
    assert not button(editor, "Change key…").isEnabled()


def test_escape_leaves_the_key_as_it_is(opened: Studio, editor: KeyEditor) -> None:
    """The field goes away and nothing is changed; the dialog stays."""
    editor.choose("view.palette")
    editor.record()
    press(editor, Qt.Key.Key_Escape)
    assert not editor.field.isVisible()
    assert opened.ctx.settings.shortcuts == {}
    assert editor.isVisible()


def test_one_key_or_all_can_be_reset(opened: Studio, editor: KeyEditor) -> None:
    """A command gets its own key back, unless another uses it now; resetting all always works."""
    opened.ctx.change_settings(shortcuts={"view.palette": "F9", "view.theme_dark": "Ctrl+K", "help.keys": ""})
    editor.choose("view.palette")
    editor.reset()
    assert "now used by 'Dark theme' (Everywhere)" in editor.said
    editor.choose("view.theme_dark")
    editor.reset()
    editor.choose("view.palette")
    editor.reset()
    assert opened.ctx.settings.shortcuts == {"help.keys": ""}
    editor.reset_all()
    assert opened.ctx.settings.shortcuts == {}
    assert opened.ctx.commands.get("help.keys").key_text() == "F1"


def test_the_list_is_searched_by_name_page_or_key(editor: KeyEditor) -> None:
    """What is typed narrows the list; an unknown word empties it."""
    editor.search.setText("light theme")
    assert editor.titles() == ["Light theme"]
    editor.search.setText("ctrl+k")
    assert "Search commands" in editor.titles()
    editor.search.setText("xyzzy")
    assert editor.titles() == []


def test_changed_keys_are_kept_in_the_settings_file(qtbot: QtBot) -> None:
    """The next session has them, and the file can be edited by hand."""
    program = Studio(Settings())
    qtbot.addWidget(program.window)
    dialog = program.frame.open_keys()
    assert dialog.keys is not None
    dialog.keys.choose("view.palette")
    dialog.keys.record()
    press(dialog.keys, Qt.Key.Key_P, CTRL | SHIFT)
    assert settings_store.load().shortcuts == {"view.palette": "Ctrl+Shift+P"}
    program.ctx.close()


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "Tab"),
        (Qt.Key.Key_Backtab, SHIFT, "Shift+Tab"),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "F1"),
        (Qt.Key.Key_Escape, SHIFT, "Shift+Esc"),
        (Qt.Key.Key_Question, SHIFT, "Shift+?"),
    ],
)
def test_the_field_takes_any_key(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
    """Tab, function keys and Escape with a modifier are keys like others."""
    field = KeyField()
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    taken: list[str] = []
    field.pressed_key.connect(lambda sequence: taken.append(sequence.toString()))
    QTest.keyClick(field, key, modifiers)
    assert taken == [text]


def test_the_field_waits_while_only_modifiers_are_held_and_refuses_the_separator(qtbot: QtBot) -> None:
    """Shift alone is no key; a semicolon would break the settings file, and it says so."""
    field = KeyField()
    qtbot.addWidget(field)
    taken: list[object] = []
    said: list[str] = []
    field.pressed_key.connect(taken.append)
    field.refused.connect(said.append)
    QTest.keyClick(field, Qt.Key.Key_Shift)
    QTest.keyClick(field, Qt.Key.Key_Semicolon)
    assert taken == []
    assert len(said) == 1


def test_a_key_given_twice_by_hand_says_so_instead_of_doing_nothing(opened: Studio) -> None:
    """A settings file may hold a conflict: the key then names both commands in the status bar."""
    opened.ctx.change_settings(shortcuts={"view.theme_light": "F7", "view.theme_dark": "F7"})
    QTest.keyClick(opened.window, Qt.Key.Key_F7)
    assert opened.window.hint.startswith("F7 is a key of '")
    assert "'Light theme'" in opened.window.hint
    assert "'Dark theme'" in opened.window.hint


def test_the_sheet_is_searched_and_follows_changed_keys(opened: Studio) -> None:
    """F1 finds a key by what it does, and shows the key that applies now."""
    opened.ctx.change_settings(shortcuts={"view.palette": "F9"})
    sheet = opened.window.open_key_sheet()
    assert isinstance(sheet, KeySheet)
    sheet.search.setText("search commands")
    assert "F9" in sheet.texts()
    assert "Ctrl+K" not in sheet.texts()
    sheet.search.setText("xyzzy")
    assert NOTHING in sheet.texts()
    sheet.close()


def test_held_keys_stand_on_the_sheet(opened: Studio) -> None:
    """Keys that act while they are held are listed with the others."""
    opened.window.show_page("annotate")
    sheet = opened.window.open_key_sheet()
    assert "Hide the overlay while held" in sheet.texts()
    sheet.close()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=len(GROUPS)))
def test_the_columns_of_the_sheet_lose_no_key(sizes: list[int]) -> None:
    """Sharing groups out keeps every row once and in order."""
    rows = [[Command(f"{g}.{n}", "x", None, "A") for n in range(size)] for g, size in enumerate(sizes)]
    groups = dict(zip(GROUPS, rows, strict=False))
    columns = in_columns(groups)
    shown = [row.id for column in columns for _, part in column for row in part]
    assert shown == [row.id for part in groups.values() for row in part]
    assert len(columns) == 3


def test_only_moved_keys_are_bound_again(qtbot: QtBot, studio: Studio) -> None:
    """A setting that has nothing to do with keys leaves the live shortcuts alone."""
    table: CommandTable = studio.ctx.commands
    before = {name: list(made) for name, made in table._shortcuts.items()}
    studio.ctx.change_settings(thumbnail_px=128)
    assert {name: list(made) for name, made in table._shortcuts.items()} == before
