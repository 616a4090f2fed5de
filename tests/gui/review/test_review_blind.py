"""Who may see what on the Review page: hidden names and generators, and annotators who see nothing of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget

from handanat_studio import project as projects
from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.gui.review.case import LETTERS, voices_of
from handanat_studio.settings import Settings
from handanat_studio.workflows import comments, people, review
from handanat_studio.workflows.review import ReviewView

Press = Callable[..., None]
Stored = Callable[[int], ReviewView]
K, M = Qt.Key, Qt.KeyboardModifier
NAMES = ("bea-longname", "cal-longname")
GENERATOR = "secretgen"


def _said_by(model: QAbstractItemModel) -> Iterator[str]:
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    for row in range(model.rowCount(QModelIndex())):
        for role in roles:
            yield str(model.data(model.index(row, 0), role))


def everything_said(page: QWidget) -> list[str]:
    """Return each text, tool tip and accessible text of a page and of its lists."""
    said = []
    for widget in (page, *page.findChildren(QWidget)):
        said += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, QLabel):
            said.append(widget.text())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            said += _said_by(widget.model())
    return said


def mentions(page: QWidget, *words: str) -> list[str]:
    """Return the texts in which one of the words occurs."""
    return [text for text in everything_said(page) if any(word in text for word in words)]


def test_names_and_generator_are_hidden_everywhere_while_blind(
    page: ReviewPage, press: Press, open_hand: Callable[[int], None], root: Path
) -> None:
    """No text, tool tip or accessible name tells who it was or what made the image, the history included."""
    project = projects.open_project(root)
    comments.write(project, 6, author=NAMES[0], text=f"Ask {NAMES[1]} about it")
    review.give_back(project, 1, reviewer="rosa", reason=f"See what {NAMES[0]} did")
    project.close()
    for hand_id in (1, 6):
        open_hand(hand_id)
        assert mentions(page, *NAMES, GENERATOR) == []
        press(K.Key_H, M.ControlModifier)
        assert page.desk.history.rows()
        assert mentions(page, *NAMES, GENERATOR) == []
        press(K.Key_Escape)


def test_names_come_back_when_they_are_asked_for(
    page: ReviewPage, press: Press, open_hand: Callable[[int], None]
) -> None:
    """B shows names at once, and hides them again."""
    open_hand(6)
    press(K.Key_B)
    assert {row.name for row in page.panel.voices.rows()} == set(NAMES)
    press(K.Key_B)
    assert {row.name for row in page.panel.voices.rows()} == {""}
    assert mentions(page, *NAMES) == []


def test_letters_are_shuffled_but_stay_the_same_for_a_hand(stored: Stored) -> None:
    """Which annotator is A differs from hand to hand, and never for one hand."""
    firsts = []
    for hand_id in (6, 7, 8):
        once, twice = voices_of(stored(hand_id)), voices_of(stored(hand_id))
        assert [v.annotation.id for v in once] == [v.annotation.id for v in twice]
        assert "".join(v.letter for v in once) == LETTERS[: len(once)]
        firsts.append(once[0].annotation.annotator)
    assert len(firsts) == 3


class TestAnnotator:
    """Somebody who may only annotate."""

    @pytest.fixture
    def settings(self) -> Settings:
        """She is one of the two annotators."""
        return Settings(annotator=NAMES[1])

    def test_she_sees_nothing_of_others(self, bare_page: ReviewPage, settled: Callable[[], None]) -> None:
        """The page says that it is not for her; no hand, no count, no name is read."""
        assert bare_page.desk.is_refused
        assert bare_page.case is None
        assert bare_page.desk.queue_panel.queues.rows() == []
        assert bare_page.desk.hands.entries.rowCount() == 0
        assert mentions(bare_page, *NAMES, "Hand 1") == []

    def test_a_hand_opened_in_spite_of_it_shows_only_her_own(
        self, bare_page: ReviewPage, settled: Callable[[], None]
    ) -> None:
        """Even if the page is asked for a hand, what others said of it is not among what is read."""
        bare_page.show_hand(6, 6)
        settled()
        assert bare_page.desk.is_refused
        view = bare_page.walk.view
        assert view is not None
        assert {s.annotation.annotator for s in view.submissions} == {NAMES[1]}

    def test_no_key_of_the_page_does_anything(
        self, bare_page: ReviewPage, settled: Callable[[], None], stored: Stored
    ) -> None:
        """Accept, fix and return are refused."""
        for key in (K.Key_P, K.Key_E, K.Key_R, K.Key_Return):
            QTest.keyClick(QApplication.focusWidget() or bare_page, key)
            settled()
        assert all(s.stage == "submitted" for s in stored(6).submissions)


def test_the_page_opens_for_her_when_a_lead_says_so(page: ReviewPage, root: Path, settled: Callable[[], None]) -> None:
    """Another person at the desk: the page follows her role, and goes back to the reviewer's view with her name."""
    page.ctx.change_settings(annotator=NAMES[0])
    settled()
    assert page.desk.is_refused
    page.ctx.save(people.set_role, NAMES[0], "reviewer", by="rosa")
    page.ctx.change_settings(annotator=NAMES[1])
    page.ctx.change_settings(annotator=NAMES[0])
    settled()
    assert not page.desk.is_refused
    assert page.case is not None
