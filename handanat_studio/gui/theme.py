"""Colours, spacing, type sizes and the one stylesheet. Themes the chrome; annotation colours are constants.

Which theme applies is read from the application's palette, so nothing here remembers anything.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from handanat_studio.paths import resource, user_dir

S4, S8, S12, S16, S24 = 4, 8, 12, 16, 24
RADIUS, CARD_RADIUS = 4, 8
HIT = 28
TYPE_PX = {"caption": 11, "body": 13, "section": 15, "title": 20}
THEMES = ("dark", "light", "system")

ROLES: dict[str, tuple[str, str]] = {
    "canvas": ("#14161a", "#d9dce1"),
    "panel": ("#1d2025", "#f6f7f9"),
    "raised": ("#262a31", "#ffffff"),
    "line": ("#353b45", "#d5d9df"),
    "text": ("#e7e9ec", "#1b1f24"),
    "secondary": ("#9aa3af", "#5b6470"),
    "disabled": ("#5d6672", "#a3abb5"),
    "accent": ("#4f9cf9", "#1769d2"),
    "accent_text": ("#0b1220", "#ffffff"),
    "in_range": ("#3fb984", "#1f8f5f"),
    "doubtful": ("#e3a53a", "#b27506"),
    "violated": ("#e8614f", "#c8402f"),
}
"""Role -> (dark, light)."""

DIGIT_COLOURS: tuple[QColor, ...] = tuple(
    QColor(name) for name in ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7", "#D55E00")
)
"""By `DigitKind`: thumb, index, middle, ring, little, extra. The same in both themes."""
WRIST_COLOUR = QColor("#FFFFFF")
HALO_COLOUR = QColor(0, 0, 0, 190)
VERDICT_ROLES = {"plausible": "in_range", "implausible": "violated", "unsure": "doubtful"}
VERDICT_ICONS = {"plausible": "plausible", "implausible": "implausible", "unsure": "unsure"}


def is_dark() -> bool:
    """Tell whether the palette that applies now is the dark one."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colour(role: str, *, alpha: float = 1.0, dark: bool | None = None) -> QColor:
    """Return a role's colour in the theme that applies now.

    Args:
        role: a key of `ROLES`.
        alpha: opacity 0..1.
        dark: ask for one theme whatever applies.
    """
    result = QColor(ROLES[role][0 if (is_dark() if dark is None else dark) else 1])
    result.setAlphaF(alpha)
    return result


def contrast(first: QColor, second: QColor) -> float:
    """Return the WCAG 2 contrast ratio of two opaque colours, 1..21."""

    def luminance(c: QColor) -> float:
        parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def font(kind: str = "body", *, bold: bool = False, tabular: bool = False) -> QFont:
    """Return the interface font at one of the four sizes.

    Args:
        kind: a key of `TYPE_PX`.
        bold: demi-bold for titles and names.
        tabular: figures of one width, for numbers in columns.
    """
    result = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    result.setPixelSize(TYPE_PX[kind])
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def apply(app: QApplication, choice: str) -> None:
    """Switch the whole program to a theme, at once and live.

    Args:
        app: the application.
        choice: one of `THEMES`; "system" follows the desktop (dark where it does not say).
    """
    app.setProperty("theme", choice)
    schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
    hints = app.styleHints()
    hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
    dark = choice != "light" if choice in schemes else hints.colorScheme() != Qt.ColorScheme.Light
    app.setFont(font())
    app.setPalette(palette(dark))
    app.setStyleSheet(stylesheet(dark))


def palette(dark: bool) -> QPalette:
    """Return the Qt palette of a theme."""
    roles = QPalette.ColorRole
    pairs = {
        roles.Window: "panel",
        roles.WindowText: "text",
        roles.Base: "raised",
        roles.AlternateBase: "panel",
        roles.Text: "text",
        roles.Button: "raised",
        roles.ButtonText: "text",
        roles.BrightText: "violated",
        roles.ToolTipBase: "raised",
        roles.ToolTipText: "text",
        roles.PlaceholderText: "secondary",
        roles.Highlight: "accent",
        roles.HighlightedText: "accent_text",
        roles.Accent: "accent",
        roles.Link: "accent",
        roles.LinkVisited: "accent",
        roles.Light: "line",
        roles.Midlight: "line",
        roles.Mid: "line",
        roles.Dark: "line",
        roles.Shadow: "canvas",
    }
    result = QPalette()
    for role, name in pairs.items():
        result.setColor(role, colour(name, dark=dark))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, colour("disabled", dark=dark))
    return result


def stylesheet(dark: bool) -> str:
    """Return the one stylesheet, made from the tokens above.

    Widgets opt in by the dynamic properties `card`, `kind`, `tall` and `quiet`; nothing else is styled by name.
    """
    tint = colour("secondary", dark=dark)
    drawn = {
        "$arrow)": _tinted("chevron-down", tint),
        "$up_arrow)": _tinted("chevron-up", tint),
        "$check)": _tinted("check", colour("accent_text", dark=dark)),
    }
    text = _SHEET
    for name, file in drawn.items():
        text = text.replace(name, f"{file})")
    for role in ROLES:
        text = text.replace(f"${role};", f"{colour(role, dark=dark).name()};")
    return text


def _tinted(name: str, tint: QColor) -> str:
    # Stylesheets take images only from files, and cannot tint them.
    drawn = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", tint.name())
    try:
        file = user_dir("cache") / f"{name}-{tint.name()[1:]}.svg"
        if not file.exists() or file.read_text(encoding="utf-8") != drawn:
            file.write_text(drawn, encoding="utf-8")
    except OSError:
        return resource("icons", f"{name}.svg").as_posix()
    return file.as_posix()


def style_as(widget: object, **properties: str | bool) -> None:
    """Set the dynamic properties that the stylesheet knows, and restyle the widget at once."""
    for name, value in properties.items():
        widget.setProperty(name, value)  # type: ignore[attr-defined]
    style = widget.style()  # type: ignore[attr-defined]
    style.unpolish(widget)
    style.polish(widget)


_SHEET = """
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
QMenuBar { background: $panel; padding: 2px 4px; }
QMenuBar::item { padding: 7px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QStatusBar { background: $panel; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QPushButton { background: $raised; border: 1px solid $line; border-radius: 4px; padding: 5px 12px; min-height: 16px; }
QPushButton:hover { border-color: $secondary; }
QPushButton:pressed { background: $panel; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:disabled { color: $disabled; }
QPushButton[kind="primary"] { background: $accent; color: $accent_text; border: 1px solid $accent; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $disabled; border: 1px solid $line; }
QPushButton[kind="chip"] { border-radius: 13px; padding: 3px 12px; min-height: 18px; }
QPushButton[kind="chip"]:focus { padding: 2px 11px; }
QPushButton[kind="chip"]:checked { background: $accent; color: $accent_text; border-color: $accent; }
QPushButton[kind="chip"]:checked:focus { border: 2px solid $text; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $text; padding: 4px 8px; }
QPushButton[kind="link"]:hover { background: $raised; border-color: $line; }
QPushButton[kind="link"]:focus { border: 2px solid $accent; padding: 3px 7px; }
QPushButton[tall="row"] { min-height: 36px; }
QPushButton[tall="button"] { min-height: 28px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px; }
QToolButton:hover { background: $raised; border-color: $line; }
QToolButton:checked { background: $raised; border-color: $accent; }
QToolButton:focus { border: 2px solid $accent; padding: 3px; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: url($arrow); subcontrol-position: right center; width: 10px; height: 10px;
    right: 4px; }
QToolButton[kind="menu"] { padding: 4px 20px 4px 8px; }
QToolButton[kind="menu"]:focus { padding: 3px 19px 3px 7px; }
QToolButton[kind="legend"] { color: $disabled; padding: 2px 6px 2px 2px; }
QToolButton[kind="legend"]:checked { background: transparent; border-color: transparent; color: $text; }
QToolButton[kind="legend"]:focus { border: 2px solid $accent; padding: 1px 5px 1px 1px; }
QToolButton[kind="mode"] { border: none; border-bottom: 2px solid transparent; border-radius: 0; padding: 0 12px;
    color: $secondary; }
QToolButton[kind="mode"]:hover { background: $raised; color: $text; }
QToolButton[kind="mode"]:checked { background: transparent; border-bottom: 2px solid $accent; color: $text; }
QToolButton[kind="mode"]:focus { background: $raised; color: $text; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox { background: $raised;
    border: 1px solid $line; border-radius: 4px; padding: 4px 8px;
    selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 3px 7px; }
QSpinBox, QDoubleSpinBox { background: $raised; border: 1px solid $line; border-radius: 4px; padding: 3px 4px 3px 8px;
    min-height: 18px; selection-background-color: $accent; selection-color: $accent_text; }
QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid $accent; padding: 2px 3px 2px 7px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { border: none; background: transparent; padding: 0; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; border: none; width: 20px; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; border: none; width: 20px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($up_arrow); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($arrow); width: 10px; height: 10px; }
QCheckBox, QRadioButton { padding: 2px 4px; border: 2px solid transparent; border-radius: 4px; spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $secondary; border-radius: 3px;
    background: $raised; }
QCheckBox::indicator:hover { border-color: $text; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:disabled { border-color: $disabled; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $text; width: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:disabled { background: $disabled; }
QSlider:focus { border: 2px solid $accent; border-radius: 4px; }
QComboBox[kind="cell"] { padding: 1px 8px; }
QComboBox[kind="cell"]:focus { padding: 0 7px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($arrow); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; }
QScrollArea, QAbstractScrollArea { border: none; }
QPlainTextEdit, QTextEdit { border: 1px solid $line; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $disabled; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 2px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QFrame[card="true"] { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame[card="bar"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame[card="side"] { background: $panel; border: none; border-left: 1px solid $line; }
QFrame[card="drop"] { background: transparent; border: 2px dashed $line; border-radius: 8px; }
QFrame[card="drop-over"] { background: $raised; border: 2px dashed $accent; border-radius: 8px; }
QLabel[quiet="true"] { color: $secondary; }
QDialog[kind="popup"] { background: $panel; border: 1px solid $disabled; }
QDialog[kind="sheet"] { background: $panel; border: 1px solid $line; }
QFrame[card="guide"] { background: $raised; border: 1px solid $accent; border-radius: 8px; }
QTreeView[kind="table"], QTableView[kind="table"] { background: $raised; outline: none;
    border: 1px solid $line; border-radius: 4px; }
QTreeView[kind="table"]:focus, QTableView[kind="table"]:focus { border: 2px solid $accent; }
QTreeView[kind="table"]::item, QTableView[kind="table"]::item { min-height: 28px; padding: 0 8px; }
QTreeView[kind="table"]::item:selected, QTableView[kind="table"]::item:selected { background: $accent;
    color: $accent_text; }
QTreeView[kind="table"] QHeaderView::section, QTableView[kind="table"] QHeaderView::section { background: $panel;
    border: none; border-bottom: 1px solid $line; padding: 4px 8px; color: $secondary; }
QListWidget[kind="sections"] { background: transparent; border: 2px solid transparent; outline: none; }
QListWidget[kind="sections"]:focus { border: 2px solid $accent; border-radius: 4px; }
QListWidget[kind="sections"]::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }
QListWidget[kind="sections"]::item:selected { background: $raised; color: $text; border-left: 2px solid $accent; }
QTreeView[kind="palette"] { background: transparent; outline: none; }
QTreeView[kind="palette"]::item { padding: 6px 8px; }
QScrollArea[kind="clear"], QWidget[kind="clear"] { background: transparent; }
QListView { outline: none; }
QListView[kind="grid"] { background: $canvas; }
"""
