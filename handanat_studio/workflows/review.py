"""The way of an annotation: submitted, withdrawn, accepted, returned; fixed by a reviewer, settled by an adjudicator.

Every deed is a row of its own; nothing an annotator wrote is changed. `resources/decisions/0009-review-stages.md` has
the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ACCEPTED, ADJUDICATION, ANNOTATION, DRAFT, FIX, RETURNED, SUBMITTED
from handanat_studio.hand.contradictions import contradictions
from handanat_studio.hand.opinion import opinion_of
from handanat_studio.project import Project
from handanat_studio.store import annotators, chains, comments, reviews
from handanat_studio.store.chains import Chain
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.reviews import ACCEPT, RETURN, SUBMIT, WITHDRAW
from handanat_studio.workflows.review_view import ReviewView, Submission, review_view

__all__ = [
    "ReviewView",
    "Submission",
    "accept",
    "accept_fix",
    "give_back",
    "review_view",
    "settle",
    "submit",
    "withdraw",
]

_STATE = {DRAFT: "not submitted", SUBMITTED: "submitted", RETURNED: "returned", ACCEPTED: "accepted already"}
_NAMES = {ANNOTATION: "an annotation", FIX: "a fix", ADJUDICATION: "an adjudication"}


def submit(project: Project, hand_id: int, *, annotator: str, reason: str = "") -> ChangeSet:
    """Hand in somebody's newest annotation of a hand.

    Args:
        project: the project.
        hand_id: the hand.
        annotator: whose annotation.
        reason: why the verdict stands although it contradicts the rest; "" = nothing to explain.

    Raises:
        UserError: if there is no verdict, it is handed in already, or it contradicts itself and no reason is given.
    """
    with project.store.write() as session:
        chain = chains.own(session, hand_id, annotator)
        if chain.stage not in (DRAFT, RETURNED):
            raise UserError(f"Hand {hand_id} is {chain.stage} already.", hint="Change something to submit it again.")
        _check_complete(chain, reason, hint="Say why, then submit again.")
        reviews.record(session, chain, SUBMIT, actor=annotator, reason=reason.strip())
    return _change([chain])


def withdraw(project: Project, hand_id: int, *, annotator: str) -> ChangeSet:
    """Take back a submitted annotation that nobody has reviewed yet.

    Raises:
        UserError: if it is not submitted.
    """
    with project.store.write() as session:
        chain = chains.own(session, hand_id, annotator)
        if chain.stage != SUBMITTED:
            raise UserError(f"Hand {hand_id} is not waiting for a review.", hint="You can change it as it is.")
        reviews.record(session, chain, WITHDRAW, actor=annotator)
    return _change([chain])


def accept(project: Project, annotation_id: int, *, reviewer: str, reason: str = "") -> ChangeSet:
    """Accept an annotation as it is; what it was once returned for counts as resolved.

    An annotation that was returned can be accepted after all, as long as it has not been changed since.

    Raises:
        UserError: if the reviewer may not, or it is not (or no longer) up for review.
    """
    with project.store.write() as session:
        chain = _for_review(session, annotation_id, ANNOTATION, reviewer)
        _refuse_own(session, chain, reviewer)
        if chain.stage != SUBMITTED and not _is_just_returned(session, chain):
            raise _not_up(chain)
        reviews.record(session, chain, ACCEPT, actor=reviewer, reason=reason.strip())
        _resolve_returns(session, chain, reviewer)
    return _change([chain], "comments")


def give_back(project: Project, annotation_id: int, *, reviewer: str, reason: str, part: str = "") -> ChangeSet:
    """Return an annotation to its annotator, with the reason as a comment that she sees at the part.

    One that was accepted can be returned after all.

    Args:
        project: the project.
        annotation_id: the newest revision of its chain.
        reviewer: who returns it.
        reason: what she should look at.
        part: a joint ("index_pip"), a digit ("ring"), or "" for the whole hand.

    Raises:
        UserError: if the reviewer may not, it is not (or no longer) up for review, or no reason is given.
    """
    if not reason.strip():
        raise UserError("A returned annotation needs a reason.", hint="Say what the annotator should look at.")
    with project.store.write() as session:
        chain = _for_review(session, annotation_id, ANNOTATION, reviewer)
        _refuse_own(session, chain, reviewer)
        if chain.stage not in (SUBMITTED, ACCEPTED):
            raise _not_up(chain)
        reviews.record(session, chain, RETURN, actor=reviewer, reason=reason.strip())
        hand_id = chain.annotation.hand_id
        comments.add(
            session,
            hand_id,
            author=reviewer,
            text=reason,
            part=part,
            kind=comments.RETURN,
            annotation_id=annotation_id,
        )
    return _change([chain], "comments")


def accept_fix(project: Project, fix_id: int, *, reviewer: str, reason: str = "") -> ChangeSet:
    """Accept a fix in the place of the annotations it rests on; those leave the review as well.

    Raises:
        UserError: if the reviewer may not, the fix has no verdict, it contradicts itself and neither a reason nor its
            note says why, or it is accepted already.
    """
    with project.store.write() as session:
        chain = _for_review(session, fix_id, FIX, reviewer)
        rests_on = _basis(session, chain)
        for base in rests_on:
            _refuse_own(session, base, reviewer)
        _check_unsettled(chain)
        _check_complete(chain, reason or chain.annotation.note, hint="Say why in the note.")
        reviews.record(session, chain, ACCEPT, actor=reviewer, reason=reason.strip())
        done = [base for base in rests_on if base.stage in (SUBMITTED, RETURNED)]
        for base in done:
            corrected = f"With the corrections of {chain.annotation.annotator}."
            reviews.record(session, base, ACCEPT, actor=reviewer, reason=corrected)
            _resolve_returns(session, base, reviewer)
    return _change([chain, *done], "comments")


def settle(project: Project, adjudication_id: int, *, adjudicator: str, reason: str = "") -> ChangeSet:
    """Declare an adjudication complete: from now on it is what the hand counts as.

    Raises:
        UserError: if it is somebody else's, she may not review, it has no verdict, it contradicts itself and neither a
            reason nor its note says why, or it is settled already.
    """
    with project.store.write() as session:
        chain = _for_review(session, adjudication_id, ADJUDICATION, adjudicator)
        if chain.annotation.annotator != adjudicator:
            raise UserError(
                f"This adjudication is {chain.annotation.annotator}'s.", hint="Adjudicate the hand yourself."
            )
        _check_unsettled(chain)
        _check_complete(chain, reason or chain.annotation.note, hint="Say why in the note.")
        reviews.record(session, chain, ACCEPT, actor=adjudicator, reason=reason.strip())
    return _change([chain])


def _for_review(session: Any, annotation_id: int, kind: str, reviewer: str) -> Chain:
    chain = chains.of_annotation(session, annotation_id)
    if not annotators.may_review(session, reviewer):
        raise UserError("Only reviewers and leads can do this.", hint="Ask a lead of this project for the role.")
    if chain.annotation.kind != kind:
        raise UserError(f"This is {_NAMES[chain.annotation.kind]}, not {_NAMES[kind]}.", hint="Refresh the page.")
    return chain


def _refuse_own(session: Any, chain: Chain, reviewer: str) -> None:
    """Nobody reviews her own annotation unless nobody else may review it."""
    others = sorted(annotators.reviewers(session) - {reviewer})
    if chain.annotation.annotator == reviewer and others:
        raise UserError("Nobody reviews her own annotation.", hint=f"Ask {', '.join(others)}.")


def _check_complete(chain: Chain, reason: str, *, hint: str) -> None:
    if chain.annotation.verdict is None:
        raise UserError(f"Hand {chain.annotation.hand_id} has no verdict yet.", hint="Give it one first.")
    against = contradictions(opinion_of(chain.annotation))
    if against and not reason.strip():
        raise UserError(" ".join(against), hint=hint)


def _check_unsettled(chain: Chain) -> None:
    if chain.stage == ACCEPTED:
        raise UserError(f"This {chain.annotation.kind} is accepted already.", hint="Refresh the page.")


def _not_up(chain: Chain) -> UserError:
    annotation = chain.annotation
    return UserError(
        f"{annotation.annotator}'s annotation of hand {annotation.hand_id} is {_STATE[chain.stage]}.",
        hint="Only what is submitted can be reviewed.",
    )


def _is_just_returned(session: Any, chain: Chain) -> bool:
    """Return whether a chain was returned and its annotator has not changed anything since."""
    done = reviews.of_hands(session, [chain.annotation.hand_id]).get(chain.annotation.hand_id, [])
    return chain.stage == RETURNED and any(review.annotation_id == chain.annotation.id for review in done)


def _basis(session: Any, chain: Chain) -> list[Chain]:
    """Return the chains a fix rests on, as far as they have not been changed since."""
    ids = set((chain.annotation.basis or {}).get("annotations", ()))
    found = chains.of_hands(session, [chain.annotation.hand_id]).get(chain.annotation.hand_id, [])
    return [other for other in found if other.annotation.id in ids and other.annotation.kind == ANNOTATION]


def _resolve_returns(session: Any, chain: Chain, reviewer: str) -> None:
    annotation = chain.annotation
    for comment in comments.of_hand(session, annotation.hand_id, concerning=annotation.annotator):
        is_hers = comment.annotation_id is not None and comment.author != annotation.annotator
        if comment.kind == comments.RETURN and is_hers and not comment.resolved_by:
            comments.resolve(session, comment, author=reviewer, text="Accepted.")


def _change(found: Sequence[Chain], *more: str) -> ChangeSet:
    return ChangeSet(
        frozenset({"reviews", *more}), (found[0].image_id,), tuple(dict.fromkeys(c.annotation.hand_id for c in found))
    )
