"""The history of a hand, and that nobody learns more of a hand than she may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand import edits
from handanat_studio.hand.annotation import ADJUDICATION, FIX, NewAnnotation
from handanat_studio.hand.opinion import opinion_of
from handanat_studio.project import Project
from handanat_studio.store import hands
from handanat_studio.workflows import annotate, assign, comments, consensus, people, provenance, review


@pytest.fixture
def hand_id(sample: Project) -> int:
    """A hand that eva and otto annotated, rita reviewed and fixed, and lena, the lead, adjudicated and settled."""
    people.set_role(sample, "rita", "reviewer", by="lena")
    people.set_role(sample, "lena", "lead", by="lena")
    with sample.store.read() as session:
        hand = hands.get(session, hands.all_ids(session)[-1])
    assert hand.detection is not None
    basis = {"detector": hand.detection.detector, "version": hand.detection.version}
    moved = edits.move(hand.detection.pose, 8, (100.0, 50.5))
    new = NewAnnotation(hand.id, "eva", moved, action="Move index tip", basis=basis)
    first, _ = annotate.save(sample, new)
    eva, _ = annotate.save(sample, replace(new, verdict="plausible", action="Verdict plausible", parent_id=first.id))
    otto, _ = annotate.save(sample, replace(new, annotator="otto", verdict="unsure", note="otto's secret"))
    for name in ("eva", "otto"):
        review.submit(sample, hand.id, annotator=name)
    comments.write(sample, hand.id, author="eva", text="is this the thumb?", part="thumb", annotation_id=eva.id)
    comments.write(sample, hand.id, author="rita", text="about otto", annotation_id=otto.id)
    review.give_back(sample, otto.id, reviewer="rita", reason="for otto only", part="wrist")
    both = {"annotations": [eva.id, otto.id]}
    fix = replace(new, annotator="rita", kind=FIX, round=2, basis=both, verdict="unsure")
    annotate.save(sample, fix)
    decided, _ = annotate.save(sample, replace(fix, annotator="lena", kind=ADJUDICATION))
    review.settle(sample, decided.id, adjudicator="lena")
    return hand.id


def test_the_history_tells_the_whole_story_in_order(sample: Project, hand_id: int) -> None:
    """Prediction, scores, every revision, review and remark, with who, what and which model version."""
    told = [deed for deed in provenance.history(sample, hand_id, viewer="lena") if "simulated" not in deed.who]
    kinds = [deed.kind for deed in told if deed.kind != "score"]
    assert kinds == [
        "prediction",
        *("annotation",) * 3,
        *("review",) * 2,
        *("comment",) * 2,
        "review",
        "fix",
        "adjudication",
        "review",
    ]
    assert {deed.who for deed in told if deed.kind == "score"} == {"paper", "calibrated"}
    assert [deed.at for deed in told] == sorted(deed.at for deed in told)
    assert all(deed.version for deed in told if deed.kind in ("prediction", "score"))
    assert told[-1].what == "Accepted"
    assert "Returned otto's annotation: for otto only" in [deed.what for deed in told]
    assert "Said on thumb: is this the thumb?" in [deed.what for deed in told]
    moved = next(deed for deed in told if deed.what == "Move index tip")
    assert moved.version.startswith("mediapipe ")


def test_any_state_of_the_history_can_be_restored(sample: Project, hand_id: int) -> None:
    """The prediction and every revision come with their opinion, which can be saved as a new revision."""
    told = provenance.history(sample, hand_id, viewer="eva")
    own = annotate.history(sample, hand_id, viewer="eva")
    assert [deed.opinion for deed in told if deed.kind == "annotation"] == [opinion_of(a) for a in own]
    before = next(deed.opinion for deed in told if deed.kind == "prediction")
    assert before is not None
    newest = own[-1]
    restored = replace(own[0], pose=before.pose, parent_id=newest.id, action="Restored: Detected")
    fields = {name: getattr(restored, name) for name in NewAnnotation.__dataclass_fields__}
    saved, _ = annotate.save(sample, NewAnnotation(**fields))
    assert saved.pose == before.pose


def test_an_annotator_learns_nothing_of_the_others(sample: Project, hand_id: int) -> None:
    """Whichever function is asked, what comes back holds eva's own rows and no word of anybody else's."""
    told = provenance.history(sample, hand_id, viewer="eva")
    assert {deed.who for deed in told} == {"mediapipe", "paper", "calibrated", "eva"}
    assert {a.annotator for a in annotate.history(sample, hand_id, viewer="eva")} == {"eva"}
    assert {c.author for c in comments.of_hand(sample, hand_id, viewer="eva")} == {"eva"}
    found = consensus.of_hand(sample, hand_id, viewer="eva")
    assert (found.status, found.by) == ("single", "eva")
    view = review.review_view(sample, hand_id, viewer="eva")
    assert [s.annotation.annotator for s in view.submissions] == ["eva"]
    assert (view.fix, view.adjudication, view.own_adjudication) == (None, None, None)
    assert (view.consensus.status, view.consensus.by) == ("single", "eva")
    assert [c.author for c in view.comments] == ["eva"]
    everything = repr((told, found, view.submissions, view.comments, view.consensus, view.hand))
    for secret in ("otto", "rita", "lena", "simulated-"):
        assert secret not in everything


def test_a_returned_annotators_remarks_reach_only_her(sample: Project, hand_id: int) -> None:
    """Otto sees why his annotation came back and what was said of it, and nothing of eva's."""
    seen = comments.of_hand(sample, hand_id, viewer="otto")
    assert [(c.author, c.text) for c in seen] == [("rita", "about otto"), ("rita", "for otto only")]
    told = provenance.history(sample, hand_id, viewer="otto")
    assert "eva" not in repr([(deed.who, deed.what) for deed in told])


def test_a_reviewer_sees_everybody(sample: Project, hand_id: int) -> None:
    """All annotators, the adjudication and every remark."""
    view = review.review_view(sample, hand_id, viewer="rita")
    assert [s.annotation.annotator for s in view.submissions] == ["simulated-ada", "simulated-ben", "eva", "otto"]
    assert [s.stage for s in view.submissions][2:] == ["submitted", "returned"]
    assert view.adjudication is not None
    assert (view.fix is not None, view.fix_round, view.adjudication_round) == (True, 2, 3)
    assert len(view.comments) == 3
    assert view.consensus.status == "adjudicated"


def test_whoever_annotates_blind_learns_no_score_either(sample: Project, hand_id: int) -> None:
    """Also a reviewer: until her own annotation is submitted she is told the prediction and nothing else."""
    assign.create_batch(sample, "blind", [hand_id], annotators=["uma", "rita"], overlap=2, blind=True, by="lena")
    people.set_role(sample, "uma", "reviewer", by="lena")
    assert {deed.kind for deed in provenance.history(sample, hand_id, viewer="uma")} == {"prediction"}
    assert {deed.who for deed in provenance.history(sample, hand_id, viewer="rita")} == {"mediapipe", "rita"}
    assert review.review_view(sample, hand_id, viewer="uma").submissions == ()
    assert consensus.of_hand(sample, hand_id, viewer="uma").status == "open"
    pose = annotate.history(sample, hand_id, viewer="eva")[0].pose
    annotate.save(sample, NewAnnotation(hand_id, "uma", pose, verdict="plausible"))
    review.submit(sample, hand_id, annotator="uma")
    assert len(review.review_view(sample, hand_id, viewer="uma").submissions) == 5


def test_only_those_concerned_can_resolve_a_comment(sample: Project, hand_id: int) -> None:
    """Its author, the annotator it is for, and reviewers; a colleague cannot."""
    for_otto = next(c for c in comments.of_hand(sample, hand_id, viewer="otto") if c.kind == "comment")
    with pytest.raises(UserError, match="not yours"):
        comments.resolve(sample, for_otto.id, author="eva")
    change = comments.resolve(sample, for_otto.id, author="otto", text="done")
    assert change.touches("comments")
    assert (
        next(c.resolved_by for c in comments.of_hand(sample, hand_id, viewer="otto") if c.id == for_otto.id) == "otto"
    )
