"""Migrations: what they make is what the program's tables say, and they go back and forth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

import processes
from engine.ledger import triggers
from tests.databases import Databases, opened
from tests.stories.stages import Stages
from web.database import db
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


def test_with_a_project_in_it_down_version_by_version_and_up_again(
    databases: Databases, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """To the first version that could be released again, and back: nothing that was there then is lost or altered."""
    stages = Stages(databases, tmp_path_factory)
    with stages.kept_in(tmp_path / "office", stages.running()) as office:
        with office.app.app_context():
            made = db.engine
        versions = []
        for _ in range(int(head()) - 2):
            downgrade(made, "-1")
            with made.connect() as connection:
                versions.append(current(connection))
        assert versions[-1] == "0002"
        assert upgrade(made) == ("0002", head())
        assert office.verdict().findings == ()
        with office.looking() as unit:
            assert processes.verify_rows(unit) == ()
            assert set(triggers_in(unit.session.connection())) == {
                f"{table.name}_no_{what}" for table in triggers.tables() for what in ("update", "delete")
            }  # fmt: skip


def triggers_in(connection: Connection) -> Iterator[str]:
    """The names of the triggers that refuse changes and removals."""
    on_sqlite = connection.dialect.name == "sqlite"
    names = "name FROM sqlite_master WHERE type = 'trigger'" if on_sqlite else "tgname FROM pg_trigger"
    for name in connection.execute(text(f"SELECT {names}")).scalars():
        if name.endswith(("_no_update", "_no_delete")):
            yield name


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
