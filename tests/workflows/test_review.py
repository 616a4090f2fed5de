"""Submit, withdraw, accept, return, fix and settle: what each does, and to whom it is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import ADJUDICATION, FIX, Annotation, NewAnnotation
from handanat_studio.hand.topology import DigitKind
from handanat_studio.hand.values import Finding
from handanat_studio.project import Project
from handanat_studio.store import events, hands
from handanat_studio.store.verify import verify
from handanat_studio.workflows import annotate, comments, consensus, people, review

NAN = float("nan")
FOUND = Finding("angle", "index_pip", 130.0, 110.0, "deg", NAN, 1.0, "AAOS", "expert", True)
"""What makes an implausible verdict consistent."""


@pytest.fixture
def hand_id(sample: Project) -> int:
    """A hand of the sample on a team of a lead, a reviewer and two annotators."""
    people.set_role(sample, "rita", "reviewer", by="lena")
    people.set_role(sample, "lena", "lead", by="lena")
    with sample.store.read() as session:
        return hands.all_ids(session)[-1]


def say(project: Project, hand_id: int, name: str = "eva", verdict: str | None = "plausible", **more: object) -> int:
    """Save an annotation that leaves the detected pose as it is, and return its id."""
    with project.store.read() as session:
        pose = hands.get(session, hand_id).detection.pose  # type: ignore[union-attr]
    findings = (FOUND,) if verdict == "implausible" else ()
    new = NewAnnotation(hand_id, name, pose, verdict=verdict, findings=findings, **more)  # type: ignore[arg-type]
    return annotate.save(project, new)[0].id


def mine(project: Project, hand_id: int, name: str = "eva") -> tuple[str, Annotation]:
    """Return the stage and newest revision of somebody's annotation."""
    view = review.review_view(project, hand_id, viewer="lena")
    return next((s.stage, s.annotation) for s in view.submissions if s.annotation.annotator == name)


def test_a_submitted_annotation_is_accepted(sample: Project, hand_id: int) -> None:
    """Each deed is in the audit log with hand and image, and the consensus follows."""
    annotation_id = say(sample, hand_id)
    change = review.submit(sample, hand_id, annotator="eva")
    assert (change.kinds, change.hand_ids) == (frozenset({"reviews"}), (hand_id,))
    assert mine(sample, hand_id)[0] == "submitted"
    review.accept(sample, annotation_id, reviewer="rita")
    assert mine(sample, hand_id)[0] == "accepted"
    with sample.store.read() as session:
        deeds = [(e.action, e.actor) for e in events.recent(session, hand_id=hand_id, limit=2)]
        assert all(e.image_id for e in events.recent(session, hand_id=hand_id))
    assert deeds == [("accept", "rita"), ("submit", "eva")]
    assert verify(sample.store) == []


def test_what_is_not_finished_cannot_be_submitted(sample: Project, hand_id: int) -> None:
    """No annotation, no verdict, or submitted twice: each is said plainly."""
    with pytest.raises(UserError, match="has not annotated"):
        review.submit(sample, hand_id, annotator="eva")
    first = say(sample, hand_id, verdict=None)
    with pytest.raises(UserError, match="no verdict"):
        review.submit(sample, hand_id, annotator="eva")
    say(sample, hand_id, parent_id=first)
    review.submit(sample, hand_id, annotator="eva")
    with pytest.raises(UserError, match="submitted already"):
        review.submit(sample, hand_id, annotator="eva")


def test_only_what_waits_can_be_withdrawn(sample: Project, hand_id: int) -> None:
    """A withdrawn annotation is a draft again, and cannot be withdrawn once it was decided on."""
    annotation_id = say(sample, hand_id)
    with pytest.raises(UserError, match="not waiting"):
        review.withdraw(sample, hand_id, annotator="eva")
    review.submit(sample, hand_id, annotator="eva")
    review.withdraw(sample, hand_id, annotator="eva")
    assert mine(sample, hand_id)[0] == "draft"
    with pytest.raises(UserError, match="not submitted"):
        review.accept(sample, annotation_id, reviewer="rita")


def test_a_returned_annotation_comes_back_with_the_reason_at_the_joint(sample: Project, hand_id: int) -> None:
    """Its annotator sees the comment; on acceptance it is resolved, and the chain tells the whole story."""
    first = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    with pytest.raises(UserError, match="needs a reason"):
        review.give_back(sample, first, reviewer="rita", reason=" ")
    review.give_back(sample, first, reviewer="rita", reason="too far", part="index_pip")
    (comment,) = comments.of_hand(sample, hand_id, viewer="eva")
    assert (comment.kind, comment.part, comment.text, comment.author) == ("return", "index_pip", "too far", "rita")
    second = say(sample, hand_id, verdict="implausible", parent_id=first)
    assert mine(sample, hand_id)[0] == "returned"
    with pytest.raises(UserError, match="is returned"):
        review.accept(sample, second, reviewer="rita")
    review.submit(sample, hand_id, annotator="eva")
    review.accept(sample, second, reviewer="rita")
    (comment,) = comments.of_hand(sample, hand_id, viewer="eva")
    assert (comment.resolved_by, comment.resolution) == ("rita", "Accepted.")
    assert verify(sample.store) == []


def test_a_decision_can_be_turned_round(sample: Project, hand_id: int) -> None:
    """What was returned by mistake is accepted, and what was accepted by mistake is returned."""
    annotation_id = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    review.give_back(sample, annotation_id, reviewer="rita", reason="hm")
    review.accept(sample, annotation_id, reviewer="rita")
    review.give_back(sample, annotation_id, reviewer="lena", reason="after all", part="wrist")
    assert mine(sample, hand_id)[0] == "returned"
    assert verify(sample.store) == []


def test_a_decision_on_an_older_revision_is_refused(sample: Project, hand_id: int) -> None:
    """The reviewer is told that there is something newer to look at."""
    first = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    say(sample, hand_id, verdict="unsure", parent_id=first)
    with pytest.raises(UserError, match="changed since"):
        review.accept(sample, first, reviewer="rita")


def test_only_reviewers_review(sample: Project, hand_id: int) -> None:
    """An annotator can neither decide on the work of others nor write fixes or adjudications."""
    annotation_id = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    with pytest.raises(UserError, match="Only reviewers"):
        review.accept(sample, annotation_id, reviewer="otto")
    with pytest.raises(UserError, match="Only reviewers"):
        review.give_back(sample, annotation_id, reviewer="otto", reason="no")
    for kind in (FIX, ADJUDICATION):
        with pytest.raises(UserError, match="Only reviewers"):
            say(sample, hand_id, "otto", kind=kind, round=2)


def test_nobody_reviews_her_own_annotation_if_somebody_else_can(sample: Project, hand_id: int) -> None:
    """The message names who can."""
    annotation_id = say(sample, hand_id, "rita")
    review.submit(sample, hand_id, annotator="rita")
    with pytest.raises(UserError, match="Nobody reviews her own") as caught:
        review.accept(sample, annotation_id, reviewer="rita")
    assert caught.value.hint == "Ask lena."
    review.accept(sample, annotation_id, reviewer="lena")


def test_whoever_works_alone_may_review_herself(sample: Project) -> None:
    """In a project whose other annotators are simulated there is nobody to ask."""
    with sample.store.read() as session:
        hand_id = hands.all_ids(session)[0]
    annotation_id = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    review.accept(sample, annotation_id, reviewer="eva")
    assert verify(sample.store) == []


def test_an_accepted_fix_takes_the_place_of_what_it_rests_on(sample: Project, hand_id: int) -> None:
    """The annotation leaves the review untouched, and the fix carries the reviewer's name."""
    annotation_id = say(sample, hand_id)
    review.submit(sample, hand_id, annotator="eva")
    view = review.review_view(sample, hand_id, viewer="rita")
    assert (view.fix, view.fix_round) == (None, 2)
    fix_id = say(sample, hand_id, "rita", "implausible", kind=FIX, round=2, basis={"annotations": [annotation_id]})
    with pytest.raises(UserError, match="is a fix"):
        review.accept(sample, fix_id, reviewer="rita")
    with pytest.raises(UserError, match="not a fix"):
        review.accept_fix(sample, annotation_id, reviewer="rita")
    review.accept_fix(sample, fix_id, reviewer="rita")
    with pytest.raises(UserError, match="accepted already"):
        review.accept_fix(sample, fix_id, reviewer="rita")
    assert mine(sample, hand_id)[0] == "accepted"
    assert mine(sample, hand_id)[1].verdict == "plausible"
    found = consensus.of_hand(sample, hand_id)
    assert (found.status, found.verdict, found.by) == ("fixed", "implausible", "rita")
    view = review.review_view(sample, hand_id, viewer="rita")
    assert (view.fix.id, view.fix_round, view.fix_stage) == (fix_id, 2, "accepted")  # type: ignore[union-attr]
    assert verify(sample.store) == []


def test_an_adjudication_is_settled_by_its_author(sample: Project, hand_id: int) -> None:
    """It needs a verdict, carries the adjudicator, and opens again when she changes it."""
    one, two = say(sample, hand_id), say(sample, hand_id, "otto", "implausible")
    for name in ("eva", "otto"):
        review.submit(sample, hand_id, annotator=name)
    basis = {"annotations": [one, two], "taken": {"verdict": "b"}}
    first = say(sample, hand_id, "lena", None, kind=ADJUDICATION, round=2, basis=basis)
    with pytest.raises(UserError, match="no verdict"):
        review.settle(sample, first, adjudicator="lena")
    second = say(sample, hand_id, "lena", "implausible", kind=ADJUDICATION, round=2, basis=basis, parent_id=first)
    with pytest.raises(UserError, match="is lena's"):
        review.settle(sample, second, adjudicator="rita")
    review.settle(sample, second, adjudicator="lena")
    found = consensus.of_hand(sample, hand_id)
    assert (found.status, found.verdict, found.by) == ("adjudicated", "implausible", "lena")
    assert found.annotation is not None
    assert found.annotation.basis == basis
    view = review.review_view(sample, hand_id, viewer="rita")
    assert (view.adjudication.id, view.own_adjudication) == (second, None)  # type: ignore[union-attr]
    say(sample, hand_id, "lena", "unsure", kind=ADJUDICATION, round=2, parent_id=second)
    assert consensus.of_hand(sample, hand_id).status == "disputed"
    assert verify(sample.store) == []


def test_a_contradiction_needs_a_reason(sample: Project, hand_id: int) -> None:
    """Six digits that are called plausible are submitted only with a reason, which the reviewer reads."""
    with sample.store.read() as session:
        pose = hands.get(session, hand_id).detection.pose  # type: ignore[union-attr]
    chain = np.linspace(pose.points[17], pose.points[20], 4) + np.array([15, 5])
    six = edits.add_digit(pose, DigitKind.EXTRA, chain)
    new = NewAnnotation(hand_id, "eva", six, verdict="plausible")
    saved, _ = annotate.save(sample, new)
    with pytest.raises(UserError, match="plausible"):
        review.submit(sample, hand_id, annotator="eva")
    review.submit(sample, hand_id, annotator="eva", reason="a second hand is behind it")
    view = review.review_view(sample, hand_id, viewer="rita")
    assert [s.reason for s in view.submissions if s.annotation.annotator == "eva"] == ["a second hand is behind it"]
    fix = replace(new, annotator="rita", kind=FIX, round=2, basis={"annotations": [saved.id]})
    silent, _ = annotate.save(sample, fix)
    with pytest.raises(UserError, match="plausible"):
        review.accept_fix(sample, silent.id, reviewer="rita")
    said, _ = annotate.save(sample, replace(fix, note="a second hand is behind it", parent_id=silent.id))
    review.accept_fix(sample, said.id, reviewer="rita")
    assert verify(sample.store) == []
