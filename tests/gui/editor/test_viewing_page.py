"""The Annotate page's ways to look: adjustments, loupe, navigator, names, bones, another opinion beside one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from handanat_studio import project as projects
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.items import HandItem
from handanat_studio.gui.editor.tone import Tone
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import IMPLAUSIBLE, HandPose
from handanat_studio.store import annotations, annotators, hands

Settled = Callable[[], None]
CTRL, SHIFT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier(0)


def press(page: AnnotatePage, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, on: QWidget | None = None) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(on or page.canvas, key, modifiers)


def own_look(page: AnnotatePage) -> Any:
    """Return how the open hand is shown."""
    items = [i for i in page.canvas.scene().items() if isinstance(i, HandItem)]
    return next(i.look for i in items if i.look.role == "active")


def opinion_of_bea(root: Path, hand_id: int) -> HandPose:
    """Let another annotator label a hand, straight into the store, and return her pose."""
    project = projects.open_project(root)
    try:
        with project.store.write() as session:
            annotators.ensure(session, "bea")
            first = annotations.history(session, hand_id)
            assert not first
            detection = hands.get(session, hand_id).detection
            assert detection is not None
            pose = edits.move(detection.pose, 8, (12.0, 34.0))
            annotations.append(session, NewAnnotation(hand_id, "bea", pose, verdict=IMPLAUSIBLE))
    finally:
        project.close()
    return pose


# ---- adjustments -------------------------------------------------------------------------------------------------


def test_ctrl_l_opens_the_adjustments_and_escape_goes_back_to_the_image(page: AnnotatePage) -> None:
    """The card takes the focus at its first slider, Escape puts it away and the canvas has the keys again."""
    card = page.viewing.card
    press(page, Qt.Key.Key_L, CTRL)
    assert card.isVisible()
    assert card.rows["brightness"].track.hasFocus()
    press(page, Qt.Key.Key_Escape, on=card.rows["brightness"].track)
    assert card.isHidden()
    assert page.canvas.hasFocus()


def test_every_control_of_the_card_is_reached_by_tab_and_has_a_name(page: AnnotatePage) -> None:
    """Tab goes round inside the card; nothing in it is nameless."""
    press(page, Qt.Key.Key_L, CTRL)
    card = page.viewing.card
    met = []
    for _ in range(14):
        now = QApplication.focusWidget()
        assert now is not None
        met.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    expected = {row.track for row in card.rows.values()} | set(card.chips.values())
    assert expected <= set(met)
    assert all(w.accessibleName() or w.text() for w in met)  # type: ignore[attr-defined]


def test_arrows_in_the_card_move_its_slider_and_no_joint(page: AnnotatePage) -> None:
    """Keys belong to the slider that has the focus; the selected joint stays where it is."""
    page.editing.select(8)
    before = page.draft.pose if page.draft else None
    press(page, Qt.Key.Key_L, CTRL)
    track = page.viewing.card.rows["contrast"].track
    track.setFocus()
    for _ in range(7):
        press(page, Qt.Key.Key_Right, on=track)
    assert page.canvas.tone == Tone(contrast=0.07)
    assert page.draft is not None
    assert page.draft.pose == before


def test_return_and_page_keys_in_the_card_neither_submit_nor_leave_the_hand(
    page: AnnotatePage, ctx: Context, settled: Settled
) -> None:
    """Return presses the button that has the focus, PgDn moves the slider by a page."""
    assert page.draft is not None
    hand_id = page.draft.hand_id
    press(page, Qt.Key.Key_L, CTRL)
    card = page.viewing.card
    press(page, Qt.Key.Key_PageUp, on=card.rows["brightness"].track)
    assert page.canvas.tone == Tone(0.2)
    card.chips["names"].setFocus()
    press(page, Qt.Key.Key_Return, on=card.chips["names"])
    settled()
    assert ctx.settings.show_names
    assert page.draft.hand_id == hand_id
    assert page.draft.parent_id is None


def test_a_slider_shows_at_once_and_is_kept_for_the_next_session(page: AnnotatePage, ctx: Context) -> None:
    """The picture follows while the mouse still holds the slider; letting go writes the settings."""
    press(page, Qt.Key.Key_L, CTRL)
    track = page.viewing.card.rows["gamma"].track
    middle = track.rect().center()
    QTest.mousePress(track, Qt.MouseButton.LeftButton, NONE, middle)
    QTest.mouseMove(track, middle + QPoint(20, 0))
    assert page.canvas.tone.gamma > 1.2
    assert ctx.settings.gamma == 1.0
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, NONE, middle + QPoint(20, 0))
    assert ctx.settings.gamma == page.canvas.tone.gamma


def test_a_double_click_takes_a_slider_back_and_reset_all_takes_back_all(page: AnnotatePage, ctx: Context) -> None:
    """Each slider goes to its own neutral place."""
    press(page, Qt.Key.Key_L, CTRL)
    card = page.viewing.card
    card.rows["brightness"].track.setValue(40)
    card.rows["marker_px"].track.setValue(11)
    QTest.mouseDClick(card.rows["brightness"].track, Qt.MouseButton.LeftButton)
    assert page.canvas.tone.is_neutral
    assert own_look(page).marker_px == 11.0
    QTest.mouseClick(card.reset, Qt.MouseButton.LeftButton)
    assert own_look(page).marker_px == 6.0
    assert ctx.settings.marker_px == 6


def test_opacity_and_mark_size_reach_every_hand_of_the_image(page: AnnotatePage, settled: Settled) -> None:
    """The overlay of the other hands follows."""
    page.step(1)
    settled()
    press(page, Qt.Key.Key_L, CTRL)
    page.viewing.card.rows["overlay_opacity"].track.setValue(50)
    page.viewing.card.rows["marker_px"].track.setValue(9)
    looks = [i.look for i in page.canvas.scene().items() if isinstance(i, HandItem)]
    assert {(look.opacity, look.marker_px) for look in looks} == {(0.5, 9.0)}


def test_the_tone_stays_from_image_to_image(page: AnnotatePage, ctx: Context, settled: Settled) -> None:
    """Brightness is a way to look, not a property of one image; one command shows the picture as it is again."""
    ctx.change_settings(brightness=0.3)
    page.step(1)
    settled()
    assert page.canvas.tone == Tone(0.3)
    assert ctx.commands.trigger("annotate.picture_as_is")
    assert page.canvas.tone.is_neutral
    assert not ctx.commands.trigger("annotate.picture_as_is")


def test_chips_and_keys_are_the_same_switches(page: AnnotatePage, ctx: Context) -> None:
    """Names and bones are switched by card and key alike, and the card shows which."""
    press(page, Qt.Key.Key_L, CTRL)
    chips = page.viewing.card.chips
    QTest.mouseClick(chips["names"], Qt.MouseButton.LeftButton)
    assert own_look(page).names
    assert ctx.settings.show_names
    press(page, Qt.Key.Key_K, SHIFT)
    assert not own_look(page).edges
    assert not chips["edges"].isChecked()
    press(page, Qt.Key.Key_L, CTRL | SHIFT)
    assert not own_look(page).names
    assert not chips["names"].isChecked()


def test_sticky_zoom_is_kept_in_the_settings(page: AnnotatePage, ctx: Context, settled: Settled) -> None:
    """With it on, the next image comes at the same zoom; another session finds it on."""
    ctx.commands.trigger("annotate.sticky_zoom")
    assert ctx.settings.sticky_zoom
    page.canvas.set_zoom(3.3)
    page.step(1)
    settled()
    assert page.canvas.zoom == pytest.approx(3.3)


# ---- loupe and navigator -----------------------------------------------------------------------------------------


def test_the_loupe_stands_beside_the_cursor_and_never_over_it(page: AnnotatePage) -> None:
    """Wherever the cursor is, the loupe is in sight and leaves the point free."""
    press(page, Qt.Key.Key_Z, SHIFT)
    loupe, canvas = page.viewing.loupe, page.canvas
    assert loupe.is_on
    for x, y in ((3, 3), (128, 128), (250, 5), (5, 250), (250, 250)):
        at = page.canvas.mapFromScene(x, y)
        QTest.mouseMove(canvas.viewport(), at)
        spot = canvas.viewport().mapTo(canvas, at)
        assert loupe.isVisible()
        assert not loupe.geometry().adjusted(-8, -8, 8, 8).contains(spot)
        assert canvas.rect().contains(loupe.geometry().center())
    press(page, Qt.Key.Key_Z, SHIFT)
    assert loupe.isHidden()


def test_the_loupe_shows_the_pixel_under_the_cursor_in_the_shown_tone(page: AnnotatePage, ctx: Context) -> None:
    """The middle of the loupe has the colour that the image has there, brightened as the canvas is."""
    press(page, Qt.Key.Key_Z, SHIFT)
    loupe = page.viewing.loupe
    page.canvas.set_zoom(1.0)
    colours = []
    for brightness in (0.0, 0.4):
        ctx.change_settings(brightness=brightness)
        loupe.look_at(20.0, 20.0)
        colours.append(loupe.grab().toImage().pixelColor(loupe.rect().center()).lightness())
    kept = page.canvas.picture.toImage().pixelColor(20, 20).lightness()
    assert colours[0] == pytest.approx(kept, abs=12)
    assert colours[1] > colours[0]


def test_the_loupe_follows_the_joint_that_is_nudged(page: AnnotatePage) -> None:
    """Arrow keys move the joint, and the loupe looks where it goes."""
    press(page, Qt.Key.Key_Z, SHIFT)
    page.editing.select(8)
    QTest.keyPress(page.canvas, Qt.Key.Key_Right)
    loupe = page.viewing.loupe
    assert loupe.isVisible()
    first = loupe.pos()
    page.canvas.set_zoom(page.canvas.zoom)
    for _ in range(10):
        QTest.keyPress(page.canvas, Qt.Key.Key_Right)
    QTest.keyRelease(page.canvas, Qt.Key.Key_Right)
    assert loupe.pos().x() > first.x()


def test_the_navigator_shows_itself_only_when_something_is_out_of_view(page: AnnotatePage) -> None:
    """At the whole image there is nothing to navigate."""
    press(page, Qt.Key.Key_N, CTRL | SHIFT)
    page.canvas.fit_image()
    assert page.viewing.navigator.isHidden()
    page.canvas.set_zoom(page.canvas.zoom * 3)
    assert page.viewing.navigator.isVisible()
    press(page, Qt.Key.Key_N, CTRL | SHIFT)
    assert page.viewing.navigator.isHidden()


def test_a_drag_in_the_navigator_moves_the_view(page: AnnotatePage) -> None:
    """A press near a corner of the small picture brings that corner of the image into the middle; arrows go on."""
    press(page, Qt.Key.Key_N, CTRL | SHIFT)
    page.canvas.set_zoom(12.0)
    navigator = page.viewing.navigator
    corner = QPoint(navigator.width() - 12, navigator.height() - 12)
    QTest.mousePress(navigator, Qt.MouseButton.LeftButton, NONE, corner)
    QTest.mouseMove(navigator, corner)
    QTest.mouseRelease(navigator, Qt.MouseButton.LeftButton, NONE, corner)
    centre = page.canvas.seen().center()
    assert centre.x() > 0.85 * page.canvas.image_rect.width()
    assert centre.y() > 0.85 * page.canvas.image_rect.height()
    QTest.keyClick(navigator, Qt.Key.Key_Left)
    assert page.canvas.seen().center().x() < centre.x()


# ---- side by side ------------------------------------------------------------------------------------------------


def test_the_detectors_word_stands_beside_mine_where_nobody_else_has_spoken(
    page: AnnotatePage, settled: Settled, mouse: Any
) -> None:
    """The prediction stays in the second view while the joint is dragged in the first."""
    press(page, Qt.Key.Key_Backslash, CTRL)
    settled()
    beside = page.viewing.beside
    assert beside.isVisible()
    assert beside.choice.currentText() == "Detector (synthetic)"
    predicted = page.draft.detection.pose if page.draft and page.draft.detection else None
    mouse.drag(12, QPoint(25, 10))
    settled()
    assert beside.view.shown_pose(1) == predicted
    press(page, Qt.Key.Key_Backslash, CTRL)
    assert beside.isHidden()
    assert page.canvas.viewport().width() == page.canvas.width()


def test_what_somebody_else_said_comes_first_and_its_verdict_is_told(
    page: AnnotatePage, root: Path, settled: Settled
) -> None:
    """Whoever may see the work of others finds it beside her own, and can choose the detector instead."""
    assert page.draft is not None
    theirs = opinion_of_bea(root, page.draft.hand_id)
    press(page, Qt.Key.Key_Backslash, CTRL)
    settled()
    beside = page.viewing.beside
    assert [beside.choice.itemText(i) for i in range(beside.choice.count())] == [
        "bea (in progress): implausible",
        "Detector (synthetic)",
    ]
    assert beside.view.shown_pose(1) == theirs
    beside.choice.setCurrentIndex(1)
    assert beside.view.shown_pose(1) != theirs


def test_the_two_views_are_linked_both_ways(page: AnnotatePage, settled: Settled) -> None:
    """Zoom and place are the same in both, whichever is moved; so are picture and tone."""
    press(page, Qt.Key.Key_Backslash, CTRL)
    settled()
    canvas, linked = page.canvas, page.viewing.beside.view
    canvas.set_zoom(4.0)
    canvas.look_at(60, 90)
    assert linked.zoom == pytest.approx(4.0)
    assert (linked.seen().center() - canvas.seen().center()).manhattanLength() < 1.0
    start = linked.viewport().rect().center()
    QTest.mousePress(linked.viewport(), Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(linked.viewport(), start + QPoint(40, -20))
    QTest.mouseRelease(linked.viewport(), Qt.MouseButton.LeftButton, NONE, start + QPoint(40, -20))
    assert canvas.seen().center().x() == pytest.approx(50, abs=1)
    linked.set_zoom(2.0)
    assert canvas.zoom == pytest.approx(2.0)
    page.ctx.change_settings(brightness=0.2)
    assert linked.tone == canvas.tone == Tone(0.2)
    assert linked.picture.cacheKey() == canvas.picture.cacheKey()


def test_the_second_view_goes_along_to_the_next_hand(page: AnnotatePage, settled: Settled, qtbot: QtBot) -> None:
    """It shows the hand and the picture that are open, and closing the project empties it."""
    press(page, Qt.Key.Key_Backslash, CTRL)
    settled()
    first = page.viewing.beside.view.shown_pose(1)
    page.step(1)
    settled()
    qtbot.waitUntil(lambda: not page.canvas.picture_is_blank)
    beside = page.viewing.beside
    assert beside.view.shown_pose(1) not in (None, first)
    assert beside.view.image_rect == page.canvas.image_rect
    page.ctx.close_project()
    assert beside.view.shown_pose(1) is None


# ---- diagram and canvas ------------------------------------------------------------------------------------------


def test_the_diagram_and_the_image_light_the_same_joint(page: AnnotatePage, mouse: Any) -> None:
    """The cursor over one lights the joint on the other."""
    diagram = page.inspector.diagram
    QTest.mouseMove(page.canvas.viewport(), mouse.at(12))
    assert diagram._hover == 12
    diagram.hovered.emit(16)
    assert own_look(page).hover_row == 16


def test_the_diagram_offers_what_can_be_done_with_a_digit(page: AnnotatePage, settled: Settled, qtbot: QtBot) -> None:
    """Its context menu acts on the open hand as one step that can be undone."""
    assert page.draft is not None
    page.inspector.diagram.menu_wanted.emit(3, page.mapToGlobal(QPoint(10, 10)))
    menu = next(m for m in page.findChildren(QMenu) if m.isVisible())
    act = next(a for a in menu.actions() if "absent" in a.text().lower())
    act.trigger()
    menu.close()
    settled()
    assert (page.draft.pose.states[13:17] == JointState.ABSENT).all()
    page.undo()
    settled()
    assert (page.draft.pose.states[13:17] != JointState.ABSENT).all()


def test_a_joint_says_its_limits_only_while_it_is_moved(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """The pill of the dragged joint names the range; after the drop it is calm again."""
    start = mouse.at(10)
    mouse.press(start)
    mouse.move(start + QPoint(12, 6))
    assert own_look(page).live_row == 10
    mouse.release(start + QPoint(12, 6))
    settled()
    assert own_look(page).live_row == -1
