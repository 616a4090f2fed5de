"""The graphics items of the canvas: one item paints a whole hand. Items show values they are given and edit nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from handanat_studio.gui.editor import arcs, joint_names, marks, topology_marks, webs
from handanat_studio.gui.editor.joint_angles import JointAngle, Standing
from handanat_studio.gui.editor.pills import draw_text_pill
from handanat_studio.gui.editor.webs import Web
from handanat_studio.gui.theme import colour, font
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose

MARGIN_PX = 180.0
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
        names: write the short name of every joint.
        edges: draw the bones.
        live_row: the joint that is being moved, -1 = none; its pill says the limits too.
    """

    role: str = "active"
    selected_row: int = -1
    hover_row: int = -1
    labels: bool = False
    arcs: bool = True
    marker_px: float = 6.0
    opacity: float = 1.0
    names: bool = False
    edges: bool = True
    live_row: int = -1

    def beside(self, role: str) -> HandLook:
        """Return how a hand in another role is shown beside this one: as large, but without anything chosen."""
        return HandLook(role, marker_px=self.marker_px, opacity=self.opacity, edges=self.edges)


class HandItem(QGraphicsItem):
    """Paints all joints, bones, arcs and pills of one hand; marks keep their size on the screen at any zoom."""

    def __init__(self, hand_id: int) -> None:
        super().__init__()
        self.hand_id = hand_id
        self.look = HandLook()
        self.pose: HandPose | None = None
        self._angles: tuple[JointAngle, ...] = ()
        self._webs: tuple[Web, ...] = ()
        self._names: tuple[HandPose, object, list[tuple[int, QRectF]]] | None = None
        self._zoom = 1.0
        self._image = QRectF()
        self._bounds = QRectF()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_pose(self, pose: HandPose | None, angles: tuple[JointAngle, ...] = (), webs: tuple[Web, ...] = ()) -> None:
        """Show a pose with its measured joints and webs."""
        self.pose, self._angles, self._webs = pose, angles, webs
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
        opacity = look.opacity * {"other": OTHER_OPACITY, "ghost": GHOST_OPACITY}.get(look.role, 1.0)
        painter.setOpacity(opacity)
        shown = self._shown_points()
        ghost = look.role == "ghost"
        topology_marks.draw_fusions(painter, self.pose, shown)
        if look.edges:
            bones = marks.bone_lines(self.pose, shown, self._radius, is_solid=opacity == 1.0)
            marks.draw_bones(painter, bones, width=1.6 if ghost else 2.5, dashed=ghost)
        drawn = self._arcs(shown) if look.role == "active" and look.arcs else []
        arcs.draw_arcs(painter, drawn)
        self._paint_marks(painter, shown)
        signs = [] if ghost else topology_marks.draw_forks(painter, self.pose, shown, look.marker_px)
        if look.role == "active":
            self._paint_words(painter, drawn, shown, signs)

    @property
    def _radius(self) -> float:
        return self.look.marker_px * (0.7 if self.look.role == "ghost" else 1.0)

    def _shown_points(self) -> NDArray[np.float64]:
        assert self.pose is not None
        shown = self.pose.points.astype(np.float64) * self._zoom
        shown[np.isin(self.pose.states, (JointState.UNLABELLED, JointState.ABSENT))] = np.nan
        shown[[row for row in marks.shared_rows(self.pose) if row != self.look.selected_row]] = np.nan
        return shown

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
        radius = self._radius
        states, seen = pose.states.tolist(), np.isfinite(shown).all(axis=1).tolist()
        for row in reversed(range(len(states))):
            if not seen[row]:
                continue
            at, tint = QPointF(*shown[row].tolist()), marks.row_colour(pose, row)
            if states[row] == JointState.OUTSIDE:
                self._paint_outside(painter, at, tint, radius)
                continue
            size = radius * (1.25 if row == look.hover_row else 1.0)
            width = marks.line_width(radius)
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
        if at != border:
            marks.draw_tether(painter, border, at, tint)
        marks.draw_arrow(painter, border, direction, tint, radius)

    def _paint_words(
        self, painter: QPainter, drawn: list[arcs.Arc], shown: NDArray[np.float64], signs: list[QRectF]
    ) -> None:
        pose, look = self.pose, self.look
        assert pose is not None
        caption = font("caption", bold=True, tabular=True)
        avoid = [(x, y) for x, y in shown.tolist() if x == x]
        taken = signs
        for web in self._webs:
            line = webs.web_line(web, shown)
            if line is not None:
                taken.append(webs.place_pill(web, line, caption, taken, avoid))
                webs.draw_web(painter, web, line, taken[-1], caption)
        pills = arcs.place_pills(self._worded(drawn), caption, avoid, taken=taken, live_row=look.live_row)
        if look.names:
            taken += [rect for _, rect in pills]
            joint_names.draw_names(painter, pose, self._named(shown, taken, caption), shown, caption)
        for arc, rect in pills:
            draw_text_pill(painter, arcs.pill_text(arc, look.live_row), arc.angle.standing, rect, caption)

    def _named(self, shown: NDArray[np.float64], taken: list[QRectF], caption: QFont) -> list[tuple[int, QRectF]]:
        """Return where names go; looking for places takes longer than painting, so a pan does not look again."""
        pose = self.pose
        assert pose is not None
        key = (self._zoom, self.look.marker_px, tuple((rect.x(), rect.y()) for rect in taken))
        if self._names is None or self._names[0] is not pose or self._names[1] != key:
            self._names = (pose, key, joint_names.place_names(pose, shown, taken, caption, self.look.marker_px))
        return self._names[2]

    def _worded(self, drawn: list[arcs.Arc]) -> list[arcs.Arc]:
        look = self.look
        doubtful = (Standing.DOUBTFUL, Standing.VIOLATED)
        return [
            arc
            for arc in drawn
            if look.labels or arc.angle.standing in doubtful or arc.angle.row in (look.selected_row, look.hover_row)
        ]
