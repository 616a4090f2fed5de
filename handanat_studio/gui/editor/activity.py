"""Tells the active-time clock of every key, click and mouse move on the widgets it follows, and when work stops."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject

from handanat_studio.gui.editor.active_time import ActiveClock

SIGNS_OF_LIFE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.KeyPress,
    QEvent.Type.Wheel,
)
PAUSES = (QEvent.Type.WindowDeactivate, QEvent.Type.Hide)


class ActivityWatch(QObject):
    """Touches a clock.

    Args:
        clock: the clock.
    """

    def __init__(self, clock: ActiveClock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock

    def follow(self, *widgets: QObject) -> None:
        """Watch widgets."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a sign of life and let it pass; nothing counts while the window is not in use or the page is hidden."""
        if event.type() in SIGNS_OF_LIFE:
            self._clock.touch()
        elif event.type() in PAUSES:
            self._clock.pause()
        return super().eventFilter(watched, event)
