"""The graphics item of the digit network's maps: lies between the picture and the hands. Shows what it is given."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from handanat_studio.gui.editor.evidence_paint import EvidencePicture, paint_evidence

EDGE_PX = 4.0


class EvidenceItem(QGraphicsItem):
    """Paints one hand's maps; nothing until it has some."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: EvidencePicture | None = None
        self._parts: frozenset[str] = frozenset()
        self._zoom = 1.0
        self.setZValue(-1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def picture(self) -> EvidencePicture | None:
        """What is shown."""
        return self._picture

    def show_picture(self, picture: EvidencePicture | None) -> None:
        """Show another hand's maps, None = none."""
        self.prepareGeometryChange()
        self._picture = picture
        self.update()

    def set_parts(self, parts: frozenset[str]) -> None:
        """Say which maps are painted."""
        self._parts = parts
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Tell the screen pixels per image pixel."""
        self.prepareGeometryChange()
        self._zoom = zoom

    def boundingRect(self) -> QRectF:
        """Return the square that was looked at, with room for its outlines."""
        if self._picture is None:
            return QRectF()
        edge = EDGE_PX / self._zoom
        return self._picture.box.adjusted(-edge, -edge, edge, edge)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the maps that are switched on."""
        if self._picture is not None:
            paint_evidence(painter, self._picture, self._parts, self._zoom)
