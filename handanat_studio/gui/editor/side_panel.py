"""The inspector: verdict, findings, digits, angles, ratios, note and history of the hand that is open.

It shows a draft and tells what the user wants; it changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from handanat_studio.gui.editor import measures
from handanat_studio.gui.editor.bars import BarTable
from handanat_studio.gui.editor.diagram import DigitDiagram
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.findings_list import FindingsList
from handanat_studio.gui.editor.history_list import HistoryList, HistoryRow
from handanat_studio.gui.editor.joint_angles import JointAngle
from handanat_studio.gui.editor.verdict_box import VerdictBox
from handanat_studio.gui.theme import S4, S8, S12, S16, font, style_as
from handanat_studio.hand.annotation import Annotation

WIDTH_PX = 340


class NoteField(QPlainTextEdit):
    """A note that is handed over when the field is left, not while somebody types."""

    finished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("What should others know about this hand?")
        self.setAccessibleName("Note")
        self.setTabChangesFocus(True)
        self.setFixedHeight(60)
        self._shown = ""

    def show_note(self, text: str) -> None:
        """Show a stored note, unless somebody is writing here."""
        if text != self._shown and not self.is_dirty:
            self.setPlainText(text)
            self._shown = text

    @property
    def is_dirty(self) -> bool:
        """Whether the text differs from the stored note."""
        return self.toPlainText() != self._shown

    def flush(self) -> None:
        """Hand over what was written."""
        if self.is_dirty:
            self._shown = self.toPlainText()
            self.finished.emit(self._shown)

    def reset(self, text: str) -> None:
        """Show the note of another hand."""
        self._shown = text
        self.setPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over the note when the field is left."""
        super().focusOutEvent(event)
        self.flush()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Ctrl+Enter finish the note."""
        finish = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if finish or event.key() == Qt.Key.Key_Escape:
            self.flush()
            parent = self.parentWidget()
            if parent is not None:
                parent.setFocus()
        else:
            super().keyPressEvent(event)


class Section(QWidget):
    """A titled part of the inspector, with a quiet figure at the right of its title."""

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__()
        heading = QLabel(title)
        heading.setFont(font("section", bold=True))
        self.figure = QLabel()
        self.figure.setFont(font("body", tabular=True))
        style_as(self.figure, quiet=True)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self.figure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S12, S12, 0)
        layout.setSpacing(S8)
        layout.addLayout(top)
        for part in parts:
            layout.addWidget(part)


class Inspector(QScrollArea):
    """The right panel of the Annotate page.

    Signals:
        verdict_chosen(object), finding_chosen(Finding), finding_judged(Finding, object), joint_chosen(row),
        note_written(str), step_chosen(position), revision_chosen(Annotation): what the user asked for.
    """

    verdict_chosen = Signal(object)
    finding_chosen = Signal(object)
    finding_judged = Signal(object, object)
    joint_chosen = Signal(int)
    note_written = Signal(str)
    step_chosen = Signal(int)
    revision_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = VerdictBox()
        self.findings = FindingsList()
        self.no_findings = QLabel()
        self.no_findings.setWordWrap(True)
        style_as(self.no_findings, quiet=True)
        self.diagram = DigitDiagram()
        self.angles = BarTable("Joint angles", measures.ANGLE_SCALE)
        self.ratios = BarTable("Digit length ratios", measures.RATIO_SCALE)
        self.note = NoteField()
        self.history = HistoryList()
        self._earlier: tuple[Annotation, ...] = ()
        self._build()
        self._wire()

    def _build(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")
        self.setMinimumWidth(WIDTH_PX)
        self.setMaximumWidth(WIDTH_PX + 120)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, S4, S16)
        layout.setSpacing(S4)
        self._findings_part = Section("Findings", self.findings, self.no_findings)
        self._digits_part = Section("Digits", self.diagram)
        self._angles_part = Section("Joint angles", self.angles)
        self._ratios_part = Section("Length ratios", self.ratios)
        self._history_part = Section("History", self.history)
        parts = (
            Section("Verdict", self.verdict),
            self._findings_part,
            self._digits_part,
            self._angles_part,
            self._ratios_part,
            Section("Note", self.note),
            self._history_part,
        )
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(body)
        self.body = body

    def _wire(self) -> None:
        self.verdict.chosen.connect(self.verdict_chosen)
        self.findings.chosen.connect(self.finding_chosen)
        self.findings.judged.connect(self.finding_judged)
        self.diagram.chosen.connect(self.joint_chosen)
        self.angles.chosen.connect(self.joint_chosen)
        self.note.finished.connect(self.note_written)
        self.history.step_chosen.connect(self.step_chosen)
        self.history.revision_chosen.connect(self.revision_chosen)

    # ---- showing -------------------------------------------------------------------------------------------------

    def open_draft(self, draft: Draft | None) -> None:
        """Show another hand, or none."""
        self.body.setEnabled(draft is not None)
        self._earlier = ()
        self.note.reset("" if draft is None else draft.snapshot.note)
        if draft is None:
            self.verdict.set_verdict(None)
            self.verdict.show_scores(None)
            self.findings.set_findings(())
            self.no_findings.setText("No hand is open.")
            self.no_findings.show()
            self.diagram.show_pose(None)
            self.angles.set_rows(())
            self.ratios.set_rows(())
            self.history.show_rows((), -1)

    def show_live(self, draft: Draft, angles: Sequence[JointAngle]) -> None:
        """Show what follows the mouse: scores, findings, digits, angles, ratios."""
        judgement = draft.judgement
        findings = measures.merged_findings(judgement.calibrated.findings, draft.snapshot.findings)
        self.verdict.show_scores(judgement)
        self.findings.set_findings(findings)
        self.findings.setVisible(bool(findings))
        self.no_findings.setVisible(not findings)
        if not findings:
            self.no_findings.setText(measures.no_findings_words(angles))
        self._findings_part.figure.setText(str(len(findings)) if findings else "")
        self.diagram.show_pose(draft.pose)
        self._digits_part.figure.setText(measures.count_words(judgement.features))
        self.angles.set_rows(measures.angle_bar_rows(angles))
        self._angles_part.figure.setText(measures.assessed_words(angles))
        self.ratios.set_rows(measures.ratio_bar_rows(draft.pose, judgement, draft.source))

    def show_committed(self, draft: Draft) -> None:
        """Show what changes by steps: verdict, note, history."""
        snapshot = draft.snapshot
        self.verdict.set_verdict(snapshot.verdict)
        self.note.show_note(snapshot.note)
        rows = [HistoryRow(a.action or "Saved", clock_time(a.created_at), revision=a) for a in self._earlier]
        rows += [HistoryRow(step.action, "", position=i) for i, step in enumerate(draft.steps())]
        self.history.show_rows(rows, draft.position)
        self._history_part.figure.setText(str(len(rows)))

    def show_earlier(self, draft: Draft, revisions: Sequence[Annotation]) -> None:
        """Show the revisions that were on disk before this session, oldest first."""
        self._earlier = tuple(revisions)
        self.show_committed(draft)

    def set_selected(self, row: int) -> None:
        """Mark the joint that keys act on."""
        self.diagram.set_selected(row)
        self.angles.set_selected(row)


def clock_time(created_at: str) -> str:
    """Return a stored UTC time as local hours, minutes and seconds; "" if it is none."""
    try:
        return datetime.fromisoformat(created_at).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return ""
