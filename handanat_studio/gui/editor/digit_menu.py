"""The context menu of a digit: what can be said of its topology. Offers pure edits; who owns the pose applies them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QMenu

from handanat_studio.gui import icons
from handanat_studio.hand import edits
from handanat_studio.hand.phalanges import graft_ids, trunk_of
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose

Apply = Callable[[HandPose, str], object]
FORK_DEG = 28.0
EXTENTS = ((1.0, "to the tips"), (2 / 3, "to the distal joints"), (1 / 3, "to the middle joints"))


def digit_words(pose: HandPose, digit_id: int) -> str:
    """Return what to call a digit: "index", or "extra 2" where there are several of a kind."""
    grafts = graft_ids(pose)
    if digit_id in grafts:
        return f"surplus phalanx of the {digit_words(pose, trunk_of(pose, digit_id))}"
    place = pose.digit_index(digit_id)
    kind = int(pose.digit_kind[place])
    ids = pose.digit_id.tolist()
    same = [i for i in range(pose.digit_count) if int(pose.digit_kind[i]) == kind and ids[i] not in grafts]
    name = DigitKind(kind).name.lower()
    return name if len(same) == 1 else f"{name} {same.index(place) + 1}"


def nearest_digit(pose: HandPose, x: float, y: float, *, reach: float, but: int | None = None) -> int | None:
    """Return the digit (other than `but`) whose bones pass nearest to an image point, None beyond `reach` pixels."""
    best, found = reach, None
    for place, digit_id in enumerate(pose.digit_id.tolist()):
        if digit_id == but:
            continue
        rows = slice(1 + JOINTS_PER_DIGIT * place, 1 + JOINTS_PER_DIGIT * (place + 1))
        chain = pose.points[rows].astype(float)
        chain = chain[np.isfinite(chain).all(axis=1)]
        if not len(chain):
            continue
        distance = _distance_to_chain(chain, np.array([x, y]))
        if distance < best:
            best, found = distance, digit_id
    return found


def _distance_to_chain(chain: NDArray[np.float64], at: NDArray[np.float64]) -> float:
    if len(chain) == 1:
        return float(np.linalg.norm(chain[0] - at))
    start, step = chain[:-1], np.diff(chain, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-9)
    along = np.clip(((at - start) * step).sum(axis=1) / length, 0, 1)
    return float(np.linalg.norm(start + along[:, None] * step - at, axis=1).min())


def fill_digit_menu(menu: QMenu, pose: HandPose, digit_id: int, apply: Apply) -> None:
    """Add everything that can be done to one digit."""
    name = digit_words(pose, digit_id)
    menu.addSection(name.capitalize())
    for state, text in (
        (JointState.OCCLUDED, "Mark whole digit occluded"),
        (JointState.SELF_OCCLUDED, "Mark whole digit hidden by the hand"),
        (JointState.ABSENT, "Mark whole digit absent"),
    ):
        act = menu.addAction(text)
        word = state.name.lower().replace("_", "-")
        act.triggered.connect(
            lambda _=False, state=state, word=word: apply(
                edits.set_digit_state(pose, digit_id, state), f"{name.capitalize()} {word}"
            )
        )
    _add_fusions(menu, pose, digit_id, apply)
    if digit_id in graft_ids(pose):
        away = menu.addAction(icons.icon("trash"), f"Remove the {name}")
        away.triggered.connect(lambda: apply(edits.remove_digit(pose, digit_id), f"Remove {name}"))
        return
    _add_relabel(menu, pose, digit_id, apply)
    for split in pose.splits:
        if split.digit_id == digit_id:
            branch = split.branch_id
            word = digit_words(pose, branch)
            menu.addAction(icons.icon("split"), f"Take the {word} off").triggered.connect(
                lambda _=False, branch=branch, word=word: apply(edits.unsplit(pose, branch), f"Take {word} off")
            )
    remove = menu.addAction(icons.icon("trash"), f"Remove {name} digit")
    remove.triggered.connect(lambda: apply(edits.remove_digit(pose, digit_id), f"Remove {name}"))


def _add_fusions(menu: QMenu, pose: HandPose, digit_id: int, apply: Apply) -> None:
    name = digit_words(pose, digit_id)
    fused = {f.first_id if f.second_id == digit_id else f.second_id for f in pose.fusions if digit_id in _pair(f)}
    fuse = menu.addMenu(icons.icon("fuse"), "Fuse with")
    for other in pose.digit_id.tolist():
        if other in (digit_id, *fused):
            continue
        word = digit_words(pose, other)
        reach = fuse.addMenu(word.capitalize())
        for extent, text in EXTENTS:
            reach.addAction(text).triggered.connect(
                lambda _=False, other=other, extent=extent, word=word: apply(
                    edits.fuse(pose, digit_id, other, extent), f"Fuse {name} and {word}"
                )
            )
    fuse.setEnabled(not fuse.isEmpty())
    for other in sorted(fused):
        word = digit_words(pose, other)
        menu.addAction(f"Unfuse from {word}").triggered.connect(
            lambda _=False, other=other, word=word: apply(
                edits.unfuse(pose, digit_id, other), f"Unfuse {name} and {word}"
            )
        )


def _pair(fusion: object) -> tuple[int, int]:
    return fusion.first_id, fusion.second_id  # type: ignore[attr-defined]


def _add_relabel(menu: QMenu, pose: HandPose, digit_id: int, apply: Apply) -> None:
    name = digit_words(pose, digit_id)
    swap = menu.addMenu(icons.icon("sort"), "Swap names with")
    for other in pose.digit_id.tolist():
        if other != digit_id and other not in graft_ids(pose):
            word = digit_words(pose, other)
            swap.addAction(word.capitalize()).triggered.connect(
                lambda _=False, other=other, word=word: apply(
                    swapped_names(pose, digit_id, other), f"Swap {name} and {word}"
                )
            )
    swap.setEnabled(not swap.isEmpty())
    kinds = menu.addMenu(icons.icon("tag"), "This digit is a")
    now = int(pose.digit_kind[pose.digit_index(digit_id)])
    for kind in DigitKind:
        act = kinds.addAction(kind.name.capitalize())
        act.setCheckable(True)
        act.setChecked(kind == now)
        act.setEnabled(kind != now)
        act.triggered.connect(
            lambda _=False, kind=kind: apply(
                edits.relabel_digit(pose, digit_id, kind), f"{name.capitalize()} is {kind.name.lower()}"
            )
        )


def swapped_names(pose: HandPose, first_id: int, second_id: int) -> HandPose:
    """Return the hand with the kinds of two digits exchanged."""
    kinds = [DigitKind(kind) for kind in pose.digit_kind.tolist()]
    first, second = pose.digit_index(first_id), pose.digit_index(second_id)
    kinds[first], kinds[second] = kinds[second], kinds[first]
    return edits.reorder(pose, kinds)


def fill_joint_menu(menu: QMenu, pose: HandPose, row: int, apply: Apply) -> None:
    """Add what can be done at one joint: fork its digit there, or cut it off."""
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    if row < 1 or pose.states[row] == JointState.ABSENT:
        return
    digit_id = int(pose.digit_id[place])
    name = digit_words(pose, digit_id)
    menu.addAction(icons.icon("cut"), f"Cut the {name} at this joint").triggered.connect(
        lambda: apply(edits.cut_phalanx(pose, digit_id, Level(level)), f"Cut {name}")
    )
    tip = fork_tip(pose, row)
    if tip is not None:
        menu.addAction(icons.icon("split"), "Fork the digit here").triggered.connect(
            lambda: apply(edits.split(pose, digit_id, Level(level), tip), f"Fork {name}")
        )


def fork_tip(pose: HandPose, row: int) -> tuple[float, float] | None:
    """Return where a branch at a joint would end if it left at an angle, None if the digit cannot fork there."""
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    if row < 1 or level == Level.TIP or int(pose.digit_id[place]) in graft_ids(pose):
        return None
    bone = pose.points[row + 1].astype(float) - pose.points[row]
    if not np.isfinite(bone).all():
        return None
    turn = np.deg2rad(FORK_DEG)
    rotated = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ bone
    x, y = (pose.points[row] + rotated * (JOINTS_PER_DIGIT - 1 - level)).tolist()
    return x, y
