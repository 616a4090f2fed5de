"""How image and overlay are shown: brightness, loupe, navigator, names, sizes, another opinion beside one's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QMenu

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.adjust_card import AdjustCard
from handanat_studio.gui.editor.digit_menu import fill_digit_menu
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.loupe import Loupe
from handanat_studio.gui.editor.navigator import Navigator
from handanat_studio.gui.editor.part import Part
from handanat_studio.gui.editor.side_by_side import SideBySide, why_too_narrow
from handanat_studio.gui.editor.tone import Tone
from handanat_studio.gui.editor.tools import is_located
from handanat_studio.settings import Settings
from handanat_studio.store.changes import ChangeSet

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

SCOPE = "annotate"
KEEP_MS = 300
"""A value is kept this long after it was last moved: the settings file is not written at every step of a slider."""


class Viewing(Part):
    """Shows more, less, larger, brighter or beside; it changes no pose and no file.

    Attributes:
        card, loupe, navigator, beside: what floats on the canvas or stands beside it.
    """

    tools = (("annotate.adjust", "annotate.loupe", "annotate.side_by_side"),)

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        canvas = page.canvas
        self._ctx, self._canvas, self._presenter = page.ctx, canvas, page.presenter
        self._moved: dict[str, Any] = {}
        self._keep_soon = QTimer(self)
        self._keep_soon.setSingleShot(True)
        self._keep_soon.setInterval(KEEP_MS)
        self.beside = SideBySide(page.ctx, canvas)
        self.navigator = Navigator(canvas)
        self.card = AdjustCard(canvas)
        self.loupe = Loupe(canvas)
        self._wire()
        self._show(page.ctx.settings)

    def _wire(self) -> None:
        page, canvas, presenter = self.page, self._canvas, self._presenter
        self._keep_soon.timeout.connect(self.keep)
        self.card.moved.connect(self._on_moved)
        self.card.settled.connect(self.keep)
        self.card.switched.connect(self._on_switched)
        self.card.closed.connect(self.toggle_card)
        self.beside.closed.connect(self.toggle_beside)
        page.ctx.settings_changed.connect(self._show)
        page.ctx.changed.connect(self._on_changed)
        page.draft_opened.connect(self._on_draft)
        presenter.look_changed.connect(self.beside.set_look)
        canvas.pointer_moved.connect(self._on_pointer)
        canvas.joint_dragged.connect(self._on_dragged)
        canvas.joint_dropped.connect(lambda: presenter.set_live(-1))
        canvas.drag_cancelled.connect(lambda: presenter.set_live(-1))
        canvas.nudged.connect(self._on_nudged)
        canvas.nudge_ended.connect(lambda: presenter.set_live(-1))
        diagram = page.inspector.diagram
        diagram.hovered.connect(canvas.set_hover)
        canvas.hovered.connect(diagram.set_hover)
        diagram.menu_wanted.connect(self._on_diagram_menu)

    def rows(self) -> list[Command]:
        """Return its rows for the command table."""
        row = partial(Command, scope=SCOPE, group="View")
        return [
            row(
                "annotate.adjust",
                "Adjust picture and overlay",
                self.toggle_card,
                "Ctrl+L",
                icon="adjust",
                checked=lambda: not self.card.isHidden(),
            ),
            row(
                "annotate.picture_as_is",
                "Show the picture as it is",
                self.reset_picture,
                when=self._why_as_is,
                icon="reset",
            ),
            row(
                "annotate.loupe", "Loupe", self.toggle_loupe, "Shift+Z", icon="loupe", checked=lambda: self.loupe.is_on
            ),
            row(
                "annotate.navigator",
                "Navigator when zoomed in",
                partial(self.flip, "show_navigator"),
                "Ctrl+Shift+N",
                icon="navigator",
                checked=partial(self.is_set, "show_navigator"),
            ),
            row(
                "annotate.names",
                "Joint names",
                partial(self.flip, "show_names"),
                "Ctrl+Shift+L",
                icon="names",
                checked=partial(self.is_set, "show_names"),
            ),
            row(
                "annotate.edges",
                "Bones",
                partial(self.flip, "show_edges"),
                "Shift+K",
                icon="skeleton",
                checked=partial(self.is_set, "show_edges"),
            ),
            row(
                "annotate.side_by_side",
                "Another opinion beside mine",
                self.toggle_beside,
                "Ctrl+\\",
                when=self._why_not_beside,
                icon="side-by-side",
                checked=lambda: self.beside.is_on,
            ),
        ]

    # ---- switches ------------------------------------------------------------------------------------------------

    def is_set(self, setting: str) -> bool:
        """Tell whether a setting is on."""
        return bool(getattr(self._ctx.settings, setting))

    def flip(self, setting: str) -> None:
        """Switch a setting on or off, at once and for good."""
        self._ctx.change_settings(**{setting: not self.is_set(setting)})

    def toggle_card(self) -> None:
        """Show the adjustments and go to them, or put them away and go back to the image."""
        if self.card.isHidden():
            self.card.show()
            self.card.place()
            self.card.take_focus()
        else:
            self.keep()
            self._canvas.setFocus()
            self.card.hide()
        self._ctx.commands.refresh_soon()

    def toggle_loupe(self) -> None:
        """Switch the loupe."""
        self.loupe.set_on(not self.loupe.is_on)

    def toggle_beside(self) -> None:
        """Open or close the second view."""
        self.beside.set_on(not self.beside.is_on)
        self._ctx.commands.refresh_soon()

    def reset_picture(self) -> None:
        """Show the picture as it is in its file."""
        neutral = Tone()
        self._ctx.change_settings(brightness=neutral.brightness, contrast=neutral.contrast, gamma=neutral.gamma)

    def _why_as_is(self) -> str:
        return "It is shown as it is already." if self._canvas.tone.is_neutral else ""

    def _why_not_beside(self) -> str:
        if self.beside.is_on:
            return ""
        return why_too_narrow(self._canvas) if self.page.draft is not None else "Open a hand first."

    # ---- settings ------------------------------------------------------------------------------------------------

    def _on_moved(self, setting: str, value: float) -> None:
        self._moved[setting] = type(getattr(self._ctx.settings, setting))(value)
        self._keep_soon.start()
        self._apply(replace(self._ctx.settings, **self._moved))

    def keep(self) -> None:
        """Write what was moved into the settings."""
        self._keep_soon.stop()
        if self._moved:
            moved, self._moved = self._moved, {}
            self._ctx.change_settings(**moved)

    def _on_switched(self, name: str) -> None:
        self._ctx.commands.trigger(f"annotate.{name}")
        self._show(self._ctx.settings)

    def _show(self, settings: Settings) -> None:
        self._apply(settings)
        self.navigator.set_on(settings.show_navigator)
        switches = self._presenter.switches
        on = {"names": settings.show_names, "edges": settings.show_edges, "arcs": switches.arcs}
        self.card.show_settings(settings, on | {"labels": switches.labels})

    def _apply(self, settings: Settings) -> None:
        self._canvas.set_tone(Tone(settings.brightness, settings.contrast, settings.gamma))
        self._presenter.show_look(settings)

    # ---- following the page --------------------------------------------------------------------------------------

    def _on_draft(self, draft: Draft | None) -> None:
        self.loupe.leave()
        self.beside.open_draft(draft)

    def _on_changed(self, change: ChangeSet) -> None:
        draft = self.page.draft
        if draft is None or not change.touches("annotations", "reviews"):
            return
        if not change.hand_ids or draft.hand_id in change.hand_ids:
            self.beside.refresh()

    def _on_pointer(self, x: float, y: float) -> None:
        if not self._canvas.is_dragging:
            self.loupe.look_at(x, y)

    def _on_dragged(self, row: int, x: float, y: float) -> None:
        self._presenter.set_live(row)
        self.loupe.look_at(x, y)

    def _on_nudged(self) -> None:
        draft, row = self.page.draft, self.page.editing.row
        if draft is not None and row >= 0 and is_located(draft.pose, row):
            self._presenter.set_live(row)
            self.loupe.look_at(*draft.pose.points[row].tolist())

    def _on_diagram_menu(self, digit_id: int, at: QPoint) -> None:
        draft = self.page.draft
        if draft is None:
            return
        menu = QMenu(self.page)
        fill_digit_menu(menu, draft.snapshot.pose, digit_id, draft.edit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
