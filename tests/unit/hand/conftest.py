"""Hands of any topology, made the way people make them: an ordinary hand and a few edits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.templates import template
from handanat_studio.hand.topology import DigitKind, JointState, Level, Side
from handanat_studio.hand.values import Box, Finding, HandPose

STATES = (JointState.VISIBLE, JointState.OCCLUDED, JointState.SELF_OCCLUDED, JointState.UNSURE)
EDITS = (
    "move",
    "state",
    "blank",
    "digit",
    "add",
    "remove",
    "relabel",
    "reorder",
    "fuse",
    "split",
    "cut",
    "graft",
    "side",
)


def start() -> HandPose:
    """Return an ordinary hand with depth, about 200 pixels high."""
    flat = template(Side.RIGHT, Box(100, 100, 160, 200))
    world = np.concatenate([flat.points / 1000, np.linspace(0, 0.03, 21)[:, None]], axis=1)
    return HandPose.ordinary(flat.points, world=world, side=Side.RIGHT)


def edit(pose: HandPose, name: str, seed: int) -> HandPose:
    """Do one edit, its details chosen by the seed; what the hand does not allow changes nothing."""
    rng = np.random.default_rng(seed)
    ids = pose.digit_id.tolist()
    spot = rng.uniform(60, 320, 2).tolist()
    row = int(rng.integers(len(pose.points)))
    if name == "move":
        return edits.move(pose, row, spot)
    if name == "state":
        located = bool(np.isfinite(pose.points[row]).all())
        return edits.set_state(pose, row, STATES[rng.integers(len(STATES))]) if located else pose
    if name == "blank":
        return edits.set_state(pose, row, JointState.UNLABELLED)
    if name == "add":
        chain = np.linspace(spot, rng.uniform(60, 320, 2), 4)
        return edits.add_digit(pose, DigitKind(int(rng.integers(6))), chain)
    if name == "side":
        return edits.mirror(pose, 180.0)
    return _edit_digit(pose, name, rng, ids, spot) if ids else pose


def _edit_digit(pose: HandPose, name: str, rng: Any, ids: list[int], spot: list[float]) -> HandPose:
    digit = ids[rng.integers(len(ids))]
    other = ids[rng.integers(len(ids))]
    if name == "digit":
        return edits.set_digit_state(pose, digit, JointState.ABSENT)
    if name == "remove":
        return edits.remove_digit(pose, digit)
    if name == "relabel":
        return edits.relabel_digit(pose, digit, DigitKind(int(rng.integers(6))))
    if name == "reorder":
        return edits.reorder(pose, [DigitKind(k) for k in rng.permutation(pose.digit_kind).tolist()])
    if name == "fuse" and digit != other:
        return edits.fuse(pose, digit, other, float(rng.uniform(0.1, 1)))
    if name == "cut":
        return edits.cut_phalanx(pose, digit, Level(int(rng.integers(4))))
    if name == "graft":
        return edits.graft_phalanx(pose, digit, spot)
    forks = name == "split" and np.isfinite(pose.points[edits.digit_rows(pose, digit)]).all()
    return edits.split(pose, digit, Level(int(rng.integers(3))), spot) if forks else pose


@st.composite
def poses(draw: Any, most: int = 6) -> HandPose:
    """Draw a hand of any topology."""
    pose = start()
    for name, seed in draw(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 2**16)), max_size=most)):
        pose = edit(pose, name, seed)
    return pose


@st.composite
def opinions(draw: Any) -> Opinion:
    """Draw an opinion on a hand of any topology."""
    parts = draw(st.lists(st.sampled_from(["index_pip", "hand", "ring"]), unique=True))
    findings = tuple(
        Finding(
            "angle",
            part,
            130.0,
            float("nan"),
            "deg",
            3.0,
            0.9,
            "a source",
            accepted=draw(st.sampled_from([True, False, None])),
        )
        for part in parts
    )
    verdict = draw(st.sampled_from([None, "plausible", "implausible", "unsure"]))
    return Opinion(draw(poses()), verdict, findings, draw(st.sampled_from(["", "a note"])), draw(st.booleans()))


@pytest.fixture(scope="session")
def any_pose() -> Callable[..., st.SearchStrategy[HandPose]]:
    """Return a function that makes a strategy of hands of any topology, `most` edits away from an ordinary one."""
    return poses


@pytest.fixture(scope="session")
def any_opinion() -> Callable[..., st.SearchStrategy[Opinion]]:
    """Return a function that makes a strategy of opinions."""
    return opinions


@pytest.fixture(scope="session")
def open_hand() -> HandPose:
    """Return an ordinary hand with depth."""
    return start()
