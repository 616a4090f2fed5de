"""Who works on the project: everybody's role and what she has done. A lead gives the roles."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.widgets.table import Table
from handanat_studio.project import Project
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import people
from handanat_studio.workflows.people import ROLES, Person

COLUMNS = ("Name", "Role", "Hands", "Submitted", "Returned", "Accepted", "Active time")
ROLE_COLUMN = 1
ROLE_PX = 136
WIDTH, HEIGHT = 760, 440
KINDS = ("annotators", "annotations", "reviews")
ROLE_WORDS = {
    "annotator": "places joints and judges; sees her own work",
    "reviewer": "also accepts, fixes, returns and settles",
    "lead": "also assigns batches and gives roles",
}


def active_text(seconds: float) -> str:
    """Return how long somebody worked, e.g. "3 h 20 min"."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


class PeopleDialog(QDialog):
    """Shows everybody; roles apply as they are chosen.

    Args:
        ctx: reads and writes the project that is open.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._people: list[Person] = []
        self._may = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("People")
        self.resize(WIDTH, HEIGHT)
        self._table = Table("People", COLUMNS, numbers=range(2, len(COLUMNS)))
        self._table.header().setSectionResizeMode(ROLE_COLUMN, QHeaderView.ResizeMode.Fixed)
        self._table.header().resizeSection(ROLE_COLUMN, ROLE_PX)
        self._table.setSelectionMode(Table.SelectionMode.NoSelection)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._name = QLineEdit(placeholderText="Name of a new person")
        self._name.setAccessibleName("Name of a new person")
        self._add = QPushButton(icons.icon("plus"), "Add")
        self._add.setAutoDefault(False)
        self._close = QPushButton("Close")
        self._close.setAutoDefault(False)
        self._lay_out()
        self._name.textChanged.connect(lambda _text: self._refresh())
        self._name.returnPressed.connect(self._on_add)
        self._add.clicked.connect(self._on_add)
        self._close.clicked.connect(self.close)
        ctx.changed.connect(self._on_changed)
        ctx.project_closed.connect(self.close)
        self.read()

    def _lay_out(self) -> None:
        words = "\n".join(f"{role.capitalize()}: {text}." for role, text in ROLE_WORDS.items())
        explained = QLabel(words)
        explained.setFont(theme.font("caption"))
        theme.style_as(explained, quiet=True)
        adding = QHBoxLayout()
        adding.setSpacing(theme.S8)
        adding.addWidget(self._name, 1)
        adding.addWidget(self._add)
        adding.addSpacing(theme.S16)
        adding.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S12)
        column.addWidget(self._note)
        column.addWidget(self._table, 1)
        column.addWidget(explained)
        column.addLayout(adding)

    @property
    def note(self) -> str:
        """What the dialog says about roles here."""
        return self._note.text()

    @property
    def table(self) -> Table:
        """The table of people."""
        return self._table

    @property
    def may_change(self) -> bool:
        """Whether roles can be given here."""
        return self._may

    def role_box(self, name: str) -> QComboBox:
        """Return where somebody's role is chosen."""
        return next(box for box in self._table.findChildren(QComboBox) if box.accessibleName() == f"Role of {name}")

    def read(self) -> None:
        """Read who there is and what I may do."""
        self._ctx.read(read_people, self._ctx.annotator, done=self._on_read)

    def _on_read(self, answer: tuple[list[Person], str]) -> None:
        self._people, role = answer
        self._may = role == "lead"
        self._table.set_rows([_row(person) for person in self._people])
        for row, person in enumerate(self._people):
            if not person.simulated:
                self._table.put_widget(row, ROLE_COLUMN, self._make_box(person))
        self._say(role)
        self._refresh()

    def _make_box(self, person: Person) -> QComboBox:
        box = QComboBox()
        box.addItems([role.capitalize() for role in ROLES])
        box.setCurrentText(person.role.capitalize())
        box.setAccessibleName(f"Role of {person.name}")
        box.setEnabled(self._may)
        box.setToolTip("" if self._may else "Only a lead can give roles.")
        box.textActivated.connect(partial(self._on_role, person.name))
        theme.style_as(box, kind="cell")
        return box

    def _say(self, role: str) -> None:
        leads = [person.name for person in self._people if person.role == "lead" and not person.simulated]
        me = self._ctx.annotator
        if not leads:
            text = "Nobody is a lead yet, so everybody may do everything. Make yourself lead first to keep it that way."
        elif self._may:
            text = f"You are {me}, a lead: you can give roles. A role applies at once."
        else:
            text = f"You are {me}, {_article(role)}. Roles are given by {' and '.join(leads)}."
        self._note.setText(text)

    def _on_role(self, name: str, role: str) -> None:
        self._ctx.save(people.set_role, name, role.lower(), by=self._ctx.annotator, failed=self._on_failed)

    def _on_add(self) -> None:
        name = self._name.text().strip()
        if name and self._may and all(person.name != name for person in self._people):
            self._name.clear()
            self._ctx.save(people.set_role, name, ROLES[0], by=self._ctx.annotator, failed=self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        self._ctx.report(error)
        self.read()

    def _on_changed(self, change: ChangeSet) -> None:
        if any(change.touches(kind) for kind in KINDS):
            self.read()

    def _refresh(self) -> None:
        name = self._name.text().strip()
        is_known = any(person.name == name for person in self._people)
        self._name.setEnabled(self._may)
        self._add.setEnabled(self._may and bool(name) and not is_known)
        self._add.setToolTip("This name is in the list already." if is_known else "")


def _row(person: Person) -> tuple[str, ...]:
    name = f"{person.name}  (simulated)" if person.simulated else person.name
    role = "Annotator" if person.simulated else person.role.capitalize()
    counts = (person.hands, person.submitted, person.returned, person.accepted)
    return name, role, *(f"{count:,}" for count in counts), active_text(person.active_seconds)


def _article(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


def read_people(project: Project, name: str) -> tuple[list[Person], str]:
    """Return everybody, whoever asks among them, and the role that the asker has."""
    known = people.everyone(project)
    if all(person.name != name for person in known):
        known.append(Person(name, ROLES[0], False, 0, 0, 0, 0, 0.0))
    return known, people.role_of(project, name)
