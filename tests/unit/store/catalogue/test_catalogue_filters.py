"""Promises of the catalogue: the same answers as a plain loop over everything, for every filter, order and viewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import STAGES
from handanat_studio.hand.values import VERDICTS
from handanat_studio.store.catalogue import LiveCatalogue
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.facets import NAMES
from handanat_studio.store.library import (
    OWN_QUEUES,
    QUEUES,
    SIDES,
    SORTS,
    STATUSES,
    LibraryFilter,
    filter_from_dict,
    filter_to_dict,
)
from handanat_studio.store.selection import YES_OR_NO, Selection

SIZE = 16
VIEWERS = (("", ""), ("Ada", "Ada"), ("Cleo", "Cleo"), ("", "Cleo"), ("Ben", "Cleo"), ("", "Dora"), ("Eve", "Eve"))
"""(whose verdicts are shown, who looks)."""
Asked = dict[str, Any]


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


ASKED = st.fixed_dictionaries(
    {"sort": st.sampled_from(SORTS), "descending": st.booleans(), "scorer": st.sampled_from(("calibrated", "paper"))},
    optional={
        "text": st.sampled_from(("100% STYLE", "a_0", "no such thing", "wave", "png")),
        "verdicts": _some(VERDICTS),
        "score_verdicts": _some(VERDICTS),
        "statuses": _some(STATUSES),
        "stages": _some(STAGES),
        "generators": _some(("SDXL", "StyleGAN3", "", "unheard of")),
        "families": _some(("diffusion", "gan", "")),
        "detectors": _some(("mediapipe", "yolo", "")),
        "sides": _some(SIDES),
        "finding_kinds": _some(("angle", "count", "span", "never")),
        "digit_counts": _some((4, 5, 6)),
        "labelled_by": _some(("Ada", "Ben", "Eve")),
        "queue": st.sampled_from(QUEUES),
        "batch": st.sampled_from(("batch 17", "batch 20", "no such batch")),
        "score_low": st.sampled_from((0.2, 0.5)),
        "score_high": st.sampled_from((0.5, 0.8)),
        "flagged": st.booleans(),
        "commented": st.booleans(),
        "fused": st.booleans(),
        "errors_only": st.just(True),
    },
).map(lambda asked: {name: value for number, (name, value) in enumerate(asked.items()) if number < 6})


def check(store: Store, live: LiveCatalogue, slowly: Any, facts: Any, wanted: LibraryFilter) -> None:
    """Compare index, page, counts and facets with the loop over all entries."""
    everything = facts(wanted.scorer, wanted.annotator, wanted.viewer)
    expected = sorted((f for f in everything if slowly.passes(f, wanted)), key=lambda f: slowly.sort_key(f, wanted))
    with store.read() as session, live.at(session) as catalogue:
        selection = Selection(catalogue, wanted)
        index, counts = selection.index(), selection.counts()
        page = selection.page(index.image_ids, index.hand_ids)
        facets = selection.facets((*NAMES, *YES_OR_NO))
        queues = selection.queue_counts()
    keys = [*zip(index.image_ids.tolist(), index.hand_ids.tolist(), strict=True)]
    assert keys == [(fact.image_id, fact.hand_id) for fact in expected], wanted
    for entry, fact in zip(page, expected, strict=True):
        assert (entry.image_id, entry.hand_id, entry.uri, entry.status) == (
            fact.image_id,
            fact.hand_id,
            fact.uri,
            fact.status,
        )
        assert (entry.verdict, entry.score_verdict, entry.stage) == (fact.verdict, fact.score_verdict, fact.stage)
        assert (entry.is_flagged, entry.is_commented, entry.error) == (fact.flagged, fact.commented, fact.error)
        assert entry.score_value == pytest.approx(fact.score, nan_ok=True)
    plain = LibraryFilter(text=wanted.text, generators=wanted.generators)
    assert counts == _counted([fact for fact in everything if slowly.passes(fact, plain)])
    _check_facets(facets, queues, slowly, everything, wanted)


def _check_facets(facets: Any, queues: dict[str, int], slowly: Any, everything: Any, wanted: LibraryFilter) -> None:
    for name, found in facets.items():
        empty = None if name in YES_OR_NO else ()
        among = [f for f in everything if slowly.passes(f, replace(wanted, **{name: empty}))]
        for value, number in found.items():
            one = True if name in YES_OR_NO else (value,)
            asked = LibraryFilter(**{name: one})
            assert number == sum(slowly.passes(fact, asked) for fact in among), (name, value, wanted)
    among = [f for f in everything if slowly.passes(f, replace(wanted, queue=""))]
    for name, number in queues.items():
        assert number == sum(name in fact.queues for fact in among), (name, wanted)


def _counted(among: list[Any]) -> dict[str, int]:
    def number(test: Callable[[Any], bool]) -> int:
        return sum(map(test, among))

    return (
        {
            "entries": len(among),
            "images": len({fact.image_id for fact in among}),
            "hands": number(lambda f: f.status not in ("error", "no_hand")),
            "not_searched": number(lambda f: not f.is_searched and not f.error),
        }
        | {status: number(lambda f, s=status: f.status == s) for status in STATUSES}
        | {verdict: number(lambda f, v=verdict: f.verdict == v) for verdict in VERDICTS}
        | {f"score_{verdict}": number(lambda f, v=verdict: f.score_verdict == v) for verdict in VERDICTS}
    )


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[int, Any]]:
    """Remember stores and their facts for all examples."""
    made: dict[int, Any] = {}
    yield made
    for store, _, _ in made.values():
        store.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 3), viewer=st.sampled_from(VIEWERS), asked=ASKED)
def test_every_filter_agrees_with_a_plain_loop(
    worlds: dict[int, Any],
    make_world: Any,
    slowly: Any,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    viewer: tuple[str, str],
    asked: Asked,
) -> None:
    """In random projects any filter, order and viewer gives what going through all entries one by one gives."""
    if seed not in worlds:
        worlds[seed] = _world(tmp_path_factory.mktemp("world") / "project.sqlite", make_world, slowly, seed)
    store, live, facts = worlds[seed]
    annotator, looks = viewer
    try:
        check(store, live, slowly, facts, LibraryFilter(**asked, annotator=annotator, viewer=looks))
    except UserError:
        is_annotator = looks in ("Ada", "Eve")
        assert is_annotator
        assert asked["sort"] == "disagreement" or asked.get("queue", "assigned") not in OWN_QUEUES


def _world(file: Path, make_world: Any, slowly: Any, seed: int) -> tuple[Store, LiveCatalogue, Any]:
    store = open_store(file)
    slowly.give_roles(store)
    make_world(store, seed).fill(SIZE)
    known: dict[tuple[str, str, str], Any] = {}

    def facts(*who: str) -> Any:
        if who not in known:
            known[who] = slowly.facts(store, *who)
        return known[who]

    return store, LiveCatalogue(), facts


FIXED: list[Asked] = [
    {},
    {"descending": True},
    *({"sort": sort, "descending": descending} for sort in SORTS for descending in (False, True)),
    *({"queue": queue} for queue in QUEUES),
    {"text": "100% STYLE"},
    {"generators": ("SDXL",), "statuses": ("done", "detected")},
    {"finding_kinds": ("angle",), "digit_counts": (5, 6)},
    {"score_low": 0.3, "score_high": 0.7, "sort": "certainty"},
    {"flagged": True},
    {"commented": True, "detectors": ("yolo",)},
    {"fused": True},
]


def test_both_dialects_answer_alike(store: Store, make_world: Any, slowly: Any) -> None:
    """SQLite and PostgreSQL: filters and orders over a random project, for a reviewer and for nobody in particular."""
    slowly.give_roles(store)
    make_world(store, 11).fill(SIZE)
    live = LiveCatalogue()
    known: dict[tuple[str, str, str], Any] = {}

    def facts(*who: str) -> Any:
        if who not in known:
            known[who] = slowly.facts(store, *who)
        return known[who]

    for annotator, viewer in (("", ""), ("", "Cleo")):
        for asked in FIXED:
            check(store, live, slowly, facts, LibraryFilter(**asked, annotator=annotator, viewer=viewer))


def test_a_deleted_entry_keeps_its_place(sqlite_store: Store, make_world: Any) -> None:
    """A page asked with old keys has one entry per key, and says which ones are gone."""
    make_world(sqlite_store, 2).fill(6)
    with sqlite_store.read() as session, LiveCatalogue().at(session) as catalogue:
        selection = Selection(catalogue, LibraryFilter())
        index = selection.index()
        keys = [*zip(index.image_ids.tolist(), index.hand_ids.tolist(), strict=True)]
        asked = [keys[1], (keys[0][0], 9999), keys[0]]
        page = selection.page([i for i, _ in asked], [h for _, h in asked])
    assert [(entry.image_id, entry.hand_id) for entry in page] == asked
    assert [entry.error == "This entry is no longer in the project." for entry in page] == [False, True, False]


def test_an_empty_project_has_empty_answers(store: Store) -> None:
    """No image: an empty index, an empty page, and zero everywhere."""
    with store.read() as session, LiveCatalogue().at(session) as catalogue:
        for sort in SORTS:
            assert len(Selection(catalogue, LibraryFilter(sort=sort, text="a")).index()) == 0
        selection = Selection(catalogue, LibraryFilter(annotator="Ada"))
        assert selection.page([], []) == []
        assert set(selection.counts().values()) == {0}
        assert set(selection.queue_counts().values()) == {0}
        assert all(found in ({}, {"yes": 0}) for found in selection.facets((*NAMES, *YES_OR_NO)).values())


def test_a_filter_refuses_words_it_does_not_know() -> None:
    """A misspelt status, verdict, stage, queue or order is an error, not an empty library."""
    wrongs: list[Asked] = [
        {"statuses": ("finished",)},
        {"verdicts": ("good",)},
        {"score_verdicts": ("x",)},
        {"stages": ("x",)},
        {"queue": "x"},
        {"sort": "size"},
    ]
    for wrong in wrongs:
        with pytest.raises(ValueError, match="unknown in a library filter"):
            LibraryFilter(**wrong)


@given(asked=ASKED)
def test_a_filter_survives_being_saved(asked: Asked) -> None:
    """What a saved view holds is what was asked for, without who looked and with which scorer."""
    kept = filter_from_dict(filter_to_dict(LibraryFilter(**asked, annotator="Ada", viewer="Cleo")))
    assert kept == LibraryFilter(**{name: value for name, value in asked.items() if name != "scorer"})


def test_a_saved_filter_of_a_newer_program_is_refused() -> None:
    """A field or a word that this program does not know is never ignored in silence."""
    for data in ({"mood": "good"}, {"sort": "mood"}, {"annotator": "Ada"}):
        with pytest.raises(ValueError, match="unknown in a library filter"):
            filter_from_dict(data)
