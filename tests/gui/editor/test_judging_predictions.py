"""Predictions are taken over on demand, and never over what a person has placed, however often the detector runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.editor.canvas import GHOST_ID
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.items import HandItem
from handanat_studio.gui.editor.predictions import placed_by_hand
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import Detection, HandPose
from handanat_studio.store import hands
from handanat_studio.store.changes import ChangeSet

Settled = Callable[[], None]
Revisions = Callable[[int], list[Annotation]]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
INDEX_TIP, RING_TIP = 8, 16
RING = 3


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key where the keyboard focus is."""
    QTest.keyClick(page.focusWidget() or page, key, modifier)
    QApplication.processEvents()


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def ghost(page: AnnotatePage) -> HandPose | None:
    """Return the prediction that is drawn."""
    found = [i for i in page.canvas.scene().items() if isinstance(i, HandItem) and i.hand_id == GHOST_ID]
    return found[0].pose if found else None


def shifted(pose: HandPose, by: float) -> HandPose:
    """Return a pose moved to the right."""
    return replace(pose, points=pose.points + np.array([by, 0.0], np.float32))


def run_again(page: AnnotatePage, root: Path, by: float, version: str = "2") -> HandPose:
    """Let another version of the detector run, which puts every joint of the first hand `by` further right."""
    project = projects.open_project(root)
    try:
        with project.store.write() as session:
            before = hands.of_image(session, 1)[0].detection
            assert before is not None
            found = Detection(before.box, shifted(before.pose, by), "synthetic", version, 1.0)
            hands.add_detections(session, 1, [found], f"synthetic {version}")
    finally:
        project.close()
    page.ctx.changed.emit(ChangeSet(frozenset({"hands"}), (1,), (draft_of(page).hand_id,)))
    return found.pose


@pytest.fixture
def rerun(page: AnnotatePage, root: Path, mouse: Any, settled: Settled, qtbot: QtBot) -> tuple[AnnotatePage, HandPose]:
    """A hand whose index tip was moved by hand, and what another detector version then predicts."""
    mouse.drag(INDEX_TIP, QPoint(-30, 20))
    settled()
    predicted = run_again(page, root, 6.0)
    qtbot.waitUntil(lambda: _version(page) == "2", timeout=5_000)
    qtbot.waitUntil(lambda: not page.inspector.prediction.isHidden())
    return page, predicted


def _version(page: AnnotatePage) -> str:
    detection = draft_of(page).detection
    return "" if detection is None else detection.version


def test_accepting_an_untouched_prediction_writes_it_down(
    page: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """Shift+G says: a person has looked, and it is right."""
    hand_id = draft_of(page).hand_id
    assert "nobody has confirmed" in page.inspector.prediction.text
    press(page, Qt.Key.Key_G, SHIFT)
    settled()
    (stored,) = revisions(hand_id)
    assert stored.action == "Accepted the prediction"
    assert stored.basis == {"detector": "synthetic", "version": "1"}
    assert page.inspector.prediction.isHidden()


def test_a_rerun_changes_the_ghost_and_not_the_annotation(
    rerun: tuple[AnnotatePage, HandPose], revisions: Revisions
) -> None:
    """What was written stays as it was; only the prediction behind it is another one."""
    page, predicted = rerun
    draft = draft_of(page)
    (stored,) = revisions(draft.hand_id)
    assert stored.action == "Move index tip"
    assert draft.pose == stored.pose
    press(page, Qt.Key.Key_G)
    assert ghost(page) == predicted


def test_accept_all_leaves_what_was_placed_by_hand(
    rerun: tuple[AnnotatePage, HandPose], settled: Settled, revisions: Revisions
) -> None:
    """Twenty joints come from the new prediction, the one that a person moved stays; one step, undone by one."""
    page, predicted = rerun
    draft = draft_of(page)
    before = draft.pose
    assert "synthetic 2 puts 20 joints elsewhere" in page.inspector.prediction.text
    QTest.mouseClick(page.inspector.prediction.accept_all, Qt.MouseButton.LeftButton)
    same = [row for row in range(21) if np.allclose(draft.pose.points[row], predicted.points[row], atol=1e-3)]
    assert same == [row for row in range(21) if row != INDEX_TIP]
    assert np.array_equal(draft.pose.points[INDEX_TIP], before.points[INDEX_TIP])
    page.canvas.setFocus()
    press(page, Qt.Key.Key_Z, CTRL)
    assert draft.pose == before
    settled()
    actions = [r.action for r in revisions(draft.hand_id)]
    assert actions == ["Move index tip", "Accepted the prediction", "Undo Accepted the prediction"]


def test_accept_digit_takes_only_the_chosen_one(rerun: tuple[AnnotatePage, HandPose]) -> None:
    """Ctrl+G at a ring joint moves the ring and nothing else."""
    page, predicted = rerun
    draft = draft_of(page)
    before = draft.pose
    page.editing.select(RING_TIP)
    assert page.inspector.prediction.accept_digit.text() == "Accept ring"
    press(page, Qt.Key.Key_G, CTRL)
    moved = [row for row in range(21) if not np.array_equal(draft.pose.points[row], before.points[row])]
    assert moved == [13, 14, 15, 16]
    assert np.allclose(draft.pose.points[13:17], predicted.points[13:17], atol=1e-3)


def test_a_digit_without_a_choice_says_why_not(page: AnnotatePage) -> None:
    """The key tells what to do first."""
    page.editing.select(-1)
    assert page.ctx.commands.get("annotate.accept_digit").when() == "Choose a joint of a digit first."


def test_what_a_person_placed_is_what_no_prediction_says() -> None:
    """Places and states of any earlier prediction are not hers; a state she gave is."""
    first = HandPose.ordinary(np.arange(42, dtype=np.float32).reshape(21, 2))
    second = shifted(first, 5.0)
    mixed = edits.move(first, 4, tuple(second.points[4].tolist()))
    assert placed_by_hand(mixed, [first]) == {4}
    assert placed_by_hand(mixed, [first, second]) == frozenset()
    said = edits.set_state(mixed, 7, JointState.OCCLUDED)
    assert placed_by_hand(said, [first, second]) == {7}
    assert placed_by_hand(first, []) == set(range(21))
