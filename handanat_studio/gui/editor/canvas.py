"""The canvas: shows an image with its hands, zooms and pans, and tells what the hand on the mouse did.

It never changes a pose. It emits rows and image coordinates; whoever owns the pose decides what they mean.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.gui.editor.joint_angles import JointAngle
from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.hand.values import HandPose

GRAB_PX = 13.0
GHOST_ID = -1
NUDGE_PX, NUDGE_FAR_PX = 1.0, 10.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(PictureView):
    """A view on one image and its hands; marks and pills are drawn by one `HandItem` per hand."""

    joint_pressed = Signal(int)
    joint_dragged = Signal(int, float, float)
    joint_dropped = Signal(int)
    drag_cancelled = Signal()
    joint_context = Signal(int)
    menu_requested = Signal(QPoint, float, float)
    hand_pressed = Signal(int)
    empty_pressed = Signal()
    placed = Signal(float, float)
    pointer_moved = Signal(float, float)
    tabbed = Signal(int)
    nudged = Signal(float, float)
    nudge_ended = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[int, HandItem] = {}
        self._active_id = 0
        self._look = HandLook()
        self._drag_row = -1
        self._drag_offset = QPointF()
        self._pressed_at = QPoint()
        self._moved = False
        self._panning = False
        self._space_held = False
        self._placing = False
        self._hover_row = -1
        self._setup()

    def _setup(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Image with hands")
        self.setAccessibleDescription("Drag a joint to move it. Tab goes to the next joint, arrow keys nudge it.")
        self.zoom_changed.connect(self._on_zoom)

    # ---- what is shown -------------------------------------------------------------------------------------------

    def show_hand(self, hand_id: int, pose: HandPose | None, angles: tuple[JointAngle, ...] = ()) -> None:
        """Show (or update) one hand; `GHOST_ID` is the prediction behind the annotator's joints."""
        item = self._items.get(hand_id)
        if item is None:
            item = HandItem(hand_id)
            item.set_view(self.zoom, self.image_rect)
            self._items[hand_id] = item
            item.set_look(self._look_of(hand_id))
            self._scene.addItem(item)
        item.show_pose(pose, angles)

    def keep_hands(self, hand_ids: set[int]) -> None:
        """Take every other hand off the canvas."""
        for hand_id in set(self._items) - hand_ids:
            self._scene.removeItem(self._items.pop(hand_id))

    def set_active(self, hand_id: int) -> None:
        """Say which hand the mouse and the keys act on."""
        self._active_id = hand_id
        self._apply_looks()

    def set_look(self, look: HandLook) -> None:
        """Say how the active hand is shown; the others follow, dimmed."""
        self._look = look
        self._apply_looks()

    def set_placing(self, on: bool) -> None:
        """While placing, each click emits `placed` instead of grabbing a joint."""
        self._placing = on
        self._show_cursor()

    def set_overlay_visible(self, on: bool) -> None:
        """Hide or show everything above the image."""
        for item in self._items.values():
            item.setVisible(on)

    @property
    def is_dragging(self) -> bool:
        """Whether a joint is held by the mouse."""
        return self._drag_row >= 0 and self._moved

    def _on_zoom(self) -> None:
        for item in self._items.values():
            item.set_view(self.zoom, self.image_rect)

    def _look_of(self, hand_id: int) -> HandLook:
        look = self._look
        if hand_id == self._active_id:
            return HandLook(
                "active", look.selected_row, self._hover_row, look.labels, look.arcs, look.marker_px, look.opacity
            )
        role = "ghost" if hand_id == GHOST_ID else "other"
        return HandLook(role, marker_px=look.marker_px, opacity=look.opacity)

    def _apply_looks(self) -> None:
        for hand_id, item in self._items.items():
            item.set_look(self._look_of(hand_id))

    # ---- mouse ---------------------------------------------------------------------------------------------------

    def row_at(self, spot: QPointF) -> int:
        """Return the active hand's joint nearest to a viewport position, -1 if none is within reach."""
        item = self._items.get(self._active_id)
        return -1 if item is None else self._nearest(item, spot)[0]

    def hand_at(self, spot: QPointF) -> int:
        """Return another hand with a joint near a viewport position, 0 if none."""
        best, found = GRAB_PX, 0
        for hand_id, item in self._items.items():
            if hand_id in (self._active_id, GHOST_ID):
                continue
            row, distance = self._nearest(item, spot, reach=GRAB_PX * 1.6)
            if row >= 0 and distance < best * 1.6:
                best, found = distance, hand_id
        return found

    def _nearest(self, item: HandItem, spot: QPointF, *, reach: float = GRAB_PX) -> tuple[int, float]:
        if item.pose is None or not item.isVisible():
            return -1, math.inf
        at = self.mapToScene(QPoint(0, 0))
        here = np.array([at.x() + spot.x() / self.zoom, at.y() + spot.y() / self.zoom])
        distance = np.linalg.norm(item.pose.points - here, axis=1) * self.zoom
        if not np.isfinite(distance).any():
            return -1, math.inf
        row = int(np.nanargmin(distance))
        return (row, float(distance[row])) if distance[row] <= reach else (-1, math.inf)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a drag, a pan, a placement, or choose another hand."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at, self._moved = event.position().toPoint(), False
        button = event.button()
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space_held):
            self._panning = True
            self._show_cursor()
        elif button == Qt.MouseButton.LeftButton:
            self._press_left(event.position())
        event.accept()

    def _press_left(self, spot: QPointF) -> None:
        if self._placing:
            at = self.mapToScene(spot.toPoint())
            self.placed.emit(at.x(), at.y())
            return
        row = self.row_at(spot)
        if row >= 0:
            item = self._items[self._active_id]
            assert item.pose is not None
            x, y = item.pose.points[row].tolist()
            self._drag_row = row
            self._drag_offset = QPointF(x, y) - self.mapToScene(spot.toPoint())
            self.joint_pressed.emit(row)
            return
        other = self.hand_at(spot)
        if other:
            self.hand_pressed.emit(other)
        else:
            self._panning = True
            self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, pan, or show what lies under the cursor."""
        spot = event.position()
        at = self.mapToScene(spot.toPoint())
        self.pointer_moved.emit(at.x(), at.y())
        if self._panning:
            step = self._pressed_at - spot.toPoint()
            self._pressed_at = spot.toPoint()
            self._moved = self._moved or not step.isNull()
            self._scroll(step.x(), step.y())
        elif self._drag_row >= 0:
            if not self._moved and (spot.toPoint() - self._pressed_at).manhattanLength() < 2:
                return
            self._moved = True
            goal = at + self._drag_offset
            self.joint_dragged.emit(self._drag_row, goal.x(), goal.y())
        else:
            self._hover(self.row_at(spot), spot)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag or a pan; a press on nothing that did not pan clears the selection."""
        if self._panning:
            self._panning = False
            if not self._moved and event.button() == Qt.MouseButton.LeftButton and not self._space_held:
                self.empty_pressed.emit()
        elif self._drag_row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            row, self._drag_row = self._drag_row, -1
            if self._moved:
                self._moved = False
                self.joint_dropped.emit(row)
        self._show_cursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Treat the second press like the first."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right-click: on a joint tell its row, elsewhere ask for a menu."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            row = self.row_at(QPointF(event.pos()))
            if row >= 0:
                self.joint_context.emit(row)
                return
        at = self.mapToScene(event.pos())
        self.menu_requested.emit(event.globalPos(), at.x(), at.y())

    def _hover(self, row: int, spot: QPointF) -> None:
        if row != self._hover_row:
            self._hover_row = row
            self._apply_looks()
        self._show_cursor(row >= 0 or self.hand_at(spot) != 0)

    def _show_cursor(self, on_mark: bool = False) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._panning:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._placing:
            shape = Qt.CursorShape.CrossCursor
        elif on_mark or self._drag_row >= 0:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    # ---- keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held pans, H held hides the overlay, arrows nudge, Tab steps, Escape drops a drag."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._space_held = True
            self._show_cursor()
        elif key == Qt.Key.Key_H and not event.modifiers():
            self.set_overlay_visible(False)
        elif key in ARROWS:
            reach = NUDGE_FAR_PX if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else NUDGE_PX
            dx, dy = ARROWS[key]
            self.nudged.emit(dx * reach, dy * reach)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.tabbed.emit(1 if key == Qt.Key.Key_Tab else -1)
        elif key == Qt.Key.Key_F6:
            super().focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            event.ignore()

    def _escape(self) -> None:
        if self._drag_row >= 0:
            self._drag_row, self._moved = -1, False
            self.drag_cancelled.emit()
        else:
            self.escaped.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what was held."""
        if event.isAutoRepeat():
            return
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._space_held = False
            self._show_cursor()
        elif key == Qt.Key.Key_H:
            self.set_overlay_visible(True)
        elif key in ARROWS:
            self.nudge_ended.emit()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of held keys: their release would arrive elsewhere."""
        self._space_held = False
        self.set_overlay_visible(True)
        self.nudge_ended.emit()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab for the joints; F6 and the mouse leave the canvas."""
        return False

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the hovered joint when the cursor leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hover_row = -1
            self._apply_looks()
        return super().viewportEvent(event)
