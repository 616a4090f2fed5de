"""Comments on the hand that is open: who, where, when, what; open ones can be resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui.theme import S4, S8, S12, font, style_as


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it is shown.

    Attributes:
        comment_id: in the store.
        heading: who, where and when.
        text: what was said.
        part: the joint or digit, "" = the whole hand.
        resolved: by whom and when it was closed, "" = it is open.
    """

    comment_id: int
    heading: str
    text: str
    part: str = ""
    resolved: str = ""


class _Card(QFrame):
    def __init__(self, row: CommentRow, owner: CommentList) -> None:
        super().__init__()
        style_as(self, card="true")
        heading = QLabel(row.heading)
        heading.setFont(font("caption"))
        style_as(heading, quiet=True)
        text = QLabel(row.text)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S8, S8, S8)
        layout.setSpacing(S4)
        layout.addWidget(heading)
        layout.addWidget(text)
        self.setAccessibleName(f"{row.heading}: {row.text}")
        buttons = QHBoxLayout()
        buttons.setSpacing(S4)
        if row.resolved:
            closed = QLabel(row.resolved)
            closed.setFont(font("caption"))
            style_as(closed, quiet=True)
            buttons.addWidget(closed)
        buttons.addStretch(1)
        if row.part:
            show = QPushButton("Show")
            show.setAccessibleName(f"Show the joint of this comment: {row.text}")
            show.clicked.connect(partial(owner.shown.emit, row.part))
            style_as(show, kind="link")
            buttons.addWidget(show)
        if not row.resolved:
            close = QPushButton("Resolve")
            close.setAccessibleName(f"Resolve: {row.text}")
            close.clicked.connect(partial(owner.resolved.emit, row.comment_id))
            style_as(close, kind="link")
            buttons.addWidget(close)
        layout.addLayout(buttons)


class CommentList(QWidget):
    """Cards, open ones first.

    Signals:
        resolved(comment_id): the reviewer closes a comment.
        shown(part): she wants to see where it is.
    """

    resolved = Signal(int)
    shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[CommentRow, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(S8)
        self.setAccessibleName("Comments")

    def show_rows(self, rows: Sequence[CommentRow]) -> None:
        """Show other comments."""
        ordered = tuple(sorted(rows, key=lambda row: bool(row.resolved)))
        if ordered == self._rows:
            return
        self._rows = ordered
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in ordered:
            self._layout.addWidget(_Card(row, self))

    def rows(self) -> tuple[CommentRow, ...]:
        """Return what is shown."""
        return self._rows
