"""What the annotations of a hand add up to, rule by rule."""

from __future__ import annotations

from collections import Counter

import pytest

from handanat_studio.hand.annotation import ADJUDICATION, ANNOTATION, FIX
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.store.chains import Standing
from handanat_studio.store.reviews import ACCEPT, Review
from handanat_studio.workflows.consensus import combine, counts, of_hands


def chain(
    number: int, stage: str, verdict: str = "plausible", *, kind: str = ANNOTATION, current: bool = True
) -> Standing:
    """Return the chain of annotator number `number`, whose revision has the same id."""
    return Standing(number, f"person {number}", kind, verdict, stage, current)


def acceptances(*annotation_ids: int) -> list[Review]:
    """Return acceptances of these revisions, in this order."""
    return [Review(n, i, 1, "rita", ACCEPT, "", "") for n, i in enumerate(annotation_ids, start=1)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], ("open", None, "")),
        ([chain(1, "draft"), chain(2, "returned")], ("open", None, "")),
        ([chain(1, "submitted")], ("single", "plausible", "person 1")),
        ([chain(1, "accepted")], ("accepted", "plausible", "person 1")),
        ([chain(1, "submitted"), chain(2, "draft", "unsure")], ("single", "plausible", "person 1")),
        ([chain(1, "submitted"), chain(2, "submitted")], ("agreed", "plausible", "person 1, person 2")),
        ([chain(1, "submitted"), chain(2, "accepted")], ("accepted", "plausible", "person 1, person 2")),
        ([chain(1, "accepted"), chain(2, "submitted", "unsure")], ("disputed", None, "person 1, person 2")),
        ([chain(1, "submitted"), chain(2, "submitted", "unsure", current=False)], ("single", "plausible", "person 1")),
        ([chain(1, "submitted"), chain(2, "draft", "unsure", kind=FIX)], ("single", "plausible", "person 1")),
        ([chain(1, "accepted"), chain(2, "accepted", "unsure", kind=FIX)], ("fixed", "unsure", "person 2")),
        (
            [chain(1, "accepted", kind=FIX), chain(2, "accepted", "unsure", kind=ADJUDICATION)],
            ("adjudicated", "unsure", "person 2"),
        ),
        ([chain(1, "submitted"), chain(2, "draft", "unsure", kind=ADJUDICATION)], ("single", "plausible", "person 1")),
    ],
)
def test_each_rule(found: list[Standing], expected: tuple[str, str | None, str]) -> None:
    """Settled adjudication, accepted fix, then what was submitted or accepted: one, same, different, none."""
    consensus = combine(found, [])
    assert (consensus.status, consensus.verdict, consensus.by) == expected
    assert (consensus.annotation_id is None) == (consensus.verdict is None)


def test_of_two_settled_adjudications_the_later_decision_counts() -> None:
    """Not the later revision: what was settled last is what the team decided last."""
    found = [chain(1, "accepted", "unsure", kind=ADJUDICATION), chain(2, "accepted", kind=ADJUDICATION)]
    assert combine(found, acceptances(2, 1)).verdict == "unsure"
    assert combine(found, acceptances(1, 2)).verdict == "plausible"


def test_the_accepted_annotation_stands_for_those_that_agree() -> None:
    """Its joints are the ones a reviewer has looked at."""
    found = [chain(1, "accepted"), chain(2, "submitted")]
    assert combine(found, acceptances(1)).annotation_id == found[0].annotation_id


def test_every_hand_of_a_project_has_one_status(sample: Project) -> None:
    """The counts are those of the hands one by one, and the revision that stands is given with each."""
    with sample.store.read() as session:
        ids = hands.all_ids(session)
    found = of_hands(sample, ids)
    assert sum(counts(sample).values()) == len(ids)
    assert {k: v for k, v in counts(sample).items() if v} == Counter(c.status for c in found.values())
    for hand_id, consensus in found.items():
        if consensus.annotation is not None:
            assert (consensus.annotation.hand_id, consensus.annotation.verdict) == (hand_id, consensus.verdict)
