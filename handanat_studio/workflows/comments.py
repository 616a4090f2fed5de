"""Remarks on hands and their parts: write one, settle one, read those that a viewer may see."""

from __future__ import annotations

from handanat_studio.errors import UserError
from handanat_studio.project import Project
from handanat_studio.store import annotators, hands, sight
from handanat_studio.store import comments as remarks
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.comments import Comment

__all__ = ["Comment", "of_hand", "resolve", "write"]


def write(
    project: Project, hand_id: int, *, author: str, text: str, part: str = "", annotation_id: int | None = None
) -> tuple[Comment, ChangeSet]:
    """Write a remark.

    Args:
        project: the project.
        hand_id: the hand it is about.
        author: who writes it.
        text: what it says.
        part: a joint ("index_pip"), a digit ("ring"), or "" for the whole hand.
        annotation_id: the revision it is about; its annotator will see the remark. None = the hand as such.

    Raises:
        UserError: if it says nothing, or there is no such hand or revision.
    """
    with project.store.write() as session:
        comment = remarks.add(session, hand_id, author=author, text=text, part=part, annotation_id=annotation_id)
        image_id = hands.get(session, hand_id).image_id
    return comment, _change(image_id, hand_id)


def resolve(project: Project, comment_id: int, *, author: str, text: str = "") -> ChangeSet:
    """Settle a remark: its author, the annotator it is for, and reviewers may.

    Raises:
        UserError: if somebody else tries, or it is settled already.
    """
    with project.store.write() as session:
        comment = remarks.get(session, comment_id)
        known = {c.id for c in remarks.of_hand(session, comment.hand_id, concerning=author)}
        if comment_id not in known and not annotators.may_review(session, author):
            raise UserError("This comment is not yours to resolve.", hint="Ask a reviewer.")
        remarks.resolve(session, comment, author=author, text=text)
        image_id = hands.get(session, comment.hand_id).image_id
    return _change(image_id, comment.hand_id)


def of_hand(project: Project, hand_id: int, *, viewer: str) -> list[Comment]:
    """Return the remarks on a hand, oldest first.

    Whoever may not see the work of others gets her own remarks and those on her own annotations.
    """
    with project.store.read() as session:
        all_of_them = hand_id in sight.of_others(session, [hand_id], viewer)
        return remarks.of_hand(session, hand_id, concerning=None if all_of_them else viewer)


def _change(image_id: int, hand_id: int) -> ChangeSet:
    return ChangeSet(frozenset({"comments"}), (image_id,), (hand_id,))
