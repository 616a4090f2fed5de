"""The kinds of findings of a project: rename, add, retire and merge them, after seeing what each change touches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.errors import UserError
from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.hand.label_schema import BUILT_IN, PARTS, FindingKind, LabelSchema, changes, checked
from handanat_studio.workflows import label_schema as workflow
from handanat_studio.workflows.label_schema import Impact

COLUMNS = ("Kind", "About", "In use", "State")
PART_WORDS = {"joint": "a joint", "digit": "a digit", "hand": "the whole hand", "any": "anything"}
BUILT_IN_IDS = {kind.id for kind in BUILT_IN}


class LabelSchemaDialog(QDialog):
    """Edits a copy of the list; nothing changes in the project until the new version is put in force.

    Args:
        ctx: reads and writes the project that is open.
    """

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._before = self._wanted = LabelSchema()
        self._used: dict[str, tuple[int, int]] = {}
        self.setWindowTitle("Kinds of findings")
        self.setMinimumSize(800, 520)
        self.table = QTableWidget(0, len(COLUMNS))
        self.version = QLabel()
        self.preview = QLabel()
        self.note = QLineEdit()
        self.add_button = QPushButton(icons.icon("plus"), "Add a kind")
        self.retire_button = QPushButton("Retire")
        self.merge_button = QPushButton("Merge into")
        self.save_button = QPushButton("Put in force")
        self._lay_out()
        self._wire()
        ctx.read(workflow.current, done=self._on_schema)
        ctx.read(workflow.uses, done=self._on_uses)

    @property
    def wanted(self) -> LabelSchema:
        """The list as it is edited."""
        return self._wanted

    # layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme.style_as(self.version, quiet=True)
        theme.style_as(self.preview, quiet=True)
        theme.style_as(self.save_button, kind="primary")
        self.preview.setWordWrap(True)
        self.preview.setAccessibleName("What the change touches")
        self.note.setPlaceholderText("Why? (kept with the version)")
        self.note.setAccessibleName("Why the list changes")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setAccessibleName("Kinds of findings")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.HIT + theme.S8)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        theme.style_as(self.table, kind="table")
        self.table.horizontalHeader().setFont(theme.font("caption"))
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setAccessibleName("Columns of: Kinds of findings")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in ((1, 160), (2, 150), (3, 190)):
            self.table.setColumnWidth(column, width)
        tools = QHBoxLayout()
        tools.setSpacing(theme.S8)
        for button in (self.add_button, self.retire_button, self.merge_button):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.version)
        foot = QHBoxLayout()
        foot.setSpacing(theme.S8)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.save_button)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        stack.setSpacing(theme.S12)
        stack.addLayout(tools)
        stack.addWidget(self.table, 1)
        stack.addWidget(self.preview)
        stack.addLayout(foot)

    def _wire(self) -> None:
        self.table.itemChanged.connect(self._on_item)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.add_button.clicked.connect(self.add_kind)
        self.retire_button.clicked.connect(self.toggle_retired)
        self.save_button.clicked.connect(self.save)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill_merge_menu(menu))
        self.merge_button.setMenu(menu)

    # reading ---------------------------------------------------------------------------------------------------

    def _on_schema(self, schema: LabelSchema) -> None:
        self._before = self._wanted = schema
        self.version.setText(f"Version {schema.version}" if schema.version else "The program's own list")
        self._show()

    def _on_uses(self, used: dict[str, tuple[int, int]]) -> None:
        self._used = used
        self._show()

    # showing ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        chosen = self.table.currentRow()
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._wanted.kinds))
        for row, kind in enumerate(self._wanted.kinds):
            self._show_kind(row, kind)
        self.table.setCurrentCell(max(chosen, 0), 0)
        self.table.blockSignals(False)
        self._show_buttons()
        self._show_preview()

    def _show_kind(self, row: int, kind: FindingKind) -> None:
        findings, hands = self._used.get(kind.id, (0, 0))
        state = "written by the scorers" if kind.id in BUILT_IN_IDS else "yours"
        if kind.replaced_by:
            state = f"part of {self._wanted.title(kind.id)}"
        elif kind.retired:
            state = "retired"
        used = f"{findings:,} on {hands:,} hands" if findings else "–"
        for column, text in ((0, kind.title), (2, used), (3, state)):
            item = QTableWidgetItem(text)
            if column:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setForeground(theme.colour("secondary"))
            else:
                item.setToolTip(f"Written as “{kind.id}”")
            self.table.setItem(row, column, item)
        choice = QComboBox()
        choice.setAccessibleName(f"What {kind.title} is about")
        for part in PARTS:
            choice.addItem(PART_WORDS[part], part)
        choice.setCurrentIndex(PARTS.index(kind.parts))
        choice.setEnabled(kind.id not in BUILT_IN_IDS)
        choice.currentIndexChanged.connect(lambda place, kind_id=kind.id: self._change(kind_id, parts=PARTS[place]))
        self.table.setCellWidget(row, 1, choice)

    def _show_buttons(self) -> None:
        kind = self._chosen()
        is_own = kind is not None and kind.id not in BUILT_IN_IDS
        self.retire_button.setEnabled(is_own)
        self.merge_button.setEnabled(is_own)
        self.retire_button.setText("Bring back" if kind is not None and kind.retired else "Retire")

    def _show_preview(self) -> None:
        try:
            found = changes(self._before, checked(self._wanted, self._before))
        except UserError as error:
            self.preview.setText(f"{error.message} {error.hint}")
            self.save_button.setEnabled(False)
            return
        impacts = [Impact(change, *self._used.get(change.kind_id, (0, 0))) for change in found]
        self.preview.setText(preview_words(impacts, self._wanted))
        self.save_button.setEnabled(bool(found))

    # changing --------------------------------------------------------------------------------------------------

    def _chosen(self) -> FindingKind | None:
        row = self.table.currentRow()
        return self._wanted.kinds[row] if 0 <= row < len(self._wanted.kinds) else None

    def _change(self, kind_id: str, **values: object) -> None:
        kinds = tuple(replace(kind, **values) if kind.id == kind_id else kind for kind in self._wanted.kinds)  # type: ignore[arg-type]
        self._wanted = LabelSchema(kinds, self._wanted.version)
        self._show()

    def _on_item(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self._change(self._wanted.kinds[item.row()].id, title=item.text().strip())

    def add_kind(self) -> None:
        """Add a kind and let its title be typed."""
        kind = FindingKind(self._free_id(), "New kind")
        self._wanted = LabelSchema((*self._wanted.kinds, kind), self._wanted.version)
        self._show()
        row = len(self._wanted.kinds) - 1
        self.table.setCurrentCell(row, 0)
        item = self.table.item(row, 0)
        if item is not None:
            self.table.editItem(item)

    def toggle_retired(self) -> None:
        """Retire the chosen kind, or bring it back."""
        kind = self._chosen()
        if kind is not None:
            self._change(kind.id, retired=not kind.retired, replaced_by="")

    def merge_into(self, kind_id: str) -> None:
        """Make the chosen kind part of another."""
        kind = self._chosen()
        if kind is not None:
            self._change(kind.id, retired=True, replaced_by=kind_id)

    def _fill_merge_menu(self, menu: QMenu) -> None:
        menu.clear()
        chosen = self._chosen()
        for kind in self._wanted.offered():
            if chosen is not None and kind.id != chosen.id:
                menu.addAction(kind.title, partial(self.merge_into, kind.id))

    def _free_id(self) -> str:
        number, known = 1, {kind.id for kind in self._wanted.kinds}
        while f"own_{number}" in known:
            number += 1
        return f"own_{number}"

    def save(self) -> None:
        """Put the list in force as the next version."""
        wanted = LabelSchema(
            tuple(_with_speaking_id(kind, self._before, self._wanted) for kind in self._wanted.kinds),
            self._wanted.version,
        )
        self._ctx.save(
            workflow.save,
            wanted,
            by=self._ctx.annotator,
            note=self.note.text().strip(),
            done=lambda result: self._on_schema(result[0]),
        )
        self.note.clear()


def _with_speaking_id(kind: FindingKind, before: LabelSchema, wanted: LabelSchema) -> FindingKind:
    """Name a new kind after its title, as long as nothing refers to it yet."""
    if before.get(kind.id) is not None or any(other.replaced_by == kind.id for other in wanted.kinds):
        return kind
    slug = re.sub(r"[^a-z0-9]+", "_", kind.title.lower()).strip("_")[:40]
    taken = {other.id for other in wanted.kinds}
    is_free = slug and slug[0].isalpha() and slug not in taken
    return replace(kind, id=slug) if is_free else kind


def preview_words(impacts: Sequence[Impact], wanted: LabelSchema) -> str:
    """Return what a change touches, one sentence each."""
    if not impacts:
        return "Findings keep the kind they were written with, whatever changes here."
    lines = []
    for impact in impacts:
        change = impact.change
        touched = f"{impact.findings:,} findings on {impact.hands:,} hands" if impact.findings else "no finding yet"
        words = {
            "added": f"“{change.after}” is new.",
            "renamed": f"“{change.before}” is called “{change.after}”: {touched}.",
            "applies to": f"“{wanted.title(change.kind_id)}” is about {PART_WORDS.get(change.after, change.after)}.",
            "retired": f"“{change.before}” is no longer offered; {touched} keep it.",
            "brought back": f"“{change.after}” is offered again.",
            "merged": f"“{change.before}” is shown and exported as “{change.after}”: {touched}.",
            "separated": f"“{change.after}” stands for itself again: {touched}.",
        }[change.what]
        lines.append(words)
    return "\n".join(lines)
