"""The canvas's context menu: what can be done with the digit and the joint at a point, and with the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from handanat_studio.gui import icons
from handanat_studio.gui.editor.digit_menu import fill_digit_menu, fill_joint_menu, nearest_digit
from handanat_studio.gui.editor.joint_angles import digit_of_row

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

REACH_PX = 30.0


def build_menu(page: AnnotatePage, x: float, y: float) -> QMenu:
    """Return the context menu for an image point."""
    menu = QMenu(page)
    draft, editing = page.draft, page.editing
    if draft is not None:
        pose = draft.snapshot.pose
        digit_id = nearest_digit(pose, x, y, reach=REACH_PX / page.canvas.zoom)
        if digit_id is not None:
            fill_digit_menu(menu, pose, digit_id, draft.edit)
            if digit_of_row(pose, editing.row) == digit_id:
                fill_joint_menu(menu, pose, editing.row, draft.edit)
                menu.addAction(page.ctx.commands.action("annotate.graft"))
            menu.addSeparator()
        add = menu.addAction(icons.icon("plus"), "Add a digit by four clicks")
        add.triggered.connect(editing.add_digit)
    page.placing.fill_menu(menu)
    menu.addSeparator()
    fit = menu.addAction(icons.icon("zoom-fit"), "Zoom to the whole image")
    fit.triggered.connect(page.canvas.fit_image)
    return menu
