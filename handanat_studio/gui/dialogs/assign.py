"""Gives hands to people as a batch: who, how many see each hand, blind or not, with the outcome shown before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.errors import UserError
from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.people import read_people
from handanat_studio.store.batches import Batch
from handanat_studio.workflows import assign as batching
from handanat_studio.workflows.people import Person

WIDTH = 520
NAMES_PX = 150
BLIND_NOTE = "They see neither scores nor each other's labels."


def share_text(hands: int, names: int, overlap: int) -> str:
    """Say how many hands each person gets."""
    if names == 0:
        return "Choose at least one person."
    if overlap > names:
        return f"{overlap} people cannot annotate each hand: {names} {'is' if names == 1 else 'are'} chosen."
    low, rest = divmod(hands * overlap, names)
    each = f"{low:,}" if not rest else f"{low:,} or {low + 1:,}"
    noun = "hand" if each == "1" else "hands"
    if names == 1:
        return f"One person gets {each} {noun}."
    times = "once" if overlap == 1 else f"by {overlap} people"
    return f"Each of {names} people gets {each} {noun}; every hand is annotated {times}."


class AssignDialog(QDialog):
    """Asks for a batch and makes it.

    Signals:
        created(Batch): the batch is in the project.

    Args:
        ctx: reads and writes the project that is open.
        hand_ids: the hands to give.
    """

    created = Signal(object)

    def __init__(self, ctx: Context, hand_ids: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._hand_ids = [int(hand_id) for hand_id in dict.fromkeys(hand_ids)]
        self._may = False
        self._boxes: list[QCheckBox] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Assign {len(self._hand_ids):,} {'hand' if len(self._hand_ids) == 1 else 'hands'}")
        self.setMinimumWidth(WIDTH)
        self._name = QLineEdit(f"Batch {date.today().isoformat()}")
        self._person = QLineEdit(placeholderText="Somebody else")
        self._add = QPushButton(icons.icon("plus"), "Add")
        self._overlap = QSpinBox()
        self._overlap.setRange(1, 9)
        self._overlap.setMaximumWidth(96)
        self._overlap.lineEdit().setTextMargins(theme.S4, 0, 0, 0)
        self._blind = QCheckBox("Blind")
        self._note = QLineEdit(placeholderText="What it is for (optional)")
        self._preview = QLabel()
        self._preview.setWordWrap(True)
        self._create = QPushButton("Assign")
        self._cancel = QPushButton("Cancel")
        self._lay_out()
        self._wire()
        ctx.read(read_people, ctx.annotator, done=self._on_people)

    def _lay_out(self) -> None:
        theme.style_as(self._create, kind="primary")
        self._names = QVBoxLayout()
        self._names.setSpacing(0)
        self._names.addStretch(1)
        holder = QWidget()
        theme.style_as(holder, kind="clear")
        holder.setLayout(self._names)
        scroll = QScrollArea()
        theme.style_as(scroll, kind="clear")
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setFixedHeight(NAMES_PX)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        adding = QHBoxLayout()
        adding.setSpacing(theme.S8)
        adding.addWidget(self._person, 1)
        adding.addWidget(self._add)
        who = QVBoxLayout()
        who.addWidget(scroll)
        who.addLayout(adding)
        blind = QVBoxLayout()
        blind.setSpacing(theme.S4)
        blind.addWidget(self._blind)
        blind.addWidget(_quiet(BLIND_NOTE))
        form = QFormLayout()
        form.setVerticalSpacing(theme.S12)
        form.setHorizontalSpacing(theme.S16)
        for title, field in (("Name", self._name), ("Who", who), ("People for each hand", self._overlap)):
            form.addRow(title, field)
        form.addRow("", blind)
        form.addRow("Note", self._note)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.S8)
        buttons.addWidget(self._preview, 1)
        buttons.addWidget(self._create)
        buttons.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S16)
        column.addLayout(form)
        column.addLayout(buttons)

    def _wire(self) -> None:
        names = {
            self._name: "Name of the batch",
            self._person: "Name of somebody else",
            self._overlap: "People for each hand",
            self._note: "What the batch is for",
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
        self._blind.setAccessibleDescription(BLIND_NOTE)
        # Return in a field must never assign before everything is filled in.
        for button in (self._add, self._create, self._cancel):
            button.setAutoDefault(False)
        self._name.textChanged.connect(lambda _text: self._refresh())
        self._overlap.valueChanged.connect(lambda _count: self._refresh())
        self._person.returnPressed.connect(self._on_add)
        self._add.clicked.connect(self._on_add)
        self._create.clicked.connect(self.assign)
        self._cancel.clicked.connect(self.close)
        self._ctx.project_closed.connect(self.close)

    @property
    def preview(self) -> str:
        """What will happen, or what is missing."""
        return self._preview.text()

    @property
    def is_complete(self) -> bool:
        """Whether the batch can be made."""
        return self._create.isEnabled()

    @property
    def chosen(self) -> list[str]:
        """The people who are ticked."""
        return [box.text() for box in self._boxes if box.isChecked()]

    def assign(self) -> None:
        """Make the batch; the dialog stays open if that fails."""
        if not self.is_complete:
            return
        self._create.setEnabled(False)
        self._ctx.save(
            batching.create_batch,
            self._name.text().strip(),
            self._hand_ids,
            annotators=self.chosen,
            overlap=self._overlap.value(),
            blind=self._blind.isChecked(),
            note=self._note.text().strip(),
            by=self._ctx.annotator,
            done=self._on_created,
            failed=self._on_failed,
        )

    def _on_people(self, answer: tuple[list[Person], str]) -> None:
        people, role = answer
        self._may = role == "lead"
        for person in people:
            if not person.simulated:
                self._add_box(person.name, is_checked=False)
        self._refresh()
        self._name.setFocus()
        self._name.selectAll()

    def _add_box(self, name: str, *, is_checked: bool) -> None:
        box = QCheckBox(name)
        box.setMinimumHeight(theme.HIT)
        box.setChecked(is_checked)
        box.toggled.connect(lambda _is_on: self._refresh())
        self._boxes.append(box)
        self._names.insertWidget(len(self._boxes) - 1, box)

    def _on_add(self) -> None:
        name = self._person.text().strip()
        self._person.clear()
        known = next((box for box in self._boxes if box.text() == name), None)
        if known is not None:
            known.setChecked(True)
        elif name:
            self._add_box(name, is_checked=True)
        self._refresh()

    def _refresh(self) -> None:
        names, overlap = len(self.chosen), self._overlap.value()
        text = share_text(len(self._hand_ids), names, overlap)
        is_right = 1 <= overlap <= names
        if not self._may:
            text, is_right = "Only a lead can assign hands.", False
        elif not self._hand_ids:
            text, is_right = "There are no hands to assign.", False
        elif not self._name.text().strip():
            text, is_right = "A batch needs a name.", False
        self._preview.setText(text)
        self._create.setEnabled(is_right)

    def _on_created(self, result: tuple[Batch, object]) -> None:
        batch = result[0]
        self.created.emit(batch)
        names = len(batch.progress)
        who = next(iter(batch.progress)) if names == 1 else f"{names} people"
        self._ctx.notify(f"'{batch.name}' is assigned: {batch.hands:,} hands to {who}.")
        self.close()

    def _on_failed(self, error: BaseException) -> None:
        self._refresh()
        if isinstance(error, UserError):
            self._preview.setText(f"{error.message} {error.hint}")
        else:
            self._ctx.report(error)


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setFont(theme.font("caption"))
    theme.style_as(label, quiet=True)
    return label
