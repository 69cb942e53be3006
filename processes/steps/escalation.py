"""Steps of the escalation: an approval that nobody gives is brought to whoever can see to it, and is a gap each time.

Who is asked is read from the open tasks of the instance that waits, so that whoever has answered, was replaced or need
not answer any more is left alone. What concerns the SOP itself is escalated in each project of whoever has not read it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import engine
from engine import Record, Task, Work, names
from processes.calendar import iso
from processes.communication import tell
from processes.escalating import TURNS, escalation_steps
from processes.gaps import write_gap
from processes.holds import held_for
from processes.own_matters import MADE
from processes.people import holders, on_duty, shared_projects
from processes.projects import project, projects
from processes.settings import Settings
from processes.vocabulary import ACCEPTANCE, APPROVER, CLOSURE, MANAGER, MINUTES, OWNER, REVISION, SOP, SPONSOR
from processes.working_days import Calendar
from processes.writing import Writing

KINDS = {
    ACCEPTANCE: ("unanswered-acceptance", "has not decided on"),
    MINUTES: ("unconfirmed-minutes", "has not confirmed"),
}
"""Type of record -> the kind of gap that it is to leave it unanswered, and in words; else an approval not given."""

NOT_READ = ("not-read", "has not read")
"""The same for what somebody has to have read and understood."""

CLAUSES = {CLOSURE: "7a", REVISION: "8a"}
"""Type of record -> the clause that an approval of it is for, where it is not that of its kind of gap."""

AUTHORED = "authored"
"""The meaning of a signature by which somebody hands in what is their own: nobody is asked to agree by it."""


@dataclass(frozen=True)
class Place:
    """A project in which something waits: the work as it is done there, and who has not answered to which task."""

    work: Work
    waiting: tuple[tuple[Task, str], ...]

    @property
    def people(self) -> set[str]:
        """Who has not answered."""
        return {person for _, person in self.waiting}

    def tell(self, about: str, people: Collection[str]) -> None:
        """Put a message about what waits before these people."""
        record = next((found for task, _ in self.waiting if (found := _document(self.work, task))), None)
        key = (record.key or record.type) if record else self.waiting[0][0].instance_title[:60]
        if people:
            told = sorted(set(people))
            tell(Writing.of(self.work), about, key=key, record=record.id if record else None, to=told)


def opened(work: Work) -> dict[str, Any]:
    """Note which document waits for its signatures, and since when."""
    asked = _asked(work)
    record = _document(work, asked[0]) if asked else None
    now = work.unit.clock()
    since = min((one.created_at for one in asked), default=now)
    return {
        "escalated": 0, "escalation_of": _seal(record), "escalation_since": iso(since),
        "escalation_begun": iso(now),
    }  # fmt: skip


def look(work: Work) -> dict[str, Any]:
    """Whose turn it is: nobody's when this very document waits for nobody, and when the next step comes.

    Steps come so many working days after the approval was asked for, and a working day apart at least, so that nobody
    hears of all of them at once after downtime.
    """
    taken, now = int(work.call.data["escalated"]), work.unit.clock()
    if not _waiting(work) or taken >= len(TURNS):
        return {"turn": "nobody", "next_at": iso(now)}
    following = min(taken + 1, len(TURNS) - 1)
    return {"turn": TURNS[taken], "escalated": taken + 1, "next_at": iso(_step_at(work, following))}


def _step_at(work: Work, number: int) -> datetime:
    """When a step comes. Of a revision of the SOP to be read, the second one comes when it is effective, not before."""
    now = work.unit.clock()
    if work.subject == SOP and "effective_at" not in work.call.data:
        days = escalation_steps(Settings().escalation_days)[number]
        since = datetime.fromisoformat(str(work.call.data["escalation_since"]))
        return max(Calendar().later(since, days, "UTC"), Calendar().later(now, 1, "UTC"))
    if work.subject == SOP:
        steps, calendar = escalation_steps(Settings().escalation_days), Calendar()
        effective = datetime.fromisoformat(str(work.call.data["effective_at"]))
        due = calendar.later(effective, steps[number] - steps[1], "UTC")
        return max(due, now) if number == 1 else max(due, calendar.later(now, 1, "UTC"))
    about = project(work.unit, work.subject)
    since = datetime.fromisoformat(str(work.call.data["escalation_since"]))
    days = escalation_steps(about.settings.escalation_days)[number]
    due = about.calendar.later(since, days, about.zone) + held_for(work.unit, about.id, since, now)
    return max(due, about.calendar.later(now, 1, about.zone))


def remind(work: Work) -> None:
    """Remind those who have not answered."""
    for place in _places(work):
        place.tell("reminder", place.people)


def deputies(work: Work) -> None:
    """Ask whoever stands in for those who have not answered, and may; remind those for whom nobody does."""
    for place in _places(work):
        found = {person: deputy for task, person in place.waiting if (deputy := _deputy(work, task, person))}
        place.tell("deputy-asked", set(found.values()))
        place.tell("reminder", place.people - set(found))
        printed = names(work.unit, found.values())
        for task, person in place.waiting:
            deputy = found.get(person)
            asked = f"{printed[deputy]}, who stands in, was asked." if deputy else ""
            told = asked or "Nobody stands in; a reminder was sent."
            _gap(place.work, task, person, "deputies", told)


def manager(work: Work) -> None:
    """Tell the project manager who has not answered."""
    _escalate(work, MANAGER, "manager")


def sponsor(work: Work) -> None:
    """Tell the sponsor who has not answered."""
    _escalate(work, SPONSOR, "sponsor")


def _escalate(work: Work, role: str, turn: str) -> None:
    for place in _places(work):
        known = holders(work.unit, place.work.subject, role)
        if role == MANAGER and place.waiting[0][0].role == APPROVER:
            known = tuple(dict.fromkeys([*known, *on_duty(work.unit, OWNER)]))
        above = [one for one in known if one not in place.people]
        place.tell("approval-unanswered", above)
        told = f"The {role} was told." if above else f"There is no other {role} who could be told."
        for task, person in place.waiting:
            _gap(place.work, task, person, turn, told)


def _places(work: Work) -> list[Place]:
    """Where something waits: the project itself, or each open project of those whom the SOP asks for something."""
    waiting = [(task, person) for task in _waiting(work) for person in _people(work, task)]
    if work.subject != SOP:
        return [Place(work, tuple(waiting))] if waiting else []
    found = []
    for subject, team in sorted(_sharing(work, waiting).items()):
        work.unit.reach(subject)
        found.append(Place(replace(work, subject=subject), tuple(one for one in waiting if one[1] in team)))
    return found


def _sharing(work: Work, waiting: Collection[tuple[Task, str]]) -> dict[str, set[str]]:
    """Open project -> who of those that the SOP waits for takes part in it.

    Whoever has to approve a revision and takes part in none counts where the SOP's owner does, else in the project
    that has been open for longest, so that there is one place at least where it is seen.
    """
    found = shared_projects(work.unit, {person for _, person in waiting})
    lost = {person for task, person in waiting if task.role == APPROVER}.difference(*found.values())
    if lost:
        known = [one for one in projects(work.unit) if one.status != "closed"]
        oldest = [one.id for one in sorted(known, key=lambda one: one.registered_at)[:1]]
        for subject in shared_projects(work.unit, on_duty(work.unit, OWNER)) or oldest:
            found[subject] = found.get(subject, set()) | lost
    return found


def _people(work: Work, task: Task) -> tuple[str, ...]:
    """Who is asked by a task: a person by name, or whoever holds its role and decides by it on nothing of their own."""
    if task.assignee:
        return (task.assignee,)
    own = engine.concerned(work.unit, task)
    asked = on_duty(work.unit, task.role) if work.subject == SOP else holders(work.unit, work.subject, task.role)
    return tuple(one for one in asked if own.get(one) != MADE)


def _asked(work: Work) -> list[Task]:
    """The tasks by which somebody is asked to sign what others wrote, or to decide, in the order of asking."""
    found = engine.tasks(work.unit, instance=work.instance, status="open")
    return [one for one in reversed(found) if one.signature not in (None, "", AUTHORED) and (one.signs or one.record)]


def _waiting(work: Work) -> list[Task]:
    """Those that wait still, since before the escalation began and for the same revision: any other has its own."""
    of, begun = work.call.data["escalation_of"], datetime.fromisoformat(str(work.call.data["escalation_begun"]))
    return [one for one in _asked(work) if one.created_at <= begun and _seal(_document(work, one)) == of]


def _seal(record: Record | None) -> str:
    return record.sha256 if record else ""


def _document(work: Work, task: Task) -> Record | None:
    """What is to be signed, as it stands; None where it comes about only with the signature."""
    return engine.in_instance(work.unit, task.signs or task.record or "", work.instance)


def _deputy(work: Work, task: Task, person: str) -> str | None:
    """Who can do this task for its absent person; nobody reads the SOP for somebody else."""
    for one in engine.absent_now(work.unit, [person]):
        reaches = one.subject in ("", work.subject) and one.role in ("", task.role)
        if reaches and engine.hindrance(work.unit, task, one.deputy, one.name, one.recorded_by) is None:
            return one.deputy
    return None


def _gap(work: Work, task: Task, person: str, turn: str, told: str) -> None:
    record, printed = _document(work, task), names(work.unit, [person])[person]
    of = task.signs or task.record or ""
    kind, words = KINDS.get(of, ("unanswered-approval", "has not decided on"))
    if task.signature == "acknowledged":
        kind, words = NOT_READ
    about = record.number if record else task.instance_title[:60]
    what = f"{record.title}, revision {record.revision}" if record else f"“{task.name}” ({task.instance_title})"
    round_ = about if record else task.id
    clause = CLAUSES.get(of, "")
    cause = "" if turn == "deputies" and record else f"{round_}:{person}:{turn}"  # what another noted is not twice
    write_gap(work, kind, about, f"{printed} {words} {what}. {told}", person=person, cause=cause, clause=clause)


STEPS = {
    "escalation.open": opened,
    "escalation.look": look,
    "escalation.remind": remind,
    "escalation.deputies": deputies,
    "escalation.manager": manager,
    "escalation.sponsor": sponsor,
}
