"""Promises of batches and saved views: who was given what, how far she is, and filters that everybody can use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.store import annotations, annotators, batches, chains, reviews, sight, views
from handanat_studio.store.engine import Store

AddHand = Callable[[Store], int]
Revise = Callable[..., NewAnnotation]


def _submit(store: Store, new: NewAnnotation) -> None:
    with store.write() as session:
        saved = annotations.append(session, new)
        chain = chains.of_annotation(session, saved.id)
        reviews.record(session, chain, reviews.SUBMIT, actor=new.annotator)


def test_a_batch_knows_each_persons_order_and_progress(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """What is submitted counts as done, for whom it was given to; a draft does not."""
    ids = [add_hand(store) for _ in range(3)]
    with store.write() as session:
        batches.create(session, "first", {"Ada": ids, "Ben": ids[::-1][:2]}, by="Eve", note="warm-up")
    _submit(store, revise(ids[0], "Ada", verdict="plausible"))
    _submit(store, revise(ids[0], "Ben", verdict="plausible"))
    with store.write() as session:
        annotations.append(session, revise(ids[1], "Ada", verdict="plausible"))
    with store.read() as session:
        (batch,) = batches.all(session)
        assert batches.order_of(session, "first", "Ben") == ids[::-1][:2]
    assert (batch.name, batch.created_by, batch.note, batch.hands) == ("first", "Eve", "warm-up", 3)
    assert batch.progress == {"Ada": (1, 3), "Ben": (0, 2)}


def test_a_batch_is_refused_whole(store: Store, add_hand: AddHand) -> None:
    """An unknown hand, an empty name and a name that is taken leave nothing behind."""
    hand_id = add_hand(store)
    with store.write() as session:
        batches.create(session, "first", {"Ada": [hand_id]}, by="Eve")
    for name, hands, said in (
        ("second", [hand_id, 999], "no hand 999"),
        (" ", [hand_id], "needs a name"),
        ("first", [hand_id], "already"),
    ):
        with pytest.raises(UserError, match=said), store.write() as session:
            batches.create(session, name, {"Ada": hands}, by="Eve")
    with store.read() as session:
        assert [batch.name for batch in batches.all(session)] == ["first"]


def test_a_deleted_batch_leaves_the_annotations(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Only who was to do what is forgotten."""
    hand_id = add_hand(store)
    with store.write() as session:
        batches.create(session, "first", {"Ada": [hand_id]}, by="Eve", blind=True)
    _submit(store, revise(hand_id, "Ada", verdict="plausible"))
    with store.write() as session:
        batches.delete_named(session, "first", by="Eve")
        with pytest.raises(UserError, match="no batch 'first'"):
            batches.delete_named(session, "first", by="Eve")
    with store.read() as session:
        assert batches.all(session) == []
        assert batches.blind_hands(session, [hand_id], "Ada") == set()
        assert len(annotations.history(session, hand_id)) == 1


def test_a_blind_hand_shows_nothing_until_ones_own_is_submitted(
    store: Store, add_hand: AddHand, revise: Revise
) -> None:
    """Also a reviewer who annotates blind sees no score and nobody's labels first; an annotator never sees labels."""
    hand_id, other = add_hand(store), add_hand(store)
    with store.write() as session:
        annotators.set_role(session, "Ben", "reviewer", by="Eve")
        annotators.set_role(session, "Eve", "lead", by="Eve")
        batches.create(session, "blind", {"Ada": [hand_id], "Ben": [hand_id]}, by="Eve", blind=True)

    def known(viewer: str) -> tuple[set[int], set[int]]:
        with store.read() as session:
            both = [hand_id, other]
            return sight.of_others(session, both, viewer), sight.of_scores(session, both, viewer)

    assert known("Eve") == ({hand_id, other}, {hand_id, other})
    assert known("Ben") == ({other}, {other})
    assert known("Ada") == (set(), {other})
    for name in ("Ada", "Ben"):
        _submit(store, revise(hand_id, name, verdict="plausible"))
    assert known("Ben") == ({hand_id, other}, {hand_id, other})
    assert known("Ada") == (set(), {other})


def test_a_view_is_saved_replaced_and_forgotten(store: Store) -> None:
    """A name stands for one filter; the last one saved counts, and anybody can see and forget it."""
    with store.write() as session:
        views.save(session, "doubtful", {"verdicts": ["unsure"]}, author="Ada")
        views.save(session, "doubtful ", {"verdicts": ["unsure"], "sort": "score"}, author="Ben")
        views.save(session, "all", {}, author="Ada")
        with pytest.raises(UserError, match="needs a name"):
            views.save(session, "", {}, author="Ada")
    with store.read() as session:
        found = views.all(session)
    assert [(view.name, view.author) for view in found] == [("all", "Ada"), ("doubtful", "Ben")]
    assert found[1].filter == {"verdicts": ["unsure"], "sort": "score"}
    with store.write() as session:
        views.delete_named(session, "all")
        with pytest.raises(UserError, match="no view 'all'"):
            views.delete_named(session, "all")
