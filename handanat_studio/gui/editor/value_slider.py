"""A labelled slider with its value and a button that takes it back; a double click on the slider does the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.theme import S4, S8, colour, font, style_as

ROW_PX = 28
HANDLE_PX = 6.5
TITLE_PX, VALUE_PX = 78, 46


@dataclass(frozen=True, slots=True)
class Scale:
    """How the whole steps of a slider stand for a value.

    Attributes:
        low, high: first and last step.
        to_value, to_step: convert between steps and values.
        words: writes a value.
    """

    low: int
    high: int
    to_value: Callable[[int], float]
    to_step: Callable[[float], int]
    words: Callable[[float], str]


class Track(QSlider):
    """The slider itself: filled from its neutral step, so that one sees which way it was moved."""

    def __init__(self, low: int, high: int, neutral: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.neutral = neutral
        self.setRange(low, high)
        self.setPageStep(max(1, (high - low) // 10))
        self.setMinimumHeight(24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _x_of(self, step: int) -> float:
        share = (step - self.minimum()) / (self.maximum() - self.minimum())
        return HANDLE_PX + 2 + share * (self.width() - 2 * HANDLE_PX - 4)

    def _step_at(self, x: float) -> int:
        share = (x - HANDLE_PX - 2) / max(self.width() - 2 * HANDLE_PX - 4, 1.0)
        return round(self.minimum() + min(max(share, 0.0), 1.0) * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the mouse is at once."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self.setValue(self._step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to neutral."""
        self.setSliderDown(False)
        self.setValue(self.neutral)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, the part that was moved, a notch at neutral, and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        start, end = self._x_of(self.minimum()), self._x_of(self.maximum())
        neutral, now = self._x_of(self.neutral), self._x_of(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line"))
        painter.drawRoundedRect(QRectF(start, middle - 2, end - start, 4), 2, 2)
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(QRectF(min(neutral, now), middle - 2, abs(now - neutral), 4), 2, 2)
        if self.minimum() < self.neutral < self.maximum():
            painter.setPen(QPen(colour("secondary"), 1.5))
            painter.drawLine(QPointF(neutral, middle - 5), QPointF(neutral, middle + 5))
        painter.setPen(
            QPen(colour("accent") if self.hasFocus() else colour("secondary"), 2 if self.hasFocus() else 1.2)
        )
        painter.setBrush(colour("raised") if self.hasFocus() else colour("text"))
        painter.drawEllipse(QPointF(now, middle), HANDLE_PX, HANDLE_PX)


class ValueSlider(QWidget):
    """One row: title, slider, value, and a button to take it back.

    Signals:
        moved(float): the value is another one; while the mouse drags, too.
        settled(): the mouse has let go, or a key or a button set it.

    Args:
        title: what it sets.
        scale: how its steps stand for the value.
        neutral: the value it goes back to.
    """

    moved = Signal(float)
    settled = Signal()

    def __init__(self, title: str, scale: Scale, neutral: float) -> None:
        super().__init__()
        self._scale = scale
        self._title = title
        self.track = Track(scale.low, scale.high, scale.to_step(neutral))
        self.track.setAccessibleName(title)
        label, self.figure = QLabel(title), QLabel()
        label.setFixedWidth(TITLE_PX)
        label.setBuddy(self.track)
        self.figure.setFixedWidth(VALUE_PX)
        self.figure.setFont(font("body", tabular=True))
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        style_as(label, quiet=True)
        self.back = QToolButton()
        self.back.setIcon(icons.icon("reset", "secondary"))
        self.back.setIconSize(QSize(16, 16))
        self.back.setFixedSize(24, 24)
        self.back.setToolTip(f"Reset {title.lower()}")
        self.back.setAccessibleName(f"Reset {title.lower()}")
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S4)
        layout.addWidget(label)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.figure)
        layout.addSpacing(S8 - S4)
        layout.addWidget(self.back)
        self.setFixedHeight(ROW_PX)
        self.track.valueChanged.connect(self._on_changed)
        self.track.sliderReleased.connect(self.settled)
        self.back.clicked.connect(lambda: self.track.setValue(self.track.neutral))
        self._write()

    @property
    def value(self) -> float:
        """What it stands for."""
        return self._scale.to_value(self.track.value())

    def show_value(self, value: float) -> None:
        """Show a value without telling that it moved."""
        self.track.blockSignals(True)
        self.track.setValue(self._scale.to_step(value))
        self.track.blockSignals(False)
        self._write()

    def controls(self) -> tuple[QWidget, QAbstractButton]:
        """Return what Tab stops at."""
        return self.track, self.back

    def _on_changed(self) -> None:
        self._write()
        self.moved.emit(self.value)
        if not self.track.isSliderDown():
            self.settled.emit()

    def _write(self) -> None:
        words = self._scale.words(self.value)
        self.figure.setText(words)
        self.track.setAccessibleDescription(words)
        self.track.setToolTip(f"{self._title}: {words}. Double-click resets it.")
        self.back.setVisible(self.track.value() != self.track.neutral)
        self.track.update()
