"""What is measured: a process that goes round for ever, completed through the engine and through the web."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event, insert, select, update
from sqlalchemy.orm import Session

import engine
from engine import THE_SYSTEM, Actor, Draft, Field, Section, Unit, Work, content_of
from tests import factories
from tests.engine.bpmn import diagrams as d
from web import create_app
from web.database import open_engine
from web.migrations import upgrade

PROJECT = "apollo"
ROUND = d.diagram(
    d.process(
        "round",
        [
            d.start("begin"),
            d.xor("again"),
            d.user("write", name="Write", form="greeting", record="letter", clause="1a"),
            d.xor("enough", default="enough_again"),
            d.end("done"),
        ],
        "begin -> again -> write -> enough -> again; enough -[1 == 2]-> done",
        {"Project Manager": ["begin", "again", "write", "enough", "done"]},
    )
)
ANSWERS = {"text": "Dear all, the ship sails on Tuesday."}


def letter(work: Work) -> Draft:
    """The record that each round seals."""
    text = (work.answers or {})["text"]
    content = content_of([Section("Letter", [Field("Text", text)])], {"text": text})
    return Draft("letter", work.subject, "Letter", content, clauses=("1a",))


class Rounds:
    """An app on a database on disk, with one person and instances of the endless process."""

    def __init__(self, folder: Path) -> None:
        self.procedure = factories.SmallProcedure(records={"letter": letter})
        self.clock = factories.TestClock()
        config = factories.config_for(folder)
        self.engine: Engine = open_engine(config.database)
        upgrade(self.engine)
        self.app: Flask = create_app(
            config, clock=self.clock, procedure=self.procedure, roles=self.procedure.roles
        )
        with self.app.app_context():
            self.person = factories.add_account("paula", "Paula Manager")
        self.procedure.join(self.person, "Project Manager", project=PROJECT)
        self.actor = Actor(self.person, "Paula Manager", self.procedure.roles(None, self.person))  # type: ignore[arg-type]
        files = {"round.bpmn": ROUND, "greeting.form": factories.FORM.encode()}
        with self.work() as unit:
            engine.deploy(unit, engine.Bundle("round", "Round", "1.0", files), THE_SYSTEM)

    @contextmanager
    def work(self) -> Iterator[Unit]:
        """One unit of work, committed."""
        with Session(self.engine) as session:
            yield Unit(session, self.clock, self.procedure)
            session.commit()

    def instance(self) -> str:
        """A new instance of the endless process."""
        with self.work() as unit:
            return engine.start(unit, "round", PROJECT, {}, self.actor)

    def open_task(self, instance: str) -> str:
        """The id of the one task that an instance has open."""
        with self.engine.connect() as connection:
            return connection.execute(
                select(engine.Base.metadata.tables["task"].c.id).where(
                    engine.Base.metadata.tables["task"].c.instance_id == instance,
                    engine.Base.metadata.tables["task"].c.status == "open",
                )
            ).scalar_one()

    def age(self, instance: str, rounds: int) -> None:
        """Complete the instance's task so many times."""
        for _ in range(rounds):
            self.complete(self.open_task(instance))

    def complete(self, task: str) -> None:
        """One durable completion: validate, run, prune, record, event, inbox, commit."""
        with self.work() as unit:
            engine.complete(unit, task, ANSWERS, self.actor)

    def statements(self, task: str) -> tuple[int, int]:
        """(SQL statements, commits) of one completion, without BEGIN."""
        sent: list[str] = []
        commits: list[int] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        event.listen(self.engine, "commit", lambda _connection: commits.append(1))
        self.complete(task)
        event.remove(self.engine, "before_cursor_execute", note)
        return len([one for one in sent if not one.startswith("BEGIN")]), len(commits)

    def browser(self) -> factories.Visitor:
        """A browser in which the person is signed in."""
        visitor = factories.visitor(self.app)
        visitor.sign_in("paula")
        return visitor

    def post(self, visitor: factories.Visitor, task: str, seen: str) -> None:
        """One task form through the whole stack, in this process."""
        answer = visitor.post(f"/tasks/{task}", {**ANSWERS, "_seen": seen, "_do": "complete"})
        if answer.status_code not in (302, 303):
            raise AssertionError(f"{answer.status_code}: {re.sub('<[^>]+>', ' ', answer.text)[:500]}")


class Floor:
    """One bare transaction: read a row of 4 kB, update it by version, insert two rows, on the same database."""

    def __init__(self, engine: Engine) -> None:
        from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table  # noqa: PLC0415  only here

        self.engine = engine
        tables = MetaData()
        self.row = Table("floor_row", tables, Column("id", Integer, primary_key=True), Column("version", Integer),
                         Column("state", LargeBinary))  # fmt: skip
        self.history = Table("floor_history", tables, Column("id", Integer, primary_key=True), Column("text", String))
        tables.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(self.row).values(id=1, version=0, state=b"x" * 4096))

    def step(self) -> None:
        """The transaction."""
        row = self.row
        with self.engine.begin() as connection:
            found = connection.execute(select(row.c.version, row.c.state).where(row.c.id == 1)).one()
            connection.execute(
                update(row).where(row.c.id == 1, row.c.version == found.version).values(
                    version=found.version + 1, state=found.state
                )
            )
            connection.execute(insert(self.history).values(text="a" * 200))
            connection.execute(insert(self.history).values(text="b" * 200))
