"""What is measured: a process that goes round for ever, completed through the engine and through the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

import engine
from engine import THE_SYSTEM, Actor, Draft, Field, Section, Unit, Work, content_of
from tests import factories
from tests.engine.bpmn import diagrams as d
from web import create_app
from web.database import open_engine
from web.logs import set_up_logs
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
        set_up_logs(config.log)
        self.app: Flask = create_app(config, clock=self.clock, procedure=self.procedure, roles=self.procedure.roles)
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

    def instance(self, completed: int = 0) -> str:
        """A new instance of the endless process, with so many tasks completed."""
        with self.work() as unit:
            made = engine.start(unit, "round", PROJECT, {}, self.actor)
        for _ in range(completed):
            self.complete(self.open_task(made))
        return made

    def open_task(self, instance: str) -> str:
        """The id of the one task that an instance has open."""
        with self.engine.connect() as connection:
            task = engine.Base.metadata.tables["task"]
            query = select(task.c.id).where(task.c.instance_id == instance, task.c.status == "open")
            return connection.execute(query).scalar_one()

    def completion(self, task: str) -> Callable[[], None]:
        """What completes this task, to be timed."""
        return lambda: self.complete(task)

    def complete(self, task: str) -> None:
        """One durable completion: validate, run, prune, record, event, inbox, commit."""
        with self.work() as unit:
            engine.complete(unit, task, ANSWERS, self.actor)

    def statements(self, instance: str) -> tuple[int, int]:
        """(SQL statements, commits) of one completion. BEGIN and COMMIT are not counted as statements."""
        task = self.open_task(instance)
        sent: list[str] = []
        commits: list[int] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        def count(_connection: Any) -> None:
            commits.append(1)

        event.listen(self.engine, "before_cursor_execute", note)
        event.listen(self.engine, "commit", count)
        try:
            self.complete(task)
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
            event.remove(self.engine, "commit", count)
        return len([one for one in sent if not one.startswith("BEGIN")]), len(commits)

    def posts(self, instance: str) -> Callable[[str], Callable[[], None]]:
        """From an instance's open task to what sends its form, in a browser in which the person is signed in."""
        visitor = factories.visitor(self.app)
        with redirect_stderr(StringIO()):
            visitor.sign_in("paula")
            visitor.get(f"/inbox/{self.open_task(instance)}")
        with self.work() as unit:
            seen = engine.digest(unit, engine.instance(unit, instance).definition)
        return lambda task: lambda: self._post(visitor, task, seen)

    def _post(self, visitor: factories.Visitor, task: str, seen: str) -> None:
        """One task form through the whole stack, in this process; its log lines are written, and nobody reads them."""
        with redirect_stderr(StringIO()):
            answer = visitor.post(f"/tasks/{task}", {**ANSWERS, "_seen": seen, "_do": "complete"})
        if answer.status_code not in (302, 303):
            raise AssertionError(f"{answer.status_code}: {re.sub('<[^>]+>', ' ', answer.text)[:500]}")
