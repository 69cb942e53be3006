"""The database refuses to change or remove evidence, by whatever statement."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engine.ledger import allow_changes, log, refuse_changes, seal, verify
from engine.ledger.triggers import statements, tables


@pytest.fixture
def guarded(unit, session, draft, sealing):
    seal(unit, draft(), **sealing)
    session.commit()
    refuse_changes(session.connection())
    refuse_changes(session.connection())
    session.commit()
    return session


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET title = 'Another'",
        "DELETE FROM record",
        "DELETE FROM event",
        "UPDATE personal SET person = 'p-eve'",
        "UPDATE OR REPLACE bundle SET edition = '2'",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
        "REPLACE INTO bundle SELECT 'x', key, version, title, edition, reason, digest, deployed_at FROM bundle",
    ],
)
def test_no_statement_changes_evidence(guarded, statement):
    with pytest.raises(IntegrityError, match="is evidence: it is never changed or removed"):
        guarded.execute(text(statement))


def test_evidence_can_still_be_added(guarded, unit, ada):
    log(unit, "a", "task", "1", ada)
    guarded.commit()
    assert verify(guarded).ok


def test_a_migration_can_lift_the_guard_and_put_it_back(guarded):
    allow_changes(guarded.connection())
    assert guarded.execute(text("UPDATE record SET title = title")).rowcount == 1
    refuse_changes(guarded.connection())
    with pytest.raises(IntegrityError):
        guarded.execute(text("UPDATE record SET title = title"))


def test_postgresql_refuses_the_same_and_truncation():
    function, *triggers = statements("postgresql")
    assert function.startswith("CREATE OR REPLACE FUNCTION")
    assert len(triggers) == 3 * len(tables())
    for kind in ("UPDATE", "DELETE", "TRUNCATE"):
        assert sum(f"BEFORE {kind} ON" in one for one in triggers) == len(tables())


def test_another_database_is_named():
    with pytest.raises(ValueError, match="oracle"):
        statements("oracle")
