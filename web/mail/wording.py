"""What a mail says: subject lines and sentences, as plain text. What people wrote stands in them as they wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import Absence, Task
from web.config import Config
from web.mail.sending import one_line

FOOT = "-- "


@dataclass(frozen=True)
class About:
    """The project that a mail is about: its id, title and time zone."""

    id: str
    title: str
    zone: str


@dataclass(frozen=True)
class Line:
    """One thing to be told, and the path of the page that shows it."""

    title: str
    text: str
    path: str
    duty: bool = False


TOLD: Mapping[str, tuple[str, str, bool]] = {
    "invitation": ("Invitation to the review {key}", "You are invited to the review {key}.", True),
    "report": ("Status report for the review {key}", "The status report for the review {key} is out.", False),
    "baseline": ("The plan has a new baseline", "The plan is approved. Its dates hold from now on.", False),
    "minutes": ("Minutes of the review {key}", "The minutes of the review {key} are out.", False),
    "change": ("The plan has changed: {key}", "The change {key} was decided on. The plan says now what holds.", False),
    "change-at-once": ("In force at once: {key}", "{key} is in force as an emergency and has to be ratified.", False),
    "change-lapsed": ("Taken back: {key}", "The conditions of {key} were not met. The plan has gone back.", False),
    "change-unratified": ("Not ratified: {key}", "The emergency change {key} was not ratified in time.", True),
    "change-refused": ("Not ratified: {key}", "{key} was refused afterwards. A change takes it back.", False),
    "closure": ("The project is evaluated", "The closure evaluation is out.", False),
    "closure-withdrawn": ("The closing is taken back", "The closing is taken back. The project goes on.", False),
    "reminder": ("Reminder: your answer is awaited", "Your answer is still awaited ({key}).", True),
    "overdue": ("Overdue: your update {key}", "Your update for {key} is overdue.", True),
    "action-reminder": ("Reminder: your action {key}", "Your action {key} is due soon.", True),
    "action-overdue": ("Overdue: your action {key}", "Your action {key} was not reported as done in time.", True),
    "action-escalated": ("Late: action {key}", "The action {key} is late by three working days.", False),
    "claim-escalated": ("Sent back three times: claim {key}", "The claim {key} was sent back three times.", False),
    "milestone-accepted": ("Milestone {key} is achieved", "The milestone {key} is accepted as complete.", False),
    "tasks-left": ("Tasks wait for somebody who left", "Somebody left who is asked by name. See to these tasks.", True),
    "deputy-asked": ("Somebody you stand in for is awaited", "Somebody you stand in for is asked to sign.", True),
    "approval-unanswered": ("An approval is not given: {key}", "{key} still waits for somebody's approval.", True),
    "escalation": ("Late in {key}", "Something is later than its tolerance, or blocked for long ({key}).", False),
    "forecast": ("Later than its tolerance: {key}", "{key} is now expected later than its tolerance allows.", False),
    "current-plan": ("The plan as it stands", "You have joined the project. This is its plan as it stands.", False),
    "performance": ("Performance review {key}", "The performance review for {key} is out.", False),
    "meeting-moved": ("The review {key} is moved", "The review {key} is moved to another time or place.", False),
    "meeting-called-off": ("The review {key} is called off", "The review {key} is called off.", False),
    "on-hold": ("On hold until {key}", "The project is on hold until {key}. Nothing falls due before.", False),
    "resumed": ("The project goes on", "The hold {key} is over. Updates and reviews are called for again.", False),
    "setting-proposed": (
        "Your agreement is asked: setting {key}",
        "A setting of the project would ask less than before ({key}). See the settings, and agree or decline.",
        True,
    ),
    "rejection": ("The change {key} was rejected", "The change {key} was rejected. Its record says why.", False),
}
"""What was communicated -> subject, sentence, and whether the person has to do something about it."""


def told(about: str, key: str, project: About, record: str | None) -> Line:
    """The line for a communication of the procedure."""
    title, text, duty = TOLD.get(about, (f"News: {about}", f"There is news about {about} {{key}}.", False))
    import processes  # noqa: PLC0415  reads the whole bundle; an app that brings its own procedure does without

    key = processes.RECORD_TITLES.get(key, key) or "the plan"
    path = f"/records/{record}" if record else f"/projects/{project.id}"
    return Line(title.replace("{key}", key), text.replace("{key}", key), path, duty)


def assigned(task: Task, zone: str, absent: str = "") -> Line:
    """The line for a task that waits for somebody by name, or for whom its reader stands in for: by when, and why."""
    whom = f"{absent}, for whom you stand in" if absent else "you"
    text = f"“{task.name}” waits for {whom} ({task.instance_title}).{_reasons(task, zone)}"
    return Line(f"For {absent or 'you'}: {task.name}", text, f"/inbox/{task.id}", True)


def awaited(line: Line, task: Task, zone: str) -> Line:
    """A reminder and the like, with the task that the person is reminded of: it leads there."""
    text = f"{line.text} “{task.name}” waits for you ({task.instance_title}).{_reasons(task, zone)}"
    return Line(line.title, text, f"/inbox/{task.id}", True)


def titled(line: Line, title: str) -> Line:
    """A line with what it is about, where the title of the instance that told it says more than its process's name."""
    return replace(line, text=f"{line.text} {title.rstrip('.')}.") if ": " in title else line


def _reasons(task: Task, zone: str) -> str:
    """By when a task is to be done, what it is about, and which clauses ask for it."""
    by = f"Due: {local(task.due, zone)}." if task.due else ""
    asked = f"Asked for by SOP {', '.join(task.clauses)}." if task.clauses else ""
    return "".join(f" {one}" for one in (by, task.documentation, asked) if one)


def away(absence: Absence, reader: str) -> Line:
    """The line for an absence that was recorded or has ended, for its deputy or the absent person."""
    days = f"from {absence.first_day} to {absence.last_day}"
    who = "You stand" if reader == absence.deputy else f"{absence.deputy_name} stands"
    whose = "you" if reader == absence.person else absence.name
    if absence.ended_early:
        return Line("An absence has ended", f"{who} in for {whose} no longer.", "/absences")
    return Line("An absence is recorded", f"{who} in for {whose} {days}.", "/absences")


def local(moment: datetime, zone: str) -> str:
    """An instant as people in the zone write it, with the zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M} ({zone})"


def body(lines: Sequence[Line], config: Config, about: About | None = None) -> str:
    """The text of a mail: each line with its address, then where it comes from."""
    return "\n\n".join([*(entry(one, config.url) for one in lines), foot(config, about)])


def entry(line: Line, url: str) -> str:
    """One thing to be told, with the address of its page; only its path where no address is known."""
    return f"{one_line(line.text)}\n{url}{line.path}"


def foot(config: Config, about: About | None = None) -> str:
    """Where a mail comes from."""
    lines = [FOOT, *([f"Project: {one_line(about.title)}"] if about else []), f"Milepost of {config.organisation}"]
    if config.url:
        lines.append(f"Choose which mail you get: {config.url}/mailbox")
    return "\n".join(lines) + "\n"


def without_foot(text: str) -> str:
    """What a mail says, without where it comes from."""
    return text.rpartition(f"\n\n{FOOT}\n")[0] or text


def heading(lines: Sequence[Line], about: About) -> str:
    """The subject line of one or more lines about a project."""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"{about.title}: {lines[0].title}{more}"
