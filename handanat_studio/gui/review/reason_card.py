"""A card over the canvas that asks for a reason or a comment; made for the keyboard, and it blocks nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.text_field import TextField
from handanat_studio.gui.theme import HIT, RADIUS, S4, S8, S12, S16, S24, colour, font, style_as

WIDTH_PX = 460
TEXT_PX = 64
RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Reason(QPushButton):
    """A quick reason with its number; the chosen one is filled and has a check mark."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self._number = number
        self.setFixedHeight(HIT)
        self.setAccessibleName(f"{text}, key {number}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint number, reason and mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, chosen = QRectF(self.rect()).adjusted(1, 1, -1, -1), self.isChecked()
        edge = colour("accent" if chosen or self.hasFocus() else "secondary" if self.underMouse() else "line")
        painter.setPen(QPen(edge, 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(colour("accent", alpha=0.20) if chosen else colour("panel"))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font("caption", bold=True, tabular=True))
        painter.setPen(colour("secondary"))
        painter.drawText(rect.adjusted(S12, 0, 0, 0), middle, str(self._number))
        painter.setFont(font("body"))
        painter.setPen(colour("text"))
        room = rect.adjusted(S12 + 20, 0, -S24, 0)
        short = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, middle, short)
        if chosen:
            sign = QRectF(rect.right() - S24, rect.center().y() - 8, 16, 16)
            icons.paint(painter, "check", sign, colour("accent"))


class _Ground(QFrame):
    """An outline around a field: on a raised card it could not be seen."""

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(field)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("line"), 1.0))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class ReasonCard(QFrame):
    """Quick reasons by number, own words, and whom it is for.

    Signals:
        sent(text, letters): what was said, to whom ("" = not asked).
        closed(): nothing is sent.
    """

    sent = Signal(str, str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        style_as(self, card="true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._reasons: tuple[str, ...] = ()
        self._letters = ""
        self._chosen = -1
        self._target = ""
        self._title, self._place, self._hint = QLabel(), QLabel(), QLabel()
        self._buttons: list[QPushButton] = []
        self._targets: list[QPushButton] = []
        self.text = TextField("In your own words", "", TEXT_PX, self)
        self._send = QPushButton("Send")
        self._build()
        self.hide()

    def _build(self) -> None:
        self._title.setFont(font("section", bold=True))
        self._hint.setFont(font("caption"))
        self._place.setWordWrap(True)
        for label in (self._place, self._hint):
            style_as(label, quiet=True)
        style_as(self._send, kind="primary")
        self._send.clicked.connect(self.send)
        self.text.sent.connect(self.send)
        self.text.escaped.connect(self.close_card)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(S4)
        self._whom = QHBoxLayout()
        self._whom.setSpacing(S4)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addLayout(self._whom)
        foot = QHBoxLayout()
        foot.addWidget(self._hint)
        foot.addStretch(1)
        foot.addWidget(self._send)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(S16, S16, S16, S16)
        self._column.setSpacing(S8)
        self._column.addLayout(top)
        self._column.addWidget(self._place)
        self._column.addLayout(self._rows)
        self._column.addWidget(_Ground(self.text))
        self._column.addLayout(foot)

    def ask(self, title: str, place: str, reasons: Sequence[str], letters: str = "", placeholder: str = "") -> None:
        """Open the card.

        Args:
            title: what it is about.
            place: the joint it is about, in words.
            reasons: quick reasons, at most nine.
            letters: the voices it may be for; asked only where there are several.
            placeholder: said in the empty text field.
        """
        self._reasons, self._letters = tuple(reasons)[:9], letters
        self._chosen, self._target = -1, letters
        self._title.setText(title)
        self._place.setText(place)
        self.text.clear()
        self.text.setPlaceholderText(placeholder)
        self.setAccessibleName(f"{title}. {place}")
        self._make_buttons()
        self._say_keys()
        self._show_choice()
        self.adjustSize()
        self.place_over()
        self.show()
        self.raise_()
        (self if self._reasons else self.text).setFocus()

    def _make_buttons(self) -> None:
        for button in (*self._buttons, *self._targets):
            button.hide()
            button.deleteLater()
        self._buttons = [_Reason(number, text) for number, text in enumerate(self._reasons, 1)]
        for number, button in enumerate(self._buttons):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, number=number: self.choose(number))
            self._rows.addWidget(button)
        several = len(self._letters) > 1
        self._targets = [QPushButton(letter) for letter in (*self._letters, "All")] if several else []
        for button in self._targets:
            style_as(button, kind="chip")
            button.setCheckable(True)
            word = self._letters if button.text() == "All" else button.text()
            button.setAccessibleName(f"For {button.text()}")
            button.clicked.connect(lambda _=False, word=word: self.aim(word))
            self._whom.addWidget(button)

    def _say_keys(self) -> None:
        said = [f"1–{len(self._reasons)} reason"] if self._reasons else []
        said += [f"{' '.join(self._letters)} whom"] if len(self._letters) > 1 else []
        said += ["Tab own words"] if self._reasons else []
        self._hint.setText("  ·  ".join([*said, "Ctrl+Enter sends", "Esc closes"]))

    def choose(self, number: int) -> None:
        """Choose a quick reason by its place; again takes it back."""
        if 0 <= number < len(self._reasons):
            self._chosen = -1 if number == self._chosen else number
            self._show_choice()
            self.setFocus()

    def aim(self, letters: str) -> None:
        """Say whom it is for."""
        self._target = letters
        self._show_choice()
        self.setFocus()

    def _show_choice(self) -> None:
        for number, button in enumerate(self._buttons):
            button.setChecked(number == self._chosen)
            button.update()
        for button in self._targets:
            button.setChecked((self._letters if button.text() == "All" else button.text()) == self._target)

    @property
    def words(self) -> str:
        """What will be sent: the quick reason, the own words, or both."""
        quick = self._reasons[self._chosen] if self._chosen >= 0 else ""
        own = self.text.toPlainText().strip()
        return f"{quick}. {own}" if quick and own else quick or own

    def send(self) -> None:
        """Send it; without a word the card stays and asks for one."""
        if not self.words:
            self._place.setText("Choose a reason or write one." if self._reasons else "Write something first.")
            return
        words, target = self.words, self._target
        self.hide()
        self.sent.emit(words, target)

    def close_card(self) -> None:
        """Close it; nothing is sent."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def place_over(self) -> None:
        """Stand at the foot of the widget it lies over."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(WIDTH_PX, parent.width() - 2 * S16)
            self.resize(width, self.sizeHint().height())
            self.move((parent.width() - width) // 2, parent.height() - self.height() - S16)

    def sizeHint(self) -> QSize:
        """Return the room for what is asked."""
        return QSize(WIDTH_PX, self._column.sizeHint().height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go round inside the card, own words first: the canvas below keeps Tab for its joints."""
        stops: list[QWidget] = [self.text, self._send, *self._targets, *self._buttons]
        here = next((place for place, stop in enumerate(stops) if stop.hasFocus()), -1 if forward else len(stops))
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(here + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the page's commands."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if plain or event.key() in RETURN_KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Numbers choose a reason, letters say whom, Enter sends, Escape closes."""
        key, text = Qt.Key(event.key()), event.text().upper()
        if key in RETURN_KEYS:
            self.send()
        elif key == Qt.Key.Key_Escape:
            self.close_card()
        elif text.isdigit() and text != "0":
            self.choose(int(text) - 1)
        elif len(self._letters) > 1 and text and text in self._letters:
            self.aim(text)
        else:
            super().keyPressEvent(event)
