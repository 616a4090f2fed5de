"""Hands from drawn boxes: makes them, has the detector look inside, and opens them when they are there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from handanat_studio.gui.editor.box_card import EMPTY, FIND, TEMPLATE
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.hand.values import Box
from handanat_studio.workflows import detect_box

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


class DrawnHands(QObject):
    """Makes hands on the open image.

    Args:
        page: where they are opened.
        begin_empty: what follows when a hand without joints is open.
        begin_template: what follows when a hand was asked for with a template.
    """

    def __init__(
        self, page: AnnotatePage, begin_empty: Callable[[], object], begin_template: Callable[[], object]
    ) -> None:
        super().__init__(page)
        self._page = page
        self._follow_ups = {EMPTY: begin_empty, TEMPLATE: begin_template}
        self._after: dict[int, Callable[[], object]] = {}
        self._jobs: dict[int, tuple[int, int]] = {}
        page.ctx.jobs.finished.connect(self._on_finished)
        page.ctx.jobs.failed.connect(lambda job: self._jobs.pop(job.id, None))
        page.ctx.project_closed.connect(self._forget)
        page.draft_opened.connect(self._on_opened)

    def make(self, how: str, box: Box) -> None:
        """Make a hand on the open image; `how` is one of `box_card.CHOICES`."""
        page, view = self._page, self._page.loader.view
        if view is None:
            return
        image_id, annotator = view.image.id, page.ctx.annotator
        if how == FIND:
            title = "Find the hand in the box"
            job = page.ctx.jobs.submit("detect_box", title, image_id=image_id, box=box, annotator=annotator)
            self._jobs[job] = self._place()
            page.hint.say("Looking for a hand in the box. It opens when it is there.")
        else:
            done = partial(self._on_made, how, image_id)
            page.ctx.save(detect_box.add_hand, image_id, box, annotator=annotator, done=done)

    def _place(self) -> tuple[int, int]:
        view, draft = self._page.loader.view, self._page.draft
        return 0 if view is None else view.image.id, 0 if draft is None else draft.hand_id

    def _on_made(self, how: str, image_id: int, result: tuple[int, object]) -> None:
        self._after[result[0]] = self._follow_ups[how]
        self._page.loader.open(image_id, result[0])

    def _on_finished(self, job: int, result: Any) -> None:
        place = self._jobs.pop(job, None)
        if place is None:
            return
        page, hand_id, image_id = self._page, int(result["hand_id"]), int(result["image_id"])
        if result["found"]:
            message, hint = "A hand was found in the box.", "Check its joints."
        else:
            message = "No hand was found in the box. It is kept as an empty hand."
            hint = "B places it joint by joint, T begins with a template."
        if place == self._place() and not page.canvas.is_dragging and page.editing.tool is None:
            page.loader.open(image_id, hand_id)
            page.ctx.notify(message, hint)
        else:
            open_it = partial(page.loader.open, image_id, hand_id)
            page.ctx.notify(message, hint, action="Open it", run=open_it)

    def _on_opened(self, draft: Draft | None) -> None:
        follow_up = None if draft is None else self._after.pop(draft.hand_id, None)
        if follow_up is not None:
            follow_up()

    def _forget(self) -> None:
        self._jobs.clear()
        self._after.clear()
