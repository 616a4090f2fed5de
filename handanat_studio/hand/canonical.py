"""Any hand as an ordinary 21-point hand, with plain words on what did not fit."""

from __future__ import annotations

import numpy as np

from handanat_studio.hand.batch import batch_of, canonical_places
from handanat_studio.hand.phalanges import graft_ids, trunk_of
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT, DigitKind
from handanat_studio.hand.values import Fusion, HandPose, Split


def canonical21(pose: HandPose) -> tuple[HandPose, tuple[str, ...]]:
    """Project a hand of any topology onto the ordinary five digits, always in the same way.

    Of several digits of one kind the first that is there is kept. A digit the pose lacks becomes absent.

    Args:
        pose: any hand.

    Returns:
        A five-digit hand in MediaPipe order (digit ids kept where the digit was kept), and one sentence for each
        thing that was dropped or filled in.
    """
    batch = batch_of([pose])
    places = canonical_places(pose)
    free_ids = iter(set(range(pose.digit_count + len(places))) - set(pose.digit_id.tolist()))
    ids = [next(free_ids) if place is None else int(pose.digit_id[place]) for place in places]
    fusions = tuple(f for f in pose.fusions if f.first_id in ids and f.second_id in ids)
    splits = tuple(s for s in pose.splits if s.digit_id in ids and s.branch_id in ids)
    projected = HandPose(
        points=batch.points[0],
        states=batch.states[0],
        digit_kind=np.array(CANONICAL_DIGITS, np.uint8),
        digit_id=np.array(ids, np.int32),
        world=None if pose.world is None else batch.world[0],
        fusions=fusions,
        splits=splits,
        side=pose.side,
        confidence=pose.confidence,
    )
    return projected, _losses(pose, places, fusions, splits)


def _losses(
    pose: HandPose, places: list[int | None], fusions: tuple[Fusion, ...], splits: tuple[Split, ...]
) -> tuple[str, ...]:
    said = []
    grafts = graft_ids(pose)
    for place in range(pose.digit_count):
        digit_id = int(pose.digit_id[place])
        if digit_id in grafts:
            trunk = DigitKind(int(pose.digit_kind[pose.digit_index(trunk_of(pose, digit_id))])).name.lower()
            said.append(f"Dropped the surplus phalanx of the {trunk} digit (id {digit_id}).")
        elif place not in places:
            kind = DigitKind(int(pose.digit_kind[place])).name.lower()
            name = "extra digit" if kind == "extra" else f"second {kind} digit"
            located = int(np.isfinite(pose.points[1 + JOINTS_PER_DIGIT * place :][:JOINTS_PER_DIGIT]).all(axis=1).sum())
            said.append(f"Dropped the {name} (id {digit_id}, {located} located joints).")
    for missing, found in zip(CANONICAL_DIGITS, places, strict=True):
        if found is None:
            said.append(f"The hand has no {missing.name.lower()} digit; it is marked as absent.")
    for fusion in pose.fusions:
        if fusion not in fusions:
            said.append(f"Dropped the fusion of digits {fusion.first_id} and {fusion.second_id}.")
    for split in pose.splits:
        if split not in splits and split.branch_id not in grafts:
            said.append(f"Dropped the fork of digit {split.digit_id}.")
    return tuple(said)
