"""Steps of the escalation: an approval that nobody gives is brought to whoever can see to it, and is a gap each time.

Who is asked is read from the open tasks of the instance that waits, so that whoever has answered, was replaced or need
not answer any more is left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import engine
from engine import Record, Task, Work, names
from processes.calendar import iso
from processes.communication import tell
from processes.escalating import TURNS, escalation_steps
from processes.gaps import write_gap
from processes.holds import held_for
from processes.people import holders
from processes.projects import project
from processes.vocabulary import MANAGER, SPONSOR
from processes.writing import Writing


def opened(work: Work) -> dict[str, Any]:
    """Note which document waits for its signatures, and since when."""
    asked = _asked(work)
    record = _document(work, asked[0]) if asked else None
    now = work.unit.clock()
    since = min((one.created_at for one in asked), default=now)
    return {
        "escalated": 0, "escalation_of": record.sha256 if record else "", "escalation_since": iso(since),
        "escalation_begun": iso(now),
    }  # fmt: skip


def look(work: Work) -> dict[str, Any]:
    """Whose turn it is: nobody's when this very document waits for nobody, and when the next step comes.

    Steps come so many working days after the approval was asked for, and a working day apart at least, so that nobody
    hears of all of them at once after downtime.
    """
    taken, now, about = int(work.call.data["escalated"]), work.unit.clock(), project(work.unit, work.subject)
    if not _waiting(work) or taken >= len(TURNS):
        return {"turn": "nobody", "next_at": iso(now)}
    following = escalation_steps(about.settings.escalation_days)[min(taken + 1, len(TURNS) - 1)]
    since = datetime.fromisoformat(str(work.call.data["escalation_since"]))
    due = about.calendar.later(since, following, about.zone) + held_for(work.unit, about.id, since, now)
    soonest = about.calendar.later(now, 1, about.zone)
    return {"turn": TURNS[taken], "escalated": taken + 1, "next_at": iso(max(due, soonest))}


def remind(work: Work) -> None:
    """Remind those who have not answered."""
    waiting = _waiting(work)
    _tell(work, "reminder", [one.assignee or "" for one in waiting], waiting)


def deputies(work: Work) -> None:
    """Ask whoever stands in for those who have not answered, and may; remind those for whom nobody does."""
    waiting = _waiting(work)
    found = {one.assignee or "": deputy for one in waiting if (deputy := _deputy(work, one))}
    _tell(work, "deputy-asked", set(found.values()), waiting)
    _tell(work, "reminder", [one.assignee or "" for one in waiting if one.assignee not in found], waiting)
    printed = names(work.unit, found.values())
    for one in waiting:
        deputy = found.get(one.assignee or "")
        told = f"{printed[deputy]}, who stands in, was asked." if deputy else "Nobody stands in; a reminder was sent."
        _gap(work, one, "deputies", told)


def manager(work: Work) -> None:
    """Tell the project manager who has not answered."""
    _escalate(work, MANAGER, "manager")


def sponsor(work: Work) -> None:
    """Tell the sponsor who has not answered."""
    _escalate(work, SPONSOR, "sponsor")


def _escalate(work: Work, role: str, turn: str) -> None:
    waiting = _waiting(work)
    _tell(work, "approval-unanswered", holders(work.unit, work.subject, role), waiting)
    for one in waiting:
        _gap(work, one, turn, f"The {role} was told.")


def _asked(work: Work) -> list[Task]:
    """The tasks by which people are asked by name to sign a document, in the order of asking."""
    found = engine.tasks(work.unit, instance=work.instance, status="open")
    return [one for one in reversed(found) if one.signs and one.signature and one.assignee]


def _waiting(work: Work) -> list[Task]:
    """Those that wait still, since before the escalation began and for the same revision: any other has its own."""
    of, begun = work.call.data["escalation_of"], datetime.fromisoformat(str(work.call.data["escalation_begun"]))
    asked = [one for one in _asked(work) if one.created_at <= begun]
    return [one for one in asked if (record := _document(work, one)) and record.sha256 == of]


def _document(work: Work, task: Task) -> Record | None:
    return engine.in_instance(work.unit, task.signs or "", work.instance)


def _deputy(work: Work, task: Task) -> str | None:
    """Who can do this task for its absent person."""
    for one in engine.absent_now(work.unit, [task.assignee or ""]):
        reaches = one.subject in ("", work.subject) and one.role in ("", task.role)
        if reaches and engine.hindrance(work.unit, task, one.deputy, one.name) is None:
            return one.deputy
    return None


def _tell(work: Work, about: str, people: Collection[str], waiting: Collection[Task]) -> None:
    record = next((_document(work, one) for one in waiting), None)
    if people and record is not None:
        key = record.key or record.type
        tell(Writing.of(work), about, key=key, record=record.id, to=sorted(set(people)))


def _gap(work: Work, task: Task, turn: str, told: str) -> None:
    record, person = _document(work, task), task.assignee or ""
    if record is None:
        return
    printed = names(work.unit, [person])[person]
    text = f"{printed} has not decided on {record.title}, revision {record.revision}. {told}"
    cause = "" if turn == "deputies" else f"{record.number}:{person}:{turn}"  # what another step noted is not twice
    write_gap(work, "unanswered-approval", record.number, text, person=person, cause=cause)


STEPS = {
    "escalation.open": opened,
    "escalation.look": look,
    "escalation.remind": remind,
    "escalation.deputies": deputies,
    "escalation.manager": manager,
    "escalation.sponsor": sponsor,
}
