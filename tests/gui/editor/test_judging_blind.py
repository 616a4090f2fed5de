"""A blind round: no score, no finding of the program, no limit, no ghost; one's own words stay possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.editor.bars import NO_RANGE
from handanat_studio.gui.editor.canvas import GHOST_ID
from handanat_studio.gui.editor.items import HandItem
from handanat_studio.gui.editor.joint_angles import Standing
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.workflows import assign, people

Settled = Callable[[], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def root(root: Path) -> Path:
    """A project in which ada annotates every hand blind."""
    project = projects.open_project(root)
    people.set_role(project, "lena", "lead", by="lena")
    people.set_role(project, "ada", "annotator", by="lena")
    assign.create_batch(project, "blind", [1, 2, 3, 4], annotators=["ada"], blind=True, by="lena")
    project.close()
    return root


def texts(page: AnnotatePage) -> str:
    """Return everything that is written in the inspector."""
    return "\n".join(label.text() for label in page.inspector.findChildren(QLabel) if label.isVisible())


def test_nothing_of_the_programs_opinion_is_shown(page: AnnotatePage, settled: Settled) -> None:
    """Measurements stay, without limits and colours; tool tips keep the secret too."""
    settled()
    inspector = page.inspector
    assert page.draft is not None
    assert page.draft.is_blind
    assert "Blind round" in texts(page)
    assert "implausible" not in texts(page)
    assert inspector.findings.findings() == ()
    rows = [*inspector.angles.rows(), *inspector.ratios.rows()]
    assert any(row.text != "–" for row in rows)
    assert all(row.core == NO_RANGE and row.outer == NO_RANGE for row in rows)
    assert {row.standing for row in rows} <= {Standing.IN_RANGE, Standing.UNKNOWN}
    assert not any("Source" in row.tip or "usual" in row.tip for row in rows)
    assert inspector.prediction.isHidden()


def test_there_is_no_ghost_and_no_arc_on_the_image(page: AnnotatePage, settled: Settled) -> None:
    """G shows nothing, and accepting is refused with the reason."""
    QTest.keyClick(page.canvas, Qt.Key.Key_G)
    QApplication.processEvents()
    drawn = {i.hand_id: i for i in page.canvas.scene().items() if isinstance(i, HandItem)}
    assert drawn[GHOST_ID].pose is None
    assert page.ctx.commands.get("annotate.accept_prediction").when() == "Predictions are hidden in a blind round."


def test_one_can_still_judge_and_add_a_finding(page: AnnotatePage, settled: Settled, qtbot: QtBot) -> None:
    """Her own findings are listed; verdict and submitting work as ever."""
    page.editing.select(6)
    QTest.keyClick(page.canvas, Qt.Key.Key_F, CTRL | SHIFT)
    form = page.inspector.finding_form
    form.words.setFocus()
    QTest.keyClicks(form.words, "bent backwards")
    QTest.keyClick(form.words, Qt.Key.Key_Return)
    assert [f.source for f in page.inspector.findings.findings()] == ["bent backwards"]
    QTest.keyClick(page.canvas, Qt.Key.Key_I)
    QTest.keyClick(page.canvas, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.inspector.stage.text.startswith("Submitted "))
