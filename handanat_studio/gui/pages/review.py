"""The Review page: hands that were handed in or stand out, one after the other, and what is decided about them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.store.changes import ChangeSet


class ReviewPage(QWidget):
    """Walks queues of hands.

    Args:
        ctx: the context; the page registers its commands there.
    """

    title = "Review"
    icon_name = "review"
    scope = "review"

    def __init__(self, ctx: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        return []

    def shown(self) -> None:
        """Catch up with what changed."""

    def on_changed(self, change: ChangeSet) -> None:
        """Read again what a write concerns."""
