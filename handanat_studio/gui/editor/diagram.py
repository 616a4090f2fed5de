"""The topology diagram: every digit of a hand as a column of joints, absent ones too, so that each can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from handanat_studio.gui.editor import marks
from handanat_studio.gui.theme import colour, font
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, WRIST, DigitKind, JointState
from handanat_studio.hand.values import HandPose

HEIGHT_PX = 132
LETTERS = "TIMRL+"
STATE_WORDS = {
    JointState.UNLABELLED: "not labelled",
    JointState.VISIBLE: "visible",
    JointState.OCCLUDED: "occluded by something",
    JointState.SELF_OCCLUDED: "hidden by the hand itself",
    JointState.OUTSIDE: "outside the image",
    JointState.ABSENT: "anatomically absent",
    JointState.UNSURE: "unsure",
}


def _topology(pose: HandPose) -> tuple[object, ...]:
    return pose.states.tobytes(), pose.digit_kind.tobytes(), pose.digit_id.tobytes(), pose.fusions, pose.splits


class DigitDiagram(QWidget):
    """Shows states, fusions and forks of a hand without its geometry.

    Signals:
        chosen(row): a joint was clicked.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pose: HandPose | None = None
        self._selected = -1
        self.setAccessibleName("Digits of the hand")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pose(self, pose: HandPose | None) -> None:
        """Show another pose."""
        before, self._pose = self._pose, pose
        if before is None or pose is None or _topology(before) != _topology(pose):
            self.update()

    def set_selected(self, row: int) -> None:
        """Ring the chosen joint, -1 = none."""
        if row != self._selected:
            self._selected = row
            self.update()

    def sizeHint(self) -> QSize:
        """Return its fixed height."""
        return QSize(220, HEIGHT_PX)

    def spots(self) -> list[QPointF]:
        """Return where each row of the pose is drawn."""
        if self._pose is None:
            return []
        count = max(self._pose.digit_count, 1)
        step = min(36.0, (self.width() - 24) / count)
        left = self.width() / 2 - step * (count - 1) / 2
        result = [QPointF(self.width() / 2, HEIGHT_PX - 10)]
        for digit in range(self._pose.digit_count):
            thumb = self._pose.digit_kind[digit] == DigitKind.THUMB
            base = HEIGHT_PX - (30 if thumb else 40)
            rise = 17.0 if thumb else 18.5
            result += [QPointF(left + step * digit, base - rise * level) for level in range(JOINTS_PER_DIGIT)]
        return result

    def _row_at(self, at: QPointF) -> int:
        best, found = 12.0, -1
        for row, spot in enumerate(self.spots()):
            distance = (spot - at).manhattanLength()
            if distance < best:
                best, found = distance, row
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the joint under the mouse."""
        row = self._row_at(event.position())
        if row >= 0:
            self.chosen.emit(row)

    def event(self, event: QEvent) -> bool:
        """Name the joint under the mouse and its state."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._pose is not None:
            row = self._row_at(QPointF(event.pos()))
            text = ""
            if row >= 0:
                state = STATE_WORDS[JointState(int(self._pose.states[row]))]
                text = f"{self._pose.row_name(row).replace('_', ' ')}: {state}"
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the whole diagram."""
        pose = self._pose
        if pose is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = self.spots()
        self._paint_links(painter, pose, spots)
        for row, spot in enumerate(spots):
            self._paint_joint(painter, pose, row, spot)
        painter.setFont(font("caption", bold=True))
        painter.setPen(colour("secondary"))
        for digit, kind in enumerate(pose.digit_kind.tolist()):
            tip = spots[(digit + 1) * JOINTS_PER_DIGIT]
            painter.drawText(QRectF(tip.x() - 12, tip.y() - 25, 24, 14), Qt.AlignmentFlag.AlignCenter, LETTERS[kind])

    def _paint_links(self, painter: QPainter, pose: HandPose, spots: list[QPointF]) -> None:
        painter.setPen(QPen(colour("line"), 2))
        forked = {s.branch_id: s for s in pose.splits}
        for digit in range(pose.digit_count):
            first = 1 + digit * JOINTS_PER_DIGIT
            painter.drawLine(spots[first], spots[first + JOINTS_PER_DIGIT - 1])
            fork = forked.get(int(pose.digit_id[digit]))
            if fork is None:
                path = QPainterPath(spots[WRIST])
                path.quadTo(QPointF(spots[first].x(), spots[WRIST].y() - 6), spots[first])
                painter.drawPath(path)
            else:
                root = 1 + pose.digit_index(fork.digit_id) * JOINTS_PER_DIGIT + fork.level
                painter.drawLine(spots[root], spots[first + min(fork.level + 1, JOINTS_PER_DIGIT - 1)])
        painter.setPen(QPen(colour("accent"), 3))
        for fusion in pose.fusions:
            pair = [1 + pose.digit_index(i) * JOINTS_PER_DIGIT for i in (fusion.first_id, fusion.second_id)]
            reach = round(fusion.extent * (JOINTS_PER_DIGIT - 1))
            for level in range(reach + 1):
                a, b = spots[pair[0] + level], spots[pair[1] + level]
                painter.drawLine(a + QPointF(8, 0), b - QPointF(8, 0))

    def _paint_joint(self, painter: QPainter, pose: HandPose, row: int, spot: QPointF) -> None:
        state = JointState(int(pose.states[row]))
        tint = marks.row_colour(pose, row)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state == JointState.UNLABELLED:
            painter.setPen(QPen(colour("disabled"), 1.4))
            painter.setBrush(colour("raised"))
            painter.drawEllipse(spot, 3.5, 3.5)
        elif state == JointState.ABSENT:
            painter.setPen(QPen(colour("text"), 1.6))
            painter.setBrush(colour("raised"))
            painter.drawEllipse(spot, 5.5, 5.5)
            painter.drawLine(spot + QPointF(-3.9, 3.9), spot + QPointF(3.9, -3.9))
        elif state == JointState.OUTSIDE:
            marks.draw_arrow(painter, spot + QPointF(0, -5), QPointF(0, -1), tint, 5.0)
        else:
            painter.save()
            if state != JointState.VISIBLE:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("raised"))
                painter.drawEllipse(spot, 6, 6)
            marks.paint_mark(painter, marks.row_level(row), state, tint, spot, 5.0, 1.8)
            painter.restore()
        if row == self._selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawEllipse(spot, 9.5, 9.5)
