"""Numbered speech marks on the canvas where open comments are anchored; they follow their joints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.comments_panel import RETURN, place_words
from handanat_studio.gui.editor.joint_angles import part_row
from handanat_studio.gui.theme import HALO_COLOUR, colour, font
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.workflows.comments import Comment

SIZE_PX = 26
TAIL_PX = 7


class CommentPin(QAbstractButton):
    """One speech mark. The keyboard reaches the same comment in the inspector."""

    def __init__(self, comment: Comment, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.comment = comment
        self._number = number
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{comment.author}, {place_words(comment.part)}:\n{comment.text}")
        self.setAccessibleName(f"Comment {number} at {place_words(comment.part)}: {comment.text}")
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return the size of the mark with its tail."""
        return QSize(SIZE_PX, SIZE_PX + TAIL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bubble with its number; the reason of a return is filled, a comment hollow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bubble = QRectF(1.5, 1.5, SIZE_PX - 3, SIZE_PX - 5)
        path = QPainterPath()
        path.addRoundedRect(bubble, 6, 6)
        tail = QPainterPath(QPointF(6, bubble.bottom() - 1))
        tail.lineTo(4, SIZE_PX + TAIL_PX - 2)
        tail.lineTo(13, bubble.bottom() - 1)
        path = path.united(tail)
        is_return = self.comment.kind == RETURN
        ink = colour("doubtful", dark=True)
        painter.setPen(QPen(HALO_COLOUR, 3))
        painter.setBrush(ink if is_return else colour("panel", dark=True))
        painter.drawPath(path)
        painter.setPen(QPen(ink, 1.5))
        painter.drawPath(path)
        painter.setFont(font("caption", bold=True, tabular=True))
        painter.setPen(colour("accent_text" if is_return else "text", dark=True))
        painter.drawText(bubble, Qt.AlignmentFlag.AlignCenter, str(self._number))


class CommentPins(QObject):
    """Keeps the pins of one hand in place.

    Args:
        canvas: where they stand.

    Signals:
        pressed(Comment): a pin was clicked.
    """

    pressed = Signal(object)

    def __init__(self, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._pins: list[CommentPin] = []
        self._pose: HandPose | None = None
        self._box: Box | None = None
        canvas.zoom_changed.connect(self.place)
        canvas.horizontalScrollBar().valueChanged.connect(self.place)
        canvas.verticalScrollBar().valueChanged.connect(self.place)
        canvas.installEventFilter(self)

    @property
    def pins(self) -> Sequence[CommentPin]:
        """The pins that are shown."""
        return tuple(self._pins)

    def show_comments(self, comments: Sequence[Comment]) -> None:
        """Show other open comments, numbered as in the inspector."""
        for pin in self._pins:
            pin.hide()
            pin.deleteLater()
        self._pins = [CommentPin(c, number, self._canvas.viewport()) for number, c in enumerate(comments, 1)]
        for pin in self._pins:
            pin.clicked.connect(lambda _=False, comment=pin.comment: self.pressed.emit(comment))
            pin.show()
        self.place()

    def follow(self, pose: HandPose | None, box: Box | None) -> None:
        """Stand at the joints of another pose; `box` is where the hand is when a joint has no place."""
        self._pose, self._box = pose, box
        if self._pins:
            self.place()

    def place(self) -> None:
        """Put every pin at its joint; those at the same joint stand side by side."""
        taken: dict[tuple[int, int], int] = {}
        for pin in self._pins:
            spot = self._spot(pin.comment.part)
            pin.setVisible(spot is not None)
            if spot is not None:
                before = taken.get(spot.toTuple(), 0)
                taken[spot.toTuple()] = before + 1
                pin.move(spot + QPoint(2 + before * SIZE_PX, -pin.height() - 4))

    def _spot(self, part: str) -> QPoint | None:
        row = -1 if self._pose is None else part_row(self._pose, part)
        if self._pose is not None and row >= 0 and np.isfinite(self._pose.points[row]).all():
            return self._canvas.mapFromScene(QPointF(*self._pose.points[row].tolist()))
        return None if self._box is None else self._canvas.mapFromScene(QPointF(self._box.x, self._box.y))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide with the overlay while H is held, and stay in place when the canvas changes its size."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_H and not event.modifiers():
            held = event.type() == QEvent.Type.KeyPress
            if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and not event.isAutoRepeat():
                for pin in self._pins:
                    pin.setVisible(not held)
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.Resize):
            self.place()
        return super().eventFilter(watched, event)
