"""Steps that earlier versions of the diagrams call and the present ones do not: running instances stay on theirs."""

from __future__ import annotations

from typing import Any

from engine import Record, Work, names
from processes import acceptance, claims, closures
from processes.approvals import silent
from processes.calendar import iso
from processes.communication import tell
from processes.gaps import write_gap
from processes.holds import working_days_on
from processes.projects import project
from processes.steps.change import request
from processes.verdicts import turn
from processes.writing import Writing

REMIND_DAYS, SILENT_DAYS = 3, 5
"""Working days after which stakeholders are reminded, and after which their silence is noted."""


def times(work: Work) -> dict[str, Any]:
    """When those who accept a milestone are reminded, and when their silence is noted."""
    about = project(work.unit, work.subject)
    return {
        "remind_at": iso(working_days_on(work.unit, about, REMIND_DAYS)),
        "silent_at": iso(working_days_on(work.unit, about, SILENT_DAYS)),
    }


def of_change(work: Work) -> None:
    """Remind those whose turn it is to decide on a change."""
    record = request(work)
    _remind(work, record, list(turn(work.unit, record)))


def of_closure(work: Work) -> None:
    """Remind those who have not decided on an evaluation yet."""
    record = closures.document(work.unit, closures.of_instance(work.unit, work.instance))
    _remind(work, record, silent(work.unit, record))


def of_acceptance(work: Work) -> None:
    """Remind the stakeholders who have not decided on a claim yet."""
    record = acceptance.document(work.unit, claims.of_instance(work.unit, work.instance))
    _remind(work, record, silent(work.unit, record))


def _remind(work: Work, record: Record, waiting: list[str]) -> None:
    if waiting:
        tell(Writing.of(work), "reminder", key=record.key, record=record.id, to=waiting)


def unaccepted(work: Work) -> None:
    """Note who has not decided on a claim in time. No answer is never a yes."""
    row = claims.of_instance(work.unit, work.instance)
    record = acceptance.document(work.unit, row)
    waiting = silent(work.unit, record)
    printed = names(work.unit, waiting)
    for person in waiting:
        text = f"{printed[person]} has not decided on the claim {row.id}."
        cause = f"{record.sha256}:{person}"
        write_gap(work, "unanswered-acceptance", row.id, text, person=person, milestone=row.milestone, cause=cause)


STEPS = {
    "change.remind": of_change,
    "closure.remind": of_closure,
    "acceptance.remind": of_acceptance,
    "acceptance.unanswered": unaccepted,
}
