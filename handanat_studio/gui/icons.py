"""Icons drawn as SVG in `currentColor`, tinted by the palette at the moment they are painted."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from handanat_studio.gui.theme import colour
from handanat_studio.paths import resource


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _renderer(name: str, rgb: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", rgb).encode()))


def paint(painter: QPainter, name: str, rect: QRect | QRectF, tint: QColor) -> None:
    """Draw an icon into a rectangle in one colour."""
    _renderer(name, tint.name()).render(painter, QRectF(rect))


def pixmap(name: str, size: int, tint: QColor, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a square pixmap of `size` logical pixels."""
    result = QPixmap(round(size * ratio), round(size * ratio))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    paint(painter, name, result.rect(), tint)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def icon(name: str, role: str = "") -> QIcon:
    """Return a tintable icon.

    Args:
        name: file name in `resources/icons` without ".svg".
        role: a theme role to paint in; "" = the text colour of the palette, whatever the theme is.
    """
    return QIcon(_Engine(name, role))


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def _tint(self, mode: QIcon.Mode) -> QColor:
        if mode is QIcon.Mode.Disabled:
            return colour("disabled")
        if self._role:
            return colour(self._role)
        role = QPalette.ColorRole.HighlightedText if mode is QIcon.Mode.Selected else QPalette.ColorRole.ButtonText
        return QGuiApplication.palette().color(role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint(painter, self._name, rect, self._tint(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, min(size.width(), size.height()), self._tint(mode))

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # Qt asks in logical pixels; one that is larger than it needs would do no harm, one that is smaller is blurred.
        return pixmap(self._name, min(size.width(), size.height()), self._tint(mode), scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)
