"""Alembic's folder: how the tables came to be, one file per revision. Run by `store.upgrade`, never by hand."""
