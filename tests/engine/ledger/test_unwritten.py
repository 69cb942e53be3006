"""Events that are logged and not written yet: when they are written, and what a rollback takes along."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.ledger import log
from engine.tables import EventRow, PersonalRow


def kinds(session):
    return list(session.scalars(select(EventRow.kind).where(EventRow.seq > 1).order_by(EventRow.seq)))


def test_events_are_written_together_at_the_commit(unit, session, ada, statements):
    log(unit, "one", "x", "1", ada)
    log(unit, "two", "x", "1", ada)
    assert [one for one in statements if "INSERT" in one] == []
    session.commit()
    assert len([one for one in statements if "INTO event" in one]) == 1
    assert len([one for one in statements if "INTO personal" in one]) == 1
    assert kinds(session) == ["one", "two"]


def test_whatever_the_session_asks_it_finds_its_own_events(unit, session, ada):
    log(unit, "one", "x", "1", ada)
    assert session.execute(text("SELECT count(*) FROM event")).scalar() == 2
    log(unit, "two", "x", "1", ada)
    assert session.get(PersonalRow, 3).person == ada.person
    with session.no_autoflush:
        log(unit, "three", "x", "1", ada)
        assert kinds(session) == ["one", "two"]
    assert kinds(session) == ["one", "two", "three"]


def test_a_savepoint_that_is_rolled_back_takes_its_own_events_only(unit, session, ada):
    log(unit, "before", "x", "1", ada)
    nested = session.begin_nested()
    log(unit, "inside", "x", "1", ada)
    assert kinds(session) == ["before", "inside"]  # both were written inside the savepoint
    nested.rollback()
    log(unit, "after", "x", "1", ada)
    session.commit()
    assert kinds(session) == ["before", "after"]


def test_what_was_released_into_a_savepoint_goes_with_it(unit, session, ada):
    log(unit, "before", "x", "1", ada)
    outer = session.begin_nested()
    with session.begin_nested():
        log(unit, "deep", "x", "1", ada)
        session.scalar(text("SELECT 1"))
    with session.begin_nested():
        log(unit, "deep and unwritten", "x", "1", ada)
    outer.rollback()
    session.commit()
    assert kinds(session) == ["before"]


def test_a_savepoint_that_is_released_keeps_its_events(unit, session, ada):
    with session.begin_nested():
        log(unit, "inside", "x", "1", ada)
    session.commit()
    assert kinds(session) == ["inside"]


def test_a_session_that_is_closed_forgets_what_it_did_not_commit(unit, session, ada, database):
    log(unit, "lost", "x", "1", ada)
    session.close()
    log(unit, "kept", "x", "1", ada)
    session.commit()
    with Session(database) as other:
        assert kinds(other) == ["kept"]
