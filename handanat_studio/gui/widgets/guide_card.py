"""The card of the guided tour: which step it is, what to do, and a way out. It never takes the keyboard by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import theme

WIDTH = 216
"""It fits into the panel at the left of the pages, so that the image stays free."""
MARGIN = theme.S8


class GuideCard(QFrame):
    """Lies over the lower left corner of a widget and stays there when that changes its size.

    Signals:
        left(): the user has had enough. wanted(): the button of the last card was pressed.

    Args:
        over: the widget it lies over.
        lift: how far above its lower edge, in pixels.
    """

    left = Signal()
    wanted = Signal()

    def __init__(self, over: QWidget, lift: int = 0) -> None:
        super().__init__(over)
        self._over = over
        self._lift = lift
        theme.style_as(self, card="guide")
        self.setFixedWidth(WIDTH)
        self._count = QLabel()
        self._count.setFont(theme.font("caption", tabular=True))
        theme.style_as(self._count, quiet=True)
        self._title = QLabel()
        self._title.setFont(theme.font("section", bold=True))
        self._title.setWordWrap(True)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._leave = QPushButton("Skip tour")
        self._go = QPushButton("Go on")
        theme.style_as(self._leave, kind="link")
        theme.style_as(self._go, kind="primary")
        for label in (self._title, self._text):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._lay_out()
        self._leave.clicked.connect(self.left)
        self._go.clicked.connect(self.wanted)
        over.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> tuple[str, str, str]:
        """Count, title and text that are shown."""
        return self._count.text(), self._title.text(), self._text.text()

    def say(self, count: str, title: str, text: str, *, button: str = "", leave: str = "Skip tour") -> None:
        """Show a step.

        Args:
            count: e.g. "Step 2 of 5".
            title, text: what to do.
            button: label of an extra button, "" = none.
            leave: label of the way out.
        """
        self._count.setText(count)
        self._title.setText(title)
        self._text.setText(text)
        self._go.setText(button)
        self._go.setVisible(bool(button))
        self._leave.setText(leave)
        self.setAccessibleName(f"{count}. {title}. {text}")
        self.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        layout = self.layout()
        assert layout is not None
        height = max(layout.totalHeightForWidth(WIDTH), layout.totalMinimumSize().height()) + theme.S4
        self.setFixedHeight(height)
        self.move(MARGIN, self._over.height() - height - MARGIN - self._lift)
        self.raise_()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S8)
        buttons.addWidget(self._go)
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S12, theme.S12, theme.S12, theme.S8)
        column.setSpacing(theme.S8)
        column.addWidget(self._count)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        column.setAlignment(self._title, Qt.AlignmentFlag.AlignTop)
