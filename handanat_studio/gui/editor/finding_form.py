"""The small form with which an expert adds a finding of her own: kind, part, and in her words what is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.gui.editor.text_field import ChoiceBox, LineField
from handanat_studio.gui.theme import S8, S12, style_as
from handanat_studio.hand.label_schema import BUILT_IN
from handanat_studio.hand.topology import WRIST
from handanat_studio.hand.values import Finding, HandPose

OTHER = ("other", "Something else")
"""The kind for what no other kind names, with its title."""
WHOLE = "hand"


def parts_of(pose: HandPose) -> list[str]:
    """Return what a finding can be about: the hand, each digit, each joint, in the order of the hand."""
    names = [pose.row_name(row) for row in range(len(pose.points))]
    digits = [name.partition("_")[0] for name in names if name != "wrist"]
    return list(dict.fromkeys([WHOLE, *digits, *names]))


class FindingForm(QFrame):
    """Hidden until it is opened.

    Signals:
        added(Finding): the expert's finding, agreed with by herself. left(): she changed her mind, or has added it.
    """

    added = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        style_as(self, card="true")
        self.kind, self.part = ChoiceBox("Kind of finding"), ChoiceBox("Part of the hand")
        self.words = LineField("What is wrong", "What is wrong, or where it is described")
        self.add, self.cancel = QPushButton("Add finding"), QPushButton("Cancel")
        style_as(self.add, kind="primary")
        self.set_kinds([*((kind.id, kind.title) for kind in BUILT_IN), OTHER])
        grid = QGridLayout(self)
        grid.setContentsMargins(S12, S12, S12, S12)
        grid.setSpacing(S8)
        grid.setColumnStretch(1, 1)
        for line, (title, field) in enumerate((("Kind", self.kind), ("Part", self.part), ("Words", self.words))):
            label = QLabel(title)
            style_as(label, quiet=True)
            label.setBuddy(field)
            grid.addWidget(label, line, 0)
            grid.addWidget(field, line, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(S8)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        buttons.addWidget(self.add)
        grid.addLayout(buttons, 3, 0, 1, 2)
        self._wire()
        self.hide()

    def _wire(self) -> None:
        self.add.clicked.connect(self._add)
        self.words.sent.connect(self._add)
        self.cancel.clicked.connect(self.close_form)
        for field in (self.kind, self.part, self.words):
            field.escaped.connect(self.close_form)

    def set_kinds(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Offer other kinds: ids with their titles; the chosen one stays chosen if it is among them."""
        chosen = self.kind.currentData()
        self.kind.clear()
        for kind_id, title in kinds:
            self.kind.addItem(title, kind_id)
        self.kind.setCurrentIndex(max(self.kind.findData(chosen), 0))

    def open_form(self, pose: HandPose, row: int) -> None:
        """Open for a hand.

        Args:
            pose: its digits and joints are offered.
            row: the selected joint, which is prefilled; -1 = the whole hand.
        """
        self.part.clear()
        for part in parts_of(pose):
            self.part.addItem(part_words(part) if part != WHOLE else "Whole hand", part)
        chosen = pose.row_name(row) if WRIST <= row < len(pose.points) else WHOLE
        self.part.setCurrentIndex(max(self.part.findData(chosen), 0))
        self.kind.setCurrentIndex(self.kind.findData("angle" if row > WRIST else "count"))
        self.words.clear()
        self.show()
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_form(self) -> None:
        """Close without adding anything."""
        if not self.isHidden():
            self.hide()
            self.left.emit()

    def _add(self) -> None:
        finding = Finding(
            kind=str(self.kind.currentData()),
            part=str(self.part.currentData()),
            value=math.nan,
            limit=math.nan,
            unit="",
            z=math.nan,
            probability=1.0,
            source=self.words.text().strip(),
            origin="expert",
            accepted=True,
        )
        self.added.emit(finding)
        self.close_form()
