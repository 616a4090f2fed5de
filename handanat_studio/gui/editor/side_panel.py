"""The inspector: stage, verdict, findings, digits, detection, angles, ratios, comments, note and history of a hand.

It shows a draft and tells what the user wants; it changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor import history_rows, measures
from handanat_studio.gui.editor.bars import BarTable
from handanat_studio.gui.editor.comments_panel import CommentsPanel
from handanat_studio.gui.editor.contradiction_box import ContradictionBox
from handanat_studio.gui.editor.diagram import DigitDiagram
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.evidence_box import EvidenceBox
from handanat_studio.gui.editor.finding_form import FindingForm
from handanat_studio.gui.editor.findings_list import FindingsList
from handanat_studio.gui.editor.history_list import HistoryList
from handanat_studio.gui.editor.joint_angles import JointAngle
from handanat_studio.gui.editor.note_field import NoteField
from handanat_studio.gui.editor.prediction_box import PredictionBox
from handanat_studio.gui.editor.sections import Section
from handanat_studio.gui.editor.stage_line import StageLine
from handanat_studio.gui.editor.verdict_box import VerdictBox
from handanat_studio.gui.theme import HIT, S4, S16, font, style_as
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.values import Detection
from handanat_studio.workflows.provenance import Deed

WIDTH_PX = 340


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
        self.stage = StageLine()
        self.verdict = VerdictBox()
        self.contradictions = ContradictionBox()
        self.findings = FindingsList()
        self.finding_form = FindingForm()
        self.add_finding = _plus("Add a finding")
        self.no_findings = QLabel()
        self.no_findings.setWordWrap(True)
        style_as(self.no_findings, quiet=True)
        self.diagram = DigitDiagram()
        self.prediction = PredictionBox()
        self.seen = EvidenceBox()
        self.angles = BarTable("Joint angles", measures.ANGLE_SCALE)
        self.ratios = BarTable("Digit length ratios", measures.RATIO_SCALE)
        self.comments = CommentsPanel()
        self.note = NoteField()
        self.history = HistoryList()
        self.spent = QLabel()
        self.spent.setFont(font("caption", tabular=True))
        style_as(self.spent, quiet=True)
        self._draft: Draft | None = None
        self._earlier: tuple[Annotation, ...] = ()
        self._deeds: tuple[Deed, ...] = ()
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
        self._findings_part = Section(
            "Findings", self.findings, self.no_findings, self.finding_form, corner=self.add_finding
        )
        self._digits_part = Section("Digits", self.diagram, self.prediction)
        self._seen_part = Section("Detection", self.seen)
        self._angles_part = Section("Joint angles", self.angles)
        self._ratios_part = Section("Length ratios", self.ratios)
        self._comments_part = Section("Comments", self.comments)
        self._history_part = Section("History", self.history, self.spent)
        parts: tuple[QWidget, ...] = (
            self.stage,
            Section("Verdict", self.verdict, self.contradictions),
            self._findings_part,
            self._digits_part,
            self._seen_part,
            self._angles_part,
            self._ratios_part,
            self._comments_part,
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
        self._draft = draft
        self.body.setEnabled(draft is not None)
        self._earlier, self._deeds = (), ()
        self.note.reset("" if draft is None else draft.snapshot.note)
        self.finding_form.close_form()
        if draft is None:
            self.verdict.set_verdict(None)
            self.verdict.show_scores(None)
            self.findings.set_findings(())
            self.no_findings.setText("No hand is open.")
            self.no_findings.show()
            self.diagram.show_pose(None)
            self._seen_part.hide()
            self.angles.set_rows(())
            self.ratios.set_rows(())
            self.history.show_rows((), -1)
            self.spent.clear()

    def show_live(self, draft: Draft, angles: Sequence[JointAngle]) -> None:
        """Show what follows the mouse: scores, findings, digits, angles, ratios."""
        judgement, blind = draft.judgement, draft.is_blind
        self.verdict.set_blind(blind)
        self.verdict.show_scores(None if blind else judgement)
        self._show_findings(draft, angles)
        self.diagram.show_pose(draft.pose)
        self._digits_part.figure.setText(measures.count_words(judgement.features, blind=blind))
        bent = measures.angle_bar_rows(angles)
        long = measures.ratio_bar_rows(draft.pose, judgement, draft.source)
        self.angles.set_rows(measures.without_limits(bent) if blind else bent)
        self._angles_part.figure.setText(measures.assessed_words(angles))
        self.ratios.set_rows(measures.without_limits(long) if blind else long)

    def show_detection(self, detection: Detection | None, *, is_blind: bool) -> None:
        """Show who found the hand and what the digit network saw; nothing of that in a blind round."""
        self._seen_part.setVisible(not is_blind)
        self.seen.show_detection(None if is_blind else detection)

    def _show_findings(self, draft: Draft, angles: Sequence[JointAngle]) -> None:
        judged = draft.snapshot.findings
        findings = measures.own_findings(judged)
        if not draft.is_blind:
            findings = measures.merged_findings(draft.judgement.calibrated.findings, judged)
        self.findings.set_findings(findings)
        self.findings.setVisible(bool(findings))
        self.no_findings.setVisible(not findings)
        if not findings:
            nothing = "You have added no finding."
            self.no_findings.setText(nothing if draft.is_blind else measures.no_findings_words(angles))
        self._findings_part.figure.setText(str(len(findings)) if findings else "")

    def show_committed(self, draft: Draft) -> None:
        """Show what changes by steps: verdict, note, history."""
        snapshot = draft.snapshot
        self.verdict.set_verdict(snapshot.verdict)
        self.note.show_note(snapshot.note)
        rows = history_rows.rows_of(draft, self._earlier, self._deeds)
        self.history.show_rows(rows, draft.position)
        self._history_part.figure.setText(str(len(rows)))

    def show_earlier(self, draft: Draft, revisions: Sequence[Annotation]) -> None:
        """Show the revisions that were on disk before this session, oldest first."""
        self._earlier = tuple(revisions)
        self.show_committed(draft)

    def show_deeds(self, draft: Draft, deeds: Sequence[Deed]) -> None:
        """Show what else became of the hand: detected, submitted, returned, accepted; oldest first."""
        self._deeds = tuple(deeds)
        self.show_committed(draft)

    @property
    def earlier_seconds(self) -> float:
        """Active seconds on the revisions before the one that this session began with."""
        return sum(revision.active_seconds for revision in self._earlier)

    def show_comment_count(self, waiting: int) -> None:
        """Say beside the title how many comments are open."""
        self._comments_part.figure.setText(f"{waiting} open" if waiting else "")

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a part of the panel."""
        self.ensureWidgetVisible(widget, 0, S16)

    def open_finding_form(self, row: int) -> None:
        """Ask for an expert's own finding, with the selected joint prefilled."""
        if self._draft is not None:
            self.finding_form.open_form(self._draft.pose, row)
            self.reveal(self.finding_form)

    def set_selected(self, row: int) -> None:
        """Mark the joint that keys act on."""
        self.diagram.set_selected(row)
        self.angles.set_selected(row)


def _plus(name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon("plus"))
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(HIT - 4, HIT - 4)
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
