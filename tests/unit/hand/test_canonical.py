"""Projection of any hand onto the ordinary 21 points, with words on what was dropped."""

from typing import Any

import numpy as np

from handanat_studio.hand.canonical import canonical21
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.hand.values import Fusion, HandPose, Split

_FIVE = [DigitKind.THUMB, DigitKind.INDEX, DigitKind.MIDDLE, DigitKind.RING, DigitKind.LITTLE]


def _free(kinds: list[DigitKind], **more: Any) -> HandPose:
    rows = 1 + 4 * len(kinds)
    return HandPose(
        points=np.arange(2 * rows, dtype=np.float32).reshape(rows, 2),
        states=np.full(rows, JointState.VISIBLE),
        digit_kind=np.array(kinds),
        digit_id=np.arange(len(kinds)),
        side=Side.LEFT,
        **more,
    )


def test_an_ordinary_hand_is_left_as_it_is(model_hand: Any) -> None:
    """Nothing to drop, nothing to say."""
    world = model_hand()
    pose = HandPose.ordinary(world[:, :2] * 3000, world=world, side=Side.RIGHT, confidence=0.5)
    assert canonical21(pose) == (pose, ())


def test_what_is_dropped_is_said() -> None:
    """An extra digit with its fusion and its fork goes, in so many words."""
    pose = _free(
        [*_FIVE, DigitKind.EXTRA, DigitKind.THUMB],
        fusions=(Fusion(1, 2), Fusion(4, 5)),
        splits=(Split(3, 1, 5),),
    )
    projected, said = canonical21(pose)
    assert projected.digit_kind.tolist() == [int(kind) for kind in _FIVE]
    assert projected.fusions == (Fusion(1, 2),)
    assert projected.splits == ()
    assert len(said) == 4
    assert any("extra digit (id 5, 4 located joints)" in line for line in said)
    assert any("second thumb digit" in line for line in said)
    assert any("fusion of digits 4 and 5" in line for line in said)
    assert any("fork of digit 3" in line for line in said)


def test_a_missing_digit_becomes_absent_with_an_id_of_its_own() -> None:
    """The four that are there keep their ids."""
    projected, said = canonical21(_free(_FIVE[:4]))
    assert projected.digit_id.tolist()[:4] == [0, 1, 2, 3]
    assert len(set(projected.digit_id.tolist())) == 5
    assert (projected.states[17:] == JointState.ABSENT).all()
    assert said == ("The hand has no little digit; it is marked as absent.",)


def test_projecting_twice_changes_nothing_more() -> None:
    """The projection is deterministic and already ordinary the second time."""
    once, _ = canonical21(_free([DigitKind.EXTRA, *reversed(_FIVE)]))
    again, said = canonical21(once)
    assert again == once
    assert said == ()
