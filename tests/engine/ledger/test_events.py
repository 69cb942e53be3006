"""The audit log: numbers without gaps, facts in the clear, people under a commitment."""

import hashlib
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.ledger import canonical, events, log, seal, upcoming, verify
from engine.ledger.merkle import leaf_hash
from engine.tables import EventRow, PersonalRow, RecordRow


def numbers(session):
    return list(session.scalars(select(EventRow.seq).order_by(EventRow.seq)))


def test_an_event_and_its_personal_row_are_written_by_the_next_flush(unit, session, ada):
    log(unit, "task.claimed", "task", "t" * 32, ada, subject="apollo", old="open", new="claimed", facts={"n": 3})
    session.flush()
    row = session.get(EventRow, 2)
    payload = json.loads(row.payload)
    assert payload["seq"] == 2
    assert canonical(payload).decode() == row.payload
    assert row.leaf == leaf_hash(row.payload.encode()).hex()
    assert (payload["v"], payload["seq"], payload["kind"], payload["old"], payload["new"], payload["facts"]) == (
        1,
        2,
        "task.claimed",
        "open",
        "claimed",
        {"n": 3},
    )
    assert payload["at"] == "2026-01-05T09:30:00.000250Z"
    assert payload["software"] == unit.software


def test_what_a_person_wrote_and_who_it_was_stay_out_of_the_payload(unit, session, ada):
    log(unit, "task.reassigned", "task", "t" * 32, ada, reason="Bob is ill", said={"to": "p-eve"})
    session.flush()
    row, personal = session.get(EventRow, 2), session.get(PersonalRow, 2)
    for private in ("Bob", "p-eve", ada.person, ada.name):
        assert private not in row.payload
    assert json.loads(personal.content) == {
        "name": "Ada Lovelace",
        "person": "p-ada",
        "reason": "Bob is ill",
        "said": {"to": "p-eve"},
    }
    committed = hashlib.sha256(bytes.fromhex(personal.salt) + personal.content.encode()).hexdigest()
    assert json.loads(row.payload)["person"] == committed


def test_the_same_person_is_committed_to_differently_each_time(unit, session, ada):
    log(unit, "a", "task", "1", ada)
    log(unit, "a", "task", "1", ada)
    session.flush()
    assert len({json.loads(row.payload)["person"] for row in session.scalars(select(EventRow))}) == 3


def test_numbers_go_on_without_gaps_over_commits_and_rollbacks(unit, session, ada):
    for _ in range(3):
        log(unit, "a", "x", "1", ada)
    assert upcoming(unit) == 5
    session.rollback()
    log(unit, "a", "x", "1", ada)
    session.commit()
    log(unit, "a", "x", "1", ada)
    assert upcoming(unit) == 4
    session.rollback()
    assert upcoming(unit) == 3
    log(unit, "a", "x", "1", ada)
    session.commit()
    assert numbers(session) == [1, 2, 3]


def test_a_savepoint_rolled_back_leaves_no_gap(unit, session, ada):
    log(unit, "before", "x", "1", ada)
    with session.begin_nested():
        log(unit, "kept", "x", "1", ada)
    nested = session.begin_nested()
    log(unit, "lost", "x", "1", ada)
    log(unit, "lost", "x", "1", ada)
    session.flush()
    nested.rollback()
    with session.no_autoflush:
        log(unit, "after", "x", "1", ada)
    session.commit()
    assert [(one.seq, one.kind) for one in events(unit)] == [
        (4, "after"),
        (3, "kept"),
        (2, "before"),
        (1, "bundle.deployed"),
    ]


def test_events_numbered_in_a_savepoint_that_is_rolled_back_are_numbered_again(unit, session, ada):
    log(unit, "before", "x", "1", ada)
    nested = session.begin_nested()
    log(unit, "lost", "x", "1", ada)
    assert upcoming(unit) == 4
    nested.rollback()
    log(unit, "after", "x", "1", ada)
    assert upcoming(unit) == 4
    session.commit()
    assert [(one.seq, one.kind) for one in events(unit, limit=2)] == [(3, "after"), (2, "before")]


def test_a_record_sealed_before_a_savepoint_that_is_rolled_back_keeps_to_its_event(
    unit, session, ada, draft, sealing
):
    log(unit, "before", "x", "1", ada)
    sealed = seal(unit, draft(), **sealing)
    nested = session.begin_nested()
    log(unit, "lost", "x", "1", ada)
    nested.rollback()
    session.commit()
    assert session.get(RecordRow, sealed.id).seq == events(unit, kind="record.sealed")[0].seq == 3
    assert verify(session).findings == ()


def test_another_session_goes_on_where_this_one_committed(unit, session, database, ada):
    log(unit, "here", "x", "1", ada)
    session.commit()
    with Session(database) as other:
        log(type(unit)(other, unit.clock, unit.procedure), "there", "x", "1", ada)
        other.commit()
    assert upcoming(unit) == 4


def test_many_events_cost_three_statements_at_most(unit, session, statements, ada, databases):
    for _ in range(8):
        log(unit, "a", "x", "1", ada)
    session.commit()
    writing = ["WITH"] if databases.name == "postgresql" else ["INSERT", "INSERT"]
    assert [statement.split()[0] for statement in statements] == ["SELECT", *writing]


@pytest.mark.parametrize("facts", [{"n": 2**53}, {"x": float("nan")}, {"text": "\ud800"}])
def test_a_fact_that_json_cannot_hold_is_refused(unit, ada, facts):
    with pytest.raises(Refused):
        log(unit, "a", "x", "1", ada, facts=facts)
    assert upcoming(unit) == 2


def test_events_are_found_by_what_they_are_about(unit, session, ada, clock):
    log(unit, "task.claimed", "task", "t1", ada, subject="apollo", instance="1" * 32, task="t1", role="Sponsor")
    clock.move(hours=1)
    log(unit, "task.claimed", "task", "t2", ada, subject="gemini", reason="my turn")
    session.commit()
    assert [one.entity_id for one in events(unit, kind="task.claimed")] == ["t2", "t1"]
    assert [one.entity_id for one in events(unit, subject="apollo")] == ["t1"]
    [found] = events(unit, entity="task", entity_id="t2")
    assert (found.name, found.reason, found.at) == ("Ada Lovelace", "my turn", clock.now)
    assert [one.seq for one in events(unit, limit=1, offset=1)] == [2]
