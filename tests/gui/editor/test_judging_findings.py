"""Findings: walking them by keys, a word on each, adding and removing one's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.finding_form import parts_of
from handanat_studio.gui.editor.finding_words import finding_story, finding_title
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.label_schema import FindingKind
from handanat_studio.hand.values import Finding
from handanat_studio.workflows import label_schema

Settled = Callable[[], None]
Revisions = Callable[[int], list[Annotation]]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
INDEX_PIP, INDEX_TIP, RING_TIP = 6, 8, 16


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key where the keyboard focus is."""
    QTest.keyClick(page.focusWidget() or page, key, modifier)
    QApplication.processEvents()


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


@pytest.fixture
def bent(page: AnnotatePage, mouse: Any, settled: Settled) -> AnnotatePage:
    """The page with two digits bent out of range."""
    for tip in (INDEX_TIP, RING_TIP):
        base = mouse.at(tip - 3)
        mouse.drag(tip, (base - mouse.at(tip)) + QPoint(4, 4))
    settled()
    assert len(page.inspector.findings.findings()) >= 2
    page.canvas.setFocus()
    return page


def test_brackets_walk_the_findings_and_bring_each_joint_close(bent: AnnotatePage) -> None:
    """Round and round, both ways; the joint is selected and the canvas zooms to it."""
    findings = bent.inspector.findings
    count = len(findings.findings())
    zoom = bent.canvas.zoom
    press(bent, Qt.Key.Key_BracketRight)
    assert findings.current() == findings.findings()[0]
    assert bent.canvas.zoom != zoom
    for _ in range(count):
        press(bent, Qt.Key.Key_BracketRight)
    assert findings.current() == findings.findings()[0]
    press(bent, Qt.Key.Key_BracketLeft)
    assert findings.current() == findings.findings()[-1]


def test_a_word_on_a_finding_is_a_step_that_can_be_undone(
    bent: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """Agree, reject, take back and undo by keys; each is a revision."""
    press(bent, Qt.Key.Key_BracketRight)
    finding = bent.inspector.findings.current()
    assert finding is not None
    key = (finding.kind, finding.part)

    def word() -> bool | None:
        words = {(f.kind, f.part): f.accepted for f in bent.inspector.findings.findings()}
        return words[key]

    before = len(revisions(draft_of(bent).hand_id))
    press(bent, Qt.Key.Key_Up, CTRL)
    assert word() is True
    press(bent, Qt.Key.Key_Down, CTRL)
    assert word() is False
    press(bent, Qt.Key.Key_Down, CTRL)
    assert word() is None
    press(bent, Qt.Key.Key_Z, CTRL)
    assert word() is False
    settled()
    stored = revisions(draft_of(bent).hand_id)[before:]
    assert [[f.accepted for f in r.findings] for r in stored] == [[True], [False], [], [False]]


def test_the_current_finding_stays_current_while_others_come_and_go(bent: AnnotatePage) -> None:
    """It is told by kind and part, not by its place in the list."""
    findings = bent.inspector.findings
    rows = list(findings.findings())
    press(bent, Qt.Key.Key_BracketLeft)
    last = findings.current()
    findings.set_findings(rows[1:])
    assert findings.current() == last
    findings.set_findings(rows[:-1])
    assert findings.current() is None


def test_the_current_finding_tells_its_whole_story(bent: AnnotatePage) -> None:
    """Its row is higher than the others, and a screen reader hears limit, source and uncertainty."""
    findings = bent.inspector.findings
    press(bent, Qt.Key.Key_BracketRight)
    QApplication.processEvents()
    heights = [findings.visualRect(findings.model().index(n, 0)).height() for n in range(len(findings.findings()))]
    assert heights[0] > heights[1]
    assert findings.sizeHint().height() == sum(heights)
    told = str(findings.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "% sure" in told
    assert "Measured" in told


def test_a_finding_of_ones_own_is_added_and_removed_by_keys(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """The form is filled with the selected joint; Enter adds it, Ctrl+Down removes it, undo brings it back."""
    page.editing.select(INDEX_PIP)
    press(page, Qt.Key.Key_F, CTRL | SHIFT)
    form = page.inspector.finding_form
    assert form.part.currentData() == "index_pip"
    form.kind.setFocus()
    press(page, Qt.Key.Key_S)
    assert form.kind.currentText().startswith("S")
    form.kind.setCurrentIndex(form.kind.findData("other"))
    form.words.setFocus()
    QTest.keyClicks(form.words, "two knuckles in one place")
    press(page, Qt.Key.Key_Return)
    assert form.isHidden()
    assert page.canvas.hasFocus()
    own = page.inspector.findings.findings()[-1]
    assert (own.origin, own.accepted, own.part) == ("expert", True, "index_pip")
    assert finding_title(own) == "Index PIP: two knuckles in one place"
    press(page, Qt.Key.Key_BracketLeft)
    assert page.inspector.findings.current() == own
    press(page, Qt.Key.Key_Up, CTRL)
    press(page, Qt.Key.Key_Down, CTRL)
    assert own not in page.inspector.findings.findings()
    press(page, Qt.Key.Key_Z, CTRL)
    assert page.inspector.findings.findings()[-1] == own
    settled()
    stored = revisions(draft_of(page).hand_id)
    assert [r.action for r in stored] == ["Added index pip", "Removed index pip", "Undo Removed index pip"]
    assert math.isnan(stored[0].findings[0].value)
    assert stored[0].findings[0].source == "two knuckles in one place"


def test_adding_what_the_program_found_agrees_with_it(bent: AnnotatePage) -> None:
    """Its figures and its source are kept; there is no second row for the same thing."""
    finding = next(f for f in bent.inspector.findings.findings() if f.kind == "angle" and "_" in f.part)
    count = len(bent.inspector.findings.findings())
    press(bent, Qt.Key.Key_F, CTRL | SHIFT)
    form = bent.inspector.finding_form
    form.kind.setCurrentIndex(form.kind.findData("angle"))
    form.part.setCurrentIndex(form.part.findData(finding.part))
    QTest.mouseClick(form.add, Qt.MouseButton.LeftButton)
    assert len(bent.inspector.findings.findings()) == count
    said = next(f for f in draft_of(bent).snapshot.findings if f.part == finding.part)
    assert (said.origin, said.accepted, said.source) == ("scorer", True, finding.source)


def test_escape_leaves_the_form_without_a_trace(page: AnnotatePage) -> None:
    """Nothing is added, and the keyboard is back on the image."""
    QTest.mouseClick(page.inspector.add_finding, Qt.MouseButton.LeftButton)
    assert not page.inspector.finding_form.isHidden()
    press(page, Qt.Key.Key_Escape)
    assert page.inspector.finding_form.isHidden()
    assert page.canvas.hasFocus()
    assert not draft_of(page).history.can_undo


def test_letters_in_the_form_are_no_commands(page: AnnotatePage) -> None:
    """Choosing a kind by its first letter gives no verdict."""
    press(page, Qt.Key.Key_F, CTRL | SHIFT)
    press(page, Qt.Key.Key_I)
    press(page, Qt.Key.Key_P)
    assert draft_of(page).snapshot.verdict is None


def test_the_form_offers_the_kinds_of_this_project(page: AnnotatePage, root: Path, qtbot: QtBot) -> None:
    """A kind that a lead has added is there as soon as the window hears of it, and one for all the rest stays."""
    form = page.inspector.finding_form
    project = projects.open_project(root)
    schema = label_schema.current(project)
    added = FindingKind("nail", "Nail is missing", "digit")
    _, change = label_schema.save(project, replace(schema, kinds=(*schema.kinds, added)), by="ada")
    project.close()
    page.ctx.changed.emit(change)
    qtbot.waitUntil(lambda: form.kind.findData("nail") >= 0)
    assert form.kind.itemText(form.kind.findData("nail")) == "Nail is missing"
    assert form.kind.findData("other") >= 0


def test_a_form_offers_every_part_of_this_hand(page: AnnotatePage) -> None:
    """The hand, its digits, its joints, each once."""
    parts = parts_of(draft_of(page).pose)
    assert parts[:3] == ["hand", "thumb", "index"]
    assert len(parts) == len(set(parts)) == 1 + 5 + 21


def test_a_story_is_told_in_sentences() -> None:
    """Value with uncertainty, limit with source, certainty, and the expert's word."""
    bend = Finding("angle", "index_pip", 131.0, 125.0, "deg", 3.0, 0.5, "AAOS 100", accepted=True)
    assert finding_story(bend) == (
        "Measured 131° ± 2°. Limit 125°, from AAOS 100. "
        "The formulas are 50 % sure that this is out of range. You agree."
    )
    own = Finding("ratio", "ring", math.nan, math.nan, "", math.nan, 1.0, "", "expert", True)
    assert finding_title(own) == "Ring: length"
    assert finding_story(own) == "Added by hand, as length."
