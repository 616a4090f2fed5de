"""The canvas: it shows, zooms and reports, and never changes a pose."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handanat_studio.gui import theme
from handanat_studio.gui.editor import marks
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.hand import edits
from handanat_studio.hand.topology import DigitKind, JointState, Level
from handanat_studio.hand.values import Box, HandPose


def spread_hand(shift: float = 0.0) -> HandPose:
    """Return an open hand of 21 points, about 200 px high."""
    points = [(200.0 + shift, 320.0)]
    for digit in range(5):
        angle = np.deg2rad(-130 + 25 * digit)
        for level in range(4):
            reach = (70 if digit == 0 else 110) + 32 * level
            points.append((200 + shift + reach * np.cos(angle), 320 + reach * np.sin(angle)))
    return HandPose.ordinary(points)


@pytest.fixture
def canvas(qapp: QApplication, qtbot: QtBot) -> Canvas:
    """A canvas with a grey picture of 400 x 400 and one hand."""
    theme.apply(qapp, "dark")
    view = Canvas()
    qtbot.addWidget(view)
    view.resize(800, 600)
    with qtbot.waitExposed(view):
        view.show()
    picture = QImage(400, 400, QImage.Format.Format_RGB32)
    picture.fill(QColor("#888888"))
    view.show_image(picture, 400, 400)
    view.show_hand(1, spread_hand())
    view.set_active(1)
    view.fit_image()
    return view


def spot(canvas: Canvas, row: int) -> QPoint:
    """Return where a joint of hand 1 is in the viewport."""
    return canvas.mapFromScene(*spread_hand().points[row].tolist())


def drag(canvas: Canvas, start: QPoint, by: QPoint) -> None:
    """Drag with the left button."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas.viewport(), left, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), start + by / 2)
    QTest.mouseMove(canvas.viewport(), start + by)
    QTest.mouseRelease(canvas.viewport(), left, Qt.KeyboardModifier.NoModifier, start + by)


def test_a_drag_reports_where_the_joint_should_go_and_changes_no_pose(canvas: Canvas) -> None:
    """Row and image coordinates come out; the shown pose stays what it was given."""
    goals, dropped = [], []
    canvas.joint_dragged.connect(lambda row, x, y: goals.append((row, x, y)))
    canvas.joint_dropped.connect(dropped.append)
    shown = next(i for i in canvas.scene().items() if isinstance(i, HandItem)).pose
    drag(canvas, spot(canvas, 8), QPoint(40, 20))
    row, x, y = goals[-1]
    before = spread_hand().points[8]
    assert row == 8
    assert np.allclose([x, y], before + np.array([40, 20]) / canvas.zoom, atol=1.5 / canvas.zoom)
    assert dropped == [8]
    assert next(i for i in canvas.scene().items() if isinstance(i, HandItem)).pose is shown


def test_a_press_without_a_move_selects_and_drops_nothing(canvas: Canvas) -> None:
    """A click on a joint is no edit."""
    pressed, dropped = [], []
    canvas.joint_pressed.connect(pressed.append)
    canvas.joint_dropped.connect(dropped.append)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot(canvas, 12))
    assert pressed == [12]
    assert dropped == []


def test_escape_gives_a_drag_up(canvas: Canvas) -> None:
    """After Escape the release reports nothing."""
    cancelled, dropped = [], []
    canvas.drag_cancelled.connect(lambda: cancelled.append(True))
    canvas.joint_dropped.connect(dropped.append)
    start = spot(canvas, 4)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(30, 0))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    assert cancelled == [True]
    assert dropped == []


def test_each_hand_is_one_graphics_item(canvas: Canvas) -> None:
    """Twenty-one joints, bones and arcs of a hand are painted by one item."""
    canvas.show_hand(2, spread_hand(40))
    assert len(canvas.scene().items()) == 2
    canvas.keep_hands({1})
    assert len(canvas.scene().items()) == 1


def test_another_hand_is_clickable_and_the_active_one_comes_first(canvas: Canvas) -> None:
    """A click on a joint of a dimmed hand reports that hand."""
    asked = []
    canvas.hand_pressed.connect(asked.append)
    canvas.show_hand(2, spread_hand(60))
    at = canvas.mapFromScene(*spread_hand(60).points[20].tolist())
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert asked == [2]


@pytest.mark.parametrize("at", [(150, 120), (400, 300), (640, 480)])
@pytest.mark.parametrize("notches", [-3, 2, 5])
def test_the_wheel_keeps_the_image_point_under_the_cursor(canvas: Canvas, at: tuple[int, int], notches: int) -> None:
    """Zooming in or out anywhere leaves the point under the cursor where it is, to a pixel."""
    cursor = QPoint(*at)
    before = canvas.mapToScene(cursor)
    zoom = canvas.zoom
    wheel = QWheelEvent(
        QPointF(cursor),
        QPointF(canvas.viewport().mapToGlobal(cursor)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), wheel)
    moved = canvas.mapFromScene(before) - cursor
    assert canvas.zoom == pytest.approx(zoom * 1.2**notches)
    assert moved.manhattanLength() <= 2


def test_space_drag_pans_even_on_a_joint(canvas: Canvas) -> None:
    """With Space held the image moves with the mouse and no joint is grabbed."""
    dragged = []
    canvas.joint_dragged.connect(lambda *goal: dragged.append(goal))
    canvas.set_zoom(4.0)
    before = canvas.mapToScene(QPoint(0, 0))
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    drag(canvas, spot(canvas, 8), QPoint(50, 30))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    after = canvas.mapToScene(QPoint(0, 0))
    assert dragged == []
    assert (before.x() - after.x(), before.y() - after.y()) == pytest.approx((50 / 4, 30 / 4), abs=0.3)


def test_h_hides_the_overlay_only_while_it_is_held(canvas: Canvas) -> None:
    """Press hides every hand, release shows it again."""
    item = next(i for i in canvas.scene().items() if isinstance(i, HandItem))
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_H)
    assert not item.isVisible()
    QTest.keyRelease(canvas, Qt.Key.Key_H)
    assert item.isVisible()


def test_fit_shows_the_whole_image_and_a_box_fills_the_view(canvas: Canvas) -> None:
    """Both corners of what is fitted are inside the viewport."""
    frame = canvas.viewport().rect()
    canvas.fit_box(Box(100, 100, 50, 80))
    assert all(frame.contains(canvas.mapFromScene(x, y)) for x, y in ((100, 100), (150, 180)))
    assert canvas.zoom > 2
    canvas.fit_image()
    assert canvas.is_whole_image_shown()


def test_right_click_on_a_joint_reports_it_and_elsewhere_asks_for_a_menu(canvas: Canvas, qtbot: QtBot) -> None:
    """The two meanings of a right-click do not mix."""
    from PySide6.QtGui import QContextMenuEvent

    rows, menus = [], []
    canvas.joint_context.connect(rows.append)
    canvas.menu_requested.connect(lambda at, x, y: menus.append((x, y)))
    for at in (spot(canvas, 16), canvas.mapFromScene(390, 390)):
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(canvas.viewport(), QContextMenuEvent(reason, at, canvas.viewport().mapToGlobal(at)))
    assert rows == [16]
    assert menus[0] == pytest.approx((390, 390), abs=1)


def picture_of(pose: HandPose | None) -> QImage:
    """Paint a hand alone on grey."""
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#777777"))
    item = HandItem(1)
    item.set_view(1.0, QRectF(0, 0, 400, 400))
    item.show_pose(pose)
    painter = QPainter(image)
    item.paint(painter, None)  # type: ignore[arg-type]
    painter.end()
    return image


def test_every_joint_state_and_level_has_a_look_of_its_own(qapp: QApplication) -> None:
    """Fill tells the state and shape the level, so none is told by colour alone."""
    blue = theme.DIGIT_COLOURS[1].rgb()
    states = (JointState.VISIBLE, JointState.OCCLUDED, JointState.SELF_OCCLUDED, JointState.UNSURE)
    looks = [marks.mark_sprite(Level.MIDDLE, state, blue, 6.0, 2.0, 1.0).toImage() for state in states]
    looks += [marks.mark_sprite(level, JointState.VISIBLE, blue, 6.0, 2.0, 1.0).toImage() for level in (0, 2, 3)]
    assert all(a != b for n, a in enumerate(looks) for b in looks[:n])


@pytest.mark.parametrize("state", [JointState.ABSENT, JointState.UNLABELLED])
def test_absent_and_unlabelled_joints_leave_nothing_on_the_image(qapp: QApplication, state: JointState) -> None:
    """A hand whose joints are all absent (or not labelled) paints no pixel."""
    nothing = edits.set_state(spread_hand(), slice(0, 21), state)
    assert picture_of(nothing) == picture_of(None)
    assert picture_of(spread_hand()) != picture_of(None)


def test_a_joint_outside_the_image_is_an_arrow_at_its_border(qapp: QApplication) -> None:
    """The arrow's pixels are at the edge of the image, in the digit's colour."""
    pose = edits.set_state(edits.move(spread_hand(), 8, (500, 100)), 8, JointState.OUTSIDE)
    image = picture_of(pose)
    blue = theme.DIGIT_COLOURS[DigitKind.INDEX].rgb()
    assert image.pixel(394, 100) == blue


def test_marks_keep_their_size_at_any_zoom(canvas: Canvas) -> None:
    """The item's margin around its joints is the same number of screen pixels at every zoom."""
    item = next(i for i in canvas.scene().items() if isinstance(i, HandItem))
    box = spread_hand().box()
    assert box is not None
    margins = []
    for zoom in (0.5, 1.0, 8.0):
        canvas.set_zoom(zoom)
        margins.append((box.x - item.boundingRect().x()) * zoom)
    assert margins == pytest.approx([margins[0]] * 3, rel=1e-4)


def test_the_look_of_other_hands_is_dimmed_and_has_no_selection(canvas: Canvas) -> None:
    """Only the active hand is selected in; the others say so by their role."""
    canvas.show_hand(2, spread_hand(50))
    canvas.set_look(HandLook(selected_row=5, labels=True))
    looks = {i.hand_id: i.look for i in canvas.scene().items() if isinstance(i, HandItem)}
    assert (looks[1].role, looks[1].selected_row, looks[1].labels) == ("active", 5, True)
    assert (looks[2].role, looks[2].selected_row, looks[2].labels) == ("other", -1, False)
