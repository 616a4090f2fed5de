"""The first tables, and the triggers that keep annotations and the audit log append-only on both dialects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("annotations", "events")
_SQLITE_REFUSAL = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
# INSERT OR REPLACE deletes what it collides with, without a delete trigger unless the connection asks for one.
_SQLITE_REPLACEMENT = """
CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {collision})
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
_COLLISIONS = {
    "events": "id = NEW.id",
    "annotations": "id = NEW.id OR parent_id = NEW.parent_id",
}
_POSTGRES_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% are append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES_REFUSAL = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table} FOR EACH {level} EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Make every table and trigger."""
    _images_and_hands()
    _predictions()
    _annotations()
    _computed_and_audit()
    _guards()


def _images_and_hands() -> None:
    op.create_table(
        "images",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("phash", sa.BigInteger(), nullable=True),
        sa.Column("width", _ID, nullable=True),
        sa.Column("height", _ID, nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("generator", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(40), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detected_version", sa.Text(), nullable=True),
        sa.CheckConstraint("height IS NULL OR height > 0", name=op.f("ck_images_height")),
        sa.CheckConstraint("width IS NULL OR width > 0", name=op.f("ck_images_width")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("sha256", name=op.f("uq_images_sha256")),
        sa.UniqueConstraint("uri", name=op.f("uq_images_uri")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_images_detected_version"), "images", ["detected_version"], unique=False)
    op.create_table(
        "hands",
        sa.Column("id", _ID, nullable=False),
        sa.Column("image_id", _ID, nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("x", sa.Float(53), nullable=False),
        sa.Column("y", sa.Float(53), nullable=False),
        sa.Column("width", sa.Float(53), nullable=False),
        sa.Column("height", sa.Float(53), nullable=False),
        sa.Column("detected_version", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('detected', 'manual')", name=op.f("ck_hands_origin")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_hands_image_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hands")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hands_library", "hands", ["image_id", "id", "origin"], unique=False)


def _predictions() -> None:
    op.create_table(
        "detections",
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=True),
        sa.Column("fallback_reason", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("x", sa.Float(53), nullable=False),
        sa.Column("y", sa.Float(53), nullable=False),
        sa.Column("width", sa.Float(53), nullable=False),
        sa.Column("height", sa.Float(53), nullable=False),
        sa.Column("pose", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('left', 'right', 'unknown')", name=op.f("ck_detections_side")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_detections_hand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hand_id", "version", name=op.f("pk_detections")),
    )
    op.create_table(
        "features",
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_features_hand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hand_id", name=op.f("pk_features")),
    )
    op.create_table(
        "scores",
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("scorer", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(53), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('plausible', 'implausible', 'unsure')", name=op.f("ck_scores_verdict")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_scores_hand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hand_id", "scorer", name=op.f("pk_scores")),
    )


def _annotations() -> None:
    op.create_table(
        "annotators",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotators")),
        sa.UniqueConstraint("name", name=op.f("uq_annotators_name")),
    )
    op.create_table(
        "annotations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("annotator_id", _ID, nullable=False),
        sa.Column("round", _ID, nullable=False),
        sa.Column("parent_id", _ID, nullable=True),
        sa.Column("pose", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active_seconds", sa.Float(53), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('plausible', 'implausible', 'unsure')", name=op.f("ck_annotations_verdict")
        ),
        sa.CheckConstraint("active_seconds >= 0", name=op.f("ck_annotations_active_seconds")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id < id", name=op.f("ck_annotations_parent_id")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_annotations_round")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_annotations_annotator_id")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_annotations_hand_id")),
        sa.ForeignKeyConstraint(
            ["parent_id", "hand_id", "annotator_id", "round"],
            ["annotations.id", "annotations.hand_id", "annotations.annotator_id", "annotations.round"],
            name="fk_annotations_parent",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
        sa.UniqueConstraint(
            "id", "hand_id", "annotator_id", "round", name=op.f("uq_annotations_id_hand_id_annotator_id_round")
        ),
        sa.UniqueConstraint("parent_id", name=op.f("uq_annotations_parent_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_annotations_hand_id_id"), "annotations", ["hand_id", "id"], unique=False)
    op.create_index(
        "ux_annotations_first",
        "annotations",
        ["hand_id", "annotator_id", "round"],
        unique=True,
        sqlite_where=sa.text("parent_id IS NULL"),
        postgresql_where=sa.text("parent_id IS NULL"),
    )


def _computed_and_audit() -> None:
    op.create_table(
        "newest_annotations",
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("annotator_id", _ID, nullable=False),
        sa.Column("round", _ID, nullable=False),
        sa.Column("annotation_id", _ID, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("of_annotator", _ID, nullable=False),
        sa.Column("of_hand", _ID, nullable=False),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('plausible', 'implausible', 'unsure')",
            name=op.f("ck_newest_annotations_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["annotation_id", "hand_id", "annotator_id", "round"],
            ["annotations.id", "annotations.hand_id", "annotations.annotator_id", "annotations.round"],
            name="fk_newest_annotations_annotation",
        ),
        sa.PrimaryKeyConstraint("hand_id", "annotator_id", "round", name=op.f("pk_newest_annotations")),
        sa.UniqueConstraint("annotation_id", name=op.f("uq_newest_annotations_annotation_id")),
    )
    op.create_index(
        "ux_newest_annotations_annotator",
        "newest_annotations",
        ["annotator_id", "hand_id"],
        unique=True,
        sqlite_where=sa.text("of_annotator = 1"),
        postgresql_where=sa.text("of_annotator = 1"),
    )
    op.create_index(
        "ux_newest_annotations_hand",
        "newest_annotations",
        ["hand_id"],
        unique=True,
        sqlite_where=sa.text("of_hand = 1"),
        postgresql_where=sa.text("of_hand = 1"),
    )
    op.create_table(
        "events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("image_id", _ID, nullable=True),
        sa.Column("hand_id", _ID, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_hand_id"), "events", ["hand_id"], unique=False)


def _guards() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_REFUSAL.format(table=table, verb=verb))
            op.execute(_SQLITE_REPLACEMENT.format(table=table, collision=_COLLISIONS[table]))
        return
    op.execute(_POSTGRES_FUNCTION)
    for table in _APPEND_ONLY:
        for verb, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            op.execute(_POSTGRES_REFUSAL.format(table=table, verb=verb, level=level))
