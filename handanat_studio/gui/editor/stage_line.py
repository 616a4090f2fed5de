"""The first line of the inspector: how far the hand has come, its flag, and the button to submit it or take it back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.theme import HIT, S4, S8, S12, font, style_as
from handanat_studio.hand.annotation import ACCEPTED, DRAFT, RETURNED, SUBMITTED

STAGE_WORDS = {DRAFT: "Draft", SUBMITTED: "Submitted", RETURNED: "Returned", ACCEPTED: "Accepted"}
STAGE_ROLES = {DRAFT: "secondary", SUBMITTED: "accent", RETURNED: "doubtful", ACCEPTED: "in_range"}


def stage_icon(stage: str) -> str:
    """Return the name of a stage's icon."""
    return f"stage-{stage}"


class StageLine(QWidget):
    """Says the stage in a word and a sign; never by colour alone.

    Signals:
        submit_pressed(), withdraw_pressed(), flag_pressed(): what the user asked for.
    """

    submit_pressed = Signal()
    withdraw_pressed = Signal()
    flag_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = DRAFT
        self._sign, self._word, self._time = QLabel(), QLabel(), QLabel()
        self._word.setFont(font("body", bold=True))
        self._time.setFont(font("body", tabular=True))
        style_as(self._time, quiet=True)
        self.flag = QToolButton()
        self.flag.setCheckable(True)
        self.flag.setIconSize(QSize(20, 20))
        self.flag.setFixedSize(HIT + 2, HIT + 2)
        self.submit = QPushButton("Submit")
        style_as(self.submit, kind="primary")
        self.withdraw = QPushButton("Take back")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S12, S12, S12, 0)
        layout.setSpacing(S8)
        for widget in (self._sign, self._word, self._time):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addSpacing(S4)
        for button in (self.flag, self.withdraw, self.submit):
            layout.addWidget(button)
        self.flag.clicked.connect(self._on_flag)
        self.submit.clicked.connect(self.submit_pressed)
        self.withdraw.clicked.connect(self.withdraw_pressed)
        self.show_stage(DRAFT, "")
        self.show_flag(False)

    @property
    def text(self) -> str:
        """What the line says: "Submitted 14:02"."""
        return f"{self._word.text()} {self._time.text()}".strip()

    def show_stage(self, stage: str, time: str, *, is_begun: bool = True) -> None:
        """Show a stage.

        Args:
            stage: one of `hand.annotation.STAGES`.
            time: since when, as "14:02"; "" = not known.
            is_begun: whether anything is written of this hand yet.
        """
        self._stage = stage
        self._word.setText(STAGE_WORDS[stage] if is_begun or stage != DRAFT else "Not begun")
        self._time.setText(time)
        self.setAccessibleName(f"Stage: {self.text}")
        self.withdraw.setVisible(stage == SUBMITTED)
        self.submit.setVisible(stage in (DRAFT, RETURNED))
        self._paint()

    def show_flag(self, flagged: bool) -> None:
        """Show whether the hand is marked for a second look."""
        self.flag.setChecked(flagged)
        self.flag.setIcon(icons.icon("flag", "doubtful" if flagged else "secondary"))
        self.flag.setAccessibleName("Flagged for a second look" if flagged else "Flag for a second look")

    def show_keys(self, submit: str, withdraw: str, flag: str) -> None:
        """Say in tool tips what the buttons do, with their keys."""
        self.submit.setToolTip(submit)
        self.withdraw.setToolTip(withdraw)
        self.flag.setToolTip(flag)

    def _on_flag(self) -> None:
        self.flag.setChecked(not self.flag.isChecked())
        self.flag_pressed.emit()

    def _paint(self) -> None:
        sign = icons.icon(stage_icon(self._stage), STAGE_ROLES[self._stage])
        self._sign.setPixmap(sign.pixmap(QSize(20, 20), self.devicePixelRatioF()))
        self._sign.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the sign anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()
