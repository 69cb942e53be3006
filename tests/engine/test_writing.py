"""Rows of several tables that are inserted at once stand there as they were given, on either database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError

from engine.tables import (
    AttachmentRow,
    Change,
    DraftRow,
    EventRow,
    PersonalRow,
    PersonRow,
    change_and_insert,
    insert_all,
)

EVENTS, PERSONAL, ATTACHMENTS = EventRow.__table__, PersonalRow.__table__, AttachmentRow.__table__
AT = datetime(2026, 1, 5, 9, 30, 0, 250, tzinfo=UTC)
HARD = "quote ' and \" back\\slash\nnew line\ttab % %s {} [1] ü 🚢 \u2028 \x7f null NULL"


def logged(seq: int, entity: str, instance: str | None) -> dict[str, object]:
    return {"seq": seq, "at": AT, "kind": "k", "entity": entity, "entity_id": HARD, "subject": "", "payload": "{}",
            "instance_id": instance, "leaf": "0"}  # fmt: skip


def personal(seq: int) -> dict[str, object]:
    return {"seq": seq, "salt": "s", "person": "", "content": HARD}


def attached(name: str) -> dict[str, object]:
    return {"id": name, "task_id": "t", "name": name, "media_type": "", "size": 2**31 - 1, "sha256": "",
            "content": bytes(range(256)), "person": "p", "at": AT, "salt": ""}  # fmt: skip


def test_every_table_gets_its_rows_as_they_are(database: Engine) -> None:
    rows = {
        PERSONAL: [personal(2), personal(3)],  # before what it refers to
        EVENTS: [logged(2, HARD, None), logged(3, "", "i")],
        ATTACHMENTS: [attached(HARD)],
        DraftRow.__table__: [],
    }
    with database.begin() as connection:
        insert_all(connection, rows)
    with database.connect() as connection:
        for table, given in rows.items():
            found = connection.execute(select(table).order_by(*table.primary_key))
            assert [dict(one) for one in found.mappings()] == given


def test_it_takes_as_few_statements_as_the_database_allows(database: Engine) -> None:
    sent: list[str] = []
    with database.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: sent.append(given[2]))
        insert_all(connection, {EVENTS: [logged(2, "", None)], PERSONAL: [personal(2)], ATTACHMENTS: [attached("a")]})
    assert len(sent) == (2 if database.dialect.name == "postgresql" else 3)


def test_what_is_there_already_is_an_error(database: Engine) -> None:
    with database.begin() as connection:
        insert_all(connection, {EVENTS: [logged(2, "", None)]})
    with database.connect() as connection, pytest.raises(IntegrityError):
        insert_all(connection, {EVENTS: [logged(3, "", None), logged(2, "", None)]})


def test_a_row_is_changed_and_others_come_with_it_only_if_it_is_as_known(database: Engine) -> None:
    person, kept = PersonRow.__table__, {}
    with database.begin() as connection:
        insert_all(connection, {person: [{"id": "ada", "name": "Ada", "active": True}]})
        for number, known in ((2, "Ada"), (3, "Ada")):
            change = Change(person, {"id": "ada", "name": known}, {"name": HARD, "active": False})
            kept[number] = change_and_insert(connection, change, {EVENTS: [logged(number, "", None)], PERSONAL: []})
        assert kept == {2: True, 3: False}
        assert connection.execute(select(person)).one() == ("ada", HARD, False)
        assert connection.scalars(select(EVENTS.c.seq)).all() == [2]
