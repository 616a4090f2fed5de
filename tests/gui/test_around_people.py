"""Roles, batches, and who one is: the dialogs and the button in the mode bar."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QProgressBar, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio.gui.app import Studio
from handanat_studio.gui.dialogs.assign import AssignDialog, share_text
from handanat_studio.gui.dialogs.batches import NOTHING, BatchesDialog
from handanat_studio.gui.dialogs.people import PeopleDialog, active_text
from handanat_studio.gui.widgets.identity import Identity
from handanat_studio.workflows import assign, people


@pytest.fixture
def working(studio: Studio, own_project: Path, qtbot: QtBot) -> Studio:
    """The program with a project that may be changed."""
    with qtbot.waitSignal(studio.ctx.project_opened):
        studio.ctx.open_project(own_project)
    return studio


def settle(studio: Studio, qtbot: QtBot) -> None:
    """Wait until every read and write is answered."""
    qtbot.waitUntil(lambda: studio.ctx.pending == 0, timeout=10_000)
    qtbot.wait(20)


def named(parent: QWidget, kind: type, name: str) -> QWidget:
    """Return the child that a screen reader calls so, or that says so."""
    found = parent.findChildren(kind)
    return next(w for w in found if name in (w.accessibleName(), getattr(w, "text", str)()))


@pytest.fixture
def dialog(working: Studio, qtbot: QtBot) -> PeopleDialog:
    """The list of people."""
    made = working.frame.open_people()
    settle(working, qtbot)
    return made


def test_whoever_works_alone_may_do_everything_and_is_told(working: Studio, dialog: PeopleDialog) -> None:
    """Nobody is a lead, so roles can be given, and the dialog says what changes when there is one."""
    assert dialog.may_change
    assert dialog.note.startswith("Nobody is a lead yet")
    assert dialog.table.texts(0)[:1] == ["annotator"]
    assert dialog.table.texts(0)[2] == "2"


def test_a_role_applies_as_it_is_chosen(working: Studio, dialog: PeopleDialog, qtbot: QtBot) -> None:
    """The combo box writes it at once, by keyboard too, and the store knows."""
    box = dialog.role_box("annotator")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    settle(working, qtbot)
    assert people.role_of(working.ctx.project, "annotator") == "lead"
    assert dialog.note == "You are annotator, a lead: you can give roles. A role applies at once."


def test_a_person_is_added_once(working: Studio, dialog: PeopleDialog, qtbot: QtBot) -> None:
    """A new name becomes an annotator; the same name again is not added."""
    field = named(dialog, QLineEdit, "Name of a new person")
    QTest.keyClicks(field, "ben")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(working, qtbot)
    assert [person.name for person in people.everyone(working.ctx.project)] == ["annotator", "ben"]
    QTest.keyClicks(field, "ben")
    assert not named(dialog, QAbstractButton, "Add").isEnabled()


def test_who_is_no_lead_sees_everybody_and_changes_nothing(working: Studio, qtbot: QtBot) -> None:
    """The roles are shown but greyed out, with who gives them."""
    working.ctx.save(people.set_role, "carla", "lead", by="annotator")
    settle(working, qtbot)
    made = working.frame.open_people()
    settle(working, qtbot)
    assert not made.may_change
    assert not made.role_box("carla").isEnabled()
    assert made.note == "You are annotator, an annotator. Roles are given by carla."


def test_the_mode_bar_says_who_one_is(working: Studio, qtbot: QtBot) -> None:
    """Name and role follow the preferences and the list of people."""
    button = working.window.findChild(Identity)
    assert button is not None
    settle(working, qtbot)
    assert button.text() == "annotator · lead"
    working.ctx.save(people.set_role, "carla", "lead", by="annotator")
    settle(working, qtbot)
    settle(working, qtbot)
    assert button.text() == "annotator · annotator"
    working.ctx.change_settings(annotator="carla")
    settle(working, qtbot)
    assert (button.text(), button.role) == ("carla · lead", "lead")
    menu = button.menu()
    menu.aboutToShow.emit()
    texts = [action.iconText() for action in menu.actions()]
    assert texts == ["Change your name…", "People and roles…", "Batches…"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0 min"), (95.0, "2 min"), (3600.0, "1 h 00 min"), (12_060.0, "3 h 21 min")]
)
def test_active_time_reads_like_a_clock(seconds: float, text: str) -> None:
    """Minutes below an hour, hours and minutes above."""
    assert active_text(seconds) == text


@given(st.integers(1, 500), st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_the_preview_says_what_the_batch_will_be(hands: int, names: int, overlap: int, seed: int) -> None:
    """The numbers that are promised are those that are given out."""
    if overlap > names:
        assert "cannot annotate" in share_text(hands, names, overlap)
        return
    shares = assign.share_out(range(hands), [f"p{n}" for n in range(names)], overlap=overlap, seed=seed)
    sizes = sorted({len(share) for share in shares.values()})
    said = share_text(hands, names, overlap)
    assert f" {' or '.join(f'{size:,}' for size in sizes)} hand" in said


def test_a_batch_is_assigned_and_shown(working: Studio, qtbot: QtBot) -> None:
    """Ticked and added people, the overlap and blindness reach the store; the list shows a bar for each person."""
    made = AssignDialog(working.ctx, [1, 2, 3, 4], working.window)
    made.show()
    settle(working, qtbot)
    assert made.preview == "Choose at least one person."
    assert not made.is_complete
    named(made, QCheckBox, "annotator").click()
    field = named(made, QLineEdit, "Name of somebody else")
    QTest.keyClicks(field, "ben")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(working, qtbot)
    assert made.chosen == ["annotator", "ben"]
    assert assign.batches(working.ctx.project) == []
    overlap = named(made, QSpinBox, "People for each hand")
    assert isinstance(overlap, QSpinBox)
    overlap.setValue(2)
    named(made, QCheckBox, "Blind").click()
    assert made.preview == "Each of 2 people gets 4 hands; every hand is annotated by 2 people."
    with qtbot.waitSignal(made.created):
        made.assign()
    (batch,) = assign.batches(working.ctx.project)
    assert (batch.blind, batch.hands, batch.created_by) == (True, 4, "annotator")
    assert batch.progress == {"annotator": (0, 4), "ben": (0, 4)}
    listed = working.frame.open_batches()
    settle(working, qtbot)
    bars = [bar.accessibleName() for bar in listed.cards[0].findChildren(QProgressBar)]
    assert bars == ["annotator: 0 of 4 submitted", "ben: 0 of 4 submitted"]


def test_a_batch_is_forgotten_only_after_a_second_press(working: Studio, qtbot: QtBot) -> None:
    """Forget asks first and says what stays; keeping it changes nothing."""
    working.ctx.save(assign.create_batch, "first", [1, 2], annotators=["annotator"], by="annotator")
    settle(working, qtbot)
    listed = working.frame.open_batches()
    settle(working, qtbot)
    (card,) = listed.cards
    named(card, QAbstractButton, "Forget the batch first").click()
    named(card, QAbstractButton, "Keep it").click()
    settle(working, qtbot)
    assert len(assign.batches(working.ctx.project)) == 1
    named(card, QAbstractButton, "Forget the batch first").click()
    named(card, QAbstractButton, "Forget it").click()
    settle(working, qtbot)
    settle(working, qtbot)
    assert assign.batches(working.ctx.project) == []
    assert listed.cards == []
    assert named(listed, QLabel, NOTHING).isVisible()


def test_who_is_no_lead_cannot_assign(working: Studio, qtbot: QtBot) -> None:
    """The dialog says so instead of failing at the end, and the list of batches keeps its buttons off."""
    working.ctx.save(assign.create_batch, "first", [1, 2], annotators=["ben"], by="annotator")
    working.ctx.save(people.set_role, "carla", "lead", by="annotator")
    settle(working, qtbot)
    made = AssignDialog(working.ctx, [1], working.window)
    made.show()
    listed = BatchesDialog(working.ctx, working.window)
    listed.show()
    settle(working, qtbot)
    assert made.preview == "Only a lead can assign hands."
    assert not made.is_complete
    assert not named(listed, QAbstractButton, "Forget the batch first").isEnabled()


def test_a_name_that_is_taken_keeps_the_dialog_open(working: Studio, qtbot: QtBot) -> None:
    """The reason stands in the dialog, and what was filled in is still there."""
    working.ctx.save(assign.create_batch, "first", [1, 2], annotators=["annotator"], by="annotator")
    settle(working, qtbot)
    made = AssignDialog(working.ctx, [3], working.window)
    made.show()
    settle(working, qtbot)
    named(made, QCheckBox, "annotator").click()
    field = named(made, QLineEdit, "Name of the batch")
    assert isinstance(field, QLineEdit)
    field.setText("first")
    made.assign()
    settle(working, qtbot)
    assert made.isVisible()
    assert "first" in made.preview
    assert made.is_complete
