"""A recent project on the start page: name, place, how much it holds; one press opens it, another forgets it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.workflows.recent import Recent


def holds_text(recent: Recent) -> str:
    """Return how much a project holds and when it was last changed, as far as it is known."""
    if not recent.is_there:
        return "not found"
    seen = recent.glance
    parts = []
    if seen.hands is not None:
        parts.append(f"{seen.hands:,} {'hand' if seen.hands == 1 else 'hands'}")
    if seen.changed_at is not None:
        parts.append(f"{seen.changed_at.astimezone():%Y-%m-%d %H:%M}")
    return "  ·  ".join(parts)


class RecentRow(QWidget):
    """Shows one project.

    Signals:
        opened(), forgotten(): what was pressed.

    Args:
        root: the project's folder.
    """

    opened = Signal()
    forgotten = Signal()

    def __init__(self, root: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        path = Path(root)
        self._name = QLabel(path.name)
        self._name.setFont(theme.font(bold=True))
        self._place = QLabel(str(path.parent))
        self._place.setFont(theme.font("caption"))
        self._holds = QLabel()
        self._holds.setFont(theme.font("caption", tabular=True))
        theme.style_as(self._place, quiet=True)
        theme.style_as(self._holds, quiet=True)
        self._icon = QLabel()
        self.open_button = QPushButton()
        self.open_button.setToolTip(root)
        self.open_button.setAccessibleName(f"Open {path.name} in {path.parent}")
        self.open_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.style_as(self.open_button, kind="link", tall="row")
        self.forget_button = QToolButton()
        self.forget_button.setIcon(icons.icon("close", "secondary"))
        self.forget_button.setIconSize(QSize(16, 16))
        self.forget_button.setFixedSize(theme.HIT, theme.HIT)
        self.forget_button.setToolTip("Take it off this list; the project stays where it is")
        self.forget_button.setAccessibleName(f"Forget {path.name}")
        self._lay_out()
        self.open_button.clicked.connect(self.opened)
        self.forget_button.clicked.connect(self.forgotten)
        self._paint("folder", "secondary")

    @property
    def holds(self) -> str:
        """What is said of what it holds."""
        return self._holds.text()

    def show_recent(self, recent: Recent) -> None:
        """Say what is known now; a project that is gone can only be forgotten."""
        self._holds.setText(holds_text(recent))
        self.open_button.setEnabled(recent.is_there)
        self.open_button.setAccessibleDescription(self._holds.text())
        self._name.setEnabled(recent.is_there)
        if not recent.is_there:
            self._paint("folder", "disabled")

    def _paint(self, name: str, role: str) -> None:
        self._icon.setPixmap(icons.icon(name, role).pixmap(QSize(20, 20), self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._place)
        inner = QHBoxLayout(self.open_button)
        inner.setContentsMargins(theme.S8, theme.S4, theme.S8, theme.S4)
        inner.setSpacing(theme.S12)
        inner.addWidget(self._icon)
        inner.addLayout(words, 1)
        inner.addWidget(self._holds)
        for label in (self._icon, self._name, self._place, self._holds):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S4)
        row.addWidget(self.open_button, 1)
        row.addWidget(self.forget_button)
