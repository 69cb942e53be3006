"""Team leads: members of the team who may report for others of it (settings of the project, reading A9)."""

from __future__ import annotations

import engine
from engine import Actor, Task, Unit
from processes.errors import NotInProject
from processes.projects import project
from processes.vocabulary import MANAGER, SOP, TEAM

REPORT = "submit-update"


def may_report_for(unit: Unit, actor: Actor, task: Task) -> bool:
    """Whether somebody may take over an update that waits for another of the team."""
    if task.element != REPORT or not task.open or task.assignee in (None, actor.person) or task.subject == SOP:
        return False
    leads = project(unit, task.subject).settings.team_leads.split()
    return actor.person in leads and actor.holds(TEAM, task.subject)


def report_for(unit: Unit, task_id: str, by: Actor) -> None:
    """Take over another's update as a team lead; it is still about that person's milestones, and says who reported.

    Raises NotInProject, and what engine.reassign raises.
    """
    task = engine.task(unit, task_id, by)
    if not may_report_for(unit, by, task):
        raise NotInProject("Only a team lead of the project may report for others of the team.")
    # The setting lets a lead hand on what otherwise the project manager hands on: this task, and to themselves.
    lead = Actor(by.person, by.name, {**by.roles, task.subject: by.roles[task.subject] | {MANAGER}})
    engine.reassign(unit, task_id, by, lead, "Reported for by the team lead.")
