"""A small procedure of two people and a signature, deployed on a database of its own, with a clock the test holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import engine
from engine import Actor, Bundle, Draft, Field, Section, Unit, Work, content_of
from tests.engine.bpmn import diagrams as d

MONDAY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
APOLLO = "apollo"


class Broken(Exception):
    """The printer is out of paper."""

    def __init__(self) -> None:
        super().__init__("The printer is out of paper.")


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class Letters:
    """A procedure that writes letters: a record to sign, a step that names the readers, and one that can fail."""

    functions: Mapping[str, Callable[..., Any]] = {}
    errors = (Broken,)

    def __init__(self) -> None:
        self.jammed = False
        self.printed: list[str] = []
        self.readers = {"p-bob": "Reader", "p-eve": "Reader"}
        self.steps = {"letter.readers": self.name_readers, "letter.print": self.print_it}
        self.records = {"letter": self.compose}

    def name_readers(self, work: Work) -> dict[str, Any]:
        return {"readers": self.readers, "decisions": {}}

    def print_it(self, work: Work) -> None:
        if self.jammed:
            raise Broken
        self.printed.append(work.instance)

    def compose(self, work: Work) -> Draft:
        text = (work.answers or {})["text"]
        content = content_of([Section("Letter", [Field("Text", text)])], {"text": text})
        return Draft("letter", work.subject, "Letter", content)

    def choices(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Sequence[Any]]:
        return {}

    def context(self, work: Work, wanted: frozenset[str]) -> Mapping[str, Any]:
        return {"greeting": "Dear all"}

    def check(self, files: Mapping[str, bytes]) -> Sequence[Any]:
        return ()

    def concerned(self, _unit: Any, _instance: str, _step: str, _signs: str) -> Mapping[str, str]:
        return {}


def form(id: str, *components: dict[str, Any]) -> bytes:
    """A form-js form of these components."""
    return json.dumps({"type": "default", "id": id, "schemaVersion": 19, "components": list(components)}).encode()


WRITE = form("write", {"type": "textarea", "key": "text", "label": "Text", "id": "c1", "validate": {"required": True}})
DECIDE = form(
    "decide",
    {"type": "radio", "key": "decision", "label": "Decision", "id": "c1", "validate": {"required": True},
     "values": [{"value": one, "label": one.title()} for one in ("approved", "rejected")]},
    {"type": "textarea", "key": "comment", "label": "Comment", "id": "c2"},
)  # fmt: skip

LETTER = d.diagram(
    d.process(
        "letter",
        [
            d.start("begin", d.message("letter.needed", variable="message"), key="project + ':' + message.number"),
            d.user("write", name="Write the letter", form="write", record="letter", signature="authored", clause="1a"),
            d.service("readers", "letter.readers"),
            d.user("sign", d.each("readers", "person", "decisions", "answer", until="answer.decision != 'approved'"),
                   name="Sign the letter", form="decide", signs="letter", signature="=decision", variables="decision",
                   clause="1b", due="P5D"),
            d.boundary("late", "sign", d.timer("Duration", "P3D"), interrupting=False),
            d.end("reminded"),
            d.xor("agreed", default="agreed_write"),
            d.service("print", "letter.print"),
            d.throw("tell", d.message("letter.printed", "{'number': message.number}")),
            d.end("done"),
        ],
        "begin -> write -> readers -> sign -> agreed"
        " -[all([decisions[one].decision == 'approved' for one in decisions])]-> print -> tell -> done;"
        "agreed -> write; late -> reminded",
        {"Writer": ["write"], "Reader": ["sign"],
         "System": ["begin", "readers", "late", "reminded", "agreed", "print", "tell", "done"]},
    )
)
ARCHIVE = d.diagram(
    d.process(
        "archive",
        [
            d.start("begin"),
            d.catch("arrived", d.message("letter.printed", variable="message")),
            d.user("file", name="File the letter"),
            d.end("done"),
        ],
        "begin -> arrived -> file -> done",
        {"Writer": ["begin", "arrived", "file", "done"]},
    ),
)  # fmt: skip


def bundle(**files: bytes) -> Bundle:
    """The letters' bundle; say which files differ, by name without dots."""
    made = {"letter.bpmn": LETTER, "archive.bpmn": ARCHIVE, "write.form": WRITE, "decide.form": DECIDE}
    made.update({name.replace("_", "."): content for name, content in files.items()})
    return Bundle("letters", "Letters", "1.0", made, "first edition")


def person(id: str, name: str, **roles: str) -> Actor:
    """Somebody with one role in each of the subjects named."""
    return Actor(id, name, {subject: frozenset({role}) for subject, role in roles.items()})


ADA = person("p-ada", "Ada", apollo="Writer")
BOB = person("p-bob", "Bob", apollo="Reader")
EVE = person("p-eve", "Eve", apollo="Reader")
MAL = person("p-mal", "Mal", gemini="Reader")
ROOT = Actor("p-root", "Root", {"": frozenset({"Administrator"})})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def unit(database: Engine, clock: Clock, letters: Letters) -> Iterator[Unit]:
    """A unit of work on a database where the letters are deployed and everybody is known."""
    with Session(database) as session:
        unit = Unit(session, clock, letters)
        for one in (ADA, BOB, EVE, MAL, ROOT):
            engine.add_person(unit, one.person, one.name, ROOT)
        engine.deploy(unit, bundle(), ROOT)
        session.commit()
        yield unit


@pytest.fixture
def letter(unit: Unit) -> str:
    """A letter that waits to be written."""
    reached = engine.send(unit, "letter.needed", APOLLO, {"number": "7"}, ADA)
    unit.session.commit()
    return reached[0]


def open_task(unit: Unit, by: Actor, name: str | None = None) -> engine.Task:
    """The one task that waits for this person."""
    found = [one for one in engine.inbox(unit, by) if name in (None, one.element)]
    assert len(found) == 1, [one.name for one in found]
    return found[0]


def signature(unit: Unit, task: engine.Task, answers: dict[str, Any], by: Actor) -> engine.Signature:
    """What a person presents who reads what is shown and signs it."""
    shown = engine.preview(unit, task, answers, by)
    assert shown is not None
    return engine.Signature(by.person, engine.meaning_of(task, answers) or "", shown.sha256)


def do(unit: Unit, by: Actor, answers: dict[str, Any], name: str | None = None) -> engine.Completed:
    """Complete the task that waits for this person, with a signature where one is asked for, and commit."""
    task = open_task(unit, by, name)
    signed = signature(unit, task, answers, by) if task.signature else None
    done = engine.complete(unit, task.id, answers, by, signature=signed)
    unit.session.commit()
    return done
