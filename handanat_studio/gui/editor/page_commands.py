"""The command rows of the Annotate page: ids, titles, keys and when each is available. What they do is the page's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from handanat_studio.gui.commands import Command
from handanat_studio.hand.topology import DigitKind, JointState

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage

SCOPE = "annotate"
VERDICT_KEYS = {"plausible": "P", "implausible": "I", "unsure": "U"}
STATE_KEYS = (
    (JointState.VISIBLE, "visible", "V"),
    (JointState.OCCLUDED, "occluded by something", "O"),
    (JointState.SELF_OCCLUDED, "hidden by the hand itself", "S"),
    (JointState.ABSENT, "anatomically absent", "X"),
    (JointState.UNSURE, "unsure", "?; Shift+?"),
)
SWITCHES = (
    ("labels", "labels", "Degrees at every joint", "L", "tag"),
    ("arcs", "arcs", "Joint-angle arcs", "K", "angle"),
    ("ghost", "ghost", "Detector's prediction", "G", "ghost"),
    ("sticky_zoom", "sticky", "Keep the zoom between images", "", "search"),
    ("queue_panel", "queue", "Queue panel", "Ctrl+B", "panel-left"),
    ("inspector_panel", "inspector", "Inspector", "Ctrl+Shift+B", "panel-right"),
)
TOOLS_LEFT = (
    ("annotate.select", "annotate.add_digit"),
    ("annotate.undo", "annotate.redo"),
    ("annotate.fit_hand", "annotate.fit_image", "annotate.actual_size"),
    ("annotate.labels", "annotate.arcs", "annotate.ghost", "annotate.evidence"),
)
TOOLS_RIGHT = ("annotate.previous", "annotate.next", "annotate.queue_panel", "annotate.inspector_panel")


def rows(page: AnnotatePage) -> list[Command]:
    """Return every command of the page."""
    return [*_edit(page), *_zoom(page), *_switches(page), *_walk(page), *_tools(page), *_joints(page), *_held()]


def _edit(page: AnnotatePage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Edit")
    undo, redo, joint = partial(why_no_undo, page), partial(why_no_redo, page), partial(why_no_joint, page)
    delete = page.editing.delete_point
    return [
        row("annotate.undo", "Undo", page.undo, "Ctrl+Z", when=undo, icon="undo"),
        row("annotate.redo", "Redo", page.redo, "Ctrl+Shift+Z; Ctrl+Y", when=redo, icon="redo"),
        row("annotate.delete", "Delete joint", delete, "Backspace; Del", when=joint, icon="trash"),
    ]


def _zoom(page: AnnotatePage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="View")
    hand = partial(why_no_hand, page)
    return [
        row("annotate.fit_hand", "Zoom to the hand", page.presenter.zoom_to_hand, "F", when=hand, icon="box"),
        row("annotate.fit_image", "Zoom to the whole image", page.canvas.fit_image, "Ctrl+0", icon="zoom-fit"),
        row("annotate.actual_size", "100 % or whole image", page.toggle_actual_size, "Z", icon="zoom-100"),
        row("annotate.zoom_in", "Zoom in", partial(page.zoom_by, 1.25), "Ctrl+=; Ctrl++", icon="zoom-in"),
        row("annotate.zoom_out", "Zoom out", partial(page.zoom_by, 0.8), "Ctrl+-", icon="zoom-out"),
    ]


def _switches(page: AnnotatePage) -> list[Command]:
    return [
        Command(
            f"annotate.{name}",
            title,
            partial(page.switch, part),
            key,
            scope=SCOPE,
            group="View",
            icon=icon,
            checked=partial(page.is_on, part),
        )
        for name, part, title, key, icon in SWITCHES
    ]


def _walk(page: AnnotatePage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    back, on = partial(why_no_step, page, -1), partial(why_no_step, page, 1)
    hand = partial(why_no_hand, page)
    verdicts = [
        row(f"annotate.{word}", f"Verdict: {word}", partial(page.set_verdict, word), key, when=hand, icon=word)
        for word, key in VERDICT_KEYS.items()
    ]
    return [
        row(
            "annotate.previous",
            "Previous hand",
            partial(page.step, -1),
            "A; PgUp; Shift+N",
            when=back,
            icon="chevron-left",
        ),
        row("annotate.next", "Next hand", partial(page.step, 1), "D; PgDown; N", when=on, icon="chevron-right"),
        *verdicts,
    ]


def _tools(page: AnnotatePage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    editing, hand = page.editing, partial(why_no_hand, page)
    adding = partial(getattr, editing, "is_adding_digit")
    digits = [
        row(
            f"annotate.digit_{kind.name.lower()}",
            f"Choose {kind.name.lower()} digit",
            partial(editing.select_digit, kind),
            str(kind + 1),
            when=hand,
            hidden=True,
        )
        for kind in DigitKind
    ]
    return [
        row(
            "annotate.select",
            "Select and move joints",
            editing.escape,
            icon="select",
            checked=lambda: editing.tool is None,
        ),
        row(
            "annotate.add_digit",
            "Add a digit by four clicks",
            editing.add_digit,
            "+; =",
            when=hand,
            icon="plus",
            checked=adding,
        ),
        *digits,
        row("annotate.wrist", "Choose wrist", editing.select_wrist, "0", when=hand, hidden=True),
    ]


def _joints(page: AnnotatePage) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    joint, set_state = partial(why_no_joint, page), page.editing.set_state
    return [
        row(f"annotate.state_{state.name.lower()}", f"Joint is {words}", partial(set_state, state), key, when=joint)
        for state, words, key in STATE_KEYS
    ]


def _held() -> list[Command]:
    nothing: Callable[[], object] | None = None
    row = partial(Command, run=nothing, scope=SCOPE, group="Hand", hidden=True)
    return [
        row("annotate.hold_hide", "Hide the overlay while held", key="H"),
        row("annotate.hold_pan", "Move the image while held", key="Space"),
        row("annotate.nudge", "Arrows move the joint by 1 px, with Shift by 10 px", key="Left"),
        row("annotate.next_joint", "Next joint, with Shift the one before", key="Tab"),
        row("annotate.leave_canvas", "Leave the image for the next panel", key="F6"),
    ]


def why_no_hand(page: AnnotatePage) -> str:
    """Say why there is no hand to work on, "" if there is."""
    return "" if page.draft is not None else "Open a hand first."


def why_no_joint(page: AnnotatePage) -> str:
    """Say why there is no joint to work on, "" if there is."""
    return "" if page.editing.row >= 0 or page.editing.is_adding_digit else "Choose a joint first."


def why_no_undo(page: AnnotatePage) -> str:
    """Say why nothing can be undone, "" if something can."""
    return "" if page.draft is not None and page.draft.history.can_undo else "There is nothing to undo."


def why_no_redo(page: AnnotatePage) -> str:
    """Say why nothing can be redone, "" if something can."""
    return "" if page.draft is not None and page.draft.history.can_redo else "There is nothing to redo."


def why_no_step(page: AnnotatePage, step: int) -> str:
    """Say why there is no hand before or after, "" if there is."""
    if page.loader.can_step(step):
        return ""
    return "This is the last hand." if step > 0 else "This is the first hand."
