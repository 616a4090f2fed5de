"""Why a command of the Review page is not available: "" where it is, else a short sentence for the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handanat_studio.gui.review.case import can_average, needs_word, open_ones
from handanat_studio.hand.annotation import ACCEPTED, DRAFT

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage


def no_hand(page: ReviewPage) -> str:
    """Say why there is no hand to review, "" if there is."""
    return "" if page.case is not None else "Open a hand first."


def no_draft(page: ReviewPage) -> str:
    """Say why nothing can be changed, "" if it can."""
    if page.past.is_open:
        return "Close the history first."
    return "" if page.draft is not None else "Press E to change this hand."


def no_joint(page: ReviewPage) -> str:
    """Say why there is no joint to work on, "" if there is."""
    return no_draft(page) or ("" if page.editing.row >= 0 or page.editing.is_adding_digit else "Choose a joint first.")


def no_accept(page: ReviewPage) -> str:
    """Say why the hand cannot be accepted as it is, "" if it can."""
    case = page.case
    if case is None:
        return "Open a hand first."
    draft = page.draft
    if draft is not None and not draft.is_adjudication:
        return "You are changing this hand. Press Return."
    if draft is not None and (case.needs_decision or draft.history.can_undo):
        return "The annotations differ. Take a side, then press Return."
    if case.ruled is not None:
        return "A reviewer has decided this hand already. Press E to decide it anew."
    if not case.voices:
        return "Nobody has annotated this hand yet."
    if case.is_accepted:
        return "This hand is accepted already."
    if all(voice.submission.stage == DRAFT for voice in case.voices):
        return "This annotation is still a draft; it has not been handed in."
    return ""


def no_fix(page: ReviewPage) -> str:
    """Say why no fix can be begun, "" if one can."""
    if page.case is None:
        return "Open a hand first."
    return "" if page.draft is None else "You can change this hand already."


def no_return(page: ReviewPage) -> str:
    """Say why nothing can be returned, "" if something can."""
    if page.case is None:
        return "Open a hand first."
    return "" if page.asking.returnable() else "Nothing on this hand has been handed in."


def no_finish(page: ReviewPage) -> str:
    """Say why the result is not complete, "" if it is."""
    draft = page.draft
    if draft is None:
        return "Press P to accept, E to change, R to return." if page.case is not None else "Open a hand first."
    if draft.snapshot.verdict is None:
        return "Give a verdict first."
    if is_complete_on_disk(page):
        return "This is on disk and counts already."
    missing = [d for d in open_ones(draft.case.differences, draft.snapshot) if needs_word(d)]
    missing = [d for d in missing if d.kind != "verdict"] if draft.is_adjudication else []
    if not missing:
        return ""
    return "One difference is still open." if len(missing) == 1 else f"{len(missing)} differences are still open."


def no_leave(page: ReviewPage) -> str:
    """Say why there is no fix to leave, "" if there is."""
    return "" if page.draft is not None and not page.draft.is_adjudication else "No fix is open."


def no_difference(page: ReviewPage) -> str:
    """Say why there is no difference in question, "" if there is."""
    if page.past.is_open:
        return "Close the history first."
    if page.draft is None or not page.draft.is_adjudication:
        return "Only where annotations differ."
    return "" if page.draft.case.differences else "These two say the same."


def no_mean(page: ReviewPage) -> str:
    """Say why no mean can be taken, "" if one can."""
    reason, difference = no_difference(page), page.show_case.difference
    if reason or difference is None:
        return reason or "Choose a difference first."
    return "" if can_average(difference) else "This has no mean. Take a side."


def no_third(page: ReviewPage) -> str:
    """Say why no other annotator can be compared, "" if one can."""
    reason = no_hand(page)
    return reason or (
        "" if page.case is not None and len(page.case.voices) > 2 else "Only two have annotated this hand."
    )


def no_undo(page: ReviewPage) -> str:
    """Say why nothing can be undone, "" if something can."""
    can = (page.draft is not None and page.draft.history.can_undo) or page.deeds.last() is not None
    return "" if can else "There is nothing to undo."


def no_redo(page: ReviewPage) -> str:
    """Say why nothing can be redone, "" if something can."""
    return "" if page.draft is not None and page.draft.history.can_redo else "There is nothing to redo."


def no_step(page: ReviewPage, step: int) -> str:
    """Say why there is no hand before or after, "" if there is."""
    if page.walk.can_step(step):
        return ""
    return "This is the last hand of the queue." if step > 0 else "This is the first hand of the queue."


def is_complete_on_disk(page: ReviewPage) -> bool:
    """Whether the draft that is open has been accepted or settled just as it stands."""
    draft = page.draft
    if draft is None or not draft.is_settled or draft.parent_id is None:
        return False
    view = draft.case.view
    stored, stage = (
        (view.own_adjudication, view.own_adjudication_stage)
        if draft.is_adjudication
        else (
            view.fix,
            view.fix_stage,
        )
    )
    return stored is not None and stored.id == draft.parent_id and stage == ACCEPTED
