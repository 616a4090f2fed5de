"""Ready poses for the open hand: a template, the hand before, its own mirror image. Each is one step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.hand import edits, templates
from handanat_studio.hand.topology import CANONICAL_DIGITS, WRIST, DigitKind, Level, point_row
from handanat_studio.hand.values import Box, HandPose

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


def box_in(box: Box, image: QRectF) -> Box:
    """Return the part of a box that lies in the image; the whole image if they do not meet."""
    rect = QRectF(box.x, box.y, box.width, box.height).intersected(image)
    rect = image if rect.isEmpty() else rect
    return Box(rect.x(), rect.y(), rect.width(), rect.height())


def facing(pose: HandPose) -> float:
    """Return on which side of the index's knuckle the little finger's is, seen from the wrist: > 0 = clockwise.

    0 where one of the three has no place. A palm and the back of the same hand differ in it.
    """
    rows = [WRIST, point_row(DigitKind.INDEX, Level.BASE), point_row(DigitKind.LITTLE, Level.BASE)]
    if not np.array_equal(pose.digit_kind[:5], CANONICAL_DIGITS) or not np.isfinite(pose.points[rows]).all():
        return 0.0
    wrist, index, little = pose.points[rows].astype(float)
    (ax, ay), (bx, by) = index - wrist, little - wrist
    return float(ax * by - ay * bx)


def facing_as(pose: HandPose, other: HandPose) -> HandPose:
    """Return a hand that shows the same face, palm or back, as another; its side stays."""
    box = pose.box()
    if box is None or facing(pose) * facing(other) >= 0:
        return pose
    return replace(edits.mirror(pose, box.x + box.width / 2), side=pose.side)


class ReadyHands(QObject):
    """Knows the hand that was open before, and replaces the open hand's joints on request.

    Args:
        page: with the open hand.
    """

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self._draft: Draft | None = None
        self._before: HandPose | None = None
        page.draft_opened.connect(self._on_opened)
        page.ctx.project_closed.connect(self._forget)

    def why_no_copy(self) -> str:
        """Say why the hand before cannot be copied, "" if it can."""
        if self._page.draft is None:
            return "Open a hand first."
        return "" if self._before is not None else "No other hand with joints was open before."

    def why_no_mirror(self) -> str:
        """Say why the hand cannot be mirrored, "" if it can."""
        if self._page.draft is None:
            return "Open a hand first."
        return "" if self._page.draft.snapshot.pose.box() is not None else "This hand has no joints yet."

    def drop_template(self) -> None:
        """Put every joint at an ordinary place inside the hand's box."""
        draft = self._page.draft
        if draft is not None:
            pose = templates.template(draft.snapshot.pose.side, self._box(draft))
            self._replace(draft, facing_as(pose, draft.snapshot.pose), "Template")

    def copy_before(self) -> None:
        """Take the joints and the topology of the hand that was open before, fitted into this hand's box."""
        draft = self._page.draft
        if draft is not None and self._before is not None:
            self._replace(draft, templates.placed_from(self._before, self._box(draft)), "Copy of the hand before")

    def mirror(self) -> None:
        """Mirror the hand at the upright line through its middle; left becomes right."""
        draft = self._page.draft
        box = None if draft is None else draft.snapshot.pose.box()
        if draft is not None and box is not None:
            self._page.editing.finish()
            draft.edit(edits.mirror(draft.snapshot.pose, box.x + box.width / 2), "Mirror hand")

    def _box(self, draft: Draft) -> Box:
        return box_in(draft.box, self._page.canvas.image_rect)

    def _replace(self, draft: Draft, pose: HandPose, action: str) -> None:
        editing = self._page.editing
        editing.use(None)
        editing.select(-1)
        draft.edit(pose, action)

    def _on_opened(self, draft: Draft | None) -> None:
        left = self._draft
        if left is not None and left is not draft and np.isfinite(left.snapshot.pose.points).any():
            self._before = left.snapshot.pose
        self._draft = draft

    def _forget(self) -> None:
        self._draft, self._before = None, None
