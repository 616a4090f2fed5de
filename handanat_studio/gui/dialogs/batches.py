"""The batches of the project: who has come how far, and a way to forget a batch. What was annotated stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.project import Project
from handanat_studio.store.batches import Batch
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import assign, people

WIDTH, HEIGHT = 620, 520
KINDS = ("batches", "reviews")
NOTHING = "No hands are assigned yet. Choose hands on the Library page, then Assign."


class BatchesDialog(QDialog):
    """Lists the batches.

    Args:
        ctx: reads and writes the project that is open.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._cards: list[BatchCard] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Batches")
        self.resize(WIDTH, HEIGHT)
        self._nothing = QLabel(NOTHING)
        self._nothing.setWordWrap(True)
        theme.style_as(self._nothing, quiet=True)
        inside = QWidget()
        theme.style_as(inside, kind="clear")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(theme.S8)
        self._list.addWidget(self._nothing)
        self._list.addStretch(1)
        scroll = QScrollArea()
        theme.style_as(scroll, kind="clear")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S12)
        column.addWidget(scroll, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        ctx.changed.connect(self._on_changed)
        ctx.project_closed.connect(self.close)
        self.read()

    @property
    def cards(self) -> list[BatchCard]:
        """One card for each batch, newest first."""
        return list(self._cards)

    def read(self) -> None:
        """Read how far everybody is."""
        self._ctx.read(_read, self._ctx.annotator, done=self._on_read)

    def _on_read(self, answer: tuple[list[Batch], bool]) -> None:
        batches, may = answer
        for card in self._cards:
            card.deleteLater()
        self._cards = [BatchCard(self._ctx, batch, may=may) for batch in reversed(batches)]
        for place, card in enumerate(self._cards):
            self._list.insertWidget(place, card)
        self._nothing.setVisible(not batches)

    def _on_changed(self, change: ChangeSet) -> None:
        if any(change.touches(kind) for kind in KINDS):
            self.read()


class BatchCard(QFrame):
    """One batch: its name, what it is, a bar for each person, and a button that asks before it forgets.

    Args:
        ctx: writes.
        batch: what is shown.
        may: whether it may be forgotten here.
    """

    def __init__(self, ctx: Context, batch: Batch, *, may: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.batch = batch
        theme.style_as(self, card=True)
        self.setAccessibleName(f"Batch {batch.name}")
        name = QLabel(batch.name)
        name.setFont(theme.font("section", bold=True))
        blind = QLabel()
        blind.setPixmap(icons.icon("eye-off").pixmap(16, 16))
        blind.setToolTip("Its people see neither scores nor each other's labels.")
        blind.setVisible(batch.blind)
        self._delete = QPushButton(icons.icon("trash"), "Forget…")
        self._delete.setAccessibleName(f"Forget the batch {batch.name}")
        self._delete.setEnabled(may)
        self._delete.setToolTip("" if may else "Only a lead can forget a batch.")
        self._sure = QPushButton("Forget it")
        self._keep = QPushButton("Keep it")
        self._question = QLabel("Forget who was given what? What was annotated stays.")
        head = QHBoxLayout()
        head.addWidget(name)
        head.addWidget(blind)
        head.addStretch(1)
        head.addWidget(self._delete)
        asking = QHBoxLayout()
        asking.addWidget(self._question, 1)
        asking.addWidget(self._sure)
        asking.addWidget(self._keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S12, theme.S12, theme.S12, theme.S12)
        column.setSpacing(theme.S8)
        column.addLayout(head)
        column.addWidget(_what(batch))
        column.addLayout(_bars(batch))
        column.addLayout(asking)
        self._ask(False)
        self._delete.clicked.connect(lambda: self._ask(True))
        self._keep.clicked.connect(lambda: self._ask(False))
        self._sure.clicked.connect(self._forget)

    def _ask(self, is_asking: bool) -> None:
        for widget in (self._question, self._sure, self._keep):
            widget.setVisible(is_asking)
        self._delete.setVisible(not is_asking)
        if self.isVisible():
            (self._keep if is_asking else self._delete).setFocus()

    def _forget(self) -> None:
        self._ctx.save(assign.delete_batch, self.batch.name, by=self._ctx.annotator)


def _what(batch: Batch) -> QLabel:
    parts = [f"{batch.hands:,} {'hand' if batch.hands == 1 else 'hands'}", "blind" if batch.blind else "", batch.note]
    parts.append(f"by {batch.created_by}, {batch.created_at[:10]}")
    label = QLabel("  ·  ".join(part for part in parts if part))
    label.setFont(theme.font("caption"))
    label.setWordWrap(True)
    theme.style_as(label, quiet=True)
    return label


def _bars(batch: Batch) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.S12)
    grid.setVerticalSpacing(theme.S4)
    grid.setColumnStretch(1, 1)
    for row, (name, (done, total)) in enumerate(batch.progress.items()):
        bar = QProgressBar()
        bar.setRange(0, max(1, total))
        bar.setValue(done)
        bar.setTextVisible(False)
        bar.setAccessibleName(f"{name}: {done:,} of {total:,} submitted")
        figures = QLabel(f"{done:,} / {total:,}")
        figures.setFont(theme.font("caption", tabular=True))
        grid.addWidget(QLabel(name), row, 0)
        grid.addWidget(bar, row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(figures, row, 2, Qt.AlignmentFlag.AlignRight)
    return grid


def _read(project: Project, name: str) -> tuple[list[Batch], bool]:
    return assign.batches(project), people.role_of(project, name) == "lead"
