"""The tables. Predictions (detections, features, scores) and human labels (annotations) are separate rows.

`newest_annotations` is the one computed table: it is written in the transaction of each annotation so that the
library can answer quickly, and `verify` checks it. Triggers that refuse changes are in `guards`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from handanat_studio.hand.annotation import KINDS, STAGES
from handanat_studio.hand.values import VERDICTS
from handanat_studio.store.columns import Id, Number, Unsigned64, UtcTime, WideInt

_VERDICT_LIST = ", ".join(f"'{v}'" for v in VERDICTS)
_KIND_LIST = ", ".join(f"'{v}'" for v in KINDS)
_STAGE_LIST = ", ".join(f"'{v}'" for v in STAGES)
_SIDE_LIST = "'left', 'right', 'unknown'"


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can address them on both dialects."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: Id, str: Text(), datetime: UtcTime, float: Number, dict: JSON}


class ImageRow(Base):
    """An image of the project; pixels stay in their file."""

    __tablename__ = "images"
    __table_args__ = (
        CheckConstraint("width IS NULL OR width > 0", "width"),
        CheckConstraint("height IS NULL OR height > 0", "height"),
        Index(None, "detected_version"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    uri: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    phash: Mapped[int | None] = mapped_column(Unsigned64)
    width: Mapped[int | None]
    height: Mapped[int | None]
    format: Mapped[str]
    error: Mapped[str]
    generator: Mapped[str]
    family: Mapped[str]
    prompt: Mapped[str]
    seed: Mapped[int | None] = mapped_column(WideInt)
    extra: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    detected_version: Mapped[str | None]


class HandRow(Base):
    """A hand in an image: found by a detector, or drawn by a person."""

    __tablename__ = "hands"
    __table_args__ = (
        CheckConstraint("origin IN ('detected', 'manual')", "origin"),
        Index("ix_hands_library", "image_id", "id", "origin"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"))
    origin: Mapped[str] = mapped_column(String(16))
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    height: Mapped[float]
    detected_version: Mapped[str | None]
    created_at: Mapped[datetime]


class DetectionRow(Base):
    """What one version of the detector chain said of a hand; `hands.detected_version` names the current one."""

    __tablename__ = "detections"
    __table_args__ = (CheckConstraint(f"side IN ({_SIDE_LIST})", "side"),)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    detector: Mapped[str]
    detector_version: Mapped[str]
    score: Mapped[float | None] = mapped_column(Number)
    fallback_reason: Mapped[str]
    side: Mapped[str] = mapped_column(String(8))
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    height: Mapped[float]
    pose: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class FeatureRow(Base):
    """The measured features of a hand's current detection."""

    __tablename__ = "features"
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class ScoreRow(Base):
    """What a scorer said of a hand's current detection; a newer version replaces it."""

    __tablename__ = "scores"
    __table_args__ = (CheckConstraint(f"verdict IN ({_VERDICT_LIST})", "verdict"),)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id", ondelete="CASCADE"), primary_key=True)
    scorer: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str]
    value: Mapped[float | None] = mapped_column(Number)
    verdict: Mapped[str] = mapped_column(String(16))
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    findings: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class AnnotatorRow(Base):
    """A person who annotates, or a simulation that says so."""

    __tablename__ = "annotators"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(String(32))
    simulated: Mapped[bool]
    created_at: Mapped[datetime]


class AnnotationRow(Base):
    """One revision; append-only. Revisions of one (hand, annotator, round) form a single chain by `parent_id`."""

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR verdict IN ({_VERDICT_LIST})", "verdict"),
        CheckConstraint("round >= 1", "round"),
        CheckConstraint(f"kind IN ({_KIND_LIST})", "kind"),
        CheckConstraint("active_seconds >= 0", "active_seconds"),
        CheckConstraint("parent_id IS NULL OR parent_id < id", "parent_id"),
        UniqueConstraint("id", "hand_id", "annotator_id", "round"),
        UniqueConstraint("parent_id"),
        ForeignKeyConstraint(
            ["parent_id", "hand_id", "annotator_id", "round"],
            ["annotations.id", "annotations.hand_id", "annotations.annotator_id", "annotations.round"],
            name="fk_annotations_parent",
        ),
        Index(
            "ux_annotations_first",
            "hand_id",
            "annotator_id",
            "round",
            unique=True,
            sqlite_where=literal_column("parent_id IS NULL"),
            postgresql_where=literal_column("parent_id IS NULL"),
        ),
        Index(None, "hand_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    round: Mapped[int]
    parent_id: Mapped[int | None]
    pose: Mapped[dict[str, Any]] = mapped_column(JSON)
    verdict: Mapped[str | None] = mapped_column(String(16))
    findings: Mapped[list[Any]] = mapped_column(JSON)
    note: Mapped[str]
    active_seconds: Mapped[float]
    action: Mapped[str]
    created_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16), server_default="annotation")
    flagged: Mapped[bool] = mapped_column(server_default=text("false"))
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class NewestRow(Base):
    """Computed: the newest revision of each (hand, annotator, round), how far it has come, and which is newest of all.

    `of_annotator` marks the newest of an annotator's own annotations (fixes and adjudications do not count),
    `of_hand` the newest of the hand, whatever it is for.
    """

    __tablename__ = "newest_annotations"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR verdict IN ({_VERDICT_LIST})", "verdict"),
        CheckConstraint(f"kind IN ({_KIND_LIST})", "kind"),
        CheckConstraint(f"stage IN ({_STAGE_LIST})", "stage"),
        ForeignKeyConstraint(
            ["annotation_id", "hand_id", "annotator_id", "round"],
            ["annotations.id", "annotations.hand_id", "annotations.annotator_id", "annotations.round"],
            name="fk_newest_annotations_annotation",
        ),
        UniqueConstraint("annotation_id"),
        Index(
            "ux_newest_annotations_hand",
            "hand_id",
            unique=True,
            sqlite_where=literal_column("of_hand = 1"),
            postgresql_where=literal_column("of_hand = 1"),
        ),
        Index(
            "ux_newest_annotations_annotator",
            "annotator_id",
            "hand_id",
            unique=True,
            sqlite_where=literal_column("of_annotator = 1"),
            postgresql_where=literal_column("of_annotator = 1"),
        ),
    )
    hand_id: Mapped[int] = mapped_column(primary_key=True)
    annotator_id: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(String(16))
    of_annotator: Mapped[int]
    of_hand: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), server_default="annotation")
    flagged: Mapped[bool] = mapped_column(server_default=text("false"))
    contradictory: Mapped[bool] = mapped_column(server_default=text("false"))
    stage: Mapped[str] = mapped_column(String(16), server_default="draft")


class ReviewRow(Base):
    """What somebody did with a revision: handed it in, took it back, accepted or returned it; append-only."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("action IN ('submit', 'withdraw', 'accept', 'return')", "action"),
        Index(None, "hand_id"),
        Index(None, "annotation_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    action: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    created_at: Mapped[datetime]


class CommentRow(Base):
    """A remark on a hand or one of its parts; append-only: a remark is settled by another that names it."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("kind IN ('comment', 'return', 'resolve')", "kind"),
        CheckConstraint("(kind = 'resolve') = (resolves_id IS NOT NULL)", "resolves_id"),
        UniqueConstraint("resolves_id"),
        Index(None, "hand_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    part: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    resolves_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    created_at: Mapped[datetime]


class BatchRow(Base):
    """A set of hands given to people to work on; blind = they see neither scores nor each other's labels."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    blind: Mapped[bool]
    note: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    created_at: Mapped[datetime]


class AssignmentRow(Base):
    """A hand of a batch that one person is to annotate, and its place in her order."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "annotator_id", "hand_id"), Index(None, "hand_id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"), primary_key=True)
    hand_id: Mapped[int] = mapped_column(ForeignKey("hands.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]


class ViewRow(Base):
    """A filter and sort order that somebody named."""

    __tablename__ = "views"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    author: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class EventRow(Base):
    """The audit log; append-only."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "hand_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(64))
    image_id: Mapped[int | None]
    hand_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class LabelSchemaRow(Base):
    """One version of the list of finding kinds that a project uses; append-only, the newest counts."""

    __tablename__ = "label_schemas"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str]
    created_at: Mapped[datetime]
