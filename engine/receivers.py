"""Who receives a message or signal: a process that it starts, an instance that waits for it, or nobody yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import advance, bpmn, definitions
from engine.errors import AlreadyStarted, NobodyWaits, StepFailed
from engine.ledger import log
from engine.tables import InstanceRow, MessageRow, WaitRow
from engine.unit import Unit
from engine.values import THE_SYSTEM, Actor
from forms import ExpressionFailed, ExpressionRefused, compile_expression

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)
MOST = 1000
"""Messages that one step may cause; more is two diagrams that answer each other for ever."""
Reached = tuple[InstanceRow, bpmn.Moved, str]
"""An instance that was moved, by what, and what it had open before."""


@dataclass(frozen=True)
class Message:
    """A message on its way: its name, the subject it is about, and what it carries (JSON values).

    A signal is one for everyone who waits for it now.
    """

    name: str
    correlation: str
    payload: Mapping[str, Any]
    keep: bool
    sender: str | None = None
    everyone: bool = False


def deliver(unit: Unit, message: Message, by: Actor) -> list[Reached]:
    """Start or wake one instance with a message, or keep it; a signal starts and wakes all."""
    unit.reach(message.correlation)
    if message.everyone:
        return _broadcast(unit, message, by)
    begun = _start_by(unit, message, by)
    if begun is not None:
        return begun
    row = _waiting(unit, message)
    if row is not None:
        before = row.open
        moved = advance.step(unit, row, lambda run: run.deliver(message.name, dict(message.payload)), by)
        return [(row, moved, before)]
    if not message.keep:
        raise NobodyWaits(f"Nothing waits for “{message.name}” here now, so nothing was done.")
    note(unit, "message.kept", message, message.sender)
    unit.session.add(
        MessageRow(
            name=message.name,
            correlation=message.correlation,
            payload=json.dumps(message.payload),
            sent_by=message.sender,
            sent_at=unit.clock(),
            status="pending",
        )
    )
    return []


def _broadcast(unit: Unit, message: Message, by: Actor) -> list[Reached]:
    """Start what the signal starts, and wake whoever waits for it about the same subject, except who threw it."""
    found: list[Reached] = []
    for definition_id, entry in _entries(unit, message.name):
        found += _begin(unit, definition_id, entry, message, by)
    query = (
        select(InstanceRow)
        .where(
            InstanceRow.id.in_(
                select(WaitRow.instance_id).where(
                    WaitRow.message == message.name, WaitRow.correlation == message.correlation
                )
            ),
            InstanceRow.status == "running",
            InstanceRow.id.not_in([message.sender, *(row.id for row, _, _ in found)]),
        )
        .order_by(InstanceRow.started_at, InstanceRow.id)
        .limit(MOST + 1)
        .with_for_update()
    )
    for row in unit.session.scalars(query).all():
        before = row.open
        found.append((row, advance.step(unit, row, lambda run: run.hear(message.name), by), before))
    return found


def _entries(unit: Unit, name: str) -> Iterator[tuple[str, bpmn.StartMessage]]:
    """The start events, in the newest version of each process, that wait for a message or signal."""
    for definition_id in definitions.newest_ids(unit):
        for entry in definitions.prepared(unit, definition_id).starts:
            if entry.message == name:
                yield definition_id, entry


def _start_by(unit: Unit, message: Message, by: Actor) -> list[Reached] | None:
    """Start the process that this message starts; None when there is none. A key that was used starts nothing."""
    for definition_id, entry in _entries(unit, message.name):
        return _begin(unit, definition_id, entry, message, by)
    return None


def _begin(unit: Unit, definition_id: str, entry: bpmn.StartMessage, message: Message, by: Actor) -> list[Reached]:
    ready = definitions.prepared(unit, definition_id)
    key = _said(entry.key_expression, message)
    try:
        unused(unit, ready.process, key)
    except AlreadyStarted:
        log(unit, "message.repeated", "message", message.name, THE_SYSTEM, subject=message.correlation,
            new={"key": key})  # fmt: skip
        return []
    properties = ready.elements[entry.element].properties
    said = _said(properties.get("title"), message)
    about = _said(properties.get("subject"), message) or message.correlation
    title = _DAY.sub(_in_words, said or title_of(ready.name, key))
    row, moved = advance.begin(
        unit, definition_id, about, by, key=key, title=title, data={},
        message=(message.name, dict(message.payload)),
    )  # fmt: skip
    return [(row, moved, advance.Openings().text())]


def _in_words(found: re.Match[str]) -> str:
    """A day as people write it: a title is read by them alone."""
    try:
        day = date.fromisoformat(found[0])
    except ValueError:
        return found[0]
    return f"{day.day} {day:%B %Y}"


def _said(expression: str | None, message: Message) -> str | None:
    """What a start event's key, title or subject is for this message. Raises StepFailed."""
    if not expression:
        return None
    try:
        names = {**message.payload, "project": message.correlation, "message": dict(message.payload)}
        return str(compile_expression(expression).evaluate(names))
    except (ExpressionFailed, ExpressionRefused) as error:
        raise StepFailed(f"“{expression}”, for what “{message.name}” starts, has no result: {error}") from error


def title_of(name: str, key: str | None) -> str:
    """A process's name, with what tells its instances of one subject apart."""
    rest = key.partition(":")[2] if key else ""
    return f"{name} · {rest}" if rest else name


def unused(unit: Unit, process: str, key: str | None) -> None:
    """Raise AlreadyStarted when the business key has been used for this process."""
    if key is None:
        return
    found = unit.session.scalar(
        select(InstanceRow.id).where(InstanceRow.process == process, InstanceRow.key == key).limit(1)
    )
    if found is not None:
        raise AlreadyStarted


def _waiting(unit: Unit, message: Message) -> InstanceRow | None:
    """The instance that has waited longest for this message about this subject, locked."""
    query = (
        select(InstanceRow)
        .join(WaitRow, WaitRow.instance_id == InstanceRow.id)
        .where(
            WaitRow.message == message.name,
            WaitRow.correlation == message.correlation,
            InstanceRow.status == "running",
        )
        .order_by(InstanceRow.started_at, InstanceRow.id)
        .limit(1)
        .with_for_update(of=InstanceRow)
    )
    return unit.session.scalars(query).first()


def note(unit: Unit, kind: str, message: Message, instance: str | None) -> None:
    """What becomes of a message that nobody waited for when it was thrown."""
    log(unit, kind, "message", message.name, THE_SYSTEM, subject=message.correlation, instance=instance)
