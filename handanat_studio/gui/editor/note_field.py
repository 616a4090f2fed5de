"""The note on a hand, handed over when the field is left, not while somebody types."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.text_field import TextField


class NoteField(TextField):
    """Shows and takes the note.

    Signals:
        finished(str): the note was changed and the field left, or Ctrl+Enter or Escape pressed.
    """

    finished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Note", "What should others know about this hand?", 60, parent)
        self._shown = ""
        self.sent.connect(self._leave)
        self.escaped.connect(self._leave)

    def show_note(self, text: str) -> None:
        """Show a stored note, unless somebody is writing here."""
        if text != self._shown and not self.is_dirty:
            self.setPlainText(text)
            self._shown = text

    @property
    def is_dirty(self) -> bool:
        """Whether the text differs from the stored note."""
        return self.toPlainText() != self._shown

    def flush(self) -> None:
        """Hand over what was written."""
        if self.is_dirty:
            self._shown = self.toPlainText()
            self.finished.emit(self._shown)

    def reset(self, text: str) -> None:
        """Show the note of another hand."""
        self._shown = text
        self.setPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over the note when the field is left."""
        super().focusOutEvent(event)
        self.flush()

    def _leave(self) -> None:
        self.flush()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()
