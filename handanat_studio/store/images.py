"""Images of a project: their file's address, hash, size and where they came from. Pixels stay in their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from handanat_studio.errors import UserError
from handanat_studio.store import events
from handanat_studio.store.columns import now
from handanat_studio.store.schema import ImageRow
from handanat_studio.store.statements import chunks, insert_many, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    """An image that is about to be stored.

    Attributes:
        uri: its file, relative to the project folder or absolute; unique.
        sha256: 64 hex digits of the file's bytes; None = unknown.
        phash: 64-bit perceptual hash, 0..2^64-1; None = unknown.
        width: pixels of the upright image; None = unknown.
        height: pixels of the upright image; None = unknown.
        format: file format, e.g. "PNG".
        error: why it cannot be read; "" = it can.
        generator: what made it, e.g. "SDXL"; "" = unknown.
        family: "diffusion", "gan", "photo", ...; "" = unknown.
        prompt: the prompt it was made from; "" = unknown.
        seed: the generator's seed, of any size; None = unknown.
        extra: anything else that came with it (JSON values).
    """

    uri: str
    sha256: str | None = None
    phash: int | None = None
    width: int | None = None
    height: int | None = None
    format: str = ""
    error: str = ""
    generator: str = ""
    family: str = ""
    prompt: str = ""
    seed: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(NewImage):
    """A stored image; `detected_version` is the detector chain that last searched it (None = not searched yet)."""

    id: int
    detected_version: str | None = None


_TABLE = table_of(ImageRow)
_NAMES = [f.name for f in fields(NewImage)]
_COLUMNS = [_TABLE.c.id, _TABLE.c.detected_version, *(_TABLE.c[name] for name in _NAMES)]


def add_many(session: Session, images: Sequence[NewImage]) -> list[int]:
    """Store images and return their ids, in the order given.

    An image whose content or address is known already is not stored again: its id is returned. Content comes first:
    a copy under another name is the same image. An image with an error is known by its address only, and is
    replaced when the same file can be read later.
    """
    ids: list[int] = []
    for part in chunks(images):
        ids += _add_chunk(session, part)
    return ids


def _add_chunk(session: Session, images: Sequence[NewImage]) -> list[int]:
    by_hash, by_uri, broken = _known(session, images)
    new: dict[str, dict[str, Any]] = {}
    mended: list[int] = []
    keys: list[int | str] = []
    for image in images:
        values = _values(image)
        same = by_hash.get(values["sha256"])
        known = by_uri.setdefault(image.uri, image.uri) if same is None else same
        fresh = same is None and known == image.uri and image.uri not in new
        mends = known in broken and not image.error
        if fresh:
            new[image.uri] = values | {"created_at": now(), "detected_version": None}
        elif mends:
            session.execute(update(_TABLE).where(_TABLE.c.id == known).values(values))
            broken.discard(known)
            mended.append(int(known))
        if (fresh or mends) and values["sha256"] is not None:
            by_hash[values["sha256"]] = known
        keys.append(known)
    added = dict(zip(new, insert_many(session, ImageRow, list(new.values())), strict=True))
    if added or mended:
        touched = sorted({*added.values(), *mended})
        events.record(session, "import", detail={"images": len(added), "mended": len(mended), "image_ids": touched})
    return [added[key] if isinstance(key, str) else key for key in keys]


def _known(
    session: Session, images: Sequence[NewImage]
) -> tuple[dict[str, int | str], dict[str, int | str], set[int | str]]:
    """Return ids by hash and by uri of what is stored already, and which of them have an error."""
    hashes = [image.sha256 for image in images if image.sha256 and not image.error]
    query = select(_TABLE.c.id, _TABLE.c.uri, _TABLE.c.sha256, _TABLE.c.error).where(
        or_(_TABLE.c.uri.in_([image.uri for image in images]), _TABLE.c.sha256.in_(hashes))
    )
    rows = session.execute(query).all()
    by_hash = {row.sha256: row.id for row in rows if row.sha256 is not None}
    return by_hash, {row.uri: row.id for row in rows}, {row.id for row in rows if row.error}


def _values(image: NewImage) -> dict[str, Any]:
    values = {name: getattr(image, name) for name in _NAMES}
    if image.error:
        values["sha256"] = None
    return values


def get(session: Session, image_id: int) -> Image:
    """Return one image.

    Raises:
        UserError: if there is no such image.
    """
    found = get_many(session, [image_id])
    if not found:
        raise UserError(f"There is no image {image_id} in this project.", hint="Refresh the library.")
    return found[image_id]


def get_many(session: Session, image_ids: Sequence[int]) -> dict[int, Image]:
    """Return the images with these ids, by id; unknown ids are left out."""
    found: dict[int, Image] = {}
    for part in chunks(image_ids):
        query = select(*_COLUMNS).where(_TABLE.c.id.in_([int(i) for i in part]))
        found |= {row.id: _image(row) for row in session.execute(query)}
    return found


def all_ids(session: Session) -> list[int]:
    """Return the id of every image, in order of import."""
    return list(session.execute(select(_TABLE.c.id).order_by(_TABLE.c.id)).scalars())


def count(session: Session) -> int:
    """Return how many images there are."""
    return session.execute(select(func.count()).select_from(_TABLE)).scalar_one()


def set_error(session: Session, image_id: int, error: str) -> None:
    """Say why an imported image cannot be read any more; importing its file again when it can clears the error."""
    session.execute(update(_TABLE).where(_TABLE.c.id == image_id).values(error=error, sha256=None))
    events.record(session, "set error", image_id=image_id, detail={"error": error})


def missing_detection(session: Session, version: str, limit: int = 500) -> list[Image]:
    """Return readable images that this version of the detector chain has not searched, oldest first."""
    other = or_(_TABLE.c.detected_version.is_(None), _TABLE.c.detected_version != version)
    query = select(*_COLUMNS).where(other, _TABLE.c.error == "").order_by(_TABLE.c.id).limit(limit)
    return [_image(row) for row in session.execute(query)]


def mark_detected(session: Session, image_ids: Iterable[int], version: str) -> None:
    """Say that this version of the detector chain has searched these images, whatever it found."""
    ids = [int(i) for i in image_ids]
    for part in chunks(ids):
        session.execute(update(_TABLE).where(_TABLE.c.id.in_(part)).values(detected_version=version))
    if ids:
        events.record(session, "detect", detail={"images": len(ids), "version": version, "image_ids": ids})


def _image(row: Row[Any]) -> Image:
    values = row._asdict()
    return Image(**values)
