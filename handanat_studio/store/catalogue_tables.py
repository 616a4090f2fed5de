"""What the catalogue holds, as arrays: one loader per table, for the whole project or for some of its images.

A table that has several rows of one hand lists them in the order of annotator and round.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from typing import cast as cast_to

import numpy as np
from sqlalchemy import Column, ColumnElement, CursorResult, Select, Text, and_, case, cast, func, select
from sqlalchemy.orm import Session

from handanat_studio.hand.topology import JOINTS_PER_DIGIT, Level
from handanat_studio.store.catalogue_values import Array, Table, Vocabulary
from handanat_studio.store.comments import RESOLVE
from handanat_studio.store.schema import (
    AnnotationRow,
    AnnotatorRow,
    AssignmentRow,
    BatchRow,
    CommentRow,
    DetectionRow,
    EventRow,
    FeatureRow,
    HandRow,
    ImageRow,
    NewestRow,
    ScoreRow,
)
from handanat_studio.store.statements import chunks, table_of

Scope = Sequence[int] | None
"""Ids of the images whose rows are wanted; None = all."""
ROWS_AT_ONCE = 5_000

_IMAGES, _HANDS, _SEEN, _FEATURES = (table_of(row) for row in (ImageRow, HandRow, DetectionRow, FeatureRow))
_SCORES, _NEWEST, _SAID, _PEOPLE = (table_of(row) for row in (ScoreRow, NewestRow, AnnotationRow, AnnotatorRow))
_REMARKS, _BATCHES, _TASKS, _EVENTS = (table_of(row) for row in (CommentRow, BatchRow, AssignmentRow, EventRow))
_KIND = re.compile(r'"kind":"([^"]+)"')
_COUNT = re.compile(r'"finger_count":\{"count":(\d+)')
_HEAD = 400
"""Characters of a hand's features that hold its number of digits."""
Loader = Callable[[Session, Scope, Vocabulary], Table]
Cell = Callable[[Sequence[Any]], Array]
Cells = Mapping[str, Cell]


def entries(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By image: one row per hand, or one with hand 0.

    Images and hands are read apart, each from an index that holds what is wanted: half the time of a join.
    """
    query = select(_IMAGES.c.id, _IMAGES.c.detected_version.is_not(None))
    found = _load(session, query, _IMAGES.c.id, scope, {"is_searched": _flag})
    order = np.argsort(found.keys, kind="stable")
    image_ids, is_searched = found.keys[order], found.columns["is_searched"][order]
    broken = _load(session, select(_IMAGES.c.id).where(_IMAGES.c.error != ""), _IMAGES.c.id, scope, {}).keys
    query = select(_HANDS.c.image_id, _HANDS.c.id, _HANDS.c.origin == "manual")
    query = query.order_by(_HANDS.c.image_id, _HANDS.c.id)
    hands = _load(session, query, _HANDS.c.image_id, scope, {"hand": _whole, "is_manual": _flag})
    without = image_ids[~np.isin(image_ids, hands.keys)]
    keys = np.concatenate([hands.keys, without])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    none = np.zeros(len(without), np.int64)
    return Table(
        keys,
        {
            "hand": np.concatenate([hands.columns["hand"], none])[order],
            "is_manual": np.concatenate([hands.columns["is_manual"], none > 0])[order],
            "is_searched": is_searched[np.searchsorted(image_ids, keys)],
            "has_error": np.isin(keys, broken),
        },
    )


def names(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By image: where it came from."""
    query = select(_IMAGES.c.id, _IMAGES.c.generator, _IMAGES.c.family).order_by(_IMAGES.c.id)
    cells = {"generator": words.generators.codes, "family": words.families.codes}
    return _load(session, query, _IMAGES.c.id, scope, cells)


def texts(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By image: everything that is searched, in lower case, one line each."""
    fields = [_IMAGES.c[name] for name in ("uri", "generator", "family", "prompt")]
    table = _load(
        session, select(_IMAGES.c.id, *fields).order_by(_IMAGES.c.id), _IMAGES.c.id, scope, dict.fromkeys("ugfp", _text)
    )
    lines = ["\n".join(parts).lower() for parts in zip(*table.columns.values(), strict=True)]
    return Table(table.keys, {"text": _text(lines)})


def looks(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By image: its perceptual hash; images that could not be read have none."""
    query = select(_IMAGES.c.id, _IMAGES.c.phash).where(_IMAGES.c.phash.is_not(None)).order_by(_IMAGES.c.id)
    return _load(session, query, _IMAGES.c.id, scope, {"hash": _hash})


def ranks(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By image: its place in the alphabetical order of all addresses, whatever the scope."""
    ordered = np.fromiter(session.execute(select(_IMAGES.c.id).order_by(_IMAGES.c.uri)).scalars(), np.int64)
    order = np.argsort(ordered)
    return Table(ordered[order], {"rank": order.astype(np.int32)})


def detections(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand: what its current detection says of itself."""
    query = (
        select(
            _HANDS.c.id,
            _SEEN.c.detector,
            _SEEN.c.side,
            _SEEN.c.score,
            _SEEN.c.fallback_reason != "",
        )
        .join(_SEEN, _current())
        .order_by(_HANDS.c.id)
    )
    cells = {"detector": words.detectors.codes, "side": words.sides.codes, "score": _real, "is_fallback": _flag}
    return _load(session, query, None, scope, cells)


def digits(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand: how many digits were measured on its detection; of the pose where nothing was measured."""
    pose = cast(_SEEN.c.pose, Text)
    in_pose = (func.length(pose) - func.length(func.replace(pose, '"kind":', ""))) // len('"kind":')
    head = func.substr(cast(_FEATURES.c.data, Text), 1, _HEAD)
    query = (
        select(_HANDS.c.id, head, case((head.is_(None), in_pose), else_=-1))
        .join(_SEEN, _current())
        .outerjoin(_FEATURES, _FEATURES.c.hand_id == _HANDS.c.id)
        .order_by(_HANDS.c.id)
    )
    table = _load(session, query, None, scope, {"head": _text, "in_pose": _real})
    counts = table.columns["in_pose"].astype(np.int16)
    for row in np.flatnonzero(counts < 0):
        found = _COUNT.search(table.columns["head"][row])
        counts[row] = int(found[1]) if found else 0
    return Table(table.keys, {"count": counts})


def scores(scorer: str) -> Loader:
    """By hand: a scorer's figure and verdict."""

    def load(session: Session, scope: Scope, words: Vocabulary) -> Table:
        query = _of_scorer(scorer, _SCORES.c.value, _SCORES.c.verdict)
        return _load(session, query, None, scope, {"value": _real, "verdict": words.verdicts.codes})

    return load


def found(scorer: str) -> Loader:
    """By hand: which kinds of findings a scorer has."""

    def kinds(session: Session, scope: Scope, words: Vocabulary) -> Table:
        text = cast(_SCORES.c.findings, Text)
        query = _of_scorer(scorer, text).where(text != "[]")
        table = _load(session, query, None, scope, {"text": _text})
        sets = [frozenset(_KIND.findall(line)) for line in table.columns["text"]]
        return Table(table.keys, {"kinds": words.findings.codes(sets)})

    return kinds


def labels(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand: the newest revision of each annotator and round."""
    fields = ("annotator_id", "verdict", "stage", "kind", "flagged", "contradictory", "of_annotator", "of_hand")
    cells: Cells = {
        "annotator": _whole,
        "verdict": words.verdicts.codes,
        "stage": words.stages.codes,
        "kind": words.kinds.codes,
        "is_flagged": _flag,
        "is_contradictory": _flag,
        "is_own": _flag,
        "is_newest": _flag,
    }
    return _load(session, _newest([_NEWEST.c[name] for name in fields]), None, scope, cells)


def said(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand, row by row as `labels`: digits, fusion and kinds of findings of each newest revision."""
    pose = cast(_SAID.c.pose, Text)
    query = _newest([pose, pose.not_like('%"fusions":[]%'), cast(_SAID.c.findings, Text)])
    query = query.join(_SAID, _SAID.c.id == _NEWEST.c.annotation_id)

    cells: Cells = {
        "count": lambda poses: np.array([_present(pose) for pose in poses], np.int16),
        "is_fused": lambda kinds: np.array(kinds, np.bool_),
        "kinds": lambda lines: words.findings.codes(frozenset(_kept(line)) for line in lines),
    }
    return _load(session, query, None, scope, cells)


def remarks(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand: who wrote a remark that is still open, and about whose annotation (0 = about the hand)."""
    end = _REMARKS.alias()
    query = (
        select(_REMARKS.c.hand_id, _REMARKS.c.author_id, func.coalesce(_SAID.c.annotator_id, 0))
        .outerjoin(_SAID, _SAID.c.id == _REMARKS.c.annotation_id)
        .outerjoin(end, end.c.resolves_id == _REMARKS.c.id)
        .where(_REMARKS.c.kind != RESOLVE, end.c.id.is_(None))
        .order_by(_REMARKS.c.hand_id, _REMARKS.c.id)
    )
    return _load(session, query, None, scope, {"author": _whole, "about": _whole})


def tasks(session: Session, scope: Scope, words: Vocabulary) -> Table:
    """By hand: who is to annotate it, in which batch, at which place of her order."""
    query = (
        select(_TASKS.c.hand_id, _TASKS.c.annotator_id, _BATCHES.c.name, _BATCHES.c.blind, _TASKS.c.position)
        .join(_BATCHES, _BATCHES.c.id == _TASKS.c.batch_id)
        .order_by(_TASKS.c.hand_id, _TASKS.c.annotator_id, _TASKS.c.batch_id)
    )
    cells: Cells = {
        "annotator": _whole,
        "batch": words.batches.codes,
        "is_blind": _flag,
        "place": _whole,
    }
    return _load(session, query, None, scope, cells)


def work(actor: str) -> Loader:
    """By hand: the last event in which somebody worked on it; "" = anybody."""

    def load(session: Session, scope: Scope, words: Vocabulary) -> Table:
        query = select(_EVENTS.c.hand_id, func.max(_EVENTS.c.id)).where(_EVENTS.c.hand_id.in_(select(_HANDS.c.id)))
        if actor:
            query = query.where(_EVENTS.c.actor == actor)
        query = query.group_by(_EVENTS.c.hand_id).order_by(_EVENTS.c.hand_id)
        return _load(session, query, None, scope, {"event": _whole})

    return load


def _hash(values: Sequence[Any]) -> Array:
    # As the driver gives them: 64 bits with a sign; see `columns.Unsigned64`.
    return np.array(values, np.int64).view(np.uint64)


def _load(session: Session, query: Select[Any], image_id: Column[Any] | None, scope: Scope, cells: Cells) -> Table:
    """Return the rows of a query as a table: its first column holds the keys, the others go through `cells`.

    Args:
        session: to read from.
        query: whose first column is a hand's id, or an image's.
        image_id: the column with the image's id; None = the first column is a hand's id.
        scope: which images.
        cells: what makes an array of each column.
    """
    pieces: list[list[Array]] = [[np.empty(0, np.int64)], *([cell([])] for cell in cells.values())]
    for rows in _portions(session, query, image_id, scope):
        keys, *columns = zip(*rows, strict=True)
        pieces[0].append(np.array(keys, np.int64))
        for piece, cell, column in zip(pieces[1:], cells.values(), columns, strict=True):
            piece.append(cell(column))
    keys_, *arrays = (np.concatenate(piece) for piece in pieces)
    order = slice(None) if scope is None else np.argsort(keys_, kind="stable")
    return Table(keys_[order], {name: array[order] for name, array in zip(cells, arrays, strict=True)})


def _portions(
    session: Session, query: Select[Any], image_id: Column[Any] | None, scope: Scope
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Give the rows as the driver has them: values are plain, and rows of SQLAlchemy would take twice as long.

    All rows at once would be enough objects to set off a full garbage collection.
    """
    for part in [query] if scope is None else [_within(query, image_id, part) for part in chunks(scope)]:
        result = session.execute(part)
        cursor = cast_to(CursorResult[Any], result).cursor
        while cursor is not None and (rows := cursor.fetchmany(ROWS_AT_ONCE)):
            yield rows
        result.close()


def _within(query: Select[Any], image_id: Column[Any] | None, image_ids: Sequence[int]) -> Select[Any]:
    if image_id is not None:
        return query.where(image_id.in_(image_ids))
    return query.where(query.selected_columns[0].in_(select(_HANDS.c.id).where(_HANDS.c.image_id.in_(image_ids))))


def _current() -> ColumnElement[bool]:
    return and_(_SEEN.c.hand_id == _HANDS.c.id, _SEEN.c.version == _HANDS.c.detected_version)


def _of_scorer(scorer: str, *columns: ColumnElement[Any]) -> Select[Any]:
    query = select(_SCORES.c.hand_id, *columns)
    return query.where(_SCORES.c.scorer == scorer).order_by(_SCORES.c.hand_id)


def _newest(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    query = select(_NEWEST.c.hand_id, *columns)
    return query.order_by(_NEWEST.c.hand_id, _NEWEST.c.annotator_id, _NEWEST.c.round)


def _present(pose: str) -> int:
    """Return how many digits are there at all; one whose every joint is absent is not, nor is a surplus phalanx.

    Counted in the text: making objects of 100,000 poses would take seconds and hundreds of megabytes.
    """
    there = sum(digit.count('"state":"absent"') < JOINTS_PER_DIGIT for digit in pose.split('"kind":')[1:])
    return there - pose.count(f'"level":{Level.TIP}')


def _kept(line: str) -> list[str]:
    """Return the kinds of the findings that the annotator has not rejected."""
    if line == "[]":
        return []
    return [finding["kind"] for finding in json.loads(line) if finding.get("accepted") is not False]


def _whole(values: Sequence[Any]) -> Array:
    return np.array(values, np.int64)


def _real(values: Sequence[Any]) -> Array:
    return np.array(values, np.float64)


def _flag(values: Sequence[Any]) -> Array:
    return np.array(values, np.bool_)


def _text(values: Sequence[Any]) -> Array:
    array = np.empty(len(values), object)
    array[:] = values
    return array
