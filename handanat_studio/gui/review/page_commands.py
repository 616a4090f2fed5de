"""The command rows of the Review page: ids, titles, keys and when each is available. What they do is the page's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.page_commands import STATE_KEYS
from handanat_studio.gui.review import why
from handanat_studio.gui.review.decision import LEFT, RIGHT
from handanat_studio.hand.topology import DigitKind

if TYPE_CHECKING:
    from handanat_studio.gui.pages.review import ReviewPage

SCOPE = "review"
TOOLS_LEFT = (
    ("review.undo", "review.redo"),
    ("review.fit_hand", "review.fit_image", "review.actual_size"),
    ("review.voices", "review.beside", "review.prediction", "review.evidence", "review.labels"),
    ("review.comment", "review.history", "review.blind"),
)
TOOLS_RIGHT = ("review.open", "review.previous", "review.next")
WORDS = {"accept": "Accept", "fix": "Fix", "give_back": "Return", "leave": "Leave", "mean": "Mean", "mine": "Mine"}
VERDICT_KEYS = {"plausible": "Shift+P", "implausible": "Shift+I", "unsure": "Shift+U"}


def rows(page: ReviewPage) -> list[Command]:
    """Return every command of the page."""
    return [*_deeds(page), *_differences(page), *_walk(page), *_view(page), *_edit(page), *_joints(page), *_held()]


def _deeds(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Review")
    accept, fix, back = partial(why.no_accept, page), partial(why.no_fix, page), partial(why.no_return, page)
    finish, hand, ruling = partial(why.no_finish, page), partial(why.no_hand, page), page.ruling
    return [
        row("review.accept", "Accept", page.ruling.accept, "P", when=accept, icon="check"),
        row("review.fix", "Fix and accept", page.ruling.begin_fix, "E", when=fix, icon="annotate"),
        row("review.give_back", "Return with a reason…", page.asking.ask_reason, "R", when=back, icon="reply"),
        row("review.finish", "Save and accept, or settle", ruling.finish, "Return; Enter", when=finish, icon="saved"),
        row("review.leave", "Leave the fix", page.ruling.leave_fix, when=partial(why.no_leave, page)),
        row("review.comment", "Comment at the joint…", page.asking.ask_comment, "Ctrl+M", when=hand, icon="comment"),
        row(
            "review.history",
            "History of the hand",
            page.past.toggle,
            "Ctrl+H",
            when=hand,
            icon="history",
            checked=lambda: page.past.is_open,
        ),
        row(
            "review.restore",
            "Restore the state that is shown",
            page.past.restore,
            "Ctrl+R",
            when=page.past.why_no_restore,
        ),
    ]


def _differences(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Review")
    some, mean = partial(why.no_difference, page), partial(why.no_mean, page)
    third = partial(why.no_third, page)
    return [
        row("review.next_difference", "Next difference", partial(page.weighing.step, 1), "J", when=some),
        row("review.previous_difference", "Previous difference", partial(page.weighing.step, -1), "K", when=some),
        row("review.take_left", "Take the left side", partial(page.weighing.take, LEFT), "[", when=some),
        row("review.take_right", "Take the right side", partial(page.weighing.take, RIGHT), "]", when=some),
        row("review.mean", "Take the mean", page.weighing.take_mean, "M", when=mean),
        row("review.mine", "Keep what is shown", page.weighing.keep_mine, "\\", when=some),
        row(
            "review.all_left",
            "Take all of the left side",
            partial(page.weighing.take_all, LEFT),
            "Shift+[; {; Shift+{",
            when=some,
        ),
        row(
            "review.all_right",
            "Take all of the right side",
            partial(page.weighing.take_all, RIGHT),
            "Shift+]; }; Shift+}",
            when=some,
        ),
        row(
            "review.other_left",
            "Another annotator on the left",
            partial(page.weighing.change_pair, LEFT),
            "Shift+A",
            when=third,
        ),
        row(
            "review.other_right",
            "Another annotator on the right",
            partial(page.weighing.change_pair, RIGHT),
            "Shift+B",
            when=third,
        ),
    ]


def _walk(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    back, on = partial(why.no_step, page, -1), partial(why.no_step, page, 1)
    hand, draft, verdict = partial(why.no_hand, page), partial(why.no_draft, page), page.ruling.set_verdict
    return [
        row(
            "review.previous",
            "Previous hand",
            partial(page.step, -1),
            "A; PgUp; Shift+N",
            when=back,
            icon="chevron-left",
        ),
        row("review.next", "Next hand", partial(page.step, 1), "D; PgDown; N", when=on, icon="chevron-right"),
        row("review.open", "Open in Annotate", page.open_in_annotate, "Ctrl+Shift+E", when=hand, icon="annotate"),
        page.rejudging.command(SCOPE),
        row("review.refresh", "Read the queue again", page.feed.refresh_list, "F5", icon="reload"),
        *(
            row(f"review.{word}", f"Verdict: {word}", partial(verdict, word), key, when=draft, icon=word)
            for word, key in VERDICT_KEYS.items()
        ),
    ]


def _view(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="View")
    hand, show, canvas = partial(why.no_hand, page), page.show_case, page.canvas
    return [
        row("review.fit_hand", "Zoom to the hand", show.zoom_to_hand, "F", when=hand, icon="box"),
        row("review.fit_image", "Zoom to the whole image", canvas.fit_image, "Ctrl+0", icon="zoom-fit"),
        row("review.actual_size", "100 % or whole image", partial(toggle_actual_size, page), "Z", icon="zoom-100"),
        row("review.zoom_in", "Zoom in", partial(zoom_by, page, 1.25), "Ctrl+=; Ctrl++", icon="zoom-in"),
        row("review.zoom_out", "Zoom out", partial(zoom_by, page, 0.8), "Ctrl+-", icon="zoom-out"),
        row(
            "review.voices",
            "What the annotators said",
            partial(toggle_voices, page),
            "V",
            icon="eye",
            checked=lambda: canvas.are_ghosts_shown,
        ),
        row(
            "review.beside",
            "One annotator beside the result",
            page.desk.beside.toggle,
            "Ctrl+\\",
            when=hand,
            icon="side-by-side",
            checked=lambda: page.desk.beside.is_on,
        ),
        row(
            "review.prediction",
            "Detector's prediction",
            partial(toggle_prediction, page),
            "G",
            icon="ghost",
            checked=lambda: show.has_prediction,
        ),
        page.layer.command(SCOPE),
        row(
            "review.labels",
            "Degrees at every joint",
            partial(toggle_labels, page),
            "L",
            icon="tag",
            checked=lambda: show.labels,
        ),
        row(
            "review.blind",
            "Hide names and generators",
            partial(toggle_blind, page),
            "B",
            icon="eye-off",
            checked=lambda: page.ctx.settings.blind_review,
        ),
    ]


def _edit(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Edit")
    undo, redo = partial(why.no_undo, page), partial(why.no_redo, page)
    hand, draft, joint = partial(why.no_hand, page), partial(why.no_draft, page), partial(why.no_joint, page)
    editing = page.editing
    return [
        row("review.undo", "Undo", page.ruling.undo, "Ctrl+Z", when=undo, icon="undo"),
        row("review.redo", "Redo", page.ruling.redo, "Ctrl+Shift+Z; Ctrl+Y", when=redo, icon="redo"),
        row("review.delete", "Delete joint", editing.delete_point, "Backspace; Del", when=joint, icon="trash"),
        row("review.add_digit", "Add a digit by four clicks", editing.add_digit, "+; =", when=draft, icon="plus"),
        row("review.wrist", "Choose wrist", page.choosing.wrist, "0", when=hand, hidden=True),
        *(
            row(
                f"review.digit_{kind.name.lower()}",
                f"Choose {kind.name.lower()} digit",
                partial(page.choosing.digit, kind),
                str(kind + 1),
                when=hand,
                hidden=True,
            )
            for kind in DigitKind
        ),
    ]


def _joints(page: ReviewPage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    joint = partial(why.no_joint, page)
    return [
        row(
            f"review.state_{state.name.lower()}",
            f"Joint is {words}",
            partial(page.editing.set_state, state),
            "Shift+V" if key == "V" else key,
            when=joint,
        )
        for state, words, key in STATE_KEYS
    ]


def _held() -> list[Command]:
    nothing: Callable[[], object] | None = None
    row = partial(Command, run=nothing, scope=SCOPE, group="Review", hidden=True)
    return [
        row("review.hold_hide", "Hide the overlay while held", key="H"),
        row("review.hold_pan", "Move the image while held", key="Space"),
        row("review.nudge", "Arrows move the joint by 1 px, with Shift by 10 px", key="Left"),
        row("review.next_joint", "Next joint, with Shift the one before", key="Tab"),
        row("review.leave_canvas", "Leave the image for the next panel", key="F6"),
        row("review.escape", "Clear the selection, then leave the fix or the history", key="Esc"),
    ]


def button_word(page: ReviewPage, name: str) -> str:
    """Return what to write on a command's button now."""
    case, draft = page.case, page.draft
    left = case.left.letter if case is not None and case.left is not None else "A"
    right = case.right.letter if case is not None and case.right is not None else "B"
    finish = "Settle" if draft is not None and draft.is_adjudication else "Save and accept"
    return {**WORDS, "take_left": f"Take {left}", "take_right": f"Take {right}", "finish": finish}[name]


def toggle_actual_size(page: ReviewPage) -> None:
    """Show the image pixel by pixel, or whole if it is."""
    if abs(page.canvas.zoom - 1.0) < 1e-6:
        page.canvas.fit_image()
    else:
        page.canvas.set_zoom(1.0)


def zoom_by(page: ReviewPage, factor: float) -> None:
    """Zoom about the middle of the view."""
    page.canvas.set_zoom(page.canvas.zoom * factor)


def toggle_voices(page: ReviewPage) -> None:
    """Draw what the annotators said, or only the result."""
    page.canvas.set_ghosts_shown(not page.canvas.are_ghosts_shown)


def toggle_prediction(page: ReviewPage) -> None:
    """Draw the detector's prediction, or not."""
    page.show_case.has_prediction = not page.show_case.has_prediction
    page.show_case.show_result()


def toggle_labels(page: ReviewPage) -> None:
    """Write the degrees at every joint, or only at doubtful ones."""
    page.show_case.labels = not page.show_case.labels
    page.show_case.show_look()


def toggle_blind(page: ReviewPage) -> None:
    """Hide names and generators, or show them."""
    page.ctx.change_settings(blind_review=not page.ctx.settings.blind_review)
