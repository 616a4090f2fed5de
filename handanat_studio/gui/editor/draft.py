"""The draft of one hand: its snapshots, what the formulas say of them, and how far they are on disk.

Every committed step is one revision, saved at once and in order. A step that could not be saved is kept and sent again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Signal

from handanat_studio.errors import Conflict
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.active_time import ActiveClock
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import ANNOTATION, Annotation, NewAnnotation
from handanat_studio.hand.history import History, Step
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.hand.values import Detection, Finding, HandPose
from handanat_studio.workflows import annotate, browse
from handanat_studio.workflows.annotate import Judgement

EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Task:
    """What a draft is for, when it is not the annotator's own annotation.

    Attributes:
        kind: one of `hand.annotation.KINDS`.
        round: the chain it continues or begins, from `workflows.review`.
        first: the state before any edit.
        annotation: the newest revision of that chain, None = it begins.
        basis: what the revisions rest on; see `NewAnnotation.basis`.
    """

    kind: str
    round: int
    first: Opinion
    annotation: Annotation | None = None
    basis: dict[str, Any] | None = None


class SaveState(Enum):
    """How far a draft is on disk."""

    UNTOUCHED = "untouched"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"
    CONFLICT = "conflict"


class Draft(QObject):
    """One hand while it is being annotated.

    Signals:
        changed(): the pose (also while a joint is dragged), its judgement or the snapshot is another one.
        committed(): a step was added, undone or redone.
        save_state_changed(): see `save_state`.

    Args:
        ctx: gives the store thread.
        view: the hand as the store knows it.
        clock: counts active time; shared by the page.
        task: what the draft is for; None = the annotator's own annotation.
    """

    changed = Signal()
    committed = Signal()
    save_state_changed = Signal()

    def __init__(
        self,
        ctx: Context,
        view: browse.HandView,
        clock: ActiveClock,
        parent: QObject | None = None,
        *,
        task: Task | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._clock = ctx, clock
        self.hand_id = view.hand.id
        self.box = view.hand.box
        self.detection: Detection | None = view.hand.detection
        self._start = None if view.hand.detection is None else view.hand.detection.pose
        self._newest: Annotation | None = None
        self.problem = ""
        self.is_blind = view.is_blind
        self.task = task or _own_task(view)
        annotation, first = self.task.annotation, self.task.first
        self.basis = self.task.basis
        self.parent_id: int | None = annotation.id if annotation is not None else None
        self.first_id = self.parent_id
        self._history: History[Opinion] = History(first, "Opened" if annotation is not None else "Detected")
        self._position = 0
        self._used_ids = [first.pose]
        self._preview: HandPose | None = None
        self._waiting: deque[NewAnnotation] = deque()
        self._newest_id: int | None = None
        self._state = SaveState.SAVED if annotation is not None else SaveState.UNTOUCHED
        self._judged: tuple[HandPose, Judgement] | None = None
        self._carried = 0.0
        self._seconds = 0.0 if annotation is None else annotation.active_seconds
        self._times = [""]

    # ---- what is there -------------------------------------------------------------------------------------------

    @property
    def annotator(self) -> str:
        """In whose name it is written."""
        return self._ctx.annotator

    @property
    def snapshot(self) -> Opinion:
        """The committed state."""
        return self._history.current

    @property
    def pose(self) -> HandPose:
        """The pose to show: the one being dragged, else the committed one."""
        return self.snapshot.pose if self._preview is None else self._preview

    @property
    def source(self) -> str:
        """Whose landmarks the pose started from: the detector's, or the expert's where nothing was predicted."""
        return "expert" if self.detection is None else landmark_source(self.detection.detector)

    @property
    def judgement(self) -> Judgement:
        """What the formulas say of the pose that is shown."""
        if self._judged is None or self._judged[0] is not self.pose:
            evidence = None if self.detection is None else self.detection.evidence
            judged = annotate.judge(self.pose, self.source, prediction=self._start, evidence=evidence)
            self._judged = (self.pose, judged)
        return self._judged[1]

    @property
    def save_state(self) -> SaveState:
        """How far the draft is on disk."""
        return self._state

    @property
    def is_settled(self) -> bool:
        """Whether every committed step is on disk."""
        return not self._waiting

    @property
    def history(self) -> History[Opinion]:
        """The steps of this session; read only."""
        return self._history

    def steps(self) -> list[Step[Opinion]]:
        """Return the steps of this session, oldest first, undone ones included."""
        return self._history.steps()

    @property
    def position(self) -> int:
        """Index of the current step in `steps()`."""
        return self._position

    def step_times(self) -> list[str]:
        """Return when each step of `steps()` was made, UTC in ISO 8601; "" for the state before any edit."""
        return list(self._times)

    @property
    def seconds(self) -> float:
        """Active seconds on the revision it began with and on everything since, idle time excluded."""
        return self._seconds + self._carried

    def keep_time(self) -> None:
        """Keep the time so far for the next revision, as when another hand is opened before anything was changed."""
        self._carried += self._clock.take()

    def next_digit_id(self) -> int:
        """Return a digit id that this hand never had, undone steps included."""
        return edits.next_digit_id(*self._used_ids)

    def see(self, view: browse.HandView) -> None:
        """Learn what changed about the hand itself: the detector has run again, or the blind round is over."""
        if view.hand.detection != self.detection:
            self._judged = None
        self.is_blind, self.box, self.detection = view.is_blind, view.hand.box, view.hand.detection

    def judge_against(self, start: HandPose) -> None:
        """Count as the expert's the joints that differ from `start`, the prediction that the annotation began with."""
        if self._start is None or self._start != start:
            self._start, self._judged = start, None
            self.changed.emit()

    # ---- changing it ---------------------------------------------------------------------------------------------

    def preview(self, pose: HandPose) -> None:
        """Show a pose that is not committed yet (a joint is being dragged)."""
        self._preview = pose
        self.changed.emit()

    def drop_preview(self) -> None:
        """Go back to the committed pose."""
        if self._preview is not None:
            self._preview = None
            self.changed.emit()

    def commit_preview(self, action: str) -> None:
        """Make the shown pose a step."""
        pose, self._preview = self._preview, None
        if pose is not None:
            self.edit(pose, action)

    def edit(self, pose: HandPose, action: str) -> None:
        """Commit another pose."""
        self.commit(replace(self.snapshot, pose=pose), action)

    def set_verdict(self, verdict: str | None) -> None:
        """Commit a verdict."""
        self.commit(replace(self.snapshot, verdict=verdict), f"Verdict {verdict}" if verdict else "Verdict cleared")

    def set_note(self, note: str) -> None:
        """Commit a note."""
        self.commit(replace(self.snapshot, note=note), "Note")

    def set_flagged(self, flagged: bool) -> None:
        """Commit the mark for a second look."""
        self.commit(replace(self.snapshot, flagged=flagged), "Flagged" if flagged else "Flag removed")

    def judge_finding(self, finding: Finding, accepted: bool | None) -> None:
        """Commit the expert's word on a finding; None takes it back."""
        others = tuple(f for f in self.snapshot.findings if (f.kind, f.part) != (finding.kind, finding.part))
        mine = () if accepted is None else (replace(finding, accepted=accepted),)
        word = {True: "Agreed with", False: "Rejected", None: "Reopened"}[accepted]
        if finding.origin == EXPERT:
            word = "Removed" if accepted is None else "Added"
        part = finding.part.replace("_", " ")
        self.commit(replace(self.snapshot, findings=(*others, *mine)), f"{word} {part}")

    def commit(self, snapshot: Opinion, action: str) -> None:
        """Add a step and save it; nothing happens if nothing changed."""
        self._preview = None
        if self._history.push(snapshot, action):
            self._note_step()
            self._used_ids.append(snapshot.pose)
            self._after_step(action)
        else:
            self.changed.emit()

    def affirm(self, action: str) -> None:
        """Write the state down as it is, where nothing has been written of this hand yet."""
        if self.parent_id is None and self.is_settled:
            self._after_step(action)

    def undo(self) -> None:
        """Go one step back; on disk this is one more revision."""
        if self._history.can_undo:
            action = self._history.undo_action
            self._history.undo()
            self._position -= 1
            self._after_step(f"Undo {action}")

    def redo(self) -> None:
        """Go one step forward again."""
        if self._history.can_redo:
            action = self._history.redo_action
            self._history.redo()
            self._position += 1
            self._after_step(f"Redo {action}")

    def go_to(self, position: int) -> None:
        """Jump to a step of `steps()`; on disk this is one more revision."""
        if position == self._position or not 0 <= position < len(self.steps()):
            return
        while self._position > position:
            self._history.undo()
            self._position -= 1
        while self._position < position:
            self._history.redo()
            self._position += 1
        self._after_step(f"Back to {self.steps()[position].action}")

    def _note_step(self) -> None:
        self._position = len(self.steps()) - 1
        self._times[self._position :] = [datetime.now(UTC).isoformat()]

    def _after_step(self, action: str) -> None:
        self._preview = None
        now = self.snapshot
        spent, self._carried = self._carried + self._clock.take(), 0.0
        self._seconds += spent
        self._waiting.append(
            NewAnnotation(
                hand_id=self.hand_id,
                annotator=self._ctx.annotator,
                pose=now.pose,
                verdict=now.verdict,
                findings=now.findings,
                note=now.note,
                flagged=now.flagged,
                active_seconds=spent,
                round=self.task.round,
                kind=self.task.kind,
                basis=self.basis,
                action=action,
            )
        )
        self.changed.emit()
        self.committed.emit()
        if self._state is not SaveState.CONFLICT:
            self._send()

    # ---- saving --------------------------------------------------------------------------------------------------

    def retry(self) -> None:
        """Send again what could not be saved."""
        if self._state is SaveState.FAILED:
            self._send(again=True)

    def _send(self, *, again: bool = False) -> None:
        if not self._waiting or (self._state is SaveState.SAVING and not again):
            return
        self._set_state(SaveState.SAVING)
        revision = replace(self._waiting[0], parent_id=self.parent_id)
        self._ctx.save(annotate.save, revision, done=self._on_saved, failed=self._on_failed)

    def _on_saved(self, result: tuple[Annotation, Any]) -> None:
        self._waiting.popleft()
        self.parent_id = result[0].id
        if self._waiting:
            self._send(again=True)
        else:
            self._set_state(SaveState.SAVED)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, Conflict):
            self._newest_id = error.newest_id
            self._set_state(SaveState.CONFLICT)
            return
        self.problem = str(error)
        self._set_state(SaveState.FAILED)

    def _set_state(self, state: SaveState) -> None:
        if state is not self._state:
            self._state = state
            self.save_state_changed.emit()

    # ---- conflicts -----------------------------------------------------------------------------------------------

    @property
    def theirs(self) -> HandPose | None:
        """The pose on disk while it is in conflict with this draft."""
        return self._newest.pose if self._newest is not None else None

    def newest_among(self, revisions: list[Annotation]) -> Annotation | None:
        """Return the revision that is in this draft's way."""
        return next((r for r in revisions if r.id == self._newest_id), None)

    def show_theirs(self, newest: Annotation | None) -> None:
        """Learn what is on disk instead of this draft's parent; both stay until one is chosen."""
        if self._state is SaveState.CONFLICT:
            self._newest = newest
            self.changed.emit()

    def keep_mine(self) -> None:
        """Save this draft's steps after what is on disk."""
        if self._state is SaveState.CONFLICT:
            self.parent_id, self._newest = self._newest_id, None
            self._send(again=True)
            self.changed.emit()

    def take_theirs(self) -> None:
        """Continue from what is on disk; this draft's unsaved steps stay in its history, to be undone into."""
        newest = self._newest
        if self._state is not SaveState.CONFLICT or newest is None:
            return
        self._waiting.clear()
        self.parent_id, self._newest, self._preview = newest.id, None, None
        self._history.push(opinion_of(newest), "Took the saved version")
        self._note_step()
        self._set_state(SaveState.SAVED)
        self.changed.emit()
        self.committed.emit()


def _own_task(view: browse.HandView) -> Task:
    annotation, detection = view.annotation, view.hand.detection
    if annotation is not None:
        return Task(ANNOTATION, annotation.round, opinion_of(annotation), annotation, annotation.basis)
    basis = None if detection is None else {"detector": detection.detector, "version": detection.version}
    return Task(ANNOTATION, 1, Opinion(view.pose), basis=basis)
