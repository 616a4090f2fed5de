"""Which stored hand a new detection belongs to. Pure geometry on boxes; no session here."""

from __future__ import annotations

from collections.abc import Sequence

from handanat_studio.hand.values import Box

SAME_HAND_IOU = 0.5
"""Two boxes that share at least this much of their union are taken for the same hand."""


def match(stored: Sequence[Box], found: Sequence[Box]) -> dict[int, int]:
    """Pair boxes of the same hand, best overlap first, each box at most once.

    Returns:
        place in `found` -> place in `stored`.
    """
    pairs = [(a.overlap(b), i, j) for i, a in enumerate(stored) for j, b in enumerate(found)]
    paired: dict[int, int] = {}
    for iou, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if iou >= SAME_HAND_IOU and j not in paired and i not in paired.values():
            paired[j] = i
    return paired
