"""A plan that comes back three times: the sponsor has it revised, decides for it, or stops the project."""

from __future__ import annotations

import engine
import processes
from tests.stories.office import PLAN, Office, id_of

AGAIN = {"decision": "rejected", "next": "revise", "comment": "Talk to Greta first"}
STOP = {"decision": "rejected", "next": "stop", "comment": "Nobody wants this"}
HOLDS = {"decision": "approved", "comment": "We have talked long enough"}


def three_refusals(office: Office) -> None:
    """Declined once by an owner, rejected twice by a stakeholder."""
    office.do("tomas", "accept-ownership", {"decision": "declined", "comment": "Too much"})
    office.do("mei", "accept-ownership", {"decision": "accepted"})
    office.do("rahul", "accept-ownership", {"decision": "accepted"})
    for _ in range(2):
        office.do("ines", "revise-plan", PLAN)
        office.accept_all()
        office.do("greta", "sign-baseline", {"decision": "rejected", "comment": "Too late"})


def plans_without_agreement(office: Office) -> None:
    """Revised once more for the sponsor, who decides for the plan when it comes back three times again."""
    office.register()
    office.do("ines", "draft-plan", PLAN)
    three_refusals(office)
    assert office.open("revise-plan") == []
    office.do("dorothea", "decide-deadlock", AGAIN)
    remarks = carried(office)
    assert [one["revision"] for one in remarks] == ["3", "3", "2", "1"], "what was said before is carried along"
    office.do("ines", "revise-plan", PLAN)
    three_refusals(office)
    assert office.baseline() is None
    office.do("dorothea", "decide-deadlock", HOLDS)
    assert office.baseline() == 0
    with office.looking() as unit:
        plan = processes.plan(unit, office.project)
        assert plan.record
        assert set(engine.approvals(unit, plan.record)) == {id_of("dorothea")}
        assert processes.project(unit, office.project).status == "running"
        assert len(processes.log(unit, office.project, kinds=["escalation"])) == 2


def carried(office: Office) -> list[dict[str, str]]:
    """What the form shows to whoever revises the plan."""
    task = office.task("ines", "revise-plan")
    with office.looking() as unit:
        return list(engine.task_form(unit, task, office.actor(unit, "ines")).context["plan_remarks"])


def a_plan_that_the_sponsor_stops(office: Office) -> None:
    """The project ends before it has begun."""
    office.register()
    office.do("ines", "draft-plan", PLAN)
    three_refusals(office)
    office.do("dorothea", "decide-deadlock", STOP)
    with office.looking() as unit:
        assert processes.project(unit, office.project).status == "closed"
        assert engine.tasks(unit, subject=office.project, status="open") == []
