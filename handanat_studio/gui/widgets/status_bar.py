"""The status bar: position, saved state, zoom, cursor, a passing hint, and the jobs at the right."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.widgets.job_tray import JobSummary
from handanat_studio.gui.widgets.save_state import SaveState

FIELDS = ("position", "zoom", "cursor")
HINT_MS = 4000


class StatusBar(QStatusBar):
    """Follows the context's status, saves and jobs."""

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = {name: QLabel() for name in FIELDS}
        for label in self._fields.values():
            label.setFont(theme.font("caption", tabular=True))
        self._hint = QLabel()
        self._hint.setFont(theme.font("caption"))
        theme.style_as(self._hint, quiet=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(HINT_MS)
        self.setSizeGripEnabled(False)
        for widget in (self._fields["position"], SaveState(ctx), self._fields["zoom"], self._fields["cursor"]):
            widget.setContentsMargins(theme.S8, 0, theme.S8, 0)
            self.addWidget(widget)
        self.addWidget(self._hint, 1)
        self.addPermanentWidget(JobSummary(ctx.jobs))
        self._pause.timeout.connect(self._hint.clear)
        ctx.status_changed.connect(self.set_field)
        self.clear_fields()

    @property
    def hint(self) -> str:
        """What is said for a moment."""
        return self._hint.text()

    def set_field(self, name: str, text: str) -> None:
        """Show a field's text; "hint" goes away by itself."""
        if name == "hint":
            self._hint.setText(text)
            self._pause.start()
            return
        self._fields[name].setText(text)
        self._fields[name].setVisible(bool(text))

    def clear_fields(self) -> None:
        """Show nothing of the page before."""
        for name in FIELDS:
            self.set_field(name, "")
