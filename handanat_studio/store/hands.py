"""Hands in images and what the detectors said of them. Human labels are never touched here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.hand.codec import pose_from_dict, pose_to_dict
from handanat_studio.hand.evidence import evidence_from_dict, evidence_to_dict
from handanat_studio.hand.values import Box, Detection
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.matching import match
from handanat_studio.store.schema import DetectionRow, FeatureRow, HandRow, ImageRow, NewestRow, ScoreRow
from handanat_studio.store.statements import chunks, insert_many, put_many, table_of


@dataclass(frozen=True, slots=True)
class StoredHand:
    """A hand of an image.

    Attributes:
        box: where it is, in pixels of the upright image.
        detection: what the detector chain says of it; None = a person drew it and no detector has found it.
    """

    id: int
    image_id: int
    box: Box
    detection: Detection | None


_HANDS = table_of(HandRow)
_SEEN = table_of(DetectionRow)


def add_manual(session: Session, image_id: int, box: Box, *, annotator: str = "") -> int:
    """Store a hand that a person drew and return its id.

    Raises:
        UserError: if there is no such image.
    """
    if session.execute(select(ImageRow.id).where(ImageRow.id == image_id)).first() is None:
        raise UserError(f"There is no image {image_id} in this project.", hint="Refresh the library.")
    row = _hand_values(image_id, box, origin="manual", version=None)
    (hand_id,) = insert_many(session, HandRow, [row])
    events.record(session, "add hand", actor=annotator, image_id=image_id, hand_id=hand_id)
    return hand_id


def add_detections(session: Session, image_id: int, detections: Sequence[Detection], version: str) -> list[int]:
    """Store what the detector chain found in one image; see `add_detections_many`."""
    return add_detections_many(session, [(image_id, detections)], version)[0]


def add_detections_many(
    session: Session, found: Sequence[tuple[int, Sequence[Detection]]], version: str
) -> list[list[int]]:
    """Store what one version of the detector chain found, in images that it may have searched before.

    A detection that overlaps a stored hand becomes that hand's current detection, and what was computed from the
    earlier one is dropped. A stored hand that is not found again is deleted only if no person drew or annotated it.

    Args:
        found: (image id, its detections), each image once.
        version: version of the whole chain.

    Returns:
        For each image the hand ids, in the order of its detections.

    Raises:
        ValueError: if an image is named twice.
    """
    if len({image_id for image_id, _ in found}) < len(found):
        raise ValueError("each image may be named once")
    ids: list[list[int]] = []
    for part in chunks(found):
        ids += _add_chunk(session, part, version)
    return ids


def _add_chunk(session: Session, found: Sequence[tuple[int, Sequence[Detection]]], version: str) -> list[list[int]]:
    stored = _stored_boxes(session, [image_id for image_id, _ in found])
    again: dict[tuple[int, int], int] = {}
    lost: list[int] = []
    for image_id, detections in found:
        hands = stored.get(image_id, [])
        pairs = match([box for _, box, _ in hands], [d.box for d in detections])
        again |= {(image_id, place): hands[i][0] for place, i in pairs.items()}
        met = set(pairs.values())
        lost += [hand_id for i, (hand_id, _, keep) in enumerate(hands) if i not in met and not keep]
    places = [(image_id, place) for image_id, detections in found for place in range(len(detections))]
    boxes = {(image_id, place): d.box for image_id, detections in found for place, d in enumerate(detections)}
    new = [key for key in places if key not in again]
    rows = [_hand_values(key[0], boxes[key], origin="detected", version=version) for key in new]
    ids = again | dict(zip(new, insert_many(session, HandRow, rows), strict=True))
    _forget(session, lost, list(again.values()))
    _move(session, [(hand_id, boxes[key]) for key, hand_id in again.items()], version)
    flat = [(ids[image_id, place], d) for image_id, detections in found for place, d in enumerate(detections)]
    put_many(session, DetectionRow, [_detection_values(hand_id, d, version) for hand_id, d in flat])
    if flat or lost:
        detail = {"hands": len(flat), "lost": len(lost), "version": version, "image_ids": [i for i, _ in found]}
        events.record(session, "find hands", detail=detail)
    return [[ids[image_id, place] for place in range(len(detections))] for image_id, detections in found]


def _stored_boxes(session: Session, image_ids: Sequence[int]) -> dict[int, list[tuple[int, Box, bool]]]:
    """Return by image: (hand id, box, whether a person has drawn or annotated it)."""
    newest = table_of(NewestRow)
    labelled = exists().where(newest.c.hand_id == _HANDS.c.id)
    place = [_HANDS.c[name] for name in ("x", "y", "width", "height")]
    kept = or_(_HANDS.c.origin == "manual", labelled).label("kept")
    query = select(_HANDS.c.image_id, _HANDS.c.id, kept, *place).where(_HANDS.c.image_id.in_(image_ids))
    stored: dict[int, list[tuple[int, Box, bool]]] = {}
    for image_id, hand_id, keep, *box in session.execute(query.order_by(_HANDS.c.id)):
        stored.setdefault(image_id, []).append((hand_id, Box(*box), bool(keep)))
    return stored


def _forget(session: Session, lost: list[int], changed: list[int]) -> None:
    for part in chunks(lost):
        session.execute(delete(_HANDS).where(_HANDS.c.id.in_(part)))
    for part in chunks(changed):
        for row in (FeatureRow, ScoreRow):
            session.execute(delete(table_of(row)).where(table_of(row).c.hand_id.in_(part)))


def _move(session: Session, hands: list[tuple[int, Box]], version: str) -> None:
    """Give re-found hands their new detection; a box that a person drew stays where it is."""
    for hand_id, box in hands:
        here = update(_HANDS).where(_HANDS.c.id == hand_id)
        session.execute(here.values(detected_version=version))
        place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        session.execute(here.where(_HANDS.c.origin == "detected").values(place))


def set_detection(session: Session, hand_id: int, detection: Detection, version: str, *, annotator: str = "") -> None:
    """Make a detection the current one of a stored hand; what was computed from an earlier one is dropped.

    Args:
        hand_id: the hand; its box stays if a person drew it.
        detection: what was found.
        version: of whatever found it.
        annotator: who asked for it.

    Raises:
        UserError: if there is no such hand.
    """
    image_id = get(session, hand_id).image_id
    _forget(session, [], [hand_id])
    _move(session, [(hand_id, detection.box)], version)
    put_many(session, DetectionRow, [_detection_values(hand_id, detection, version)])
    events.record(
        session, "find hand", actor=annotator, image_id=image_id, hand_id=hand_id, detail={"version": version}
    )


def of_image(session: Session, image_id: int) -> list[StoredHand]:
    """Return the hands of one image, oldest first."""
    return of_images(session, [image_id]).get(image_id, [])


def of_images(session: Session, image_ids: Sequence[int]) -> dict[int, list[StoredHand]]:
    """Return the hands of several images by image id; images without a hand are left out."""
    found: dict[int, list[StoredHand]] = {}
    for hand in _fetch(session, _HANDS.c.image_id, image_ids):
        found.setdefault(hand.image_id, []).append(hand)
    return found


def get(session: Session, hand_id: int) -> StoredHand:
    """Return one hand.

    Raises:
        UserError: if there is no such hand.
    """
    found = get_many(session, [hand_id])
    if not found:
        raise UserError(f"There is no hand {hand_id} in this project.", hint="Refresh the library.")
    return found[hand_id]


def get_many(session: Session, hand_ids: Sequence[int]) -> dict[int, StoredHand]:
    """Return the hands with these ids, by id; unknown ids are left out."""
    return {hand.id: hand for hand in _fetch(session, _HANDS.c.id, hand_ids)}


def all_ids(session: Session) -> list[int]:
    """Return the id of every hand, oldest first."""
    return list(session.execute(select(_HANDS.c.id).order_by(_HANDS.c.id)).scalars())


def missing_score(session: Session, scorer: str, version: str, limit: int = 500) -> list[StoredHand]:
    """Return hands with a detected pose that this version of a scorer has not judged, oldest first."""
    query = _unjudged(_select(), scorer, version).limit(limit)
    return [_hand(row) for row in session.execute(query)]


def count_missing_score(session: Session, scorer: str, version: str) -> int:
    """Return how many hands `missing_score` would return without a limit."""
    query = _unjudged(_select().order_by(None).with_only_columns(func.count()), scorer, version)
    return int(session.execute(query).scalar_one())


def _unjudged(query: Select[Any], scorer: str, version: str) -> Select[Any]:
    score = table_of(ScoreRow)
    mine = and_(score.c.hand_id == _HANDS.c.id, score.c.scorer == scorer)
    stale = or_(score.c.version.is_(None), score.c.version != version)
    return query.outerjoin(score, mine).where(_SEEN.c.hand_id.is_not(None), stale)


def _hand_values(image_id: int, box: Box, *, origin: str, version: str | None) -> dict[str, Any]:
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    return place | {"image_id": image_id, "origin": origin, "detected_version": version, "created_at": now()}


def _detection_values(hand_id: int, detection: Detection, version: str) -> dict[str, Any]:
    box = detection.box
    return {
        "hand_id": hand_id,
        "version": version,
        "detector": detection.detector,
        "detector_version": detection.version,
        "score": detection.score,
        "fallback_reason": detection.fallback_reason,
        "side": detection.pose.side.name.lower(),
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
        "pose": pose_to_dict(detection.pose),
        "created_at": now(),
        "evidence": None if detection.evidence is None else evidence_to_dict(detection.evidence),
    }


def _select() -> Select[Any]:
    current = and_(_SEEN.c.hand_id == _HANDS.c.id, _SEEN.c.version == _HANDS.c.detected_version)
    return (
        select(
            *(_HANDS.c[name] for name in ("id", "image_id", "x", "y", "width", "height")),
            *(_SEEN.c[name].label(f"seen_{name}") for name in ("x", "y", "width", "height", "score")),
            *(_SEEN.c[name] for name in ("detector", "detector_version", "fallback_reason", "pose", "evidence")),
        )
        .select_from(_HANDS)
        .outerjoin(_SEEN, current)
        .order_by(_HANDS.c.id)
    )


def _fetch(session: Session, column: ColumnElement[int], ids: Sequence[int]) -> list[StoredHand]:
    found: list[StoredHand] = []
    for part in chunks(ids):
        found += [_hand(row) for row in session.execute(_select().where(column.in_([int(i) for i in part])))]
    return found


def _hand(row: Row[Any]) -> StoredHand:
    values = row._mapping
    box = Box(values["x"], values["y"], values["width"], values["height"])
    if values["detector"] is None:
        return StoredHand(values["id"], values["image_id"], box, None)
    detection = Detection(
        box=Box(values["seen_x"], values["seen_y"], values["seen_width"], values["seen_height"]),
        pose=pose_from_dict(values["pose"]),
        detector=values["detector"],
        version=values["detector_version"],
        score=values["seen_score"],
        fallback_reason=values["fallback_reason"],
        evidence=None if values["evidence"] is None else evidence_from_dict(values["evidence"]),
    )
    return StoredHand(values["id"], values["image_id"], box, detection)
