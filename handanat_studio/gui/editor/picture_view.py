"""A view on one picture: shows it, zooms at the cursor, fits and scrolls. Knows no hands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from handanat_studio.gui.editor.tone import Tone, toned
from handanat_studio.gui.theme import colour
from handanat_studio.hand.values import Box

ZOOM_MIN, ZOOM_MAX = 0.02, 40.0
PIXELATED_ABOVE = 8.0
FIT_MARGIN_PX = 24


class PictureView(QGraphicsView):
    """One picture on the canvas surround; scene coordinates are pixels of the upright image.

    Signals:
        zoom_changed(float): screen pixels per image pixel.
        view_moved(): another part of the image is in view, or at another zoom.
        picture_changed(): another picture is shown, or the same one in another tone.
    """

    zoom_changed = Signal(float)
    view_moved = Signal()
    picture_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(self._scene)
        self._image = QPixmap()
        self._image_rect = QRectF()
        self._tone = Tone()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        # The image is the cached background: a drag then repaints only the overlay above a blitted picture.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setMinimumSize(QSize(240, 180))

    def show_image(self, image: QImage | None, width: int, height: int) -> None:
        """Show a picture as `width` x `height` image pixels (a small placeholder is stretched); None = blank."""
        self.show_pixmap(QPixmap() if image is None else QPixmap.fromImage(image), width, height)

    def show_pixmap(self, picture: QPixmap, width: int, height: int) -> None:
        """Show a picture that is decoded already, as `width` x `height` image pixels; a null one = blank."""
        self._image = picture
        rect = QRectF(0, 0, max(width, 1), max(height, 1))
        if rect != self._image_rect:
            self._image_rect = rect
            roam = 4.0 * max(rect.width(), rect.height())
            self._scene.setSceneRect(rect.adjusted(-roam, -roam, roam, roam))
            self._tell_zoom()
        self.redraw()
        self.picture_changed.emit()

    def set_tone(self, tone: Tone) -> None:
        """Show the picture brighter, darker, steeper or flatter; its file stays as it is."""
        if tone != self._tone:
            self._tone = tone
            self.redraw()
            self.picture_changed.emit()

    @property
    def tone(self) -> Tone:
        """How the picture is shown."""
        return self._tone

    @property
    def picture(self) -> QPixmap:
        """The picture as it is in the file, stretched over `image_rect`; null while it is blank."""
        return self._image

    @property
    def image_rect(self) -> QRectF:
        """Where the picture lies, in image pixels."""
        return self._image_rect

    @property
    def picture_is_blank(self) -> bool:
        """Whether the picture is still being decoded, or cannot be read."""
        return self._image.isNull()

    def redraw(self) -> None:
        """Paint the image anew, after another picture or theme."""
        self.resetCachedContent()
        self.viewport().update()

    # ---- zoom and pan --------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Screen pixels per image pixel."""
        return self.transform().m11()

    def fit_image(self) -> None:
        """Show the whole image."""
        self.fit_box(Box(0, 0, self._image_rect.width(), self._image_rect.height()), margin=0.0)

    def fit_box(self, box: Box, *, margin: float = 0.35, limit: float = ZOOM_MAX) -> None:
        """Show a box in image pixels, with a margin as a share of its longer side."""
        room = self.viewport().size() - QSize(2 * FIT_MARGIN_PX, 2 * FIT_MARGIN_PX)
        around = 1 + 2 * margin
        side = max(box.width, box.height, 1.0)
        wide, high = max(box.width, side * 0.3) * around, max(box.height, side * 0.3) * around
        zoom = min(max(room.width(), 1) / wide, max(room.height(), 1) / high, limit)
        self.set_zoom(zoom, centre=QPointF(box.x + box.width / 2, box.y + box.height / 2))

    def set_zoom(self, zoom: float, *, centre: QPointF | None = None) -> None:
        """Zoom about the middle of the view, or put `centre` (image pixels) there."""
        middle = self.mapToScene(self.viewport().rect().center()) if centre is None else centre
        zoom = min(max(zoom, ZOOM_MIN), ZOOM_MAX)
        if zoom != self.zoom:
            self.resetTransform()
            self.scale(zoom, zoom)
        self.centerOn(middle)
        self._tell_zoom()

    def is_whole_image_shown(self) -> bool:
        """Tell whether the image fits into the view at the present zoom."""
        size = self.viewport().size()
        return self._image_rect.width() * self.zoom <= size.width() + 1 and (
            self._image_rect.height() * self.zoom <= size.height() + 1
        )

    def shows(self, box: Box) -> bool:
        """Tell whether a box in image pixels lies wholly in the view."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        return seen.contains(QRectF(box.x, box.y, box.width, box.height))

    def reveal(self, x: float, y: float) -> None:
        """Bring an image point into view if it is not."""
        edge = 40 / self.zoom
        self.ensureVisible(QRectF(x - edge, y - edge, 2 * edge, 2 * edge), 0, 0)

    def look_at(self, x: float, y: float) -> None:
        """Bring an image point to the middle."""
        self.centerOn(QPointF(x, y))

    def seen(self) -> QRectF:
        """Return the part of the scene that is in view, in image pixels; it may reach beyond the image."""
        frame = self.viewport().rect()
        return QRectF(self.mapToScene(frame.topLeft()), self.mapToScene(frame.bottomRight() + QPoint(1, 1)))

    def _tell_zoom(self) -> None:
        self.zoom_changed.emit(self.zoom)
        self.view_moved.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell that the view moves."""
        super().scrollContentsBy(dx, dy)
        self.view_moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that more or less is in view."""
        super().resizeEvent(event)
        self.view_moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, keeping the image point under the cursor."""
        steps = event.angleDelta().y() / 120.0
        if steps == 0:
            return
        spot = event.position()
        before = self.mapToScene(spot.toPoint())
        zoom = min(max(self.zoom * 1.2**steps, ZOOM_MIN), ZOOM_MAX)
        self.resetTransform()
        self.scale(zoom, zoom)
        shift = self.mapFromScene(before) - spot.toPoint()
        self._scroll(shift.x(), shift.y())
        self._tell_zoom()
        event.accept()

    def _scroll(self, dx: int, dy: int) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    # ---- the picture ---------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme: the surround is part of the cached picture."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.redraw()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the surround and the picture; pixels stay square when zoomed in far."""
        painter.fillRect(rect, colour("canvas"))
        if self._image.isNull():
            painter.fillRect(self._image_rect, colour("panel"))
            return
        smooth = self.zoom < PIXELATED_ABOVE
        if self._tone.is_neutral:
            self._paint_picture(painter, smooth)
        else:
            self._paint_toned(painter, smooth)

    def _paint_picture(self, painter: QPainter, smooth: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(self._image_rect, self._image, QRectF(self._image.rect()))

    def _paint_toned(self, painter: QPainter, smooth: bool) -> None:
        """Paint what is on the screen and change its levels there: the cost follows the screen, not the picture."""
        onto, ratio = painter.worldTransform(), painter.device().devicePixelRatio()
        visible = onto.mapRect(self._image_rect).toAlignedRect() & self.viewport().rect()
        if painter.hasClipping():
            visible &= onto.mapRect(painter.clipBoundingRect()).toAlignedRect()
        if visible.isEmpty():
            return
        part = QImage(visible.size() * ratio, QImage.Format.Format_RGB32)
        part.setDevicePixelRatio(ratio)
        part.fill(colour("canvas"))
        inner = QPainter(part)
        inner.translate(-visible.x(), -visible.y())
        inner.setTransform(onto, combine=True)
        self._paint_picture(inner, smooth)
        inner.end()
        painter.save()
        painter.setClipRect(self._image_rect, Qt.ClipOperation.IntersectClip)
        painter.resetTransform()
        painter.drawImage(visible.topLeft(), toned(part, self._tone))
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Show keyboard focus as a thin frame inside the view."""
        if not self.hasFocus():
            return
        painter.save()
        painter.resetTransform()
        frame, tint = self.viewport().rect(), colour("accent")
        wide, high = frame.width(), frame.height()
        for edge in (
            QRect(0, 0, wide, 1),
            QRect(0, high - 1, wide, 1),
            QRect(0, 0, 1, high),
            QRect(wide - 1, 0, 1, high),
        ):
            painter.fillRect(edge, tint)
        painter.restore()
