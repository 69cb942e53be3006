"""Whether the plans that the program shows are still the ones that were approved: rows held against their records."""

from __future__ import annotations

from sqlalchemy import select

import engine
from engine import Fault, Unit
from processes.plan import differing, milestone_rows, plan
from processes.projects import projects
from processes.tables import BaselineRow


def verify_plans(unit: Unit) -> tuple[Fault, ...]:
    """What is kept of plans and baselines otherwise than their sealed records say, one Fault for each milestone."""
    found: list[Fault] = []
    for project in projects(unit):
        stands = plan(unit, project.id)
        if stands.record is None:
            continue
        rows = milestone_rows(unit, project.id)
        for one in differing(rows, engine.record(unit, stands.record)):
            said = f"the plan is kept otherwise than revision {stands.revision} of its record says"
            found.append(Fault("milestone", f"{project.id}/{one}", said))
        found += _baselines(unit, project.id)
    return tuple(found)


def _baselines(unit: Unit, project: str) -> list[Fault]:
    found, sealed = [], {}
    query = select(BaselineRow).where(BaselineRow.project == project)
    for row in unit.session.scalars(query.order_by(BaselineRow.number, BaselineRow.milestone)):
        if row.record not in sealed:
            milestones = engine.record(unit, row.record).data["milestones"]
            sealed[row.record] = {one["id"]: one["target"] for one in milestones}
        if sealed[row.record].get(row.milestone) != row.date.isoformat():
            key = f"{project}/{row.number}/{row.milestone}"
            found.append(Fault("baseline", key, "its date is not the one in the record that froze it"))
    return found
