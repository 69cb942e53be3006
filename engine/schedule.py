"""Processes that start by time: one row for each timer on a start event, of the newest version of each process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import uuid4

from sqlalchemy import delete, select

from engine import bpmn
from engine.ledger import log
from engine.tables import DefinitionRow, StartTimerRow
from engine.unit import Unit
from engine.values import THE_SYSTEM


def surroundings(unit: Unit) -> bpmn.Environment:
    """What the expressions of a start event may use: our clock, and the procedure's functions about no subject."""
    functions = {name: partial(one, unit, "") for name, one in unit.procedure.functions.items()}
    return bpmn.Environment(clock=unit.clock, functions=functions)


def arm(unit: Unit, definitions: Iterable[tuple[DefinitionRow, bpmn.Prepared]]) -> None:
    """Make the rows of a deployed bundle, and take away those of older versions. Raises StepFailed.

    A timer that the version before had with the same words goes on as it was: deploying does not put it off.
    """
    table, environment = StartTimerRow.__table__, surroundings(unit)
    for definition, ready in definitions:
        before = {
            (row.element, row.text): row
            for row in unit.session.execute(select(table).where(table.c.process == ready.process))
        }
        unit.session.execute(delete(table).where(table.c.process == ready.process))
        for timer in ready.clocks:
            known = before.get((timer.element, timer.expression))
            turn = known or bpmn.first_turn(timer, environment)
            if turn is None:
                continue
            unit.session.add(
                StartTimerRow(
                    id=uuid4().hex, definition_id=definition.id, process=ready.process, element=timer.element,
                    text=timer.expression, due=turn.due, left=turn.left, anchor=turn.anchor, step=turn.step,
                )
            )  # fmt: skip


def advance(unit: Unit, row: StartTimerRow) -> None:
    """Move a start timer that has come on to its next time, or take it away; what was missed is told."""
    now = unit.clock()
    following, missed = bpmn.next_turn(bpmn.Turn(row.due, row.left, row.anchor, row.step), now)
    log(unit, "start.due", "start", row.id, THE_SYSTEM,
        new={"process": row.process, "element": row.element, "due": row.due.isoformat(), "missed": missed})  # fmt: skip
    if following is None:
        unit.session.delete(row)
    else:
        row.due, row.left = following.due, following.left
    unit.session.flush()
