"""The box tool: a rectangle is drawn around a hand that nobody found, and the card beside it asks what to do there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from handanat_studio.gui.editor.canvas import ARROWS, NUDGE_FAR_PX, NUDGE_PX
from handanat_studio.gui.editor.tool import Modifiers, Tool
from handanat_studio.gui.theme import HALO_COLOUR, colour
from handanat_studio.hand.values import Box

if TYPE_CHECKING:
    from handanat_studio.gui.editor.box_card import BoxCard
    from handanat_studio.gui.editor.canvas import Canvas
    from handanat_studio.gui.editor.editing import Editing

CONFIRM = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LEAST_PX = 8.0
"""Sides of the smallest box, both in image pixels and on the screen."""
SAME_HAND = 0.5
"""Overlap from which a box is probably drawn around a hand that is there already."""


def box_between(start: QPointF, end: QPointF, image: QRectF) -> Box:
    """Return the box between two image points, cut at the image's edges."""
    rect = QRectF(start, end).normalized().intersected(image)
    return Box(rect.x(), rect.y(), rect.width(), rect.height())


class BoxTool(Tool):
    """Draws one box at a time. It needs no hand, only an image.

    Args:
        editing: whose canvas it draws on.
        card: asks what to do with the box.
        hands: returns the boxes of the hands that are there.
    """

    def __init__(self, editing: Editing, card: BoxCard, hands: Callable[[], Sequence[Box]]) -> None:
        self._editing, self._card, self._hands = editing, card, hands
        self._start: QPointF | None = None
        self.box: Box | None = None

    @property
    def _canvas(self) -> Canvas:
        return self._editing.canvas

    def prompt(self) -> str:
        """Say how to draw a box, or how to go on from it."""
        if not self._card.isHidden():
            return "Choose what to do with the box, or draw another. Esc drops it."
        if self.box is not None and self._start is None:
            return "Arrows move the box, with Alt they change its size, Return goes on. Esc drops it."
        return "Drag a box around a hand, or press Return for one in the middle. Esc stops."

    def begin(self) -> None:
        """Wait for a box."""
        self._drop()

    def leave(self) -> None:
        """A box without a decision is no hand."""
        self._drop()

    def escape(self) -> bool:
        was_drawn = self.box is not None
        self._drop()
        return was_drawn

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """Begin another box."""
        self._drop()
        self._start = at
        return True

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        if self._start is not None:
            self.box = box_between(self._start, at, self._canvas.image_rect)
            self._canvas.refresh_tool()

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        self._start = None
        if self.box is None or min(self.box.width, self.box.height) < LEAST_PX * max(1.0, 1 / self._canvas.zoom):
            self._drop()
        else:
            self._ask()
        self._editing.show_mode()

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        return key in CONFIRM or key in ARROWS

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        """Return makes a box or goes on with it, arrows move it, with Alt they change its size."""
        if key in CONFIRM:
            if self.box is None:
                self.box = self._middle()
            else:
                self._ask()
        elif key in ARROWS and self.box is not None:
            reach = NUDGE_FAR_PX if modifiers & Modifiers.ShiftModifier else NUDGE_PX
            dx, dy = ARROWS[key]
            self._change(dx * reach, dy * reach, is_size=bool(modifiers & Modifiers.AltModifier))
        elif key not in ARROWS:
            return False
        self._editing.show_mode()
        return True

    def paint(self, painter: QPainter, view: QTransform) -> None:
        """Draw the box, and shade what lies outside it."""
        box = self.box
        if box is None:
            return
        inner = view.mapRect(QRectF(box.x, box.y, box.width, box.height))
        image = view.mapRect(self._canvas.image_rect)
        shade = colour("canvas", alpha=0.45, dark=True)
        for part in (
            QRectF(image.left(), image.top(), image.width(), inner.top() - image.top()),
            QRectF(image.left(), inner.bottom(), image.width(), image.bottom() - inner.bottom()),
            QRectF(image.left(), inner.top(), inner.left() - image.left(), inner.height()),
            QRectF(inner.right(), inner.top(), image.right() - inner.right(), inner.height()),
        ):
            painter.fillRect(part, shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(HALO_COLOUR, 3.5), QPen(colour("accent", dark=True), 1.5)):
            painter.setPen(pen)
            painter.drawRect(inner)

    def _ask(self) -> None:
        box = self.box
        if box is None:
            return
        corner = self._canvas.mapFromScene(box.x, box.y + box.height)
        taken = any(box.overlap(other) >= SAME_HAND for other in self._hands())
        self._card.ask(box, corner, is_taken=taken)
        self._canvas.refresh_tool()

    def _drop(self) -> None:
        self._start, self.box = None, None
        self._card.put_away()
        self._canvas.refresh_tool()

    def _middle(self) -> Box:
        canvas = self._canvas
        seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect().intersected(canvas.image_rect)
        if seen.isEmpty():
            seen = canvas.image_rect
        side = min(seen.width(), seen.height()) / 2
        middle = seen.center()
        return Box(middle.x() - side / 2, middle.y() - side / 2, side, side)

    def _change(self, dx: float, dy: float, *, is_size: bool) -> None:
        box, image = self.box, self._canvas.image_rect
        assert box is not None
        if is_size:
            width = min(max(box.width + dx, LEAST_PX), image.right() - box.x)
            height = min(max(box.height + dy, LEAST_PX), image.bottom() - box.y)
            self.box = Box(box.x, box.y, width, height)
        else:
            x = min(max(box.x + dx, image.left()), image.right() - box.width)
            y = min(max(box.y + dy, image.top()), image.bottom() - box.height)
            self.box = Box(x, y, box.width, box.height)
        if not self._card.isHidden():
            self._ask()
        self._canvas.refresh_tool()
