"""Roles, assignment and progress, as a lead uses them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import HandPose
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.workflows import annotate, assign, people, review


@given(
    number=st.integers(1, 60),
    names=st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=7, unique=True),
    data=st.data(),
    seed=st.integers(0, 99),
)
def test_hands_are_shared_out_evenly(number: int, names: list[str], data: st.DataObject, seed: int) -> None:
    """Each hand goes to as many different people as asked, nobody has two more than another, and seeds repeat."""
    overlap = data.draw(st.integers(1, len(names)))
    orders = assign.share_out(range(number), names, overlap=overlap, seed=seed)
    assert list(orders) == names
    assert Counter(hand for order in orders.values() for hand in order) == dict.fromkeys(range(number), overlap)
    assert all(len(set(order)) == len(order) for order in orders.values())
    sizes = [len(order) for order in orders.values()]
    assert max(sizes) - min(sizes) <= 1
    assert orders == assign.share_out(list(range(number))[::-1], names, overlap=overlap, seed=seed)


def test_every_two_people_come_to_share_hands() -> None:
    """Agreement can be computed between any two, and each has an order of her own."""
    orders = assign.share_out(range(60), ["a", "b", "c", "d"], overlap=2, seed=0)
    for one, other in combinations(orders.values(), 2):
        shared = set(one) & set(other)
        assert shared
        assert [h for h in one if h in shared] != [h for h in other if h in shared]


@pytest.mark.parametrize(
    ("ids", "names", "overlap"), [([], ["a"], 1), ([1], [" "], 1), ([1], ["a"], 2), ([1], ["a"], 0)]
)
def test_what_cannot_be_shared_out_is_said(ids: list[int], names: list[str], overlap: int) -> None:
    """No hands, no people, or more people wanted than there are."""
    with pytest.raises(UserError, match=r"needs hands and people|cannot annotate"):
        assign.share_out(ids, names, overlap=overlap, seed=0)


def test_a_batch_shows_how_far_its_people_are(sample: Project) -> None:
    """Submitting one's share moves one's bar, and the batch can be deleted without losing work."""
    with sample.store.read() as session:
        ids = hands.all_ids(session)
        pose = hands.get(session, ids[0]).detection.pose  # type: ignore[union-attr]
    batch, change = assign.create_batch(
        sample, "week 1", ids, annotators=["eva", "otto"], by="lena", blind=True, seed=3
    )
    assert change.touches("batches")
    assert (batch.hands, batch.blind, batch.created_by) == (len(ids), True, "lena")
    assert sum(given for _, given in batch.progress.values()) == len(ids)
    own = assign.share_out(ids, ["eva", "otto"], overlap=1, seed=3)["eva"][0]
    annotate.save(sample, NewAnnotation(own, "eva", pose, verdict="plausible"))
    review.submit(sample, own, annotator="eva")
    (batch,) = assign.batches(sample)
    assert batch.progress["eva"][0] == 1
    assign.delete_batch(sample, "week 1", by="lena")
    assert assign.batches(sample) == []
    assert annotate.history(sample, own)


def test_only_a_lead_assigns_and_gives_roles(sample: Project) -> None:
    """As soon as somebody is a lead; before, everybody may begin."""
    people.set_role(sample, "lena", "lead", by="eva")
    with sample.store.read() as session:
        ids = hands.all_ids(session)
    for refused in (
        lambda: people.set_role(sample, "eva", "lead", by="eva"),
        lambda: assign.create_batch(sample, "b", ids, annotators=["eva"], by="eva"),
        lambda: assign.delete_batch(sample, "b", by="eva"),
    ):
        with pytest.raises(UserError, match="Only a lead"):
            refused()
    people.set_role(sample, "eva", "reviewer", by="lena")
    assert people.role_of(sample, "eva") == "reviewer"


def test_what_each_person_has_done_is_counted(sample: Project) -> None:
    """Hands by stage, and the time of every revision; a person who has done nothing is listed too."""
    with sample.store.read() as session:
        first, second, third = hands.all_ids(session)[:3]
    pose = HandPose.ordinary([[1.0, 2.0]] * 21)
    ids = {}
    for hand in (first, second, third):
        parent, _ = annotate.save(sample, NewAnnotation(hand, "eva", pose, active_seconds=2.5))
        new = NewAnnotation(hand, "eva", pose, verdict="unsure", active_seconds=1.0, parent_id=parent.id)
        ids[hand] = annotate.save(sample, new)[0].id
        review.submit(sample, hand, annotator="eva")
    review.accept(sample, ids[second], reviewer="eva")
    review.give_back(sample, ids[third], reviewer="eva", reason="look again")
    people.set_role(sample, "newcomer", "annotator", by="eva")
    found = {person.name: person for person in people.everyone(sample)}
    eva = found["eva"]
    assert (eva.hands, eva.submitted, eva.returned, eva.accepted, eva.active_seconds) == (3, 1, 1, 1, 10.5)
    assert (found["newcomer"].hands, found["newcomer"].active_seconds) == (0, 0.0)
    assert found["simulated-ada"].simulated
