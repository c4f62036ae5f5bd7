"""Run by Alembic, on the connection that the ledger gives it."""

from alembic import context

from whisperfarm_store.ledger.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
