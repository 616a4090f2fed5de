"""How the digit network's maps look on an image: heat of tips and bases, outline of the hand, seams, fused digits.

The colours are none of the annotation's. They differ in lightness as well as in hue, every line has a halo, and each
map has a form of its own, so that they read on light and dark skin and to colour-blind eyes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from handanat_studio.gui.editor.evidence_maps import EvidenceMaps
from handanat_studio.gui.theme import HALO_COLOUR
from handanat_studio.hand.values import HandPose
from handanat_studio.hand.webbing import web_depth_from_mask

TIP, BASE, HAND, SEAM, FUSED = "tip", "base", "hand", "seam", "fused"
TINTS = {
    TIP: QColor("#19E3FF"),
    BASE: QColor("#9A45FF"),
    HAND: QColor("#FFFFFF"),
    SEAM: QColor("#FFF04D"),
    FUSED: QColor("#FF5A2B"),
}
FINER = 4
"""Maps are drawn this much finer than the network says them."""
LEAST = 0.06
"""Fainter heat is not drawn."""
STRONGEST = {TIP: 0.85, BASE: 0.75, SEAM: 0.8}
SEAM_FROM, SEAM_CORE, SEAM_FULL = 0.4, 0.5, 0.65
"""A seam's halo begins at the first value, its line at the second; it has its full colour at the third."""
LEVELS = {TIP: 0.5, BASE: 0.5, HAND: 0.5, FUSED: 0.5}
"""Where outlines run: a peak that rises above has a ring."""
NO_VALLEY = 0.9
"""From this depth on there is no end of the flesh between two digits."""


@dataclass(frozen=True, slots=True, eq=False)
class EvidencePicture:
    """One hand's maps, ready to be painted.

    Attributes:
        box: where they lie, in image pixels.
        heats: map -> picture to stretch over the box.
        lines: map -> outlines in image pixels.
        flesh: (S, S) bool, skin of a hand without the seams between separate digits.
    """

    box: QRectF
    heats: dict[str, QImage]
    lines: dict[str, QPainterPath]
    flesh: NDArray[np.bool_]


def picture_of(maps: EvidenceMaps) -> EvidencePicture:
    """Return the maps as pictures and outlines."""
    fine = {name: _finer(levels) for name, levels in maps.maps.items()}
    box = QRectF(maps.box.x, maps.box.y, maps.box.width, maps.box.height)
    heats = {name: _heat(fine[name], name) for name in (TIP, BASE)} | {SEAM: _seams(fine[SEAM])}
    lines = {name: _outline(fine[name], level, box) for name, level in LEVELS.items()}
    flesh = (fine[HAND] > 0.5) & ((fine[SEAM] < 0.5) | (fine[FUSED] > 0.5))
    return EvidencePicture(box, heats, lines, flesh)


def web_depths(picture: EvidencePicture, pose: HandPose) -> NDArray[np.float64]:
    """Return (4,) how deep the webs of a pose, in image pixels, are in the flesh, NaN = not seen; see `hand.webbing`.

    Where the flesh ends nowhere between two digits one of them is folded or behind the other: no web is seen then.
    """
    corner = np.array([picture.box.x(), picture.box.y()])
    points = (pose.points - corner) * (len(picture.flesh) / picture.box.width())
    depths = web_depth_from_mask(picture.flesh, replace(pose, points=points.astype(np.float32)))
    return np.where(depths < NO_VALLEY, depths, np.nan)


def _finer(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    side = len(levels) * FINER
    values = Image.fromarray(levels.astype(np.float32) / 255.0)
    return np.asarray(values.resize((side, side), Image.Resampling.BICUBIC), np.float32).clip(0.0, 1.0)


def _heat(values: NDArray[np.float32], name: str) -> QImage:
    """Return a picture in one colour that is the less transparent the likelier a place is."""
    alpha = np.sqrt(_ramp(values, LEAST, 1.0)) * STRONGEST[name]
    return _tinted(TINTS[name], alpha, alpha)


def _seams(values: NDArray[np.float32]) -> QImage:
    """Return a picture of seams as lines with a dark halo."""
    halo = _ramp(values, SEAM_FROM, SEAM_CORE) * HALO_COLOUR.alphaF()
    core = _ramp(values, SEAM_CORE, SEAM_FULL) * STRONGEST[SEAM]
    return _tinted(TINTS[SEAM], core, np.maximum(halo, core))


def _ramp(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Return 0 up to `low`, 1 from `high` on."""
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _tinted(tint: QColor, share: NDArray[np.float32], alpha: NDArray[np.float32]) -> QImage:
    """Return a picture of a colour; what is opaque without a share of the colour is black."""
    pixels = np.empty((*alpha.shape, 4), np.uint8)
    # Premultiplied, blue first: as Qt's 32-bit pictures lie in the memory of the machines we know.
    for channel, part in enumerate((tint.blue(), tint.green(), tint.red())):
        pixels[..., channel] = np.round(share * part)
    pixels[..., 3] = np.round(alpha * 255)
    high, wide = alpha.shape
    return QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _outline(values: NDArray[np.float32], level: float, box: QRectF) -> QPainterPath:
    side = len(values)
    path = QPainterPath()
    # A border of nothing closes the outline of what the square cuts off.
    for line in contour_generator(z=np.pad(values, 1)).lines(level):
        places = (np.asarray(line) - 0.5) / side
        spots = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in places.tolist()]
        path.addPolygon(QPolygonF(spots))
    return path


def paint_evidence(painter: QPainter, picture: EvidencePicture, parts: frozenset[str], zoom: float) -> None:
    """Paint some of the maps.

    Args:
        painter: in image pixels.
        picture: what to paint.
        parts: names of the maps.
        zoom: screen pixels per image pixel; lines keep their width on the screen.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if HAND in parts:
        _stroke(painter, picture.lines[HAND], TINTS[HAND], zoom, width=1.4)
    if FUSED in parts:
        _paint_fused(painter, picture.lines[FUSED], zoom)
    for name in (SEAM, BASE, TIP):
        if name in parts:
            painter.drawImage(picture.box, picture.heats[name])
    if BASE in parts:
        _stroke(painter, picture.lines[BASE], TINTS[BASE], zoom, width=1.6, dashes=(2.2, 1.6))
    if TIP in parts:
        _stroke(painter, picture.lines[TIP], TINTS[TIP], zoom, width=1.6)


def _paint_fused(painter: QPainter, path: QPainterPath, zoom: float) -> None:
    brush = QBrush(TINTS[FUSED], Qt.BrushStyle.BDiagPattern)
    brush.setTransform(painter.worldTransform().inverted()[0])
    painter.fillPath(path, brush)
    _stroke(painter, path, TINTS[FUSED], zoom, width=1.2)


def _stroke(
    painter: QPainter, path: QPainterPath, tint: QColor, zoom: float, *, width: float, dashes: tuple[float, ...] = ()
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, px in ((HALO_COLOUR, width + 1.8), (tint, width)):
        pen = QPen(colour, px / zoom)
        if dashes and colour is tint:
            pen.setDashPattern(list(dashes))
        painter.setPen(pen)
        painter.drawPath(path)
