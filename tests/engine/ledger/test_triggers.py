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


ANY = (
    "UPDATE record SET title = 'Another'",
    "DELETE FROM record",
    "DELETE FROM event",
    "UPDATE personal SET person = 'p-eve'",
)
OWN = {
    "sqlite": (
        "UPDATE OR REPLACE bundle SET edition = '2'",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
        "REPLACE INTO bundle SELECT 'x', key, version, title, edition, reason, digest, deployed_at FROM bundle",
    ),
    "postgresql": (
        "TRUNCATE signature, voiding",
        "INSERT INTO event SELECT * FROM event WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET kind = 'other'",
        "MERGE INTO record USING (SELECT 1) AS other ON true WHEN MATCHED THEN DELETE",
    ),
}


@pytest.mark.parametrize(
    ("databases", "statement"),
    [(kind, statement) for kind, own in OWN.items() for statement in (*ANY, *own)],
    indirect=["databases"],
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


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_evidence_table_has_three_guards(dialect):
    triggers = [one for one in statements(dialect) if " TRIGGER " in one]
    for table in tables():
        assert sum(f" ON {table.name} " in one for one in triggers) == 3


def test_another_database_is_named():
    with pytest.raises(ValueError, match="oracle"):
        statements("oracle")
