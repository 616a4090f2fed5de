"""What a write touched, so that whoever shows the data knows what is stale. A plain value that crosses processes."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "images",
    "hands",
    "features",
    "scores",
    "annotations",
    "annotators",
    "reviews",
    "comments",
    "batches",
    "views",
    "labels",
)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Kinds and ids of what changed.

    Attributes:
        kinds: names from `KINDS`.
        image_ids: images that are concerned; empty = not said, treat all as concerned.
        hand_ids: hands that are concerned; empty = not said, treat all as concerned.
    """

    kinds: frozenset[str] = frozenset()
    image_ids: tuple[int, ...] = ()
    hand_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        unknown = self.kinds - set(KINDS)
        if unknown:
            raise ValueError(f"unknown kinds of change: {sorted(unknown)}")

    def touches(self, *kinds: str) -> bool:
        """Return whether any of `kinds` changed."""
        return not self.kinds.isdisjoint(kinds)

    def merged(self, other: ChangeSet) -> ChangeSet:
        """Return the change that covers both; an unstated list of ids stays unstated."""
        if not self.kinds or not other.kinds:
            return self if self.kinds else other
        return ChangeSet(
            self.kinds | other.kinds,
            _union(self.image_ids, other.image_ids),
            _union(self.hand_ids, other.hand_ids),
        )


def _union(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(first + second)) if first and second else ()
