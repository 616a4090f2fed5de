"""Promises of the noun files for images, hands, features and scores."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import Box, Detection, Finding, HandPose, Score
from handanat_studio.store import annotations, features, hands, images, scores
from handanat_studio.store.engine import Store, open_store
from handanat_studio.store.matching import match
from handanat_studio.store.verify import verify

NewImage = images.NewImage
MakeDetection = Callable[..., Detection]


def _add(store: Store, *new: NewImage) -> list[int]:
    with store.write() as session:
        return images.add_many(session, list(new))


def _score(value: float = 0.25, version: str = "1", scorer: str = "paper") -> Score:
    finding = Finding("angle", "index_pip", 130.0, float("nan"), "deg", 2.0, 0.8, "AAOS")
    return Score(scorer, version, value, "plausible", {"count": 1.0, "angles": float("nan")}, (finding,))


def test_an_image_comes_back_as_it_was(store: Store) -> None:
    """Every field survives, the largest hash and seed too; what is unknown stays unknown."""
    full = NewImage(
        uri="images/ü.png",
        sha256="ab" * 32,
        phash=2**64 - 1,
        width=512,
        height=384,
        format="PNG",
        generator="SDXL",
        family="diffusion",
        prompt="a 'hand'; -- \"open\"",
        seed=2**64 - 1,
        extra={"steps": 30, "nested": {"cfg": 7.5}},
    )
    bare = NewImage(uri="bare.png")
    ids = _add(store, full, bare)
    with store.read() as session:
        found = images.get_many(session, ids)
        with pytest.raises(UserError, match="no image 9999"):
            images.get(session, 9999)
    for image_id, new in zip(ids, (full, bare), strict=True):
        assert {name: getattr(found[image_id], name) for name in NewImage.__dataclass_fields__} == {
            name: getattr(new, name) for name in NewImage.__dataclass_fields__
        }


def test_known_images_are_not_stored_again(store: Store) -> None:
    """The same content under another name, and the same name again, give the id that exists; order is kept."""
    first, second = _add(store, NewImage(uri="a.png", sha256="a" * 64), NewImage(uri="b.png", sha256="b" * 64))
    again = _add(
        store,
        NewImage(uri="copy-of-b.png", sha256="b" * 64),
        NewImage(uri="c.png", sha256="c" * 64),
        NewImage(uri="a.png", sha256="d" * 64),
        NewImage(uri="copy-of-c.png", sha256="c" * 64),
        NewImage(uri="c.png", sha256="c" * 64),
    )
    assert again[0] == second
    assert again[2] == first
    assert again[1] == again[3] == again[4]
    with store.read() as session:
        assert len(images.all_ids(session)) == 3


class _Undo(Exception):
    """Rolls back an example."""


def _import_in_pieces(store: Store, news: list[NewImage], size: int) -> list[int]:
    """Import into an empty store in pieces, take everything back, and return the ids counted from 0."""
    ids: list[int] = []
    with contextlib.suppress(_Undo), store.write() as session:
        for start in range(0, len(news), size):
            ids += images.add_many(session, news[start : start + size])
        raise _Undo
    order = sorted(set(ids))
    return [order.index(image_id) for image_id in ids]


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One empty SQLite store for all examples of a property; each example takes its rows back."""
    store = open_store(tmp_path_factory.mktemp("property") / "project.sqlite")
    yield store
    store.close()


@settings(max_examples=40)
@given(files=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=12), size=st.integers(1, 12))
def test_content_comes_before_name(shared_store: Store, files: list[tuple[int, int]], size: int) -> None:
    """In chunks of any size: known content gives its image, else a known name its image, else there is a new one."""
    stored: list[tuple[int, int]] = []
    expected = []
    for name, content in files:
        by_content = [i for i, (_, other) in enumerate(stored) if other == content]
        by_name = [i for i, (other, _) in enumerate(stored) if other == name]
        if not by_content + by_name:
            by_name = [len(stored)]
            stored.append((name, content))
        expected.append((by_content + by_name)[0])
    news = [NewImage(uri=f"{name}.png", sha256=f"{content:064d}") for name, content in files]
    assert _import_in_pieces(shared_store, news, size) == expected


def test_unreadable_files_are_rows_of_their_own(store: Store) -> None:
    """Two broken files are two errors even with equal bytes; a file that was mended loses its error."""
    broken = [NewImage(uri=f"{name}.jpg", sha256="e" * 64, error="not an image") for name in "ab"]
    first, second = _add(store, *broken)
    assert first != second
    assert _add(store, NewImage(uri="a.jpg", sha256="f" * 64, width=8, height=8)) == [first]
    with store.read() as session:
        assert images.get(session, first).error == ""
        assert images.get(session, first).width == 8
        assert [i.id for i in images.missing_detection(session, "1")] == [first]


def test_an_image_may_turn_out_to_be_unreadable(store: Store) -> None:
    """An error found later is kept and no detector waits for the image, until the same file is imported whole."""
    whole = NewImage(uri="a.png", sha256="a" * 64)
    first, second = _add(store, whole, NewImage(uri="b.png"))
    with store.write() as session:
        images.set_error(session, first, "cannot be read")
    with store.read() as session:
        assert images.get(session, first).error == "cannot be read"
        assert [i.id for i in images.missing_detection(session, "1")] == [second]
        assert images.count(session) == 2
    assert _add(store, whole) == [first]
    with store.read() as session:
        assert images.get(session, first).error == ""


def test_a_killed_detection_resumes(store: Store) -> None:
    """Only readable images that this version has not searched are missing, also those where nothing was found."""
    ids = _add(store, *(NewImage(uri=f"{i}.png") for i in range(5)), NewImage(uri="x.png", error="broken"))
    with store.write() as session:
        images.mark_detected(session, ids[:2], "chain-1")
    with store.read() as session:
        assert [i.id for i in images.missing_detection(session, "chain-1")] == ids[2:5]
        assert [i.id for i in images.missing_detection(session, "chain-1", 2)] == ids[2:4]
        assert [i.id for i in images.missing_detection(session, "chain-2")] == ids[:5]


def test_a_killed_scoring_resumes(store: Store, add_hand: Callable[[Store], int]) -> None:
    """A hand is missing a score until this version of this scorer has judged it; a new version replaces the old."""
    ids = [add_hand(store) for _ in range(3)]
    with store.write() as session:
        image_id = hands.get(session, ids[0]).image_id
        hands.add_manual(session, image_id, Box(0, 0, 5, 5), annotator="Ada")
        scores.put_many(session, [(ids[0], _score()), (ids[0], _score(scorer="calibrated"))])
    with store.read() as session:
        assert [h.id for h in hands.missing_score(session, "paper", "1")] == ids[1:]
        assert [h.id for h in hands.missing_score(session, "paper", "1", 1)] == ids[1:2]
        assert [h.id for h in hands.missing_score(session, "paper", "2")] == ids
        assert [h.id for h in hands.missing_score(session, "other", "1")] == ids
        assert [hands.count_missing_score(session, "paper", version) for version in ("1", "2")] == [2, 3]
    with store.write() as session:
        scores.put_many(session, [(ids[0], _score(0.75, version="2"))])
    with store.read() as session:
        found = scores.of_hands(session, ids)
        assert hands.missing_score(session, "paper", "2")[0].id == ids[1]
    assert list(found) == [ids[0]]
    assert (found[ids[0]]["paper"].value, found[ids[0]]["paper"].version) == (0.75, "2")
    assert found[ids[0]]["calibrated"].version == "1"


def test_a_score_comes_back_as_it_was(store: Store, add_hand: Callable[[Store], int]) -> None:
    """Subscores and findings survive, and what could not be assessed is NaN, never 0."""
    hand_id = add_hand(store)
    unknown = replace(_score(float("nan")), verdict="unsure")
    with store.write() as session:
        scores.put_many(session, [(hand_id, unknown)])
    with store.read() as session:
        found = scores.of_hands(session, [hand_id])[hand_id]["paper"]
    assert repr(found) == repr(unknown)
    assert math.isnan(found.value)
    assert math.isnan(found.parts["angles"])


def test_features_are_kept_by_version(store: Store, add_hand: Callable[[Store], int]) -> None:
    """Features come back as they were; a newer version of the measurement finds them missing and replaces them."""
    hand_id, other = add_hand(store), add_hand(store)
    measured = {"angles_deg": {"index_pip": 12.5, "thumb_ip": None}}
    with store.write() as session:
        features.put_many(session, [(hand_id, {"old": 1}, "0"), (hand_id, measured, "1")])
    with store.read() as session:
        assert features.get(session, hand_id) == measured
        assert features.get(session, other) is None
        assert features.missing(session, "1") == [other]
        assert features.missing(session, "2") == [hand_id, other]


def test_a_detection_comes_back_as_it_was(
    store: Store, make_detection: MakeDetection, make_pose: Callable[..., HandPose]
) -> None:
    """Box, pose, detector, version, confidence and the reason for a fallback survive."""
    (image_id,) = _add(store, NewImage(uri="a.png"))
    detection = Detection(
        Box(1.5, 2.25, 30, 40), make_pose(4), "mediapipe-rescue", "0.1", 0.5, "mediapipe found nothing"
    )
    with store.write() as session:
        (hand_id,) = hands.add_detections(session, image_id, [detection], "chain-1")
    with store.read() as session:
        (hand,) = hands.of_image(session, image_id)
    assert (hand.id, hand.image_id, hand.box, hand.detection) == (hand_id, image_id, detection.box, detection)


def test_a_hand_found_again_keeps_its_id(store: Store, make_detection: MakeDetection) -> None:
    """A new detector chain updates the hand it finds again and drops what was computed from the earlier pose."""
    (image_id,) = _add(store, NewImage(uri="a.png"))
    with store.write() as session:
        left, right = hands.add_detections(session, image_id, [make_detection(0), make_detection(300)], "1")
        scores.put_many(session, [(left, _score()), (right, _score())])
        features.put_many(session, [(left, {}, "1"), (right, {}, "1")])
    moved = make_detection(305, seed=7)
    with store.write() as session:
        assert hands.add_detections(session, image_id, [moved], "2") == [right]
    with store.read() as session:
        (hand,) = hands.of_image(session, image_id)
        assert hand.detection == moved
        assert hand.box == moved.box
        assert scores.of_hands(session, [left, right]) == {}
        assert features.get(session, right) is None
    assert verify(store) == []


def test_a_hand_with_labels_is_never_lost(
    store: Store, make_detection: MakeDetection, revise: Callable[..., NewAnnotation]
) -> None:
    """Detection that finds nothing any more deletes neither annotated nor drawn hands, and touches no label."""
    (image_id,) = _add(store, NewImage(uri="a.png"))
    with store.write() as session:
        annotated, plain = hands.add_detections(session, image_id, [make_detection(0), make_detection(300)], "1")
        drawn = hands.add_manual(session, image_id, Box(600, 0, 50, 50), annotator="Ada")
        before = annotations.append(session, revise(annotated, seed=9, verdict="implausible"))
    with store.write() as session:
        assert hands.add_detections(session, image_id, [], "2") == []
    with store.read() as session:
        assert [h.id for h in hands.of_image(session, image_id)] == [annotated, drawn]
        assert repr(annotations.history(session, annotated)) == repr([before])
        assert hands.get(session, drawn).detection is None
        with pytest.raises(UserError, match=f"no hand {plain}"):
            hands.get(session, plain)
    assert verify(store) == []


def test_a_drawn_box_stays_where_it_was_drawn(store: Store, make_detection: MakeDetection) -> None:
    """A detector that finds a drawn hand adds its detection; the person's box stays."""
    (image_id,) = _add(store, NewImage(uri="a.png"))
    box = Box(12, 22, 100, 120)
    with store.write() as session:
        drawn = hands.add_manual(session, image_id, box)
        assert hands.add_detections(session, image_id, [make_detection(10)], "1") == [drawn]
    with store.read() as session:
        hand = hands.get(session, drawn)
    assert hand.box == box
    assert hand.detection == make_detection(10)


def test_detecting_twice_with_one_version_changes_nothing(store: Store, make_detection: MakeDetection) -> None:
    """A repeated chunk, as after a kill, leaves the same hands."""
    ids = _add(store, NewImage(uri="a.png"), NewImage(uri="b.png"))
    found = [(ids[0], [make_detection(0), make_detection(300)]), (ids[1], [])]
    with store.write() as session:
        first = hands.add_detections_many(session, found, "1")
    with store.write() as session:
        assert hands.add_detections_many(session, found, "1") == first
    with store.read() as session:
        assert hands.all_ids(session) == first[0]
        assert list(hands.of_images(session, ids)) == [ids[0]]


def test_an_image_is_searched_once_per_call(store: Store, make_detection: MakeDetection) -> None:
    """Naming an image twice in one call is a mistake of the caller, not a silent merge."""
    (image_id,) = _add(store, NewImage(uri="a.png"))
    with store.write() as session, pytest.raises(ValueError, match="named once"):
        hands.add_detections_many(session, [(image_id, [make_detection()]), (image_id, [])], "1")


def test_a_hand_needs_an_image(store: Store) -> None:
    """Drawing on an image that is not there is a clear error."""
    with store.write() as session, pytest.raises(UserError, match="no image 5"):
        hands.add_manual(session, 5, Box(0, 0, 1, 1))


_SIDES = st.floats(1, 100)
_BOXES = st.builds(Box, st.floats(0, 200), st.floats(0, 200), _SIDES, _SIDES)


@given(_BOXES, _BOXES)
def test_overlap_is_a_symmetric_share(first: Box, second: Box) -> None:
    """Intersection over union lies in 0..1, does not depend on the order, and is 1 for equal boxes."""
    assert 0.0 <= first.overlap(second) <= 1.0 + 1e-9
    assert first.overlap(second) == pytest.approx(second.overlap(first))
    assert first.overlap(first) == pytest.approx(1.0)


@given(st.lists(_BOXES, max_size=5), st.lists(_BOXES, max_size=5))
def test_each_box_is_matched_at_most_once(stored: list[Box], found: list[Box]) -> None:
    """Matching is one to one and pairs only boxes that really overlap."""
    pairs = match(stored, found)
    assert len(set(pairs.values())) == len(pairs)
    assert all(stored[i].overlap(found[j]) >= 0.5 for j, i in pairs.items())
