"""The canvas: shows an image with its hands, zooms and pans, and tells what the hand on the mouse did.

It never changes a pose. It emits rows and image coordinates; whoever owns the pose decides what they mean.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.gui.editor.joint_angles import JointAngle
from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.gui.editor.tool import Tool
from handanat_studio.gui.editor.webs import Web
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
    pointer_moved = Signal(float, float)
    hovered = Signal(int)
    tabbed = Signal(int)
    nudged = Signal(float, float)
    nudge_ended = Signal()
    escaped = Signal()
    overlay_shown = Signal(bool)

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
        self._tool: Tool | None = None
        self._gestures: list[Tool] = []
        self._holder: Tool | None = None
        self._is_overlay_shown = True
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

    def show_hand(
        self, hand_id: int, pose: HandPose | None, angles: tuple[JointAngle, ...] = (), webs: tuple[Web, ...] = ()
    ) -> None:
        """Show (or update) one hand; `GHOST_ID` is the prediction behind the annotator's joints."""
        item = self._items.get(hand_id)
        if item is None:
            item = HandItem(hand_id)
            item.set_view(self.zoom, self.image_rect)
            self._items[hand_id] = item
            item.set_look(self._look_of(hand_id))
            self._scene.addItem(item)
        item.show_pose(pose, angles, webs)

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

    def set_tool(self, tool: Tool | None) -> None:
        """Hand mouse and keys to a tool first, None = joints are selected and dragged."""
        if tool is not self._tool:
            self._tool, self._holder = tool, None
        self.refresh_tool()

    @property
    def tool(self) -> Tool | None:
        """The tool that gets mouse and keys first."""
        return self._tool

    def add_gesture(self, tool: Tool) -> None:
        """Offer every press to a tool that is never chosen, such as one for a drag with a key held."""
        self._gestures.append(tool)

    def refresh_tool(self) -> None:
        """Paint the tool's marks and its cursor anew."""
        self.viewport().update()
        self._show_cursor()

    def set_overlay_visible(self, on: bool) -> None:
        """Hide or show everything above the image."""
        self._is_overlay_shown = on
        for item in self._items.values():
            item.setVisible(on)
        self.overlay_shown.emit(on)
        if self._tool is not None:
            self.viewport().update()

    @property
    def is_dragging(self) -> bool:
        """Whether the mouse holds a joint, or a tool in the middle of a gesture."""
        return (self._drag_row >= 0 and self._moved) or self._holder is not None

    def _on_zoom(self) -> None:
        for item in self._items.values():
            item.set_view(self.zoom, self.image_rect)

    def _look_of(self, hand_id: int) -> HandLook:
        if hand_id == self._active_id:
            return replace(self._look, role="active", hover_row=self._hover_row)
        return self._look.beside("ghost" if hand_id == GHOST_ID else "other")

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
            self._press_left(event.position(), event.modifiers())
        event.accept()

    def _press_left(self, spot: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        at = self.mapToScene(spot.toPoint())
        for tool in (*self._gestures, self._tool):
            if tool is not None and tool.press(at, modifiers):
                self._holder = tool
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
        elif self._holder is not None:
            self._holder.drag(at, event.modifiers())
        elif self._drag_row >= 0:
            if not self._moved and (spot.toPoint() - self._pressed_at).manhattanLength() < 2:
                return
            self._moved = True
            goal = at + self._drag_offset
            self.joint_dragged.emit(self._drag_row, goal.x(), goal.y())
        else:
            if self._tool is not None:
                self._tool.hover(at)
            self._hover(self.row_at(spot), spot)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag or a pan; a press on nothing that did not pan clears the selection."""
        if self._panning:
            self._panning = False
            if not self._moved and event.button() == Qt.MouseButton.LeftButton and not self._space_held:
                self.empty_pressed.emit()
        elif self._holder is not None and event.button() == Qt.MouseButton.LeftButton:
            holder, self._holder = self._holder, None
            holder.release(self.mapToScene(event.position().toPoint()), event.modifiers())
        elif self._drag_row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            row, self._drag_row = self._drag_row, -1
            if self._moved:
                self._moved = False
                self.joint_dropped.emit(row)
        self._show_cursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Treat the second press like the first, but let no tool place two joints on one spot."""
        if self._tool is None:
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

    def set_hover(self, row: int) -> None:
        """Enlarge a joint as if the cursor were over it, -1 = none."""
        if row != self._hover_row:
            self._hover_row = row
            self._apply_looks()
            self.hovered.emit(row)

    def _hover(self, row: int, spot: QPointF) -> None:
        self.set_hover(row)
        self._show_cursor(row >= 0 or self.hand_at(spot) != 0)

    def _show_cursor(self, on_mark: bool = False) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._panning:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._tool is not None:
            self.viewport().setCursor(self._tool.cursor_at(self.mapToScene(self._cursor_spot())))
            return
        elif on_mark or self._drag_row >= 0:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def _cursor_spot(self) -> QPoint:
        return self.viewport().mapFromGlobal(self.cursor().pos())

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the tools' marks above the hands."""
        super().drawForeground(painter, rect)
        for tool in (self._tool, self._holder if self._holder in self._gestures else None):
            if tool is not None and self._is_overlay_shown:
                painter.save()
                painter.resetTransform()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                tool.paint(painter, self.viewportTransform())
                painter.restore()

    # ---- keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held pans, H held hides the overlay, arrows nudge, Tab steps, Escape drops a drag."""
        key = Qt.Key(event.key())
        if self._tool is not None and self._tool.key(key, event.modifiers()):
            return
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

    def event(self, event: QEvent) -> bool:
        """Keep keys that the tool wants from running commands."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or self._tool is None:
            return super().event(event)
        if self._tool.wants(Qt.Key(event.key()), event.modifiers()):
            event.accept()
            return True
        return super().event(event)

    def _escape(self) -> None:
        if self._drag_row >= 0:
            self._drag_row, self._moved = -1, False
            self.drag_cancelled.emit()
        elif self._holder is not None:
            holder, self._holder = self._holder, None
            self.drag_cancelled.emit()
            if not holder.escape():
                self.escaped.emit()
            self.refresh_tool()
        else:
            self.escaped.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what was held."""
        if event.isAutoRepeat():
            return
        key = Qt.Key(event.key())
        if self._tool is not None:
            self._tool.key_up(key)
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
        if self._tool is not None:
            self._tool.key_up(Qt.Key.Key_unknown)
        self.nudge_ended.emit()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab for the joints; F6 and the mouse leave the canvas."""
        return False

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the hovered joint when the cursor leaves."""
        if event.type() == QEvent.Type.Leave:
            self.set_hover(-1)
        return super().viewportEvent(event)
