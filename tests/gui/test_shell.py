"""The frame: start page, mode bar, notices, jobs, crash border, geometry, and what the process imports."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio import settings as settings_store
from handanat_studio.gui import errors
from handanat_studio.gui.app import Studio, parse
from handanat_studio.gui.context import Notice
from handanat_studio.gui.dialogs.crash import CrashDialog
from handanat_studio.gui.dialogs.new_project import NewProjectDialog, suggested_project
from handanat_studio.gui.job_list import Job
from handanat_studio.gui.pages.start import StartPage
from handanat_studio.gui.project_actions import agreement_sentences, import_sentences
from handanat_studio.gui.widgets.job_tray import JobSummary
from handanat_studio.gui.widgets.notification_bar import NotificationBar
from handanat_studio.gui.widgets.save_state import SaveState
from handanat_studio.settings import Settings

HEAVY = ("torch", "mediapipe", "ultralytics", "cv2")


def drop(target: QWidget, paths: list[Path]) -> None:
    """Let paths fall on a widget as a file manager would."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target.dropEvent(QDropEvent(QPointF(10, 10), action, mime, button, keys))


def start_page(studio: Studio) -> StartPage:
    """Return the start page."""
    page = studio.window.findChild(StartPage)
    assert page is not None
    return page


def test_the_program_opens_on_the_start_page(studio: Studio) -> None:
    """No project, no mode bar, 1440 x 900 the first time, three ways to begin, and a tour."""
    assert studio.window.page is None
    assert start_page(studio).isVisible()
    assert (studio.window.width(), studio.window.height()) == (1440, 900)
    names = [button.text() for button in start_page(studio).findChildren(QAbstractButton) if button.isVisible()]
    assert names == ["Open sample project", "New from folder…", "Open project…", "Take the tour"]


def test_opening_a_project_shows_its_library_and_closing_it_the_start_page(opened: Studio) -> None:
    """The title names the project while it is open; pages come and go with it."""
    assert opened.window.page is opened.library
    assert opened.window.windowTitle() == "Test project – HandAnat Studio"
    opened.ctx.commands.trigger("project.close")
    assert opened.window.page is None
    assert start_page(opened).isVisible()
    assert opened.window.windowTitle() == "HandAnat Studio"


def test_recent_projects_open_with_one_press(studio: Studio, filled_project: Path, qtbot: QtBot) -> None:
    """A recent project stands on the start page by name and place."""
    studio.ctx.change_settings(recent_projects=(str(filled_project),))
    buttons = start_page(studio).findChildren(QAbstractButton)
    button = next(b for b in buttons if b.accessibleName().startswith("Open filled in"))
    with qtbot.waitSignal(studio.ctx.project_opened):
        button.click()


def test_a_dropped_project_is_opened(studio: Studio, filled_project: Path, qtbot: QtBot) -> None:
    """A project folder that falls on the start page opens."""
    with qtbot.waitSignal(studio.ctx.project_opened):
        drop(start_page(studio), [filled_project])


def test_a_dropped_folder_of_images_becomes_a_project(
    studio: Studio, filled_project: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog suggests a new folder; accepting it makes the project and starts the import as a job."""
    submitted: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        studio.ctx.jobs, "submit", lambda task, title="", **kwargs: submitted.append((task, kwargs)) or 1
    )
    drop(start_page(studio), [filled_project / "images"])
    dialog = studio.window.findChild(NewProjectDialog)
    assert dialog is not None
    assert dialog.images_folder == filled_project / "images"
    dialog.set_project_folder(tmp_path / "new")
    with qtbot.waitSignal(studio.ctx.project_opened):
        dialog.accept()
    qtbot.waitUntil(lambda: bool(submitted))
    assert (tmp_path / "new" / "project.toml").is_file()
    assert submitted == [("ingest", {"paths": [filled_project / "images"], "workers": 2})]


def test_a_new_project_needs_images_and_an_empty_place(qtbot: QtBot, tmp_path: Path) -> None:
    """Until both are given the button is off and the dialog says what is missing."""
    dialog = NewProjectDialog()
    qtbot.addWidget(dialog)
    assert not dialog.is_complete
    dialog.set_images_folder(tmp_path)
    assert dialog.project_folder == suggested_project(tmp_path)
    assert dialog.is_complete
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    dialog.set_project_folder(tmp_path / "taken")
    assert not dialog.is_complete
    assert "new or empty" in dialog.problem


def test_pages_are_reached_by_key_and_keep_their_place(opened: Studio) -> None:
    """Ctrl+2 and Ctrl+1 go to Annotate and back; a page is made once."""
    library = opened.window.page
    QTest.keyClick(opened.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.page is opened.annotate
    QTest.keyClick(opened.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.page is library


def test_the_theme_is_switched_by_command_and_kept(opened: Studio) -> None:
    """The setting follows, and the menu shows which theme is on."""
    opened.ctx.commands.trigger("view.theme_light")
    assert opened.ctx.settings.theme == "light"
    assert opened.ctx.commands.action("view.theme_light").isChecked()
    assert not opened.ctx.commands.action("view.theme_dark").isChecked()


def test_settings_apply_at_once_and_are_kept(qtbot: QtBot) -> None:
    """What is changed in the preferences is in the file before the dialog is closed."""
    program = Studio(Settings())
    qtbot.addWidget(program.window)
    dialog = program.open_preferences()
    field = next(f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "Annotator")
    field.setText("ada")
    field.editingFinished.emit()
    assert program.ctx.annotator == "ada"
    assert settings_store.load().annotator == "ada"
    program.ctx.close()


# notices --------------------------------------------------------------------------------------------------------


def test_an_error_stays_until_it_is_read_and_others_wait(qtbot: QtBot) -> None:
    """Information gives way; a warning or an error does not, and the same sentence is shown once."""
    bar = NotificationBar()
    qtbot.addWidget(bar)
    bar.show_notice(Notice("Imported."))
    bar.show_notice(Notice("Not saved.", "Free some room.", "error"))
    bar.show_notice(Notice("Not saved.", "Free some room.", "error"))
    bar.show_notice(Notice("Exported."))
    assert bar.notice is not None
    assert bar.notice.message == "Not saved."
    assert bar.accessibleName() == "error: Not saved. Free some room."
    bar.dismiss()
    assert bar.notice.message == "Exported."
    bar.dismiss()
    assert bar.notice is None
    assert not bar.isVisible()


def test_a_notice_can_offer_one_thing_to_do(qtbot: QtBot) -> None:
    """Its button runs it and dismisses the notice."""
    ran: list[int] = []
    bar = NotificationBar()
    qtbot.addWidget(bar)
    bar.show_notice(Notice("It failed.", level="error", action="Show report", run=lambda: ran.append(1)))
    button = next(b for b in bar.findChildren(QAbstractButton) if b.text() == "Show report")
    button.click()
    assert ran == [1]
    assert bar.notice is None


def test_the_saved_state_is_shown(opened: Studio, qtbot: QtBot) -> None:
    """Saving, saved with the time, not saved with the reason: in words beside an icon."""
    state = opened.window.findChild(SaveState)
    assert state is not None
    assert not state.isVisible()
    opened.ctx.saving.emit()
    assert state.text == "Saving…"
    opened.ctx.saved.emit("14:02:11")
    assert (state.text, state.state) == ("Saved 14:02:11", "saved")
    opened.ctx.save_failed.emit("The disk is full.")
    assert (state.text, state.toolTip()) == ("Not saved", "The disk is full.")


def test_a_key_that_does_nothing_says_why_in_the_status_bar(opened: Studio) -> None:
    """The reason shows for a while at the foot of the window."""
    assert opened.library is not None
    opened.library.chips.choose("errors")
    opened.ctx.status("hint", "Select a hand first.")
    assert opened.window.hint == "Select a hand first."


# jobs -----------------------------------------------------------------------------------------------------------


def test_the_tray_shows_jobs_and_stops_one(opened: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary names the running job; the tray's button asks it to stop."""
    jobs = opened.ctx.jobs
    jobs.put(Job(1, "Find hands", done=62, total=100, rate=2.0))
    summary = opened.window.findChild(JobSummary)
    assert summary is not None
    assert summary.text().startswith("Find hands  62 %")
    asked: list[int] = []
    monkeypatch.setattr(jobs, "cancel", asked.append)
    summary.click()
    tray = summary.tray
    assert tray.isVisible()
    stop = next(b for b in tray.findChildren(QAbstractButton) if b.accessibleName() == "Stop Find hands")
    stop.click()
    assert asked == [1]
    tray.close()


def test_a_failed_job_is_told_with_its_report(opened: Studio, qtbot: QtBot) -> None:
    """A fault in the worker is a notice with a report, not a dialog in the user's way."""
    with qtbot.waitSignal(opened.ctx.noticed) as noticed:
        opened.ctx.jobs.failed.emit(Job(1, "Export", "failed", message="It broke.", hint="Retry.", detail="Traceback"))
    notice = noticed.args[0]
    assert (notice.message, notice.action, notice.level) == ("It broke.", "Show report", "error")


def test_an_import_is_summed_up_in_a_sentence() -> None:
    """Counts, what was there already, and where the failures are."""
    result = {"images_added": 1200, "images_known": 3, "images_failed": 2, "hands_found": 1180}
    message, hint, level = import_sentences(result)
    assert message == "1,200 images added, 1,180 hands found."
    assert hint == "3 were in the project already. 2 cannot be read; they are under Errors."
    assert level == "warning"
    assert import_sentences(result | {"images_known": 0, "images_failed": 0})[1:] == ("", "info")


def test_an_agreement_is_told_with_its_interval_and_n() -> None:
    """Never a bare kappa: interval and n stand beside it, and an undefined one says why."""
    kappa = {"value": 0.46, "boot_low": 0.21, "boot_high": 0.67, "reason": ""}
    pair = {"a": "ada", "b": "ben", "kind": "annotators", "n": 60, "kappa": kappa}
    few = pair | {"b": "cleo", "n": 3}
    message, hint, _ = agreement_sentences({"pairs": [few, pair, pair | {"kind": "scorer"}]})
    assert message == "Agreement of ada and ben: κ 0.46 [0.21, 0.67], n = 60."
    assert hint.endswith("1 more pair judged fewer hands together.")
    undefined = pair | {"kappa": {"value": None, "boot_low": None, "boot_high": None, "reason": "one class only"}}
    assert "not defined (one class only)" in agreement_sentences({"pairs": [undefined]})[0]
    assert agreement_sentences({"pairs": []})[0].startswith("No two annotators")


# when it goes wrong ---------------------------------------------------------------------------------------------


def _raise() -> None:
    raise ZeroDivisionError("a fault")


def test_a_fault_is_shown_once_for_each_traceback(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    """The same fault ten times is one dialog; it holds the traceback and the versions, and can be copied."""
    border = errors.CrashBorder()
    for _ in range(10):
        try:
            _raise()
        except ZeroDivisionError as error:
            border.catch(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(border.dialogs))
    qtbot.wait(50)
    (dialog,) = border.dialogs
    qtbot.addWidget(dialog)
    assert "ZeroDivisionError: a fault" in dialog.report
    assert "PySide" in dialog.report or "Qt" in dialog.report
    copy = next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "Copy report")
    copy.click()
    assert QApplication.clipboard().text() == dialog.report
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_what_killed_the_last_session_is_found_once(tmp_path: Path) -> None:
    """The stack that a dying process wrote is offered at the next start, and only then."""
    assert errors.take_last_fatal() == ""
    code = "from handanat_studio.gui import errors; import os, signal; errors.watch_fatal(); os.abort()"
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, env=dict(os.environ))
    assert died.returncode != 0
    assert "Fatal Python error" in errors.take_last_fatal()
    assert errors.take_last_fatal() == ""


def test_window_size_is_remembered(qtbot: QtBot) -> None:
    """The next window is as high as the last one was when it was closed (the offscreen screen is 800 px wide)."""
    first = Studio(Settings())
    qtbot.addWidget(first.window)
    first.window.show()
    first.window.resize(1024, 700)
    first.window.close()
    again = Studio(Settings())
    qtbot.addWidget(again.window)
    assert again.window.height() == 700
    again.ctx.close()


def test_a_window_that_closes_keeps_every_edit(studio: Studio, own_project: Path, qtbot: QtBot) -> None:
    """Closing is never destructive: it waits for what is being saved."""
    with qtbot.waitSignal(studio.ctx.project_opened):
        studio.ctx.open_project(own_project)
    written: list[int] = []
    for number in range(3):
        studio.ctx.save(lambda _project, number=number: (time.sleep(0.05), written.append(number)))
    studio.window.close()
    assert written == [0, 1, 2]


# everybody can use it -------------------------------------------------------------------------------------------


def test_everything_that_takes_input_has_a_name(opened: Studio) -> None:
    """A screen reader finds words on every button, field and list of every page and of the frame."""
    opened.window.show_page("annotate")
    opened.window.show_page("library")
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)
    unnamed = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for kind in kinds
        for widget in opened.window.findChildren(kind)
        if widget.window() is opened.window
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
        and not (widget.objectName().startswith("qt_") or isinstance(widget.parent(), QLineEdit))
    ]
    assert unnamed == []


def test_the_window_process_imports_nothing_heavy(filled_project: Path) -> None:
    """After every page has been opened, torch, mediapipe, ultralytics and cv2 are not loaded."""
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from handanat_studio.gui import app, driving\n"
        "from handanat_studio.settings import Settings\n"
        "qt = app.make_application(Settings())\n"
        "studio = app.Studio(Settings(), keeps_settings=False)\n"
        "studio.window.show()\n"
        f"studio.ctx.open_project(Path({str(filled_project)!r}))\n"
        "driving.wait_until(lambda: studio.library is not None and studio.library.is_settled, 'library')\n"
        "studio.open_hand(1, 1)\n"
        "driving.wait_until(lambda: studio.annotate.draft is not None, 'annotate')\n"
        "studio.annotate.draft.judgement\n"
        "studio.open_preferences()\n"
        "studio.ctx.close()\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))\n"
    )
    environment = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.strip().splitlines()[-1]) == []


def test_the_command_line_of_the_window() -> None:
    """A project, a hand and a tour can be named; a tour needs a project."""
    arguments = parse(["folder", "--open-hand", "7"])
    assert (arguments.project, arguments.open_hand, arguments.tour) == (Path("folder"), 7, None)
    with pytest.raises(SystemExit):
        parse(["--tour", "out"])


def test_a_crash_dialog_promises_that_nothing_is_sent(qtbot: QtBot) -> None:
    """The dialog says what is safe and that the report stays here."""
    dialog = CrashDialog("report")
    qtbot.addWidget(dialog)
    assert "Nothing has been sent anywhere" in dialog.explanation
