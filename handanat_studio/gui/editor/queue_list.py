"""The queue: which hands come before and after, as a virtual list over the library's index."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.stage_line import STAGE_ROLES, stage_icon
from handanat_studio.gui.editor.text_field import keeps_key
from handanat_studio.gui.theme import S4, S8, S12, VERDICT_ICONS, VERDICT_ROLES, colour, font, style_as
from handanat_studio.gui.widgets.entry_model import STATUS_WORDS, EntryModel
from handanat_studio.gui.widgets.hand_rows import HandRowDelegate, HandRows
from handanat_studio.hand.annotation import DRAFT
from handanat_studio.store.library import Entry

ROW_PX = 64
HEADING_PX = 40
THUMB_PX = 52
SIGN_PX = 14


class _Delegate(HandRowDelegate):
    """Name, signs, verdict and score of a hand."""

    def paint_words(self, painter: QPainter, entry: Entry, rect: QRect) -> None:
        line = rect.height() // 2
        upper, lower = QRect(rect.left(), rect.top(), rect.width(), line), QRect(rect)
        lower.setTop(rect.top() + line)
        painter.setFont(font("body"))
        painter.setPen(colour("text"))
        name = entry.uri.replace("\\", "/").rsplit("/", 1)[-1]
        middle = Qt.AlignmentFlag.AlignVCenter
        upper.setRight(self._paint_signs(painter, entry, upper))
        short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, upper.width())
        painter.drawText(upper, middle, short)
        painter.setFont(font("caption", tabular=True))
        text_left = lower.left()
        if entry.verdict:
            mark = QRect(lower.left(), lower.center().y() - 7, 14, 14)
            icons.paint(painter, VERDICT_ICONS[entry.verdict], mark, colour(VERDICT_ROLES[entry.verdict]))
            text_left = mark.right() + S4 + 1
        painter.setPen(colour("secondary"))
        text_right = lower.right()
        if math.isfinite(entry.score_value):
            score = f"{entry.score_value:.2f}"
            painter.drawText(lower, middle | Qt.AlignmentFlag.AlignRight, score)
            text_right -= painter.fontMetrics().horizontalAdvance(score) + S4
        word = entry.verdict or STATUS_WORDS.get(entry.status, entry.status)
        short = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, text_right - text_left)
        painter.drawText(QRect(text_left, lower.top(), text_right - text_left, lower.height()), middle, short)

    def _paint_signs(self, painter: QPainter, entry: Entry, rect: QRect) -> int:
        """Paint flag, comment and stage from the right, and return how far a text may reach."""
        right = rect.right()
        for name, role in signs_of(entry):
            right -= SIGN_PX
            icons.paint(painter, name, QRect(right, rect.center().y() - SIGN_PX // 2, SIGN_PX, SIGN_PX), colour(role))
            right -= S4
        return right


def signs_of(entry: Entry) -> list[tuple[str, str]]:
    """Return the icons with their colour roles that say how far a hand has come and what is to be looked at."""
    signs = []
    if entry.stage and entry.stage != DRAFT:
        signs.append((stage_icon(entry.stage), STAGE_ROLES[entry.stage]))
    if entry.is_commented:
        signs.append(("comment", "secondary"))
    if entry.is_flagged:
        signs.append(("flag", "doubtful"))
    return signs


class QueuePanel(QWidget):
    """The queue with its heading.

    Signals:
        returned_pressed(), all_pressed(): show only what came back from review; show again what was there before.

    Args:
        ctx: for reads and thumbnails.
    """

    returned_pressed = Signal()
    all_pressed = Signal()

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QueueList(ctx)
        self._figure = QLabel()
        self._figure.setFont(font("body", tabular=True))
        style_as(self._figure, quiet=True)
        self._title = QLabel("Queue")
        self._title.setFont(font("section", bold=True))
        self.returned = QPushButton()
        self.returned.setIcon(icons.icon("stage-returned", "doubtful"))
        self.everything = QPushButton("Back to the whole queue")
        self._returns = QWidget()
        column = QVBoxLayout(self._returns)
        column.setContentsMargins(S8, S8, S8, S4)
        for button in (self.returned, self.everything):
            style_as(button, kind="link")
            column.addWidget(button)
        self.returned.clicked.connect(self.returned_pressed)
        self.everything.clicked.connect(self.all_pressed)
        self.show_returned(0, is_open=False)
        bar = QFrame()
        style_as(bar, card="bar")
        bar.setFixedHeight(HEADING_PX)
        row = QHBoxLayout(bar)
        row.setContentsMargins(S12, 0, S12, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._figure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self._returns)
        layout.addWidget(self.list, 1)
        self.setMinimumWidth(160)
        self.setMaximumWidth(360)

    def set_position(self, text: str) -> None:
        """Say which row is open, of how many."""
        self._figure.setText(text)

    def show_returned(self, count: int, *, is_open: bool) -> None:
        """Say how many hands came back from review.

        Args:
            count: how many.
            is_open: whether they are what the queue shows.
        """
        self._title.setText("Returned" if is_open else "Queue")
        self.returned.setText(f"{count} returned hand{'s' if count != 1 else ''}")
        self.returned.setToolTip("Show only the hands that a reviewer gave back")
        self.returned.setVisible(bool(count) and not is_open)
        self.everything.setVisible(is_open)
        self._returns.setVisible(bool(count) or is_open)


class QueueList(HandRows):
    """The rows of the queue.

    Args:
        ctx: for reads and thumbnails.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(EntryModel(ctx), "Queue of hands", parent)
        self.setItemDelegate(_Delegate(self, ROW_PX, THUMB_PX))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))

    def event(self, event: QEvent) -> bool:
        """Keep Enter from being a command: it opens the row."""
        if keeps_key(event):
            event.accept()
            return True
        return super().event(event)
