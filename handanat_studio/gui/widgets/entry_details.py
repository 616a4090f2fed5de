"""The panel at the right of the library: one entry at a larger size, in words, with what was found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.evidence_words import count_words, detector_words
from handanat_studio.gui.widgets.entry_model import STATUS_WORDS, status_of
from handanat_studio.hand.annotation import DRAFT
from handanat_studio.hand.values import Finding, Score
from handanat_studio.store.library import Entry
from handanat_studio.workflows import browse

PICTURE_PX = 276
FINDINGS_SHOWN = 6
UNITS = {"deg": "°", "ratio": "", "digits": " digits", "": ""}


def finding_text(finding: Finding) -> str:
    """Return e.g. "index pip 131° (limit 110°)"; of a hand as a whole what was seen, in words."""
    if finding.part == "hand" and finding.value != finding.value and finding.source:
        return finding.source[0].upper() + finding.source[1:]
    unit = UNITS.get(finding.unit, f" {finding.unit}")
    digits = 0 if finding.unit in ("deg", "digits") else 2
    part = finding.part.replace("_", " ")
    text = f"{part} {finding.kind}" if finding.kind != "angle" else part
    if finding.value == finding.value:
        text += f" {finding.value:.{digits}f}{unit}"
    if finding.limit == finding.limit:
        text += f" (limit {finding.limit:.{digits}f}{unit})"
    return text


class EntryDetails(QFrame):
    """Shows one entry; emits `open_pressed`."""

    open_pressed = Signal()

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._entry: Entry | None = None
        self._tickets: list[Ticket] = []
        theme.style_as(self, card="side")
        self.setAccessibleName("Details")
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedHeight(PICTURE_PX)
        self._title = QLabel()
        self._title.setFont(theme.font("section", bold=True))
        self._title.setWordWrap(True)
        self._values: dict[str, QLabel] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(theme.S16)
        form.setVerticalSpacing(theme.S8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name in ("Verdict", "Status", "Score", "Paper score", "Image", "Generator", "Found by", "Digits seen"):
            label, value = QLabel(name), QLabel()
            theme.style_as(label, quiet=True)
            value.setWordWrap(True)
            value.setFont(theme.font(tabular=True))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, value)
            self._values[name] = value
        self._findings_title = QLabel("Findings")
        self._findings_title.setFont(theme.font(bold=True))
        self._findings = QLabel()
        self._findings.setWordWrap(True)
        self._open = QPushButton("Open in Annotate")
        theme.style_as(self._open, kind="primary")
        self._open.clicked.connect(self.open_pressed)
        self._hint = QLabel("Select a hand to see what was found.", alignment=Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        theme.style_as(self._hint, quiet=True)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(theme.S12, theme.S12, theme.S12, theme.S12)
        column.setSpacing(theme.S12)
        for widget in (self._picture, self._title):
            column.addWidget(widget)
        column.addLayout(form)
        column.addWidget(self._findings_title)
        column.addWidget(self._findings)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, theme.S12)
        outer.addWidget(self._hint, 1)
        outer.addWidget(scroll, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(theme.S12, 0, theme.S12, 0)
        bottom.addWidget(self._open)
        outer.addLayout(bottom)
        self._scroll = scroll
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """Show an entry, or the hint that none is selected."""
        for ticket in self._tickets:
            ticket.cancel()
        self._tickets.clear()
        before, self._entry = self._entry, entry
        self._hint.setVisible(entry is None)
        self._scroll.setVisible(entry is not None)
        self._open.setVisible(entry is not None)
        if entry is None:
            return
        name = entry.uri.replace("\\", "/").rsplit("/", 1)[-1]
        self._title.setText(name)
        self._title.setToolTip(entry.uri)
        self._set("Verdict", entry.verdict or "none yet" if entry.hand_id else "")
        stage = f", {entry.stage}" if entry.stage not in ("", DRAFT) else ""
        self._set("Status", entry.error or STATUS_WORDS[status_of(entry)] + stage)
        self._set("Score", f"{entry.score_value:.2f}, {entry.score_verdict}" if entry.score_verdict else "")
        self._set("Image", f"{entry.width} × {entry.height} px" if entry.width else "")
        self._set("Generator", entry.generator)
        if before is None or (before.image_id, before.hand_id) != (entry.image_id, entry.hand_id):
            self._picture.clear()
            self._set("Paper score", "")
            self._set("Found by", "")
            self._set("Digits seen", "")
            self._show_findings(None)
        self._open.setEnabled(entry.status != "error")
        self._ask(entry)

    def value(self, name: str) -> str:
        """Return what is shown beside a caption, "–" if nothing."""
        return self._values[name].text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._entry is not None:
            self.show_entry(self._entry)

    def _ask(self, entry: Entry) -> None:
        if self._ctx.project is None:
            return
        if entry.status == "error":
            self._on_picture(QImage())
            return
        side = round(PICTURE_PX * self.devicePixelRatioF())
        path = self._ctx.project.image_path(entry.uri)
        self._tickets = [
            self._ctx.images.request(path, entry.box, side, self._on_picture, urgent=True),
            self._ctx.read(browse.image_view, entry.image_id, annotator=self._ctx.annotator, done=self._on_view),
        ]

    def _set(self, name: str, text: str) -> None:
        self._values[name].setText(text or "–")

    def _on_picture(self, image: QImage) -> None:
        if image.isNull():
            broken = icons.icon("image-broken", "secondary")
            self._picture.setPixmap(broken.pixmap(QSize(48, 48), self.devicePixelRatioF()))
            return
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self._picture.setPixmap(pixmap)

    def _on_view(self, view: browse.ImageView) -> None:
        entry = self._entry
        hand = next((h for h in view.hands if entry is not None and h.hand.id == entry.hand_id), None)
        if hand is None:
            return
        if hand.is_blind:
            self._set("Score", "kept back: you annotate this hand blind")
        paper = hand.scores.get("paper")
        self._set("Paper score", "" if paper is None else f"{paper.value:.2f}, {paper.verdict}")
        found = hand.hand.detection
        who = "nobody, drawn by hand" if found is None else f"{detector_words(found.detector)} ({found.score:.2f})"
        self._set("Found by", who)
        self._set("Digits seen", "" if found is None or found.evidence is None else count_words(found.evidence))
        self._show_findings(hand.scores.get(self._ctx.settings.scorer))

    def _show_findings(self, score: Score | None) -> None:
        rows = score.findings[:FINDINGS_SHOWN] if score is not None else ()
        more = len(score.findings) - len(rows) if score is not None else 0
        lines = [f"•  {finding_text(finding)}" for finding in rows] + ([f"and {more} more"] if more else [])
        self._findings_title.setText(f"Findings ({len(rows) + more})" if rows else "Findings")
        self._findings.setText("\n".join(lines) or ("Nothing found." if score is not None else "–"))
