"""Review meetings as calendar entries: asked for, moved, called off, always under one UID (RFC 5546)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

import engine
from engine import Event, Unit
from web.config import Config
from web.mail import wording
from web.mail.outbox import Mail, reachable
from web.mail.tables import MailRow
from web.mail.wording import About, Line

KINDS = frozenset({"meeting.changed", "instance.withdrawn"})
ABOUT = frozenset({"invitation"})
TOLD_BY_CALENDAR = ABOUT | {"meeting-moved", "meeting-called-off"}
"""What people are told by an entry in their calendar, and by no other mail."""
MOVED = ("scheduled_at", "place", "agenda", "state")
WORDS = {"REQUEST": "Review {id}", "CANCEL": "Called off: review {id}"}


@dataclass(frozen=True)
class Meeting:
    """A meeting as it stands now."""

    id: str
    instance: str
    state: str
    at: datetime
    place: str
    agenda: str


def mails(unit: Unit, config: Config, events: Sequence[Event], about: Callable[[str], About]) -> Iterator[Mail]:
    """What follows for calendars: everybody invited gets a REQUEST, and later each change, or a CANCEL."""
    fresh: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == "communication.added" and event.new["about"] in ABOUT:
            fresh.add((event.subject, event.new["key"]))
            meeting = _meeting(unit, event.subject, event.new["key"])
            if meeting is not None:
                _people, last = _invited(unit, thread(event.subject, meeting.id))
                person = event.said["recipient"]
                project = about(event.subject)
                yield _mail(unit, config, event, person, project, meeting, method="REQUEST", revision=last + 1)
    for event, meeting in _moved(unit, events, fresh):
        method = "REQUEST" if meeting.state == "scheduled" and event.kind == "meeting.changed" else "CANCEL"
        people, revision = _invited(unit, thread(event.subject, meeting.id))
        for person in people:
            project = about(event.subject)
            yield _mail(unit, config, event, person, project, meeting, method=method, revision=revision + 1)


def thread(project: str, meeting: str) -> str:
    """What all calendar entries for a meeting share."""
    return f"meeting:{project}/{meeting}"


def _moved(unit: Unit, events: Sequence[Event], fresh: set[tuple[str, str]]) -> Iterator[tuple[Event, Meeting]]:
    """Meetings still to come that this transaction has moved or called off, each once, with the last event on it."""
    last: dict[tuple[str, str], tuple[Event, Meeting]] = {}
    for event in events:
        for meeting in _concerned(unit, event):
            if meeting.at > unit.clock() and (event.subject, meeting.id) not in fresh:
                last[event.subject, meeting.id] = event, meeting
    yield from last.values()


def _concerned(unit: Unit, event: Event) -> Iterator[Meeting]:
    if event.kind == "meeting.changed" and any(one in MOVED for one in (*(event.new or {}), *event.said)):
        project, _, key = event.entity_id.partition("/")
        found = _meeting(unit, project, key)
        if found is not None:
            yield found
    elif event.kind == "instance.withdrawn":
        for one in _meetings(unit, event.subject):
            if one.instance == event.instance and one.state == "scheduled":
                yield one


def _meeting(unit: Unit, project: str, key: str) -> Meeting | None:
    return next((one for one in _meetings(unit, project) if one.id == key), None)


def _meetings(unit: Unit, project: str) -> list[Meeting]:
    import processes  # noqa: PLC0415  reads the whole bundle

    return [
        Meeting(one.id, one.instance, one.state, one.scheduled_at, one.place, one.agenda)
        for one in processes.meetings(unit, project)
    ]


_CALLED_OFF = case((MailRow.method == "CANCEL", MailRow.revision), else_=-1)


def _invited(unit: Unit, about: str) -> tuple[list[str], int]:
    """Who has been invited, nobody once it was called off; and the last revision that anybody got, -1 for none."""
    found = unit.session.execute(
        select(MailRow.person, func.max(MailRow.revision), func.max(_CALLED_OFF))
        .where(MailRow.thread == about)
        .group_by(MailRow.person)
        .order_by(MailRow.person)
    ).all()
    people = [person for person, revision, off in found if off < revision]
    return people, max((revision for _person, revision, _off in found), default=-1)


def _mail(
    unit: Unit, config: Config, event: Event, person: str, about: About, meeting: Meeting, *, method: str, revision: int
) -> Mail:
    title = WORDS[method].replace("{id}", meeting.id)
    when = wording.local(meeting.at, about.zone)
    line = Line(title, f"{title}: {when}, {meeting.place}.", f"/projects/{about.id}/meetings", duty=True)
    agenda = f"Agenda:\n{meeting.agenda}\n\n" if meeting.agenda and method == "REQUEST" else ""
    return Mail(
        cause=f"event:{event.seq}:{person}:{meeting.id}",
        person=person,
        subject=about.id,
        title=f"{about.title}: {title}, {when}",
        text=agenda + wording.body([line], config, about),
        duty=True,
        calendar=_entry(config, event.at, about, meeting, method, revision, _attendee(unit, person)),
        method=method,
        thread=thread(about.id, meeting.id),
        revision=revision,
    )


def _attendee(unit: Unit, person: str) -> tuple[str, str]:
    """A person's address, perhaps none, and name."""
    address, _choice = reachable(unit.session, [person]).get(person, (None, ""))
    return address or "", engine.names(unit, [person])[person]


def _entry(
    config: Config, now: datetime, about: About, meeting: Meeting, method: str, revision: int, who: tuple[str, str]
) -> str:
    from web.mail import calendars  # noqa: PLC0415  its library is loaded when there is a meeting

    entry = calendars.review(config, now, about, meeting.id, meeting.at, meeting.place, meeting.agenda)
    return calendars.invitation(config, entry, method, revision, who)
