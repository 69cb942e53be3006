"""The judge: what the database holds after all the kills, against what people were told, and against itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

import engine
from tests.databases import opened
from tests.kills.load import Heard
from tests.kills.questions import ASKERS, LETTERS, Prepared
from tests.kills.rounds import jobs
from web.database import only_reading


@dataclass(frozen=True)
class Found:
    """What the database and the world outside hold, as plain values."""

    submitted: dict[str, str]
    """Task -> element, of what people handed in."""
    tasks: dict[str, tuple[str, str, str]]
    """Task -> (instance, element, status)."""
    instances: dict[str, tuple[str, str, str]]
    """Instance -> (process, key, status)."""
    asked: Counter[str]
    """The texts of the questions that were asked."""
    events: dict[str, Counter[tuple[str, str]]]
    """Kind of event -> how often of which (entity, instance)."""
    records: Counter[str]
    signatures: Counter[str]
    """How many by task."""
    letters: Counter[str]
    lines: frozenset[str]
    left: dict[str, int]
    """Timers, faults, waiting messages and incidents that are left."""
    jobs: dict[str, int]
    verdict: tuple[str, ...]
    """What verification finds wrong, and what the database finds wrong with its own file."""


def look(prepared: Prepared) -> Found:
    """Read everything, when nothing runs any more."""
    database = opened(prepared.kept.database)
    with only_reading(), database.connect() as connection:
        tables = engine.Base.metadata.tables
        task, instance, submission = tables["task"], tables["instance"], tables["submission"]
        handed_in = connection.execute(select(submission.c.task_id, submission.c.element, submission.c.answers)).all()
        found = Found(
            {one: element for one, element, _ in handed_in},
            {row[0]: tuple(row[1:]) for row in connection.execute(
                select(task.c.id, task.c.instance_id, task.c.element, task.c.status))},
            {row[0]: tuple(row[1:]) for row in connection.execute(
                select(instance.c.id, instance.c.process, instance.c.key, instance.c.status))},
            Counter(json.loads(answers)["text"] for _, element, answers in handed_in if element == "ask"),
            _events(connection),
            Counter(connection.scalars(select(tables["record"].c.task_id))),
            Counter(connection.scalars(select(tables["signature"].c.task_id))),
            Counter(connection.scalars(text("SELECT task FROM letter"))),
            frozenset((prepared.kept.folder / LETTERS).read_text().split()),
            {name: len(connection.execute(select(tables[name])).all())
             for name in ("timer", "timer_fault", "message", "incident")},
            jobs(connection),
            tuple(_verdict(connection)),
        )  # fmt: skip
    database.dispose()
    return found


def _events(connection: Connection) -> dict[str, Counter[tuple[str, str]]]:
    event = engine.Base.metadata.tables["event"]
    found: dict[str, Counter[tuple[str, str]]] = {}
    for kind, entity, instance in connection.execute(select(event.c.kind, event.c.entity_id, event.c.instance_id)):
        found.setdefault(kind, Counter())[entity, instance or ""] += 1
    return found


def _verdict(connection: Connection) -> Iterator[str]:
    with Session(connection) as session:
        yield from (str(fault) for fault in engine.verify(session).findings)
    if connection.dialect.name == "sqlite":
        yield from (one for one in connection.scalars(text("PRAGMA integrity_check")) if one != "ok")


def judge(found: Found, heard: Heard) -> list[str]:
    """Everything that is not as it must be, in sentences; nothing when all is well."""
    return [f"{what}: {_some(wrong)}" for what, wrong in _wrongs(found, heard) if wrong]


def _some(wrong: Any) -> str:
    listed = sorted(map(str, wrong))
    return ", ".join(listed[:5]) + (f" … ({len(listed)})" if len(listed) > 5 else "")


def _wrongs(found: Found, heard: Heard) -> Iterator[tuple[str, Any]]:
    """(what must not be, where it is)."""
    yield "a server failed", heard.failures
    yield "verification", found.verdict
    yield "left undone", {name: count for name, count in found.left.items() if count}.items()
    yield "jobs without success", {name: count for name, count in found.jobs.items() if name != "SUCCESS"}.items()
    yield from _completions(found, heard)
    yield from _effects(found)
    yield from _answers(found)


def _completions(found: Found, heard: Heard) -> Iterator[tuple[str, Any]]:
    done = set(found.submitted)
    twice = [task for task, times in Counter(heard.acknowledged).items() if times > 1]
    yield "acknowledged and lost", set(heard.acknowledged) - done
    yield "acknowledged twice", twice
    yield "completed by nobody", done - heard.attempted
    told = found.events.get("task.completed", Counter())
    yield "task completed without its event, or an event without its completion", {one for one, _ in told} ^ done
    yield "events of one completion", [one for one, times in told.items() if times > 1]
    completed = {one for one, (_, _, status) in found.tasks.items() if status == "completed"}
    yield "answers without a completed task, or a completed task without answers", completed ^ done
    for status, kind in (("cancelled", "task.cancelled"), (None, "task.opened")):
        tasks = Counter((one, where) for one, (where, _, now) in found.tasks.items() if status in (None, now))
        yield f"tasks that do not fit the events {kind}", _differ(tasks, found.events.get(kind, Counter()))


def _effects(found: Found) -> Iterator[tuple[str, Any]]:
    """Each side effect has its cause, and each cause its one effect."""
    by_element = {
        element: Counter(task for task, one in found.submitted.items() if one == element)
        for element in ("ask", "reply", "sign")
    }
    yield "letters that do not fit what was asked", _differ(by_element["ask"], found.letters)
    yield "letters outside that do not fit what was asked", found.lines ^ set(by_element["ask"])
    yield "records that do not fit the replies", _differ(by_element["reply"], found.records)
    yield "signatures that do not fit what was signed", _differ(by_element["sign"], found.signatures)
    started = Counter(key for process, key, _ in found.instances.values() if process == "answering")
    yield "questions without their one answering instance", _differ(found.asked, started)
    asking = [one for one, (process, _, _) in found.instances.items() if process == "asking"]
    opened_at = Counter(where for where, element, now in found.tasks.values() if element == "ask" and now == "open")
    yield "askers without their one open task", _differ(Counter(asking), opened_at)
    yield "askers", [] if len(asking) == ASKERS else asking


def _answers(found: Found) -> Iterator[tuple[str, Any]]:
    """Of each answering instance: one timer elapsed, and it stands where that and people have brought it."""
    answering = {one: status for one, (process, _, status) in found.instances.items() if process == "answering"}
    fired = found.events.get("timer.fired", Counter())
    yield "timers that elapsed twice", [one for one, times in fired.items() if times > 1]
    elapsed = Counter(where for (_, where), times in fired.items() for _ in range(times))
    yield "answering instances without their one elapsed timer", _differ(Counter(list(answering)), elapsed)
    states: dict[str, dict[str, str]] = {one: {} for one in answering}
    for where, element, status in found.tasks.values():
        if where in states:
            states[where][element] = status
    expected = {
        (("reply", "cancelled"),): "completed",
        (("reply", "completed"), ("sign", "open")): "running",
        (("reply", "completed"), ("sign", "completed")): "completed",
    }
    misplaced = [
        (one, tasks, answering[one])
        for one, tasks in states.items()
        if expected.get(tuple(sorted(tasks.items()))) != answering[one]
    ]
    yield "answering instances that stand where they cannot", misplaced


def _differ(one: Counter[Any], other: Counter[Any]) -> set[Any]:
    return {key for key in one.keys() | other.keys() if one[key] != other[key]}
