"""Promises of forked digits: a joint that two chains share is one joint, wherever it is moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.forks import same_joint
from handanat_studio.hand.topology import Level
from handanat_studio.hand.values import HandPose

INDEX, INDEX_MCP, INDEX_PIP, INDEX_TIP = 1, 5, 6, 8
BRANCH = 21
"""First row of the sixth digit."""


@pytest.fixture
def hand() -> HandPose:
    """An ordinary hand with its 21 points on a line."""
    return HandPose.ordinary(np.stack([np.arange(21.0) * 10, np.zeros(21)], axis=1))


def test_a_hand_without_forks_shares_no_joint(hand: HandPose) -> None:
    """Each row is itself."""
    assert [same_joint(hand, row) for row in range(21)] == [(row,) for row in range(21)]


def test_a_shared_joint_goes_along_from_either_side(hand: HandPose) -> None:
    """Moving the trunk's joint moves the branch's copy, and the other way round; the free ends stay."""
    forked = edits.split(hand, INDEX, Level.MIDDLE, (60.0, 50.0))
    assert same_joint(forked, INDEX_PIP) == (INDEX_PIP, BRANCH + 1)
    for grabbed in (INDEX_PIP, BRANCH + 1):
        moved = edits.move(forked, grabbed, (7.0, 9.0))
        assert moved.points[[INDEX_PIP, BRANCH + 1]].tolist() == [[7.0, 9.0]] * 2
        others = [row for row in range(len(forked.points)) if row not in (INDEX_PIP, BRANCH + 1)]
        assert np.array_equal(moved.points[others], forked.points[others])
    ends = edits.move(forked, INDEX_TIP, (1.0, 2.0))
    assert ends.points[BRANCH + 3].tolist() == [60.0, 50.0]


def test_a_branch_of_a_branch_shares_what_all_three_share(hand: HandPose) -> None:
    """The base of a digit that forks twice is one joint in three chains."""
    twice = edits.split(edits.split(hand, INDEX, Level.MIDDLE, (60.0, 50.0)), 5, Level.BASE, (40.0, 70.0))
    assert same_joint(twice, INDEX_MCP) == (INDEX_MCP, BRANCH, BRANCH + 4)
    assert same_joint(twice, INDEX_PIP) == (INDEX_PIP, BRANCH + 1)


def test_a_surplus_phalanx_shares_no_joint(hand: HandPose) -> None:
    """Moving the tip it grows on leaves its end where it is."""
    grown = edits.graft_phalanx(hand, INDEX, (90.0, 0.0))
    assert same_joint(grown, INDEX_TIP) == (INDEX_TIP,)
    assert edits.move(grown, INDEX_TIP, (1.0, 1.0)).points[-1].tolist() == [90.0, 0.0]


@given(st.data())
def test_the_same_joint_is_the_same_from_every_side(data: Any) -> None:
    """If one row is the same joint as another, the two have the same list."""
    pose = HandPose.ordinary(np.stack([np.arange(21.0) * 10, np.zeros(21)], axis=1))
    for _ in range(data.draw(st.integers(0, 3))):
        digit = data.draw(st.sampled_from(pose.digit_id.tolist()))
        level = Level(data.draw(st.integers(0, 2)))
        pose = edits.split(pose, digit, level, (data.draw(st.floats(0, 200)), 80.0))
    for row in range(len(pose.points)):
        for other in same_joint(pose, row):
            assert same_joint(pose, other) == same_joint(pose, row)
