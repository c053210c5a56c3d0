"""What Alembic runs for every command; the connection comes from :mod:`web.migrations`."""

from __future__ import annotations

from alembic import context

from web.migrations import target_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=target_metadata(),
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
