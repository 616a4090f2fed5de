"""Review, comments, assignment batches and saved views; annotations learn what they are for.

The new tables that record what people did are append-only, like annotations.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("reviews", "comments")
_KINDS = "'annotation', 'fix', 'adjudication'"
_STAGES = "'draft', 'submitted', 'returned', 'accepted'"
_SQLITE_REFUSAL = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
_SQLITE_REPLACEMENT = """
CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
_POSTGRES_REFUSAL = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table} FOR EACH {level} EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Add columns, tables and triggers."""
    _columns()
    _reviews()
    _comments()
    _assignments()
    _views()
    _guards()


def _columns() -> None:
    # Plain statements: batch mode would copy the table, and its triggers refuse that.
    for table in ("annotations", "newest_annotations"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN kind VARCHAR(16) DEFAULT 'annotation' NOT NULL"
            f" CONSTRAINT ck_{table}_kind CHECK (kind IN ({_KINDS}))"
        )
        op.execute(f"ALTER TABLE {table} ADD COLUMN flagged BOOLEAN DEFAULT false NOT NULL")
    op.execute("ALTER TABLE annotations ADD COLUMN basis JSON")
    op.execute("ALTER TABLE newest_annotations ADD COLUMN contradictory BOOLEAN DEFAULT false NOT NULL")
    op.execute(
        "ALTER TABLE newest_annotations ADD COLUMN stage VARCHAR(16) DEFAULT 'draft' NOT NULL"
        f" CONSTRAINT ck_newest_annotations_stage CHECK (stage IN ({_STAGES}))"
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("annotation_id", _ID, nullable=False),
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("actor_id", _ID, nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("action IN ('submit', 'withdraw', 'accept', 'return')", name=op.f("ck_reviews_action")),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_reviews_annotation_id")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_reviews_hand_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["annotators.id"], name=op.f("fk_reviews_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_hand_id"), "reviews", ["hand_id"], unique=False)
    op.create_index(op.f("ix_reviews_annotation_id"), "reviews", ["annotation_id"], unique=False)


def _comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("annotation_id", _ID, nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("resolves_id", _ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('comment', 'return', 'resolve')", name=op.f("ck_comments_kind")),
        sa.CheckConstraint("(kind = 'resolve') = (resolves_id IS NOT NULL)", name=op.f("ck_comments_resolves_id")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_comments_hand_id")),
        sa.ForeignKeyConstraint(["author_id"], ["annotators.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_comments_annotation_id")),
        sa.ForeignKeyConstraint(["resolves_id"], ["comments.id"], name=op.f("fk_comments_resolves_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("resolves_id", name=op.f("uq_comments_resolves_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_comments_hand_id"), "comments", ["hand_id"], unique=False)


def _assignments() -> None:
    op.create_table(
        "batches",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["annotators.id"], name=op.f("fk_batches_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("name", name=op.f("uq_batches_name")),
    )
    op.create_table(
        "assignments",
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("annotator_id", _ID, nullable=False),
        sa.Column("hand_id", _ID, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_assignments_batch_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_assignments_annotator_id")),
        sa.ForeignKeyConstraint(["hand_id"], ["hands.id"], name=op.f("fk_assignments_hand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "annotator_id", "hand_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_annotator_id_hand_id"), "assignments", ["annotator_id", "hand_id"])
    op.create_index(op.f("ix_assignments_hand_id"), "assignments", ["hand_id"])


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("name", name=op.f("uq_views_name")),
    )


def _guards() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_REFUSAL.format(table=table, verb=verb))
            op.execute(_SQLITE_REPLACEMENT.format(table=table))
        return
    for table in _APPEND_ONLY:
        for verb, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            op.execute(_POSTGRES_REFUSAL.format(table=table, verb=verb, level=level))
