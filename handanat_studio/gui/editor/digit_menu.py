"""The context menu of a digit: what can be said of its topology. Offers pure edits; who owns the pose applies them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QMenu

from handanat_studio.gui import icons
from handanat_studio.hand import edits
from handanat_studio.hand.topology import JOINTS_PER_DIGIT, DigitKind, JointState, Level
from handanat_studio.hand.values import HandPose

Apply = Callable[[HandPose, str], object]
EXTENTS = ((1.0, "to the tips"), (2 / 3, "to the distal joints"), (1 / 3, "to the middle joints"))


def digit_words(pose: HandPose, digit_id: int) -> str:
    """Return what to call a digit: "index", or "extra 2" where there are several of a kind."""
    place = pose.digit_index(digit_id)
    kind = int(pose.digit_kind[place])
    same = [i for i in range(pose.digit_count) if int(pose.digit_kind[i]) == kind]
    name = DigitKind(kind).name.lower()
    return name if len(same) == 1 else f"{name} {same.index(place) + 1}"


def nearest_digit(pose: HandPose, x: float, y: float, *, reach: float) -> int | None:
    """Return the digit whose bones pass nearest to an image point, None beyond `reach` pixels."""
    best, found = reach, None
    for place, digit_id in enumerate(pose.digit_id.tolist()):
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
    _add_relabel(menu, pose, digit_id, apply)
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


def fill_joint_menu(menu: QMenu, pose: HandPose, row: int, apply: Apply) -> None:
    """Add what can be done at one joint: fork its digit there."""
    place, level = divmod(row - 1, JOINTS_PER_DIGIT)
    if row < 1 or level == Level.TIP or not np.isfinite(pose.points[row]).all():
        return
    digit_id = int(pose.digit_id[place])
    chain = pose.points[1 + JOINTS_PER_DIGIT * place : 1 + JOINTS_PER_DIGIT * (place + 1)].astype(float)
    bone = chain[level + 1] - chain[level]
    if not np.isfinite(bone).all():
        return
    turn = np.deg2rad(28.0)
    rotated = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ bone
    tip = chain[level] + rotated * (JOINTS_PER_DIGIT - 1 - level)
    menu.addAction(icons.icon("split"), "Fork the digit here").triggered.connect(
        lambda: apply(edits.split(pose, digit_id, Level(level), tip.tolist()), f"Fork {digit_words(pose, digit_id)}")
    )
