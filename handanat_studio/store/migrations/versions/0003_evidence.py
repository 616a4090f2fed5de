"""Detections learn what the digit network saw of the hand; those made before it looked have nothing to tell."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    # A plain statement: batch mode would copy the table.
    op.execute("ALTER TABLE detections ADD COLUMN evidence JSON")
