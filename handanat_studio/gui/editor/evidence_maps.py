"""The digit network's maps as the window holds them: asked of the worker when they are wanted, a few hands kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from handanat_studio.gui.context import Context
from handanat_studio.gui.job_list import Job
from handanat_studio.hand.values import Box
from handanat_studio.store.changes import ChangeSet

KEPT = 24
"""Hands whose maps are kept; those of one hand take about 50 kB."""


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceMaps:
    """What the network sees of one hand.

    Attributes:
        hand_id: the hand.
        box: the square that was looked at, in image pixels.
        maps: name -> (S, S) uint8, 0..255 for chances 0..1; see `workflows.evidence_view.MAPS`.
        version: of the network.
    """

    hand_id: int
    box: Box
    maps: Mapping[str, NDArray[np.uint8]]
    version: str


def maps_of(answer: Mapping[str, Any]) -> EvidenceMaps:
    """Return what `workflows.evidence_view.digit_maps` answered as arrays."""
    size = int(answer["size"])
    maps = {name: np.frombuffer(levels, np.uint8).reshape(size, size) for name, levels in answer["maps"].items()}
    return EvidenceMaps(int(answer["hand_id"]), Box(*answer["box"]), maps, str(answer["version"]))


class EvidenceSource(QObject):
    """Gets the maps of one hand at a time; another wish takes the place of one that is not answered yet.

    Signals:
        arrived(EvidenceMaps): of the hand that was asked for last.
        failed(str): why there are none of it.

    Args:
        ctx: for jobs.
    """

    arrived = Signal(object)
    failed = Signal(str)

    def __init__(self, ctx: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._kept: OrderedDict[int, EvidenceMaps] = OrderedDict()
        self._hand_id = self._job = 0
        ctx.jobs.finished.connect(self._on_finished)
        ctx.jobs.failed.connect(self._on_failed)
        ctx.jobs.cancelled.connect(self._on_cancelled)
        ctx.changed.connect(self._on_changed)
        ctx.project_closed.connect(self.forget)

    @property
    def is_waiting(self) -> bool:
        """Whether maps were asked for that have not arrived."""
        return self._job != 0

    @property
    def job_before(self) -> str:
        """The title of a job that the worker has to end first, "" = none."""
        before = [job.title for job in self._ctx.jobs.active() if job.id < self._job]
        return before[0] if before else ""

    def want(self, hand_id: int) -> None:
        """Ask for a hand's maps; `arrived` or `failed` follows, at once if they are kept."""
        if hand_id == self._hand_id and self.is_waiting:
            return
        self.drop()
        self._hand_id = hand_id
        if hand_id in self._kept:
            self._kept.move_to_end(hand_id)
            self.arrived.emit(self._kept[hand_id])
        else:
            self._job = self._ctx.jobs.submit(
                "digit_maps", "Look for digits", quiet=True, hand_id=hand_id, viewer=self._ctx.annotator
            )

    def drop(self) -> None:
        """Want nothing any more; a look that is under way is stopped."""
        job, self._job, self._hand_id = self._job, 0, 0
        if job:
            self._ctx.jobs.cancel(job)

    def forget(self) -> None:
        """Forget every map, as when the project is closed."""
        self._job = self._hand_id = 0
        self._kept.clear()

    def _on_finished(self, job: int, result: Any) -> None:
        if job != self._job:
            return
        self._job = 0
        maps = maps_of(result)
        self._kept[maps.hand_id] = maps
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit(maps)

    def _on_failed(self, job: Job) -> None:
        if job.id == self._job:
            self._job = 0
            self.failed.emit(f"{job.message} {job.hint}".strip())

    def _on_cancelled(self, job: int) -> None:
        if job == self._job:
            self._job = 0
            self.failed.emit("Stopped.")

    def _on_changed(self, change: ChangeSet) -> None:
        if change.touches("hands", "images", "batches"):
            for hand_id in change.hand_ids or tuple(self._kept):
                self._kept.pop(hand_id, None)
