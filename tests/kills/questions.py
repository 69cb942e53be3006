"""The procedure that is under way when Milepost is killed: questions are asked for ever, and each is answered once.

A question, once asked, has a letter carried (a job) and starts one instance that answers it, by a message. There a
reply is written and sealed, and then signed while a timer runs; or another timer is faster than the reply. So exactly
one timer elapses in each of these instances, whatever people do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

import engine
from engine import THE_SYSTEM, Bundle, Draft, Field, Section, Unit, Work, content_of
from tests.databases import Kept
from tests.engine.bpmn import diagrams as d
from tests.factories import CHEAP, FORM, PROJECT, SmallProcedure, add_account, config_for, visitor
from web import create_app
from web.database import db
from web.jobs import DbosJobs, Kind
from web.work import work

ROLE = "Project Manager"
ASKERS = 6
"""Instances that ask; each has one open task at any time."""
LETTERS = "letters.txt"
"""The world outside: a file in the data folder, to which each carried letter adds a line."""
ASKING = d.process(
    "asking",
    [
        d.start(),
        d.xor("again"),
        d.user("ask", form="greeting", step="carry", variables="text"),
        d.throw("tell", d.message("question", "{'text': text}")),
        d.xor("enough", default="enough_again"),
        d.end(),
    ],
    "begin -> again -> ask -> tell -> enough -> again; enough -[1 == 2]-> done",
    {ROLE: ["ask"]},
)
ANSWERING = d.process(
    "answering",
    [
        d.start("heard", d.message("question"), key="text"),
        d.user("reply", form="greeting", record="reply"),
        d.boundary("late", "reply", d.timer("Duration", "PT1S")),
        d.end("unanswered"),
        d.both("split"),
        d.catch("rest", d.timer("Duration", "PT1S")),
        d.user("sign", form="greeting", signs="reply", signature="approved"),
        d.both("joined"),
        d.end("answered"),
    ],
    "heard -> reply -> split -> sign -> joined -> answered; split -> rest -> joined; late -> unanswered",
    {ROLE: ["reply", "sign"]},
)


@dataclass(frozen=True)
class Prepared:
    """A database on which the procedure is under way, and what a browser of its one person has."""

    kept: Kept
    person: str
    cookie: str
    token: str


def procedure(person: str) -> SmallProcedure:
    """The procedure, in which this person holds the one role."""
    made = SmallProcedure(steps={"carry": lambda _work: None}, records={"reply": compose})
    made.join(person, ROLE)
    return made


def compose(at_work: Work) -> Draft:
    """The record of a reply."""
    said = (at_work.answers or {})["text"]
    content = content_of([Section("Reply", [Field("Text", said)])], {"text": said})
    return Draft("reply", at_work.subject, "Reply", content, key=at_work.instance)


def carried(folder: Path) -> Kind:
    """The job that carries a letter: a line in the world outside, and a row in the database."""

    def outside(payload: Mapping[str, Any]) -> bool:
        with (folder / LETTERS).open("a") as world:
            world.write(f"{payload['task']}\n")
        return True

    def note(unit: Unit, payload: Mapping[str, Any]) -> bool:
        unit.session.execute(text("INSERT INTO letter VALUES (:task)"), {"task": payload["task"]})
        return True

    return Kind("letter", note, outside=outside)


def carry(jobs: DbosJobs, at_work: Work) -> None:
    """The step of asking: have a letter carried, if asking is committed."""
    jobs.enqueue(at_work.unit.session, "letter", {"task": at_work.task}, key=f"letter:{at_work.task}")


def prepare(kept: Kept) -> Prepared:
    """Deploy the procedure in a database without people, begin to ask, and sign in."""
    small = procedure("")
    app = create_app(config_for(kept.folder, database=kept.database, hashing=CHEAP), procedure=small, roles=small.roles)
    with app.app_context():
        add_account("ada", "Ada Admin", "Administrator")
        person = add_account("paula", "Paula Manager")
        with work() as unit:
            unit.session.execute(text("CREATE TABLE letter (task VARCHAR(32))"))
            files = {"questions.bpmn": d.diagram(ASKING, ANSWERING), "greeting.form": FORM.encode()}
            engine.deploy(unit, Bundle("questions", "Questions", "1", files), THE_SYSTEM)
            for _ in range(ASKERS):
                engine.start(unit, "asking", PROJECT, {}, THE_SYSTEM)
    browser = visitor(app)
    browser.sign_in("paula")
    cookie = browser.client.get_cookie("milepost")
    assert cookie is not None
    app.extensions["milepost"].jobs.close()
    with app.app_context():
        db.engine.dispose()
    return Prepared(kept, person, cookie.value, browser.token)
