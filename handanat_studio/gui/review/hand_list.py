"""The hands of the chosen queue as a virtual list; says what was done with each, and no name while names are hidden."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.theme import S4, VERDICT_ICONS, VERDICT_ROLES, colour, font
from handanat_studio.gui.widgets.entry_model import AnyIndex, EntryModel
from handanat_studio.gui.widgets.hand_rows import HandRowDelegate, HandRows
from handanat_studio.store.library import Entry

ROW_PX = 56
THUMB_PX = 44
SCORE_ROOM_PX = 56
DONE_ICONS = {"accepted": "check", "fixed": "annotate", "settled": "check", "returned": "reply"}


class ReviewEntries(EntryModel):
    """Entries whose words tell no file name: it may name the generator.

    Args:
        ctx: for reads and thumbnails.
        word_of: what was done with a hand in this session.
    """

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self._word_of = word_of

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row's words for tool tips and screen readers."""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            entry = self.entry(index.row())
            return "Loading" if entry is None else ", ".join(self.words(entry))
        return super().data(index, role)

    def words(self, entry: Entry) -> list[str]:
        """Return which hand it is, what was done with it, and its score."""
        said = [f"Hand {entry.hand_id}", self.word(entry)]
        if not math.isnan(entry.score_value):
            said.append(f"score {entry.score_value:.2f}")
        return [word for word in said if word]

    def word(self, entry: Entry) -> str:
        """Return what was done with a hand in this session, else its verdict."""
        return self._word_of(entry.hand_id) or entry.verdict or ""

    def done_word(self, hand_id: int) -> str:
        """Return what was done with a hand in this session, "" = nothing."""
        return self._word_of(hand_id)


class _Delegate(HandRowDelegate):
    """Number, word and score of a hand."""

    def __init__(self, view: HandRows, entries: ReviewEntries) -> None:
        super().__init__(view, ROW_PX, THUMB_PX)
        self._entries = entries

    def paint_words(self, painter: QPainter, entry: Entry, rect: QRect) -> None:
        done = self._entries.done_word(entry.hand_id)
        middle = Qt.AlignmentFlag.AlignVCenter
        upper, lower = QRect(rect), QRect(rect)
        upper.setHeight(rect.height() // 2)
        lower.setTop(rect.top() + rect.height() // 2)
        painter.setFont(font("body", tabular=True))
        painter.setPen(colour("secondary" if done else "text"))
        painter.drawText(upper, middle, f"Hand {entry.hand_id}")
        painter.setFont(font("caption", tabular=True))
        word, left = self._entries.word(entry), lower.left()
        name = DONE_ICONS.get(done) or VERDICT_ICONS.get(entry.verdict or "")
        if name:
            role = "secondary" if done else VERDICT_ROLES[entry.verdict or ""]
            icons.paint(painter, name, QRect(left, lower.center().y() - 7, 14, 14), colour(role))
            left += 14 + S4
        painter.setPen(colour("secondary"))
        painter.drawText(QRect(left, lower.top(), lower.right() - left, lower.height()), middle, word)
        is_wide = lower.width() > SCORE_ROOM_PX + painter.fontMetrics().horizontalAdvance(word)
        if not math.isnan(entry.score_value) and is_wide:
            painter.drawText(lower, middle | Qt.AlignmentFlag.AlignRight, f"{entry.score_value:.2f}")


class HandList(HandRows):
    """The rows of the queue that is reviewed.

    Args:
        ctx: for reads and thumbnails.
        word_of: what was done with a hand in this session.
    """

    def __init__(self, ctx: Context, word_of: Callable[[int], str], parent: QWidget | None = None) -> None:
        entries = ReviewEntries(ctx, word_of)
        super().__init__(entries, "Hands of the queue", parent)
        self.setItemDelegate(_Delegate(self, entries))
