"""The navigator: the whole picture in a corner of the canvas, with a frame around what is in view; drag it to pan."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.gui.editor.tone import toned
from handanat_studio.gui.theme import CARD_RADIUS, S4, S12, colour

ROOM = QSize(176, 132)
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
STEP = 0.2
"""An arrow key moves the view by this share of what is in view."""


class Navigator(QWidget):
    """Shows itself only while it is switched on and a part of the picture is out of view.

    Args:
        over: the view it steers; the navigator floats at its bottom left.
    """

    def __init__(self, over: PictureView) -> None:
        super().__init__(over)
        self._over = over
        self._wanted = False
        self._small = QPixmap()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName("Navigator")
        self.setAccessibleDescription("The whole image. Drag the frame or use the arrow keys to move the view.")
        self.setToolTip("Drag to move the view")
        over.viewport().installEventFilter(self)
        over.view_moved.connect(self._follow)
        over.picture_changed.connect(self._forget_picture)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self._wanted

    def set_on(self, on: bool) -> None:
        """Switch it on or off."""
        self._wanted = on
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _forget_picture(self) -> None:
        self._small = QPixmap()
        self._follow()

    def _follow(self) -> None:
        over = self._over
        shown = self._wanted and not over.picture_is_blank and not over.is_whole_image_shown()
        if shown:
            size = over.image_rect.size().scaled(ROOM, Qt.AspectRatioMode.KeepAspectRatio)
            wanted = QSize(max(round(size.width()), 24), max(round(size.height()), 24)) + QSize(2 * S4, 2 * S4)
            if wanted != self.size():
                self.setFixedSize(wanted)
            frame = over.viewport().geometry()
            self.move(frame.left() + S12, frame.bottom() + 1 - S12 - self.height())
            self.raise_()
            self.update()
        self.setVisible(shown)

    # ---- steering ------------------------------------------------------------------------------------------------

    def _picture_rect(self) -> QRectF:
        return QRectF(self.rect()).adjusted(S4, S4, -S4, -S4)

    def frame(self) -> QRectF:
        """Return where the part in view is drawn."""
        return self._to_small(self._over.seen()) & self._picture_rect()

    def _to_small(self, part: QRectF) -> QRectF:
        rect, whole = self._picture_rect(), self._over.image_rect
        across, down = rect.width() / whole.width(), rect.height() / whole.height()
        return QRectF(
            rect.x() + part.x() * across, rect.y() + part.y() * down, part.width() * across, part.height() * down
        )

    def _go_to(self, spot: QPointF) -> None:
        rect, whole = self._picture_rect(), self._over.image_rect
        x = (spot.x() - rect.x()) / rect.width() * whole.width()
        y = (spot.y() - rect.y()) / rect.height() * whole.height()
        self._over.look_at(min(max(x, 0.0), whole.width()), min(max(y, 0.0), whole.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the point into the middle of the view."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on as long as the button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the view; everything else is the canvas's."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        seen = self._over.seen()
        centre = seen.center() + QPointF(step[0] * seen.width() * STEP, step[1] * seen.height() * STEP)
        whole = self._over.image_rect
        self._over.look_at(min(max(centre.x(), 0.0), whole.width()), min(max(centre.y(), 0.0), whole.height()))

    # ---- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card, the picture, a veil over what is out of view, and the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(colour("accent"), 2) if self.hasFocus() else QPen(colour("line"), 1)
        painter.setPen(edge)
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS / 2, CARD_RADIUS / 2)
        rect = self._picture_rect()
        painter.drawPixmap(rect, self._scaled(), QRectF(self._scaled().rect()))
        frame = self.frame()
        veil = QPainterPath()
        veil.addRect(rect)
        hole = QPainterPath()
        hole.addRect(frame)
        painter.fillPath(veil - hole, QColor(0, 0, 0, 120))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(colour("accent", dark=True), 1.5)):
            painter.setPen(pen)
            painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))

    def _scaled(self) -> QPixmap:
        """Return the picture at its small size; made once for each picture and tone."""
        ratio = self.devicePixelRatioF()
        size = (self._picture_rect().size() * ratio).toSize()
        if self._small.isNull() or self._small.size() != size:
            mode = Qt.TransformationMode.SmoothTransformation
            small = self._over.picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            self._small = QPixmap.fromImage(toned(small.toImage(), self._over.tone))
        return self._small
