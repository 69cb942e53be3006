"""Migrations: what they make is what the program's tables say, and they go back and forth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from engine.ledger import triggers
from tests.databases import Databases, opened
from web.errors import DataUnusable
from web.migrations import current, downgrade, head, upgrade
from web.migrations.generate import DIALECTS, TARGET, triggers_of
from web.migrations.tables import METADATA


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables."""
    url = databases.new(tmp_path)
    made = opened(url)
    yield made
    made.dispose()
    databases.drop(url)


def test_upgrading_makes_exactly_the_tables_of_the_program(engine: Engine) -> None:
    assert upgrade(engine) == (None, head())
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    assert differences == []


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert upgrade(engine) == (head(), head())


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    upgrade(engine)
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert upgrade(engine)[1] == head()
    assert set(inspect(engine).get_table_names()) >= set(METADATA.tables)


def test_evidence_of_a_migrated_database_cannot_be_changed(engine: Engine) -> None:
    upgrade(engine)
    made = "INSERT INTO bundle VALUES ('b', 'k', 1, 't', '1', '', 'd', '2026-01-01 00:00:00.000000')"
    with engine.begin() as connection:
        connection.execute(text(made))
    on_sqlite = engine.dialect.name == "sqlite"
    again = made.replace("INSERT", "INSERT OR REPLACE") if on_sqlite else "TRUNCATE bundle CASCADE"
    for change in ("UPDATE bundle SET title = 'other'", "DELETE FROM bundle", again):
        with engine.connect() as connection, pytest.raises(IntegrityError, match="is evidence"):
            connection.execute(text(change))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_triggers_of_the_migration_are_those_of_the_ledger(dialect: str) -> None:
    files = sorted(TARGET.parent.glob(f"*_triggers.{dialect}.sql"))
    written = [line for one in files for line in one.read_text(encoding="utf-8").splitlines()]
    assert sorted(written) == sorted(triggers_of(dialect).splitlines())
    assert len(written) >= 3 * len(triggers.tables())


def test_a_database_of_a_later_version_is_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DataUnusable, match="later Milepost"):
        upgrade(engine)
    with engine.connect() as connection:
        assert current(connection) == "9999"
