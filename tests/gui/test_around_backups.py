"""Scheduled copies while a project is open, and the restore dialog."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.dialogs.restore import RestoreDialog
from handanat_studio.store.backup import SCHEDULED, describe
from handanat_studio.workflows import backups, people


@pytest.fixture
def working(studio: Studio, own_project: Path, qtbot: QtBot) -> Studio:
    """The program with a project that may be changed."""
    with qtbot.waitSignal(studio.ctx.project_opened):
        studio.ctx.open_project(own_project)
    return studio


def write(studio: Studio, qtbot: QtBot, name: str = "ben") -> None:
    """Write something to the project as the window does."""
    with qtbot.waitSignal(studio.ctx.changed):
        studio.ctx.save(people.set_role, name, "annotator", by=studio.ctx.annotator)


def test_a_change_is_copied_and_nothing_else_is(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """Without a change there is no copy; after one there is, it says so quietly, and it is not repeated."""
    working.backups.look()
    assert backups.of_project(own_project) == []
    write(working, qtbot)
    with qtbot.waitSignal(working.backups.made) as made:
        working.backups.look()
    copy = describe(made.args[0])
    assert copy is not None
    assert copy.label == SCHEDULED
    assert working.window.hint == "The project was backed up."
    assert working.window.notification_bar.notice is None
    working.backups.look()
    qtbot.wait(100)
    assert len(backups.of_project(own_project)) == 1


def test_a_change_that_is_too_early_is_not_forgotten(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """The newest copy is young, so nothing is copied yet; when the setting says less, it is."""
    backups.make(own_project)
    write(working, qtbot)
    working.backups.look()
    qtbot.wait(200)
    assert len(backups.of_project(own_project)) == 1
    working.ctx.change_settings(backup_minutes=0)
    with qtbot.waitSignal(working.backups.made):
        working.backups.look()
    assert len(backups.of_project(own_project)) == 2


def test_a_copy_that_fails_is_told_and_tried_again(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """A folder that cannot be written is a warning with a hint; the change still waits for its copy."""
    (own_project / "backups").write_text("in the way")
    write(working, qtbot)
    with qtbot.waitSignal(working.ctx.noticed) as noticed:
        working.backups.look()
    assert noticed.args[0].level == "warning"
    (own_project / "backups").unlink()
    with qtbot.waitSignal(working.backups.made):
        working.backups.look()


def test_a_backup_by_hand_says_where_it_is(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """The command makes a copy at once and a notice names the file."""
    with qtbot.waitSignal(working.ctx.noticed) as noticed:
        working.ctx.commands.trigger("file.backup")
    (copy,) = backups.of_project(own_project)
    assert str(copy.path) in noticed.args[0].hint


def test_closing_waits_for_the_copy(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """A copy that has begun is finished before the project is closed: no half file is left."""
    write(working, qtbot)
    working.backups.look()
    working.ctx.close_project()
    assert len(backups.of_project(own_project)) == 1
    assert list((own_project / "backups").glob("*.part")) == []


def test_a_backup_is_restored_and_the_project_opens_again(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """The chosen state is back, the one before is kept aside, and the notice names it."""
    backups.make(own_project)
    write(working, qtbot, "ben")
    dialog = working.frame.restore()
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.copies) and not dialog.is_busy)
    notices: list[str] = []
    working.ctx.noticed.connect(lambda notice: notices.append(notice.hint))
    with qtbot.waitSignal(working.ctx.project_opened, timeout=10_000):
        QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    known = [person.name for person in people.everyone(working.ctx.project)]
    assert "ben" not in known
    (aside,) = own_project.glob("project-replaced-*.sqlite")
    assert any(aside.name in hint for hint in notices)


def test_a_damaged_backup_closes_nothing(working: Studio, own_project: Path, qtbot: QtBot) -> None:
    """It is checked while the project is still open; the dialog says that nothing was changed and stays."""
    path = backups.make(own_project)
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size - 4096)
        stream.write(b"\xff" * 4096)
    dialog = working.frame.restore()
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.is_busy)
    closed: list[int] = []
    working.ctx.project_closed.connect(lambda: closed.append(1))
    dialog.restore()
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.said.startswith("Nothing was changed.")
    assert closed == []
    assert working.ctx.project is not None


def button(dialog: RestoreDialog) -> QAbstractButton:
    """Return the dialog's main button."""
    return next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "Restore this backup")


def test_a_project_without_backups_says_when_there_will_be_one(working: Studio, qtbot: QtBot) -> None:
    """An empty list explains itself and offers nothing to press."""
    dialog = working.frame.restore()
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.said.startswith("There are no backups yet.")
    assert not button(dialog).isEnabled()


def test_a_project_that_cannot_be_opened_offers_its_backups(studio: Studio, own_project: Path, qtbot: QtBot) -> None:
    """The notice of a damaged database has a button that leads to the list, and restoring opens the project."""
    backups.make(own_project)
    (own_project / "project.sqlite").write_bytes(b"damaged")
    with qtbot.waitSignal(studio.ctx.noticed) as noticed:
        studio.ctx.open_project(own_project)
    notice = noticed.args[0]
    assert notice.action == "Restore a backup…"
    assert notice.run is not None
    notice.run()
    dialog = studio.window.findChild(RestoreDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.copies) and not dialog.is_busy)
    with qtbot.waitSignal(studio.ctx.project_opened, timeout=10_000):
        dialog.restore()
    assert studio.ctx.project.root == own_project
