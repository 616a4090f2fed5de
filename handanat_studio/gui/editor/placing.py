"""Placing and changing: guided and quick placement, templates, boxes, the whole-hand frame, every topology edit.

This part only joins the tools to the page; each tool has a file of its own, the commands are in `placing_commands`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor import placing_commands
from handanat_studio.gui.editor.box_card import BoxCard
from handanat_studio.gui.editor.box_tool import BoxTool
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.drawn_hands import DrawnHands
from handanat_studio.gui.editor.guided import Guided
from handanat_studio.gui.editor.guided_card import GuidedCard
from handanat_studio.gui.editor.hand_frame import HandFrame
from handanat_studio.gui.editor.joint_walk import JointWalk
from handanat_studio.gui.editor.part import Part
from handanat_studio.gui.editor.place_tools import Quick
from handanat_studio.gui.editor.ready_hands import ReadyHands
from handanat_studio.gui.editor.tool import Tool
from handanat_studio.gui.editor.topology import Topology
from handanat_studio.hand.values import Box
from handanat_studio.workflows.browse import ImageView

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


NO_HAND = "No hand was found in this image. W draws a box around one."


class Placing(Part):
    """The tools of the page.

    Attributes:
        guided, quick, walk, box, frame: tools that can be switched on.
        topology: what can be done to digits.
        ready: template, copy, mirror.
        drawn: hands from boxes.
        checklist: the card of guided placement.
    """

    tools = placing_commands.TOOLS

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        editing, canvas = page.editing, page.canvas
        self._image_id = 0
        self.checklist, self.box_card = GuidedCard(canvas), BoxCard(canvas)
        self.guided, self.quick, self.frame = Guided(editing), Quick(editing), HandFrame(editing)
        self.walk = JointWalk(editing, partial(page.loader.can_step, 1), partial(page.step, 1))
        self.box = BoxTool(editing, self.box_card, self._hand_boxes)
        self.topology = Topology(editing)
        self.ready = ReadyHands(page)
        self.drawn = DrawnHands(page, partial(editing.use, self.guided), self.ready.drop_template)
        self._wire()

    def _wire(self) -> None:
        page, editing, card = self.page, self.page.editing, self.checklist
        page.draft_opened.connect(self._on_draft)
        page.image_opened.connect(self._on_image)
        editing.mode_changed.connect(self._on_mode)
        card.chosen.connect(editing.select)
        card.skip_pressed.connect(self.guided.skip)
        card.back_pressed.connect(self.guided.back)
        card.end_pressed.connect(editing.escape)
        self.box_card.chosen.connect(self._on_box)
        self.box_card.escaped.connect(editing.escape)

    def rows(self) -> list[Command]:
        """Return the tools' commands."""
        return placing_commands.rows(self)

    def toggle(self, tool: Tool) -> None:
        """Switch a tool on or off."""
        self.page.editing.toggle(tool)
        self.page.canvas.setFocus()

    def is_on(self, tool: Tool) -> bool:
        """Whether a tool is chosen."""
        return self.page.editing.tool is tool

    def fill_menu(self, menu: QMenu) -> None:
        """Add to the canvas's context menu what concerns the whole hand."""
        for name in placing_commands.MENU:
            menu.addAction(self.page.ctx.commands.action(name))

    def _on_draft(self, draft: Draft | None) -> None:
        self.page.editing.resume()

    def _on_image(self, view: ImageView) -> None:
        """A box belongs to the image it was drawn on."""
        if view.image.id != self._image_id:
            self._image_id = view.image.id
            if self.is_on(self.box):
                self.page.editing.use(None)

    def _hand_boxes(self) -> list[Box]:
        view = self.page.loader.view
        return [] if view is None else [hand.hand.box for hand in view.hands]

    def _on_box(self, how: str, box: Box) -> None:
        self.page.editing.use(None)
        self.drawn.make(how, box)

    def _on_mode(self) -> None:
        view = self.page.loader.view
        self._show_checklist()
        if self.page.editing.tool is None and view is not None and not view.hands and not view.image.error:
            self.page.hint.say(NO_HAND)

    def _show_checklist(self) -> None:
        draft = self.page.draft if self.is_on(self.guided) else None
        if draft is None:
            self.checklist.put_away()
        else:
            row, skipped = self.page.editing.row, self.guided.skipped
            self.checklist.show_progress(draft.snapshot.pose, row, skipped, is_again=self.guided.is_again)
