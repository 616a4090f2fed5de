"""The topology diagram: every digit of a hand as a column of joints, absent ones too, so that each can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from handanat_studio.gui.editor import marks
from handanat_studio.gui.editor.diagram_plan import Plan, fused_levels, plan, topology_words
from handanat_studio.gui.editor.joint_angles import row_words
from handanat_studio.gui.editor.joint_names import LETTERS
from handanat_studio.gui.theme import RADIUS, colour, font
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, JointState, Level, point_row
from handanat_studio.hand.values import HandPose

REACH_PX = 12.0
EMPTY_PX = 132
STATE_WORDS = {
    JointState.UNLABELLED: "not labelled",
    JointState.VISIBLE: "visible",
    JointState.OCCLUDED: "occluded by something",
    JointState.SELF_OCCLUDED: "hidden by the hand itself",
    JointState.OUTSIDE: "outside the image",
    JointState.ABSENT: "anatomically absent",
    JointState.UNSURE: "unsure",
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


def _topology(pose: HandPose) -> tuple[object, ...]:
    return pose.states.tobytes(), pose.digit_kind.tobytes(), pose.digit_id.tobytes(), pose.fusions, pose.splits


class DigitDiagram(QWidget):
    """Shows states, fusions and forks of a hand without its geometry.

    Signals:
        chosen(row): a joint was clicked, or chosen by Return.
        hovered(row): the cursor, or the arrow keys, are at another joint; -1 = none.
        menu_wanted(digit_id, global position): what can be done with this digit?
    """

    chosen = Signal(int)
    hovered = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._selected = self._hover = self._cursor = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Digits of the hand")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # ---- what is shown -------------------------------------------------------------------------------------------

    def show_pose(self, pose: HandPose | None) -> None:
        """Show another pose."""
        before = self._plan
        if before is not None and pose is not None and _topology(before.pose) == _topology(pose):
            return
        self._plan = None if pose is None else plan(pose)
        self.setAccessibleDescription("" if pose is None else topology_words(pose))
        if pose is None or self._cursor >= len(pose.points):
            self._cursor = -1
        self.updateGeometry()
        self.update()

    def set_selected(self, row: int) -> None:
        """Ring the chosen joint, -1 = none."""
        if row != self._selected:
            self._selected = self._cursor = row
            self.update()

    def set_hover(self, row: int) -> None:
        """Light the joint that the cursor is at, here or on the image; -1 = none."""
        if row != self._hover:
            self._hover = row
            self.update()

    def sizeHint(self) -> QSize:
        """Return the height that the topology needs."""
        return QSize(220, EMPTY_PX if self._plan is None else round(self._plan.height))

    def spots(self) -> list[QPointF]:
        """Return where each row of the pose is drawn."""
        return [] if self._plan is None else self._plan.spots(self.width())

    # ---- mouse and keys ------------------------------------------------------------------------------------------

    def _row_at(self, at: QPointF) -> int:
        best, found = REACH_PX, -1
        hidden = frozenset() if self._plan is None else self._plan.hidden
        for row, spot in enumerate(self.spots()):
            distance = (spot - at).manhattanLength()
            if distance < best and row not in hidden:
                best, found = distance, row
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the joint under the mouse."""
        row = self._row_at(event.position())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the joint under the mouse."""
        self._go_over(self._row_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Light nothing any more."""
        self._go_over(-1)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the digit under the mouse, or of the one the arrow keys are at."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        row = self._row_at(QPointF(event.pos())) if by_mouse else self._cursor
        if self._plan is None or row < 1:
            return
        at = event.globalPos() if by_mouse else self.mapToGlobal(self.spots()[row].toPoint())
        self.menu_wanted.emit(int(self._plan.pose.digit_id[(row - 1) // JOINTS_PER_DIGIT]), at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from joint to joint, Return or Space chooses."""
        key = Qt.Key(event.key())
        if self._plan is None:
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._cursor = self._plan.neighbour(self._cursor, *ARROWS[key])
            self._go_over(self._cursor)
            self.setToolTip(self._words(self._cursor))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor >= 0:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def _go_over(self, row: int) -> None:
        if row != self._hover:
            self.set_hover(row)
            self.hovered.emit(row)

    def event(self, event: QEvent) -> bool:
        """Name the joint under the mouse and its state; take Return before the window's keys do."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._plan is not None:
            QToolTip.showText(event.globalPos(), self._words(self._row_at(QPointF(event.pos()))), self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, *ARROWS)
            if event.key() in mine and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        return super().event(event)

    def _words(self, row: int) -> str:
        if self._plan is None:
            return ""
        if row < 0:
            return topology_words(self._plan.pose)
        words = row_words(self._plan.pose, row)
        return f"{words[0].upper()}{words[1:]}: {STATE_WORDS[JointState(int(self._plan.pose.states[row]))]}"

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the whole diagram."""
        shown = self._plan
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = self.spots()
        self._paint_links(painter, shown, spots)
        self._paint_fusions(painter, shown.pose, spots)
        for row, spot in enumerate(spots):
            if row not in shown.hidden:
                self._paint_joint(painter, shown.pose, row, spot)
        painter.setFont(font("caption", bold=True))
        painter.setPen(colour("secondary"))
        for digit_id in shown.columns:
            top = spots[shown.top_row(digit_id)]
            letter = LETTERS[int(shown.pose.digit_kind[shown.pose.digit_index(digit_id)])]
            painter.drawText(QRectF(top.x() - 12, top.y() - 25, 24, 14), Qt.AlignmentFlag.AlignCenter, letter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _paint_links(self, painter: QPainter, shown: Plan, spots: list[QPointF]) -> None:
        pose = shown.pose
        painter.setBrush(Qt.BrushStyle.NoBrush)
        branches = {split.branch_id: split for split in pose.splits}
        for place, digit_id in enumerate(pose.digit_id.tolist()):
            rows = [row for row in (point_row(place, level) for level in Level) if row not in shown.hidden]
            split = branches.get(digit_id)
            is_there = any(pose.states[row] != JointState.ABSENT for row in rows)
            pen = QPen(colour("secondary") if is_there else colour("line"), 2 if is_there else 1.4)
            pen.setStyle(Qt.PenStyle.SolidLine if is_there else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawPolyline([spots[row] for row in rows])
            if split is not None:
                painter.drawLine(spots[marks.split_stem(pose, split)], spots[rows[0]])
            else:
                path = QPainterPath(spots[WRIST])
                path.quadTo(QPointF(spots[rows[0]].x(), spots[WRIST].y() - 6), spots[rows[0]])
                painter.drawPath(path)

    def _paint_fusions(self, painter: QPainter, pose: HandPose, spots: list[QPointF]) -> None:
        for fusion in pose.fusions:
            first, second = (point_row(pose.digit_index(i), Level.BASE) for i in (fusion.first_id, fusion.second_id))
            if spots[first].x() > spots[second].x():
                first, second = second, first
            painter.setPen(QPen(colour("accent"), 2.5))
            for level in range(fused_levels(fusion) + 1):
                painter.drawLine(spots[first + level] + QPointF(8, 0), spots[second + level] - QPointF(8, 0))

    def _paint_joint(self, painter: QPainter, pose: HandPose, row: int, spot: QPointF) -> None:
        state = JointState(int(pose.states[row]))
        tint = marks.row_colour(pose, row)
        painter.setBrush(colour("raised"))
        if row == self._hover:
            painter.setPen(QPen(colour("secondary"), 1.2))
            painter.drawEllipse(spot, 9.0, 9.0)
        if state == JointState.UNLABELLED:
            painter.setPen(QPen(colour("disabled"), 1.4))
            painter.drawEllipse(spot, 3.5, 3.5)
        elif state == JointState.ABSENT:
            self._paint_absent(painter, spot)
        elif state == JointState.OUTSIDE:
            marks.draw_arrow(painter, spot + QPointF(0, -5), QPointF(0, -1), tint, 5.0)
        else:
            if state != JointState.VISIBLE:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(spot, 6, 6)
            marks.paint_mark(painter, marks.row_level(row), state, tint, spot, 5.0, marks.line_width(5.0))
        if row == self._selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawEllipse(spot, 9.5, 9.5)

    def _paint_absent(self, painter: QPainter, spot: QPointF) -> None:
        painter.setPen(QPen(colour("text"), 1.6))
        painter.drawEllipse(spot, 5.5, 5.5)
        painter.drawLine(spot + QPointF(-3.9, 3.9), spot + QPointF(3.9, -3.9))
