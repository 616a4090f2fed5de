"""Side by side: another opinion on the open hand in a linked view at the right of the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.items import HandLook
from handanat_studio.gui.editor.joint_angles import joint_angles
from handanat_studio.gui.editor.linked_view import LinkedView
from handanat_studio.gui.theme import HIT, S8, S12, font, style_as
from handanat_studio.hand.values import HandPose
from handanat_studio.workflows import annotate, review
from handanat_studio.workflows.review import ReviewView

HAND = 1
HEAD_PX = 36
NARROW_PX = 640
SILENCE = "Nobody else has labelled this hand, and no detector has found it."
STAGE_WORDS = {"draft": "in progress", "submitted": "submitted", "returned": "returned", "accepted": "accepted"}


@dataclass(frozen=True, slots=True)
class Said:
    """One opinion that can be shown.

    Attributes:
        whose: the name of an annotator or of a detector.
        who: whose it is in words, and how far it is.
        pose: the joints.
        verdict: what it says of the hand, None = nothing yet.
    """

    whose: str
    who: str
    pose: HandPose
    verdict: str | None = None

    @property
    def text(self) -> str:
        """How it is listed."""
        return f"{self.who}: {self.verdict}" if self.verdict else self.who


def opinions_beside(draft: Draft, view: ReviewView | None, viewer: str) -> list[Said]:
    """Return what can stand beside a draft, what people say before what the detector says.

    Args:
        draft: the open hand.
        view: what the store lets the viewer know; None = nothing is known yet.
        viewer: whose draft it is.
    """
    said = []
    for submission in view.submissions if view is not None else ():
        annotation = submission.annotation
        if annotation.annotator != viewer:
            word = STAGE_WORDS.get(submission.stage, submission.stage)
            said.append(
                Said(annotation.annotator, f"{annotation.annotator} ({word})", annotation.pose, annotation.verdict)
            )
    settled = view.adjudication if view is not None else None
    if settled is not None and settled.annotator != viewer:
        said.append(
            Said(
                settled.annotator + " (adjudication)",
                f"Adjudication by {settled.annotator}",
                settled.pose,
                settled.verdict,
            )
        )
    if draft.detection is not None:
        said.append(Said(draft.detection.detector, f"Detector ({draft.detection.detector})", draft.detection.pose))
    return said


class SideBySide(QFrame):
    """Takes the right half of the canvas; the canvas keeps its own half as viewport.

    Signals:
        closed(): its button was pressed.

    Args:
        ctx: reads what others have said.
        canvas: the view it stands beside.
    """

    closed = Signal()

    def __init__(self, ctx: Context, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._ctx, self._canvas = ctx, canvas
        self._draft: Draft | None = None
        self._known: ReviewView | None = None
        self._look = HandLook()
        self._on = False
        self._wanted = ""
        self.view = LinkedView(canvas, self)
        self.choice = QComboBox()
        self._mine = QFrame(canvas)
        self._silence = QLabel(SILENCE)
        self._close = QToolButton()
        self._build()
        canvas.installEventFilter(self)
        self._mine.hide()
        self.hide()

    def _build(self) -> None:
        style_as(self, card="side")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAccessibleName("Another opinion on this hand")
        self.choice.setAccessibleName("Whose opinion is shown")
        self.choice.currentIndexChanged.connect(self._show_chosen)
        self.choice.activated.connect(self._on_activated)
        head = QFrame()
        head.setFixedHeight(HEAD_PX)
        style_as(head, card="bar")
        self._silence.setWordWrap(True)
        style_as(self._silence, quiet=True)
        self._close.setIcon(icons.icon("close"))
        self._close.setFixedSize(HIT, HIT)
        self._close.setAccessibleName("Close the second view")
        self._close.setToolTip("Close")
        self._close.clicked.connect(self.closed)
        mine = QLabel("Mine")
        mine.setFont(font("body", bold=True))
        style_as(self._mine, card="bar")
        self._mine.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        for frame, parts in ((self._mine, (mine,)), (head, (self._silence, self.choice, self._close))):
            row = QHBoxLayout(frame)
            row.setContentsMargins(S12, 0, S8, 0)
            row.setSpacing(S8)
            for part in parts:
                row.addWidget(part, 0 if part is self._close else 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.view, 1)

    # ---- what is shown -------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self._on

    @property
    def said(self) -> list[Said]:
        """What can be chosen."""
        return [] if self._draft is None else opinions_beside(self._draft, self._known, self._ctx.annotator)

    def set_on(self, on: bool) -> None:
        """Open or close the second view; the place in the image stays."""
        if on == self._on:
            return
        self._on = on
        centre = self._canvas.seen().center()
        self._place()
        self._canvas.look_at(centre.x(), centre.y())
        if on:
            self.view.join()
            self._read()

    def open_draft(self, draft: Draft | None) -> None:
        """Stand beside another hand."""
        self._draft, self._known = draft, None
        if self._on:
            self._read()

    def refresh(self) -> None:
        """Read again what others say, as after a write."""
        if self._on:
            self._read()

    def set_look(self, look: HandLook) -> None:
        """Show marks as large and strong as on the canvas."""
        self._look = HandLook(
            "active",
            labels=look.labels,
            arcs=look.arcs,
            marker_px=look.marker_px,
            opacity=look.opacity,
            names=look.names,
            edges=look.edges,
        )
        self._show_chosen()

    def _read(self) -> None:
        draft = self._draft
        self._list()
        if draft is not None:
            self._ctx.read(
                review.review_view,
                draft.hand_id,
                viewer=self._ctx.annotator,
                done=lambda view: self._on_read(draft, view),
            )

    def _on_read(self, draft: Draft, view: ReviewView) -> None:
        if draft is self._draft:
            self._known = view
            self._list()

    def _list(self) -> None:
        said = self.said
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([one.text for one in said])
        whose = [one.whose for one in said]
        self.choice.setCurrentIndex(whose.index(self._wanted) if self._wanted in whose else 0 if said else -1)
        self.choice.blockSignals(False)
        self.choice.setVisible(bool(said))
        self._silence.setVisible(not said)
        self._show_chosen()

    def _on_activated(self, place: int) -> None:
        """Stay with whom the user chose, from hand to hand."""
        self._wanted = self.said[place].whose

    def _show_chosen(self) -> None:
        place, said, draft = self.choice.currentIndex(), self.said, self._draft
        if not self._on or draft is None or not 0 <= place < len(said):
            self.view.clear_hands()
            return
        pose = said[place].pose
        predicted, evidence = None, None
        if draft.detection is not None:
            predicted, evidence = draft.detection.pose, draft.detection.evidence
        judged = annotate.judge(pose, draft.source, prediction=predicted, evidence=evidence)
        angles = joint_angles(pose, judged)
        self.view.show_hand(HAND, pose, self._look, angles)

    # ---- its place -----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the right half when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize and self._on:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        size = self._canvas.size()
        width, head = (size.width() // 2, HEAD_PX) if self._on else (0, 0)
        self._canvas.setViewportMargins(0, head, width, 0)
        self._mine.setGeometry(QRect(0, 0, size.width() - width, head))
        self.setGeometry(QRect(size.width() - width, 0, width, size.height()))
        self._mine.setVisible(self._on)
        self.setVisible(self._on)
        self.raise_()


def why_too_narrow(canvas: QWidget) -> str:
    """Say why there is no room for two views, "" if there is."""
    return "" if canvas.width() >= NARROW_PX else "The canvas is too narrow for two views."
