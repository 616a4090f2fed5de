"""The comments on a hand: what was said at which joint, by whom, and a field to say something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.gui.editor.text_field import TextField
from handanat_studio.gui.editor.times import short_time
from handanat_studio.gui.theme import HIT, S4, S8, font, style_as
from handanat_studio.workflows.comments import Comment

RETURN = "return"


def place_words(part: str) -> str:
    """Return where a comment is anchored, in words."""
    return part_words(part) if part else "Whole hand"


class CommentCard(QFrame):
    """One comment. An open one has a number, which its pin on the image has too.

    Signals:
        shown(): bring its joint close. done(): settle it.
    """

    shown = Signal()
    done = Signal()

    def __init__(self, comment: Comment, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_as(self, card="true")
        self.comment = comment
        is_open = not comment.resolved_by
        sign = "returned" if comment.kind == RETURN else "said"
        self.setAccessibleName(f"{comment.author} {sign}: {comment.text}. {place_words(comment.part)}.")
        place = place_words(comment.part)
        self.show_button = QPushButton(f"{number}  {place}" if is_open else place)
        self.show_button.setToolTip("Show it on the image")
        style_as(self.show_button, kind="link")
        self.done_button = QPushButton("Done")
        self.done_button.setAccessibleName(f"Settle the comment of {comment.author}")
        text = QLabel(comment.text)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        style_as(text, quiet=not is_open)
        head = QHBoxLayout()
        head.setSpacing(S8)
        head.addWidget(self.show_button)
        head.addStretch(1)
        head.addWidget(self.done_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S4, S4, S8, S8)
        layout.setSpacing(S4)
        layout.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(S8, 0, 0, 0)
        below.setSpacing(S4)
        below.addWidget(text)
        below.addWidget(_foot(comment))
        layout.addLayout(below)
        self.done_button.setVisible(is_open)
        self.show_button.clicked.connect(self.shown)
        self.done_button.clicked.connect(self.done)


def _foot(comment: Comment) -> QLabel:
    said = "returned it" if comment.kind == RETURN else "wrote"
    words = f"{comment.author} {said} {short_time(comment.created_at)}".strip()
    if comment.resolved_by:
        words += f" · settled by {comment.resolved_by}"
    foot = QLabel(words)
    foot.setFont(font("caption", tabular=True))
    foot.setWordWrap(True)
    style_as(foot, quiet=True)
    return foot


class CommentsPanel(QWidget):
    """All comments on a hand, and the field for the next one.

    Signals:
        shown(Comment), done(Comment): what the user asked for.
        written(str, str): a text and the part it is anchored at, "" = the whole hand.
        left(): Escape in the field.
    """

    shown = Signal(object)
    done = Signal(object)
    written = Signal(str, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[CommentCard] = []
        self._part = ""
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(S8)
        self.field = TextField("Comment", "Say something about this hand or joint", 52)
        self.anchor = QLabel()
        style_as(self.anchor, quiet=True)
        self.free = QToolButton()
        self.free.setIcon(icons.icon("close", "secondary"))
        self.free.setIconSize(QSize(14, 14))
        self.free.setFixedSize(HIT - 4, HIT - 4)
        self.free.setToolTip("About the whole hand instead")
        self.free.setAccessibleName("About the whole hand instead")
        self.send = QPushButton("Comment")
        self.send.setToolTip("Write the comment  (Ctrl+Return)")
        row = QHBoxLayout()
        row.setSpacing(S4)
        row.addWidget(self.anchor)
        row.addWidget(self.free)
        row.addStretch(1)
        row.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S8)
        layout.addLayout(self._list)
        layout.addWidget(self.field)
        layout.addLayout(row)
        self._wire()
        self.set_part("")
        self._check()

    def _wire(self) -> None:
        self.field.textChanged.connect(self._check)
        self.field.sent.connect(self._send)
        self.field.escaped.connect(self.left)
        self.send.clicked.connect(self._send)
        self.free.clicked.connect(lambda: self.set_part(""))

    # ---- showing -------------------------------------------------------------------------------------------------

    @property
    def cards(self) -> Sequence[CommentCard]:
        """The comments that are shown, open ones first."""
        return tuple(self._cards)

    @property
    def part(self) -> str:
        """Where the next comment is anchored."""
        return self._part

    def show_comments(self, comments: Sequence[Comment]) -> None:
        """Show other comments; open ones come first and are numbered, oldest first."""
        for card in self._cards:
            card.hide()
            card.deleteLater()
        waiting = [comment for comment in comments if not comment.resolved_by]
        settled = [comment for comment in comments if comment.resolved_by]
        self._cards = [CommentCard(c, number) for number, c in enumerate((*waiting, *settled), 1)]
        for card in self._cards:
            card.shown.connect(partial(self.shown.emit, card.comment))
            card.done.connect(partial(self.done.emit, card.comment))
            self._list.addWidget(card)

    def set_part(self, part: str) -> None:
        """Anchor the next comment at a joint or digit, "" = the whole hand."""
        self._part = part
        self.anchor.setText(f"At: {part_words(part)}" if part else "About the whole hand")
        self.free.setVisible(bool(part))

    def restore(self, text: str, part: str) -> None:
        """Show what somebody began to write."""
        self.field.setPlainText(text)
        self.set_part(part)

    def _check(self) -> None:
        self.send.setEnabled(bool(self.field.toPlainText().strip()))

    def _send(self) -> None:
        text = self.field.toPlainText().strip()
        if text:
            self.written.emit(text, self._part)
