"""A plan in the formats that others read: CSV, JSON, iCalendar."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from processes.exchange.columns import COLUMNS, harmless
from processes.plan import Milestone, Plan

_MORE = ("baseline", "forecast", "status", "percent", "added_on", "dropped_on")


def as_csv(milestones: Iterable[Milestone]) -> bytes:
    """The milestones as CSV in UTF-8, one a line; people by name. What a spreadsheet would take for a formula is kept
    from it by an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, *_MORE))
    for one in milestones:
        writer.writerow([harmless(_cell(one, name)) for name in (*COLUMNS, *_MORE)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_json(plan: Plan, title: str) -> bytes:
    """The plan as JSON: dates as ISO text, people by id and name, the record it stands in with its SHA-256."""
    said: dict[str, Any] = {
        "project": plan.project,
        "title": title,
        "baseline": plan.baseline,
        "record": {"id": plan.record, "revision": plan.revision, "sha256": plan.sha256} if plan.record else None,
        "milestones": [
            {
                **{name: _value(getattr(one, name)) for name in (*COLUMNS, *_MORE)},
                "after": list(one.after),
                "owner_name": one.owner_name,
            }
            for one in plan.milestones
        ],
    }
    return json.dumps(said, indent=2, ensure_ascii=False).encode()


def as_calendar(project: str, title: str, milestones: Sequence[Milestone], at: datetime) -> bytes:
    """The milestones as all-day events on the day they are expected or were reached (RFC 5545, where an event that
    says no end lasts that day).

    A milestone keeps its UID for ever; one that was dropped is a cancelled event.
    """
    from icalendar import Calendar, Event, vText  # noqa: PLC0415  with the zones it brings, only where one is asked for

    calendar = Calendar()
    calendar.add("prodid", "-//Milepost//Milestones//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(f"Milestones of {title}"))  # of a name that it does not know it escapes nothing
    for one in milestones:
        event, day = Event(), one.actual or one.forecast
        event.add("uid", f"{one.id}.{project}@milestones.milepost")
        event.add("dtstamp", at)
        event.add("dtstart", day)
        event.add("summary", f"{'✓ ' if one.actual else ''}{one.name} ({one.id})")
        event.add("description", f"{one.deliverable}\nAccepted when: {one.criterion}\nTarget: {one.target}")
        event.add("status", "CANCELLED" if one.dropped_on else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _cell(one: Milestone, name: str) -> str:
    value = one.owner_name if name == "owner" else getattr(one, name)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(_value(value))


def _value(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
