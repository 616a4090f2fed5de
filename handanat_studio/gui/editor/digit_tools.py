"""Tools on digits: choose a second digit, say how far two are fused, and point to where a branch or a phalanx ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from handanat_studio.gui.editor.canvas import ARROWS, NUDGE_FAR_PX, NUDGE_PX
from handanat_studio.gui.editor.digit_menu import digit_words, nearest_digit
from handanat_studio.gui.editor.joint_angles import digit_of_row
from handanat_studio.gui.editor.tool import Modifiers, Tool
from handanat_studio.gui.theme import HALO_COLOUR, colour
from handanat_studio.hand import edits
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.editor.draft import Draft
    from handanat_studio.gui.editor.editing import Editing
    from handanat_studio.gui.editor.extent_card import ExtentCard

REACH_PX = 24.0
CONFIRM = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
FINE, COARSE = 0.05, 0.25


class DigitTool(Tool):
    """A tool that is about one digit of the open hand.

    Args:
        editing: with the hand.
        digit_id: the digit.
    """

    def __init__(self, editing: Editing, digit_id: int) -> None:
        assert editing.draft is not None
        self.editing, self.digit_id = editing, digit_id

    @property
    def draft(self) -> Draft:
        """The hand that is open; a digit's tool does not outlive it."""
        assert self.editing.draft is not None
        return self.editing.draft

    @property
    def pose(self) -> HandPose:
        """The hand as it was committed."""
        return self.draft.snapshot.pose

    def digit_at(self, at: QPointF) -> int | None:
        """Return another digit near an image point."""
        reach = REACH_PX / self.editing.canvas.zoom
        found = nearest_digit(self.pose, at.x(), at.y(), reach=reach, but=self.digit_id)
        return None if found == self.digit_id else found

    def refreshed(self) -> None:
        """End without a trace when the digit is gone."""
        if self.digit_id not in self.pose.digit_id:
            self.editing.done(None)


class PickDigit(DigitTool):
    """Chooses another digit, by a click or by its number.

    Args:
        editing: with the hand.
        digit_id: the digit to pair with.
        verb: what is done with the pair, such as "fuse".
        picked: gets the other digit's id.
    """

    def __init__(self, editing: Editing, digit_id: int, verb: str, picked: Callable[[int, int], object]) -> None:
        super().__init__(editing, digit_id)
        self._verb, self._picked = verb, picked
        self._hovered: int | None = None

    def prompt(self) -> str:
        """Ask for the other digit."""
        name = digit_words(self.pose, self.digit_id)
        return f"Click the digit to {self._verb} the {name} with, or press its number. Esc stops."

    def chosen(self, row: int) -> bool:
        """A joint of another digit, chosen by key or in the diagram, names that digit."""
        other = digit_of_row(self.pose, row)
        if other is not None and other != self.digit_id:
            self._picked(self.digit_id, other)
        return True

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        return True

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        other = self.digit_at(at)
        if other is not None:
            self._picked(self.digit_id, other)

    def hover(self, at: QPointF) -> None:
        found = self.digit_at(at)
        if found != self._hovered:
            self._hovered = found
            self.editing.canvas.refresh_tool()

    def paint(self, painter: QPainter, view: QTransform) -> None:
        """Mark the digit and the one that a click would choose."""
        for digit_id in (self.digit_id, self._hovered):
            if digit_id is not None and digit_id in self.pose.digit_id:
                paint_digit(painter, view, self.pose, digit_id)


class FuseDrag(Tool):
    """Alt and a drag from one digit onto another fuse the two.

    Args:
        editing: with the hand.
        picked: gets the ids of both digits.
    """

    def __init__(self, editing: Editing, picked: Callable[[int, int], object]) -> None:
        self._editing, self._picked = editing, picked
        self._from: int | None = None
        self._onto: int | None = None
        self._line: tuple[QPointF, QPointF] = (QPointF(), QPointF())

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """Take the press if Alt is held over a digit and nothing else is under way."""
        draft, tool = self._editing.draft, self._editing.tool
        if draft is None or not modifiers & Modifiers.AltModifier or (tool is not None and not tool.stays):
            return False
        reach = REACH_PX / self._editing.canvas.zoom
        self._from, self._onto, self._line = nearest_digit(draft.pose, at.x(), at.y(), reach=reach), None, (at, at)
        return self._from is not None

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        draft = self._editing.draft
        if draft is None or self._from is None:
            return
        reach = REACH_PX / self._editing.canvas.zoom
        self._onto = nearest_digit(draft.pose, at.x(), at.y(), reach=reach, but=self._from)
        self._line = (self._line[0], at)
        self._editing.canvas.refresh_tool()

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        pair, self._from = (self._from, self._onto), None
        self._editing.canvas.refresh_tool()
        if pair[0] is not None and pair[1] is not None:
            self._picked(pair[0], pair[1])

    def escape(self) -> bool:
        self._from = None
        return True

    def paint(self, painter: QPainter, view: QTransform) -> None:
        """Draw a line from the first digit to the cursor, and mark both digits."""
        draft = self._editing.draft
        if draft is None or self._from is None:
            return
        for digit_id in (self._from, self._onto):
            if digit_id is not None and digit_id in draft.pose.digit_id:
                paint_digit(painter, view, draft.pose, digit_id)
        paint_line(painter, [view.map(end) for end in self._line], dashed=True)


class Extent(DigitTool):
    """Says how far two digits are fused, with the web on the image as it is changed.

    Args:
        editing: with the hand.
        digit_id, other_id: the two digits.
        card: shows and sets how far.
    """

    def __init__(self, editing: Editing, digit_id: int, other_id: int, card: ExtentCard) -> None:
        super().__init__(editing, digit_id)
        self.other_id, self._card = other_id, card
        pair = {digit_id, other_id}
        known = [f.extent for f in self.pose.fusions if {f.first_id, f.second_id} == pair]
        self._was = known[0] if known else 0.0
        self._extent = known[0] if known else 1.0

    cursor = Qt.CursorShape.ArrowCursor

    @property
    def extent(self) -> float:
        """How far, 0 = apart, 1 = to the tips."""
        return self._extent

    def prompt(self) -> str:
        """Say how far the digits are fused now."""
        return "How far are they fused? Arrows change it, Return keeps it, Esc leaves it as it was."

    def begin(self) -> None:
        """Show the fusion as a preview, and the card."""
        names = [digit_words(self.pose, i) for i in (self.digit_id, self.other_id)]
        self._card.open(f"{names[0].capitalize()} and {names[1]}", self._extent, self)
        self.draft.preview(self._result())

    def set_extent(self, extent: float) -> None:
        """Show another extent, 0..1."""
        self._extent = min(max(extent, 0.0), 1.0)
        self._card.show_extent(self._extent)
        self.draft.preview(self._result())

    def keep(self) -> None:
        """Make what is shown a step."""
        names = " and ".join(digit_words(self.pose, i) for i in (self.digit_id, self.other_id))
        result, is_changed = self._result(), self._extent != self._was
        word = f"Fuse {names} to {self._extent:.0%}" if self._extent else f"Unfuse {names}"
        self._card.put_away()
        self.editing.done(result if is_changed else None, word)

    def leave(self) -> None:
        """The extent that is shown is whole: keep it."""
        self.keep()

    def escape(self) -> bool:
        self._card.put_away()
        return False

    def refreshed(self) -> None:
        """Show the preview again after another step; end if a digit is gone."""
        if {self.digit_id, self.other_id} <= set(self.pose.digit_id.tolist()):
            self.draft.preview(self._result())
        else:
            self._card.put_away()
            self.editing.done(None)

    def chosen(self, row: int) -> bool:
        """Keep the extent, then let the selection go on."""
        self.keep()
        return False

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """A press elsewhere keeps the extent, and does what it does without a tool."""
        self.keep()
        return False

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        return key in CONFIRM or key in ARROWS

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        if key in CONFIRM:
            self.keep()
        elif key in ARROWS:
            dx, dy = ARROWS[key]
            step = COARSE if modifiers & Modifiers.ShiftModifier else FINE
            self.set_extent(round((self._extent + step * (dx - dy)) / FINE) * FINE)
        return key in CONFIRM or key in ARROWS

    def _result(self) -> HandPose:
        if self._extent <= 0:
            return edits.unfuse(self.pose, self.digit_id, self.other_id)
        return edits.fuse(self.pose, self.digit_id, self.other_id, self._extent)


class PointTo(DigitTool):
    """Points to where something new ends, and shows it as it would be; a click or Return makes it a step.

    Args:
        editing: with the hand.
        digit_id: the digit that grows.
        prompt: what is pointed to.
        action: what to call the step.
        make: returns the hand for an end point, from the committed hand.
        start: where it ends before the mouse says otherwise.
    """

    def __init__(
        self,
        editing: Editing,
        digit_id: int,
        *,
        prompt: str,
        action: str,
        make: Callable[[HandPose, tuple[float, float]], HandPose],
        start: tuple[float, float],
    ) -> None:
        super().__init__(editing, digit_id)
        self._prompt, self._action, self._make, self._end = prompt, action, make, start
        self._base = self.pose

    def prompt(self) -> str:
        """Say what to click."""
        return f"{self._prompt} Arrows move it, Return keeps it, Esc stops."

    def begin(self) -> None:
        """Show it at the start."""
        self.draft.preview(self._make(self._base, self._end))

    def chosen(self, row: int) -> bool:
        """Keep the selection while it is pointed."""
        return True

    def hover(self, at: QPointF) -> None:
        self._show((at.x(), at.y()))

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        self._show((at.x(), at.y()))
        return True

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        self._show((at.x(), at.y()))

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        self._keep()

    def refreshed(self) -> None:
        """Show it again after a verdict or a note; another pose ends it."""
        if self.pose != self._base:
            self.editing.done(None)
        else:
            self.begin()

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        return key in CONFIRM or key in ARROWS

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        if key in CONFIRM:
            self._keep()
        elif key in ARROWS:
            reach = NUDGE_FAR_PX if modifiers & Modifiers.ShiftModifier else NUDGE_PX
            dx, dy = ARROWS[key]
            self._show((self._end[0] + dx * reach, self._end[1] + dy * reach))
        return key in CONFIRM or key in ARROWS

    def _show(self, end: tuple[float, float]) -> None:
        self._end = end
        self.editing.preview_soon(lambda: self._make(self._base, self._end))

    def _keep(self) -> None:
        self.editing.done(self._make(self._base, self._end), self._action)


def paint_digit(painter: QPainter, view: QTransform, pose: HandPose, digit_id: int) -> None:
    """Draw a wide line along a digit's joints, from the first located one to the last."""
    chain = pose.points[edits.digit_rows(pose, digit_id)]
    spots = [view.map(QPointF(x, y)) for x, y in chain.tolist() if x == x and y == y]
    painter.setPen(QPen(colour("accent", alpha=0.55, dark=True), 12, c=Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(QPolygonF(spots))


def paint_line(painter: QPainter, spots: list[QPointF], *, dashed: bool = False) -> None:
    """Draw a line in the accent colour that can be seen on any image."""
    painter.setPen(QPen(HALO_COLOUR, 4))
    painter.drawPolyline(QPolygonF(spots))
    pen = QPen(colour("accent", dark=True), 2)
    if dashed:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(spots))
