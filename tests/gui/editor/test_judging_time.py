"""Active time is honest: pauses, other windows and other hands do not count, and what was spent looking does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import IDLE_AFTER_S, ActiveClock
from handanat_studio.gui.editor.activity import ActivityWatch
from handanat_studio.gui.editor.draft_shelf import DraftShelf
from handanat_studio.gui.editor.times import duration_words, short_time
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.workflows import browse

Settled = Callable[[], None]
Revisions = Callable[[int], list[Annotation]]


class Moment:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


@pytest.fixture
def moment() -> Moment:
    """The time."""
    return Moment()


@given(gaps=st.lists(st.floats(0.0, 3 * IDLE_AFTER_S), max_size=30))
def test_only_gaps_without_idleness_are_counted(gaps: list[float]) -> None:
    """The sum of all gaps up to the limit, whatever lies between."""
    time = Moment()
    clock = ActiveClock(time)
    clock.touch()
    for gap in gaps:
        time.now += gap
        clock.touch()
    assert clock.take() == pytest.approx(sum(gap for gap in gaps if gap <= IDLE_AFTER_S + 1e-9), abs=1e-6)
    assert clock.take() == 0.0


def test_time_in_another_window_does_not_count(qtbot: QtBot, moment: Moment) -> None:
    """When the window is left the clock stops until the next key, click or move of the mouse."""
    clock, widget = ActiveClock(moment), QWidget()
    qtbot.addWidget(widget)
    watch = ActivityWatch(clock, widget)
    watch.follow(widget)
    QTest.keyClick(widget, Qt.Key.Key_A)
    moment.now += 10
    QApplication.sendEvent(widget, QEvent(QEvent.Type.WindowDeactivate))
    moment.now += 10
    QTest.keyClick(widget, Qt.Key.Key_A)
    assert clock.seconds == 0.0
    moment.now += 4
    QTest.keyClick(widget, Qt.Key.Key_A)
    assert clock.seconds == 4.0


def test_looking_without_a_change_counts_for_the_hand_that_was_looked_at(
    ctx: Context, moment: Moment, settled: Settled, revisions: Revisions
) -> None:
    """Leaving a hand and coming back, the first step has both times; the other hand has none of it."""
    clock = ActiveClock(moment)
    shelf = DraftShelf(ctx, clock, ctx, lambda _: None)
    views = [browse.image_view(ctx.project, image_id, annotator="ada").hands[0] for image_id in (1, 3)]
    first, second = (shelf.draft_of(view) for view in views)

    def work(draft: object, seconds: float) -> None:
        shelf.current = draft  # type: ignore[assignment]
        clock.pause()
        clock.take()
        clock.touch()
        moment.now += seconds
        clock.touch()

    work(first, 20)
    work(second, 5)
    second.set_verdict("plausible")
    work(first, 7)
    first.set_verdict("implausible")
    settled()
    assert revisions(first.hand_id)[0].active_seconds == 27.0
    assert revisions(second.hand_id)[0].active_seconds == 5.0
    assert first.seconds == 27.0


def test_writing_is_work_too(page: AnnotatePage, qtbot: QtBot) -> None:
    """Keys that a text field takes are signs of life as those on the image are."""
    page.clock.take()
    page.clock.pause()
    page.inspector.note.setFocus()
    QTest.keyClick(page.inspector.note, Qt.Key.Key_A)
    qtbot.wait(30)
    QTest.keyClick(page.inspector.note, Qt.Key.Key_B)
    assert page.clock.seconds > 0.0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (42.9, "42 s"), (192, "3 min 12 s"), (3600 + 5 * 60, "1 h 05 min")]
)
def test_a_duration_reads_as_people_say_it(seconds: float, words: str) -> None:
    """Seconds, minutes, hours."""
    assert duration_words(seconds) == words


def test_a_moment_of_another_day_says_which() -> None:
    """Today needs no date; nonsense says nothing."""
    here = datetime(2026, 3, 4, 14, 2, tzinfo=UTC).astimezone()
    assert short_time(here.astimezone(UTC).isoformat(), now=here) == here.strftime("%H:%M")
    assert short_time("2026-03-01T00:30:00+00:00", now=here).startswith("2026-0")
    assert short_time("soon") == ""
