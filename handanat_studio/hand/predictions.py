"""Accept what a detector predicts, whole or by the digit, without touching what a person placed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from handanat_studio.hand import edits, transfer
from handanat_studio.hand.corrections import SAME_PX
from handanat_studio.hand.matching import match_digits
from handanat_studio.hand.topology import WRIST, JointState
from handanat_studio.hand.values import HandPose


def placed_rows(pose: HandPose, start: HandPose | None) -> frozenset[int]:
    """Return the rows of a pose that somebody placed or said something of.

    Args:
        pose: the pose as it is.
        start: the prediction that it began with; None = it began empty.

    Returns:
        Rows that differ from `start` in place or state, and labelled rows of digits that `start` lacks or names
        otherwise; without `start` every labelled row.
    """
    labelled = frozenset(np.flatnonzero(pose.states != JointState.UNLABELLED).tolist())
    if start is None:
        return labelled
    placed = frozenset() if _is_same(pose, WRIST, start, WRIST) else frozenset({WRIST})
    for place, digit_id in enumerate(pose.digit_id.tolist()):
        rows = edits.digit_rows(pose, digit_id)
        found = np.flatnonzero((start.digit_id == digit_id) & (start.digit_kind == pose.digit_kind[place]))
        if not len(found):
            placed |= labelled & set(range(rows.start, rows.stop))
            continue
        first = edits.digit_rows(start, digit_id).start
        placed |= {
            row for k, row in enumerate(range(rows.start, rows.stop)) if not _is_same(pose, row, start, first + k)
        }
    return placed


def _is_same(pose: HandPose, row: int, start: HandPose, source: int) -> bool:
    near = np.isclose(pose.points[row], start.points[source], atol=SAME_PX, rtol=0, equal_nan=True).all()
    return bool(near) and pose.states[row] == start.states[source]


def accept_prediction(pose: HandPose, predicted: HandPose, *, placed: Collection[int]) -> HandPose:
    """Take a prediction's joints wherever nobody has placed one.

    Args:
        pose: the hand as it is.
        predicted: what a detector says of the same hand.
        placed: rows of `pose` that stay as they are; see `placed_rows`.

    Returns:
        The pose with the other rows from the prediction. A digit that the pose lacks was taken out by somebody and
        does not come back, unless the pose has no digit at all. An unknown side becomes the prediction's.
    """
    twins = _twins(pose, predicted)
    shift = transfer.world_shift(pose, predicted, twins)
    if WRIST not in placed:
        pose = transfer.copy_row(pose, WRIST, predicted, WRIST, shift)
    for digit_id, twin in twins.items():
        pose = transfer.copy_digit(pose, digit_id, predicted, twin, shift=shift, kept=placed)
    if not pose.digit_count:
        for digit_id in predicted.digit_id.tolist():
            pose = transfer.add_digit(pose, predicted, digit_id, new_id=digit_id, shift=shift)
        pose = replace(pose, fusions=predicted.fusions, splits=predicted.splits)
    return replace(pose, side=pose.side or predicted.side)


def take_digit(pose: HandPose, other: HandPose, digit_id: int, *, placed: Collection[int] = ()) -> HandPose:
    """Accept one digit of a prediction: its four joints.

    Args:
        pose: the hand as it is.
        other: what a detector says of the same hand.
        digit_id: the digit in `pose`; one that `pose` lacks is added from `other`.
        placed: rows of `pose` that stay as they are.

    Raises:
        KeyError: if the prediction has no such digit.
    """
    twins = _twins(pose, other)
    shift = transfer.world_shift(pose, other, twins)
    if digit_id not in pose.digit_id:
        return transfer.add_digit(pose, other, digit_id, new_id=digit_id, shift=shift)
    if digit_id not in twins:
        raise KeyError(f"the prediction has no digit {digit_id}")
    return transfer.copy_digit(pose, digit_id, other, twins[digit_id], shift=shift, kept=placed)


def _twins(pose: HandPose, other: HandPose) -> dict[int, int]:
    return {i: j for i, j in match_digits(pose, other) if i is not None and j is not None}
