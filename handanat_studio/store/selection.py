"""Which entries pass a filter, in which order, and how many there are of each kind: arithmetic on the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, func, select

from handanat_studio.errors import UserError
from handanat_studio.hand.values import VERDICTS, Box
from handanat_studio.store import facets, queues
from handanat_studio.store.catalogue import Catalogue
from handanat_studio.store.catalogue_values import Array
from handanat_studio.store.facets import Value
from handanat_studio.store.library import (
    DETECTED,
    DONE,
    ERROR,
    IN_PROGRESS,
    NAN,
    STATUSES,
    Entry,
    EntryIndex,
    LibraryFilter,
)
from handanat_studio.store.schema import HandRow, ImageRow
from handanat_studio.store.statements import chunks, table_of
from handanat_studio.store.viewpoint import Mask, Viewpoint

YES_OR_NO = ("flagged", "commented", "fused")
_IMAGES = table_of(ImageRow)
_HANDS = table_of(HandRow)


class Selection:
    """The entries of a catalogue that pass a filter.

    Args:
        catalogue: of the project.
        wanted: the filter; what its viewer may not see never counts.

    Raises:
        UserError: if the viewer may not ask for this.
    """

    def __init__(self, catalogue: Catalogue, wanted: LibraryFilter) -> None:
        self._catalogue = catalogue
        self._wanted = wanted
        self._view = Viewpoint(catalogue, wanted)
        if wanted.sort == "disagreement" and not self._view.may_review:
            raise UserError("Only a reviewer can sort by disagreement.", hint="Choose another order.")
        self._tests = dict(self._fields())

    def index(self) -> EntryIndex:
        """Return the keys of every entry that passes, in the filter's order."""
        rows = self._ordered(np.flatnonzero(self._passing()))
        return EntryIndex(self._catalogue.image_ids[rows], self._catalogue.hand_ids[rows])

    def counts(self) -> dict[str, int]:
        """Count entries by status and verdict, for the filter's text, generators, scorer and annotator only.

        Returns:
            "entries", "images", "hands", "not_searched"; one entry per status; one per annotator's verdict
            ("plausible", ...); one per scorer's verdict ("score_plausible", ...).
        """
        among = self._passing(only=("text", "generators"))
        status = facets.facet(self._view, "statuses").counts(among)
        totals = {name: status.get(name, 0) for name in STATUSES}
        image_ids = self._catalogue.image_ids[among]
        waiting = among & ~self._catalogue.entry("is_searched") & ~self._catalogue.entry("has_error")
        totals |= {
            "entries": int(np.count_nonzero(among)),
            "images": int(np.count_nonzero(np.diff(image_ids))) + bool(len(image_ids)),
            "hands": totals[DETECTED] + totals[IN_PROGRESS] + totals[DONE],
            "not_searched": int(np.count_nonzero(waiting)),
        }
        for prefix, name in (("", "verdicts"), ("score_", "score_verdicts")):
            found = facets.facet(self._view, name).counts(among)
            totals |= {f"{prefix}{verdict}": found.get(verdict, 0) for verdict in VERDICTS}
        return totals

    def facets(self, names: Iterable[str]) -> dict[str, dict[Value, int]]:
        """Return for each field how many entries have each value, among those that pass all other fields.

        Args:
            names: from `facets.NAMES`, `YES_OR_NO` (of which the only value is "yes") and "batch".
        """
        found: dict[str, dict[Value, int]] = {}
        for name in names:
            among = self._passing(leave_out=name)
            if name == "batch":
                found[name] = self._batch_counts(among)
            elif name in YES_OR_NO:
                found[name] = {"yes": int(np.count_nonzero(among & self._yes(name)))}
            else:
                found[name] = facets.facet(self._view, name).counts(among)
        return found

    def queue_counts(self) -> dict[str, int]:
        """Return how many entries of each queue that the viewer may ask for pass all other fields."""
        among = self._passing(leave_out="queue")
        return {
            name: int(np.count_nonzero(among & queues.members(self._view, name))) for name in queues.names(self._view)
        }

    # filtering -------------------------------------------------------------------------------------------------

    def _passing(self, *, only: Sequence[str] | None = None, leave_out: str = "") -> Mask:
        result = np.ones(len(self._catalogue), bool)
        for name, test in self._tests.items():
            if name != leave_out and (only is None or name in only):
                result &= test
        return result

    def _fields(self) -> Iterator[tuple[str, Mask]]:
        """Give for each field that is not left open the entries that pass it."""
        wanted, view = self._wanted, self._view
        if words := wanted.text.lower().split():
            yield "text", self._holds(words)
        for name in facets.NAMES:
            if values := getattr(wanted, name):
                yield name, facets.facet(view, name).passes(values)
        for name in YES_OR_NO:
            if (is_wanted := getattr(wanted, name)) is not None:
                yield name, self._yes(name) == is_wanted
        if wanted.queue:
            yield "queue", queues.members(view, wanted.queue)
        if wanted.batch:
            yield "batch", self._in_batch(wanted.batch)
        if wanted.errors_only:
            yield "errors_only", self._catalogue.entry("has_error")
        if wanted.score_low == wanted.score_low:
            yield "score_low", view.score >= wanted.score_low
        if wanted.score_high == wanted.score_high:
            yield "score_high", view.score <= wanted.score_high

    def _holds(self, words: Sequence[str]) -> Mask:
        """Return which entries' texts hold all of these words."""
        texts = self._catalogue.table("texts")
        lines: list[str] = texts.columns["text"].tolist()
        held = np.ones(len(lines), bool)
        for word in words:
            held &= np.fromiter((word in line for line in lines), bool, len(lines))
        return np.isin(self._catalogue.image_ids, texts.keys[held])

    def _yes(self, name: str) -> Mask:
        if name == "flagged":
            return self._view.shown("is_flagged")
        return self._view.is_commented if name == "commented" else self._view.is_fused

    def _in_batch(self, name: str) -> Mask:
        result = np.zeros(len(self._catalogue), bool)
        result[self._view.tasks(name)[0]] = True
        return result

    def _batch_counts(self, among: Mask) -> dict[Value, int]:
        codes = np.unique(self._catalogue.table("tasks").columns["batch"])
        names = [self._catalogue.words.batches.values[code] for code in codes]
        numbers = {name: int(np.count_nonzero(among & self._in_batch(name))) for name in names}
        return {name: number for name, number in numbers.items() if number}

    # order -----------------------------------------------------------------------------------------------------

    def _ordered(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        wanted = self._wanted
        if wanted.sort == "imported" and (wanted.batch or wanted.queue == "assigned"):
            key = self._task_order()[rows]
        elif wanted.sort == "imported":
            if not wanted.descending:
                return rows
            key = self._catalogue.image_ids[rows].astype(np.float64)
        else:
            key = self._sort_key(wanted.sort)[rows]
        # A stable sort leaves equal entries in the order of import, and NaN at the end.
        return rows[np.argsort(-key if wanted.descending else key, kind="stable")]

    def _task_order(self) -> Array:
        rows, place = self._view.tasks(self._wanted.batch)
        order = np.full(len(self._catalogue), np.inf)
        np.minimum.at(order, rows, place.astype(np.float64))
        return np.where(np.isinf(order), NAN, order)

    def _sort_key(self, sort: str) -> Array:
        """Return a number for each entry; NaN = the entry lacks what is sorted by."""
        view, catalogue = self._view, self._catalogue
        if sort == "score":
            return view.score
        if sort == "certainty":
            return queues.distance(view)
        if sort == "disagreement":
            return view.disagreement
        if sort == "name":
            return catalogue.column("ranks", "rank", 0).astype(np.float64)
        if sort == "status":
            return view.status.astype(np.float64)
        if sort == "generator":
            values = catalogue.words.generators.values
            rank = np.argsort(np.argsort(np.array(values, object))).astype(np.float64)
            rank[0] = NAN
            return rank[catalogue.column("names", "generator", 0)]
        codes = view.last_work if sort == "changed" else view.shown(sort)
        return np.where(codes == 0, NAN, codes)

    # entries ---------------------------------------------------------------------------------------------------

    def page(
        self, image_ids: Sequence[int] | NDArray[np.int64], hand_ids: Sequence[int] | NDArray[np.int64]
    ) -> list[Entry]:
        """Return entries by their keys, in the order given; of the filter only scorer, annotator and viewer matter.

        An entry that has been deleted meanwhile keeps its place, with an error that says so.
        """
        keys = [(int(i), int(h)) for i, h in zip(image_ids, hand_ids, strict=True)]
        found: dict[tuple[int, int], Entry] = {}
        for part in chunks(keys):
            found |= self._entries(sorted({image_id for image_id, _ in part}))
        return [found.get(key) or _gone(*key) for key in keys]

    def _entries(self, image_ids: list[int]) -> dict[tuple[int, int], Entry]:
        """Return every entry of some images."""
        query: Select[Any] = (
            select(
                *(_IMAGES.c[name] for name in ("uri", "sha256", "width", "height", "error", "generator", "family")),
                _IMAGES.c.id.label("image_id"),
                _IMAGES.c.detected_version.is_not(None).label("is_searched"),
                func.coalesce(_HANDS.c.id, 0).label("hand_id"),
                *(_HANDS.c[name].label(f"box_{name}") for name in ("x", "y", "width", "height")),
            )
            .outerjoin(_HANDS, _HANDS.c.image_id == _IMAGES.c.id)
            .where(_IMAGES.c.id.in_(image_ids))
        )
        own = np.flatnonzero(np.isin(self._catalogue.image_ids, image_ids))
        keys = zip(self._catalogue.image_ids[own].tolist(), self._catalogue.hand_ids[own].tolist(), strict=True)
        shown = dict(zip(keys, self._shown(own), strict=True))
        rows = self._catalogue.session.execute(query)
        return {key: _entry(row, shown[key]) for row in rows if (key := (row.image_id, row.hand_id)) in shown}

    def _shown(self, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
        """Return of each entry what depends on who looks."""
        view, words = self._view, self._catalogue.words
        columns = {
            "status": [STATUSES[code] for code in view.status[rows]],
            "verdict": [words.verdicts.values[code] for code in view.shown("verdict")[rows]],
            "stage": [words.stages.values[code] for code in view.shown("stage")[rows]],
            "score_value": view.score[rows].tolist(),
            "score_verdict": [words.verdicts.values[code] for code in view.score_verdict[rows]],
            "is_flagged": view.shown("is_flagged")[rows].tolist(),
            "is_commented": view.is_commented[rows].tolist(),
        }
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _entry(row: Row[Any], shown: dict[str, Any]) -> Entry:
    values = dict(row._mapping)
    place = [values.pop(f"box_{name}") for name in ("x", "y", "width", "height")]
    values["box"] = Box(*place) if values["hand_id"] else None
    values["is_searched"] = bool(values["is_searched"])
    return Entry(**values, **shown)


def _gone(image_id: int, hand_id: int) -> Entry:
    return Entry(
        image_id=image_id,
        hand_id=hand_id,
        uri="",
        sha256=None,
        width=None,
        height=None,
        box=None,
        status=ERROR,
        is_searched=True,
        verdict=None,
        score_value=NAN,
        score_verdict=None,
        error="This entry is no longer in the project.",
        generator="",
        family="",
    )
