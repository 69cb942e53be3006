"""Words that templates use: due dates as people say them, statuses, meanings, names; and what the frame must know."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, g
from markupsafe import Markup

import engine
import processes
from web.pages.sight import known_projects, may_oversee, names, titles
from web.people import actor_or_none
from web.work import milepost

frame = Blueprint("frame", __name__)

DURATION = re.compile(r"PT?(?P<count>\d{1,4})(?P<unit>[DHWM])")
"""A duration of one unit, as diagrams write them: P5D, PT8H."""

MEANINGS = {
    "authored": "I wrote this, and it says what I mean.",
    "reviewed": "I have reviewed this.",
    "approved": "I have reviewed this and approve it.",
    "rejected": "I have reviewed this and do not approve it.",
    "acknowledged": "I have read and understood this.",
}
"""What each meaning of a signature says in words."""

STATUSES = {
    "todo": "To do",
    "claimed": "Claimed by me",
    "late": "Late",
    "waiting": "Waiting for others",
    "done": "Done",
    "not-started": "Not started",
    "on-track": "On track",
    "at-risk": "At risk",
    "described": "Being described",
    "deciding": "Waiting for decisions",
    "applied": "Approved and applied",
    "planning": "Planning",
    "nil": "Nothing to report",
    "in-force": "Holds",
    "on-hold": "On hold",
    "not-held": "No quorum: not held",
    "information": "No quorum: informed only",
    "in-writing": "No quorum: decided in writing",
}
"""Statuses whose words are not just the status with a capital letter."""


@frame.app_template_filter("words")
def words(status: str) -> str:
    """A status as people say it."""
    return STATUSES.get(status) or status.replace("-", " ").replace("_", " ").capitalize()


@frame.app_template_filter("readable")
def readable(value: object, label: str = "") -> object:
    """A value of a record as people read it, under its label."""
    return processes.readable(value, label)


@frame.app_template_filter("property_words")
def property_words(value: str, name: str) -> str:
    """What a property of an element says to people: a duration, a record or a meaning by its name."""
    if value.startswith("="):
        return "As the answers decide" if name == "signature" else "Worked out when the task opens"
    if name in ("record", "signs", "shows"):
        return processes.RECORD_TITLES.get(value, value)
    found = DURATION.fullmatch(value) if name == "due" else None
    if found:
        count, unit = found["count"], {"D": "day", "H": "hour", "W": "week", "M": "month"}[found["unit"]]
        return f"{count} {unit if count == '1' else unit + 's'} after it opens"
    return words(value) if name == "signature" else value


@frame.app_template_filter("setting_words")
def setting_words(value: object, name: str) -> str:
    """What a setting is set to, as it goes on from its label."""
    return processes.setting_words(name, value)


@frame.app_template_filter("initials")
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"


@frame.app_template_filter("meaning_sentence")
def meaning_sentence(meaning: str) -> str:
    """What a signature with this meaning says."""
    return MEANINGS.get(meaning, meaning)


@frame.app_template_filter("clause_text")
def clause_text(clause: str) -> str:
    """What a clause of the procedure obliges people to do."""
    return processes.CLAUSES.get(clause, f"Clause {clause} of the procedure")


@frame.app_template_filter("person")
def person(person_id: str | None) -> str:
    """The name of a person, or of the program itself."""
    return names().get(person_id, "Somebody who is no longer known") if person_id else ""


@frame.app_template_filter("project_title")
def project_title(project: str) -> str:
    """The title of a project; its id where it has none."""
    return "The SOP" if project == processes.SOP else titles().get(project, project)


@frame.app_template_filter("due")
def due(instant: datetime | None, subject: str = "") -> Markup:
    """A due date as people say it, with the exact instant behind it; late and soon marked.

    In the zone of the project `subject`, as lists hold tasks of several; without one in that of the page.
    """
    if instant is None:
        return Markup('<span class="muted">No due date</span>')
    about = known_projects().get(subject) if subject else None
    zone = ZoneInfo(about.zone if about else g.get("zone") or milepost().config.zone)
    local = instant.astimezone(zone)
    text, kind = due_words(local, milepost().clock().astimezone(zone))
    exact = f"{local:%A} {local.day} {local:%B %Y, %H:%M} {local.tzname()}"
    return Markup('<time datetime="{}" title="{}" class="{}">{}</time>').format(
        instant.isoformat(), exact, {"late": "due-late", "soon": "due-soon"}.get(kind, "muted"), text
    )


def due_words(due_at: datetime, now: datetime) -> tuple[str, str]:
    """(what people say, late | soon | later) of a due date, seen from now. Calendar days in the zone of both."""
    left = due_at - now
    if left < timedelta(0):
        return f"{_length(-left)} late", "late"
    days = (due_at.date() - now.date()).days
    if days == 0:
        return f"Today {due_at:%H:%M}", "soon"
    if days == 1:
        return f"Tomorrow {due_at:%H:%M}", "soon"
    day = f"{due_at.day} {due_at:%b}"
    if days < 7:
        return f"{due_at:%a} {day}", "later"
    return (day if due_at.year == now.year else f"{day} {due_at.year}"), "later"


def _length(span: timedelta) -> str:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "Moments"


@frame.app_context_processor
def frame_words() -> dict[str, object]:
    """What the frame asks: which places the person who is signed in oversees."""

    def oversees(*roles: str) -> bool:
        actor = actor_or_none()
        return actor is not None and may_oversee(actor, *roles)

    def standing_in(task: engine.Task) -> engine.StandIn | None:
        actor = actor_or_none()
        return engine.standing_in(actor, task) if actor else None

    lists = {"record_types": processes.RECORD_TITLES, "claim_states": processes.CLAIM_WORDS}
    lists |= {"setting_choices": processes.setting_choices, "setting_units": processes.SETTING_UNITS}
    return {"oversees": oversees, "standing_in": standing_in, **lists}
