"""Shows a case on canvas and panel: the result in digit colours, two voices behind it, words beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.canvas import GHOST_ID
from handanat_studio.gui.editor.items import HandLook
from handanat_studio.gui.editor.joint_angles import joint_angles, part_row
from handanat_studio.gui.editor.tone import Tone
from handanat_studio.gui.editor.webs import Web
from handanat_studio.gui.review import words
from handanat_studio.gui.review.canvas import ReviewCanvas
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.case_panel import CasePanel
from handanat_studio.gui.review.decision import LEFT, RIGHT, Decision, row_of
from handanat_studio.gui.review.ghosts import Ghost
from handanat_studio.hand.differences import Difference
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.opinion import Opinion, opinion_of
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.workflows import annotate
from handanat_studio.workflows.annotate import Judgement

FIRST_ZOOM_MAX, HAND_ZOOM_MAX, JOINT_ZOOM_MAX = 3.0, 6.0, 10.0
SMALL_HAND = 0.4
JOINT_VIEW = 0.5
"""Side of the view on a difference as a share of the hand's longer side."""


class Show(QObject):
    """Draws one case.

    Args:
        ctx: settings of the look.
        canvas, panel: what it draws on.
    """

    def __init__(self, ctx: Context, canvas: ReviewCanvas, panel: CasePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._canvas, self._panel = ctx, canvas, panel
        self._case: Case | None = None
        self._draft: Decision | None = None
        self._past: Opinion | None = None
        self._judged: tuple[HandPose, Judgement] | None = None
        self._row = -1
        self.labels = ctx.settings.show_labels
        self.has_prediction = False
        self._seen_webs: Callable[[HandPose], tuple[Web, ...]] | None = None
        self.place = -1

    # ---- what is open --------------------------------------------------------------------------------------------

    def open(self, case: Case | None, draft: Decision | None) -> None:
        """Show another case, or another draft on it."""
        if self._draft is not None and self._draft is not draft:
            self._draft.changed.disconnect(self.show_result)
            self._draft.committed.disconnect(self.show_words)
        if draft is not None and self._draft is not draft:
            draft.changed.connect(self.show_result)
            draft.committed.connect(self.show_words)
        if case is None or self._case is None or case.hand_id != self._case.hand_id:
            self._row = -1
        if case is not self._case:
            self._judged = None
        self._case, self._draft, self._past = case, draft, None
        count = len(case.differences) if case is not None else 0
        self.place = min(max(self.place, 0), count - 1) if draft is not None and draft.is_adjudication else -1
        self._canvas.keep_hands(set() if case is None else {case.hand_id, GHOST_ID})
        self._canvas.set_active(0 if case is None else case.hand_id)
        self.show_look()
        self.show_result()
        self.show_words()

    def select(self, row: int) -> None:
        """Mark another joint."""
        self._row = row
        self.show_look()

    def look_back(self, opinion: Opinion | None) -> None:
        """Show a state of the past instead of the result, None = the result again."""
        self._past = opinion
        self.show_result()

    @property
    def opinion(self) -> Opinion | None:
        """What is shown: a state of the past, the draft, what counts, what the first voice says, or the prediction."""
        if self._past is not None or self._case is None:
            return self._past
        if self._draft is not None:
            return self._draft.snapshot
        if self._case.ruled is not None:
            return opinion_of(self._case.ruled)
        if self._case.left is not None:
            return self._case.left.opinion
        detection = self._case.view.hand.hand.detection
        return Opinion(self._case.view.hand.pose if detection is None else detection.pose)

    @property
    def pose(self) -> HandPose | None:
        """The pose that is shown, also while a joint is being dragged."""
        if self._past is None and self._draft is not None:
            return self._draft.pose
        return None if self.opinion is None else self.opinion.pose

    @property
    def difference(self) -> Difference | None:
        """The difference in question."""
        found = () if self._case is None else self._case.differences
        return found[self.place] if 0 <= self.place < len(found) else None

    # ---- showing -------------------------------------------------------------------------------------------------

    def show_result(self) -> None:
        """Show the pose as it is right now, with everything that follows from it."""
        case, pose = self._case, self.pose
        if case is None or pose is None:
            self._canvas.show_ghosts(None, None)
            self._canvas.show_hand(GHOST_ID, None)
            return
        judgement = self._judgement(pose)
        webs = () if self._seen_webs is None else self._seen_webs(pose)
        self._canvas.show_hand(case.hand_id, pose, joint_angles(pose, judgement), webs)
        self._canvas.show_hand(GHOST_ID, self._behind(case))
        self._show_ghosts(case)
        if self.opinion is not None:
            self._panel.show_opinion(self.opinion, judgement, is_open=self._is_open(), title=self._whose(case))

    def _behind(self, case: Case) -> HandPose | None:
        """Return what lies behind the result: a saved version that is in its way, or the prediction if it is wanted."""
        if self._draft is not None and self._draft.theirs is not None:
            return self._draft.theirs
        detection = case.view.hand.hand.detection
        return detection.pose if self.has_prediction and detection is not None else None

    def show_seen_webs(self, seen: Callable[[HandPose], tuple[Web, ...]] | None) -> None:
        """Show the webs that somebody sees in the image, None = none."""
        self._seen_webs = seen
        self.show_result()

    def show_words(self) -> None:
        """Show what changes by steps: heading, voices, differences, comments."""
        case, blind = self._case, self._ctx.settings.blind_review
        if case is None:
            self._panel.show_nothing()
            return
        self._panel.show_heading(*words.heading(case, is_blind=blind))
        self._panel.show_voices(words.voice_rows(case, is_blind=blind))
        self._panel.show_differences(words.difference_rows(case, self._draft), self.place)
        self._panel.show_comments(words.comment_rows(case, is_blind=blind))
        self._panel.show_detection(case.view.hand.hand.detection, is_blind=case.view.hand.is_blind)

    def show_look(self) -> None:
        """Show the overlay as switches and settings say."""
        settings = self._ctx.settings
        self._canvas.set_look(
            HandLook(
                selected_row=self._row,
                labels=self.labels,
                marker_px=float(settings.marker_px),
                opacity=settings.overlay_opacity,
                names=settings.show_names,
                edges=settings.show_edges,
            )
        )
        self._canvas.set_tone(Tone(settings.brightness, settings.contrast, settings.gamma))

    def go_to(self, place: int) -> None:
        """Put another difference in question and bring it close."""
        self.place = place
        if self._case is not None:
            self._show_ghosts(self._case)
        self.show_words()
        self.zoom_to_difference()

    def _is_open(self) -> bool:
        return self._draft is not None and self._past is None

    def _whose(self, case: Case) -> str:
        if self._past is not None:
            return "as it was then"
        if self._draft is not None:
            return "yours"
        if case.ruled is not None:
            return "as it counts"
        return case.left.letter if case.left is not None else "nobody's yet"

    def _judgement(self, pose: HandPose) -> Judgement:
        if self._draft is not None and self._past is None:
            return self._draft.judgement
        if self._judged is None or self._judged[0] is not pose:
            assert self._case is not None
            hand = self._case.view.hand
            found = hand.hand.detection
            if found is None:
                judgement = annotate.judge(pose, "expert")
            else:
                source = landmark_source(found.detector)
                judgement = annotate.judge(pose, source, prediction=found.pose, evidence=found.evidence)
            self._judged = (pose, judgement)
        return self._judged[1]

    def _show_ghosts(self, case: Case) -> None:
        if self._past is not None or not case.is_disputed or case.left is None or case.right is None:
            self._canvas.show_ghosts(None, None)
            return
        pair = []
        for side, voice in ((LEFT, case.left), (RIGHT, case.right)):
            pose = voice.annotation.pose
            chosen = row_of(pose, self.difference, side) if self.difference is not None else -1
            apart = [difference for difference in case.differences if difference.kind in ("joint", "state")]
            lettered = frozenset(row_of(pose, difference, side) for difference in apart) - {-1}
            pair.append(Ghost(voice.letter, pose, chosen, lettered))
        self._canvas.show_ghosts(*pair)

    # ---- where to look -------------------------------------------------------------------------------------------

    def hand_box(self) -> Box | None:
        """Return where the hand is, None if it has no place yet."""
        if self._case is None or self.pose is None:
            return None
        return self.pose.box() or self._case.view.hand.hand.box

    def fit_first(self) -> None:
        """Show the hand as large as makes sense when it is opened."""
        box, case = self.hand_box(), self._case
        if case is None:
            return
        width, height = case.view.image.width or 1, case.view.image.height or 1
        if box is not None and max(box.width, box.height) < SMALL_HAND * max(width, height):
            self._canvas.fit_box(box, margin=0.22, limit=FIRST_ZOOM_MAX)
        else:
            self._canvas.fit_image()

    def zoom_to_hand(self) -> None:
        """Fill the view with the hand."""
        box = self.hand_box()
        if box is not None:
            self._canvas.fit_box(box, margin=0.22, limit=HAND_ZOOM_MAX)

    def zoom_to_difference(self) -> None:
        """Bring the joint in question close, as all sides have it; the whole hand where it is about no joint."""
        case, difference = self._case, self.difference
        if case is None or difference is None or case.left is None or case.right is None or self.pose is None:
            return
        sides = ((case.left.annotation.pose, LEFT), (case.right.annotation.pose, RIGHT), (self.pose, LEFT))
        spots = [pose.points[row] for pose, side in sides for row in [row_of(pose, difference, side)] if row >= 0]
        self._zoom_to(np.array([spot for spot in spots if np.isfinite(spot).all()]))

    def zoom_to_part(self, part: str) -> int:
        """Bring a joint or digit close and return its row, -1 for the whole hand."""
        pose = self.pose
        row = -1 if pose is None else part_row(pose, part)
        spot = np.empty((0, 2)) if pose is None or row < 0 else pose.points[[row]]
        self._zoom_to(spot[np.isfinite(spot).all(axis=1)])
        return row

    def _zoom_to(self, spots: NDArray[np.float32]) -> None:
        box = self.hand_box()
        if not len(spots) or box is None:
            self.zoom_to_hand()
            return
        low, high = spots.min(axis=0), spots.max(axis=0)
        side = max(max(box.width, box.height) * JOINT_VIEW, float((high - low).max()) * 1.6)
        x, y = ((low + high) / 2).tolist()
        self._canvas.fit_box(Box(x - side / 2, y - side / 2, side, side), margin=0.0, limit=JOINT_ZOOM_MAX)
