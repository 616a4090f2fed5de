"""The command rows of placing and changing: ids, titles, keys and when each is available."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand, why_no_joint
from handanat_studio.gui.editor.tool import Tool
from handanat_studio.hand.topology import DigitKind, JointState

if TYPE_CHECKING:
    from handanat_studio.gui.editor.placing import Placing

TOOLS = (("annotate.guided", "annotate.quick", "annotate.joint_walk", "annotate.box", "annotate.frame"),)
MENU = (
    "annotate.guided",
    "annotate.template",
    "annotate.copy_previous",
    "annotate.mirror",
    "annotate.frame",
    "annotate.box",
)


def rows(placing: Placing) -> list[Command]:
    """Return every command of the part."""
    return [*_modes(placing), *_whole_hand(placing), *_digits(placing), *_pairs(placing), *_names(placing)]


def _modes(placing: Placing) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    hand, joint = partial(why_no_hand, placing.page), partial(why_no_joint, placing.page)
    guided = partial(_why_not_guided, placing)
    modes = (
        ("guided", "Place joint by joint", placing.guided, "B", hand, "guided"),
        ("quick", "Quick: a click moves the chosen joint", placing.quick, "Q", hand, "quick"),
        ("joint_walk", "One joint on hand after hand", placing.walk, "J", joint, "joint-walk"),
        ("box", "Draw a box around a hand", placing.box, "W", partial(_why_no_image, placing), "draw-box"),
        ("frame", "Move, turn and scale the whole hand", placing.frame, "E", partial(_why_no_frame, placing), "frame"),
    )
    made = [
        row(
            f"annotate.{name}",
            title,
            partial(placing.toggle, tool),
            key,
            when=partial(_why_not_on, placing, tool, when),
            icon=icon,
            checked=partial(placing.is_on, tool),
        )
        for name, title, tool, key, when, icon in modes
    ]
    return [
        *made,
        row("annotate.guided_skip", "Skip this joint", placing.guided.skip, ".", when=guided, hidden=True),
        row("annotate.guided_back", "Back to the joint before", placing.guided.back, ",", when=guided, hidden=True),
    ]


def _whole_hand(placing: Placing) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    ready, hand, joint = placing.ready, partial(why_no_hand, placing.page), partial(why_no_joint, placing.page)
    outside = partial(placing.page.editing.set_state, JointState.OUTSIDE)
    return [
        row("annotate.template", "Template hand in the box", ready.drop_template, "T", when=hand, icon="template"),
        row(
            "annotate.copy_previous",
            "Copy the hand before",
            ready.copy_before,
            "C",
            when=ready.why_no_copy,
            icon="copy",
        ),
        row("annotate.mirror", "Mirror the hand", ready.mirror, "M", when=ready.why_no_mirror, icon="mirror"),
        row("annotate.state_outside", "Joint is outside the image", outside, "Shift+O", when=joint),
    ]


def _digits(placing: Placing) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    topology = placing.topology
    digit = topology.why_no_digit
    return [
        row(
            "annotate.remove_digit",
            "Remove digit",
            topology.remove,
            "Shift+Backspace; Shift+Del",
            when=digit,
            icon="trash",
        ),
        row("annotate.digit_absent", "Digit is anatomically absent", topology.toggle_absent, "Shift+X", when=digit),
        row("annotate.cut", "Cut the digit at the joint", topology.cut, "Alt+C", when=topology.why_no_cut, icon="cut"),
        row("annotate.graft", "Graft a phalanx", topology.graft, "Alt+G", when=topology.why_no_graft, icon="graft"),
    ]


def _pairs(placing: Placing) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand")
    topology = placing.topology
    return [
        row("annotate.fuse", "Fuse with another digit", topology.fuse, "Y", when=topology.why_no_pair, icon="fuse"),
        row("annotate.unfuse", "Unfuse the digit", topology.unfuse, "Alt+Y", when=topology.why_no_fusion),
        row(
            "annotate.split",
            "Fork the digit at the joint",
            topology.split,
            "Shift+Y",
            when=topology.why_no_fork,
            icon="split",
        ),
        row("annotate.unsplit", "Take the fork back", topology.unsplit, "Alt+Shift+Y", when=topology.why_no_branch),
        row(
            "annotate.swap",
            "Swap names with another digit",
            topology.swap,
            "Alt+S",
            when=topology.why_no_pair,
            icon="sort",
        ),
    ]


def _names(placing: Placing) -> list[Command]:
    row = partial(Command, scope=SCOPE, group="Hand", hidden=True)
    topology = placing.topology
    return [
        row(
            f"annotate.kind_{kind.name.lower()}",
            f"This digit is {'an extra one' if kind is DigitKind.EXTRA else f'the {kind.name.lower()}'}",
            partial(topology.set_kind, kind),
            f"Alt+{kind + 1}",
            when=topology.why_no_digit,
        )
        for kind in DigitKind
    ]


def _why_not_on(placing: Placing, tool: Tool, when: Callable[[], str]) -> str:
    """A tool that is on can always be put away."""
    return "" if placing.is_on(tool) else when()


def _why_not_guided(placing: Placing) -> str:
    return "" if placing.is_on(placing.guided) else "This key belongs to guided placement: B begins it."


def _why_no_image(placing: Placing) -> str:
    view = placing.page.loader.view
    if view is None:
        return "Open an image first."
    return "This image cannot be read." if view.image.error else ""


def _why_no_frame(placing: Placing) -> str:
    draft = placing.page.draft
    if draft is None:
        return "Open a hand first."
    return "" if draft.pose.box() is not None else "This hand has no joints yet."
