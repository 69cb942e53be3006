"""Cancelling an instance with what the project keeps of it: its change, claim, closure, or meeting is over, too."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

import engine
from engine import THE_SYSTEM, Actor, NobodyWaits, StepCall, Unit, Work, names
from processes.acceptance import take_back
from processes.changes import ENDED, IN_FORCE
from processes.decided import keep_decision
from processes.gaps import write_gap
from processes.moving import take_off
from processes.steps.update import asked, miss
from processes.tables import ChangeRow, ClaimRow, ClosureRow, MeetingRow, PeriodRow
from processes.updates import missing, standing
from processes.writing import Writing

CARRIER, WITHDRAWN = "project-under-sop", "closure.withdrawn"
"""The process that carries a project through the SOP, and the message by which it hears that it goes on."""


def cancel(unit: Unit, instance_id: str, by: Actor, reason: str) -> None:
    """End an instance before its time, with a reason; an open change, claim, closure or meeting of it is over, and a
    weekly update of it is missed.

    Raises engine.Refused while the plan follows a change that is conditional or not ratified, and for what carries a
    project: nobody would ask for updates, reviews or its closing any more. Raises what `engine.cancel` raises.
    """
    if engine.instance(unit, instance_id).process == CARRIER:
        raise engine.Refused("This carries the whole project. Close or cancel the project: its closing is signed.")
    row = unit.session.scalars(select(ChangeRow).where(ChangeRow.instance == instance_id)).first()
    if row is not None and row.status in IN_FORCE:
        raise engine.Refused(
            f"The plan follows {row.id} for the time being: whether it holds or goes back is still to be seen. Raise a"
            " change that takes it back."
        )
    engine.cancel(unit, instance_id, by, reason)
    period = unit.session.scalars(select(PeriodRow).where(PeriodRow.instance == instance_id)).first()
    if period is not None and period.released_at is None:
        _missed(unit, period, by, reason)
    if row is not None and row.status not in ENDED:
        writing, definition = Writing(unit, by, row.project, instance_id), engine.instance(unit, instance_id).definition
        writing.change(row, status="withdrawn", reason=reason)
        note = f"Cancelled by {by.name}: {reason.strip()}"
        keep_decision(writing, row.id, definition=definition, note=note)
    claim = unit.session.scalars(select(ClaimRow).where(ClaimRow.instance == instance_id)).first()
    if claim is not None and claim.ended_at is None:
        take_back(Writing(unit, by, claim.project, instance_id), claim, reason)
    closure = unit.session.scalars(select(ClosureRow).where(ClosureRow.instance == instance_id)).first()
    if closure is not None and closure.ended_at is None:
        _go_on(Writing(unit, by, closure.project, instance_id), closure, reason)
    meetings = select(MeetingRow).where(MeetingRow.instance == instance_id, MeetingRow.state == "scheduled")
    for meeting in unit.session.scalars(meetings).all():
        if meeting.scheduled_at > unit.clock():
            take_off(Writing(unit, by, meeting.project, instance_id), meeting, reason)


def _missed(unit: Unit, period: PeriodRow, by: Actor, reason: str) -> None:
    """Write that a weekly update was missed by who had not given it, or not checked: who cancelled it, and why."""
    one = engine.instance(unit, period.instance)
    work = Work(unit, one.id, one.process, one.definition, period.project, StepCall("", "", {}, {}), THE_SYSTEM)
    why = f"The weekly update of {period.period} was cancelled by {by.name}: {reason.strip()}"
    waiting = missing(unit, period, asked(work))
    printed, reported = names(unit, waiting), {one.person for one in standing(unit, period.project, period.period)}
    for person in waiting:
        if person in reported:
            text = f"{printed[person]} did not correct the update that was returned. {why}"
            write_gap(work, "uncorrected-update", period.period, text, person=person, period=period.period)
        else:
            miss(work, period, person, f"{printed[person]} gave no update for {period.period}. {why}")
    if not waiting:
        write_gap(work, "unchecked-status", period.period, why, period=period.period)


def _go_on(writing: Writing, closure: ClosureRow, reason: str) -> None:
    """Take a closure back: the project goes on, and can be closed another time."""
    unit = writing.unit
    writing.change(closure, reason=reason, state="withdrawn", ended_at=unit.clock())
    unit.session.flush()
    with suppress(NobodyWaits):
        engine.send(unit, WITHDRAWN, writing.project, {"closure": closure.id}, writing.by)
