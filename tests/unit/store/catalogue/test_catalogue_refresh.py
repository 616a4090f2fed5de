"""Promises of the live catalogue: it never differs from one that is read anew, and reads no more than it must."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from handanat_studio.hand.label_schema import BUILT_IN, FindingKind, LabelSchema
from handanat_studio.store import annotators, catalogue, images, label_schemas, views
from handanat_studio.store.catalogue import LiveCatalogue
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.facets import NAMES
from handanat_studio.store.library import LibraryFilter
from handanat_studio.store.selection import YES_OR_NO, Selection

ASKED = (
    LibraryFilter(sort="name", text="png"),
    LibraryFilter(sort="changed", descending=True, viewer="Cleo"),
    LibraryFilter(sort="disagreement", descending=True, viewer="Dora"),
    LibraryFilter(sort="generator", annotator="Ada"),
)


def answers(store: Store, live: LiveCatalogue) -> list[Any]:
    """Return everything that listings can show."""
    found: list[Any] = []
    with store.read() as session, live.at(session) as current:
        for wanted in ASKED:
            selection = Selection(current, wanted)
            index = selection.index()
            keys = [*zip(index.image_ids.tolist(), index.hand_ids.tolist(), strict=True)]
            page = list(map(repr, selection.page(index.image_ids, index.hand_ids)))
            found.append((keys, page, selection.counts(), selection.facets((*NAMES, *YES_OR_NO))))
            found.append(selection.queue_counts())
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), pauses=st.lists(st.integers(1, 6), min_size=3, max_size=8))
def test_what_is_refreshed_equals_what_is_read_anew(
    make_world: Any, slowly: Any, tmp_path_factory: pytest.TempPathFactory, seed: int, pauses: list[int]
) -> None:
    """After any sequence of writes the refreshed catalogue gives the answers of a new one."""
    store = open_store(tmp_path_factory.mktemp("refresh") / "project.sqlite")
    slowly.give_roles(store)
    world = make_world(store, seed)
    world.fill(5)
    live = LiveCatalogue()
    answers(store, live)
    for pause in pauses:
        for _ in range(pause):
            world.do_something()
        assert answers(store, live) == answers(store, LiveCatalogue())
    store.close()


def test_both_dialects_are_refreshed_alike(store: Store, make_world: Any, slowly: Any) -> None:
    """The same on SQLite and PostgreSQL, for one sequence of writes."""
    slowly.give_roles(store)
    world = make_world(store, 3)
    world.fill(5)
    live = LiveCatalogue()
    for _ in range(12):
        world.do_something()
        assert answers(store, live) == answers(store, LiveCatalogue())


def test_many_changes_at_once_are_read_anew(
    sqlite_store: Store, make_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When more has changed than is worth picking out, everything is read again."""
    world = make_world(sqlite_store, 4)
    world.fill(4)
    live = LiveCatalogue()
    answers(sqlite_store, live)
    monkeypatch.setattr(catalogue, "MANY_IMAGES", 2)
    world.add_images(5)
    assert answers(sqlite_store, live) == answers(sqlite_store, LiveCatalogue())


def _statements(store: Store, live: LiveCatalogue, wanted: LibraryFilter) -> list[str]:
    """Return what is asked of the database for one listing."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with store.read() as session:
        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            with live.at(session) as current:
                Selection(current, wanted).index()
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return [statement for statement in asked if any(name in statement for name in ("images", "hands", "newest"))]


def test_a_listing_asks_the_database_for_nothing_when_nothing_changed(sqlite_store: Store, make_world: Any) -> None:
    """The second listing reads no image, no hand and no label, whatever is asked."""
    make_world(sqlite_store, 5).fill(6)
    live = LiveCatalogue()
    answers(sqlite_store, live)
    wanted = LibraryFilter(text="png", sort="score", finding_kinds=("angle",), queue="disagreement")
    assert _statements(sqlite_store, live, wanted) == []


def test_one_annotation_reads_one_image_again(sqlite_store: Store, make_world: Any) -> None:
    """After a save only rows of that image are asked for."""
    world = make_world(sqlite_store, 6)
    world.fill(6)
    live = LiveCatalogue()
    answers(sqlite_store, live)
    world.annotate()
    asked = _statements(sqlite_store, live, LibraryFilter())
    assert asked
    assert all("IN (" in statement for statement in asked)


def test_news_about_people_and_views_touches_no_entry(sqlite_store: Store, make_world: Any) -> None:
    """A new annotator, a role or a saved view is no reason to read hands again."""
    make_world(sqlite_store, 7).fill(6)
    live = LiveCatalogue()
    answers(sqlite_store, live)
    with sqlite_store.write() as session:
        annotators.ensure(session, "Eve")
        annotators.set_role(session, "Eve", "lead", by="Eve")
        views.save(session, "mine", {}, author="Eve")
    assert _statements(sqlite_store, live, LibraryFilter(sort="score")) == []


def test_a_merged_kind_of_finding_is_counted_as_what_it_became(sqlite_store: Store, make_world: Any) -> None:
    """Kinds follow the project's list of labels as it is now."""
    make_world(sqlite_store, 8).fill(8)
    live = LiveCatalogue()

    def kinds() -> dict[Any, int]:
        with sqlite_store.read() as session, live.at(session) as current:
            return Selection(current, LibraryFilter()).facets(["finding_kinds"])["finding_kinds"]

    def append(*new: FindingKind) -> None:
        with sqlite_store.write() as session:
            schema = LabelSchema((*BUILT_IN, *new))
            label_schemas.append(session, schema, author="Dora")

    append(FindingKind("span", "Span"))
    before = kinds()
    assert before["span"] > 0
    append(FindingKind("span", "Span", retired=True, replaced_by="angle"))
    after = kinds()
    assert "span" not in after
    assert after["angle"] >= max(before["angle"], before["span"])


def test_a_reader_that_began_earlier_sees_what_it_saw(sqlite_store: Store, make_world: Any) -> None:
    """A read unit stays one consistent state although another thread has refreshed the catalogue meanwhile."""
    make_world(sqlite_store, 9).fill(4)
    live = LiveCatalogue()

    def count(session: Any) -> int:
        with live.at(session) as current:
            return len(Selection(current, LibraryFilter()).index())

    with sqlite_store.read() as early:
        before = count(early)
        done: list[int] = []

        def write_and_look() -> None:
            with sqlite_store.write() as session:
                images.add_many(session, [images.NewImage(uri="late.png")])
            with sqlite_store.read() as session:
                done.append(count(session))

        thread = threading.Thread(target=write_and_look)
        thread.start()
        thread.join()
        assert count(early) == before
    assert done == [before + 1]


def test_a_failed_reading_is_not_kept(tmp_path: Path, make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If catching up fails half-way, the next listing starts anew instead of showing half of it."""
    store = open_store(tmp_path / "project.sqlite")
    world = make_world(store, 10)
    world.fill(4)
    live = LiveCatalogue()
    answers(store, live)
    world.add_images()

    def fail(*_: Any) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(catalogue.tables, "entries", fail)
        with pytest.raises(OSError, match="the disk is gone"):
            answers(store, live)
    assert answers(store, live) == answers(store, LiveCatalogue())
    store.close()
