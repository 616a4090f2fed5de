"""The adjustments card over the canvas: how bright and steep the picture is, how strong and large the overlay is."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons
from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.gui.editor.tone import GAMMA_MAX
from handanat_studio.gui.editor.value_slider import Scale, ValueSlider
from handanat_studio.gui.theme import S4, S8, S12, font, style_as
from handanat_studio.settings import Settings

WIDTH_PX = 316
STEPS = 100


def _signed_percent(value: float) -> str:
    step = round(value * 100)
    return f"{'+' if step > 0 else '−' if step < 0 else ''}{abs(step)}"


SHARE = Scale(-STEPS, STEPS, lambda step: step / STEPS, lambda value: round(value * STEPS), _signed_percent)
GAMMA = Scale(
    -STEPS,
    STEPS,
    lambda step: round(GAMMA_MAX ** (step / STEPS), 3),
    lambda value: round(math.log(max(value, 1e-3), GAMMA_MAX) * STEPS),
    lambda value: f"{value:.2f}",
)
OPACITY = Scale(
    10, 100, lambda step: step / 100, lambda value: round(value * 100), lambda value: f"{value:.0%}"[:-1] + " %"
)
SIZE = Scale(3, 14, int, round, lambda value: f"{value:.0f} px")
SLIDERS: tuple[tuple[str, str, Scale], ...] = (
    ("brightness", "Brightness", SHARE),
    ("contrast", "Contrast", SHARE),
    ("gamma", "Gamma", GAMMA),
    ("overlay_opacity", "Opacity", OPACITY),
    ("marker_px", "Mark size", SIZE),
)
"""Setting, title, scale; the first `OF_PICTURE` concern the picture, the others the overlay."""
OF_PICTURE = 3
OWN_KEYS = {
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Space,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
}
SWITCHES = (("names", "Names"), ("edges", "Bones"), ("arcs", "Arcs"), ("labels", "Degrees"))


class AdjustCard(QFrame):
    """Floats at the top right of a view.

    Signals:
        moved(setting, value): something is to be shown with another value, now.
        settled(): the value may be kept.
        switched(name): a part of the overlay is to be switched.
        closed(): the card was put away by its button or by Escape.

    Args:
        over: the view it floats on.
    """

    moved = Signal(str, float)
    settled = Signal()
    switched = Signal(str)
    closed = Signal()

    def __init__(self, over: PictureView) -> None:
        super().__init__(over)
        self._over = over
        style_as(self, card="true")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAccessibleName("View adjustments")
        self.setFixedWidth(WIDTH_PX)
        self.rows = {name: ValueSlider(title, scale, getattr(Settings(), name)) for name, title, scale in SLIDERS}
        self.chips = {name: QPushButton(title) for name, title in SWITCHES}
        self.reset = QPushButton("Reset all")
        self._close = QToolButton()
        self._build()
        self._wire()
        over.viewport().installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        title, overlay = QLabel("Picture"), QLabel("Overlay")
        for heading in (title, overlay):
            heading.setFont(font("body", bold=True))
        self._close.setIcon(icons.icon("close"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setFixedSize(24, 24)
        self._close.setAccessibleName("Close the adjustments")
        self._close.setToolTip("Close")
        style_as(self.reset, kind="link")
        top, chips = QHBoxLayout(), QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.reset)
        top.addWidget(self._close)
        chips.setSpacing(S4)
        for chip in self.chips.values():
            chip.setCheckable(True)
            style_as(chip, kind="chip")
            chips.addWidget(chip)
        chips.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S8, S12, S12)
        layout.setSpacing(2)
        layout.addLayout(top)
        for place, row in enumerate(self.rows.values()):
            if place == OF_PICTURE:
                layout.addSpacing(S8)
                layout.addWidget(overlay)
            layout.addWidget(row)
        layout.addSpacing(S4)
        layout.addLayout(chips)

    def _wire(self) -> None:
        for name, row in self.rows.items():
            row.moved.connect(lambda value, name=name: self.moved.emit(name, value))
            row.settled.connect(self.settled)
        for name, chip in self.chips.items():
            chip.clicked.connect(lambda _=False, name=name: self.switched.emit(name))
        self.reset.clicked.connect(self._on_reset)
        self._close.clicked.connect(self.closed)

    def show_settings(self, settings: Settings, switches: dict[str, bool]) -> None:
        """Show what applies.

        Args:
            settings: the sliders' values.
            switches: name of each switch -> whether it is on.
        """
        for name, row in self.rows.items():
            row.show_value(float(getattr(settings, name)))
        for name, chip in self.chips.items():
            chip.setChecked(switches[name])
        self._show_reset()

    def _show_reset(self) -> None:
        self.reset.setEnabled(any(row.track.value() != row.track.neutral for row in self.rows.values()))

    def _on_reset(self) -> None:
        for row in self.rows.values():
            row.track.setValue(row.track.neutral)

    def place(self) -> None:
        """Stand at the top right of the view."""
        self.adjustSize()
        frame = self._over.viewport().geometry()
        self.move(frame.right() + 1 - S12 - self.width(), frame.top() + S12)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the view changes its size."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    # ---- keys: the card floats on a view that keeps Tab for itself ---------------------------------------------------

    def _stops(self) -> list[QWidget]:
        stops: list[QWidget] = [self.reset, self._close]
        for row in self.rows.values():
            stops += row.controls()
        stops += self.chips.values()
        return [stop for stop in stops if stop.isVisible() and stop.isEnabled()]

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Walk the card's controls with Tab, round and round; Escape leaves it."""
        stops, now = self._stops(), self.focusWidget()
        if not stops:
            return super().focusNextPrevChild(forward)
        place = stops.index(now) if now in stops else -1
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(place + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def take_focus(self) -> None:
        """Begin at the first slider."""
        next(iter(self.rows.values())).track.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep the card's keys from running commands: Return would submit the hand, PgDn would leave it."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in OWN_KEYS
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape, press a button by Return; no key goes on to the canvas, where an arrow moves a joint."""
        now = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(now, QAbstractButton):
            now.click()
        event.accept()
