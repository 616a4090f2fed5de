"""The loupe: a round magnifier over the canvas that shows what lies under the cursor, beside it, never on top of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.gui.editor.tone import toned
from handanat_studio.gui.theme import HALO_COLOUR, colour, font

SIDE_PX = 176
GAP_PX = 28
MAGNIFIES = 4.0
SMOOTH_BELOW = 8.0
CROSS_FREE, CROSS_END = 6.0, 26.0


class Loupe(QWidget):
    """Follows one image point; takes no clicks.

    Args:
        over: the view whose picture it magnifies; the loupe floats on it.
    """

    def __init__(self, over: PictureView) -> None:
        super().__init__(over)
        self._over = over
        self._at: QPointF | None = None
        self._wanted = False
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Loupe")
        over.view_moved.connect(self._follow)
        over.picture_changed.connect(self._follow)
        over.viewport().installEventFilter(self)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether it is switched on; it shows itself only while it has something to magnify."""
        return self._wanted

    def set_on(self, on: bool) -> None:
        """Switch it on or off."""
        self._wanted = on
        self._follow()

    @property
    def magnification(self) -> float:
        """Screen pixels in the loupe per image pixel: four times what the view shows, or four times the file."""
        return max(self._over.zoom, 1.0) * MAGNIFIES

    def look_at(self, x: float, y: float) -> None:
        """Magnify another image point."""
        self._at = QPointF(x, y)
        self._follow()

    def leave(self) -> None:
        """Hide until there is another point to look at."""
        self._at = None
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide when the cursor leaves the view."""
        if event.type() == QEvent.Type.Leave:
            self.leave()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        shown = self._wanted and self._at is not None and self._over.image_rect.contains(self._at)
        if shown and self._at is not None:
            self._place(QPointF(self._over.mapFromScene(self._at)) + QPointF(self._over.viewport().pos()))
            self.raise_()
            self.update()
        self.setVisible(shown)

    def _place(self, spot: QPointF) -> None:
        """Stand up and right of the point; on the other side where there is no room."""
        frame = self._over.viewport().geometry()
        x = spot.x() + GAP_PX
        if x + SIDE_PX > frame.right():
            x = spot.x() - GAP_PX - SIDE_PX
        y = spot.y() - GAP_PX - SIDE_PX
        if y < frame.top():
            y = spot.y() + GAP_PX
        self.move(round(x), round(y))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the magnified picture, a cross that leaves the point itself free, and a ring."""
        if self._at is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        shape = QPainterPath()
        shape.addEllipse(circle)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), colour("canvas"))
        self._paint_picture(painter)
        painter.setClipping(False)
        self._paint_cross(painter, circle.center())
        for tint, width in ((QColor(0, 0, 0, 150), 4.0), (colour("secondary", dark=True), 1.6)):
            painter.setPen(QPen(tint, width))
            painter.drawEllipse(circle)
        self._paint_scale(painter, circle)

    def _paint_picture(self, painter: QPainter) -> None:
        picture, over = self._over.picture, self._over.image_rect
        if picture.isNull() or self._at is None:
            return
        # One pixel more on every side: the smoothing at the edge of the crop needs its neighbours.
        reach = SIDE_PX / 2 / self.magnification + 1
        wanted = QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach) & over
        across, down = picture.width() / over.width(), picture.height() / over.height()
        source = QRectF(wanted.x() * across, wanted.y() * down, wanted.width() * across, wanted.height() * down)
        crop = source.toAlignedRect() & picture.rect()
        image = toned(picture.copy(crop).toImage(), self._over.tone)
        painter.save()
        painter.translate(self.width() / 2, self.height() / 2)
        painter.scale(self.magnification, self.magnification)
        painter.translate(-self._at.x(), -self._at.y())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.magnification < SMOOTH_BELOW)
        place = QRectF(crop.x() / across, crop.y() / down, crop.width() / across, crop.height() / down)
        painter.drawImage(place, image)
        painter.restore()

    def _paint_cross(self, painter: QPainter, centre: QPointF) -> None:
        for tint, width in ((HALO_COLOUR, 3.0), (QColor("#ffffff"), 1.0)):
            painter.setPen(QPen(tint, width))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                way = QPointF(dx, dy)
                painter.drawLine(centre + way * CROSS_FREE, centre + way * CROSS_END)

    def _paint_scale(self, painter: QPainter, circle: QRectF) -> None:
        rect = QRectF(0, 0, 52, 16)
        rect.moveCenter(QPointF(circle.center().x(), circle.bottom() - 14))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(18, 21, 26, 210))
        painter.drawRoundedRect(rect, 8, 8)
        painter.setFont(font("caption", tabular=True))
        painter.setPen(QColor("#f2f4f6"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{self.magnification:.0%}".replace("%", " %"))

    def sizeHint(self) -> QSize:
        """Return its fixed size."""
        return QSize(SIDE_PX, SIDE_PX)
