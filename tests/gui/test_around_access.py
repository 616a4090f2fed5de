"""Everybody can use it: names, keyboard, size, focus and contrast on every page and in every dialog, in both themes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from handanat_studio.gui import icons, theme
from handanat_studio.gui.app import Studio
from handanat_studio.gui.context import Notice
from handanat_studio.gui.dialogs.assign import AssignDialog
from handanat_studio.gui.dialogs.crash import CrashDialog
from handanat_studio.gui.dialogs.new_project import NewProjectDialog
from handanat_studio.gui.dialogs.preferences import SECTIONS
from handanat_studio.gui.widgets.notification_bar import NotificationBar

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
LEAST_PX = 24
PAGES = ("library", "annotate", "review")
Open = Callable[[Studio], QDialog | None]

DIALOGS: dict[str, Open] = {
    **{section: lambda studio, name=section: studio.frame.open_preferences(name) for section in SECTIONS},
    "people": lambda studio: studio.frame.open_people(),
    "batches": lambda studio: studio.frame.open_batches(),
    "labels": lambda studio: studio.frame.open_labels(),
    "restore": lambda studio: studio.frame.restore(),
    "assign": lambda studio: _shown(AssignDialog(studio.ctx, [1, 2, 3], studio.window)),
    "keys on this page": lambda studio: studio.window.open_key_sheet(),
    "palette": lambda studio: studio.window.open_palette(),
    "crash": lambda studio: _shown(CrashDialog("report", studio.window)),
    "new project": lambda studio: _shown(NewProjectDialog(None, studio.window)),
}


def _shown(dialog: QDialog) -> QDialog:
    dialog.show()
    return dialog


def controls(root: QWidget) -> Iterator[QWidget]:
    """Yield what takes input in a window and is seen; parts that Qt builds into another control are not counted."""
    for widget in root.findChildren(QWidget):
        is_part = isinstance(widget.parent(), (QLineEdit, QAbstractSpinBox, QComboBox))
        is_inner = widget.objectName().startswith("qt_") or isinstance(widget, (QScrollBar, QHeaderView)) or is_part
        if isinstance(widget, KINDS) and not is_inner and widget.isVisible() and widget.window() is root.window():
            yield widget


def name_of(widget: QWidget) -> str:
    """Return what a screen reader would say of it."""
    return widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip()


def place_of(widget: QWidget) -> str:
    """Return where it is, for the message of a failed test."""
    return f"{type(widget).__name__} '{name_of(widget)}' in {type(widget.parent()).__name__}"


def has_keyboard(widget: QWidget, root: QWidget) -> bool:
    """Tell whether the keyboard reaches a control: by Tab, by a command with an action, or through another control.

    A list whose field steers it (the palette), a button of a group that arrows walk, and a part that has its own
    key in the command table count.
    """
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return True
    if isinstance(widget, QToolButton) and widget.defaultAction() is not None:
        return True
    return not widget.isEnabled() or widget.focusProxy() is not None


def complaints(root: QWidget) -> list[str]:
    """Return what is wrong with the controls of a window."""
    found = []
    for widget in controls(root):
        if not name_of(widget):
            found.append(f"no name: {place_of(widget)}")
        if not has_keyboard(widget, root):
            found.append(f"no keyboard: {place_of(widget)}")
        if widget.height() < LEAST_PX and not isinstance(widget, QAbstractItemView):
            found.append(f"{widget.height()} px high: {place_of(widget)}")
    return found


def settle(studio: Studio, qtbot: QtBot) -> None:
    """Wait until every read and write is answered and shown."""
    qtbot.waitUntil(lambda: studio.ctx.pending == 0, timeout=10_000)
    qtbot.wait(50)


@pytest.mark.parametrize("scope", PAGES)
def test_every_control_of_a_page_can_be_named_reached_and_hit(opened: Studio, qtbot: QtBot, scope: str) -> None:
    """Words for a screen reader, a way in by keyboard, at least 24 px to hit."""
    opened.window.show_page(scope)
    settle(opened, qtbot)
    assert complaints(opened.window) == []


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_can_be_named_reached_and_hit(opened: Studio, qtbot: QtBot, name: str) -> None:
    """As on the pages."""
    dialog = DIALOGS[name](opened)
    assert dialog is not None
    settle(opened, qtbot)
    found = [text for text in complaints(dialog) if "Matching commands" not in text]
    dialog.close()
    assert found == []


def test_the_check_can_fail(qtbot: QtBot) -> None:
    """A button without words that the keyboard cannot reach and that is 10 px high is found three times."""
    window = QWidget()
    qtbot.addWidget(window)
    bad = QToolButton(window)
    bad.setFixedSize(10, 10)
    bad.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    window.show()
    assert len(complaints(window)) == 3


@pytest.mark.parametrize("name", DIALOGS)
def test_escape_closes_a_dialog(opened: Studio, qtbot: QtBot, name: str) -> None:
    """Every dialog can be left by the key that leaves dialogs."""
    dialog = DIALOGS[name](opened)
    assert dialog is not None
    settle(opened, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# focus ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["General", "Annotate", "Backups", "Keys", "people", "restore", "assign"])
def test_the_focus_is_seen_on_every_control_of_a_dialog(opened: Studio, qtbot: QtBot, name: str) -> None:
    """The picture of a control is another one when it has the keyboard."""
    dialog = DIALOGS[name](opened)
    assert dialog is not None
    settle(opened, qtbot)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    unseen = []
    for widget in controls(dialog):
        if not widget.isEnabled() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        widget.setFocus()
        if not widget.hasFocus():
            continue
        seen = _still(widget)
        widget.clearFocus()
        if _still(widget) == seen:
            unseen.append(place_of(widget))
    dialog.close()
    assert unseen == []


def _still(widget: QWidget) -> QImage:
    """Return a picture of a control without a blinking cursor."""
    QApplication.setCursorFlashTime(0)
    return widget.grab().toImage()


# the themes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_that_is_open_takes_the_other_theme(opened: Studio, qtbot: QtBot, name: str) -> None:
    """Its ground is the panel colour of the theme that applies, at once and without being opened again."""
    dialog = DIALOGS[name](opened)
    assert dialog is not None
    for choice in ("light", "dark"):
        opened.ctx.change_settings(theme=choice)
        settle(opened, qtbot)
        ground = dialog.grab().toImage().pixelColor(4, dialog.height() // 2)
        assert ground.name() == theme.ROLES["panel"][0 if choice == "dark" else 1]
    dialog.close()


@pytest.mark.parametrize("scope", PAGES)
def test_a_page_that_is_shown_takes_the_other_theme(opened: Studio, qtbot: QtBot, scope: str) -> None:
    """The share of dark pixels of the chrome turns round."""
    opened.window.show_page(scope)
    shares = {}
    for choice in ("light", "dark"):
        opened.ctx.change_settings(theme=choice)
        settle(opened, qtbot)
        image = opened.window.grab().toImage()
        spots = [image.pixelColor(x, 60).lightness() for x in range(0, image.width(), 4)]
        shares[choice] = sum(lightness < 128 for lightness in spots) / len(spots)
    assert shares["dark"] > 0.8 > 0.3 > shares["light"]


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("role", ["text", "secondary"])
def test_text_on_a_card_or_a_chosen_row_can_be_read(dark: bool, role: str) -> None:
    """4.5:1 also on the ground of the canvas' surround for text, and on raised cards for quiet words."""
    ink = theme.colour(role, dark=dark)
    assert theme.contrast(ink, theme.colour("raised", dark=dark)) >= 4.5
    assert theme.contrast(theme.colour("accent_text", dark=dark), theme.colour("accent", dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [True, False])
def test_the_ring_of_the_focus_stands_out(dark: bool) -> None:
    """3:1 against the panel and against a raised control, and on a primary button against the accent."""
    for ground in ("panel", "raised"):
        assert theme.contrast(theme.colour("accent", dark=dark), theme.colour(ground, dark=dark)) >= 3.0
    assert theme.contrast(theme.colour("text", dark=dark), theme.colour("accent", dark=dark)) >= 2.0


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_a_box_to_tick_is_seen_when_it_is_not_ticked(opened: Studio, qtbot: QtBot, choice: str) -> None:
    """Its edge reaches 3:1 against the dialog."""
    opened.ctx.change_settings(theme=choice)
    dialog = opened.frame.open_preferences("Annotate")
    settle(opened, qtbot)
    box = next(b for b in dialog.findChildren(QAbstractButton) if b.text().startswith("Beside every joint"))
    image = box.grab().toImage()
    panel = theme.colour("panel")
    edges = [QColor(image.pixel(x, image.height() // 2)) for x in range(24)]
    assert max(theme.contrast(edge, panel) for edge in edges) >= 3.0
    dialog.close()


# notices --------------------------------------------------------------------------------------------------------


@pytest.fixture
def bar(opened: Studio) -> NotificationBar:
    """The window's bar."""
    return opened.window.notification_bar


def test_escape_dismisses_a_message_and_gives_the_keyboard_back(
    opened: Studio, bar: NotificationBar, qtbot: QtBot
) -> None:
    """F8 goes to the message; Escape takes it away and the grid has the keyboard again."""
    assert opened.library is not None
    opened.window.activateWindow()
    opened.library.grid.setFocus()
    opened.ctx.notify("The disk is full.", "Free some room.", "error")
    QTest.keyClick(opened.library.grid, Qt.Key.Key_F8)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Dismiss this message"
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert bar.notice is None
    assert QApplication.focusWidget() is opened.library.grid


def test_a_message_takes_no_keyboard_by_itself(opened: Studio, bar: NotificationBar) -> None:
    """Whoever types goes on typing; Shift+Esc dismisses without leaving the place."""
    assert opened.library is not None
    opened.window.activateWindow()
    opened.library.search_field.setFocus()
    opened.ctx.notify("The disk is full.", level="error")
    assert QApplication.focusWidget() is opened.library.search_field
    QTest.keyClick(opened.library.search_field, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert bar.notice is None


def test_messages_queue_behind_an_error_and_each_is_said_once(bar: NotificationBar) -> None:
    """What waits is counted; the same sentence waits only once."""
    bar.show_notice(Notice("First.", level="error"))
    for _ in range(3):
        bar.show_notice(Notice("Second.", level="warning"))
    bar.show_notice(Notice("Third."))
    assert bar.waiting == 2
    bar.dismiss()
    assert bar.notice is not None
    assert (bar.notice.message, bar.waiting) == ("Second.", 1)


def test_an_error_can_be_copied(bar: NotificationBar) -> None:
    """The button puts message and hint on the clipboard; information has no such button."""
    bar.show_notice(Notice("The disk is full.", "Free some room.", "error"))
    copy = next(b for b in bar.findChildren(QAbstractButton) if b.accessibleName() == "Copy this message")
    assert copy.isVisible()
    copy.click()
    assert QApplication.clipboard().text() == "The disk is full. Free some room."
    bar.clear()
    bar.show_notice(Notice("Imported."))
    assert not copy.isVisible()


def test_a_crash_report_is_copied_by_keyboard(qtbot: QtBot, tmp_path: Path) -> None:
    """The dialog opens with Close as the answer to Return; Tab leads to Copy."""
    dialog = CrashDialog("Traceback: a fault")
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    copy = next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "Copy report")
    copy.setFocus()
    QTest.keyClick(copy, Qt.Key.Key_Space)
    assert QApplication.clipboard().text() == "Traceback: a fault"


def test_an_icon_is_sharp_on_a_dense_screen(qtbot: QtBot) -> None:
    """At twice the density an icon has twice the pixels, and it is as large as it was asked to be."""
    drawn = icons.icon("undo").pixmap(QSize(20, 20), 2.0)
    assert (drawn.width(), drawn.height()) == (40, 40)
    assert drawn.deviceIndependentSize() == QSizeF(20.0, 20.0)
