"""An expert's correction sharpens what she touched and leaves the rest as the detector made it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.hand import edits
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.corrections import placed_joints, with_corrections
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import ANGLE_NAMES, DigitKind
from handanat_studio.hand.values import HandPose

RNG = np.random.default_rng(1)
WORLD = RNG.normal(0, 0.04, (21, 3)).astype(np.float32)
POSE = HandPose.ordinary(WORLD[:, :2] * 1500 + 256, world=WORLD)


def corrected(pose: HandPose, predicted: HandPose = POSE) -> tuple[Any, Any]:
    batch = batch_of([pose])
    plain = measure(batch, source="mediapipe")
    return with_corrections(plain, batch, placed_joints(batch, batch_of([predicted]))), plain


@given(row=st.integers(1, 20))
def test_a_moved_joint_sharpens_its_own_digit_only(row: int) -> None:
    """Every angle of another digit keeps its uncertainty to the bit."""
    after, plain = corrected(edits.move(POSE, row, POSE.points[row] + [4, 3]))
    sharper = (after.angle_sigma < plain.angle_sigma)[0]
    digit = (row - 1) // 4
    assert sharper[3 * digit : 3 * digit + 3].any()
    assert not np.delete(sharper, slice(3 * digit, 3 * digit + 3)).any()


def test_moving_the_wrist_touches_the_bases() -> None:
    """The first angle of every digit hangs on the wrist."""
    after, plain = corrected(edits.move(POSE, 0, POSE.points[0] + [4, 3]))
    sharper = [name for name, yes in zip(ANGLE_NAMES, (after.angle_sigma < plain.angle_sigma)[0], strict=True) if yes]
    assert sharper == ["thumb_cmc", "index_mcp", "middle_mcp", "ring_mcp", "little_mcp"]


def test_an_added_digit_is_counted() -> None:
    """MediaPipe's five are no evidence, the expert's six are."""
    six = edits.add_digit(POSE, DigitKind.EXTRA, POSE.points[17:21] + np.float32(20))
    after, plain = corrected(six)
    assert not plain.count_assessable[0]
    assert after.count_assessable[0]
    assert after.count[0] == 6


def test_rounding_is_no_correction() -> None:
    """A pose that went through a file and back is not a touched one."""
    again = edits.transform(POSE, shift=(1e-5, 0))
    after, plain = corrected(again)
    assert after.angle_sigma == pytest.approx(plain.angle_sigma)
