"""The library: which entries there are, in which order, and what a grid shows of each. One entry per hand, and one per
image without a hand. Only the columns that a filter needs are read, so that 100,000 entries stay quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from handanat_studio.hand.values import VERDICTS, Box
from handanat_studio.store.schema import AnnotatorRow, HandRow, ImageRow, NewestRow, ScoreRow
from handanat_studio.store.statements import chunks, table_of

ERROR, NO_HAND, DETECTED, IN_PROGRESS, DONE = "error", "no_hand", "detected", "in_progress", "done"
STATUSES = (ERROR, NO_HAND, DETECTED, IN_PROGRESS, DONE)
SORTS = ("imported", "score", "name")
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """What a library view shows, and in which order.

    Attributes:
        text: words that must all occur in the file's address, the generator, the family or the prompt.
        verdicts: the annotator's verdicts to show; empty = any.
        score_verdicts: the scorer's verdicts to show; empty = any.
        statuses: from `STATUSES`; empty = any.
        scorer: whose value and verdict count as the score.
        errors_only: only images that cannot be read.
        generator: only images of this generator; "" = any.
        annotator: whose verdicts and progress are shown; "" = whoever came last.
        sort: from `SORTS`; entries without a score come last either way.
        descending: largest first.
    """

    text: str = ""
    verdicts: tuple[str, ...] = ()
    score_verdicts: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    scorer: str = "calibrated"
    errors_only: bool = False
    generator: str = ""
    annotator: str = ""
    sort: str = "imported"
    descending: bool = False

    def __post_init__(self) -> None:
        unknown = (set(self.statuses) - set(STATUSES) or {*self.verdicts, *self.score_verdicts} - set(VERDICTS)) or {
            self.sort
        } - set(SORTS)
        if unknown:
            raise ValueError(f"unknown in a library filter: {sorted(unknown)}")


@dataclass(frozen=True, slots=True, eq=False)
class EntryIndex:
    """Keys of all matching entries in display order.

    Attributes:
        image_ids: (n,) int64.
        hand_ids: (n,) int64; 0 = an image without a hand.
    """

    image_ids: NDArray[np.int64]
    hand_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.image_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a grid shows of one entry.

    Attributes:
        hand_id: 0 = an image without a hand.
        sha256: None = unknown.
        width: pixels; None = unknown.
        height: pixels; None = unknown.
        box: the hand's box in pixels; None = no hand.
        status: from `STATUSES`.
        is_searched: whether a detector has searched the image; a "no_hand" that is not searched is still waiting.
        verdict: the annotator's; None = undecided.
        score_value: the scorer's figure; NaN = no score.
        score_verdict: None = no score.
        error: why the image cannot be read; "" = it can.
    """

    image_id: int
    hand_id: int
    uri: str
    sha256: str | None
    width: int | None
    height: int | None
    box: Box | None
    status: str
    is_searched: bool
    verdict: str | None
    score_value: float
    score_verdict: str | None
    error: str
    generator: str
    family: str


_IMAGES = table_of(ImageRow)
_HANDS = table_of(HandRow)
_NEWEST = table_of(NewestRow)
_SCORES = table_of(ScoreRow)
_STATUS_RULES: list[tuple[ColumnElement[bool], str]] = [
    (_IMAGES.c.error != "", ERROR),
    (_HANDS.c.id.is_(None), NO_HAND),
    (_NEWEST.c.verdict.is_not(None), DONE),
    (or_(_NEWEST.c.hand_id.is_not(None), _HANDS.c.origin == "manual"), IN_PROGRESS),
]
_STATUS = case(*_STATUS_RULES, else_=DETECTED)


def index(session: Session, filter: LibraryFilter) -> EntryIndex:
    """Return the keys of every entry that matches, in the filter's order."""
    query = _entries(
        session,
        filter,
        [_IMAGES.c.id, func.coalesce(_HANDS.c.id, 0)],
        labels=bool(filter.statuses or filter.verdicts),
        scores=bool(filter.score_verdicts) or filter.sort == "score",
    )
    query = _where_images(query, filter)
    if filter.statuses:
        query = query.where(_STATUS.in_(filter.statuses))
    if filter.verdicts:
        query = query.where(_NEWEST.c.verdict.in_(filter.verdicts))
    if filter.score_verdicts:
        query = query.where(_SCORES.c.verdict.in_(filter.score_verdicts))
    if filter.errors_only:
        query = query.where(_IMAGES.c.error != "")
    result = session.execute(query.order_by(*_order(filter)))
    # All rows at once would be enough objects to set off a full garbage collection.
    parts = [
        np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)) for rows in result.partitions(_ROWS_AT_ONCE)
    ]
    flat = np.concatenate([np.empty(0, np.int64), *parts]).reshape(-1, 2)
    return EntryIndex(np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1]))


def page(
    session: Session,
    filter: LibraryFilter,
    image_ids: Sequence[int] | NDArray[np.int64],
    hand_ids: Sequence[int] | NDArray[np.int64],
) -> list[Entry]:
    """Return entries by their keys, in the order given; of the filter only scorer and annotator matter.

    An entry that has been deleted meanwhile keeps its place, with an error that says so.
    """
    keys = [(int(i), int(h)) for i, h in zip(image_ids, hand_ids, strict=True)]
    columns: list[ColumnElement[Any]] = [
        *(_IMAGES.c[name] for name in ("uri", "sha256", "width", "height", "error", "generator", "family")),
        _IMAGES.c.id.label("image_id"),
        _IMAGES.c.detected_version.is_not(None).label("is_searched"),
        func.coalesce(_HANDS.c.id, 0).label("hand_id"),
        *(_HANDS.c[name].label(f"box_{name}") for name in ("x", "y", "width", "height")),
        _STATUS.label("status"),
        _NEWEST.c.verdict,
        _SCORES.c.value.label("score_value"),
        _SCORES.c.verdict.label("score_verdict"),
    ]
    found: dict[tuple[int, int], Entry] = {}
    for part in chunks(keys):
        query = _entries(session, filter, columns, labels=True, scores=True)
        rows = session.execute(query.where(_IMAGES.c.id.in_({image_id for image_id, _ in part})))
        found |= {(row.image_id, row.hand_id): _entry(row) for row in rows}
    return [found.get(key) or _gone(*key) for key in keys]


def counts(session: Session, filter: LibraryFilter) -> dict[str, int]:
    """Count entries by status and verdict, for the filter's text, generator, scorer and annotator only.

    Returns:
        "entries", "images", "hands", "not_searched"; one entry per status; one per annotator's verdict
        ("plausible", ...); one per scorer's verdict ("score_plausible", ...).
    """
    stage = case(*((rule, STATUSES.index(name)) for rule, name in _STATUS_RULES), else_=STATUSES.index(DETECTED))
    # One small number per row instead of three texts: grouping sorts by it, and texts would take twice as long.
    facets = stage * 16 + _place(_NEWEST.c.verdict, VERDICTS) * 4 + _place(_SCORES.c.verdict, VERDICTS)
    waiting = case((and_(_IMAGES.c.detected_version.is_(None), _IMAGES.c.error == ""), 1), else_=0)
    query = _entries(
        session, filter, [facets.label("facets"), func.count(), func.sum(waiting)], labels=True, scores=True
    )
    totals = dict.fromkeys(("entries", "images", "hands", "not_searched", *STATUSES, *VERDICTS), 0)
    totals |= dict.fromkeys((f"score_{verdict}" for verdict in VERDICTS), 0)
    for code, number, not_searched in session.execute(_where_images(query, filter).group_by("facets")):
        status, verdict, score_verdict = STATUSES[code // 16], code // 4 % 4, code % 4
        totals["entries"] += number
        totals["hands"] += number if status not in (ERROR, NO_HAND) else 0
        totals["not_searched"] += int(not_searched)
        totals[status] += number
        if verdict:
            totals[VERDICTS[verdict - 1]] += number
        if score_verdict:
            totals[f"score_{VERDICTS[score_verdict - 1]}"] += number
    totals["images"] = session.execute(_where_images(select(func.count()).select_from(_IMAGES), filter)).scalar_one()
    return totals


def generators(session: Session) -> list[str]:
    """Return the names of all generators, sorted, the unknown one left out."""
    query = select(_IMAGES.c.generator).distinct().where(_IMAGES.c.generator != "").order_by(_IMAGES.c.generator)
    return list(session.execute(query).scalars())


def _entries(
    session: Session, filter: LibraryFilter, columns: Sequence[ColumnElement[Any]], *, labels: bool, scores: bool
) -> Select[Any]:
    source: Any = _IMAGES.outerjoin(_HANDS, _HANDS.c.image_id == _IMAGES.c.id)
    if labels:
        source = source.outerjoin(_NEWEST, and_(_NEWEST.c.hand_id == _HANDS.c.id, _shown(session, filter)))
    if scores:
        source = source.outerjoin(_SCORES, and_(_SCORES.c.hand_id == _HANDS.c.id, _SCORES.c.scorer == filter.scorer))
    return select(*columns).select_from(source)


def _place(value: ColumnElement[Any], names: Sequence[str]) -> ColumnElement[int]:
    """Return the place of a text in `names`, counted from 1; 0 = none."""
    return case(*((value == name, place) for place, name in enumerate(names, start=1)), else_=0)


def _shown(session: Session, filter: LibraryFilter) -> ColumnElement[bool]:
    if not filter.annotator:
        return _NEWEST.c.of_hand == literal(1, literal_execute=True)
    annotator_id = session.execute(select(AnnotatorRow.id).where(AnnotatorRow.name == filter.annotator)).scalar()
    return and_(
        _NEWEST.c.annotator_id == (annotator_id or 0), _NEWEST.c.of_annotator == literal(1, literal_execute=True)
    )


def _where_images(query: Select[Any], filter: LibraryFilter) -> Select[Any]:
    if filter.generator:
        query = query.where(_IMAGES.c.generator == filter.generator)
    for word in filter.text.split():
        fields = (_IMAGES.c.uri, _IMAGES.c.generator, _IMAGES.c.family, _IMAGES.c.prompt)
        query = query.where(or_(*(field.icontains(word, autoescape=True) for field in fields)))
    return query


def _order(filter: LibraryFilter) -> list[ColumnElement[Any]]:
    ids: list[ColumnElement[Any]] = [_IMAGES.c.id, _HANDS.c.id]
    if filter.sort == "imported":
        return [_IMAGES.c.id.desc(), _HANDS.c.id] if filter.descending else ids
    key: ColumnElement[Any] = _SCORES.c.value if filter.sort == "score" else _IMAGES.c.uri
    return [(key.desc() if filter.descending else key.asc()).nulls_last(), *ids]


def _entry(row: Row[Any]) -> Entry:
    values = dict(row._mapping)
    place = [values.pop(f"box_{name}") for name in ("x", "y", "width", "height")]
    values["box"] = Box(*place) if values["hand_id"] else None
    values["is_searched"] = bool(values["is_searched"])
    return Entry(**values)


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
        score_value=float("nan"),
        score_verdict=None,
        error="This entry is no longer in the project.",
        generator="",
        family="",
    )
