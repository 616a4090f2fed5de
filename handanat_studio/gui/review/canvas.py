"""The canvas of the Review page: the editor's canvas with two voices behind the hand that is worked on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.review.ghosts import Ghost, GhostItem


class ReviewCanvas(Canvas):
    """Shows ghosts beside everything that the editor's canvas shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ghosts = (GhostItem(0), GhostItem(1))
        self._are_ghosts_shown = True
        for item in self._ghosts:
            self.scene().addItem(item)
        self.zoom_changed.connect(self._on_ghost_zoom)

    def show_ghosts(self, left: Ghost | None, right: Ghost | None) -> None:
        """Show what the two compared voices say."""
        for item, ghost in zip(self._ghosts, (left, right), strict=True):
            item.set_zoom(self.zoom)
            item.show_ghost(ghost)

    def ghosts(self) -> Sequence[Ghost | None]:
        """Return what is shown behind the hand, left and right."""
        return [item.ghost for item in self._ghosts]

    @property
    def are_ghosts_shown(self) -> bool:
        """Whether the voices are drawn."""
        return self._are_ghosts_shown

    def set_ghosts_shown(self, on: bool) -> None:
        """Draw the voices or leave them out."""
        self._are_ghosts_shown = on
        self._show_ghosts(on)

    def set_overlay_visible(self, on: bool) -> None:
        """Hide or show everything above the image."""
        super().set_overlay_visible(on)
        self._show_ghosts(on and self._are_ghosts_shown)

    def _show_ghosts(self, on: bool) -> None:
        for item in self._ghosts:
            item.setVisible(on)

    def _on_ghost_zoom(self, zoom: float) -> None:
        for item in self._ghosts:
            item.set_zoom(zoom)
