"""Where the window and its panels were: remembered, brought back onto a screen, reset."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.layout import FIRST_SIZE, GRIP, LayoutMemory, reachable
from handanat_studio.settings import Settings

SCREEN = QRect(0, 0, 1920, 1040)
rects = st.builds(
    QRect, st.integers(-9000, 9000), st.integers(-9000, 9000), st.integers(300, 4000), st.integers(200, 3000)
)


def splitter(qtbot: QtBot) -> QSplitter:
    """A window of three panels, 200, 600 and 300 wide."""
    made = QSplitter(Qt.Orientation.Horizontal)
    made.setHandleWidth(1)
    for stretch in (0, 1, 0):
        made.addWidget(QWidget())
        made.setStretchFactor(made.count() - 1, stretch)
    made.resize(1102, 400)
    made.setSizes([200, 600, 300])
    qtbot.addWidget(made)
    made.show()
    return made


@given(rects, st.lists(rects, max_size=3))
def test_a_window_can_always_be_taken_hold_of(frame: QRect, others: list[QRect]) -> None:
    """Wherever it was and whatever screens there are, enough of its upper edge lies on one of them."""
    screens = [SCREEN, *others]
    edge = reachable(frame, screens)
    edge.setHeight(GRIP.height())
    on_screen = [edge.intersected(screen) for screen in screens]
    assert any(
        seen.width() >= min(GRIP.width(), frame.width()) and seen.height() >= GRIP.height() for seen in on_screen
    )


@given(rects)
def test_a_window_that_can_be_reached_stays_where_it_is(frame: QRect) -> None:
    """What lies inside the screen is not moved."""
    if SCREEN.contains(frame):
        assert reachable(frame, [SCREEN]) == frame


def test_a_window_from_a_screen_that_is_gone_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    """The last place was on a second screen; without it the window opens on the first."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(5000, 3000, 600, 400)
    LayoutMemory(tmp_path / "window.ini").keep_window(window)
    again = QWidget()
    qtbot.addWidget(again)
    LayoutMemory(tmp_path / "window.ini").place_window(again)
    assert again.screen().availableGeometry().intersects(again.frameGeometry())


def test_panels_come_back_as_they_were(qtbot: QtBot, tmp_path: Path) -> None:
    """Width and visibility survive the session; a hidden panel comes back with the width it had when it was seen."""
    first, memory = splitter(qtbot), LayoutMemory(tmp_path / "window.ini")
    memory.keep("page", first)
    first.setSizes([260, 500, 340])
    first.splitterMoved.emit(260, 1)
    first.widget(2).hide()
    memory.save()
    second, again = splitter(qtbot), LayoutMemory(tmp_path / "window.ini")
    again.keep("page", second)
    assert second.widget(2).isHidden()
    assert second.sizes()[0] == 260
    second.widget(2).show()
    assert second.sizes()[2] == 340


def test_what_does_not_fit_is_ignored(qtbot: QtBot, tmp_path: Path) -> None:
    """A file of another version, or a damaged one, leaves the first layout alone."""
    file = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    file.setValue("panels/page", '{"sizes": [1, 2], "hidden": [false, false]}')
    file.setValue("panels/other", "{broken")
    file.setValue("geometry", "nonsense")
    file.sync()
    memory = LayoutMemory(tmp_path / "window.ini")
    window = QWidget()
    qtbot.addWidget(window)
    memory.place_window(window)
    assert window.size() == FIRST_SIZE
    for name in ("page", "other"):
        made = splitter(qtbot)
        memory.keep(name, made)
        assert made.sizes() == [200, 600, 300]


def test_reset_goes_back_to_the_first_layout(studio: Studio, qtbot: QtBot) -> None:
    """One command: window size, panel widths, panels that were hidden."""
    made = splitter(qtbot)
    studio.ctx.layout.keep("page", made)
    made.setSizes([400, 402, 300])
    made.widget(0).hide()
    studio.window.resize(1100, 650)
    studio.ctx.commands.trigger("view.reset")
    assert made.sizes() == [200, 600, 300]
    assert not made.widget(0).isHidden()
    assert (studio.window.width(), studio.window.height()) == (FIRST_SIZE.width(), FIRST_SIZE.height())


def test_a_tour_leaves_the_users_layout_alone(qtbot: QtBot) -> None:
    """A program that keeps no settings neither takes nor writes window.ini."""
    program = Studio(Settings())
    qtbot.addWidget(program.window)
    program.window.show()
    program.window.resize(1024, 700)
    program.window.close()
    toured = Studio(Settings(), keeps_settings=False)
    qtbot.addWidget(toured.window)
    assert toured.window.size() == FIRST_SIZE
    toured.window.close()
    again = Studio(Settings())
    qtbot.addWidget(again.window)
    assert again.window.height() == 700
    again.ctx.close()
