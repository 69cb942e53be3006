"""Verification names every row that was altered, removed, added or moved, and says what it cannot see."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Column, DateTime, Integer, LargeBinary, text
from sqlalchemy.orm import Session

from engine.bundle import Bundle
from engine.ledger import canonical, log, refuse_changes, seal, sign, upcoming, verify
from engine.ledger.merkle import leaf_hash, root
from engine.ledger.rows import key_of
from engine.ledger.triggers import tables
from engine.tables import (
    AbsenceEndRow,
    AbsenceRow,
    ActingRow,
    AttachmentRow,
    BundleFileRow,
    BundleRow,
    CommentRow,
    DefinitionRow,
    Instant,
    MigrationRow,
    OutcomeRow,
    RepairDecisionRow,
    RepairRow,
    SubmissionRow,
)
from engine.values import Actor, Signature
from tests.databases import bare
from tests.engine.ledger.conftest import HeldClock, deployed

COLUMNS = [(table, column) for table in tables() for column in table.columns]
GARBAGE = {"text": "'no such thing'", "bytes": "x'00ff'", "number": "-7"}
"""What SQLite keeps in any column."""


def garbage_in(kind: str, column: Column[Any]) -> list[str]:
    """What this database lets somebody put into a column: PostgreSQL asks that it be of the column's type."""
    number_only = column.primary_key and isinstance(column.type, Integer)
    if kind == "sqlite":
        return [GARBAGE["number"]] if number_only else list(GARBAGE.values())
    if isinstance(column.type, (Instant, DateTime)):
        return ["'infinity'", "'0044-03-15 12:00 BC'"]
    if isinstance(column.type, LargeBinary):
        return [r"'\x00ff'"]
    return [GARBAGE["number" if isinstance(column.type, Integer) else "text"]]


SPOILT = [
    (kind, column.table, column, garbage)
    for kind in ("sqlite", "postgresql")
    for _, column in COLUMNS
    for garbage in garbage_in(kind, column)
]


def add_work(unit: Any, draft: Any, sealing: Any, signing: Any, n: int) -> None:
    """One task's worth of everything: submission, attachment, comment, a record approved and then superseded."""
    by, task, salt = sealing["by"], f"{n:032x}", f"{n:032x}"
    where = {"instance": sealing["instance"], "task": task, "subject": "apollo"}
    attachment = AttachmentRow(
        id=uuid4().hex,
        task_id=task,
        name="plan.txt",
        media_type="text/plain",
        size=4,
        sha256=hashlib.sha256(b"plan").hexdigest(),
        content=b"plan",
        person=by.person,
        at=unit.clock(),
        salt=salt,
    )
    submission = SubmissionRow(
        id=uuid4().hex,
        task_id=task,
        instance_id=sealing["instance"],
        element="Plan",
        form="plan",
        form_digest="0" * 64,
        answers='{"a":1}',
        shown=None,
        person=by.person,
        role="Project Manager",
        at=unit.clock(),
        salt=salt,
    )
    comment = CommentRow(
        id=uuid4().hex,
        instance_id=sealing["instance"],
        task_id=None,
        text="Late?",
        person=by.person,
        at=unit.clock(),
        salt=salt,
    )
    log(unit, "task.completed", "task", task, by, **where, old="open", new="completed", row=[submission, attachment])
    log(unit, "comment.added", "comment", comment.id, by, **where, row=comment)
    record = seal(unit, draft(key=f"k{n}"), **sealing, task=task)
    sign(unit, record, Signature("p-bob", "approved", record.sha256), **signing, task=task)
    seal(unit, draft(key=f"k{n}", due="2026-10-01"), **sealing)


@pytest.fixture
def evidence(databases, tmp_path_factory, draft, sealing, signing):
    """A database with several rows in every evidence table, made once."""

    def make():
        engine = databases.engine(bare(databases, tmp_path_factory))
        with Session(engine) as session:
            unit = deployed(session, HeldClock())
            for n in range(3):
                unit.clock.move(minutes=5)
                add_work(unit, draft, sealing, signing, n)
            for n in range(3):
                follow_and_repair(unit, sealing)
                stand_in(unit, sealing, n)
            for n in (2, 3):
                deploy_again(unit, n, sealing["by"])
            session.commit()
        return engine

    return databases.prepared("evidence", make)


@pytest.fixture
def full(evidence):
    """A session on that database; what the test does to it is rolled back."""
    with Session(evidence) as session:
        yield session


@pytest.fixture
def tampered(full):
    """The same for an administrator who has taken every guard away."""
    on_sqlite = full.get_bind().dialect.name == "sqlite"
    full.execute(text("PRAGMA defer_foreign_keys=ON" if on_sqlite else "SET LOCAL session_replication_role = replica"))
    return full


def deploy_again(unit: Any, version: int, by: Actor) -> None:
    """Another version of the bundle, by the rows that a deployment leaves."""
    files = {"setup.bpmn": b"<definitions/>" * version}
    bundle = BundleRow(
        id=uuid4().hex,
        key="sop",
        version=version,
        title="SOP",
        edition="2",
        reason="",
        digest=Bundle("sop", "SOP", "2", files).digest,
        deployed_at=unit.clock(),
    )
    kept = [
        BundleFileRow(bundle_id=bundle.id, path=path, sha256=hashlib.sha256(content).hexdigest(), content=content)
        for path, content in files.items()
    ]
    definition = DefinitionRow(
        id=uuid4().hex,
        bundle_id=bundle.id,
        process="setup",
        version=version,
        name="Setup",
        file="setup.bpmn",
        digest="1" * 64,
        deployed_at=unit.clock(),
    )
    log(unit, "bundle.deployed", "bundle", bundle.id, by, row=[bundle, *kept, definition])


def follow_and_repair(unit: Any, sealing: dict[str, Any]) -> None:
    """A migration with its outcome and a repair with its decision, by the rows that they leave."""
    by, at, salt, instance = sealing["by"], unit.clock(), "0" * 32, sealing["instance"]
    asked = MigrationRow(
        id=uuid4().hex, process="setup", definition_id=sealing["definition"], mapping="{}", chosen="{}", number=1,
        reason="Why", person=by.person, at=at, salt=salt,
    )  # fmt: skip
    log(unit, "migration.asked", "migration", asked.id, by, row=asked)
    outcome = OutcomeRow(
        migration_id=asked.id, instance_id=instance, outcome="blocked", source_id=sealing["definition"],
        report="{}", at=at, seq=upcoming(unit), salt=salt,
    )  # fmt: skip
    log(unit, "instance.stayed", "instance", instance, by, row=outcome)
    repair = RepairRow(
        id=uuid4().hex, instance_id=instance, kind="set", task="1", element="draft", target="x", variable="n",
        value="1", stand=1, reason="Why", person=by.person, at=at, salt=salt,
    )  # fmt: skip
    log(unit, "repair.proposed", "repair", repair.id, by, row=repair)
    decision = RepairDecisionRow(
        repair_id=repair.id, decision="refused", reason="No", person=by.person, at=at, salt=salt
    )
    log(unit, "repair.refused", "repair", repair.id, by, row=decision)


def stand_in(unit: Any, sealing: dict[str, Any], n: int) -> None:
    """An absence, a task done by it, and its early end, by the rows that they leave."""
    by, at, salt = sealing["by"], unit.clock(), "0" * 32
    absence = AbsenceRow(
        id=uuid4().hex, person="p-bob", deputy=by.person, subject="", role="", first_day="2026-03-02",
        last_day="2026-03-03", zone="UTC", begins_at=at, ends_at=at + timedelta(days=1), reason="Away",
        recorded_by="p-bob", at=at, salt=salt,
    )  # fmt: skip
    log(unit, "absence.recorded", "absence", absence.id, by, row=absence)
    acting = ActingRow(
        task_id=f"{n + 100:032x}", absence_id=absence.id, person=by.person, absent="p-bob", absent_name="Bob",
        instance_id=sealing["instance"], at=at, salt=salt,
    )  # fmt: skip
    log(unit, "task.completed", "task", acting.task_id, by, row=acting)
    end = AbsenceEndRow(absence_id=absence.id, person="p-bob", reason="Back", at=at, salt=salt)
    log(unit, "absence.ended", "absence", absence.id, by, row=end)


def middle(session: Session, table: Any) -> dict[str, Any]:
    """A row from the middle of a table."""
    keys = ", ".join(column.name for column in table.primary_key.columns)
    rows = session.execute(text(f"SELECT * FROM {table.name} ORDER BY {keys}")).mappings().all()
    assert len(rows) >= 3, f"{table.name} has too few rows to have a middle"
    return dict(rows[len(rows) // 2])


def where(table: Any, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The condition for one row, and its parameters."""
    keys = [column.name for column in table.primary_key.columns]
    return " AND ".join(f"{key} = :{key}_is" for key in keys), {f"{key}_is": row[key] for key in keys}


def altered(column: Column[Any], value: Any) -> Any:
    """Another value that the column could hold."""
    if isinstance(column.type, (Instant, DateTime)):
        return "2031-01-01 00:00:00.000000"
    if isinstance(column.type, LargeBinary):
        return value + b"x"
    if isinstance(column.type, Integer):
        return value + 1000
    return (value or "") + "x"


def named(session: Session, table: str) -> set[str]:
    """The keys of a table's rows that the verification names."""
    return {fault.key for fault in verify(session).findings if fault.table == table}


def test_an_untouched_database_verifies(full):
    verdict = verify(full)
    assert verdict.ok, verdict.findings
    assert verdict.counted == {
        "bundle": 3,
        "bundle_file": 4,
        "definition": 3,
        "submission": 3,
        "record": 6,
        "signature": 3,
        "voiding": 3,
        "attachment": 3,
        "comment": 3,
        "event": 42,
        "personal": 42,
        "migration": 3,
        "migration_outcome": 3,
        "repair": 3,
        "repair_decision": 3,
        "absence": 3,
        "absence_end": 3,
        "acting": 3,
    }
    payloads = [payload.encode() for payload in full.scalars(text("SELECT payload FROM event ORDER BY seq"))]
    assert verdict.root == root(payloads).hex()


def test_an_empty_database_verifies(session):
    assert verify(session).ok


def test_it_says_what_it_cannot_see(full):
    said = " ".join(verify(full).blind)
    for words in ("tail cut off", "coherent rewrite", "older backup", "never logged"):
        assert words in said


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda one: getattr(one, "name", None))
def test_every_column_of_every_table_is_watched(tampered, table, column):
    row = middle(tampered, table)
    which, parameters = where(table, row)
    new = {**row, column.name: altered(column, row[column.name])}
    tampered.execute(
        text(f"UPDATE {table.name} SET {column.name} = :new WHERE {which}"), {**parameters, "new": new[column.name]}
    )
    assert named(tampered, table.name) & {key_of(table, row), key_of(table, new)}


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_a_row_removed_from_the_middle_is_named(tampered, table):
    row = middle(tampered, table)
    which, parameters = where(table, row)
    tampered.execute(text(f"DELETE FROM {table.name} WHERE {which}"), parameters)
    assert key_of(table, row) in named(tampered, table.name)


@pytest.mark.parametrize(
    ("databases", "table", "column", "garbage"), SPOILT, ids=lambda one: getattr(one, "name", None),
    indirect=["databases"],
)  # fmt: skip
def test_garbage_in_any_column_is_a_finding_and_no_crash(tampered, table, column, garbage):
    row = middle(tampered, table)
    which, parameters = where(table, row)
    tampered.execute(text(f"UPDATE {table.name} SET {column.name} = {garbage} WHERE {which}"), parameters)
    assert not verify(tampered).ok


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_text_that_is_no_unicode_is_a_finding(tampered):
    tampered.execute(text("UPDATE comment SET text = CAST(x'ff' AS TEXT)"))
    assert "comment" in {fault.table for fault in verify(tampered).findings}


@pytest.mark.parametrize(
    "table", [table for table in tables() if table.name not in ("event", "personal")], ids=lambda table: table.name
)
def test_a_row_added_past_the_log_is_named(tampered, table):
    row = middle(tampered, table)
    new = {
        column.name: altered(column, row[column.name]) if column.primary_key or column.unique else row[column.name]
        for column in table.columns
    }
    for free in ("version", "revision", "task_id", "signature_id"):
        if free in new:
            new[free] = altered(table.c[free], new[free])
    tampered.execute(table.insert().values({name: text(f":{name}") for name in new}), new)
    assert key_of(table, new) in named(tampered, table.name)


def test_a_personal_row_without_an_event_is_named(tampered):
    for seq in (0, 500):
        tampered.execute(
            text("INSERT INTO personal SELECT :seq, salt, person, content FROM personal WHERE seq = 1"), {"seq": seq}
        )
    assert named(tampered, "personal") == {"0", "500"}


def rewrite(session: Session, seq: int, **changes: Any) -> None:
    """Change an event coherently with its own leaf, as far as one row goes."""
    payload = json.loads(session.scalar(text("SELECT payload FROM event WHERE seq = :seq"), {"seq": seq}))
    kept = canonical({**payload, **changes})
    session.execute(
        text("UPDATE event SET payload = :payload, leaf = :leaf WHERE seq = :seq"),
        {"payload": kept.decode(), "leaf": leaf_hash(kept).hex(), "seq": seq},
    )


@pytest.mark.parametrize(
    ("changes", "table"),
    [
        ({"person": "0" * 64}, "personal"),
        ({"rows": []}, "submission"),
        ({"at": 5}, "event"),
        ({"rows": [1]}, "event"),
        ({"kind": "task.claimed"}, "event"),
    ],
)
def test_an_event_rewritten_with_its_leaf_does_not_fit_its_neighbours(tampered, changes, table):
    rewrite(tampered, 2, **changes)
    assert table in {fault.table for fault in verify(tampered).findings}


def test_an_event_told_twice_is_named(tampered):
    tampered.execute(
        text(
            "INSERT INTO event SELECT 99, at, kind, entity, entity_id, subject, instance_id, payload, leaf"
            " FROM event WHERE seq = 4"
        )
    )
    findings = verify(tampered).findings
    assert any(fault.table == "record" and "Two events tell" in fault.what for fault in findings)


def test_a_signature_moved_to_another_record_is_named(tampered):
    [(signature, _), *_] = tampered.execute(text("SELECT id, record_id FROM signature ORDER BY seq")).all()
    tampered.execute(
        text("UPDATE signature SET record_id = (SELECT id FROM record ORDER BY seq DESC LIMIT 1) WHERE id = :id"),
        {"id": signature},
    )
    said = {fault.what for fault in verify(tampered).findings if fault.key == signature}
    assert "The hash it signs is not that of its record." in said


def test_a_voiding_taken_away_leaves_a_signature_that_must_not_count(tampered):
    tampered.execute(text("DELETE FROM voiding"))
    assert "Its record is superseded, and yet it is not void." in {fault.what for fault in verify(tampered).findings}


def test_a_gap_is_told_with_both_its_ends(tampered):
    tampered.execute(text("DELETE FROM event WHERE seq BETWEEN 5 AND 7"))
    assert "Events 5 to 7 are missing from the log." in {fault.what for fault in verify(tampered).findings}


def test_a_cut_tail_is_not_seen_and_is_said_to_be_unseen(tampered):
    seqs = tampered.scalars(text("SELECT seq FROM event ORDER BY seq DESC LIMIT 1")).all()
    for table in ("bundle_file", "definition"):
        tampered.execute(text(f"DELETE FROM {table} WHERE bundle_id = (SELECT id FROM bundle WHERE version = 3)"))
    tampered.execute(text("DELETE FROM bundle WHERE version = 3"))
    for table in ("event", "personal"):
        tampered.execute(text(f"DELETE FROM {table} WHERE seq = {seqs[0]}"))
    verdict = verify(tampered)
    assert verdict.ok
    assert any("tail" in one for one in verdict.blind)


def test_a_clock_that_went_back_is_a_notice_and_no_fault(unit, session, ada, clock):
    log(unit, "a", "task", "1", ada)
    clock.now -= timedelta(days=1)
    log(unit, "a", "task", "2", ada)
    session.commit()
    verdict = verify(session)
    assert verdict.ok
    assert "Event 3 is dated 2026-01-04T09:30:00.000250Z, before event 2" in verdict.notices[0]


def test_memory_does_not_grow_with_the_log(unit, session, ada):
    peaks = []
    for more in (600, 3000):
        for n in range(more):
            log(unit, "a", "task", str(n), ada)
        session.commit()
        session.expunge_all()
        tracemalloc.start()
        assert verify(session).ok
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.6 * peaks[0]


def test_the_guards_do_not_change_the_outcome(full):
    refuse_changes(full.connection())
    assert verify(full).ok
