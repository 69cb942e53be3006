"""What is next in a project, as its page shows it: one line for each task, with everybody whom it waits for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import engine
from engine import Actor, Task
from processes import Member, Milestone, Section
from web.pages.sight import names
from web.work import reading

PAGES = {
    "5.1": "projects.plan", "5.2": "projects.log", "5.3": "projects.meetings", "5.4": "projects.meetings",
    "5.5": "projects.changes", "7": "projects.records",
}  # fmt: skip
"""Section of the SOP -> the page on which one sees what came of it."""


@dataclass(frozen=True)
class Step:
    """A task that waits for one or several people. `task` is the reader's own if one of them is; `whom` says who."""

    task: Task
    whom: str


def steps(tasks: Sequence[Task], members: Collection[Member], actor: Actor) -> list[Step]:
    """Tasks as lines, in their order; the same task for several people is one line."""
    lines: dict[tuple[str, str], list[Task]] = {}
    for one in tasks:
        lines.setdefault((one.instance, one.element), []).append(one)
    return [_step(found, members, actor) for found in lines.values()]


def _step(found: Sequence[Task], members: Collection[Member], actor: Actor) -> Step:
    mine = next((one for one in found if engine.may_perform(actor, one)), found[0])
    return Step(mine, ", ".join(dict.fromkeys(_whom(one, members, actor) for one in found)))


def _whom(task: Task, members: Collection[Member], actor: Actor) -> str:
    """The name of whom a task waits for; for a role, with the names of those who hold it."""
    person = task.claimed_by or task.assignee
    own = {} if person else engine.concerned(reading(), task)
    holders = " or ".join(one.name for one in members if one.role == task.role and one.person not in own)
    whom = names().get(person, person) if person else f"{task.role}: {holders}" if holders else task.role
    if engine.performs(actor, task):
        return f"{whom} (you)"
    return f"{whom} (you stand in)" if engine.standing_in(actor, task) else whom


def to_be_closed(way: Collection[Section], milestones: Collection[Milestone], status: str) -> bool:
    """Whether a running project has reached every milestone and nobody has begun to close it (clause 7a)."""
    every = [one for one in milestones if one.dropped_on is None]
    closing = any(one.clause == "7" and one.state == "now" for one in way)
    return status == "running" and bool(every) and all(one.actual for one in every) and not closing
