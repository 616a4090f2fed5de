"""The right panel: what the hand counts as, who said what, what differs, verdict and findings, comments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.editor.evidence_box import EvidenceBox
from handanat_studio.gui.editor.findings_list import FindingsList
from handanat_studio.gui.editor.measures import merged_findings
from handanat_studio.gui.editor.sections import Section
from handanat_studio.gui.editor.verdict_box import score_words
from handanat_studio.gui.review.comment_list import CommentList, CommentRow
from handanat_studio.gui.review.difference_list import DifferenceList, DifferenceRow
from handanat_studio.gui.review.verdict_row import VerdictRow
from handanat_studio.gui.review.voice_list import VoiceList, VoiceRow
from handanat_studio.gui.theme import S4, S8, S12, S16, colour, font, style_as
from handanat_studio.hand.contradictions import contradictions
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.values import Detection
from handanat_studio.workflows.annotate import Judgement


class WarningLine(QWidget):
    """A sentence behind a warning sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, self._words = QLabel(), QLabel()
        self._words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self._paint_sign()

    def text(self) -> str:
        """Return what is said."""
        return self._words.text()

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._words.setText(text)
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the sign anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_sign()

    def _paint_sign(self) -> None:
        self._sign.setPixmap(icons.pixmap("warning", 16, colour("doubtful"), self.devicePixelRatioF()))


class CasePanel(QScrollArea):
    """Shows a case; changes nothing itself.

    Signals:
        verdict_chosen(object), finding_chosen(Finding), finding_judged(Finding, object), difference_chosen(place),
        comment_resolved(comment_id), part_chosen(part): what the reviewer asked for.
    """

    verdict_chosen = Signal(object)
    finding_chosen = Signal(object)
    finding_judged = Signal(object, object)
    difference_chosen = Signal(int)
    comment_resolved = Signal(int)
    part_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.consensus = QLabel()
        self.voices = VoiceList()
        self.differences = DifferenceList()
        self.verdict = VerdictRow()
        self.score = QLabel()
        self.against = WarningLine()
        self.findings = FindingsList()
        self.no_findings = QLabel("Nothing is out of range.")
        self.seen = EvidenceBox()
        self.comments = CommentList()
        self._build()
        self.verdict.chosen.connect(self.verdict_chosen)
        self.findings.chosen.connect(self.finding_chosen)
        self.findings.judged.connect(self.finding_judged)
        self.differences.chosen.connect(self.difference_chosen)
        self.comments.resolved.connect(self.comment_resolved)
        self.comments.shown.connect(self.part_chosen)

    def _build(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The hand under review")
        self.title.setFont(font("section", bold=True))
        for label in (self.consensus, self.score, self.no_findings):
            label.setWordWrap(True)
            style_as(label, quiet=True)
        head = QVBoxLayout()
        head.setContentsMargins(S12, S12, S12, 0)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.consensus)
        self._voices_part = Section("Who said what", self.voices)
        self._differences_part = Section("Differences", self.differences)
        self._verdict_part = Section("Verdict", self.verdict, self.against, self.score)
        self._findings_part = Section("Findings", self.findings, self.no_findings)
        self._seen_part = Section("Detection", self.seen)
        self._comments_part = Section("Comments", self.comments)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, S4, S16)
        layout.setSpacing(S8)
        layout.addLayout(head)
        for part in (
            self._voices_part,
            self._differences_part,
            self._verdict_part,
            self._findings_part,
            self._seen_part,
            self._comments_part,
        ):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(body)
        self.body = body

    # ---- showing -------------------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Stay empty while no hand is open."""
        self.body.hide()

    def show_heading(self, title: str, consensus: str) -> None:
        """Say which hand it is and what it counts as."""
        self.body.show()
        self.title.setText(title)
        self.consensus.setText(consensus)

    def show_voices(self, rows: Sequence[VoiceRow]) -> None:
        """Show who said what."""
        self.voices.show_rows(rows)
        self._voices_part.setVisible(bool(rows))

    def show_differences(self, rows: Sequence[DifferenceRow], current: int) -> None:
        """Show what differs; the figure says how many still need a word."""
        self.differences.show_rows(rows, current)
        self._differences_part.setVisible(bool(rows))
        self._differences_part.figure.setText(f"{sum(not row.choice for row in rows)} open of {len(rows)}")
        if 0 <= current < len(rows):
            spot = self.differences.mapTo(self.body, self.differences.row_rect(current).center().toPoint())
            self.ensureVisible(0, spot.y(), 0, 60)

    def show_opinion(self, opinion: Opinion, judgement: Judgement, *, is_open: bool, title: str) -> None:
        """Show verdict and findings of the result.

        Args:
            opinion: what is shown on the canvas.
            judgement: what the formulas say of it.
            is_open: whether it can be changed now.
            title: whose verdict it is.
        """
        self.verdict.set_verdict(opinion.verdict, is_open=is_open)
        self._verdict_part.figure.setText(title)
        against = contradictions(opinion)
        self.against.set_text(" ".join(against))
        self.against.setVisible(bool(against))
        self.score.setText(f"Calibrated score: {score_words(judgement.calibrated)}")
        found = merged_findings(judgement.calibrated.findings, opinion.findings)
        self.findings.set_findings(found)
        self.findings.setVisible(bool(found))
        self.no_findings.setVisible(not found)
        self._findings_part.figure.setText(str(len(found)) if found else "")

    def show_detection(self, detection: Detection | None, *, is_blind: bool) -> None:
        """Show who found the hand and what the digit network saw; nothing of that while the reviewer is blind."""
        self._seen_part.setVisible(not is_blind)
        self.seen.show_detection(None if is_blind else detection)

    def show_comments(self, rows: Sequence[CommentRow]) -> None:
        """Show comments, open ones first."""
        self.comments.show_rows(rows)
        self._comments_part.setVisible(bool(rows))
        count = sum(not row.resolved for row in rows)
        self._comments_part.figure.setText(f"{count} open" if count else "")
