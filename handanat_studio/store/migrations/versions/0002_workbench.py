"""Review, comments, assignment batches, saved views and label schemas; annotations learn what they are for.

The new tables that record what people did are append-only, like annotations.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from handanat_studio.errors import UserError
from handanat_studio.store.annotations import is_contradictory

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("reviews", "comments", "label_schemas")
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
    _label_schemas()
    _guards()
    _contradictions()


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


def _label_schemas() -> None:
    op.create_table(
        "label_schemas",
        sa.Column("id", _ID, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_schemas")),
        sqlite_autoincrement=True,
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


def _contradictions() -> None:
    """Mark the newest revisions that contradict themselves, as `annotations.append` does from now on."""
    query = sa.text(
        "SELECT a.id, a.pose, a.verdict, a.findings FROM annotations a"
        " JOIN newest_annotations n ON n.annotation_id = a.id WHERE a.verdict IS NOT NULL"
    ).columns(id=sa.BigInteger, pose=sa.JSON, verdict=sa.Text, findings=sa.JSON)
    found = [row.id for row in op.get_bind().execute(query) if _is_contradictory(row)]
    mark = sa.text("UPDATE newest_annotations SET contradictory = true WHERE annotation_id = :id")
    if found:
        op.get_bind().execute(mark, [{"id": annotation_id} for annotation_id in found])


def _is_contradictory(row: sa.Row[Any]) -> bool:
    try:
        return is_contradictory(row.pose, row.verdict, row.findings)
    except (UserError, TypeError):
        # A row that cannot be read is for `verify` to name; it must not keep the project from opening.
        return False
