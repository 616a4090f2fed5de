"""What the program saw of the open hand: the digit network's layer, the detection in words, judging the hand again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.evidence_layer import EvidenceLayer
from handanat_studio.gui.editor.part import Part
from handanat_studio.gui.rejudging import Rejudging

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

SCOPE = "annotate"


class Seeing(Part):
    """Shows where a prediction and its scores come from; it changes no annotation.

    Attributes:
        layer: the maps over the image.
        rejudging: has the open hand judged again.
    """

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self.layer = EvidenceLayer(page.ctx, page.canvas, self)
        self.rejudging = Rejudging(page.ctx, self._hands, self)
        page.draft_opened.connect(self._follow)
        page.image_opened.connect(self._follow)
        self.layer.webs_changed.connect(self._show_webs)
        page.inspector.seen.rejudge_pressed.connect(lambda: page.ctx.commands.trigger("annotate.rejudge"))

    def rows(self) -> list[Command]:
        """Return its rows for the command table."""
        return [self.layer.command(SCOPE), self.rejudging.command(SCOPE)]

    def _hands(self) -> list[int]:
        draft = self.page.draft
        return [] if draft is None else [draft.hand_id]

    def _follow(self) -> None:
        draft = self.page.draft
        if draft is None:
            self.layer.open(0, is_blind=False)
        else:
            self.layer.open(draft.hand_id, is_blind=draft.is_blind)
            self.page.inspector.show_detection(draft.detection, is_blind=draft.is_blind)

    def _show_webs(self) -> None:
        self.page.presenter.show_seen_webs(self.layer.webs if self.layer.shows_webs else None)
