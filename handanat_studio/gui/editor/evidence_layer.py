"""The layer that shows what the digit network sees of the open hand. Off until it is switched on; it judges nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.evidence_item import EvidenceItem
from handanat_studio.gui.editor.evidence_legend import WEBS, EvidenceLegend
from handanat_studio.gui.editor.evidence_maps import EvidenceMaps, EvidenceSource
from handanat_studio.gui.editor.evidence_paint import EvidencePicture, picture_of, web_depths
from handanat_studio.gui.editor.webs import Web, webs_seen
from handanat_studio.hand.values import HandPose

LOOKING = "Looking…"
BLIND = "Hidden in a blind round."
KEY = "Shift+D"
SOON_MS = 120
"""A hand that is left within this time, as when hands are stepped through, is not asked for."""


class EvidenceLayer(QObject):
    """Shows the maps of one hand on a canvas, and its legend.

    Signals:
        webs_changed(): other webs are seen, or they are to be shown, or no longer.

    Args:
        ctx: for jobs and settings.
        canvas: where the layer lies.
    """

    webs_changed = Signal()

    def __init__(self, ctx: Context, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._canvas = ctx, canvas
        self._hand_id = 0
        self._is_blind = self.is_on = False
        self.item, self.legend = EvidenceItem(), EvidenceLegend(canvas)
        self.source = EvidenceSource(ctx, self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._ask)
        canvas.scene().addItem(self.item)
        canvas.overlay_shown.connect(self._show_item)
        canvas.zoom_changed.connect(self.item.set_zoom)
        self.legend.switched.connect(self._on_parts)
        self.source.arrived.connect(self._on_maps)
        self.source.failed.connect(self.legend.say)
        ctx.jobs.changed.connect(self._say_waiting)
        ctx.settings_changed.connect(lambda settings: self.item.setOpacity(settings.overlay_opacity))
        self.item.set_zoom(canvas.zoom)
        self.item.setOpacity(ctx.settings.overlay_opacity)
        self._on_parts()
        self._show_item()

    def command(self, scope: str) -> Command:
        """Return its switch for a page's command table."""
        return Command(
            f"{scope}.evidence",
            "What the digit network sees",
            self.toggle,
            KEY,
            when=self._why_not,
            scope=scope,
            group="View",
            icon="evidence",
            checked=lambda: self.is_on,
        )

    @property
    def shows_webs(self) -> bool:
        """Whether there are webs to show."""
        return self.is_on and self.item.picture is not None and WEBS in self.legend.parts

    @property
    def is_settled(self) -> bool:
        """Whether nothing is asked for that has not been answered."""
        return not self._soon.isActive() and not self.source.is_waiting

    def webs(self, pose: HandPose) -> tuple[Web, ...]:
        """Return how deep the webs of a pose are in the flesh that the network sees."""
        picture = self.item.picture
        return () if picture is None else webs_seen(pose, web_depths(picture, pose))

    def open(self, hand_id: int, *, is_blind: bool) -> None:
        """Follow another hand, 0 = none; of one that is annotated blind nothing is asked.

        The same hand may have been detected anew: its maps are asked for again if they are no longer kept.
        """
        if hand_id != self._hand_id or is_blind != self._is_blind:
            self._hand_id, self._is_blind = hand_id, is_blind
            self.source.drop()
            self._show(None)
        if self.is_on:
            self._want()

    def toggle(self) -> None:
        """Switch the layer on or off."""
        self.is_on = not self.is_on
        self.legend.setVisible(self.is_on)
        self._show_item()
        if self.is_on:
            self._want()
        else:
            self._soon.stop()
            self.source.drop()
        self.webs_changed.emit()
        self._ctx.commands.refresh_soon()

    def _want(self) -> None:
        if not self._hand_id:
            self.legend.say("No hand is open.")
        elif self._is_blind:
            self.legend.say(BLIND)
        elif not self.source.is_waiting:
            self._soon.start()

    def _ask(self) -> None:
        if not self.is_on or not self._hand_id or self._is_blind:
            return
        self.source.want(self._hand_id)
        self._say_waiting()

    def _say_waiting(self) -> None:
        if self.is_on and self.source.is_waiting:
            before = self.source.job_before
            self.legend.say(f"Waits for “{before}”" if before else LOOKING)

    def _on_maps(self, maps: EvidenceMaps) -> None:
        if maps.hand_id == self._hand_id:
            self._show(picture_of(maps))
            self.legend.say("")
            self.legend.setToolTip(f"Digit network {maps.version}")

    def _on_parts(self) -> None:
        self.item.set_parts(self.legend.parts)
        self.webs_changed.emit()

    def _show(self, picture: EvidencePicture | None) -> None:
        self.item.show_picture(picture)
        self.webs_changed.emit()

    def _show_item(self, is_overlay_shown: bool = True) -> None:
        self.item.setVisible(self.is_on and is_overlay_shown)

    def _why_not(self) -> str:
        return "" if self.is_on or self._hand_id else "Open a hand first."
