"""A database in which a random process runs, seen in full after each act, and forgotten as a program that ends forgets.

`python -m tests.engine.random_office URL` is another program that opens the same database and goes on there.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import Actor, Base, Bundle, Unit
from engine.tables import TaskRow
from forms import compile_expression, compile_script, feel
from tests.databases import opened
from tests.engine import conftest as office
from tests.engine.bpmn.random_drawing import DATA, Drawing

SAY = office.form(
    "say",
    {"type": "textfield", "key": "text", "label": "Text", "id": "c1"},
    {"type": "checkbox", "key": "flag", "label": "Flag", "id": "c2"},
    {"type": "number", "key": "n", "label": "Number", "id": "c3"},
    {"type": "textfield", "key": "answer", "label": "Answer", "id": "c4"},
)
ROLES = ("Writer", "qa", "it", "law")
_NUMBERS = re.compile(r"\"seq\":\d+|'id': \d+|[0-9a-f]{16}(?=[0-9a-f]{8}\b)|\b[0-9a-f]{32,64}\b")


def in_a_lane(drawing: Drawing) -> bytes:
    """The drawing with a lane around everything, so that each task has a role."""

    def laned(found: re.Match[str]) -> str:
        names = re.findall(r'<bpmn:(?!sequenceFlow|laneSet|lane)\w+ id="(\w+)"', found.group(2))
        drawn = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)
        lanes = f'<bpmn:laneSet id="lanes.{names[0]}"><bpmn:lane id="lane.{names[0]}" name="Writer">{drawn}'
        return f"{found.group(1)}{lanes}</bpmn:lane></bpmn:laneSet>{found.group(2)}"

    text = drawing.files["a.bpmn"].decode()
    return re.sub(r"(<bpmn:process [^>]*>)(.*?</bpmn:process>)", laned, text, flags=re.DOTALL).encode()


def somebody(name: str, subject: str) -> Actor:
    """A person with every role."""
    return Actor(name, name.title(), {subject: frozenset(ROLES)})


class Office:
    """One database and one program on it."""

    def __init__(self, url: Any) -> None:
        self.url, self.clock, self.letters = url, office.Clock(), office.Letters()
        self.engine = opened(url)
        self.unit = Unit(Session(self.engine), self.clock, self.letters)

    def begin(self, drawing: Drawing, subject: str) -> str:
        """Deploy a drawing and start it about a subject that no other instance has."""
        files = {"a.bpmn": in_a_lane(drawing), "say.form": SAY}
        engine.deploy(self.unit, Bundle("random", "Random", subject, files, "drawn"), office.ROOT)
        instance = engine.start(self.unit, "p", subject, DATA, somebody("ann", subject))
        self.unit.session.commit()
        return instance

    def people(self) -> None:
        """Make everybody known."""
        for name in ("ann", "bob", "cyd"):
            engine.add_person(self.unit, name, name.title(), office.ROOT)
        self.unit.session.commit()

    def forget(self) -> None:
        """End the program and begin anew: no session, no connection, nothing parsed, nothing compiled."""
        self.close()
        kept = import_module("engine.definitions")  # the face of the room has a function of that name
        kept._parts.clear()
        kept._places.clear()
        for known in (compile_expression, compile_script, feel):
            known.cache_clear()
        self.engine = opened(self.url)
        self.unit = Unit(Session(self.engine), self.clock, self.letters)

    def close(self) -> None:
        """End the program."""
        self.unit.session.close()
        self.engine.dispose()

    def acts(self, instance: str) -> list[tuple[str, str, str]]:
        """What can be done next: kind, element, and the id of a task, timer or message."""
        rows = self.rows(instance)
        found = [("complete", one["element"], one["id"]) for one in rows["task"] if one["status"] == "open"]
        found += [("retry", one["element"], one["id"]) for one in rows["incident"] if one["status"] == "open"]
        found += [("send", one["element"], one["message"]) for one in rows["wait"]]
        found += [("fire", one["element"], one["id"]) for one in sorted(rows["timer"], key=lambda one: one["due"])[:1]]
        return sorted(found, key=lambda act: (act[0], act[1], act[2][16:]))

    def do(self, instance: str, act: tuple[str, str, str], answer: str) -> None:
        """Do it, as somebody who may. Whoever has signed this revision before is refused, and nothing is done."""
        self.clock.now += timedelta(minutes=1)
        kind, _, name = act
        subject = engine.instance(self.unit, instance).subject
        if kind == "complete":
            try:
                self._complete(subject, name, answer)
            except engine.SignatureRefused:
                self.unit.session.rollback()
                return
        elif kind == "send":
            engine.send(self.unit, name, subject, {"answer": answer}, somebody("ann", subject))
        elif kind == "fire":
            due = next(one["due"] for one in self.rows(instance)["timer"] if one["id"] == name)
            self.clock.now = max(self.clock.now, due)
            assert engine.fire(self.unit, name)
        else:
            engine.retry(self.unit, name, somebody("ann", subject), "once more")
        self.unit.session.commit()

    def _complete(self, subject: str, task_id: str, answer: str) -> None:
        assignee = self.unit.session.scalar(select(TaskRow.assignee).where(TaskRow.id == task_id))
        by = somebody(assignee or "ann", subject)
        task = engine.task(self.unit, task_id, by)
        answers = {"text": answer, "flag": answer == "no", "n": len(answer), "answer": answer}
        signature = None
        if task.signature:
            shown = engine.preview(self.unit, task, answers, by)
            assert shown is not None
            signature = engine.Signature(by.person, task.signature, shown.sha256)
        engine.complete(self.unit, task_id, answers, by, signature=signature)

    def rows(self, instance: str) -> dict[str, list[dict[str, Any]]]:
        """Every row of the database that names the instance, by table."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table in Base.metadata.sorted_tables:
            column = table.c.get("instance_id") if table.name != "instance" else table.c.id
            if column is not None:
                query = select(table).where(column == instance).order_by(*table.primary_key)
                found[table.name] = [dict(row) for row in self.unit.session.execute(query).mappings()]
        return found

    def digest(self, instance: str) -> str:
        """The hash of all these rows, those of its events with their hashes among them."""
        return hashlib.sha256(repr(self.rows(instance)).encode()).hexdigest()

    def shape(self, instance: str) -> dict[str, list[str]]:
        """The rows without what is different in each database: ids, salts, hashes and the numbers of events."""
        return {
            table: sorted(
                _NUMBERS.sub("", repr({k: v for k, v in row.items() if k not in ("seq", "state", "open", "leaf")}))
                for row in rows
            )
            for table, rows in self.rows(instance).items()
        }


def main(url: str) -> None:
    """Another program: for each line (instance, time, place of an act, answer) what it sees, does, and sees then."""
    other = Office(url)
    for line in sys.stdin:
        instance, now, place, answer = json.loads(line)
        other.clock.now = datetime.fromisoformat(now)
        before = other.digest(instance)
        acts = other.acts(instance)
        if acts:
            other.do(instance, acts[place % len(acts)], answer)
        print(json.dumps([before, other.digest(instance), other.clock.now.isoformat()]))
    other.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
