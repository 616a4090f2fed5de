"""The rows of a hand's history: stored revisions, this session's steps and what became of them, by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.editor.history_list import HistoryRow
from handanat_studio.gui.editor.times import clock_time
from handanat_studio.hand.annotation import Annotation
from handanat_studio.workflows.provenance import Deed

PREDICTION = "prediction"
SHOWN_DEEDS = (PREDICTION, "fix", "adjudication", "review")
"""Deeds that are rows of their own; annotations are there as revisions, comments have a section of their own."""


def rows_of(draft: Draft, earlier: Sequence[Annotation], deeds: Sequence[Deed]) -> list[HistoryRow]:
    """Return all rows, oldest first.

    Args:
        draft: its steps are rows.
        earlier: revisions that were on disk before this session.
        deeds: from `workflows.provenance.history`.
    """
    dated = [
        (_moment(a.created_at), HistoryRow(a.action or "Saved", clock_time(a.created_at), revision=a)) for a in earlier
    ]
    began = draft.task.annotation
    start = None if began is not None else max((d for d in deeds if d.kind == PREDICTION), key=_at, default=None)
    dated += [(_moment(d.at), _deed_row(d, draft.annotator)) for d in deeds if d.kind in SHOWN_DEEDS and d is not start]
    times, actions = draft.step_times(), [step.action for step in draft.steps()]
    if began is not None:
        times[0] = began.created_at
    elif start is not None:
        times[0], actions[0] = start.at, _deed_row(start, "").action
    dated += [
        (_moment(time), HistoryRow(action, clock_time(time), position=place))
        for place, (action, time) in enumerate(zip(actions, times, strict=True))
    ]
    # Stable: what has the same moment keeps the order above, so that a step follows the prediction it began with.
    return [row for _, row in sorted(dated, key=lambda pair: pair[0])]


def _deed_row(deed: Deed, reader: str) -> HistoryRow:
    if deed.kind == PREDICTION:
        return HistoryRow(f"{deed.what} · {deed.who} {deed.version}".strip(), clock_time(deed.at))
    who = "" if deed.who == reader else f"{deed.who} · "
    return HistoryRow(f"{who}{deed.what}", clock_time(deed.at))


def _at(deed: Deed) -> datetime:
    return _moment(deed.at)


def _moment(at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
