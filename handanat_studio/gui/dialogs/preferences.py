"""Preferences: everything applies at once, there is no OK and no Cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.registry import SCORERS
from handanat_studio.settings import settings_file

MOST_WORKERS = 64


class PreferencesDialog(QDialog):
    """Edits the settings that people change; the file holds the rest."""

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        settings = ctx.settings
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(480)
        self._annotator = QLineEdit(settings.annotator)
        self._theme = _choice([name.capitalize() for name in theme.THEMES], settings.theme.capitalize())
        self._scorer = _choice(SCORERS.names(), settings.scorer)
        self._workers = QSpinBox()
        self._workers.setRange(1, MOST_WORKERS)
        self._workers.setValue(settings.workers)
        self._workers.setMinimumHeight(theme.HIT)
        form = QFormLayout()
        form.setVerticalSpacing(theme.S12)
        form.setHorizontalSpacing(theme.S16)
        rows = (
            ("Annotator", self._annotator, "Your verdicts and corrections are kept under this name."),
            ("Theme", self._theme, "System follows the desktop."),
            ("Scorer", self._scorer, "Whose score the library shows."),
            ("Workers", self._workers, "Processes that look for hands at the same time."),
        )
        for name, field, note in rows:
            field.setAccessibleName(name)
            field.setAccessibleDescription(note)
            caption = QLabel(note)
            caption.setFont(theme.font("caption"))
            theme.style_as(caption, quiet=True)
            stack = QVBoxLayout()
            stack.setSpacing(theme.S4)
            stack.addWidget(field)
            stack.addWidget(caption)
            form.addRow(name, stack)
        where = QLabel(f"Kept in {settings_file()}. Keys can be changed there under [shortcuts].")
        where.setWordWrap(True)
        where.setFont(theme.font("caption"))
        theme.style_as(where, quiet=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S16)
        column.addLayout(form)
        column.addWidget(where)
        self._annotator.editingFinished.connect(self._on_annotator)
        self._theme.currentTextChanged.connect(lambda name: ctx.change_settings(theme=name.lower()))
        self._scorer.currentTextChanged.connect(lambda name: ctx.change_settings(scorer=name))
        self._workers.valueChanged.connect(lambda count: ctx.change_settings(workers=count))

    def _on_annotator(self) -> None:
        name = self._annotator.text().strip()
        if name and name != self._ctx.annotator:
            self._ctx.change_settings(annotator=name)
        self._annotator.setText(self._ctx.annotator)


def _choice(names: list[str], current: str) -> QComboBox:
    box = QComboBox()
    box.addItems(names)
    box.setCurrentText(current)
    return box
