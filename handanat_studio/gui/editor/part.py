"""What a part of the Annotate page is: a group of abilities that belong together, with their commands and tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.commands import Command

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


class Part(QObject):
    """One group of abilities. It listens to the page's signals and acts on the page's widgets; the page knows no part.

    Args:
        page: the page, with all its widgets made; its layout and toolbar follow later.

    Attributes:
        tools: groups of command ids for the left of the toolbar.
    """

    tools: tuple[tuple[str, ...], ...] = ()

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self.page = page

    def rows(self) -> list[Command]:
        """Return its rows for the command table, with scope `page_commands.SCOPE`."""
        return []

    def bars(self) -> list[QWidget]:
        """Return widgets that stand between toolbar and canvas, hidden until they have something to say."""
        return []
