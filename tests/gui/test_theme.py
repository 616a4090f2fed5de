"""The look: contrast, tokens, live switching, icons."""

import gc
import re
import sys

import pytest
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from handanat_studio.gui import icons, theme
from handanat_studio.paths import resource

ICONS = sorted(file.stem for file in resource("icons").glob("*.svg"))


GROUNDS = [(ink, ground) for ink in ("text", "secondary") for ground in ("panel", "raised")] + [("text", "canvas")]


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize(("ink", "ground"), GROUNDS)
def test_text_can_be_read(dark: bool, ink: str, ground: str) -> None:
    """Text reaches 4.5:1 on every ground it is written on, in both themes."""
    assert theme.contrast(theme.colour(ink, dark=dark), theme.colour(ground, dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [True, False])
def test_text_on_the_accent_can_be_read(dark: bool) -> None:
    """Primary buttons and selected rows reach 4.5:1."""
    assert theme.contrast(theme.colour("accent_text", dark=dark), theme.colour("accent", dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("mark", ["accent", "in_range", "doubtful", "violated"])
@pytest.mark.parametrize("ground", ["panel", "raised"])
def test_marks_stand_out_on_panels(dark: bool, mark: str, ground: str) -> None:
    """Marks reach 3:1 on panels in both themes."""
    assert theme.contrast(theme.colour(mark, dark=dark), theme.colour(ground, dark=dark)) >= 3.0


def test_contrast_is_the_one_of_wcag() -> None:
    """Black on white is 21:1, a colour on itself 1:1, #777777 on white just misses 4.5."""
    white = QColor("#ffffff")
    assert theme.contrast(QColor("#000000"), white) == pytest.approx(21.0)
    assert theme.contrast(white, white) == pytest.approx(1.0)
    assert theme.contrast(QColor("#777777"), white) == pytest.approx(4.48, abs=0.01)


def test_the_theme_switches_live(qtbot: QtBot) -> None:
    """A widget that is shown already takes the other theme's colours, and an icon is drawn in them."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    label = QLabel("text")
    qtbot.addWidget(label)
    label.show()
    theme.apply(app, "light")
    light = label.palette().color(QPalette.ColorRole.WindowText)
    theme.apply(app, "dark")
    dark = label.palette().color(QPalette.ColorRole.WindowText)
    assert (light.name(), dark.name()) == (theme.ROLES["text"][1], theme.ROLES["text"][0])
    assert theme.is_dark()


def test_the_system_theme_is_dark_where_the_desktop_does_not_say(qtbot: QtBot) -> None:
    """Offscreen no desktop answers, so "system" is the dark theme."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "system")
    assert theme.is_dark()


def test_the_stylesheet_uses_tokens_only() -> None:
    """No colour is written into the stylesheet by hand, and no token is left over."""
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", theme._SHEET)
    assert "$" not in theme.stylesheet(True) + theme.stylesheet(False)


def test_a_focused_button_looks_focused(qtbot: QtBot) -> None:
    """Keyboard focus is visible: the picture of a button changes when it gets the focus."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    button = QPushButton("Open")
    qtbot.addWidget(button)
    button.show()
    qtbot.waitExposed(button)
    button.clearFocus()
    before = button.grab().toImage()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert button.grab().toImage() != before


@pytest.mark.parametrize("name", [name for name in ICONS if name != "handanat-studio"])
def test_an_icon_takes_the_colour_it_is_given(name: str, qtbot: QtBot) -> None:
    """Every icon draws something, in the tint and in nothing else, with one line weight."""
    image = icons.pixmap(name, 40, QColor("#ff0000")).toImage()
    inks = {image.pixelColor(x, y).name() for x in range(40) for y in range(40) if image.pixelColor(x, y).alpha() > 200}
    assert inks == {"#ff0000"}
    assert re.findall(r'stroke-width="([\d.]+)"', resource("icons", f"{name}.svg").read_text()) == ["1.5"]


def test_an_icon_survives_its_maker(qtbot: QtBot) -> None:
    """QIcon owns the engine: a copy draws after the original is gone."""
    copy = QIcon(icons.icon("undo", "violated"))
    gc.collect()
    image = copy.pixmap(QSize(20, 20)).toImage()
    assert any(image.pixelColor(x, y).alpha() > 200 for x in range(20) for y in range(20))


class _Speaker(QObject):
    spoken = Signal(bool)


def test_signals_do_not_eat_references_to_true(qtbot: QtBot) -> None:
    """PySide6 6.12.0 loses a reference to True on every emit and aborts; whatever is installed here must not."""
    speaker = _Speaker()
    heard: list[bool] = []
    speaker.spoken.connect(heard.append)
    speaker.spoken.emit(True)
    heard.clear()
    before = sys.getrefcount(True)
    for _ in range(2000):
        speaker.spoken.emit(True)
    assert len(heard) == 2000
    heard.clear()
    assert sys.getrefcount(True) >= before - 20
