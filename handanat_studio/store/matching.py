"""Which stored hand a new detection belongs to. Pure geometry on boxes; no session here."""

from __future__ import annotations

from collections.abc import Sequence

from handanat_studio.hand.values import Box

SAME_HAND_IOU = 0.5
"""Two boxes that share at least this much of their union are taken for the same hand."""


def overlap(first: Box, second: Box) -> float:
    """Return the intersection over union of two boxes, 0..1."""
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (first.width * first.height + second.width * second.height - shared)


def match(stored: Sequence[Box], found: Sequence[Box]) -> dict[int, int]:
    """Pair boxes of the same hand, best overlap first, each box at most once.

    Returns:
        place in `found` -> place in `stored`.
    """
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(stored) for j, b in enumerate(found)]
    paired: dict[int, int] = {}
    for iou, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if iou >= SAME_HAND_IOU and j not in paired and i not in paired.values():
            paired[j] = i
    return paired
