"""Give hands to people: who annotates what, how many see each hand, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.project import Project
from handanat_studio.store import annotators
from handanat_studio.store import batches as store
from handanat_studio.store.annotators import LEAD
from handanat_studio.store.batches import Batch
from handanat_studio.store.changes import ChangeSet

__all__ = ["Batch", "batches", "create_batch", "delete_batch", "share_out"]


def create_batch(
    project: Project,
    name: str,
    hand_ids: Sequence[int],
    *,
    annotators: Sequence[str],
    overlap: int = 1,
    blind: bool = False,
    seed: int = 0,
    by: str,
    note: str = "",
) -> tuple[Batch, ChangeSet]:
    """Give each hand to `overlap` people, evenly, and each of them an order of her own.

    Args:
        project: the project.
        name: of the batch, unique.
        hand_ids: which hands; one named twice counts once.
        annotators: to whom; a name that the project does not know yet is added.
        overlap: how many people annotate each hand.
        blind: whether they see neither scores nor each other's labels.
        seed: of the drawing; the same seed gives the same orders.
        by: who assigns.
        note: what the batch is for.

    Raises:
        UserError: if `by` is not a lead, the name is taken, or the overlap does not fit the people.
    """
    orders = share_out(hand_ids, annotators, overlap=overlap, seed=seed)
    with project.store.write() as session:
        _require_lead(session, by)
        batch_id = store.create(session, name.strip(), orders, by=by, blind=blind, note=note)
        batch = next(found for found in store.all(session) if found.id == batch_id)
    return batch, ChangeSet(frozenset({"batches", "annotators"}))


def batches(project: Project) -> list[Batch]:
    """Return every batch with how far its people have come, oldest first."""
    with project.store.read() as session:
        return store.all(session)


def delete_batch(project: Project, name: str, *, by: str) -> ChangeSet:
    """Forget a batch; what was annotated stays.

    Raises:
        UserError: if `by` is not a lead, or there is no such batch.
    """
    with project.store.write() as session:
        _require_lead(session, by)
        store.delete_named(session, name, by=by)
    return ChangeSet(frozenset({"batches"}))


def share_out(hand_ids: Sequence[int], people: Sequence[str], *, overlap: int, seed: int) -> dict[str, list[int]]:
    """Return each person's hands in her order; nobody has more than one hand more than another. Pure.

    Each hand goes to those who have the fewest so far, and chance decides among equals, so that every two people
    come to share some hands.

    Raises:
        UserError: if there is nothing or nobody to share among, or fewer people than the overlap.
    """
    names = list(dict.fromkeys(name.strip() for name in people if name.strip()))
    if not names or not len(hand_ids):
        raise UserError("A batch needs hands and people.", hint="Choose at least one of each.")
    if not 1 <= overlap <= len(names):
        raise UserError(
            f"{overlap} people cannot annotate each hand: {len(names)} are chosen.",
            hint="Choose more people, or a smaller overlap.",
        )
    rng = np.random.default_rng(seed)
    shares: list[list[int]] = [[] for _ in names]
    for hand_id in rng.permutation(sorted({int(i) for i in hand_ids})).tolist():
        chance = rng.random(len(names))
        fewest = sorted(range(len(names)), key=lambda i: (len(shares[i]), chance[i]))
        for place in fewest[:overlap]:
            shares[place].append(hand_id)
    return {name: rng.permutation(share).tolist() for name, share in zip(names, shares, strict=True)}


def _require_lead(session: Any, name: str) -> None:
    if annotators.role_of(session, name) != LEAD:
        raise UserError("Only a lead can assign hands.", hint="Ask a lead of this project.")
