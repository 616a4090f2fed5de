"""The list of findings is as high as its rows, whatever was in it before."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.editor.findings_list import FindingsList
from handanat_studio.hand.values import Finding

NAN = float("nan")
SIX = Finding("count", "hand", 6.0, 5.0, "digits", NAN, 0.99, "an ordinary hand has five digits")


def test_the_first_finding_of_a_list_that_was_always_shown_has_room(qtbot: QtBot) -> None:
    """No row was chosen before or after, and the list was never hidden: it still grows, and shrinks again."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    found = FindingsList()
    column.addWidget(found)
    column.addStretch(1)
    window.resize(340, 400)
    window.show()
    qtbot.waitExposed(window)
    assert found.height() == 0
    found.set_findings([SIX])
    QApplication.sendPostedEvents()
    qtbot.waitUntil(lambda: found.height() == found.sizeHint().height() > 20, timeout=2_000)
    found.set_findings([])
    qtbot.waitUntil(lambda: found.height() == 0, timeout=2_000)
