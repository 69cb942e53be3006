"""Messages between instances: thrown in one diagram, caught or started by in another, in the same transaction.

A message starts an instance where a start event waits for its name; else it reaches the instance that waits for it
longest in its subject. One that nobody waits for is kept, when it may be, until somebody does: each exactly once. A
signal starts all that it starts, reaches all that wait for it in its subject, and is not kept.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import select, update

from engine import advance, bpmn, definitions
from engine.errors import NotFound, StepFailed
from engine.ledger import log
from engine.receivers import MOST, Message, deliver, note, title_of, unused
from engine.tables import InstanceRow, MessageRow
from engine.unit import Unit
from engine.values import THE_SYSTEM, Actor


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
    element: str | None = None,
) -> str:
    """Start the newest version of a process about a subject, at a start event or its plain one; give the instance's id.

    Raises NotFound, and AlreadyStarted when the business key has been used for this process.
    """
    definition = definitions.newest(unit, process)
    unused(unit, process, key)
    row, moved = advance.begin(
        unit, definition.id, subject, by, key=key, title=title or title_of(definition.name, key), data=data,
        element=element,
    )  # fmt: skip
    carry(unit, [*_thrown(row, moved), *_awaited(unit, row, advance.Openings().text(), moved)], THE_SYSTEM)
    return row.id


def carry(unit: Unit, messages: Iterable[Message], by: Actor) -> list[str]:
    """Bring messages to whoever waits for them, and those that this sets off in turn; give the instances reached."""
    queue, reached = deque(messages), []
    for _ in range(MOST):
        if not queue:
            return reached
        message = queue.popleft()
        for row, moved, before in deliver(unit, message, by):
            reached.append(row.id)
            queue.extend(_thrown(row, moved))
            queue.extend(_awaited(unit, row, before, moved, message.name))
        if len(reached) > MOST:
            break
    raise StepFailed(f"More than {MOST} messages were sent by one step. Two processes seem to answer each other.")


def _thrown(row: InstanceRow, moved: bpmn.Moved) -> list[Message]:
    return [Message(one.message, row.subject, one.payload, one.keep, row.id, one.everyone) for one in moved.sent]


def _awaited(
    unit: Unit, row: InstanceRow, before: str, moved: bpmn.Moved, received: str | None = None
) -> list[Message]:
    """Kept messages that this instance has begun to wait for: one of each name, marked as delivered.

    What waits on, after it has `received` a message, is ready for the next one of that name.
    """
    known = set(json.loads(before)["waits"])
    fresh = {
        (one.message, one.correlation or row.subject)
        for one, id_ in zip(moved.waits, json.loads(row.open)["waits"], strict=True)
        if id_ not in known or one.message == received
    }
    found = []
    for name, correlation in sorted(fresh):
        unit.reach(correlation)
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
            note(unit, "message.delivered", found[-1], row.id)
    return found


def locked(unit: Unit, instance_id: str) -> InstanceRow:
    """The row of an instance, locked until the transaction ends. Raises NotFound."""
    row = unit.session.scalars(
        select(InstanceRow).where(InstanceRow.id == instance_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    return row
