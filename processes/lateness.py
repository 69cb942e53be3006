"""What is late: milestones expected beyond their tolerance, and blockers that have been there for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from engine import Unit
from processes.calendar import in_words, instant
from processes.holds import held_between, holds
from processes.log import entries
from processes.projects import project
from processes.updates import open_rows


@dataclass(frozen=True)
class Late:
    """One thing that is to be taken further: a milestone with its days beyond the target, or a blocker with its age."""

    milestone: str | None
    text: str
    clause: str
    days: int
    since: date


def what_is_late(unit: Unit, project_id: str, period: str) -> list[Late]:
    """What stands beyond its limits in a period: open milestones by their forecasts, blockers by what was reported.

    Days of milestones are calendar days beyond the target, those of blockers since they began; both in the zone of the
    project. A blocker is old after the days that the project's settings say, time on hold left out.
    """
    about = project(unit, project_id)
    today = about.day(unit.clock())
    found, paused = [], holds(unit, project_id)
    for row in open_rows(unit, project_id):
        days = (row.forecast - row.target).days
        if days > row.tolerance:
            said = f"{row.id} {row.name} is expected on {in_words(row.forecast)}, {days} days after its target"
            text = f"{said}; its tolerance is {row.tolerance}."
            found.append(Late(row.id, text, "5.3c", days, row.forecast))
    for entry in entries(unit, project_id, period=period, kinds=("blocker",), current=True):
        begin = instant(entry.event_on, time(0), about.zone)
        age = (today - entry.event_on).days - held_between(paused, begin, unit.clock()).days
        if age > about.settings.blocker_days:
            text = f"A blocker since {entry.event_on}: {entry.text}"
            found.append(Late(entry.milestone, text, "5.3d", age, entry.event_on))
    return found


def taken_further(unit: Unit, project_id: str, one: Late) -> bool:
    """Whether it has been taken further already, and has not grown worse since: a blocker never does by itself."""
    said = entries(unit, project_id, kinds=("escalation",))
    if one.clause == "5.3d":
        return any(entry.text == one.text for entry in said)
    return any(entry.milestone == one.milestone and (entry.impact_days or 0) >= one.days for entry in said)
