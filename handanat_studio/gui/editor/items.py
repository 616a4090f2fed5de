"""The graphics items of the canvas: one item paints a whole hand. Items show values they are given and edit nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from handanat_studio.gui.editor import arcs, marks
from handanat_studio.gui.editor.joint_angles import JointAngle, Standing
from handanat_studio.gui.theme import colour, font
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose

MARGIN_PX = 90.0
OTHER_OPACITY = 0.42
GHOST_OPACITY = 0.6


@dataclass(frozen=True, slots=True)
class HandLook:
    """How a hand is shown.

    Attributes:
        role: "active", "other" (dimmed, clickable) or "ghost" (a prediction beside the annotator's own joints).
        selected_row: the joint that keys act on, -1 = none.
        hover_row: the joint under the cursor, -1 = none.
        labels: write the degrees of every joint, not only of doubtful ones.
        arcs: draw joint-angle arcs.
        marker_px: radius of a mark in screen pixels.
        opacity: of the whole overlay, 0..1.
    """

    role: str = "active"
    selected_row: int = -1
    hover_row: int = -1
    labels: bool = False
    arcs: bool = True
    marker_px: float = 6.0
    opacity: float = 1.0


class HandItem(QGraphicsItem):
    """Paints all joints, bones, arcs and pills of one hand; marks keep their size on the screen at any zoom."""

    def __init__(self, hand_id: int) -> None:
        super().__init__()
        self.hand_id = hand_id
        self.look = HandLook()
        self.pose: HandPose | None = None
        self._angles: tuple[JointAngle, ...] = ()
        self._zoom = 1.0
        self._image = QRectF()
        self._bounds = QRectF()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_pose(self, pose: HandPose | None, angles: tuple[JointAngle, ...] = ()) -> None:
        """Show a pose with its measured joints."""
        self.pose, self._angles = pose, angles
        self._measure()
        self.update()

    def set_look(self, look: HandLook) -> None:
        """Change how the hand is shown."""
        if look != self.look:
            self.look = look
            self.setZValue({"ghost": 0.0, "other": 1.0, "active": 2.0}[look.role])
            self.update()

    def set_view(self, zoom: float, image: QRectF) -> None:
        """Tell the screen pixels per image pixel, and where the image lies."""
        self._zoom, self._image = zoom, image
        self._measure()

    def _measure(self) -> None:
        box = self.pose.box() if self.pose is not None else None
        bounds = QRectF()
        if box is not None:
            margin = MARGIN_PX / self._zoom
            bounds = QRectF(box.x, box.y, box.width, box.height).adjusted(-margin, -margin, margin, margin)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def boundingRect(self) -> QRectF:
        """Return the joints' box with room for marks and pills."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint in screen pixels, so that every width is the same at any zoom."""
        if self.pose is None:
            return
        look = self.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(1 / self._zoom, 1 / self._zoom)
        painter.setOpacity(look.opacity * {"other": OTHER_OPACITY, "ghost": GHOST_OPACITY}.get(look.role, 1.0))
        points = self.pose.points.astype(np.float64) * self._zoom
        shown = points.copy()
        shown[np.isin(self.pose.states, (JointState.UNLABELLED, JointState.ABSENT))] = np.nan
        ghost = look.role == "ghost"
        marks.draw_fusions(painter, self.pose, shown)
        bones = marks.bone_lines(self.pose, shown, look.marker_px)
        marks.draw_bones(painter, bones, width=1.6 if ghost else 2.5, dashed=ghost)
        drawn = self._arcs(shown) if look.role == "active" and look.arcs else []
        arcs.draw_arcs(painter, drawn)
        self._paint_marks(painter, shown)
        self._paint_pills(painter, drawn, shown)

    def _arcs(self, shown: NDArray[np.float64]) -> list[arcs.Arc]:
        xy = shown.tolist()
        found = []
        for angle in self._angles:
            if angle.standing is not Standing.UNKNOWN:
                found.append(arcs.arc_of(angle, *(xy[row] for row in angle.rows)))
        return [arc for arc in found if arc is not None]

    def _paint_marks(self, painter: QPainter, shown: NDArray[np.float64]) -> None:
        pose, look = self.pose, self.look
        assert pose is not None
        radius = look.marker_px * (0.7 if look.role == "ghost" else 1.0)
        states, seen = pose.states.tolist(), np.isfinite(shown).all(axis=1).tolist()
        for row in reversed(range(len(states))):
            if not seen[row]:
                continue
            at, tint = QPointF(*shown[row].tolist()), marks.row_colour(pose, row)
            if states[row] == JointState.OUTSIDE:
                self._paint_outside(painter, at, tint, radius)
                continue
            size = radius * (1.25 if row == look.hover_row else 1.0)
            width = 1.4 if look.role == "ghost" else 2.0
            marks.paint_mark(painter, marks.row_level(row), JointState(states[row]), tint, at, size, width)
            if row == look.selected_row and look.role == "active":
                marks.paint_ring(painter, colour("accent", dark=True), at, radius + 6.0)

    def _paint_outside(self, painter: QPainter, at: QPointF, tint: QColor, radius: float) -> None:
        z = self._zoom
        frame = QRectF(self._image.x() * z, self._image.y() * z, self._image.width() * z, self._image.height() * z)
        if frame.isEmpty():
            return
        border = QPointF(min(max(at.x(), frame.left()), frame.right()), min(max(at.y(), frame.top()), frame.bottom()))
        direction = at - border if at != border else border - frame.center()
        marks.draw_arrow(painter, border, direction, tint, radius)

    def _paint_pills(self, painter: QPainter, drawn: list[arcs.Arc], shown: NDArray[np.float64]) -> None:
        look = self.look
        doubtful = (Standing.DOUBTFUL, Standing.VIOLATED)
        chosen = [
            arc
            for arc in drawn
            if look.labels or arc.angle.standing in doubtful or arc.angle.row in (look.selected_row, look.hover_row)
        ]
        if not chosen:
            return
        caption = font("caption", bold=True, tabular=True)
        avoid = [(x, y) for x, y in shown.tolist() if x == x]
        for arc, rect in arcs.place_pills(chosen, caption, avoid):
            arcs.draw_pill(painter, arc, rect, caption)
