"""The story of an instance: its trail with the answers given, the records sealed and the signatures put under them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import engine
from engine import Unit
from web.pages import answers as said
from web.pages.sight import names

QUIET = ("gateway", "boundary", "subprocess")
"""Kinds of elements that say nothing to people by themselves."""
DEEDS = {
    "instance.withdrawn": "Cancelled before its time",
    "incident.retried": "Tried again",
    "task.reassigned": "Handed on",
    "instance.stayed": "Was to follow to another version, and stayed",
}
"""What people do to an instance besides its tasks, each with a reason: kind of its event -> what it is called."""


@dataclass(frozen=True)
class Line:
    """One thing that happened. `kind` is done, signed, incident or soon, for its mark."""

    at: datetime
    title: str
    kind: str
    person: str = ""
    element: str = ""
    note: str = ""
    record: str = ""
    record_title: str = ""
    answers: list[said.Line] | None = None


def story(unit: Unit, instance: engine.Instance) -> list[Line]:
    """Everything people want to know of an instance, oldest first."""
    submissions: dict[tuple[str, str], deque[Any]] = defaultdict(deque)
    for one in engine.submissions(unit, instance.id):
        submissions[one.element, one.person].append(one)
    sealed = {one.task: one for one in engine.records(unit, instance=instance.id, limit=500)}
    told = []
    for passed in engine.trail(unit, instance.id):
        if not passed.name or any(word in passed.kind.lower() for word in QUIET):
            continue
        line = Line(passed.at, passed.name, _kind(passed.state), passed.person, passed.element, _note(passed.state))
        waiting = submissions.get((passed.element, passed.person))
        told.append(_with_answers(unit, passed.definition, line, waiting.popleft(), sealed) if waiting else line)
    told += _signatures(unit, sealed)
    told += [
        Line(one.at, f"Could not go on: {one.cause}", "incident", element=one.element,
             note="" if one.status == "open" else "Dealt with since.")
        for one in engine.incidents(unit, status=None, instance=instance.id)
    ]  # fmt: skip
    told += [
        Line(one.at, title, "soon", one.person, one.element or "", one.reason)
        for kind, title in DEEDS.items()
        for one in reversed(engine.events(unit, instance=instance.id, kind=kind))
    ]
    told += _repairs(unit, instance)
    stays = engine.stays(unit, instance.id)
    told += [
        Line(one.until, f"Followed to version {after.version}", "soon", one.person, note=one.reason)
        for one, after in pairwise(stays)
        if one.until is not None
    ]
    return sorted(told, key=lambda line: line.at)


def _repairs(unit: Unit, instance: engine.Instance) -> Iterator[Line]:
    """Each repair as it was proposed, and as it was decided."""
    words = {"carried-out": "Repaired", "refused": "Repair refused", "withdrawn": "Repair withdrawn"}
    for one in engine.repairs(unit, instance.id):
        yield Line(one.at, f"Repair proposed: {one.sentence}", "soon", one.person, one.element, one.reason)
        if one.decided_at is not None:
            kind = "incident" if one.state == "carried-out" else "soon"
            yield Line(one.decided_at, f"{words[one.state]}: {one.sentence}", kind, one.decided_by, one.element,
                       one.decided_why)  # fmt: skip


def _with_answers(unit: Unit, definition: str, line: Line, submission: Any, sealed: dict[Any, Any]) -> Line:
    element = engine.elements(unit, definition).get(line.element)
    form_id = element.properties.get("form") if element else None
    shown = said.lines(unit, definition, form_id, submission.answers, names())
    record = sealed.get(submission.task)
    if submission.behalf:
        line = replace(line, note=f"For {submission.behalf_name}. {line.note}".strip())
    if record is None:
        return replace(line, answers=shown)
    return replace(line, answers=shown, record=record.id, record_title=f"{record.title}, revision {record.revision}")


def _signatures(unit: Unit, sealed: dict[Any, Any]) -> list[Line]:
    by_record = engine.signatures_on(unit, [one.id for one in sealed.values()])
    titles = {one.id: f"{one.title}, revision {one.revision}" for one in sealed.values()}
    return [
        Line(
            one.at,
            f"Signed: {one.meaning}",
            "signed",
            one.person,
            "",
            (f"For {one.behalf_name}. " if one.behalf else "") + ("No longer counts." if one.void else ""),
            record,
            titles[record],
        )
        for record, list_ in by_record.items()
        for one in list_
    ]


_OTHERWISE = {
    "cancelled": "Withdrawn by the process.",
    "canceled": "Withdrawn by the process.",
    "skipped": "Not done: a repair passed over it.",
    "moved": "Not done: a repair moved on from it.",
}


def _kind(state: str) -> str:
    return "soon" if state.lower() in _OTHERWISE else "done"


def _note(state: str) -> str:
    return _OTHERWISE.get(state.lower(), "")


def overlay(
    unit: Unit, instance_id: str, select: str | None = None, stay: engine.Stay | None = None
) -> dict[str, Any]:
    """What the viewer paints on an instance's diagram: its way, where it stands, what failed, what is signed.

    With a `stay` that is over, only what happened on that version; nothing is open there any more.
    """
    over = stay is not None and stay.until is not None
    passed = [one for one in engine.trail(unit, instance_id) if stay is None or one.definition == stay.definition]
    done = [one for one in passed if _kind(one.state) == "done"]
    open_tasks = [] if over else engine.tasks(unit, instance=instance_id, status="open")
    waiting = [] if over else engine.waiting(unit, instance_id)
    troubles = [] if over else engine.incidents(unit, instance=instance_id)
    counts = Counter(one.element for one in done)
    standing = Counter(one.element for one in (*open_tasks, *waiting))
    signed = {
        one.element
        for one in engine.tasks(unit, instance=instance_id, status="completed")
        if one.signature and (stay is None or one.definition == stay.definition)
    }
    return {
        "done": sorted(counts),
        "flows": sorted({flow for one in done for flow in one.flows}),
        "active": sorted(standing),
        "incidents": sorted({one.element for one in troubles}),
        "signed": sorted(signed),
        "counts": {**counts, **standing},
        **({"select": select} if select else {}),
    }
