"""The topology diagram: what it draws where, its words, its keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui.editor.diagram import DigitDiagram
from handanat_studio.gui.editor.diagram_plan import plan, topology_words
from handanat_studio.hand import edits
from handanat_studio.hand.topology import DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose


def spread_hand() -> HandPose:
    """Return an open hand of 21 points, thumb at the left."""
    points = [(200.0, 320.0)]
    for digit in range(5):
        angle = np.deg2rad(-146 + 28 * digit)
        for level in range(4):
            reach = (70 if digit == 0 else 110) + 32 * level
            points.append((200 + reach * np.cos(angle), 320 + reach * np.sin(angle)))
    return HandPose.ordinary(points)


def beside(pose: HandPose, x: float, y: float) -> HandPose:
    """Add an extra digit with its base at a point."""
    return edits.add_digit(pose, DigitKind.EXTRA, [(x, y), (x, y - 20), (x, y - 40), (x, y - 60)])


ODD_HANDS = {
    "ordinary": spread_hand(),
    "fork": edits.split(spread_hand(), 2, Level.MIDDLE, (230.0, 80.0)),
    "fork at base": edits.split(spread_hand(), 0, Level.BASE, (90.0, 200.0)),
    "surplus": edits.graft_phalanx(edits.graft_phalanx(spread_hand(), 1, (100, 60)), 1, (95, 30)),
    "six": beside(spread_hand(), 320, 300),
    "missing": edits.set_digit_state(spread_hand(), 3, JointState.ABSENT),
}


@pytest.fixture
def diagram(qtbot: QtBot) -> DigitDiagram:
    """A diagram in a window of its own."""
    shown = DigitDiagram()
    qtbot.addWidget(shown)
    shown.show_pose(spread_hand())
    shown.resize(316, shown.sizeHint().height())
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    shown.setFocus()
    return shown


@pytest.mark.parametrize("name", ODD_HANDS)
def test_no_two_joints_that_can_be_chosen_lie_on_each_other(name: str) -> None:
    """Every drawn joint has a place of its own inside the diagram, whatever the topology is."""
    shown = plan(ODD_HANDS[name])
    spots = [spot for row, spot in enumerate(shown.spots(316)) if row not in shown.hidden]
    apart = [(a - b).manhattanLength() for n, a in enumerate(spots) for b in spots[:n]]
    assert min(apart) >= 15
    assert all(0 < s.x() < 316 and 20 < s.y() < shown.height for s in spots)


def test_an_extra_digit_stands_where_it_grows() -> None:
    """Beyond the little finger, or between index and middle: the column is beside its neighbours."""
    base = [spread_hand().points[1 + 4 * digit].astype(float) for digit in range(5)]
    outside = plan(beside(spread_hand(), *(2 * base[4] - base[3]).tolist()))
    between = plan(beside(spread_hand(), *((base[1] + base[2]) / 2).tolist()))
    nowhere = plan(edits.add_digit(spread_hand(), DigitKind.EXTRA, np.full((4, 2), np.nan)))
    assert outside.columns == (0, 1, 2, 3, 4, 5)
    assert between.columns == (0, 1, 5, 2, 3, 4)
    assert nowhere.columns == (0, 1, 2, 3, 4, 5)


def test_a_fork_stands_beside_its_digit_and_a_surplus_phalanx_on_top_of_it() -> None:
    """A branch hides the joints that it shares; a surplus phalanx has no column."""
    fork, surplus = plan(ODD_HANDS["fork"]), plan(ODD_HANDS["surplus"])
    assert fork.columns == (0, 1, 2, 5, 3, 4)
    assert fork.hidden == {21, 22}
    assert surplus.columns == (0, 1, 2, 3, 4)
    spots = surplus.spots(316)
    assert spots[8].x() == spots[24].x() == spots[28].x()
    assert spots[8].y() > spots[24].y() > spots[28].y()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ordinary", "Five digits: thumb, index, middle, ring, little."),
        ("missing", "Four digits: thumb, index, middle, little. Ring absent."),
        ("six", "Six digits: thumb, index, middle, ring, little, extra."),
        ("fork", "Six digits: thumb, index, middle, ring, little, extra. Middle forks at its PIP."),
    ],
)
def test_the_topology_is_told_in_words(name: str, words: str) -> None:
    """Who listens to the screen hears what the diagram shows."""
    assert topology_words(ODD_HANDS[name]) == words


def test_fused_digits_and_surplus_phalanges_are_told_too() -> None:
    """The words say how far digits are fused and which digit is too long."""
    fused = edits.fuse(ODD_HANDS["surplus"], 2, 3, 2 / 3)
    assert "Middle and ring fused to the distal joints." in topology_words(fused)
    assert "Index has a surplus phalanx." in topology_words(fused)


@given(st.sampled_from(sorted(ODD_HANDS)), st.lists(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1)]), max_size=25))
def test_arrows_never_leave_the_hand(name: str, steps: list[tuple[int, int]]) -> None:
    """Any walk by arrow keys stays on joints that are drawn."""
    shown = plan(ODD_HANDS[name])
    row = -1
    for dx, dy in steps:
        row = shown.neighbour(row, dx, dy)
        assert 0 <= row < len(shown.pose.points)
        assert row not in shown.hidden


@pytest.mark.parametrize("name", ODD_HANDS)
def test_arrows_reach_every_joint(name: str) -> None:
    """No joint needs the mouse."""
    shown = plan(ODD_HANDS[name])
    reached, edge = {0}, [0]
    while edge:
        row = edge.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            other = shown.neighbour(row, dx, dy)
            if other not in reached:
                reached.add(other)
                edge.append(other)
    assert reached == set(range(len(shown.pose.points))) - shown.hidden


def test_return_chooses_what_the_arrows_have_reached(diagram: DigitDiagram) -> None:
    """Up from the wrist, over to another digit, Return: that joint is chosen, and was lit on the way."""
    chosen: list[int] = []
    lit: list[int] = []
    diagram.chosen.connect(chosen.append)
    diagram.hovered.connect(lit.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(diagram, key)
    assert lit == [0, 9, 10, 14]
    assert chosen == [14]


def test_the_mouse_lights_a_joint_and_leaving_lights_none(diagram: DigitDiagram) -> None:
    """The canvas hears of the joint under the cursor once, and of the end."""
    lit: list[int] = []
    diagram.hovered.connect(lit.append)
    spot = diagram.spots()[7].toPoint()
    for step in range(3):
        QTest.mouseMove(diagram, spot + QPoint(step - 1, 0))
    QTest.mouseMove(diagram, QPoint(2, 2))
    assert lit == [7, -1]


def test_a_right_click_asks_for_the_menu_of_that_digit(diagram: DigitDiagram) -> None:
    """The digit under the mouse, and nothing for the wrist."""
    asked: list[int] = []
    diagram.menu_wanted.connect(lambda digit_id, at: asked.append(digit_id))
    for row in (0, 11, 20):
        at = diagram.spots()[row].toPoint()
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(diagram, QContextMenuEvent(reason, at, diagram.mapToGlobal(at)))
    assert asked == [2, 4]


def test_the_diagram_grows_for_a_surplus_phalanx_and_paints_every_topology(diagram: DigitDiagram) -> None:
    """Each odd hand has a picture of its own, and a higher one gets its room."""
    pictures = []
    for pose in ODD_HANDS.values():
        diagram.show_pose(pose)
        diagram.resize(316, diagram.sizeHint().height())
        pictures.append(diagram.grab().toImage())
    assert all(a != b for n, a in enumerate(pictures) for b in pictures[:n])
    assert plan(ODD_HANDS["surplus"]).height > plan(ODD_HANDS["ordinary"]).height
