"""Promises of stages, reviews and comments: deeds are added, never changed, and the stage follows from them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import (
    ACCEPTED,
    ADJUDICATION,
    ANNOTATION,
    DRAFT,
    FIX,
    RETURNED,
    SUBMITTED,
    Annotation,
    NewAnnotation,
)
from handanat_studio.store import annotations, annotators, chains, comments, events, reviews
from handanat_studio.store.engine import Store
from handanat_studio.store.verify import verify

AddHand = Callable[[Store], int]
Revise = Callable[..., NewAnnotation]


def _append(store: Store, new: NewAnnotation) -> Annotation:
    with store.write() as session:
        return annotations.append(session, new)


def _do(store: Store, annotation_id: int, action: str, actor: str = "Ada", reason: str = "") -> None:
    with store.write() as session:
        reviews.record(session, chains.of_annotation(session, annotation_id), action, actor=actor, reason=reason)


def _stage(store: Store, annotation_id: int) -> str:
    with store.read() as session:
        return chains.of_annotation(session, annotation_id).stage


@pytest.mark.parametrize("table", ["reviews", "comments"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_reviewers_did(
    store: Store, add_hand: AddHand, revise: Revise, table: str, verb: str
) -> None:
    """Neither reviews nor comments can be updated or deleted, whoever tries."""
    first = _append(store, revise(add_hand(store), verdict="plausible"))
    _do(store, first.id, reviews.SUBMIT)
    with store.write() as session:
        comments.add(session, first.hand_id, author="Ben", text="look again")
    with pytest.raises(DBAPIError, match="append-only"), store.write() as session:
        session.execute(text(verb.format(table)))
    assert verify(store) == []


def test_sqlite_refuses_to_replace_what_reviewers_did(sqlite_store: Store, add_hand: AddHand, revise: Revise) -> None:
    """INSERT OR REPLACE is no way around the guard."""
    first = _append(sqlite_store, revise(add_hand(sqlite_store), verdict="plausible"))
    _do(sqlite_store, first.id, reviews.SUBMIT)
    with sqlite_store.write() as session:
        comments.add(session, first.hand_id, author="Ben", text="look again")
    for table in ("reviews", "comments"):
        with pytest.raises(DBAPIError, match="append-only"), sqlite_store.write() as session:
            session.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.e2e
def test_postgresql_refuses_to_truncate_what_reviewers_did(postgres_store: Store) -> None:
    """TRUNCATE is no way around the guard, on an empty table either."""
    for table in ("reviews", "comments"):
        with pytest.raises(DBAPIError, match="append-only"), postgres_store.write() as session:
            session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_chain_goes_through_its_stages(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """Draft, submitted, withdrawn, submitted, returned, still returned while it is mended, submitted, accepted."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id, verdict="plausible"))
    assert _stage(store, first.id) == DRAFT
    for action, stage in (
        (reviews.SUBMIT, SUBMITTED),
        (reviews.WITHDRAW, DRAFT),
        (reviews.SUBMIT, SUBMITTED),
        (reviews.RETURN, RETURNED),
    ):
        _do(store, first.id, action)
        assert _stage(store, first.id) == stage
    second = _append(store, revise(hand_id, parent_id=first.id, verdict="implausible"))
    assert _stage(store, second.id) == RETURNED
    _do(store, second.id, reviews.SUBMIT)
    _do(store, second.id, reviews.ACCEPT, actor="Ben")
    assert _stage(store, second.id) == ACCEPTED
    assert verify(store) == []


@pytest.mark.parametrize("action", [reviews.SUBMIT, reviews.ACCEPT])
def test_a_change_makes_a_draft_of_what_was_handed_in(
    store: Store, add_hand: AddHand, revise: Revise, action: str
) -> None:
    """Nobody reviews, and nobody counts, something else than what was submitted or accepted."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id, verdict="plausible"))
    _do(store, first.id, action)
    second = _append(store, revise(hand_id, parent_id=first.id, verdict="unsure"))
    assert _stage(store, second.id) == DRAFT
    assert verify(store) == []


def test_an_older_revision_cannot_be_reviewed(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A decision is about the newest revision, and says so if that is another one by now."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id, verdict="plausible"))
    _append(store, revise(hand_id, parent_id=first.id))
    with store.read() as session:
        with pytest.raises(UserError, match="was changed since"):
            chains.of_annotation(session, first.id)
        with pytest.raises(UserError, match="no annotation 999"):
            chains.of_annotation(session, 999)
        with pytest.raises(UserError, match="Eve has not annotated"):
            chains.own(session, hand_id, "Eve")


def test_a_chain_keeps_its_kind(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A fix cannot continue an annotation, and begins in a round that is free."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id))
    with pytest.raises(ValueError, match="cannot go on"):
        _append(store, revise(hand_id, parent_id=first.id, kind=FIX))
    with store.read() as session:
        free = {kind: annotations.free_round(session, hand_id, "Ada", kind) for kind in (ANNOTATION, FIX)}
        beginner = annotations.free_round(session, hand_id, "Ben", ADJUDICATION)
    assert (free, beginner) == ({ANNOTATION: 2, FIX: 2}, 2)
    _append(store, revise(hand_id, kind=FIX, round=2))
    with store.read() as session:
        assert annotations.free_round(session, hand_id, "Ada", ADJUDICATION) == 3
    assert verify(store) == []


def test_fixes_and_adjudications_do_not_count_as_annotations(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """An annotator's own view and the figures of agreement hold her own annotations only; the hand shows the newest."""
    hand_id = add_hand(store)
    own = _append(store, revise(hand_id, verdict="plausible"))
    _append(store, revise(hand_id, verdict="implausible", kind=FIX, round=2, basis={"annotations": [own.id]}))
    last = _append(store, revise(hand_id, "Ben", verdict="unsure", kind=ADJUDICATION, round=2))
    with store.read() as session:
        assert annotations.newest_of_hands(session, [hand_id], "Ada")[hand_id].id == own.id
        assert annotations.newest_of_hands(session, [hand_id], "Ben") == {}
        assert annotations.newest_of_hands(session, [hand_id], None)[hand_id].id == last.id
        assert annotations.verdict_table(session).verdicts == ("plausible",)
        assert [c.is_current for c in chains.of_hands(session, [hand_id])[hand_id]] == [True, False, False]
    assert verify(store) == []


def test_a_revision_rests_only_on_revisions_of_its_hand(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A fix that names another hand's annotation as its basis is refused."""
    other = _append(store, revise(add_hand(store)))
    with pytest.raises(ValueError, match="its own hand"):
        _append(store, revise(add_hand(store), "Ben", kind=FIX, round=2, basis={"annotations": [other.id]}))


def test_flag_kind_and_basis_are_read_back(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """What a revision is for, what it rests on and its flag survive, also through a later revision."""
    hand_id = add_hand(store)
    first = _append(store, revise(hand_id, flagged=True, basis={"detector": "mediapipe", "version": "0.10.21"}))
    with store.read() as session:
        (found,) = annotations.history(session, hand_id)
    assert (found.kind, found.flagged, found.basis) == (ANNOTATION, True, first.basis)
    _append(store, revise(hand_id, parent_id=first.id))
    assert verify(store) == []


def test_a_comment_is_settled_by_another(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A settled comment says who settled it and how, once; its own text stays."""
    annotation = _append(store, revise(add_hand(store)))
    with store.write() as session:
        comment = comments.add(
            session, annotation.hand_id, author="Ben", text=" bent? ", part="index_pip", annotation_id=annotation.id
        )
        settled = comments.resolve(session, comment, author="Ada", text="moved")
        with pytest.raises(UserError, match="already"):
            comments.resolve(session, comment, author="Ada")
    with store.read() as session:
        assert comments.of_hand(session, annotation.hand_id) == [settled]
        assert comments.get(session, comment.id) == settled
        assert {e.action for e in events.recent(session, hand_id=annotation.hand_id)} >= {"comment", "resolve comment"}
    assert (settled.text, settled.resolved_by, settled.resolution) == ("bent?", "Ada", "moved")
    assert verify(store) == []


def test_comments_that_concern_somebody_are_hers_and_those_on_her_annotations(
    store: Store, add_hand: AddHand, revise: Revise
) -> None:
    """Remarks on the work of others, and on the hand as such, are left out by the query."""
    hand_id = add_hand(store)
    ada, ben = _append(store, revise(hand_id, "Ada")), _append(store, revise(hand_id, "Ben"))
    with store.write() as session:
        for author, said, about in (
            ("Eve", "to ada", ada.id),
            ("Eve", "to ben", ben.id),
            ("Ada", "by ada", None),
            ("Eve", "at large", None),
        ):
            comments.add(session, hand_id, author=author, text=said, annotation_id=about)
    with store.read() as session:
        assert [c.text for c in comments.of_hand(session, hand_id, concerning="Ada")] == ["to ada", "by ada"]
        assert [c.text for c in comments.of_hand(session, hand_id, concerning="Ben")] == ["to ben"]
        assert len(comments.of_hand(session, hand_id)) == 4


def test_an_empty_or_misplaced_comment_is_refused(store: Store, add_hand: AddHand, revise: Revise) -> None:
    """A comment says something, on a hand that is there, about one of that hand's revisions."""
    other = _append(store, revise(add_hand(store)))
    hand_id = add_hand(store)
    with store.write() as session:
        with pytest.raises(UserError, match="needs a text"):
            comments.add(session, hand_id, author="Ada", text="  ")
        with pytest.raises(UserError, match="no hand 999"):
            comments.add(session, 999, author="Ada", text="hello")
        with pytest.raises(UserError, match="no annotation"):
            comments.add(session, hand_id, author="Ada", text="hello", annotation_id=other.id)
        with pytest.raises(UserError, match="no comment 5"):
            comments.get(session, 5)


def test_while_there_is_no_lead_everybody_is_one(store: Store) -> None:
    """Whoever works alone may do everything; a simulation never may; roles count once somebody is a lead."""
    with store.write() as session:
        annotators.ensure(session, "Ada")
        annotators.ensure(session, "robot", simulated=True)
        assert [annotators.role_of(session, n) for n in ("Ada", "newcomer", "robot")] == ["lead", "lead", "annotator"]
        annotators.set_role(session, "Ben", "lead", by="Ada")
        annotators.set_role(session, "Cleo", "reviewer", by="Ben")
        assert [annotators.role_of(session, n) for n in ("Ada", "Ben", "Cleo", "newcomer")] == [
            "annotator",
            "lead",
            "reviewer",
            "annotator",
        ]
        assert annotators.reviewers(session) == {"Ben", "Cleo"}
        with pytest.raises(UserError, match="no role 'boss'"):
            annotators.set_role(session, "Ada", "boss", by="Ben")
        with pytest.raises(UserError, match="is simulated"):
            annotators.set_role(session, "robot", "lead", by="Ben")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE newest_annotations SET stage = 'accepted'",
        "UPDATE newest_annotations SET flagged = NOT flagged",
        "UPDATE newest_annotations SET kind = 'fix'",
        "UPDATE newest_annotations SET contradictory = NOT contradictory",
    ],
)
def test_a_library_that_shows_something_else_is_found(
    store: Store, add_hand: AddHand, revise: Revise, damage: str
) -> None:
    """Stage, flag, kind and contradiction are recomputed and compared."""
    first = _append(store, revise(add_hand(store), verdict="plausible"))
    _do(store, first.id, reviews.SUBMIT)
    with store.write() as session:
        session.execute(text(damage))
    assert {problem.kind for problem in verify(store)} == {"library"}


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO reviews (annotation_id, hand_id, actor_id, action, reason, created_at)"
        " SELECT annotation_id, hand_id + 1, actor_id, action, reason, created_at FROM reviews",
        "INSERT INTO reviews (annotation_id, hand_id, actor_id, action, reason, created_at)"
        " SELECT annotation_id, hand_id, 2, action, reason, created_at FROM reviews",
        "INSERT INTO comments (hand_id, author_id, annotation_id, part, text, kind, created_at)"
        " SELECT hand_id + 1, 1, annotation_id, '', 'x', 'comment', created_at FROM reviews",
    ],
)
def test_a_review_of_something_else_is_found(store: Store, add_hand: AddHand, revise: Revise, damage: str) -> None:
    """A deed that names another hand than its revision, or another annotator, does not go unseen."""
    first = _append(store, revise(add_hand(store), verdict="plausible"))
    add_hand(store)
    _do(store, first.id, reviews.SUBMIT)
    with store.write() as session:
        annotators.ensure(session, "Ben")
        session.execute(text(damage))
    assert "review" in {problem.kind for problem in verify(store)}
