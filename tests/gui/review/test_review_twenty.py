"""Twenty hands, reviewed from the keyboard alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from handanat_studio.gui.pages.review import ReviewPage
from handanat_studio.workflows.review import ReviewView

Press = Callable[..., None]
K, M = Qt.Key, Qt.KeyboardModifier
COUNT = 20


@pytest.fixture
def root(tmp_path: Path, make_project: Callable[[Path, int], Path]) -> Path:
    """A project of twenty hands: 17 with one annotation, two in dispute, one on which two people agree."""
    return make_project(tmp_path, COUNT)


def test_twenty_hands_are_reviewed_without_the_mouse(
    page: ReviewPage, press: Press, stored: Callable[[int], ReviewView]
) -> None:
    """Every third hand is returned, every fifth is fixed, the others are accepted; the disputes are settled."""
    expected = []
    for hand_id in range(1, COUNT + 1):
        assert page.case is not None
        assert page.case.hand_id == hand_id
        if page.draft is not None:
            press(K.Key_BracketRight)
            press(K.Key_Return)
            expected.append("adjudicated")
        elif hand_id % 3 == 0:
            for key in (K.Key_2, K.Key_R, K.Key_1, K.Key_Return):
                press(key)
            expected.append("open")
        elif hand_id % 5 == 0 and hand_id != COUNT:
            for key in (K.Key_E, K.Key_3, K.Key_Up, K.Key_Return):
                press(key)
            expected.append("fixed")
        else:
            press(K.Key_P)
            expected.append("accepted")
        if page.desk.card.isVisible():
            QTest.keyClicks(QApplication.focusWidget(), "so it is")
            press(K.Key_Return, M.ControlModifier)
    found = [stored(hand_id).consensus.status for hand_id in range(1, COUNT + 1)]
    assert found == expected
    assert Counter(found) == {"accepted": 11, "open": 5, "fixed": 2, "adjudicated": 2}
    assert page.deeds.count == COUNT
