"""The catalogue: the columns that listings ask for, in memory, so that 100,000 hands are filtered in milliseconds.

A table is read when it is first asked for, and afterwards only for the images that the audit log names as changed.
Why it is not left to the database is told in decision 8.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handanat_studio.store import catalogue_tables as tables
from handanat_studio.store.catalogue_tables import Loader
from handanat_studio.store.catalogue_values import Array, Table, Vocabulary
from handanat_studio.store.diversity import farthest_first
from handanat_studio.store.schema import EventRow, HandRow
from handanat_studio.store.statements import chunks, table_of

MANY_IMAGES = 2_000
"""When more images than this have changed, everything is read again."""
ABOUT_PEOPLE = ("add annotator", "set role", "save view", "delete view")
ABOUT_BATCHES = ("assign", "delete batch")
ABOUT_WORDS = ("change labels",)
BY_PEOPLE = ("annotate", "submit", "withdraw", "accept", "return", "comment", "resolve comment")
"""What people do to hands that are there already; it touches only these tables."""
OF_PEOPLE = ("labels", "said", "remarks", "work")
_EVENTS = table_of(EventRow)
_HANDS = table_of(HandRow)
_LOADERS: dict[str, Loader] = {
    "entries": tables.entries,
    "names": tables.names,
    "texts": tables.texts,
    "ranks": tables.ranks,
    "looks": tables.looks,
    "detections": tables.detections,
    "digits": tables.digits,
    "labels": tables.labels,
    "said": tables.said,
    "remarks": tables.remarks,
    "tasks": tables.tasks,
}
_MADE: dict[str, Callable[[str], Loader]] = {"scores": tables.scores, "found": tables.found, "work": tables.work}
_BY_IMAGE = ("entries", "names", "texts", "ranks", "looks")


def _loader(name: str) -> Loader:
    kind, _, of = name.partition("/")
    return _MADE[kind](of) if kind in _MADE else _LOADERS[kind]


class Catalogue:
    """Arrays with one row per entry, in the order of import: by image, then by hand.

    Valid inside the unit of work it was given for. Do not change the arrays.

    Attributes:
        words: what the codes in the arrays stand for.
    """

    def __init__(self, session: Session) -> None:
        self.words = Vocabulary()
        self._session: Session | None = session
        self._tables: dict[str, Table] = {}
        self._derived: dict[Any, Any] = {}
        self._made: dict[Any, tuple[tuple[object, ...], Any]] = {}

    @property
    def session(self) -> Session:
        """The session of the unit of work."""
        assert self._session is not None, "the unit of work is over"
        return self._session

    @property
    def image_ids(self) -> NDArray[np.int64]:
        """(n,) the image of each entry."""
        return self.table("entries").keys

    @property
    def hand_ids(self) -> NDArray[np.int64]:
        """(n,) the hand of each entry; 0 = an image without a hand."""
        return self.table("entries").columns["hand"]

    def __len__(self) -> int:
        return len(self.image_ids)

    def table(self, name: str) -> Table:
        """Return a table, reading it first if need be; the names are those of the loaders, "scores/NAME", ..."""
        if name not in self._tables:
            self._tables[name] = _loader(name)(self.session, None, self.words)
        return self._tables[name]

    def derived(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what was made under this key, making it first if something has changed since."""
        if key not in self._derived:
            self._derived[key] = make()
        return self._derived[key]

    def entry(self, column: str) -> Array:
        """Return a column of the entries themselves: "has_error", "is_searched" or "is_manual"."""
        return self.table("entries").columns[column]

    def column(self, name: str, column: str, missing: Any) -> Array:
        """Return a column of a table, one value per entry.

        Args:
            name: a table with at most one row per image or hand.
            column: of the table.
            missing: the value of entries that the table does not know.
        """

        table, entries = self.table(name), self.table("entries")

        def make() -> Array:
            values = table.columns[column]
            result = np.full(len(self), missing, values.dtype)
            if name not in _BY_IMAGE:
                result[self.rows_in(name)] = values
            elif len(values):
                place = np.searchsorted(table.keys, entries.keys)
                result = values[np.minimum(place, len(values) - 1)]
            return result

        return self._lasting((name, column), (table.columns[column], table.keys, entries), make)  # type: ignore[no-any-return]

    def rows_in(self, name: str) -> NDArray[np.int64]:
        """Return the entry of each row of a table of hands."""
        keys, entries = self.table(name).keys, self.table("entries")
        return self._lasting(("rows", name), (keys, entries), lambda: self.rows_of(keys))  # type: ignore[no-any-return]

    def rows_of(self, hand_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the entry of each hand; every hand of the project has one."""
        entries = self.table("entries")
        order = self._lasting("order", (entries,), lambda: np.argsort(self.hand_ids, kind="stable"))
        return order[np.searchsorted(self.hand_ids, hand_ids, sorter=order)]  # type: ignore[no-any-return]

    def unlike_images(self, count: int) -> NDArray[np.int64]:
        """Return the ids of at most `count` images that look least like one another; see `diversity`."""
        looks = self.table("looks")
        return self._lasting(  # type: ignore[no-any-return]
            ("unlike", count), (looks,), lambda: looks.keys[farthest_first(looks.columns["hash"], count)]
        )

    def _lasting(self, key: Any, of: tuple[object, ...], make: Callable[[], Any]) -> Any:
        """Return what was made under this key, as long as the very same things that it was made of are in force."""
        kept = self._made.get(key)
        if kept is None or len(kept[0]) != len(of) or any(a is not b for a, b in zip(kept[0], of, strict=True)):
            kept = self._made[key] = (of, make())
        return kept[1]

    # keeping up ------------------------------------------------------------------------------------------------

    def use(self, session: Session | None) -> None:
        """Read from this session from now on."""
        self._session = session

    def forget(self, *names: str) -> None:
        """Drop tables, to be read again when they are asked for; no name = all."""
        self._derived.clear()
        for name in names or list(self._tables):
            self._tables.pop(name, None)

    def refresh(self, image_ids: NDArray[np.int64], *, is_by_people: bool = False) -> None:
        """Read the rows of some images again, in every table that was read before and may have changed.

        Args:
            image_ids: ascending.
            is_by_people: whether nothing was done to the images but what people do.
        """
        if not len(image_ids) or not self._tables:
            return
        if len(image_ids) > MANY_IMAGES or "entries" not in self._tables:
            self.forget()
            return
        self._derived.clear()
        scope = image_ids.tolist()
        before = self.table("entries")
        gone = before.columns["hand"][np.isin(before.keys, image_ids)]
        hand_ids = np.unique(gone)
        if not is_by_people:
            fresh = tables.entries(self.session, scope, self.words)
            hand_ids = np.union1d(gone, fresh.columns["hand"])
            self._tables["entries"] = before.with_rows(image_ids, fresh)
        for name, table in list(self._tables.items()):
            if is_by_people and name.partition("/")[0] not in OF_PEOPLE:
                continue
            if name == "ranks":
                if not np.isin(image_ids, table.keys).all():
                    del self._tables[name]
            elif name != "entries":
                rows = _loader(name)(self.session, scope, self.words)
                self._tables[name] = table.with_rows(image_ids if name in _BY_IMAGE else hand_ids, rows)


class LiveCatalogue:
    """Keeps one catalogue of a project up to date. Threads take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._seen = 0

    @contextmanager
    def at(self, session: Session) -> Iterator[Catalogue]:
        """Give the catalogue as this session sees the project, until the `with` block ends."""
        last = session.execute(select(func.coalesce(func.max(_EVENTS.c.id), 0))).scalar_one()
        with self._lock:
            if last < self._seen:
                # The session's view is older than what is kept, which others need.
                yield Catalogue(session)
                return
            catalogue = self._current(session, last)
            try:
                yield catalogue
            finally:
                catalogue.use(None)

    def _current(self, session: Session, last: int) -> Catalogue:
        kept, self._catalogue = self._catalogue, None  # lost if reading fails half-way
        if kept is None:
            kept = Catalogue(session)
        else:
            kept.use(session)
            if last > self._seen:
                _catch_up(kept, session, self._seen)
        self._catalogue, self._seen = kept, last
        return kept


def _catch_up(catalogue: Catalogue, session: Session, seen: int) -> None:
    """Take in what the audit log says after event `seen`."""
    query = select(_EVENTS.c.action, _EVENTS.c.image_id, _EVENTS.c.hand_id, _EVENTS.c.detail)
    images: set[int] = set()
    hands: set[int] = set()
    is_by_people = True
    for action, image_id, hand_id, detail in session.execute(query.where(_EVENTS.c.id > seen).order_by(_EVENTS.c.id)):
        named = [*detail.get("image_ids", ())], [*detail.get("hand_ids", ())]
        if image_id is not None or hand_id is not None or named[0] or named[1]:
            images.update(named[0], () if image_id is None else (image_id,))
            hands.update(named[1], () if hand_id is None or image_id is not None else (hand_id,))
            is_by_people &= action in BY_PEOPLE
        elif action in ABOUT_BATCHES:
            catalogue.forget("tasks")
        elif action in ABOUT_WORDS:
            catalogue.forget("said")
        elif action in ABOUT_PEOPLE:
            catalogue.forget("people")
        else:
            catalogue.forget()
    if len(images) + len(hands) > MANY_IMAGES:
        catalogue.forget()
        return
    images |= _images_of(session, hands)
    catalogue.refresh(np.array(sorted(images), np.int64), is_by_people=is_by_people)


def _images_of(session: Session, hand_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(sorted(hand_ids)):
        found |= set(session.execute(select(_HANDS.c.image_id).where(_HANDS.c.id.in_(part))).scalars())
    return found
