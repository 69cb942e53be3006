"""The database's tables, version by version (Alembic). `upgrade` brings a database to this program's version."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from web.errors import DataUnusable

FOLDER = Path(__file__).parent


def upgrade(engine: Engine, to: str = "head") -> tuple[str | None, str | None]:
    """Bring the database up to a version, in one transaction; gives (version before, version after).

    Raises DataUnusable for a database that a later Milepost made.
    """
    with engine.begin() as connection:
        return upgrade_on(connection, to)


def upgrade_on(connection: Connection, to: str = "head") -> tuple[str | None, str | None]:
    """The same in the transaction of a connection."""
    before = current(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if before is not None and before not in known:
        raise DataUnusable(f"This database was made by a later Milepost (version {before}). Install that one.")
    if before != _scripts().as_revision_number(to):
        command.upgrade(_settings(connection), to)
    return before, current(connection)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to a version; "base" removes every table with all that is in it."""
    with engine.begin() as connection:
        downgrade_on(connection, to)


def downgrade_on(connection: Connection, to: str) -> None:
    """The same in the transaction of a connection."""
    command.downgrade(_settings(connection), to)


@lru_cache
def head() -> str | None:
    """The version that this program needs."""
    return _scripts().get_current_head()


def current(connection: Connection) -> str | None:
    """The version that a database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _settings(connection: Connection) -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", FOLDER.as_posix().replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(FOLDER.as_posix())
