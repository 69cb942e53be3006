"""People who leave: which tasks wait for somebody who cannot do them any more, who hears of it, who signs instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import engine
from engine import Actor, Record, Task, Unit
from processes.acceptance import turn_again
from processes.approvals import put_in_place, required
from processes.communication import tell
from processes.errors import NotInProject, StepRefused
from processes.own_matters import of_document
from processes.people import Member, holders, members, roles
from processes.vocabulary import MANAGER, SOP, SPONSOR
from processes.writing import Writing

Roles = Callable[[Unit, str], Mapping[str, frozenset[str]]]


@dataclass(frozen=True)
class Stranded:
    """An open task, and why whom it waits for cannot do it, as a sentence."""

    task: Task
    why: str


def stranded(unit: Unit, project_id: str) -> list[Stranded]:
    """The open tasks of a project that wait for somebody who was deactivated or no longer holds the role."""
    open_tasks = engine.tasks(unit, subject=project_id, status="open")
    held: dict[str, set[str]] = {}
    for one in members(unit, project_id):
        held.setdefault(one.person, set()).add(one.role)
    doubtful = [
        one for one in reversed(open_tasks)
        if (person := one.claimed_by or one.assignee) and one.role not in held.get(person, ())
    ]  # fmt: skip
    found = [(one, why_not(unit, one)) for one in doubtful]
    return [Stranded(task, why) for task, why in found if why]


def why_not(unit: Unit, task: Task, held: Roles = roles) -> str:
    """Why the person whom a task waits for can no longer do it; "" for one that can, or that waits for a role.

    `held` gives the roles that a person holds at present, by subject.
    """
    person = task.claimed_by or task.assignee
    if person is None or not task.open:
        return ""
    found = engine.person(unit, person)
    if not found.active:
        return f"{found.name} has been deactivated and can neither do nor sign this."
    if not engine.performs(Actor(person, found.name, held(unit, person)), task):
        return f"{found.name} no longer holds the role {task.role} here and can neither do nor sign this."
    return ""


def left(unit: Unit, person: str, by: Actor) -> list[str]:
    """Tell the managers of each project in which somebody has left tasks behind; give these projects.

    Where no manager is left, the sponsors are told. Claims that only they could have verified become another's turn.
    """
    turn_again(unit, by)
    found = []
    mine = [one for one in engine.tasks(unit, status="open", limit=100_000) if person in (one.assignee, one.claimed_by)]
    for project_id in sorted({one.subject for one in mine if one.subject != SOP and why_not(unit, one)}):
        people = holders(unit, project_id, MANAGER) or holders(unit, project_id, SPONSOR)
        tell(Writing(unit, by, project_id), "tasks-left", key="", to=people)
        found.append(project_id)
    return found


def heirs(unit: Unit, task: Task, by: Actor) -> tuple[Member, ...]:
    """Who can be named to sign in the place of somebody who left; nobody where the actor may not name anybody.

    Somebody who holds the same role, has not been asked already, is not the actor, and does not decide on their own.
    """
    record = _document(unit, task)
    if record is None or not why_not(unit, task) or not _may_name(by, task, of_document(unit, record)):
        return ()
    out = of_document(unit, record) | set(required(unit, record)) | {by.person}
    return tuple(one for one in members(unit, task.subject, task.role) if one.person not in out)


def replace_signer(unit: Unit, task_id: str, person: str, by: Actor, reason: str) -> None:
    """Name somebody to sign in the place of a person who left, for a reason: a new round of the same approval.

    Raises NotInProject for whoever may not, or asked for the document; StepRefused when the person can still sign or
    the other cannot be named; what `engine.replace` raises.
    """
    task = engine.task(unit, task_id, by)
    record, why = _document(unit, task), why_not(unit, task)
    if record is None or not why or task.assignee is None:
        raise StepRefused("Whoever is asked here can still sign. Only somebody who has left is replaced.")
    if not _may_name(by, task, of_document(unit, record)):
        raise NotInProject(
            "Who signs instead is named by the sponsor, the project manager or an administrator, and not by whoever"
            " made or asked for the document."
        )
    heir = next((one for one in heirs(unit, task, by) if one.person == person), None)
    if heir is None:
        raise StepRefused(f"Choose somebody who holds the role {task.role} here and has no part in the document.")
    gone = Actor(task.assignee, "", roles(unit, task.assignee))
    to = Actor(heir.person, heir.name, {task.subject: frozenset({heir.role})})
    engine.replace(unit, task_id, gone, to, by, reason)
    if required(unit, record):
        put_in_place(Writing(unit, by, task.subject, task.instance, task.id, task.element), record, gone.person,
                     heir.person, reason)  # fmt: skip


def _document(unit: Unit, task: Task) -> Record | None:
    """What a task asks a named person to sign."""
    asked = task.open and task.named and task.signs and task.signature
    return engine.in_instance(unit, task.signs or "", task.instance) if asked else None


def _may_name(by: Actor, task: Task, barred: set[str]) -> bool:
    allowed = by.holds(MANAGER, task.subject) or by.holds(SPONSOR, task.subject) or by.holds("Administrator", "")
    return allowed and by.person not in barred
