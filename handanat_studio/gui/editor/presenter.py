"""Shows the open hand on canvas, inspector and filmstrip, and keeps what is switched on. Edits and loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.canvas import GHOST_ID, Canvas
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.draft_shelf import DraftShelf
from handanat_studio.gui.editor.filmstrip import Filmstrip, StripHand
from handanat_studio.gui.editor.items import HandLook
from handanat_studio.gui.editor.joint_angles import JointAngle, joint_angles, part_row
from handanat_studio.gui.editor.side_panel import Inspector
from handanat_studio.gui.editor.tools import is_located
from handanat_studio.gui.editor.webs import Web, webs_beside, with_seen
from handanat_studio.hand.topology import Side
from handanat_studio.hand.values import Box, Finding, HandPose
from handanat_studio.settings import Settings
from handanat_studio.workflows.browse import HandView, ImageView

HAND_ZOOM_MAX = 6.0
JOINT_VIEW = 0.55
"""Side of the view on a joint as a share of the hand's longer side."""


@dataclass(slots=True)
class Switches:
    """What the toolbar switches on and off."""

    labels: bool = False
    arcs: bool = True
    ghost: bool = False
    sticky: bool = False


KEPT_SWITCHES = {"labels": "show_labels", "sticky": "sticky_zoom"}
"""Switches that stay as they are between sessions, and the settings that keep them."""


class Presenter(QObject):
    """Draws one draft and its surroundings.

    Signals:
        look_changed(HandLook): the overlay is to be shown in another way.

    Args:
        ctx: settings of the look.
        canvas, inspector, filmstrip: what it draws on.
        shelf: where drafts of the image's other hands are, if there are any.
    """

    look_changed = Signal(object)

    def __init__(
        self,
        ctx: Context,
        canvas: Canvas,
        inspector: Inspector,
        filmstrip: Filmstrip,
        shelf: DraftShelf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._shelf = ctx, shelf
        self._canvas, self._inspector, self._filmstrip = canvas, inspector, filmstrip
        self.switches = Switches()
        self._take_switches(ctx.settings)
        self._draft: Draft | None = None
        self._view: ImageView | None = None
        self._row = self._live_row = -1
        self._seen_webs: Callable[[HandPose], Sequence[Web]] | None = None
        self._angles: tuple[JointAngle, ...] = ()

    # ---- what is open --------------------------------------------------------------------------------------------

    def open(self, view: ImageView | None, draft: Draft | None) -> None:
        """Show another image and hand."""
        if self._draft is not None and self._draft is not draft:
            self._draft.changed.disconnect(self.show_live)
            self._draft.committed.disconnect(self.show_committed)
        fresh = self._draft is not draft
        self._view, self._draft = view, draft
        if fresh:
            self._row = -1
            self._inspector.open_draft(draft)
            if draft is not None:
                draft.changed.connect(self.show_live)
                draft.committed.connect(self.show_committed)
        shown = {hand.hand.id for hand in view.hands} if view is not None else set()
        self._canvas.keep_hands(shown | {GHOST_ID})
        self._canvas.set_active(draft.hand_id if draft is not None else 0)
        self._show_others()
        self.show_live()
        self.show_committed()

    def select(self, row: int) -> None:
        """Mark another joint."""
        self._row = row
        self._inspector.set_selected(row)
        self._show_open()
        self.show_look()

    def set_live(self, row: int) -> None:
        """Say which joint is being moved, -1 = none; its limits are then written beside it."""
        if row != self._live_row:
            self._live_row = row
            self.show_look()

    def show_seen_webs(self, seen: Callable[[HandPose], Sequence[Web]] | None) -> None:
        """Show the webs that somebody sees in the image beside those of the chosen digit, None = only these."""
        self._seen_webs = seen
        self._show_open()

    # ---- showing -------------------------------------------------------------------------------------------------

    def show_live(self) -> None:
        """Show the pose as it is right now, with everything that follows from it."""
        draft = self._draft
        if draft is None:
            self._canvas.show_hand(GHOST_ID, None)
            return
        self._angles = joint_angles(draft.pose, draft.judgement)
        self._show_open()
        self._inspector.show_live(draft, self._angles)

    def _show_open(self) -> None:
        draft = self._draft
        if draft is not None and draft.is_blind:
            self._canvas.show_hand(draft.hand_id, draft.pose)
        elif draft is not None:
            pose, judgement = draft.pose, draft.judgement
            webs = webs_beside(pose, judgement, self._row)
            if self._seen_webs is not None:
                webs = with_seen(webs, self._seen_webs(pose))
            self._canvas.show_hand(draft.hand_id, pose, self._angles, webs)

    def show_committed(self) -> None:
        """Show what changes by steps."""
        if self._draft is not None:
            self._inspector.show_committed(self._draft)
        self._show_ghost()
        self._show_strip()

    def show_look(self, settings: Settings | None = None) -> None:
        """Show the overlay as the switches and settings say.

        Args:
            settings: what to show it by; None = what is kept.
        """
        settings = settings or self._ctx.settings
        self._take_switches(settings)
        look = HandLook(
            selected_row=self._row,
            labels=self.switches.labels,
            arcs=self.switches.arcs,
            marker_px=float(settings.marker_px),
            opacity=settings.overlay_opacity,
            names=settings.show_names,
            edges=settings.show_edges,
            live_row=self._live_row,
        )
        self._canvas.set_look(look)
        self._show_ghost()
        self.look_changed.emit(look)

    def _take_switches(self, settings: Settings) -> None:
        kept = {name: getattr(settings, setting) for name, setting in KEPT_SWITCHES.items()}
        self.switches = replace(self.switches, **kept)

    def _show_others(self) -> None:
        for hand in self._view.hands if self._view is not None else ():
            if self._draft is None or hand.hand.id != self._draft.hand_id:
                self._canvas.show_hand(hand.hand.id, self._pose_of(hand))

    def _pose_of(self, hand: HandView) -> HandPose:
        kept = self._shelf.peek(hand.hand.id)
        return hand.pose if kept is None else kept.pose

    def _show_ghost(self) -> None:
        draft, ghost = self._draft, None
        if draft is not None and draft.theirs is not None:
            ghost = draft.theirs
        elif draft is not None and self.switches.ghost and draft.detection is not None and not draft.is_blind:
            ghost = draft.detection.pose
        self._canvas.show_hand(GHOST_ID, ghost)

    def _show_strip(self) -> None:
        view, strip = self._view, self._filmstrip
        if view is None:
            strip.show_image(None, (), None)
            return
        strip.show_image(view.image, [self._strip_hand(hand) for hand in view.hands], view.path)
        strip.set_open(0 if self._draft is None else self._draft.hand_id)

    def _strip_hand(self, hand: HandView) -> StripHand:
        kept = self._shelf.peek(hand.hand.id)
        stored = hand.annotation.verdict if hand.annotation is not None else None
        verdict = kept.snapshot.verdict if kept is not None else stored
        side = {Side.LEFT: "left hand", Side.RIGHT: "right hand"}.get(hand.pose.side, "")
        return StripHand(hand.hand.id, hand.hand.box, side, verdict)

    # ---- where to look -------------------------------------------------------------------------------------------

    def hand_box(self) -> Box | None:
        """Return where the open hand is, None if it has no place yet."""
        if self._draft is None:
            return None
        return self._draft.pose.box() or self._draft.box

    def is_hand_in_view(self) -> bool:
        """Whether the whole open hand can be seen as the view stands."""
        box = self.hand_box()
        return box is None or self._canvas.shows(box)

    def zoom_to_hand(self, *, limit: float = HAND_ZOOM_MAX) -> None:
        """Fill the view with the open hand, up to `limit` screen pixels per image pixel."""
        box = self.hand_box()
        if box is not None:
            self._canvas.fit_box(box, margin=0.22, limit=limit)

    def zoom_to_finding(self, finding: Finding) -> int:
        """Bring the finding's joint close and return its row, -1 for the whole hand."""
        return self.zoom_to_part(finding.part)

    def zoom_to_part(self, part: str) -> int:
        """Bring a joint or digit close and return its row, -1 for the whole hand."""
        draft, box = self._draft, self.hand_box()
        if draft is None or box is None:
            return -1
        row = part_row(draft.pose, part)
        if row < 0 or not is_located(draft.pose, row):
            self.zoom_to_hand()
            return row
        x, y = draft.pose.points[row].tolist()
        side = max(box.width, box.height) * JOINT_VIEW
        self._canvas.fit_box(Box(x - side / 2, y - side / 2, side, side), margin=0.0, limit=12.0)
        return row

    def set_switch(self, name: str, on: bool) -> None:
        """Switch "labels", "arcs", "ghost" or "sticky"."""
        self.switches = replace(self.switches, **{name: on})
        if name in KEPT_SWITCHES:
            self._ctx.change_settings(**{KEPT_SWITCHES[name]: on})
        self.show_look()
