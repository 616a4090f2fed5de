"""The saved state in the status bar: nothing yet, saving, saved at a time, or not saved."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context

LOOKS = {
    "saving": ("saving", "secondary"),
    "saved": ("saved", "in_range"),
    "failed": ("error", "violated"),
}


class SaveState(QWidget):
    """Follows the context's saves; `state` is "", "saving", "saved" or "failed"."""

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setFont(theme.font("caption", tabular=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S8, 0, theme.S8, 0)
        row.setSpacing(theme.S4)
        row.addWidget(self._icon)
        row.addWidget(self._text)
        self.state = ""
        self._show("", "")
        ctx.saving.connect(lambda: self._show("saving", "Saving…"))
        ctx.saved.connect(lambda time: self._show("saved", f"Saved {time}"))
        ctx.save_failed.connect(lambda why: self._show("failed", "Not saved", why))
        ctx.project_closed.connect(lambda: self._show("", ""))
        ctx.settings_changed.connect(lambda _settings: self._paint_icon())

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text()

    def _show(self, state: str, text: str, tip: str = "") -> None:
        self.state = state
        self._text.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setVisible(bool(state))
        self._paint_icon()

    def _paint_icon(self) -> None:
        if self.state:
            self._icon.setPixmap(icons.icon(*LOOKS[self.state]).pixmap(16, 16))
