"""What Alembic runs for each command: on the connection it was given, within that connection's transaction."""

from alembic import context

from web.migrations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
