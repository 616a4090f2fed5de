"""The dialog for the kinds of findings: nothing changes before it is put in force, and the preview says what would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.dialogs.label_schema import LabelSchemaDialog
from handanat_studio.hand.label_schema import BUILT_IN
from handanat_studio.workflows import label_schema

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def settled(studio: Studio, qtbot: QtBot) -> Callable[[], None]:
    """Waits until every read and write is answered."""
    return lambda: qtbot.waitUntil(lambda: studio.ctx.pending == 0, timeout=10_000)


@pytest.fixture
def dialog(studio: Studio, own_project: Path, qtbot: QtBot, settled: Callable[[], None]) -> LabelSchemaDialog:
    """The dialog over a project that may be changed."""
    studio.ctx.open_project(own_project)
    qtbot.waitUntil(lambda: studio.ctx.project is not None, timeout=10_000)
    shown = LabelSchemaDialog(studio.ctx, studio.window)
    qtbot.addWidget(shown)
    shown.show()
    settled()
    return shown


def add(dialog: LabelSchemaDialog, title: str) -> int:
    """Add a kind, type its title, and return its row."""
    QTest.mouseClick(dialog.add_button, CLICK)
    row = dialog.table.rowCount() - 1
    dialog.table.item(row, 0).setText(title)
    return row


def test_a_new_kind_is_named_after_its_title_and_put_in_force(
    dialog: LabelSchemaDialog, studio: Studio, settled: Callable[[], None]
) -> None:
    """Until the button is pressed the project knows nothing of it."""
    add(dialog, "Nail on the wrong side")
    assert "is new" in dialog.preview.text()
    assert label_schema.current(studio.ctx.project).version == 0
    QTest.mouseClick(dialog.save_button, CLICK)
    settled()
    saved = label_schema.current(studio.ctx.project)
    assert (saved.version, saved.kinds[-1].id) == (1, "nail_on_the_wrong_side")
    assert dialog.version.text() == "Version 1"
    assert not dialog.save_button.isEnabled()


def test_what_the_scorers_write_cannot_be_retired_or_merged(dialog: LabelSchemaDialog) -> None:
    """The buttons are for one's own kinds."""
    for row in range(len(BUILT_IN)):
        dialog.table.setCurrentCell(row, 0)
        assert not dialog.retire_button.isEnabled()
        assert not dialog.merge_button.isEnabled()
    dialog.table.setCurrentCell(add(dialog, "Skin"), 0)
    assert dialog.retire_button.isEnabled()


def test_a_kind_is_merged_and_separated_again(dialog: LabelSchemaDialog) -> None:
    """The preview names both; bringing it back ends the merge."""
    add(dialog, "Skin")
    row = add(dialog, "Nail")
    dialog.table.setCurrentCell(row, 0)
    menu = dialog.merge_button.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Skin").trigger()
    assert dialog.wanted.title(dialog.wanted.kinds[row].id) == "Skin"
    assert dialog.table.item(row, 3).text() == "part of Skin"
    dialog.table.setCurrentCell(row, 0)
    QTest.mouseClick(dialog.retire_button, CLICK)
    assert dialog.table.item(row, 3).text() == "yours"


def test_an_empty_title_is_refused_in_words(dialog: LabelSchemaDialog) -> None:
    """The list cannot be put in force while something is wrong with it."""
    add(dialog, "")
    assert "needs a title" in dialog.preview.text()
    assert not dialog.save_button.isEnabled()
