"""The bar above the canvas of a hand that a reviewer gave back: who, why, where, and a button for when it is mended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.comments_panel import place_words
from handanat_studio.gui.theme import S8, S12, style_as
from handanat_studio.workflows.comments import Comment


class ReturnedBar(QFrame):
    """Hidden unless the open hand has been returned and the reason is not settled.

    Signals:
        shown(Comment), done(Comment): bring the joint close; settle the reason.
    """

    shown = Signal(object)
    done = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comment: Comment | None = None
        self._sign, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self.show_button, self.done_button = QPushButton("Show"), QPushButton("Done")
        self.show_button.setAccessibleName("Show the returned joint")
        self.done_button.setAccessibleName("Settle the reason of the return")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S12, S8, S12, S8)
        layout.setSpacing(S8)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.show_button)
        layout.addWidget(self.done_button)
        self.show_button.clicked.connect(lambda: self.shown.emit(self._comment))
        self.done_button.clicked.connect(lambda: self.done.emit(self._comment))
        style_as(self, card="bar")
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says."""
        return self._text.text()

    def show_reasons(self, reasons: Sequence[Comment]) -> None:
        """Show the newest of the open reasons for a return; none = disappear."""
        self._comment = reasons[-1] if reasons else None
        comment = self._comment
        if comment is not None:
            where = f" ({place_words(comment.part)})" if comment.part else ""
            more = f"  {len(reasons) - 1} more in the comments." if len(reasons) > 1 else ""
            self._text.setText(f"Returned by {comment.author}: {comment.text}{where}{more}")
            self.setAccessibleName(self._text.text())
            self._paint()
        self.setVisible(comment is not None)

    def _paint(self) -> None:
        sign = icons.icon("stage-returned", "doubtful")
        self._sign.setPixmap(sign.pixmap(QSize(20, 20), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Paint the sign anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()
