"""The frame around the whole hand: it moves, turns and scales the hand by handles, and only by them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from handanat_studio.gui import icons
from handanat_studio.gui.editor.canvas import ARROWS, NUDGE_FAR_PX, NUDGE_PX
from handanat_studio.gui.editor.tool import Modifiers, Tool
from handanat_studio.gui.theme import HALO_COLOUR, colour
from handanat_studio.hand import edits
from handanat_studio.hand.values import HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.editor.editing import Editing

MARGIN_PX = 28.0
"""Between the outermost joints and the frame, so that no handle lies on a joint."""
STEM_PX = 34.0
HIT_PX = 14.0
EDGE_PX = 6.0
CORNER_PX, GRIP_PX = 5.0, 13.0
LEAST_SCALE = 0.05
TURN_STEP_DEG, NUDGE_DEG = 15.0, 1.0
NUDGE_SCALE = 1.02
CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))
CORNER_CURSORS = (Qt.CursorShape.SizeFDiagCursor, Qt.CursorShape.SizeBDiagCursor)


@dataclass(frozen=True, slots=True)
class Frame:
    """A turned rectangle around a hand, in image pixels.

    Attributes:
        centre: (x, y).
        half: half its width and height.
        angle_deg: how far it is turned, clockwise on the screen.
    """

    centre: tuple[float, float]
    half: tuple[float, float]
    angle_deg: float = 0.0

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Return the image point of frame coordinates, -1..1 from edge to edge."""
        angle = math.radians(self.angle_deg)
        x, y = across * self.half[0], down * self.half[1]
        return (
            self.centre[0] + x * math.cos(angle) - y * math.sin(angle),
            self.centre[1] + x * math.sin(angle) + y * math.cos(angle),
        )

    def corners(self) -> list[tuple[float, float]]:
        """Return the four corners, clockwise from the top left."""
        return [self.at(*corner) for corner in CORNERS]

    def turner(self, stem: float) -> tuple[float, float]:
        """Return where the rotation handle is, `stem` image pixels above the top edge."""
        return self.at(0.0, -1.0 - stem / self.half[1])

    def grip(self) -> tuple[float, float]:
        """Return where the move grip is: in the middle of the bottom edge."""
        return self.at(0.0, 1.0)


def frame_of(pose: HandPose, angle_deg: float, margin: float) -> Frame | None:
    """Return the frame around a hand's located joints, None if it has none.

    Args:
        pose: the hand.
        angle_deg: how far the frame is turned.
        margin: image pixels between joints and frame.
    """
    located = pose.points[np.isfinite(pose.points).all(axis=1)].astype(np.float64)
    if not len(located):
        return None
    angle = math.radians(angle_deg)
    axes = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned: NDArray[np.float64] = located @ axes.T
    low, high = turned.min(axis=0) - margin, turned.max(axis=0) + margin
    middle = axes.T @ ((low + high) / 2)
    half = (high - low) / 2
    return Frame((float(middle[0]), float(middle[1])), (float(half[0]), float(half[1])), angle_deg)


def moved(pose: HandPose, start: QPointF, at: QPointF) -> HandPose:
    """Return the hand moved from one image point to another."""
    return edits.transform(pose, shift=(at.x() - start.x(), at.y() - start.y()))


def scaled(pose: HandPose, frame: Frame, corner: int, at: QPointF) -> HandPose:
    """Return the hand scaled about the corner opposite to the one that is dragged to an image point."""
    anchor = frame.corners()[(corner + 2) % 4]
    from_corner = frame.corners()[corner]
    diagonal = (from_corner[0] - anchor[0], from_corner[1] - anchor[1])
    along = (at.x() - anchor[0]) * diagonal[0] + (at.y() - anchor[1]) * diagonal[1]
    scale = along / (diagonal[0] ** 2 + diagonal[1] ** 2)
    return edits.transform(pose, scale=max(scale, LEAST_SCALE), centre=anchor)


def turn_between(frame: Frame, start: QPointF, at: QPointF, *, in_steps: bool) -> float:
    """Return by how many degrees the frame turns when its handle goes from one image point to another.

    Args:
        frame: before the turn.
        start, at: image points.
        in_steps: end at a multiple of 15 degrees.
    """
    first, last = (math.atan2(p.y() - frame.centre[1], p.x() - frame.centre[0]) for p in (start, at))
    turn = math.degrees(last - first)
    if in_steps:
        turn = round((frame.angle_deg + turn) / TURN_STEP_DEG) * TURN_STEP_DEG - frame.angle_deg
    return (turn + 180.0) % 360.0 - 180.0


@dataclass(slots=True)
class _Gesture:
    part: str
    corner: int
    start: QPointF
    frame: Frame
    turn_deg: float = 0.0
    is_moved: bool = False


class HandFrame(Tool):
    """Corners scale, the handle above turns, grip and edges move; arrows do all three. One step per gesture.

    Args:
        editing: with the hand.
    """

    stays = True
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._angle = 0.0
        self._gesture: _Gesture | None = None
        self._nudged = ""
        self._nudged_deg = 0.0

    def prompt(self) -> str:
        """Say what the frame does."""
        return "Drag a corner, the handle above or the grip. Arrows move, with Alt they turn and scale. Esc ends."

    def begin(self) -> None:
        """Put an upright frame around the hand."""
        self._angle, self._gesture = 0.0, None
        self._nudged, self._nudged_deg = "", 0.0

    def resume(self) -> None:
        """Frame the hand that is open now."""
        self.begin()

    def leave(self) -> None:
        """A drag that is held is dropped; what the arrows did is whole and kept."""
        if self._gesture is None:
            self._keep_nudge()
        self._gesture = None

    def escape(self) -> bool:
        was_held, self._gesture = self._gesture is not None, None
        if not was_held:
            self._keep_nudge()
        return was_held

    def frame(self) -> Frame | None:
        """Return the frame as it is shown."""
        draft = self._editing.draft
        if draft is None:
            return None
        turn = self._nudged_deg if self._gesture is None else self._gesture.turn_deg
        return frame_of(draft.pose, self._angle + turn, MARGIN_PX / self._editing.canvas.zoom)

    # ---- mouse ---------------------------------------------------------------------------------------------------

    def part_at(self, at: QPointF) -> tuple[str, int]:
        """Return what an image point is on: ("corner", which), ("turn", 0), ("move", 0) or ("", 0)."""
        frame = self.frame()
        if frame is None:
            return "", 0
        reach = HIT_PX / self._editing.canvas.zoom
        spot = (at.x(), at.y())
        if math.dist(spot, frame.turner(STEM_PX / self._editing.canvas.zoom)) <= reach:
            return "turn", 0
        for place, corner in enumerate(frame.corners()):
            if math.dist(spot, corner) <= reach:
                return "corner", place
        if math.dist(spot, frame.grip()) <= reach or self._is_on_edge(frame, at):
            return "move", 0
        return "", 0

    def _is_on_edge(self, frame: Frame, at: QPointF) -> bool:
        reach = EDGE_PX / self._editing.canvas.zoom
        angle = math.radians(-frame.angle_deg)
        dx, dy = at.x() - frame.centre[0], at.y() - frame.centre[1]
        x = abs(dx * math.cos(angle) - dy * math.sin(angle)) - frame.half[0]
        y = abs(dx * math.sin(angle) + dy * math.cos(angle)) - frame.half[1]
        return max(x, y) <= reach and max(x, y) >= -reach

    def press(self, at: QPointF, modifiers: Modifiers) -> bool:
        """Take the press on a handle; anything else is done as without the frame."""
        part, corner = self.part_at(at)
        frame = self.frame()
        if not part or frame is None:
            return False
        self._keep_nudge()
        self._gesture = _Gesture(part, corner, at, frame)
        return True

    def drag(self, at: QPointF, modifiers: Modifiers) -> None:
        gesture, draft = self._gesture, self._editing.draft
        if gesture is None or draft is None:
            return
        gesture.is_moved = True
        pose = draft.snapshot.pose
        if gesture.part == "turn":
            in_steps = bool(modifiers & Modifiers.ShiftModifier)
            gesture.turn_deg = turn_between(gesture.frame, gesture.start, at, in_steps=in_steps)
            turn, centre = gesture.turn_deg, gesture.frame.centre
            self._editing.preview_soon(lambda: edits.transform(pose, angle_deg=turn, centre=centre))
        elif gesture.part == "corner":
            self._editing.preview_soon(lambda: scaled(pose, gesture.frame, gesture.corner, at))
        else:
            self._editing.preview_soon(lambda: moved(pose, gesture.start, at))
        self._editing.canvas.viewport().update()

    def release(self, at: QPointF, modifiers: Modifiers) -> None:
        gesture, draft = self._gesture, self._editing.draft
        self._gesture = None
        if gesture is None or draft is None or not gesture.is_moved:
            return
        self._editing.preview_now()
        self._angle += gesture.turn_deg
        draft.commit_preview({"turn": "Turn hand", "corner": "Scale hand", "move": "Move hand"}[gesture.part])
        self._editing.canvas.refresh_tool()

    def hover(self, at: QPointF) -> None:
        self._editing.canvas.refresh_tool()

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """Return a cursor that says what a press would do."""
        part, corner = self.part_at(at)
        if part == "corner":
            return CORNER_CURSORS[corner % 2]
        return {"turn": Qt.CursorShape.PointingHandCursor, "move": Qt.CursorShape.SizeAllCursor}.get(part, self.cursor)

    # ---- keys ----------------------------------------------------------------------------------------------------

    def wants(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        return key in ARROWS

    def key(self, key: Qt.Key, modifiers: Modifiers) -> bool:
        """Arrows move the hand; with Alt left and right turn it, up and down scale it. With Shift, further."""
        draft = self._editing.draft
        if key not in ARROWS or draft is None or self._gesture is not None:
            return key in ARROWS
        (dx, dy), far = ARROWS[key], bool(modifiers & Modifiers.ShiftModifier)
        frame = self.frame()
        if frame is None:
            return True
        if not modifiers & Modifiers.AltModifier:
            reach = NUDGE_FAR_PX if far else NUDGE_PX
            pose, word = edits.transform(draft.pose, shift=(dx * reach, dy * reach)), "Move hand"
        elif dx:
            turn = dx * (TURN_STEP_DEG if far else NUDGE_DEG)
            pose, word = edits.transform(draft.pose, angle_deg=turn, centre=frame.centre), "Turn hand"
        else:
            scale = (NUDGE_SCALE**5 if far else NUDGE_SCALE) ** -dy
            pose, word = edits.transform(draft.pose, scale=scale, centre=frame.centre), "Scale hand"
        if self._nudged not in ("", word):
            self._keep_nudge()
        self._nudged = word
        if word == "Turn hand":
            self._nudged_deg += turn
        draft.preview(pose)
        self._editing.canvas.refresh_tool()
        return True

    def key_up(self, key: Qt.Key) -> None:
        """One step for as long as a key is held."""
        if key in ARROWS or key == Qt.Key.Key_unknown:
            self._keep_nudge()

    def _keep_nudge(self) -> None:
        word, self._nudged = self._nudged, ""
        self._angle, self._nudged_deg = self._angle + self._nudged_deg, 0.0
        if word and self._editing.draft is not None:
            self._editing.draft.commit_preview(word)

    # ---- painting ------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: QTransform) -> None:
        """Draw frame, corners, rotation handle and grip."""
        frame = self.frame()
        if frame is None:
            return
        corners = [view.map(QPointF(*corner)) for corner in frame.corners()]
        top = view.map(QPointF(*frame.at(0.0, -1.0)))
        turner = view.map(QPointF(*frame.turner(STEM_PX / self._editing.canvas.zoom)))
        grip = view.map(QPointF(*frame.grip()))
        accent = colour("accent", dark=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(HALO_COLOUR, 3), QPen(accent, 1)):
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF(corners))
            painter.drawLine(top, turner)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(colour("raised", dark=False))
        for spot in corners:
            painter.drawRect(QRectF(spot.x() - CORNER_PX, spot.y() - CORNER_PX, 2 * CORNER_PX, 2 * CORNER_PX))
        painter.drawEllipse(turner, CORNER_PX + 1, CORNER_PX + 1)
        painter.drawEllipse(grip, GRIP_PX, GRIP_PX)
        side = GRIP_PX * 1.3
        icons.paint(
            painter, "move", QRectF(grip.x() - side / 2, grip.y() - side / 2, side, side), colour("text", dark=False)
        )
