"""The box tool: drawn by mouse or by keys, then a choice; the detector itself runs in the end-to-end tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.box_card import EMPTY, FIND, TEMPLATE
from handanat_studio.gui.editor.box_tool import box_between
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.values import Box
from handanat_studio.store import events, hands

Revisions = Callable[[int], list[Annotation]]
Settled = Callable[[], None]


def press(page: AnnotatePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard focus is, and let the window catch up."""
    QTest.keyClick(QApplication.focusWidget() or page.canvas, key, modifier)
    QApplication.processEvents()


def draw(page: AnnotatePage, mouse: Any, box: tuple[float, float, float, float]) -> None:
    """Choose the tool and drag a box, given as corners in image pixels."""
    page.canvas.fit_image()
    press(page, Qt.Key.Key_W)
    start, end = mouse.spot(*box[:2]), mouse.spot(*box[2:])
    mouse.press(start)
    mouse.move((start + end) / 2)
    mouse.move(end)
    mouse.release(end)


def boxes(ctx: Context, image_id: int) -> list[hands.StoredHand]:
    """Return the hands of an image as they are stored."""
    with ctx.project.store.read() as session:
        return hands.of_image(session, image_id)


def test_a_drawn_box_asks_what_to_do_and_finding_is_the_first_choice(page: AnnotatePage, mouse: Any) -> None:
    """The card has the keyboard, so that Return is enough; the box is in image pixels."""
    draw(page, mouse, (20, 30, 120, 150))
    card = page.placing.box_card
    assert card.isVisible()
    assert card.buttons[FIND].hasFocus()
    box = page.placing.box.box
    assert box is not None
    assert np.allclose(box.as_list(), (20, 30, 100, 120), atol=1.5)


def test_an_empty_hand_is_kept_opened_and_placed_joint_by_joint(
    page: AnnotatePage, ctx: Context, mouse: Any, settled: Settled, qtbot: QtBot
) -> None:
    """The hand is stored with the annotator's name, and guided placement begins."""
    before = len(boxes(ctx, 1))
    draw(page, mouse, (20, 30, 120, 150))
    QTest.mouseClick(page.placing.box_card.buttons[EMPTY], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.editing.tool is page.placing.guided)
    settled()
    stored = boxes(ctx, 1)
    assert len(stored) == before + 1
    assert stored[-1].detection is None
    assert page.draft is not None
    assert page.draft.hand_id == stored[-1].id
    assert page.editing.row == 0
    with ctx.project.store.read() as session:
        last = [e for e in events.recent(session) if e.hand_id == stored[-1].id]
    assert [(e.actor, e.action) for e in last] == [("ada", "add hand")]


def test_a_template_hand_is_its_first_step(
    page: AnnotatePage, ctx: Context, mouse: Any, settled: Settled, revisions: Revisions, qtbot: QtBot
) -> None:
    """The joints lie inside the box that was drawn."""
    draw(page, mouse, (20, 30, 140, 170))
    press(page, Qt.Key.Key_Right)
    press(page, Qt.Key.Key_Right)
    assert page.placing.box_card.buttons[TEMPLATE].hasFocus()
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.draft is not None and page.draft.hand_id == boxes(ctx, 1)[-1].id)
    settled()
    assert page.draft is not None
    stored = revisions(page.draft.hand_id)
    assert [r.action for r in stored] == ["Template"]
    points = stored[0].pose.points
    assert ((points >= (18, 28)) & (points <= (142, 172))).all()


def test_escape_drops_the_box_first_and_the_tool_next(
    page: AnnotatePage, ctx: Context, mouse: Any, settled: Settled
) -> None:
    """Nothing is stored, and the keyboard is on the canvas again."""
    before = len(boxes(ctx, 1))
    draw(page, mouse, (20, 30, 120, 150))
    press(page, Qt.Key.Key_Escape)
    assert page.placing.box_card.isHidden()
    assert page.placing.box.box is None
    assert page.editing.tool is page.placing.box
    assert page.canvas.hasFocus()
    press(page, Qt.Key.Key_Escape)
    assert page.editing.tool is None
    settled()
    assert len(boxes(ctx, 1)) == before


def test_escape_in_the_middle_of_the_drag_leaves_no_box(page: AnnotatePage, mouse: Any) -> None:
    """The release that follows asks nothing."""
    page.canvas.fit_image()
    press(page, Qt.Key.Key_W)
    mouse.press(mouse.spot(20, 30))
    mouse.move(mouse.spot(120, 150))
    press(page, Qt.Key.Key_Escape)
    mouse.release(mouse.spot(120, 150))
    assert page.placing.box_card.isHidden()
    assert page.placing.box.box is None


def test_a_click_is_no_box(page: AnnotatePage, mouse: Any) -> None:
    """A box of a few pixels is a slip of the hand."""
    page.canvas.fit_image()
    press(page, Qt.Key.Key_W)
    mouse.click(mouse.spot(50, 50))
    assert page.placing.box_card.isHidden()
    assert page.editing.tool is page.placing.box


def test_a_box_is_made_and_changed_by_keys_alone(page: AnnotatePage) -> None:
    """Return puts one in the middle, arrows move it, with Alt they change its size, Return asks."""
    alt = Qt.KeyboardModifier.AltModifier
    page.canvas.fit_image()
    press(page, Qt.Key.Key_W)
    press(page, Qt.Key.Key_Return)
    first = page.placing.box.box
    assert first is not None
    press(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(page, Qt.Key.Key_Down, alt)
    box = page.placing.box.box
    assert box is not None
    assert box.as_list() == pytest.approx([first.x + 10, first.y, first.width, first.height + 1])
    press(page, Qt.Key.Key_Return)
    assert page.placing.box_card.buttons[FIND].hasFocus()


def test_a_box_around_a_hand_that_is_there_says_so(page: AnnotatePage, mouse: Any) -> None:
    """The same hand is not drawn twice by mistake."""
    assert page.draft is not None
    box = page.draft.box
    draw(page, mouse, (box.x + 2, box.y + 2, box.x + box.width - 2, box.y + box.height - 2))
    assert not page.placing.box_card._taken.isHidden()
    press(page, Qt.Key.Key_Escape)
    draw_again = (2.0, 2.0, 30.0, 30.0)
    mouse.press(mouse.spot(*draw_again[:2]))
    mouse.move(mouse.spot(*draw_again[2:]))
    mouse.release(mouse.spot(*draw_again[2:]))
    assert page.placing.box_card._taken.isHidden()


def test_a_box_does_not_outlive_its_image(page: AnnotatePage, mouse: Any, settled: Settled) -> None:
    """On the next image the tool and its card are gone."""
    draw(page, mouse, (20, 30, 120, 150))
    page.canvas.setFocus()
    press(page, Qt.Key.Key_D)
    settled()
    assert page.editing.tool is None
    assert page.placing.box_card.isHidden()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((10, 10), (40, 50), (10, 10, 30, 40)),
        ((40, 50), (10, 10), (10, 10, 30, 40)),
        ((-20, 5), (30, 300), (0, 5, 30, 95)),
    ],
)
def test_a_box_is_cut_at_the_images_edges(
    start: tuple[int, int], end: tuple[int, int], expected: tuple[int, ...]
) -> None:
    """In whichever direction it is drawn."""
    box = box_between(QPointF(*start), QPointF(*end), QRectF(0, 0, 100, 100))
    assert box == Box(*expected)


def test_an_image_without_a_hand_says_how_to_draw_one_before_and_after_the_tool(
    page: AnnotatePage, ctx: Context, settled: Settled, qtbot: QtBot
) -> None:
    """The box tool needs no hand; what it said while it was on does not hide the way back to it."""
    with ctx.project.store.write() as session:
        session.execute(text("DELETE FROM hands WHERE image_id = 3"))
    page.show_hand(3, 0)
    qtbot.waitUntil(lambda: page.loader.view is not None and page.loader.view.image.id == 3)
    settled()
    assert page.draft is None
    assert "W draws a box" in page.hint.text()
    page.canvas.setFocus()
    press(page, Qt.Key.Key_W)
    assert "Drag a box around a hand" in page.hint.text()
    press(page, Qt.Key.Key_Escape)
    assert "W draws a box" in page.hint.text()
