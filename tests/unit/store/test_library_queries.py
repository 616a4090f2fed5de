"""Promises of `store.library`: the same answers as a plain loop over everything, and quick at 18,000 images."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import VERDICTS, Box, Detection, Score
from handanat_studio.store import annotations, hands, images, library, scores
from handanat_studio.store.engine import Store
from handanat_studio.store.library import Entry, LibraryFilter

MakeDetection = Callable[..., Detection]
Revise = Callable[..., NewAnnotation]


def _fill(store: Store, make_detection: MakeDetection, revise: Revise, *, count: int = 48) -> None:
    """A project with errors, images without hands, one and two hands, scores, and two annotators in two rounds."""
    draw = random.Random(5)
    with store.write() as session:
        news = [
            images.NewImage(
                uri=f"images/{draw.choice('abc')}_{i:03d}.png",
                error="broken" if i % 11 == 3 else "",
                generator=("SDXL", "StyleGAN3", "")[i % 3],
                family=("diffusion", "gan", "")[i % 3],
                prompt=draw.choice(("a cup 100% full", "a wave", "")),
            )
            for i in range(count)
        ]
        ids = images.add_many(session, news)
        readable = [i for i, new in zip(ids, news, strict=True) if not new.error]
        images.mark_detected(session, readable[:-3], "1")
        found = [(i, [make_detection(300.0 * k) for k in range(draw.choice((0, 1, 1, 2)))]) for i in readable[:-3]]
        flat = [h for group in hands.add_detections_many(session, found, "1") for h in group]
        flat.append(hands.add_manual(session, readable[0], Box(900, 0, 9, 9), annotator="Ada"))
        for hand_id in flat:
            if draw.random() < 0.8:
                value = float("nan") if draw.random() < 0.1 else round(draw.random(), 1)
                scores.put_many(session, [(hand_id, Score("calibrated", "1", value, draw.choice(VERDICTS)))])
                scores.put_many(session, [(hand_id, Score("paper", "1", draw.random(), draw.choice(VERDICTS)))])
            for name in ("Ada", "Ben"):
                for round_ in (1, 2)[: draw.randint(0, 2)]:
                    verdict = draw.choice((*VERDICTS, None))
                    annotations.append(session, revise(hand_id, name, verdict=verdict, round=round_))


def _everything(store: Store, scorer: str, annotator: str) -> list[Entry]:
    """Compute every entry the slow way, from the noun files alone."""
    entries = []
    with store.read() as session:
        for image_id in images.all_ids(session):
            image = images.get(session, image_id)
            of_image = hands.of_image(session, image_id)
            for hand in of_image or [None]:
                said = [] if hand is None else annotations.history(session, hand.id)
                said = [a for a in said if annotator in ("", a.annotator)]
                score = None if hand is None else scores.of_hands(session, [hand.id]).get(hand.id, {}).get(scorer)
                if image.error:
                    status = "error"
                elif hand is None:
                    status = "no_hand"
                elif said and said[-1].verdict:
                    status = "done"
                else:
                    status = "in_progress" if said or hand.detection is None else "detected"
                entries.append(
                    Entry(
                        image_id=image_id,
                        hand_id=0 if hand is None else hand.id,
                        uri=image.uri,
                        sha256=image.sha256,
                        width=image.width,
                        height=image.height,
                        box=None if hand is None else hand.box,
                        status=status,
                        is_searched=image.detected_version is not None,
                        verdict=said[-1].verdict if said else None,
                        score_value=float("nan") if score is None else score.value,
                        score_verdict=None if score is None else score.verdict,
                        error=image.error,
                        generator=image.generator,
                        family=image.family,
                    )
                )
    return entries


def _matches(entry: Entry, prompt: str, wanted: LibraryFilter) -> bool:
    text = [entry.uri, entry.generator, entry.family, prompt]
    return (
        all(any(word.lower() in part.lower() for part in text) for word in wanted.text.split())
        and (not wanted.generator or entry.generator == wanted.generator)
        and (not wanted.statuses or entry.status in wanted.statuses)
        and (not wanted.verdicts or entry.verdict in wanted.verdicts)
        and (not wanted.score_verdicts or entry.score_verdict in wanted.score_verdicts)
        and (not wanted.errors_only or bool(entry.error))
    )


FILTERS = [
    LibraryFilter(),
    LibraryFilter(descending=True),
    LibraryFilter(sort="name"),
    LibraryFilter(sort="name", descending=True),
    LibraryFilter(sort="score"),
    LibraryFilter(sort="score", descending=True, annotator="Ada"),
    LibraryFilter(sort="score", scorer="paper"),
    LibraryFilter(scorer="nobody", sort="score"),
    LibraryFilter(text="100% STYLE"),
    LibraryFilter(text="a_0"),
    LibraryFilter(text="no such thing"),
    LibraryFilter(errors_only=True),
    LibraryFilter(generator="SDXL", statuses=("done", "detected")),
    LibraryFilter(statuses=("in_progress",)),
    LibraryFilter(statuses=("no_hand", "error")),
    LibraryFilter(verdicts=("implausible", "unsure")),
    LibraryFilter(verdicts=("plausible",), annotator="Ben"),
    LibraryFilter(statuses=("done",), annotator="Ada"),
    LibraryFilter(statuses=("done",), annotator="Eve"),
    LibraryFilter(score_verdicts=("implausible",), scorer="paper"),
]


def test_every_filter_agrees_with_a_plain_loop(store: Store, make_detection: MakeDetection, revise: Revise) -> None:
    """Index, page and counts give what going through all images one by one gives, for every filter."""
    _fill(store, make_detection, revise)
    with store.read() as session:
        prompts = {i: images.get(session, i).prompt for i in images.all_ids(session)}
    views = {(wanted.scorer, wanted.annotator) for wanted in FILTERS}
    seen = {view: _everything(store, *view) for view in views}
    for wanted in FILTERS:
        everything = seen[wanted.scorer, wanted.annotator]
        expected = [entry for entry in everything if _matches(entry, prompts[entry.image_id], wanted)]
        with store.read() as session:
            index = library.index(session, wanted)
            found = library.page(session, wanted, index.image_ids, index.hand_ids)
            counts = library.counts(session, wanted)
        assert sorted(map(repr, found)) == sorted(map(repr, expected)), wanted
        assert len(index) == len(found)
        keys = [_sort_key(entry, wanted) for entry in found]
        assert keys == sorted(keys), wanted
        everywhere = LibraryFilter(text=wanted.text, generator=wanted.generator)
        counted = [entry for entry in everything if _matches(entry, prompts[entry.image_id], everywhere)]
        assert counts == _count(counted), wanted


def _sort_key(entry: Entry, wanted: LibraryFilter) -> tuple[object, ...]:
    sign = -1 if wanted.descending else 1
    if wanted.sort == "score":
        unknown = entry.score_value != entry.score_value
        return (unknown, 0.0 if unknown else sign * entry.score_value, entry.image_id, entry.hand_id)
    if wanted.sort == "name":
        return (tuple(sign * ord(letter) for letter in entry.uri), entry.hand_id)
    return (sign * entry.image_id, entry.hand_id)


def _count(entries: list[Entry]) -> dict[str, int]:
    def number(test: Callable[[Entry], bool]) -> int:
        return sum(map(test, entries))

    return (
        {
            "entries": len(entries),
            "images": len({entry.image_id for entry in entries}),
            "hands": number(lambda e: e.hand_id > 0),
            "not_searched": number(lambda e: not e.is_searched and not e.error),
        }
        | {status: number(lambda e, s=status: e.status == s) for status in library.STATUSES}
        | {verdict: number(lambda e, v=verdict: e.verdict == v) for verdict in VERDICTS}
        | {f"score_{verdict}": number(lambda e, v=verdict: e.score_verdict == v) for verdict in VERDICTS}
    )


def test_a_deleted_entry_keeps_its_place(store: Store, make_detection: MakeDetection, revise: Revise) -> None:
    """A page asked with old keys has one entry per key, and says which ones are gone."""
    _fill(store, make_detection, revise, count=6)
    with store.read() as session:
        index = library.index(session, LibraryFilter())
        keys = [*zip(index.image_ids.tolist(), index.hand_ids.tolist(), strict=True)]
        asked = [keys[1], (keys[0][0], 9999), keys[0]]
        page = library.page(session, LibraryFilter(), [i for i, _ in asked], [h for _, h in asked])
    assert [(entry.image_id, entry.hand_id) for entry in page] == asked
    assert [entry.error == "This entry is no longer in the project." for entry in page] == [False, True, False]


def test_an_empty_project_has_empty_answers(store: Store) -> None:
    """No image: an empty index, an empty page, and zero everywhere."""
    with store.read() as session:
        index = library.index(session, LibraryFilter(sort="score"))
        assert len(index) == len(index.hand_ids) == 0
        assert library.page(session, LibraryFilter(), index.image_ids, index.hand_ids) == []
        assert set(library.counts(session, LibraryFilter()).values()) == {0}
        assert library.generators(session) == []


def test_a_filter_refuses_words_it_does_not_know() -> None:
    """A misspelt status, verdict or order is an error, not an empty library."""
    for wrong in ({"statuses": ("finished",)}, {"verdicts": ("good",)}, {"score_verdicts": ("x",)}, {"sort": "size"}):
        with pytest.raises(ValueError, match="unknown in a library filter"):
            LibraryFilter(**wrong)  # type: ignore[arg-type]


def test_generators_are_listed_once(store: Store, make_detection: MakeDetection, revise: Revise) -> None:
    """The unknown generator is not a generator."""
    _fill(store, make_detection, revise, count=9)
    with store.read() as session:
        assert library.generators(session) == ["SDXL", "StyleGAN3"]
