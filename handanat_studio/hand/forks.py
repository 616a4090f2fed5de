"""Forked digits: which rows of a hand stand for one and the same joint."""

from __future__ import annotations

from handanat_studio.hand.topology import Level, point_row
from handanat_studio.hand.values import HandPose


def same_joint(pose: HandPose, row: int) -> tuple[int, ...]:
    """Return every row that is the same joint as `row`, itself included, in ascending order.

    A branch shares the joints up to its fork with the digit it grows out of; branches of branches share them too.
    A surplus phalanx, a branch at the tip, shares none: only its end has a place.
    """
    pairs: list[tuple[int, int]] = []
    for split in pose.splits:
        if split.level != Level.TIP:
            trunk, branch = pose.digit_index(split.digit_id), pose.digit_index(split.branch_id)
            pairs += [(point_row(trunk, level), point_row(branch, level)) for level in range(split.level + 1)]
    found, waiting = {row}, [row]
    while waiting:
        here = waiting.pop()
        for a, b in pairs:
            other = b if a == here else a if b == here else here
            if other not in found:
                found.add(other)
                waiting.append(other)
    return tuple(sorted(found))
