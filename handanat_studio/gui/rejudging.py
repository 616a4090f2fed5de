"""Having hands judged again: asks the worker, and says what came of it. The pages refresh by what the job publishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.evidence_words import digits_words
from handanat_studio.gui.job_list import Job
from handanat_studio.hand.values import VERDICTS

KEY = "Ctrl+J"


class Rejudging(QObject):
    """Runs the job for the hands of one page.

    Args:
        ctx: for jobs and notices.
        hands: returns the hands that are meant now.
    """

    def __init__(self, ctx: Context, hands: Callable[[], Sequence[int]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._hands = ctx, hands
        self._jobs: dict[int, tuple[int, ...]] = {}
        ctx.jobs.finished.connect(self._on_finished)
        ctx.jobs.failed.connect(self._on_failed)
        ctx.jobs.cancelled.connect(lambda job: self._jobs.pop(job, None))
        ctx.project_closed.connect(self._jobs.clear)

    def command(self, scope: str, title: str = "Judge this hand again", group: str = "Hand") -> Command:
        """Return its row for a page's command table."""
        return Command(
            f"{scope}.rejudge", title, self.start, KEY, when=self.why_not, scope=scope, group=group, icon="rejudge"
        )

    def start(self) -> None:
        """Have the hands judged again, in the worker."""
        hands = tuple(self._hands())
        if hands:
            ctx = self._ctx
            title = "Judge the hand again" if len(hands) == 1 else f"Judge {len(hands):,} hands again"
            job = ctx.jobs.submit("rejudge", title, hand_ids=hands, annotator=ctx.annotator, scorer=ctx.settings.scorer)
            self._jobs[job] = hands
            self._ctx.commands.refresh_soon()

    def why_not(self) -> str:
        """Say why nothing can be judged again now, "" if something can."""
        hands = tuple(self._hands())
        if not hands:
            return "Choose a hand first."
        return "It is being judged already." if hands in self._jobs.values() else ""

    def _on_finished(self, job: int, result: Any) -> None:
        if self._jobs.pop(job, None) is not None:
            self._ctx.notify(*outcome(result["hands"]))
            self._ctx.commands.refresh_soon()

    def _on_failed(self, job: Job) -> None:
        self._jobs.pop(job.id, None)


def outcome(rows: Sequence[dict[str, Any]]) -> tuple[str, str, str]:
    """Return message, hint and level that sum up what `workflows.rejudge.rejudge` returned."""
    failed = [row for row in rows if row["error"]]
    lost = sum(not row["found"] and not row["error"] for row in rows)
    if len(rows) == 1:
        row = rows[0]
        said = [row["verdict"], "" if row["digits"] is None else digits_words(row["digits"])]
        words = ", ".join(word for word in said if word)
        message = f"Judged again: {words}." if words else "Judged again."
        hint = "No detector finds a hand there now; its earlier joints were kept." if lost else ""
        return message, hint, "info"
    counts = Counter(row["verdict"] for row in rows if not row["error"])
    words = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in VERDICTS if counts[verdict])
    message = f"{len(rows) - len(failed):,} hands judged again" + (f": {words}." if words else ".")
    hints = [f"In {lost:,} no detector finds a hand now; their earlier joints were kept."] if lost else []
    if failed:
        hints.append(f"{len(failed):,} could not be looked at: {failed[0]['error']}")
    return message, " ".join(hints), "warning" if failed else "info"
