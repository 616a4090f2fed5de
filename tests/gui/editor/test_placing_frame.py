"""The frame around the whole hand: handles by real drags, arrows by real keys, one step per gesture."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.hand_frame import STEM_PX, Frame, frame_of, scaled, turn_between
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.values import HandPose

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def draft_of(page: AnnotatePage) -> Draft:
    """Return the open draft."""
    assert page.draft is not None
    return page.draft


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the keyboard focus is, and let the window catch up."""
    QTest.keyClick(QApplication.focusWidget() or page.canvas, key, modifier)
    QApplication.processEvents()


def frame(page: AnnotatePage) -> Frame:
    """Return the frame that is shown."""
    shown = page.placing.frame.frame()
    assert shown is not None
    return shown


def drag(page: AnnotatePage, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Drag with the left button, with a key held."""
    viewport, left = page.canvas.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, modifier, start)
    for share in (0.3, 0.7, 1.0):
        at = start + (end - start) * share
        event_at = QPoint(at)
        QTest.mouseMove(viewport, event_at)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, left, modifier, end)


@pytest.fixture
def framed(page: AnnotatePage) -> AnnotatePage:
    """The page with the whole image in view and the frame on."""
    page.canvas.fit_image()
    page.canvas.setFocus()
    press(page, Qt.Key.Key_E)
    return page


def actions(revisions: Revisions, page: AnnotatePage) -> list[str]:
    """Return what is on disk."""
    return [r.action for r in revisions(draft_of(page).hand_id)]


def test_the_grip_moves_the_hand_in_one_step(framed: AnnotatePage, settled: Settled, revisions: Revisions) -> None:
    """All joints move by the same way, and nothing else changes."""
    before = draft_of(framed).pose
    start = framed.canvas.mapFromScene(*frame(framed).grip())
    drag(framed, start, start + QPoint(30, -20))
    settled()
    moved = (draft_of(framed).pose.points - before.points) * framed.canvas.zoom
    assert np.allclose(moved, (30, -20), atol=1.5)
    assert actions(revisions, framed) == ["Move hand"]


def test_a_corner_scales_about_the_opposite_corner(
    framed: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """The corner that is not dragged stays; the hand keeps its shape."""
    before = draft_of(framed).pose.points.copy()
    corners = frame(framed).corners()
    start, fixed = framed.canvas.mapFromScene(*corners[2]), np.array(corners[0])
    drag(framed, start, start - QPoint(40, 40))
    settled()
    after = draft_of(framed).pose.points
    scale = (after - fixed) / (before - fixed)
    assert np.allclose(scale, scale[0, 0], atol=0.02)
    assert 0.5 < scale[0, 0] < 1.0
    assert actions(revisions, framed) == ["Scale hand"]


def test_the_handle_above_turns_the_hand_about_its_middle(
    framed: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """From the top to the right is a quarter turn clockwise, the frame turns along, and lengths stay."""
    before = draft_of(framed).pose.points.copy()
    shown = frame(framed)
    middle = np.array(shown.centre)
    start = framed.canvas.mapFromScene(*shown.turner(STEM_PX / framed.canvas.zoom))
    arm = framed.canvas.mapFromScene(*shown.centre) - start
    drag(framed, start, start + QPoint(arm.y(), arm.y()))
    settled()
    turned = before - middle
    expected = np.stack([-turned[:, 1], turned[:, 0]], axis=1) + middle
    assert np.allclose(draft_of(framed).pose.points, expected, atol=2.5)
    assert abs(frame(framed).angle_deg - 90) < 1.5
    assert actions(revisions, framed) == ["Turn hand"]


def test_a_drag_beside_the_handles_never_moves_the_hand(
    framed: AnnotatePage, mouse: Any, settled: Settled, revisions: Revisions
) -> None:
    """Empty space inside the frame pans, a joint is a joint."""
    before = draft_of(framed).pose.points.copy()
    spot = framed.canvas.mapFromScene(*frame(framed).at(-0.93, 0.9))
    drag(framed, spot, spot + QPoint(25, 10))
    assert np.array_equal(draft_of(framed).pose.points, before)
    mouse.drag(8, QPoint(15, 0))
    assert np.array_equal(np.delete(draft_of(framed).pose.points, 8, axis=0), np.delete(before, 8, axis=0))
    settled()
    assert actions(revisions, framed) == ["Move index tip"]


def test_escape_gives_a_held_handle_up_and_then_ends_the_frame(
    framed: AnnotatePage, settled: Settled, revisions: Revisions
) -> None:
    """The first Escape drops the drag, the second puts the frame away; no step is made."""
    before = draft_of(framed).pose
    viewport, left = framed.canvas.viewport(), Qt.MouseButton.LeftButton
    start = framed.canvas.mapFromScene(*frame(framed).corners()[0])
    QTest.mousePress(viewport, left, NONE, start)
    QTest.mouseMove(viewport, start + QPoint(30, 30))
    QApplication.processEvents()
    assert draft_of(framed).pose != before
    press(framed, Qt.Key.Key_Escape)
    QTest.mouseRelease(viewport, left, NONE, start + QPoint(30, 30))
    assert draft_of(framed).pose == before
    assert framed.editing.tool is framed.placing.frame
    press(framed, Qt.Key.Key_Escape)
    assert framed.editing.tool is None
    settled()
    assert actions(revisions, framed) == []


@pytest.mark.parametrize(
    ("key", "modifier", "action"),
    [
        (Qt.Key.Key_Right, NONE, "Move hand"),
        (Qt.Key.Key_Up, SHIFT, "Move hand"),
        (Qt.Key.Key_Left, ALT, "Turn hand"),
        (Qt.Key.Key_Right, ALT | SHIFT, "Turn hand"),
        (Qt.Key.Key_Up, ALT, "Scale hand"),
    ],
)
def test_arrows_do_all_that_the_handles_do(
    framed: AnnotatePage,
    settled: Settled,
    revisions: Revisions,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    action: str,
) -> None:
    """With the frame on, arrows move the hand, and with Alt they turn and scale it; one step per key."""
    before, first = draft_of(framed).pose, draft_of(framed).hand_id
    press(framed, key, modifier)
    settled()
    assert draft_of(framed).hand_id == first
    assert draft_of(framed).snapshot.pose != before
    assert actions(revisions, framed) == [action]
    framed.undo()
    assert draft_of(framed).pose == before
    settled()


def test_a_turn_by_keys_turns_the_frame_along(framed: AnnotatePage, settled: Settled) -> None:
    """As the handle does."""
    press(framed, Qt.Key.Key_Right, ALT | SHIFT)
    press(framed, Qt.Key.Key_Right, ALT)
    assert frame(framed).angle_deg == 16
    settled()


def test_the_frame_goes_along_to_the_next_hand(framed: AnnotatePage, settled: Settled) -> None:
    """It frames the hand that is open then, upright."""
    before = frame(framed)
    press(framed, Qt.Key.Key_Left, ALT | SHIFT)
    framed.step(1)
    settled()
    assert frame(framed).angle_deg == 0
    assert frame(framed) != before


coordinates = st.floats(-500, 500, allow_nan=False)
points = st.lists(st.tuples(coordinates, coordinates), min_size=21, max_size=21)


@given(points, st.floats(-180, 180), st.floats(1, 50))
def test_every_joint_lies_inside_the_frame_however_it_is_turned(
    where: list[tuple[float, float]], angle: float, margin: float
) -> None:
    """In the frame's own coordinates all joints are between -1 and 1."""
    shown = frame_of(HandPose.ordinary(where), angle, margin)
    assert shown is not None
    turn = math.radians(-angle)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    own = (np.array(where, np.float32).astype(float) - shown.centre) @ rotation.T / shown.half
    assert np.abs(own).max() <= 1.0 + 1e-6


@given(st.floats(-180, 180), st.floats(-179, 179))
def test_a_turn_with_shift_ends_at_a_multiple_of_fifteen_degrees(angle: float, turn: float) -> None:
    """Counted from upright, not from where the frame was."""
    shown = Frame((10.0, 20.0), (5.0, 5.0), angle)
    start = QPointF(10 + 100, 20)
    end = QPointF(10 + 100 * math.cos(math.radians(turn)), 20 + 100 * math.sin(math.radians(turn)))
    free = turn_between(shown, start, end, in_steps=False)
    assert math.isclose(free, turn, abs_tol=1e-6)
    rest = (angle + turn_between(shown, start, end, in_steps=True)) % 15
    assert min(rest, 15 - rest) < 1e-6


@given(points, st.integers(0, 3), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_no_drag_of_a_corner_turns_a_hand_inside_out(
    where: list[tuple[float, float]], corner: int, x: float, y: float
) -> None:
    """Beyond the opposite corner the hand stays small instead of being mirrored."""
    pose = HandPose.ordinary(where)
    shown = frame_of(pose, 0.0, 20.0)
    assert shown is not None
    after = scaled(pose, shown, corner, QPointF(x, y)).points.astype(float)
    before = pose.points.astype(float)
    assert ((after - after[0]) * (before - before[0])).sum() >= -1e-3
