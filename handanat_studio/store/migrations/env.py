"""Runs migrations on the connection that `store.upgrade` hands over, inside its transaction. Configures no logging."""

from __future__ import annotations

from alembic import context

from handanat_studio.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
