"""Looks back at a hand: opens the history, shows each state on the canvas, brings one back as a new revision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.review.history_panel import HistoryPanel
from handanat_studio.gui.review.show import Show
from handanat_studio.gui.review.words import deed_rows
from handanat_studio.hand.opinion import Opinion
from handanat_studio.workflows import provenance
from handanat_studio.workflows.provenance import Deed


class Past(QObject):
    """The history of the case that is open.

    Signals:
        toggled(bool): it was opened or closed.
        restored(Opinion, str): a state should count again; what it was.

    Args:
        ctx: for reads.
        panel, show: what it shows things on.
        case: returns the case that is open.
    """

    toggled = Signal(bool)
    restored = Signal(object, str)

    def __init__(
        self,
        ctx: Context,
        panel: HistoryPanel,
        show: Show,
        case: Callable[[], Case | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._panel, self._show, self._case = ctx, panel, show, case
        self._ticket: Ticket | None = None
        self.is_open = False
        panel.stepped.connect(self._on_stepped)
        panel.restore_pressed.connect(self._restore)
        panel.closed.connect(self.close)

    def toggle(self) -> None:
        """Open or close the history."""
        if self.is_open:
            self.close()
            return
        case = self._case()
        if case is None:
            return
        self.is_open = True
        self._panel.show_rows([])
        self._ticket = self._ctx.read(
            provenance.history,
            case.hand_id,
            viewer=self._ctx.annotator,
            done=lambda deeds: self._on_deeds(case, deeds),
        )
        self.toggled.emit(True)

    def close(self) -> None:
        """Go back to the result."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        if self.is_open:
            self.is_open = False
            self._show.look_back(None)
            self.toggled.emit(False)

    def why_no_restore(self) -> str:
        """Say why no state can be brought back, "" if one can."""
        if not self.is_open:
            return "Open the history first."
        deed = self._panel.current()
        return "" if deed is not None and deed.opinion is not None else "This deed has no state of its own."

    def restore(self) -> None:
        """Bring back the state that is shown."""
        deed = self._panel.current()
        if deed is not None:
            self._restore(deed)

    def _on_deeds(self, case: Case, deeds: list[Deed]) -> None:
        self._ticket = None
        if self.is_open:
            self._panel.show_rows(deed_rows(case, deeds, is_blind=self._ctx.settings.blind_review))
            self._panel.list.setFocus()

    def _on_stepped(self, deed: Deed) -> None:
        if not self.is_open:
            return
        self._show.look_back(self._state_at(deed))
        self._ctx.commands.refresh_soon()

    def _state_at(self, deed: Deed) -> Opinion | None:
        """Return the state of that moment: the deed's own, else that of the deed before it which has one."""
        deeds = [row.deed for row in self._panel.rows()]
        earlier = deeds[: deeds.index(deed) + 1]
        return next((one.opinion for one in reversed(earlier) if one.opinion is not None), None)

    def _restore(self, deed: Deed) -> None:
        if deed.opinion is not None:
            opinion, what = deed.opinion, deed.what
            self.close()
            self.restored.emit(opinion, what)
