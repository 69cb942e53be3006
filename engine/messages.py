"""Messages between instances: thrown in one diagram, caught or started by in another, in the same transaction.

A message starts an instance where a start event waits for its name; else it reaches the instance that waits for it
longest in its subject. One that nobody waits for is kept, when it may be, until somebody does: each exactly once.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from engine import advance, bpmn, definitions
from engine.errors import AlreadyStarted, NobodyWaits, NotFound, StepFailed
from engine.ledger import log
from engine.tables import InstanceRow, MessageRow, WaitRow
from engine.unit import Unit
from engine.values import THE_SYSTEM, Actor
from forms import ExpressionFailed, ExpressionRefused, compile_expression

MOST = 1000
"""Messages that one step may cause; more is two diagrams that answer each other for ever."""


@dataclass(frozen=True)
class Message:
    """A message on its way: its name, the subject it is about, and what it carries (JSON values)."""

    name: str
    correlation: str
    payload: Mapping[str, Any]
    keep: bool
    sender: str | None = None


def send(
    unit: Unit, name: str, subject: str, payload: Mapping[str, Any], by: Actor, *, keep: bool = False
) -> list[str]:
    """Send a message about a subject; give the ids of the instances it reached.

    Raises NobodyWaits when there is none and it must not be kept.
    """
    log(unit, "message.sent", "message", name, by, subject=subject, said={"payload": dict(payload)})
    return carry(unit, [Message(name, subject, payload, keep)], by)


def move(
    unit: Unit, row: InstanceRow, act: Callable[[bpmn.Run], Any], by: Actor, *, ended_task: str | None = None
) -> bpmn.Moved:
    """One step of an instance, and everything that the messages it throws set off."""
    before = row.open
    moved = advance.step(unit, row, act, by, ended_task=ended_task)
    carry(unit, [*_thrown(row, moved), *_awaited(unit, row, before, moved)], THE_SYSTEM)
    return moved


def settle(unit: Unit, row: InstanceRow, run: bpmn.Run, by: Actor) -> bpmn.Moved:
    """Write a run that was made elsewhere, and everything that the messages it throws set off."""
    before = row.open
    moved = advance.write(unit, row, run.settle(), by, ended_task=None)
    carry(unit, [*_thrown(row, moved), *_awaited(unit, row, before, moved)], THE_SYSTEM)
    return moved


def start(
    unit: Unit,
    process: str,
    subject: str,
    data: Mapping[str, Any],
    by: Actor,
    *,
    key: str | None = None,
    title: str | None = None,
) -> str:
    """Start the newest version of a process about a subject; give the instance's id.

    Raises NotFound, and AlreadyStarted when the business key has been used for this process.
    """
    definition = definitions.newest(unit, process)
    _unused(unit, process, key)
    row, moved = advance.begin(
        unit, definition.id, subject, by, key=key, title=title or _title(definition.name, key), data=data
    )
    carry(unit, [*_thrown(row, moved), *_awaited(unit, row, advance.Openings().text(), moved)], THE_SYSTEM)
    return row.id


def carry(unit: Unit, messages: Iterable[Message], by: Actor) -> list[str]:
    """Bring messages to whoever waits for them, and those that this sets off in turn; give the instances reached."""
    queue, reached = deque(messages), []
    for _ in range(MOST):
        if not queue:
            return reached
        message = queue.popleft()
        row, moved, before = _deliver(unit, message, by)
        if row is not None:
            reached.append(row.id)
            queue.extend(_thrown(row, moved))
            queue.extend(_awaited(unit, row, before, moved))
    raise StepFailed(f"More than {MOST} messages were sent by one step. Two processes seem to answer each other.")


def _deliver(unit: Unit, message: Message, by: Actor) -> tuple[Any, Any, str]:
    """Start or wake one instance with a message, or keep it."""
    begun = _start_by(unit, message, by)
    if begun is not None:
        return begun
    row = _waiting(unit, message)
    if row is not None:
        before = row.open
        moved = advance.step(unit, row, lambda run: run.deliver(message.name, dict(message.payload)), by)
        return row, moved, before
    if not message.keep:
        raise NobodyWaits(f"Nothing waits for “{message.name}” here now, so nothing was done.")
    _note(unit, "message.kept", message, message.sender)
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
    return None, None, ""


def _start_by(unit: Unit, message: Message, by: Actor) -> tuple[Any, Any, str] | None:
    """Start the process that this message starts; None when there is none. A key that was used starts nothing."""
    for definition_id in definitions.newest_ids(unit):
        ready = definitions.prepared(unit, definition_id)
        for entry in ready.starts:
            if entry.message != message.name:
                continue
            key = _said(entry.key_expression, message)
            try:
                _unused(unit, ready.process, key)
            except AlreadyStarted:
                log(unit, "message.repeated", "message", message.name, THE_SYSTEM, subject=message.correlation,
                    new={"key": key})  # fmt: skip
                return None, None, ""
            row, moved = advance.begin(
                unit,
                definition_id,
                message.correlation,
                by,
                key=key,
                title=_said(ready.elements[entry.element].properties.get("title"), message) or _title(ready.name, key),
                data={},
                message=(message.name, dict(message.payload)),
            )
            return row, moved, advance.Openings().text()
    return None


def _said(expression: str | None, message: Message) -> str | None:
    """What a start event's key or title is for this message. Raises StepFailed."""
    if not expression:
        return None
    try:
        names = {**message.payload, "project": message.correlation, "message": dict(message.payload)}
        return str(compile_expression(expression).evaluate(names))
    except (ExpressionFailed, ExpressionRefused) as error:
        raise StepFailed(f"“{expression}”, for what “{message.name}” starts, has no result: {error}") from error


def _title(name: str, key: str | None) -> str:
    """A process's name, with what tells its instances of one subject apart."""
    rest = key.partition(":")[2] if key else ""
    return f"{name} · {rest}" if rest else name


def _unused(unit: Unit, process: str, key: str | None) -> None:
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


def _thrown(row: InstanceRow, moved: bpmn.Moved) -> list[Message]:
    return [Message(one.message, row.subject, one.payload, one.keep, row.id) for one in moved.sent]


def _awaited(unit: Unit, row: InstanceRow, before: str, moved: bpmn.Moved) -> list[Message]:
    """Kept messages that this instance has begun to wait for: one of each name, marked as delivered."""
    known = set(json.loads(before)["waits"])
    fresh = {
        (one.message, one.correlation or row.subject)
        for one, id_ in zip(moved.waits, json.loads(row.open)["waits"], strict=True)
        if id_ not in known
    }
    found = []
    for name, correlation in sorted(fresh):
        pending = unit.session.scalars(
            select(MessageRow)
            .where(MessageRow.status == "pending", MessageRow.name == name, MessageRow.correlation == correlation)
            .order_by(MessageRow.id)
            .limit(1)
        ).first()
        if pending is not None:
            unit.session.execute(
                update(MessageRow)
                .where(MessageRow.id == pending.id)
                .values(status="delivered", delivered_to=row.id, delivered_at=unit.clock())
            )
            found.append(Message(name, correlation, json.loads(pending.payload), True, pending.sent_by))
            _note(unit, "message.delivered", found[-1], row.id)
    return found


def _note(unit: Unit, kind: str, message: Message, instance: str | None) -> None:
    """What becomes of a message that nobody waited for when it was thrown."""
    log(unit, kind, "message", message.name, THE_SYSTEM, subject=message.correlation, instance=instance)


def locked(unit: Unit, instance_id: str) -> InstanceRow:
    """The row of an instance, locked until the transaction ends. Raises NotFound."""
    row = unit.session.scalars(
        select(InstanceRow).where(InstanceRow.id == instance_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    return row
