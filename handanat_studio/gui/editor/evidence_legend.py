"""The legend of the digit network's layer: what each colour and line means, each a switch, and how far the maps are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui.editor.evidence_paint import BASE, FUSED, HAND, SEAM, TINTS, TIP
from handanat_studio.gui.theme import S4, S8, S12, colour, font, style_as

WEBS = "webs"
ENTRIES = (
    (TIP, "Tips", "How likely a fingertip is seen here; a ring where it is likelier than not"),
    (BASE, "Bases", "How likely a digit begins here; a broken ring where it is likelier than not"),
    (HAND, "Hand", "The outline of what is taken for skin of a hand"),
    (SEAM, "Seams", "Where two separate digits touch"),
    (FUSED, "Grown together", "Where two digits are one flesh"),
    (WEBS, "Web depth", "How far the skin between two neighbouring digits of the pose reaches"),
)
"""Part, word, what it means."""
SWATCH, RATIO = QSize(22, 16), 2
GROUND = QColor("#6f5a4e")
"""The swatches lie on a tone between the skins, the same in both themes."""


class EvidenceLegend(QFrame):
    """Floats at the bottom right of a view.

    Signals:
        switched(): another choice of parts.

    Args:
        over: the view.
    """

    switched = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("What the digit network sees")
        style_as(self, card="true")
        self.buttons = {part: _switch(part, word, tip) for part, word, tip in ENTRIES}
        self._state = QLabel()
        self._build()
        over.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        title = QLabel("Digit network")
        title.setFont(font("caption", bold=True))
        self._state.setFont(font("caption"))
        self._state.setWordWrap(True)
        style_as(self._state, quiet="true")
        grid = QGridLayout()
        grid.setSpacing(0)
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // 2, place % 2)
            button.clicked.connect(self.switched)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(S8, S8, S8, S8)
        column.setSpacing(S4)
        column.addWidget(title)
        column.addLayout(grid)
        column.addWidget(self._state)

    @property
    def parts(self) -> frozenset[str]:
        """The parts that are switched on."""
        return frozenset(part for part, button in self.buttons.items() if button.isChecked())

    @property
    def state(self) -> str:
        """How far the maps are, in words; "" = they are shown."""
        return self._state.text()

    def say(self, state: str) -> None:
        """Say how far the maps are, "" = nothing to say."""
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.place()

    def place(self) -> None:
        """Stand in the corner of the view."""
        self._column.activate()
        width = self.sizeHint().width()
        self.resize(width, max(self.heightForWidth(width), self.sizeHint().height()))
        self.move(self._over.width() - self.width() - S12, self._over.height() - self.height() - S12)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the view changes its size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.place()
        return super().eventFilter(watched, event)


def _switch(part: str, word: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(word)
    button.setFont(font("caption"))
    button.setCheckable(True)
    button.setChecked(True)
    button.setIcon(_icon(part))
    button.setIconSize(SWATCH)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setMinimumHeight(24)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    style_as(button, kind="legend")
    return button


def _icon(part: str) -> QIcon:
    drawn, pale = _swatch(part), QPixmap(SWATCH * RATIO)
    pale.setDevicePixelRatio(RATIO)
    pale.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pale)
    painter.setOpacity(0.3)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    icon = QIcon(pale)
    icon.addPixmap(drawn, QIcon.Mode.Normal, QIcon.State.On)
    return icon


def _swatch(part: str) -> QPixmap:
    drawn = QPixmap(SWATCH * RATIO)
    drawn.setDevicePixelRatio(RATIO)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0, 0, SWATCH.width(), SWATCH.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(frame, 3, 3)
    _draw_sign(painter, part, frame)
    painter.end()
    return drawn


def _draw_sign(painter: QPainter, part: str, frame: QRectF) -> None:
    middle, tint = frame.center(), TINTS.get(part, colour("secondary", dark=True))
    left, right = QPointF(frame.left() + 4, middle.y()), QPointF(frame.right() - 4, middle.y())
    if part in (TIP, BASE):
        inner = QColor(tint)
        inner.setAlphaF(0.7)
        painter.setBrush(inner)
        pen = QPen(tint, 1.6)
        if part == BASE:
            pen.setDashPattern([1.6, 1.2])
        painter.setPen(pen)
        painter.drawEllipse(middle, 5.0, 5.0)
    elif part == FUSED:
        painter.setBrush(QBrush(tint, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(tint, 1.2))
        painter.drawRect(frame.adjusted(5, 3.5, -5, -3.5))
    elif part == HAND:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tint, 1.4))
        painter.drawRoundedRect(frame.adjusted(4.5, 3, -4.5, -3), 4, 4)
    else:
        painter.setPen(QPen(tint, 2.0))
        painter.drawLine(left, right)
        if part == WEBS:
            for end in (left, right):
                painter.drawLine(end - QPointF(0, 3), end + QPointF(0, 3))
