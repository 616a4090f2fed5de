"""From a case to what the panels write: rows and sentences, with names and generators hidden where they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handanat_studio.gui.editor.joint_angles import part_words
from handanat_studio.gui.review.case import SOMEBODY, Case, drafts_of
from handanat_studio.gui.review.comment_list import CommentRow
from handanat_studio.gui.review.decision import Decision
from handanat_studio.gui.review.difference_list import DifferenceRow
from handanat_studio.gui.review.history_panel import DeedRow, when_words
from handanat_studio.gui.review.voice_list import VoiceRow
from handanat_studio.hand.annotation import RETURNED
from handanat_studio.workflows.consensus import SETTLED
from handanat_studio.workflows.provenance import PREDICTION, SCORE, Deed

NO_LETTER = "–"
STAGE_WORDS = {"draft": "still a draft", "submitted": "handed in", "returned": "returned", "accepted": "accepted"}
CONSENSUS_WORDS = {
    "open": "Nothing has been handed in yet.",
    "single": "One annotation waits for a review",
    "agreed": "The annotations agree",
    "accepted": "Accepted",
    "fixed": "Corrected and accepted",
    "adjudicated": "Settled",
    "disputed": "The annotations differ",
}


def heading(case: Case, *, is_blind: bool) -> tuple[str, str]:
    """Return the hand's title, and what it counts as."""
    image, title = case.view.image, f"Hand {case.hand_id}"
    if not is_blind and image.generator:
        title = f"{title}  ·  {image.generator}"
    return title, consensus_words(case, is_blind=is_blind)


def consensus_words(case: Case, *, is_blind: bool) -> str:
    """Return what a hand counts as and by whom, in one sentence."""
    consensus = case.view.consensus
    words = CONSENSUS_WORDS[consensus.status]
    if consensus.status == "open":
        is_back = any(voice.submission.stage == RETURNED for voice in case.voices)
        return "It is back with its annotator." if is_back else words
    said = f": {consensus.verdict}" if consensus.verdict and consensus.status != "single" else ""
    who = sorted({case.name_of(name, is_blind=is_blind) for name in consensus.by.split(", ") if name})
    by = f" ({', '.join(who)})" if who and consensus.status in SETTLED else ""
    return f"{words}{said}{by}."


def voice_rows(case: Case, *, is_blind: bool) -> list[VoiceRow]:
    """Return one row for each voice."""
    rows = []
    for place, voice in enumerate(case.voices):
        side = case.pair.index(place) if case.is_disputed and place in case.pair else -1
        name = "" if is_blind else case.name_of(voice.annotation.annotator, is_blind=False)
        simulated = voice.submission.simulated and not is_blind
        rows.append(
            VoiceRow(
                voice.letter,
                f"{name} (simulated)" if simulated else name,
                voice.annotation.verdict,
                STAGE_WORDS[voice.submission.stage],
                side,
                without_names(voice.submission.reason, case, is_blind),
            )
        )
    for draft in drafts_of(case.view):
        name = "" if is_blind else case.name_of(draft.annotation.annotator, is_blind=False)
        rows.append(VoiceRow(NO_LETTER, name, draft.annotation.verdict, STAGE_WORDS["draft"], -1))
    return rows


def difference_rows(case: Case, draft: Decision | None) -> list[DifferenceRow]:
    """Return one row for each difference with what was chosen."""
    if case.left is None or case.right is None:
        return []
    return [
        DifferenceRow(d, draft.choice(d) if draft is not None else "", case.left.letter, case.right.letter)
        for d in case.differences
    ]


def comment_rows(case: Case, *, is_blind: bool) -> list[CommentRow]:
    """Return the comments of a hand."""
    rows = []
    for comment in case.view.comments:
        who = case.name_of(comment.author, is_blind=is_blind)
        where = part_words(comment.part) if comment.part else "whole hand"
        kind = "returned" if comment.kind == "return" else ""
        said = [who, kind, where, when_words(comment.created_at)]
        closed = f"Resolved by {case.name_of(comment.resolved_by, is_blind=is_blind)}" if comment.resolved_by else ""
        heading = "  ·  ".join(word for word in said if word)
        rows.append(CommentRow(comment.id, heading, without_names(comment.text, case, is_blind), comment.part, closed))
    return rows


def deed_rows(case: Case, deeds: Sequence[Deed], *, is_blind: bool) -> list[DeedRow]:
    """Return the history of a hand."""
    people = {deed.who for deed in deeds if deed.kind not in (PREDICTION, SCORE)}
    rows = []
    for deed in deeds:
        is_person = deed.who in people
        who = case.name_of(deed.who, is_blind=is_blind) if is_person else deed.who
        rows.append(DeedRow(deed, who, without_names(deed.what, case, is_blind, people)))
    return rows


def without_names(text: str, case: Case, is_blind: bool, people: set[str] | frozenset[str] = frozenset()) -> str:
    """Return a text in which names stand as letters while names are hidden."""
    if not is_blind:
        return text
    known = {voice.annotation.annotator for voice in case.voices} | set(people)
    for name in sorted(known - {case.viewer, ""}, key=len, reverse=True):
        word = case.name_of(name, is_blind=True)
        text = re.sub(rf"\b{re.escape(name)}\b", "another" if word == SOMEBODY else word, text)
    return text
