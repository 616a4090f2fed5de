"""Preferences in sections: everything applies at once, there is no OK and no Cancel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.key_editor import KeyEditor
from handanat_studio.registry import SCORERS
from handanat_studio.settings import QUICK_REASONS, Settings, settings_file

SECTIONS = ("General", "Annotate", "Review", "Backups", "Keys")
MOST_WORKERS = 64
WIDTH, HEIGHT = 780, 600
SECTION_PX = 150
Row = tuple[str, QWidget, str]


class PreferencesDialog(QDialog):
    """Edits the settings that people change; the file holds the rest.

    Args:
        ctx: holds the settings.
        section: which of `SECTIONS` to begin with.
        before_keys: called before the keys are listed for the first time, so that every page's commands are there.
    """

    def __init__(
        self,
        ctx: Context,
        parent: QWidget | None = None,
        *,
        section: str = SECTIONS[0],
        before_keys: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._before_keys = before_keys
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.resize(WIDTH, HEIGHT)
        self._sections = QListWidget()
        self._sections.setAccessibleName("Sections")
        self._sections.setFixedWidth(SECTION_PX)
        theme.style_as(self._sections, kind="sections")
        self._sections.addItems(list(SECTIONS))
        self._stack = QStackedWidget()
        self._keys_at = QVBoxLayout()
        self._keys: KeyEditor | None = None
        self._follow: list[Callable[[Settings], None]] = []
        for make in (self._general, self._annotate, self._review, self._backups):
            self._stack.addWidget(_sheet(make()))
        keys = QWidget()
        keys.setLayout(self._keys_at)
        self._keys_at.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(keys)
        where = QLabel(f"Kept in {settings_file()}.")
        where.setWordWrap(True)
        where.setFont(theme.font("caption"))
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.style_as(where, quiet=True)
        right = QVBoxLayout()
        right.setSpacing(theme.S12)
        right.addWidget(self._stack, 1)
        right.addWidget(where)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        row.setSpacing(theme.S24)
        row.addWidget(self._sections)
        row.addLayout(right, 1)
        self._sections.currentRowChanged.connect(self._on_section)
        ctx.settings_changed.connect(self._on_settings)
        self.show_section(section)

    @property
    def keys(self) -> KeyEditor | None:
        """The shortcut editor, once its section has been shown."""
        return self._keys

    def show_section(self, name: str) -> None:
        """Show a section."""
        self._sections.setCurrentRow(SECTIONS.index(name))

    def _on_section(self, place: int) -> None:
        if SECTIONS[place] == "Keys" and self._keys is None:
            if self._before_keys is not None:
                self._before_keys()
            self._keys = KeyEditor(self._ctx)
            self._keys_at.addWidget(self._keys)
        self._stack.setCurrentIndex(place)

    def _on_settings(self, settings: Settings) -> None:
        """Follow what is changed elsewhere, such as a theme by its command."""
        for follow in self._follow:
            follow(settings)

    # sections --------------------------------------------------------------------------------------------------

    def _general(self) -> list[Row]:
        name = QLineEdit(self._ctx.annotator)
        name.editingFinished.connect(lambda: self._on_annotator(name))
        themes = self._choice("theme", list(theme.THEMES))
        scorer = self._choice("scorer", SCORERS.names())
        return [
            ("Annotator", name, "Your verdicts and corrections are kept under this name."),
            ("Theme", themes, "System follows the desktop."),
            ("Scorer", scorer, "Whose score the library shows."),
            ("Workers", self._number("workers", 1, MOST_WORKERS), "Processes that look for hands at the same time."),
        ]

    def _annotate(self) -> list[Row]:
        reasons = QPlainTextEdit("\n".join(self._ctx.settings.quick_reasons))
        reasons.setTabChangesFocus(True)
        reasons.setFixedHeight(130)
        reasons.textChanged.connect(lambda: self._on_reasons(reasons))
        return [
            ("Marker size", self._number("marker_px", 3, 16, " px"), "Of a joint on the image."),
            ("Overlay", self._percent("overlay_opacity"), "How strongly joints and bones cover the image."),
            ("Joint names", self._switch("show_names", "Beside every joint"), ""),
            ("Degrees", self._switch("show_labels", "At every joint, not only where one is doubtful"), ""),
            ("Zoom", self._switch("sticky_zoom", "Keep it from one image to the next"), ""),
            ("Quick reasons", reasons, "One a line: offered when a hand is returned, commented or contradicts itself."),
        ]

    def _review(self) -> list[Row]:
        text = "Hide who annotated a hand, and what drew it"
        note = "For adjudication: A and B instead of names, and no generator, until the hand is settled."
        return [("Blind", self._switch("blind_review", text), note)]

    def _backups(self) -> list[Row]:
        every = self._number("backup_minutes", 5, 24 * 60, " min")
        kept = self._number("backups_kept", 1, 500)
        return [
            ("Every", every, "A copy of the database is made at most this often, and only when something changed."),
            ("Keep", kept, "Older scheduled copies are deleted; those made by hand or before an update stay."),
        ]

    # fields ----------------------------------------------------------------------------------------------------

    def _choice(self, name: str, values: list[str]) -> QComboBox:
        box = QComboBox()
        for value in values:
            box.addItem(value.capitalize(), value)
        box.setCurrentIndex(max(0, box.findData(getattr(self._ctx.settings, name))))
        box.currentIndexChanged.connect(lambda place: self._change(name, box.itemData(place)))
        self._follow.append(lambda settings: box.setCurrentIndex(max(0, box.findData(getattr(settings, name)))))
        return box

    def _number(self, name: str, low: int, high: int, unit: str = "") -> QSpinBox:
        box = QSpinBox()
        box.setRange(low, high)
        box.setSuffix(unit)
        box.setMaximumWidth(120)
        box.lineEdit().setTextMargins(theme.S4, 0, 0, 0)
        box.setValue(getattr(self._ctx.settings, name))
        box.valueChanged.connect(lambda value: self._change(name, value))
        self._follow.append(lambda settings: box.setValue(getattr(settings, name)))
        return box

    def _percent(self, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(10, 100)
        slider.setPageStep(10)
        slider.setMinimumHeight(theme.HIT)
        slider.setValue(round(100 * getattr(self._ctx.settings, name)))
        slider.valueChanged.connect(lambda value: self._change(name, value / 100))
        self._follow.append(lambda settings: slider.setValue(round(100 * getattr(settings, name))))
        return slider

    def _switch(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setMinimumHeight(theme.HIT)
        box.setChecked(getattr(self._ctx.settings, name))
        box.toggled.connect(lambda is_on: self._change(name, is_on))
        self._follow.append(lambda settings: box.setChecked(getattr(settings, name)))
        return box

    def _change(self, name: str, value: object) -> None:
        if getattr(self._ctx.settings, name) != value:
            self._ctx.change_settings(**{name: value})

    def _on_annotator(self, field: QLineEdit) -> None:
        name = field.text().strip()
        if name:
            self._change("annotator", name)
        field.setText(self._ctx.annotator)

    def _on_reasons(self, field: QPlainTextEdit) -> None:
        lines = tuple(line.strip() for line in field.toPlainText().splitlines() if line.strip())
        self._change("quick_reasons", lines or QUICK_REASONS)


def _sheet(rows: list[Row]) -> QScrollArea:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, theme.S8, 0)
    grid.setVerticalSpacing(theme.S16)
    grid.setHorizontalSpacing(theme.S16)
    grid.setColumnStretch(1, 1)
    for line, (name, field, note) in enumerate(rows):
        field.setAccessibleName(name)
        field.setAccessibleDescription(note)
        stack = QVBoxLayout()
        stack.setSpacing(theme.S4)
        stack.addWidget(field)
        if note:
            caption = QLabel(note)
            caption.setFont(theme.font("caption"))
            caption.setWordWrap(True)
            theme.style_as(caption, quiet=True)
            stack.addWidget(caption)
        label = QLabel(name)
        label.setBuddy(field)
        label.setMinimumHeight(theme.HIT)
        grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(stack, line, 1)
    grid.setRowStretch(len(rows), 1)
    inside = QWidget()
    theme.style_as(inside, kind="clear")
    inside.setLayout(grid)
    scroll = QScrollArea()
    theme.style_as(scroll, kind="clear")
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inside)
    return scroll
