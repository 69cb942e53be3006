"""The data cut of a review: what the project's rows said at one instant, kept whole with the meeting.

The status report and the performance review are written from the cut, so that both say the same whenever they are read.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from engine import Unit
from processes import performance
from processes.actions import actions
from processes.bottlenecks import longest
from processes.calendar import in_words
from processes.changes import changes
from processes.claims import ACCEPTED, claims
from processes.figures import caveats, figures, plain_figures, trend_lines
from processes.log import entries
from processes.plan import milestones
from processes.projects import Project, project
from processes.setbacks import causes, setbacks
from processes.tables import MeetingRow
from processes.vocabulary import ACTION_WORDS, CAUSE_WORDS, CLAIMED


def cut(unit: Unit, project_id: str, before: MeetingRow | None) -> dict[str, Any]:
    """Everything a review looks at, as JSON: `before` is the meeting whose cut this one is compared with."""
    about = project(unit, project_id)
    now = unit.clock()
    day = about.day(now)
    found = performance.metrics(unit, project_id, day)
    past = performance.history(unit, project_id)
    printed = {one.id: one.name for one in milestones(unit, project_id)}
    look = performance.outlook_of(unit, project_id, past, day) if past else None
    old = {row["milestone"]: row["forecast"] for row in (before.cut or {}).get("report", [])} if before else {}
    return {
        "as_of": day.isoformat(),
        "compared_with": before.id if before else None,
        "report": [_line(one, old, day) for one in milestones(unit, project_id)],
        "metrics": figures(found, look) if found else [],
        "figures": plain_figures(found) if found else {},
        "trend": trend_lines(past, day, printed) if past else [],
        "caveats": caveats(found) if found else ["There is no baseline yet."],
        "waiting": [
            {"name": one.name, "n": str(one.n), "median": f"{one.median:.1f} hours", "share": f"{one.share:.0%}"}
            for one in longest(unit, [project_id], most=6)
        ],
        "setback_causes": [
            {"cause": CAUSE_WORDS.get(one.cause, one.cause), "n": str(one.n), "days": str(one.days),
             "unmeasured": str(one.unmeasured)}
            for one in causes(setbacks(unit, project_id, day))
        ],
        "accepted": _accepted(unit, project_id, before.frozen_at if before else None),
        "log": _log(unit, about, before.frozen_at if before else None),
        "actions": [
            {"id": one.id, "text": one.text, "owner": one.owner_name, "due": one.due.isoformat(),
             "status": ACTION_WORDS[one.status]}
            for one in actions(unit, project_id, open_only=True)
        ],
        "changes": [
            {"id": one.id, "status": one.status, "raised_by": one.raised_by_name,
             "reason": str(one.data.get("reason", ""))}
            for one in changes(unit, project_id, open_only=True)
        ],
        "decided": decided_since(unit, project_id, before.frozen_at if before else None),
    }  # fmt: skip


def _accepted(unit: Unit, project_id: str, since: datetime | None) -> list[dict[str, str]]:
    """What was accepted as complete after an instant, with the evidence that was given for it."""
    return [
        {"milestone": one.milestone, "name": one.milestone_name, "met_on": one.met_on.isoformat() if one.met_on else "",
         "claim": one.id, "evidence": one.evidence, "link": one.link}
        for one in claims(unit, project_id)
        if one.state == ACCEPTED and one.ended_at is not None and (since is None or one.ended_at > since)
    ]  # fmt: skip


def decided_since(unit: Unit, project_id: str, since: datetime | None) -> list[dict[str, str]]:
    """The changes on which was decided after an instant: they come back to the review that asked for them."""
    return [
        {"id": one.id, "status": one.status, "source": one.source or "", "reason": str(one.data.get("reason", ""))}
        for one in changes(unit, project_id)
        if one.decided_at is not None and (since is None or one.decided_at > since)
    ]


def previous_cut(unit: Unit, row: MeetingRow) -> MeetingRow | None:
    """The last meeting before this one that had a data cut, held or not."""
    query = select(MeetingRow).where(MeetingRow.project == row.project, MeetingRow.sequence < row.sequence)
    earlier = unit.session.scalars(query.order_by(MeetingRow.sequence.desc()))
    return next((one for one in earlier if one.cut), None)


def last_cut(unit: Unit, project_id: str) -> datetime | None:
    """When the data of a project were last cut for a review; None before the first time."""
    query = select(func.max(MeetingRow.frozen_at)).where(MeetingRow.project == project_id)
    return unit.session.scalar(query)


def _line(one: Any, old: dict[str, str], day: date) -> dict[str, str]:
    forecast = (one.actual or one.forecast).isoformat()
    before = old.get(one.id, "")
    delta = f"{(date.fromisoformat(forecast) - date.fromisoformat(before)).days:+d}" if before else ""
    rating, reason = _rating(one, day)
    return {
        "milestone": one.id,
        "name": one.name,
        "owner": one.owner_name,
        "baseline": one.baseline.isoformat(),
        "target": one.target.isoformat(),
        "previous": before,
        "forecast": forecast,
        "change": delta,
        "status": "dropped" if one.dropped_on else one.status,
        "rating": rating,
        "why": f"{reason}; claimed complete, not accepted yet" if one.status == CLAIMED else reason,
    }


def _rating(one: Any, day: date) -> tuple[str, str]:
    """Green, amber or red, and why: by the days beyond the target and the milestone's tolerance."""
    if one.dropped_on:
        return "-", f"taken out of the plan on {in_words(one.dropped_on)}"
    end = one.actual or max(one.forecast, day)
    late = (end - one.target).days
    if late <= 0:
        return "green", "reached" if one.actual else "on target"
    word = "amber" if late <= one.tolerance else "red"
    return word, f"{late} day{'' if late == 1 else 's'} after the target, tolerance {one.tolerance}"


def _log(unit: Unit, about: Project, since: datetime | None) -> list[dict[str, str]]:
    found = [one for one in entries(unit, about.id, current=True) if since is None or one.entered_at > since]
    return [
        {"on": one.event_on.isoformat(), "kind": one.kind, "milestone": one.milestone or "", "text": one.text,
         "cause": one.cause, "impact_days": "" if one.impact_days is None else str(one.impact_days), "by": one.name}
        for one in found
    ]  # fmt: skip
